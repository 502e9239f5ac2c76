#include "framework/models/regime/covariance_factor.h"

#include <algorithm>

#include "framework/models/stats/cholesky.h"

namespace crucible::regime {

bool CholeskyFactor(const double* matrix, std::size_t size, double* factor) {
  for (std::size_t i = 0; i < size; ++i) {
    std::copy_n(matrix + i * size, i + 1, factor + i * size);
    std::fill_n(factor + i * size + i + 1, size - i - 1, 0.0);
  }
  const double pivot = stats::FactorRows(factor, size, 0, size, 0);
  return pivot > 0 && factor[0] < 1e150;
}

void InvertLower(const double* lower, std::size_t size, double* inverse) {
  for (std::size_t j = 0; j < size; ++j) {
    for (std::size_t i = 0; i < j; ++i) inverse[i * size + j] = 0;
    inverse[j * size + j] = 1 / lower[j * size + j];
    for (std::size_t i = j + 1; i < size; ++i) {
      double sum = 0;
      for (std::size_t m = j; m < i; ++m) sum += lower[i * size + m] * inverse[m * size + j];
      inverse[i * size + j] = -sum / lower[i * size + i];
    }
  }
}

void CholeskySolve(const double* factor, std::size_t size, double* b) {
  stats::SolveLower(factor, size, size, b);
  stats::SolveLowerTransposed(factor, size, size, b);
}

}  // namespace crucible::regime
