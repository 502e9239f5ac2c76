#include "framework/models/information/conditional.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/stats/distributions.h"
#include "framework/models/stats/sums.h"

#define CRUCIBLE_INLINE [[gnu::always_inline]] inline

namespace crucible::information {
namespace {

std::vector<std::int16_t> Ranks(std::span<const double> x) {
  struct Placed {
    double value;
    std::uint32_t at;
  };
  std::vector<Placed> order(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) order[i] = {x[i], static_cast<std::uint32_t>(i)};
  std::ranges::sort(order, [](const Placed& a, const Placed& b) {
    return a.value < b.value || (a.value == b.value && a.at < b.at);
  });
  std::vector<std::int16_t> ranks(x.size());
  for (std::size_t r = 0; r < order.size(); ++r) ranks[order[r].at] = static_cast<std::int16_t>(r);
  return ranks;
}

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

// Distances of one row to all, and what the estimator asks of them.
CRUCIBLE_INLINE void DistancesTo(const std::int16_t* column, std::int16_t centre, std::size_t n,
                                 std::int16_t* out) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto difference = static_cast<std::int16_t>(column[i] - centre);
    const auto negated = static_cast<std::int16_t>(-difference);
    out[i] = std::max(difference, negated);
  }
}
CRUCIBLE_INLINE void DistancesTo(const double* column, double centre, std::size_t n, double* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = std::fabs(column[i] - centre);
}

template <typename Value>
CRUCIBLE_INLINE void TakeLarger(const Value* a, const Value* b, std::size_t n, Value* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = std::max(a[i], b[i]);
}

// Values at most `limit`, in blocks whose counts fit the value's width.
CRUCIBLE_INLINE std::size_t CountAtMost(const std::int16_t* values, std::size_t n, std::int16_t limit) {
  std::size_t total = 0;
  for (std::size_t start = 0; start < n; start += 16'384) {
    const std::size_t end = std::min(n, start + 16'384);
    std::int16_t count = 0;
    for (std::size_t i = start; i < end; ++i)
      count = static_cast<std::int16_t>(count + (values[i] <= limit ? 1 : 0));
    total += static_cast<std::size_t>(count);
  }
  return total;
}
CRUCIBLE_INLINE std::size_t CountAtMost(const double* values, std::size_t n, double limit) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; ++i) count += values[i] <= limit ? 1 : 0;
  return count;
}

// 0.999999999 of the distance that k values besides the row itself (distance 0) do not exceed. For integers
// that is the next smaller one. Found by counting: from the last row's answer as if counts grew with the cube
// of the distance, then between limits on both sides; every fourth limit halves the range, so that it ends.
CRUCIBLE_INLINE std::int16_t Radius(const std::int16_t* distances, std::size_t n, std::size_t k, int& guess,
                                    std::vector<std::int16_t>&) {
  const int top = static_cast<int>(n) - 1, wanted = static_cast<int>(k);
  int low = -1, high = top;  // more than k values are at most `high`, but not at most `low`
  int below = 0, above = 0;  // how many are, where that was counted
  int limit = guess;
  for (int round = 1; high - low > 1; ++round) {
    limit = std::clamp(limit, low + 1, high - 1);
    const auto count = static_cast<int>(CountAtMost(distances, n, static_cast<std::int16_t>(limit)));
    if (count > wanted) {
      high = limit;
      above = count;
    } else {
      low = limit;
      below = count;
    }
    if (round % 4 == 0) {
      limit = low + (high - low) / 2;
    } else if (above > 0 && low >= 0) {
      limit = low + (2 * (wanted - below) + 1) * (high - low) / (2 * (above - below));
    } else {
      limit += (limit * (wanted - count) / (3 * count)) + (count > wanted ? -1 : 1);
    }
  }
  guess = high;
  return static_cast<std::int16_t>(high > 0 ? high - 1 : 0);
}
CRUCIBLE_INLINE double Radius(const double* distances, std::size_t n, std::size_t k, int&,
                              std::vector<double>& scratch) {
  scratch.assign(distances, distances + n);
  std::nth_element(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(k), scratch.end());
  return scratch[k] * 0.999999999;
}

template <typename Value>
struct Work {
  explicit Work(std::size_t n) : x(n), y(n), z(n), joint(n) {}
  std::vector<Value> x, y, z, joint, scratch;
  int guess = 0;  // of the radius: the last row's
};

struct Counts {
  std::size_t xz, yz, z;
};

template <typename Value>
CRUCIBLE_INLINE Counts CountsOf(const Value* x, Value x_centre, const std::vector<Value>& y,
                                const std::vector<std::vector<Value>>& z, std::size_t row, std::size_t n,
                                std::size_t k, Work<Value>& work) {
  DistancesTo(x, x_centre, n, work.x.data());
  DistancesTo(y.data(), y[row], n, work.y.data());
  if (!z.empty()) {
    DistancesTo(z[0].data(), z[0][row], n, work.z.data());
    for (std::size_t c = 1; c < z.size(); ++c) {
      DistancesTo(z[c].data(), z[c][row], n, work.joint.data());
      TakeLarger(work.joint.data(), work.z.data(), n, work.z.data());
    }
    TakeLarger(work.x.data(), work.z.data(), n, work.x.data());
    TakeLarger(work.y.data(), work.z.data(), n, work.y.data());
  }
  TakeLarger(work.x.data(), work.y.data(), n, work.joint.data());
  const Value radius = Radius(work.joint.data(), n, k, work.guess, work.scratch);
  return {CountAtMost(work.x.data(), n, radius), CountAtMost(work.y.data(), n, radius),
          z.empty() ? n : CountAtMost(work.z.data(), n, radius)};
}

// The same arithmetic on twice as many integers at once where the machine can.
using RankCounts = Counts (*)(const std::int16_t*, std::int16_t, const std::vector<std::int16_t>&,
                              const std::vector<std::vector<std::int16_t>>&, std::size_t, std::size_t,
                              std::size_t, Work<std::int16_t>&);
Counts CountsBaseline(const std::int16_t* x, std::int16_t centre, const std::vector<std::int16_t>& y,
                      const std::vector<std::vector<std::int16_t>>& z, std::size_t row, std::size_t n,
                      std::size_t k, Work<std::int16_t>& work) {
  return CountsOf(x, centre, y, z, row, n, k, work);
}
__attribute__((target("avx2"))) Counts CountsAvx2(const std::int16_t* x, std::int16_t centre,
                                                  const std::vector<std::int16_t>& y,
                                                  const std::vector<std::vector<std::int16_t>>& z,
                                                  std::size_t row, std::size_t n, std::size_t k,
                                                  Work<std::int16_t>& work) {
  return CountsOf(x, centre, y, z, row, n, k, work);
}

Counts CountRow(const std::int16_t* x, std::int16_t centre, const std::vector<std::int16_t>& y,
                const std::vector<std::vector<std::int16_t>>& z, std::size_t row, std::size_t n,
                std::size_t k, Work<std::int16_t>& work) {
  static const RankCounts count = __builtin_cpu_supports("avx2") ? CountsAvx2 : CountsBaseline;
  return count(x, centre, y, z, row, n, k, work);
}
Counts CountRow(const double* x, double centre, const std::vector<double>& y,
                const std::vector<std::vector<double>>& z, std::size_t row, std::size_t n, std::size_t k,
                Work<double>& work) {
  return CountsOf(x, centre, y, z, row, n, k, work);
}

}  // namespace

ConditionalInformation::ConditionalInformation(std::span<const double> x, std::span<const double> y,
                                               const std::vector<std::vector<double>>& z, std::size_t k,
                                               Scaling scaling)
    : rows_(x.size()), k_(k), conditions_(z.size()), psi_(stats::DigammaTable(x.size())) {
  CRUCIBLE_CHECK(x.size() == y.size() && k >= 1 && k < x.size());
  CRUCIBLE_CHECK(scaling != Scaling::kRanks || rows_ <= 32'767);
  if (scaling == Scaling::kRanks) {
    ranks_.x = Ranks(x);
    ranks_.y = Ranks(y);
    for (const std::vector<double>& column : z) ranks_.z.push_back(Ranks(column));
  } else {
    const bool scale = scaling == Scaling::kStandardise;
    values_.x = Standardised(x, scale);
    values_.y = Standardised(y, scale);
    for (const std::vector<double>& column : z) values_.z.push_back(Standardised(column, scale));
  }
}

template <typename Value>
double ConditionalInformation::Sum(const Columns<Value>& columns,
                                   std::span<const std::uint32_t> order) const {
  std::vector<Value> permuted;
  if (!order.empty()) {
    for (const std::uint32_t from : order) permuted.push_back(columns.x[from]);
  }
  const std::vector<Value>& x = order.empty() ? columns.x : permuted;
  Work<Value> work(rows_);
  double sum = 0;
  for (std::size_t row = 0; row < rows_; ++row) {
    const Counts counts = CountRow(x.data(), x[row], columns.y, columns.z, row, rows_, k_, work);
    sum += psi_[counts.xz] + psi_[counts.yz] - psi_[counts.z];
  }
  return psi_[k_] - sum / static_cast<double>(rows_);
}

double ConditionalInformation::Estimate() const { return EstimatePermuted({}); }

double ConditionalInformation::EstimatePermuted(std::span<const std::uint32_t> order) const {
  return ranks_.x.empty() ? Sum(values_, order) : Sum(ranks_, order);
}

void ConditionalInformation::NearestInZ(std::size_t row, std::size_t count,
                                        std::vector<std::uint32_t>& out) const {
  CRUCIBLE_CHECK(has_conditions());
  std::vector<double> distance(rows_, 0.0);
  const auto widen = [&](const auto& columns) {
    for (const auto& column : columns.z) {
      for (std::size_t i = 0; i < rows_; ++i) {
        const auto difference = static_cast<double>(column[i]) - static_cast<double>(column[row]);
        distance[i] = std::max(distance[i], std::fabs(difference));
      }
    }
  };
  ranks_.x.empty() ? widen(values_) : widen(ranks_);
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
