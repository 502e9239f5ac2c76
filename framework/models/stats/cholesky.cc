#include "framework/models/stats/cholesky.h"

#include <limits>

#include "framework/base/math.h"

namespace crucible::stats {

double FactorRows(double* matrix, std::size_t stride, std::size_t from, std::size_t to, double least_pivot) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = from; i < to; ++i) {
    double* row = matrix + i * stride;
    double pivot = row[i];
    for (std::size_t j = 0; j < i; ++j) {
      const double* other = matrix + j * stride;
      double value = row[j];
      for (std::size_t k = 0; k < j; ++k) value -= row[k] * other[k];
      value /= other[j];
      row[j] = value;
      pivot -= value * value;
    }
    if (!(pivot > least_pivot)) return pivot;
    if (pivot < smallest) smallest = pivot;
    row[i] = Sqrt(pivot);
  }
  return smallest;
}

void SolveLower(const double* factor, std::size_t stride, std::size_t n, double* x) {
  for (std::size_t i = 0; i < n; ++i) {
    const double* row = factor + i * stride;
    double value = x[i];
    for (std::size_t k = 0; k < i; ++k) value -= row[k] * x[k];
    x[i] = value / row[i];
  }
}

void SolveLowerTransposed(const double* factor, std::size_t stride, std::size_t n, double* x) {
  for (std::size_t i = n; i-- > 0;) {
    double value = x[i];
    for (std::size_t k = i + 1; k < n; ++k) value -= factor[k * stride + i] * x[k];
    x[i] = value / factor[i * stride + i];
  }
}

}  // namespace crucible::stats
