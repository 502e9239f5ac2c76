#include "framework/models/causal/orthogonal_test.h"

#include <algorithm>

#include "framework/base/math.h"
#include "framework/models/stats/cholesky.h"
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

// Coefficients of x, or of y, on the conditions, all scaled to unit length.
std::vector<double> Coefficients(const Correlations& correlations, std::size_t of,
                                 const std::vector<std::size_t>& z) {
  const std::size_t n = z.size();
  std::vector<double> matrix(n * n), right(n);
  for (std::size_t a = 0; a < n; ++a) {
    const double* row = &correlations.r[z[a] * correlations.nodes];
    right[a] = row[of];
    for (std::size_t b = 0; b <= a; ++b) matrix[a * n + b] = row[z[b]];
  }
  stats::FactorRows(matrix.data(), n, 0, n, 0);
  stats::SolveLower(matrix.data(), n, n, right.data());
  stats::SolveLowerTransposed(matrix.data(), n, n, right.data());
  return right;
}

}  // namespace

Residuals ComputeResidualsByRegression(const LaggedData& data, const Correlations& correlations, Node x,
                                       Node y, std::span<const Node> z) {
  std::vector<std::size_t> indices;
  std::vector<Node> nodes;
  for (const Node node : z) {
    if (correlations.constant[correlations.Index(node)] != 0) continue;
    indices.push_back(correlations.Index(node));
    nodes.push_back(node);
  }
  Residuals residuals;
  const auto subtract = [&](Node node, std::vector<double>& out) {
    const std::size_t index = correlations.Index(node);
    const std::vector<double> coefficients = Coefficients(correlations, index, indices);
    out.resize(data.rows());
    data.Column(node, out.data());
    double constant = correlations.mean[index] * correlations.scale[index];
    std::vector<double> weights(nodes.size());
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      weights[k] = coefficients[k] * correlations.scale[indices[k]];
      constant -= weights[k] * correlations.mean[indices[k]];
    }
    for (double& value : out) value = value * correlations.scale[index] - constant;
    std::size_t start = 0;
    for (std::size_t run = 0; run < data.sample().runs.size(); ++run) {
      const std::size_t rows = data.sample().runs[run].rows;
      for (std::size_t k = 0; k < nodes.size(); ++k) {
        const double* from = data.RunRows(nodes[k], run);
        for (std::size_t t = 0; t < rows; ++t) out[start + t] -= weights[k] * from[t];
      }
      start += rows;
    }
  };
  subtract(x, residuals.x);
  subtract(y, residuals.y);
  return residuals;
}

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
