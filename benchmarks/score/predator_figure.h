// What evolved predators cost strategies that they have never met, beside hand-written ones and the best of
// as many random ones: benchmarks/predators holds the preys and the genomes, and says how those were found.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/stats/intervals.h"

namespace crucible::score {

// Of one way to come by a predator, by seed: means over the preys, account currency per run.
struct PredatorArm {
  std::string name, genome;
  std::vector<double> harm;                  // profit that it costs the prey
  std::vector<double> profit, alone;         // its own, with the prey and in the same market without
  std::vector<std::vector<double>> harm_to;  // by prey, then by seed
};
struct PredatorFigure {
  PredatorArm evolved, random, hand_written;  // each the best of its sort where it was bred
  std::vector<std::string> preys;
};

// `directory`: benchmarks/predators.
absl::StatusOr<PredatorFigure> MeasurePredators(const std::string& directory, std::int64_t seeds,
                                                std::size_t threads);

stats::MeanEstimate Mean(const std::vector<double>& values);
// a - b, seed by seed.
stats::MeanEstimate MeanDifference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace crucible::score
