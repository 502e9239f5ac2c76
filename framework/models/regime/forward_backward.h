// The expectation step of Baum-Welch in two passes over the rows: forward, then backward fused with every sum
// that the maximisation needs. Nothing of size rows x regimes x regimes exists.
//
//   ForwardBackward passes(observations, model.regimes);
//   const Expectation e = passes.Expect(model);
//
// Threads: thread-compatible; a pool spreads the sequences, and the result does not depend on its size.
// Allocation: the scratch (rows x (2 regimes + 1) numbers) at construction; Expect() allocates sums only.
#pragma once

#include <cstddef>
#include <vector>

#include "framework/base/task_pool.h"
#include "framework/models/regime/emission.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/known_when.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

struct Expectation {
  double log_likelihood = 0;       // natural, of all sequences
  std::vector<double> start;       // [regimes]: posterior of the first rows, summed over sequences
  std::vector<double> transition;  // [regimes][regimes]: expected numbers of moves
  MomentSums moments;              // about the model's means
};

class ForwardBackward {
 public:
  // REQUIRES: observations outlive this.
  ForwardBackward(const Observations& observations, std::size_t regimes);

  // REQUIRES: the model is valid and fits the observations.
  Expectation Expect(const GaussianHmm& model, TaskPool* pool = nullptr);
  double LogLikelihood(const GaussianHmm& model);

  // Probability of each regime given all rows: [rows][regimes].
  Smoothed<std::vector<double>> Smooth(const GaussianHmm& model);

 private:
  struct Model;  // transition matrix padded both ways, densities

  template <std::size_t kPairs>
  double Forward(const Model& model, std::size_t sequence);
  template <std::size_t kPairs>
  void Backward(const Model& model, std::size_t sequence, Expectation& sums, double* gamma_out);
  template <std::size_t kPairs>
  double Rescue(const Model& model, std::size_t row, const double* predicted);

  const Observations& x_;
  std::size_t regimes_, padded_;
  std::vector<double> density_;  // [rows][padded], divided by the row's shift
  std::vector<double> alpha_;    // [rows][padded]
  std::vector<double> rate_;     // [rows]
  std::vector<double> shift_;    // [rows]: log of what the densities were divided by
};

}  // namespace crucible::regime
