// What a forecast of regimes is worth: log scores of the next returns, and how early the router swaps.
//
// The regime-implied distribution of one feature, h rows ahead, is the mixture of the regimes' Gaussians with
// the forecast's weights. It is judged by its log density at what came, against
//
//   persistence   the regimes of now, with now's probabilities, whatever the chain says
//   reactive      the Gaussian of the most probable regime of now
//   gaussian      one Gaussian, from the rows before the judged ones
//   ewma          a Gaussian of mean zero whose variance is an exponential average of squares, decay 0.94
//   (RiskMetrics
//                 1996): no regimes, and hard to beat on returns
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "framework/models/regime/observations.h"
#include "framework/models/regime/regime_filter.h"
#include "framework/models/regime/router.h"

namespace crucible::regime {

inline constexpr std::size_t kForecasters = 5;  // regimes first, then the baselines above
inline constexpr std::array<std::string_view, kForecasters> kForecasterNames = {
    "regimes", "persistence", "reactive", "gaussian", "ewma"};

// A mean with a 95 % interval by contiguous batches: +- 1.984 standard errors of 100 batch means, which holds
// where dependence is short against a batch.
struct MeanScore {
  double mean = 0;
  double half_width = 0;
  std::size_t n = 0;
};
MeanScore MeanByBatches(const std::vector<double>& values);

struct HorizonScores {
  std::size_t horizon = 0;                    // rows ahead
  std::array<MeanScore, kForecasters> score;  // nats a row
  std::array<MeanScore, kForecasters> gain;   // regimes' score less this forecaster's; [0] is zero
};

// Judges rows from `first_judged` on; the filter sees all rows before them first. `feature`: the column to
// score. REQUIRES: one sequence whose rows are the filter's inputs, 100 or more judged rows.
std::vector<HorizonScores> ScoreForecasts(RegimeFilter& filter, const Observations& rows,
                                          std::size_t first_judged, std::size_t feature,
                                          std::size_t horizons);

// A change of the true (or hindsight) regime: `row` (from 0) is the first of the new one.
struct RegimeChange {
  std::size_t row = 0;
  std::size_t to = 0;
};
std::vector<RegimeChange> ChangesOf(const std::vector<std::size_t>& regime_by_row, std::size_t first);

// Swaps against changes. A swap made after row r acts from row r + 1 on; its lead is the change's row less
// that row, so 0 is in time and negative is late. Of each change, the swap into the new regime's model that
// acts between half of the old stay before it and the next change counts. A change to whose model no swap
// led, because the router had stayed in it, is no merit: `stayed`.
struct SwapTiming {
  std::size_t changes = 0, ahead = 0, late = 0, stayed = 0, missed = 0;  // ahead: lead >= 0
  std::size_t swaps = 0;
  double mean_lead = 0;      // rows, over changes ahead and late
  double rows_in_place = 0;  // share of rows under the model of the true regime
};
SwapTiming TimeSwaps(const std::vector<RegimeChange>& changes, const std::vector<std::size_t>& regime_by_row,
                     const std::vector<std::size_t>& model_by_row, std::size_t first);

}  // namespace crucible::regime
