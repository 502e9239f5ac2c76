// How far causal graphs can be trusted, on worlds whose causes are known (worlds.h).
#pragma once

#include <cstdint>

#include "benchmarks/causal/worlds.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"
#include "framework/models/stats/intervals.h"

namespace crucible::bench {

struct TestKind {
  causal::Transform transform = causal::Transform::kNone;
  causal::Errors errors = causal::Errors::kStudent;
};

// Share of links between independent autoregressions (5 variables, 1000 rows, lags 1 to 3) with p <= alpha.
struct NullRate {
  std::uint64_t tests = 0, positives = 0;
  double rate() const { return static_cast<double>(positives) / static_cast<double>(tests); }
};
NullRate MeasureNullRate(Noise noise, TestKind kind, double alpha, std::size_t worlds,
                         std::uint64_t first_seed);

// Samples are noisier than the data, so a link by chance is found in half of them more often than in the
// data.
inline constexpr double kFrequency = 0.6;

// Planted graphs (10 variables, 300 rows, 2 parents each): what corrected links find, plain and bagged.
struct Recovery {
  double false_discovery = 0;      // mean share of links found that are not there
  double false_discovery_low = 0;  // lower end of its 95 % interval
  double recall = 0;
  double hamming = 0;           // mean number of lagged links that are missing or extra
  double majority_hamming = 0;  // of the links that most samples have
  double bagged_recall = 0;     // of those of a frequency above kFrequency
  double bagged_hamming = 0;
};
Recovery MeasureRecovery(Noise noise, TestKind kind, double alpha, std::size_t worlds,
                         std::uint64_t first_seed);

// A live graph (5 variables, window 1000) over a stationary world, and over one that loses a link.
struct LiveBehaviour {
  double bars_to_withdraw = 0;   // median over links removed, from the removal
  double false_withdrawals = 0;  // of planted links, per 10,000 bars
  double found_share = 0;        // of planted links that were established at all
};
LiveBehaviour MeasureLive(std::size_t worlds, std::size_t stationary_bars, std::uint64_t first_seed);

}  // namespace crucible::bench
