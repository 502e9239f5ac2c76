// Summaries with their intervals. Normal approximations where not said otherwise; n stands beside every
// figure.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/report/json.h"

namespace crucible::report {

inline constexpr double kZ95 = 1.959963984540054;  // standard normal quantile of 0.975

struct Interval {
  double low = 0, high = 0;
};

// 95 % interval of a share: Wilson, JASA 22 (1927) 209. {0, 1} for n = 0.
Interval WilsonInterval(std::uint64_t successes, std::uint64_t n);

// {"n", "mean", "deviation", "low", "high"}: mean with its 95 % interval; only n where that is 0.
Json MeanJson(const std::vector<double>& values);

// {"n", "p5", "p50", "p95", "p99", "max"}: nearest rank. Sorts `values`.
Json QuantilesJson(std::vector<double>& values);

// {"from", "step", "counts"}: `bins` equal classes from the 0.5 % to the 99.5 % quantile, which hold what
// lies beyond at their ends. Null without values.
Json HistogramJson(std::vector<double> values, std::size_t bins);

}  // namespace crucible::report
