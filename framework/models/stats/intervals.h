// Confidence intervals.
#pragma once

#include <cstdint>
#include <span>

namespace crucible::stats {

struct Interval {
  double low = 0;
  double high = 1;
};

// Clopper and Pearson (1934): covers the true proportion with probability at least `level` (both tails
// together). REQUIRES: successes <= trials, 0 < level < 1.
Interval BinomialInterval(std::uint64_t successes, std::uint64_t trials, double level);

// Mean of independent values with Student's interval, exact for normal values. Of differences on equal seeds it
// is the paired interval. Fewer than two values: low = high = mean. REQUIRES: 0 < level < 1.
struct MeanEstimate {
  double mean = 0, low = 0, high = 0;
};
MeanEstimate MeanInterval(std::span<const double> values, double level);

}  // namespace crucible::stats
