// A hidden Markov model whose moves are driven by inputs (Bengio and Frasconi 1995; Diebold, Lee and Weinbach
// 1994): the causal parents of the regime can say that a change is coming.
//
// A row holds the features of the emissions, then the drivers. The move from row t to row t + 1 depends on
// the drivers of row t, which are known then: row i of the transition matrix is the multinomial logit
//
//   p(j | i, u) proportional to exp(weight[i][j] . (1, z)),  z = (u - centre) / scale,  weight[i][i] = 0.
#pragma once

#include <vector>

#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/emission.h"
#include "framework/models/regime/regime_filter.h"

namespace crucible::regime {

struct DrivenHmm {
  GaussianHmm emissions;  // `transition`: expected shares of moves in the fitted rows, for reading only
  std::size_t drivers = 0;
  std::vector<double> centre, scale;  // [drivers]
  std::vector<double> weight;         // [regimes][regimes][1 + drivers]

  absl::Status Validate() const;
  Hash128 Hash() const;
  // Row-major transition matrix under the drivers `u`.
  void Transition(const double* u, double* matrix) const;
};

struct DrivenOptions {
  EmOptions em;
  // Weights other than intercepts have the prior N(0, 1 / ridge): drivers that say nothing get weights near
  // zero.
  double ridge = 1;
  // Newton steps (iteratively reweighted least squares) of each maximisation, at most; each is halved until
  // the objective rises, and they end when half the squared Newton decrement is below 1e-9.
  std::size_t newton_steps = 8;
};

struct DrivenFit {
  DrivenHmm model;
  std::vector<double> history;  // log likelihood before each maximisation
  double log_likelihood = 0;
  bool converged = false;
};

// EM from a fitted hidden Markov model of the first columns of `rows`; the other columns are the drivers.
// Memory rows x regimes^2 numbers. kInvalidArgument: no driver, a constant driver, fewer than two regimes.
absl::StatusOr<DrivenFit> FitDriven(
    const GaussianHmm& start, const Observations& rows, const DrivenOptions& options,
    const std::function<void(std::size_t iteration, std::size_t most)>& progress = {});

// Forecasts beyond the next row hold the drivers at their last values.
class DrivenFilter final : public RegimeFilter {
 public:
  // REQUIRES: the model is valid.
  explicit DrivenFilter(const DrivenHmm& model);

  const GaussianHmm& emissions() const override { return model_.emissions; }
  std::size_t inputs() const override { return model_.emissions.features + model_.drivers; }
  const Filtered<RegimeState>& Update(std::span<const double> row) override;
  const Filtered<RegimeState>& state() const override { return state_; }
  void Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const override;
  void Reset() override;

 private:
  DrivenHmm model_;
  Densities densities_;
  std::vector<double> moves_;  // under the last row's drivers
  std::vector<double> predicted_, log_density_;
  Filtered<RegimeState> state_;
};

}  // namespace crucible::regime
