// The regime as it may be known now: a filter that takes one row at a time.
//
//   HmmFilter filter(model);
//   const Filtered<RegimeState>& now = filter.Update(row);   // uses rows up to this one
//   Filtered<RegimeDistribution> later = filter.Predict(5);  // regimes five rows ahead
//
// Cost: regimes x features^2 / 2 multiplications and `regimes` exponentials a row; no allocation after
// construction. Threads: thread-compatible. Determinism: the same rows give the same bits, whatever comes
// after them.
#pragma once

#include <span>
#include <vector>

#include "framework/models/regime/emission.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/known_when.h"

namespace crucible::regime {

using RegimeDistribution = std::vector<double>;  // probability by regime; sums to 1

struct RegimeState {
  RegimeDistribution probability;  // p(regime of this row | rows so far)
  double log_score = 0;            // log p(this row | rows before it)
  std::uint64_t rows = 0;          // seen since the start or Reset()

  // The most probable regime; the lower number of equals.
  std::size_t MostProbable() const;
};

class HmmFilter {
 public:
  // REQUIRES: the model is valid.
  explicit HmmFilter(const GaussianHmm& model);

  // REQUIRES: row.size() == features, all finite.
  const Filtered<RegimeState>& Update(std::span<const double> row);
  // A row of which nothing is known: the chain moves one step.
  const Filtered<RegimeState>& Skip();
  const Filtered<RegimeState>& state() const { return state_; }

  // p(regime `steps` rows after the last | rows so far) = probability x transition^steps; before the first
  // row, `steps` counts from the start distribution (1: the first row).
  Filtered<RegimeDistribution> Predict(std::size_t steps) const;

  // Forgets every row: the next one starts a sequence.
  void Reset();
  const GaussianHmm& model() const { return model_; }

 private:
  const std::vector<double>& Moved();

  GaussianHmm model_;
  Densities densities_;
  Filtered<RegimeState> state_;
  std::vector<double> predicted_, log_density_;
};

// One step of a chain: next[to] = sum over from, ascending, of p[from] * transition[from][to].
void MoveChain(const double* p, const double* transition, std::size_t regimes, double* next);

// Bayes' rule: posterior[k] proportional to predicted[k] * exp(log_density[k]), shifted by the largest
// density that can be reached; returns log of the sum. Overwrites `log_density`.
double Condition(const double* predicted, double* log_density, std::size_t regimes, double* posterior);

}  // namespace crucible::regime
