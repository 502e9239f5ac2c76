// Exact confidence intervals.
#pragma once

#include <cstdint>

namespace crucible::stats {

struct Interval {
  double low = 0;
  double high = 1;
};

// Clopper and Pearson (1934): covers the true proportion with probability at least `level` (both tails
// together). REQUIRES: successes <= trials, 0 < level < 1.
Interval BinomialInterval(std::uint64_t successes, std::uint64_t trials, double level);

}  // namespace crucible::stats
