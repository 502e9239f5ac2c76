#include "framework/models/causal/linear_test.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "framework/base/math.h"
#include "framework/models/causal/orthogonal_test.h"
#include "framework/models/stats/distributions.h"

namespace crucible::causal {
namespace {

constexpr double kFallbackPivot = 1e-7;
constexpr double kCollinearPivot = 1e-10;
constexpr std::size_t kInline = 48;      // rows of the matrix that lives on the stack
constexpr std::size_t kThresholds = 64;  // sizes of Z whose thresholds are prepared

// Indices of Z without its constant members.
class Conditions {
 public:
  Conditions(const Correlations& correlations, std::span<const Node> z) {
    if (z.size() > kInline) spill_.resize(z.size());
    std::size_t* out = spill_.empty() ? inline_.data() : spill_.data();
    begin_ = out;
    for (const Node node : z) {
      const std::size_t index = correlations.Index(node);
      if (correlations.constant[index] == 0) *out++ = index;
    }
    size_ = static_cast<std::size_t>(out - begin_);
  }
  Conditions(const Conditions&) = delete;
  Conditions& operator=(const Conditions&) = delete;
  std::span<const std::size_t> indices() const { return {begin_, size_}; }

 private:
  std::array<std::size_t, kInline> inline_;
  std::vector<std::size_t> spill_;
  const std::size_t* begin_;
  std::size_t size_;
};

// Eliminates the first z.size() rows of the symmetric matrix of (z, x, y); upper triangle, leading dimension
// n.
Partial EliminateIn(double* m, std::size_t n, const Correlations& correlations, std::size_t x, std::size_t y,
                    std::span<const std::size_t> z) {
  const auto index = [&](std::size_t k) { return k < z.size() ? z[k] : (k == z.size() ? x : y); };
  for (std::size_t a = 0; a < n; ++a) {
    const double* row = &correlations.r[index(a) * correlations.nodes];
    for (std::size_t b = a; b < z.size(); ++b) m[a * n + b] = row[z[b]];
    if (a <= z.size()) m[a * n + z.size()] = row[x];
    m[a * n + z.size() + 1] = row[y];
  }
  Partial partial;
  for (std::size_t p = 0; p < z.size(); ++p) {
    const double* __restrict pivot_row = m + p * n;
    const double pivot = pivot_row[p];
    partial.least_pivot = std::min(partial.least_pivot, pivot);
    if (!(pivot > kCollinearPivot)) return partial;
    const double inverse = 1 / pivot;
    for (std::size_t a = p + 1; a < n; ++a) {
      double* __restrict row = m + a * n;
      const double share = pivot_row[a] * inverse;
      for (std::size_t b = a; b < n; ++b) row[b] -= share * pivot_row[b];
    }
  }
  const std::size_t i = z.size(), j = z.size() + 1;
  partial.xx = m[i * n + i];
  partial.xy = m[i * n + j];
  partial.yy = m[j * n + j];
  partial.least_pivot = std::min({partial.least_pivot, partial.xx, partial.yy});
  return partial;
}

}  // namespace

Partial Eliminate(const Correlations& correlations, std::size_t x, std::size_t y,
                  std::span<const std::size_t> z) {
  const std::size_t n = z.size() + 2;
  if (n <= kInline) {
    std::array<double, kInline * kInline> matrix;
    return EliminateIn(matrix.data(), n, correlations, x, y, z);
  }
  std::vector<double> matrix(n * n);
  return EliminateIn(matrix.data(), n, correlations, x, y, z);
}

LinearTest::LinearTest(const Correlations& correlations, const LaggedData* data, std::size_t max_lag,
                       Errors errors)
    : correlations_(correlations), data_(data), max_lag_(max_lag), errors_(errors) {}

LinearTest::Value LinearTest::Compute(Node x, Node y, std::span<const Node> z) const {
  const std::size_t i = correlations_.Index(x), j = correlations_.Index(y);
  if (correlations_.constant[i] != 0 || correlations_.constant[j] != 0)
    return {0, 0, CiOutcome::kConstant, 1};
  const Conditions conditions(correlations_, z);
  Value value;
  value.dof = static_cast<double>(correlations_.rows) - 2 - static_cast<double>(conditions.indices().size());
  const Partial partial = Eliminate(correlations_, i, j, conditions.indices());
  value.least_pivot = partial.least_pivot;
  if (data_ != nullptr && partial.least_pivot < kFallbackPivot) {
    const Residuals residuals = ComputeResiduals(*data_, x, y, z);
    if (residuals.collinear) return {0, value.dof, CiOutcome::kCollinear, 0};
    value.r = ResidualCorrelation(residuals);
  } else if (partial.least_pivot <= kCollinearPivot) {
    return {0, value.dof, CiOutcome::kCollinear, 0};
  } else {
    value.r = std::clamp(partial.xy / Sqrt(partial.xx * partial.yy), -1.0, 1.0);
  }
  if (!(value.dof >= 1)) value.outcome = CiOutcome::kTooFewSamples;
  return value;
}

CiResult LinearTest::Test(Node x, Node y, std::span<const Node> z) const {
  const Value value = Compute(x, y, z);
  const bool none = value.outcome == CiOutcome::kConstant || value.outcome == CiOutcome::kCollinear;
  return {value.r, none ? 1.0 : stats::CorrelationPValue(value.r, value.dof), value.outcome};
}

CiDecision LinearTest::Decide(Node x, Node y, std::span<const Node> z, double alpha) const {
  const Value value = Compute(x, y, z);
  if (value.outcome != CiOutcome::kTested)
    return {value.r, value.outcome != CiOutcome::kTooFewSamples && alpha >= 1, value.outcome};
  const auto size = static_cast<std::size_t>(static_cast<double>(correlations_.rows) - 2 - value.dof);
  const double threshold = alpha == thresholds_.alpha && size < thresholds_.r.size()
                               ? thresholds_.r[size]
                               : stats::CorrelationThreshold(alpha, value.dof);
  return {value.r, std::fabs(value.r) >= threshold, value.outcome};
}

CiResult LinearTest::Confirm(Node x, Node y, std::span<const Node> z) const {
  if (errors_ == Errors::kStudent || data_ == nullptr) return Test(x, y, z);
  const Value value = Compute(x, y, z);
  if (value.outcome != CiOutcome::kTested) return Test(x, y, z);
  const Residuals residuals = value.least_pivot < kFallbackPivot
                                  ? ComputeResiduals(*data_, x, y, z)
                                  : ComputeResidualsByRegression(*data_, correlations_, x, y, z);
  const double score =
      HeteroscedasticScore(residuals) * Sqrt(value.dof / static_cast<double>(correlations_.rows));
  return {value.r, stats::StudentTwoSided(score, value.dof), value.outcome};
}

double LinearTest::SelectionScore(Node y, std::span<const Node> parents) const {
  const std::size_t j = correlations_.Index(y);
  const auto rows = static_cast<double>(correlations_.rows);
  const Conditions conditions(correlations_, parents);
  double unexplained = 0;
  if (correlations_.constant[j] == 0) {
    const Partial partial = Eliminate(correlations_, j, j, conditions.indices());
    unexplained = partial.yy;
    if (partial.least_pivot < kFallbackPivot && data_ != nullptr) {
      const Residuals residuals = ComputeResiduals(*data_, y, y, parents);
      const Residuals whole = ComputeResiduals(*data_, y, y, {});
      double left = 0, all = 0;
      for (const double v : residuals.x) left += v * v;
      for (const double v : whole.x) all += v * v;
      unexplained = left / all;
    }
  }
  return rows * Log(rows * unexplained) + 2 * static_cast<double>(parents.size() + 1);
}

void LinearTest::Prepare(double alpha, Thresholds& kept) {
  if (alpha != kept.alpha || correlations_.rows != kept.rows) {
    kept = {alpha, correlations_.rows, {}};
    for (std::size_t size = 0; size < kThresholds; ++size) {
      const double dof = static_cast<double>(kept.rows) - 2 - static_cast<double>(size);
      kept.r.push_back(stats::CorrelationThreshold(alpha, dof));
    }
  }
  if (&kept != &thresholds_) thresholds_ = kept;
}

}  // namespace crucible::causal
