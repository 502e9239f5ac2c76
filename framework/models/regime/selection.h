// How many regimes? By the Bayesian information criterion (Schwarz 1978) and by the log score of rows that
// the fit did not see. Neither is proof of regimes: independent rows with fat tails are a mixture too, and
// both criteria will say so; look at how long the regimes last (Candidate::shortest_stay).
#pragma once

#include <functional>
#include <vector>

#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/regime_filter.h"

namespace crucible::regime {

struct Candidate {
  std::size_t regimes = 0;
  std::size_t parameters = 0;
  double log_likelihood = 0;  // of all rows
  double bic = 0;             // -2 log likelihood + parameters x log(rows); smaller is better
  double held_out = 0;        // mean log score of a held-out row, given all rows before it; larger is better
  double shortest_stay = 0;   // rows: the least of 1 / (1 - transition[k][k])
  bool converged = false;
  GaussianHmm model;  // of all rows
};

struct ChoiceOptions {
  std::size_t most_regimes = 5;
  double held_out_share = 0.25;  // the last rows; 0: do not hold out
  FitOptions fit;                // `regimes` and `allowed` are not used
};

struct Choice {
  std::vector<Candidate> candidates;  // 1, 2, ... regimes; those that the rows cannot carry are left out
  std::size_t by_bic = 0;             // index
  std::size_t by_held_out = 0;
};

// REQUIRES: one sequence.
absl::StatusOr<Choice> ChooseRegimes(
    const Observations& observations, const ChoiceOptions& options, TaskPool* pool = nullptr,
    const std::function<void(std::size_t done, std::size_t total)>& progress = {});

double Bic(const GaussianHmm& model, double log_likelihood, std::size_t rows);
// The least expected stay in a regime, in rows.
double ShortestStay(const GaussianHmm& model);
// Mean log score of rows [from, rows), each given all rows before it.
double MeanLogScore(RegimeFilter& filter, const Observations& observations, std::size_t from);

}  // namespace crucible::regime
