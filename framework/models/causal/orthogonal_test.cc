#include "framework/models/causal/orthogonal_test.h"

#include <algorithm>

#include "framework/base/math.h"
#include "framework/models/stats/sums.h"

namespace crucible::causal {
namespace {

constexpr double kDependent = 1e-20;  // squared

std::vector<double> CentredColumn(const LaggedData& data, Node node) {
  std::vector<double> column(data.rows());
  data.Column(node, column.data());
  const double mean = stats::Sum(column.data(), column.size()) / static_cast<double>(column.size());
  for (double& value : column) value -= mean;
  return column;
}

double SquaredNorm(const std::vector<double>& v) { return stats::Dot(v.data(), v.data(), v.size()); }

// Takes out the directions of `basis`, twice: once is not enough near dependence (Giraud et al. 2005).
void TakeOut(const std::vector<std::vector<double>>& basis, std::vector<double>& v) {
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::vector<double>& direction : basis) {
      const double share = stats::Dot(direction.data(), v.data(), v.size());
      for (std::size_t i = 0; i < v.size(); ++i) v[i] -= share * direction[i];
    }
  }
}

}  // namespace

Residuals ComputeResiduals(const LaggedData& data, Node x, Node y, std::span<const Node> z) {
  std::vector<std::vector<double>> basis;
  for (const Node node : z) {
    std::vector<double> column = CentredColumn(data, node);
    const double before = SquaredNorm(column);
    TakeOut(basis, column);
    const double after = SquaredNorm(column);
    if (!(after > kDependent * before)) continue;
    const double scale = 1 / Sqrt(after);
    for (double& value : column) value *= scale;
    basis.push_back(std::move(column));
  }
  Residuals residuals{CentredColumn(data, x), CentredColumn(data, y)};
  for (std::vector<double>* column : {&residuals.x, &residuals.y}) {
    const double before = SquaredNorm(*column);
    TakeOut(basis, *column);
    if (!(SquaredNorm(*column) > kDependent * before)) residuals.collinear = true;
  }
  return residuals;
}

double ResidualCorrelation(const Residuals& residuals) {
  const double xy = stats::Dot(residuals.x.data(), residuals.y.data(), residuals.x.size());
  const double r = xy / Sqrt(SquaredNorm(residuals.x) * SquaredNorm(residuals.y));
  return std::clamp(r, -1.0, 1.0);
}

double HeteroscedasticScore(const Residuals& residuals) {
  std::vector<double> products(residuals.x.size());
  for (std::size_t i = 0; i < products.size(); ++i) products[i] = residuals.x[i] * residuals.y[i];
  const double square = SquaredNorm(products);
  return square > 0 ? stats::Sum(products.data(), products.size()) / Sqrt(square) : 0;
}

}  // namespace crucible::causal
