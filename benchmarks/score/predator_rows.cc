// Evolved predators against strategies and seeds that they have not been bred on.

#include "absl/strings/str_format.h"
#include "benchmarks/score/predator_figure.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"

namespace crucible::score {
namespace {

std::string Text(const stats::MeanEstimate& estimate) {
  return absl::StrFormat("%.2f [%.2f, %.2f]", estimate.mean, estimate.low, estimate.high);
}

// Holds where the whole interval of the mean is above zero.
Row AboveZero(std::string name, const stats::MeanEstimate& estimate, std::string note) {
  Row row;
  row.name = std::move(name);
  row.value = estimate.mean;
  row.unit = "USD/run";
  row.target = "> 0, 95 % interval";
  row.holds = estimate.low > 0;
  row.note = absl::StrFormat("95 %% interval %.2f to %.2f; %s", estimate.low, estimate.high, note);
  return row;
}

}  // namespace

Rows PredatorRows(Options& options) {
  Rows rows;
  if (!Wanted(options, "predators/unseen")) return rows;
  const std::int64_t seeds = options.smoke ? 2 : 20;
  const auto figure = MeasurePredators(CRUCIBLE_PREDATORS, seeds, 2);
  CRUCIBLE_CHECK(figure.ok());
  const std::string of =
      absl::StrFormat("%d seeds, mean over %d strategies not bred on; 200 seeds: crucible_predator_figure",
                      seeds, figure->preys.size());
  rows.push_back(AboveZero("predators/unseen/harm-evolved", Mean(figure->evolved.harm), of));
  rows.push_back(AboveZero("predators/unseen/evolved-over-hand-written",
                           MeanDifference(figure->evolved.harm, figure->hand_written.harm),
                           "the best hand-written one harms " + Text(Mean(figure->hand_written.harm))));
  rows.push_back(AboveZero("predators/unseen/evolved-over-random",
                           MeanDifference(figure->evolved.harm, figure->random.harm),
                           "best of as many random genomes harms " + Text(Mean(figure->random.harm))));
  Row own;
  own.name = "predators/unseen/own-profit";
  own.value = Mean(figure->evolved.profit).mean;
  own.unit = "USD/run";
  own.target = "stated";
  own.holds = true;
  own.note = "of the evolved one " + Text(Mean(figure->evolved.profit)) +
             "; in the same markets without the prey " + Text(Mean(figure->evolved.alone));
  rows.push_back(own);
  return rows;
}

}  // namespace crucible::score
