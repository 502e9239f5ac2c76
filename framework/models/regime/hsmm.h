// A hidden semi-Markov model: how long a regime lasts is explicit (Ferguson 1980; Yu 2010), because the
// geometric durations of a Markov chain are wrong for volatility regimes.
//
// The chain's state is (regime, age): a regime of age a ends with probability hazard[regime][a - 1] and moves
// to another one by `moves`, whose diagonal is zero. Ages above `ages` share the last hazard, so the tail is
// geometric and a constant hazard is exactly a hidden Markov model. The age is what lets a forecast see an
// end coming.
//
// Sequences start at age 1.
#pragma once

#include <vector>

#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/emission.h"
#include "framework/models/regime/regime_filter.h"

namespace crucible::regime {

struct Hsmm {
  static constexpr std::size_t kMaxAges = 10'000;

  GaussianHmm emissions;  // its `transition` holds the moves: zero diagonal, rows sum to 1
  std::size_t ages = 0;
  std::vector<double> hazard;  // [regimes][ages], each in (0, 1]

  absl::Status Validate() const;
  Hash128 Hash() const;
  // Rows that a visit to the regime lasts.
  double MeanDuration(std::size_t regime) const;
};

// The model that a hidden Markov model is.  REQUIRES: at least two regimes; every regime can be left.
Hsmm FromHmm(const GaussianHmm& model, std::size_t ages);

struct HsmmOptions {
  std::size_t ages = 60;
  // Each hazard is estimated as if this many more rows had been seen at its age that ended at the regime's
  // overall rate: few observations of an age pull it to the geometric duration.
  double hazard_prior_rows = 20;
  EmOptions em;
};

struct HsmmFit {
  Hsmm model;
  std::vector<double> history;  // log likelihood before each maximisation
  double log_likelihood = 0;
  bool converged = false;
};

// EM from a fitted hidden Markov model. Time rows x regimes x ages an iteration; memory of one block of 256
// rows of states, and one state per block. REQUIRES: as FromHmm.
HsmmFit FitHsmm(const GaussianHmm& start, const Observations& observations, const HsmmOptions& options,
                const std::function<void(std::size_t iteration, std::size_t most)>& progress = {});

class HsmmFilter final : public RegimeFilter {
 public:
  // REQUIRES: the model is valid.
  explicit HsmmFilter(const Hsmm& model);

  const GaussianHmm& emissions() const override { return model_.emissions; }
  std::size_t inputs() const override { return model_.emissions.features; }
  const Filtered<RegimeState>& Update(std::span<const double> row) override;
  const Filtered<RegimeState>& state() const override { return state_; }
  void Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const override;
  void Reset() override;

  // Expected age of the regime, given that it rules now.
  double ExpectedAge(std::size_t regime) const;

 private:
  Hsmm model_;
  Densities densities_;
  std::vector<double> mass_, next_;  // p(regime, age | rows so far)
  mutable std::vector<double> ahead_, after_;
  std::vector<double> log_density_;
  Filtered<RegimeState> state_;
};

}  // namespace crucible::regime
