// Surrogates: series without any link between variables that are otherwise like the data, and the rate of
// false links that an analysis finds in them. A rate far from the level says that the p-values cannot be
// trusted on these data.
//
// Each series is fitted by an autoregression; its residuals keep their place and size and get random signs,
// drawn for each series and row (the recursive-design wild bootstrap: Goncalves and Kilian 2004); the
// autoregression runs again over them. That keeps autocorrelation and every kind of changing variance, a
// common one included, and removes all linear dependence between series.
#pragma once

#include <cstdint>
#include <functional>

#include "framework/models/causal/pcmci.h"
#include "framework/models/stats/intervals.h"

namespace crucible::causal {

// Surrogate number `index` of a seed. Missing values and masks stay where they are; a residual next to a
// missing value counts as zero. Autoregressions have `order` lags.
Panel MakeSurrogate(const Panel& panel, std::size_t order, std::uint64_t seed, std::uint64_t index);

struct FalsePositives {
  std::uint64_t tests = 0;      // lagged links between different variables, over all surrogates
  std::uint64_t positives = 0;  // with p at most the level
  double rate() const { return tests == 0 ? 0 : static_cast<double>(positives) / static_cast<double>(tests); }
  stats::Interval interval() const { return stats::BinomialInterval(positives, tests, 0.95); }
};

using PanelAnalysis = std::function<absl::StatusOr<CausalGraph>(const Panel& panel)>;

// Runs `analyse` on `count` surrogates and counts links with p <= alpha.
absl::StatusOr<FalsePositives> EstimateFalsePositives(const Panel& panel, std::size_t max_lag, double alpha,
                                                      std::size_t count, std::uint64_t seed,
                                                      const PanelAnalysis& analyse,
                                                      const std::function<void(double)>& progress = {});

}  // namespace crucible::causal
