// Which model trades in which regime, and when to swap: on the forecast, not on the past.
//
// A router holds one active model of several. `worth[model][regime]` is what a row in that regime is worth
// under that model, in any unit (expected P&L of a row, or 1 for the model made for the regime and 0 else).
// At each row it compares the expected worth of the next `horizon` rows,
//
//   W(m) = sum over h = 1 .. horizon, regimes k of p(regime k at row h ahead | rows so far) x worth[m][k],
//
// and swaps to the best model when W(best) - W(active) exceeds `swap_cost` + `margin`, and the last swap is
// at least `least_stay` rows back. The cost is money in the same unit; the margin is the hysteresis that
// keeps a forecast near even odds from swapping to and fro. A decision at a row acts from the next row on.
//
// Only Filtered forecasts get in. Determinism: a function of the forecasts so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/regime/regime_filter.h"

namespace crucible::regime {

struct RouterOptions {
  std::size_t models = 0;
  std::vector<double> worth;  // [models][regimes]
  std::size_t horizon = 5;    // rows
  double swap_cost = 1;
  double margin = 0.5;
  std::size_t least_stay = 1;  // rows
  std::size_t first_model = 0;
};

struct ModelSwap {
  std::uint64_t row = 0;  // 1, 2, ...: after this row was seen
  std::size_t from = 0, to = 0;
  double advantage = 0;  // W(to) - W(from) over the horizon
};

class Router {
 public:
  static absl::StatusOr<Router> Create(RouterOptions options, std::size_t regimes);
  // One model per regime, worth 1 in its own regime and 0 in the others.
  static RouterOptions OneModelPerRegime(std::size_t regimes);

  // Once a row. REQUIRES: forecast has at least `horizon` steps of the regimes given at creation.
  std::optional<ModelSwap> Decide(const Filtered<RegimeForecast>& forecast);
  std::size_t active() const { return active_; }
  std::uint64_t rows() const { return rows_; }
  const RouterOptions& options() const { return options_; }

 private:
  Router(RouterOptions options, std::size_t regimes);

  RouterOptions options_;
  std::size_t regimes_;
  std::size_t active_;
  std::uint64_t rows_ = 0, last_swap_ = 0;
  std::vector<double> expected_;  // rows spent in each regime over the horizon
};

// The baseline that acts on what has happened: always the model of the most probable regime of the last row.
class ReactiveRouter {
 public:
  explicit ReactiveRouter(std::vector<std::size_t> model_of_regime, std::size_t first_model = 0)
      : model_of_(std::move(model_of_regime)), active_(first_model) {}
  std::optional<ModelSwap> Decide(const Filtered<RegimeState>& state);
  std::size_t active() const { return active_; }

 private:
  std::vector<std::size_t> model_of_;
  std::size_t active_;
  std::uint64_t rows_ = 0;
};

}  // namespace crucible::regime
