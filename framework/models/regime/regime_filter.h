// What every kind of regime model offers to a decision: the regime now and ahead, from the rows so far.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

// p(regime of the row h ahead | rows so far), h = 1 .. steps.
struct RegimeForecast {
  std::size_t regimes = 0;
  std::vector<double> probability;  // [steps][regimes]

  std::size_t steps() const { return probability.size() / regimes; }
  std::span<const double> Ahead(std::size_t h) const {
    return {probability.data() + (h - 1) * regimes, regimes};
  }
};

// Threads: thread-compatible. Determinism: the same rows give the same bits, whatever comes after them.
class RegimeFilter {
 public:
  virtual ~RegimeFilter() = default;

  // Emission parameters by regime; also its number of regimes.
  virtual const GaussianHmm& emissions() const = 0;
  // Numbers in a row: features, then drivers where the model has them.
  virtual std::size_t inputs() const = 0;

  // REQUIRES: row.size() == inputs(), all finite.
  virtual const Filtered<RegimeState>& Update(std::span<const double> row) = 0;
  virtual const Filtered<RegimeState>& state() const = 0;
  // Before the first row, step 1 is that row. `out` is overwritten and keeps its memory.
  virtual void Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const = 0;
  // Forgets every row: the next one starts a sequence.
  virtual void Reset() = 0;
};

// An empty forecast to hand to Forecast().
Filtered<RegimeForecast> NoForecast();

// Bayes' rule: posterior[k] proportional to predicted[k] * exp(log_density[k]), shifted by the largest
// density that can be reached; returns log of the sum. Overwrites `log_density`.
double Condition(const double* predicted, double* log_density, std::size_t regimes, double* posterior);

}  // namespace crucible::regime
