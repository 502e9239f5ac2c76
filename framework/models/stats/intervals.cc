#include "framework/models/stats/intervals.h"

#include "framework/base/check.h"
#include "framework/models/stats/distributions.h"

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

}  // namespace crucible::stats
