// The filter of a hidden Markov model: one row at a time (Rabiner 1989, equations 19-20, normalised).
//
//   HmmFilter filter(model);
//   const Filtered<RegimeState>& now = filter.Update(row);   // uses rows up to this one
//   Filtered<RegimeDistribution> later = filter.Predict(5);  // regimes five rows ahead
//
// Cost: regimes x features^2 / 2 multiplications and `regimes` exponentials a row; no allocation after
// construction.
#pragma once

#include <span>
#include <vector>

#include "framework/models/regime/emission.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/regime_filter.h"

namespace crucible::regime {

class HmmFilter final : public RegimeFilter {
 public:
  // REQUIRES: the model is valid.
  explicit HmmFilter(const GaussianHmm& model);

  const GaussianHmm& emissions() const override { return model_; }
  std::size_t inputs() const override { return model_.features; }
  const Filtered<RegimeState>& Update(std::span<const double> row) override;
  const Filtered<RegimeState>& state() const override { return state_; }
  void Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const override;
  void Reset() override;

  // A row of which nothing is known: the chain moves one step.
  const Filtered<RegimeState>& Skip();
  // p(regime `steps` rows after the last | rows so far) = probability x transition^steps; before the first
  // row, `steps` counts from the start distribution (1: the first row).
  Filtered<RegimeDistribution> Predict(std::size_t steps) const;

 private:
  void Move();

  GaussianHmm model_;
  Densities densities_;
  Filtered<RegimeState> state_;
  std::vector<double> predicted_, log_density_;
};

// One step of a chain: next[to] = sum over from, ascending, of p[from] * transition[from][to].
void MoveChain(const double* p, const double* transition, std::size_t regimes, double* next);

}  // namespace crucible::regime
