// Fitting a Gaussian hidden Markov model: Baum-Welch (Rabiner 1989, section III.C) from one start or from
// many.
//
//   FitOptions options;
//   options.regimes = 3;
//   CRUCIBLE_ASSIGN_OR_RETURN(const Fit fit, FitHmm(observations, options));
//   fit.model, fit.log_likelihood, fit.converged
//
// The likelihood never falls from one iteration to the next without a prior and a floor; with them it may, by
// little. Determinism: the result depends on the observations and the options only, not on the pool.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/task_pool.h"
#include "framework/models/regime/forward_backward.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

// What is known of the covariances before the data. The numerator of each estimate gets `scale` added, its
// weight `weight`, less the features of a full or tied matrix, less 1 of the others, and never below 0.
// hmmlearn's default is {0.01, 1, true}: on returns of size 0.01 that is a visible bias, and ours is none.
struct CovariancePrior {
  double scale = 0;            // in squared units of the features
  double weight = 0;           // pseudo-observations
  bool every_element = false;  // hmmlearn adds `scale` to all elements of a matrix; false: to the diagonal
};

struct EmOptions {
  std::size_t max_iterations = 200;
  double tolerance = 1e-4;  // stops when the log likelihood gains less than this; negative: never
  CovariancePrior prior;
  // No variance of a regime, in any direction, falls below this share of its features' variances in all the
  // data: else a regime would collapse onto one row, at infinite likelihood. 0: no floor.
  double floor = 1e-6;
};

struct EmResult {
  GaussianHmm model;
  std::vector<double> history;  // log likelihood before each maximisation
  double log_likelihood = 0;    // of `model`
  bool converged = false;
  std::size_t floored = 0;  // maximisations in which the floor acted
};

// Iterates from `model`. Zeros of its start and transition stay. A regime that explains no row keeps its
// parameters. REQUIRES: the model is valid and fits the observations.
EmResult BaumWelch(GaussianHmm model, const Observations& observations, const EmOptions& options,
                   TaskPool* pool = nullptr);

struct FitOptions {
  std::size_t regimes = 2;
  CovarianceShape shape = CovarianceShape::kFull;
  std::size_t starts = 8;  // from k-means++ on the rows and on their local volatility, in turn (start.h)
  std::uint64_t seed = 1;
  std::size_t screening_iterations = 20;  // of every start; the best start goes on until it converges
  EmOptions em;
  std::vector<bool>
      allowed;  // [regimes][regimes], empty: all moves. Regimes are numbered by the start's volatility.
};

struct Fit : EmResult {
  std::size_t best_start = 0;
  std::vector<double> start_log_likelihoods;  // after screening
};

// kInvalidArgument: too few rows (fewer than 2 x parameters), a constant feature, a mask that traps the chain
// nowhere. `progress`: starts done of starts, from any thread, one call at a time.
absl::StatusOr<Fit> FitHmm(const Observations& observations, const FitOptions& options,
                           TaskPool* pool = nullptr,
                           const std::function<void(std::size_t done, std::size_t total)>& progress = {});

}  // namespace crucible::regime
