#include "framework/models/information/conditional.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/stats/distributions.h"
#include "framework/models/stats/sums.h"

namespace crucible::information {
namespace {

std::vector<double> Standardised(std::span<const double> x, bool scale) {
  std::vector<double> out(x.begin(), x.end());
  if (!scale) return out;
  const auto n = static_cast<double>(x.size());
  const double mean = stats::Sum(out.data(), out.size()) / n;
  for (double& value : out) value -= mean;
  const double deviation = Sqrt(stats::Dot(out.data(), out.data(), out.size()) / n);
  for (double& value : out) value = deviation > 0 ? value / deviation : value;
  return out;
}

// What one row's term needs, in values.
struct Work {
  explicit Work(std::size_t n) : x(n), y(n), z(n), joint(n), sorted(n) {}
  std::vector<double> x, y, z, joint, sorted;
};

void DistancesTo(const std::vector<double>& column, double centre, std::vector<double>& out) {
  for (std::size_t i = 0; i < column.size(); ++i) out[i] = std::fabs(column[i] - centre);
}
void TakeLarger(const std::vector<double>& a, std::vector<double>& out) {
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = std::max(out[i], a[i]);
}
std::size_t CountAtMost(const std::vector<double>& values, double limit) {
  std::size_t count = 0;
  for (const double value : values) count += value <= limit ? 1 : 0;
  return count;
}

}  // namespace

ConditionalInformation::ConditionalInformation(std::span<const double> x, std::span<const double> y,
                                               const std::vector<std::vector<double>>& z, std::size_t k,
                                               Scaling scaling)
    : rows_(x.size()), k_(k), conditions_(z.size()), psi_(stats::DigammaTable(x.size())) {
  CRUCIBLE_CHECK(x.size() == y.size() && k >= 1 && k < x.size());
  CRUCIBLE_CHECK(scaling != Scaling::kRanks || rows_ <= 32'767);
  if (scaling == Scaling::kRanks) {
    ranks_ = RankNeighbours(x, y, z);
    return;
  }
  const bool scale = scaling == Scaling::kStandardise;
  values_.x = Standardised(x, scale);
  values_.y = Standardised(y, scale);
  for (const std::vector<double>& column : z) values_.z.push_back(Standardised(column, scale));
}

void ConditionalInformation::Terms(std::span<const std::uint32_t> order, std::vector<double>& out) const {
  Work work(rows_);
  out.resize(rows_);
  std::vector<double> x = values_.x;
  for (std::size_t row = 0; row < order.size(); ++row) x[row] = values_.x[order[row]];
  for (std::size_t row = 0; row < rows_; ++row) {
    DistancesTo(x, x[row], work.x);
    DistancesTo(values_.y, values_.y[row], work.y);
    std::ranges::fill(work.z, 0.0);
    for (const std::vector<double>& column : values_.z) {
      DistancesTo(column, column[row], work.joint);
      TakeLarger(work.joint, work.z);
    }
    TakeLarger(work.z, work.x);
    TakeLarger(work.z, work.y);
    work.joint = work.x;
    TakeLarger(work.y, work.joint);
    work.sorted = work.joint;
    std::nth_element(work.sorted.begin(), work.sorted.begin() + static_cast<std::ptrdiff_t>(k_),
                     work.sorted.end());
    const double radius = work.sorted[k_] * 0.999999999;
    out[row] = psi_[CountAtMost(work.x, radius)] + psi_[CountAtMost(work.y, radius)] -
               psi_[values_.z.empty() ? rows_ : CountAtMost(work.z, radius)];
  }
}

double ConditionalInformation::Estimate() const { return EstimatePermuted({}); }

double ConditionalInformation::EstimatePermuted(std::span<const std::uint32_t> order) const {
  std::vector<double> terms;
  ranks_.empty() ? Terms(order, terms) : ranks_.Terms(k_, order, psi_, terms);
  double sum = 0;
  for (const double term : terms) sum += term;
  return psi_[k_] - sum / static_cast<double>(rows_);
}

void ConditionalInformation::NearestInZ(std::size_t row, std::size_t count,
                                        std::vector<std::uint32_t>& out) const {
  CRUCIBLE_CHECK(has_conditions());
  std::vector<double> distance(rows_, 0.0);
  if (!ranks_.empty()) ranks_.DistancesInZ(row, distance);
  for (const std::vector<double>& column : values_.z) {
    for (std::size_t i = 0; i < rows_; ++i)
      distance[i] = std::max(distance[i], std::fabs(column[i] - column[row]));
  }
  out.resize(rows_);
  std::iota(out.begin(), out.end(), 0U);
  count = std::min(count, rows_);
  std::ranges::partial_sort(out, out.begin() + static_cast<std::ptrdiff_t>(count),
                            [&](std::uint32_t a, std::uint32_t b) {
                              return distance[a] < distance[b] || (distance[a] == distance[b] && a < b);
                            });
  out.resize(count);
}

}  // namespace crucible::information
