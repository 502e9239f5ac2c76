#include "framework/models/stats/intervals.h"

#include "framework/base/check.h"
#include "framework/models/stats/distributions.h"
#include "framework/base/math.h"
#include "framework/models/stats/sums.h"

namespace crucible::stats {

Interval BinomialInterval(std::uint64_t successes, std::uint64_t trials, double level) {
  CRUCIBLE_CHECK(successes <= trials && level > 0 && level < 1);
  const double tail = (1 - level) / 2;
  const auto hits = static_cast<double>(successes), misses = static_cast<double>(trials - successes);
  Interval interval;
  if (successes > 0) interval.low = IncompleteBetaInverse(hits, misses + 1, tail);
  if (successes < trials) interval.high = IncompleteBetaInverse(hits + 1, misses, 1 - tail);
  return interval;
}

MeanEstimate MeanInterval(std::span<const double> values, double level) {
  const auto n = static_cast<double>(values.size());
  if (values.empty()) return {};
  const double mean = Sum(values.data(), values.size()) / n;
  if (values.size() == 1) return {mean, mean, mean};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  // P(|T| >= t) = I_x(dof / 2, 1 / 2) with x = dof / (dof + t^2).
  const double dof = n - 1;
  const double x = IncompleteBetaInverse(dof / 2, 0.5, 1 - level);
  const double half = Sqrt(dof * (1 / x - 1)) * Sqrt(squares / dof / n);
  return {mean, mean - half, mean + half};
}

}  // namespace crucible::stats
