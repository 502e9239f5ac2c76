// The maximisation step: new parameters from expected counts and moments. Internal to this room.
#pragma once

#include <vector>

#include "framework/models/regime/baum_welch.h"

namespace crucible::regime {

// Scales expected counts to probabilities. Zeros of `probabilities` stay; without any count it keeps what it
// had.
void NormalizeInto(const double* counts, std::size_t size, double* probabilities);

class Maximization {
 public:
  // The first columns of `observations` are the features. `options` outlives this.
  Maximization(const Observations& observations, const EmOptions& options);

  // Start, transition and emissions. Returns whether the floor acted.
  bool Update(const Expectation& e, GaussianHmm& model) const;
  // Means and covariances only.
  bool UpdateEmissions(const MomentSums& moments, GaussianHmm& model) const;

 private:
  double PriorOf(bool diagonal_element) const;
  void UpdateMatrices(const MomentSums& moments, const std::vector<double>& scatter,
                      GaussianHmm& model) const;
  void UpdateVariances(const MomentSums& moments, const std::vector<double>& scatter,
                       GaussianHmm& model) const;
  bool AboveFloor(const double* covariance, std::size_t features, double factor) const;
  bool RaiseToFloor(GaussianHmm& model) const;

  const EmOptions& options_;
  std::vector<double> floor_;
};

}  // namespace crucible::regime
