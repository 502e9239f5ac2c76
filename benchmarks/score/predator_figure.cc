#include "benchmarks/score/predator_figure.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "framework/cli/stress.h"

namespace crucible::score {
namespace {

// The line "NAME: GENOME".
absl::StatusOr<std::string> GenomeOf(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ": ")) return line.substr(name.size() + 2);
  }
  return absl::NotFoundError(absl::StrFormat("%s has no line \"%s: GENOME\"", path, name));
}

absl::StatusOr<std::vector<PredatorArm>> ArmsOf(const std::string& directory) {
  std::vector<PredatorArm> arms;
  for (const char* name : {"evolved", "random", "hand-written"}) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string genome, GenomeOf(directory + "/genomes.txt", name));
    arms.push_back({name, genome, {}, {}, {}, {}});
  }
  return arms;
}

absl::StatusOr<std::vector<cli::StressPrey>> PreysOf(const std::string& directory,
                                                     const std::vector<PredatorArm>& arms) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().filename().string().starts_with("unseen_")) paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  std::vector<cli::StressPrey> preys;
  for (const std::string& path : paths) {
    CRUCIBLE_ASSIGN_OR_RETURN(auto config, cli::ReadPrey(path, {}));
    cli::StressPrey& prey = preys.emplace_back(
        cli::StressPrey{std::filesystem::path(path).stem().string(), std::move(config), {}, 0});
    prey.markets.push_back({"quiet", {}, {}, {}});
    for (const PredatorArm& arm : arms) prey.markets.push_back({arm.name, {arm.genome}, {}, {}});
  }
  return preys;
}

void Gather(const std::vector<cli::StressPrey>& preys, std::size_t market, PredatorArm& arm) {
  const std::size_t seeds = preys.front().markets.front().outcomes.size();
  arm.harm.assign(seeds, 0);
  arm.profit.assign(seeds, 0);
  arm.alone.assign(seeds, 0);
  const auto count = static_cast<double>(preys.size());
  for (const cli::StressPrey& prey : preys) {
    const cli::StressMarket& hunted = prey.markets[market];
    std::vector<double>& harm = arm.harm_to.emplace_back(seeds);
    for (std::size_t i = 0; i < seeds; ++i) {
      harm[i] = prey.markets.front().outcomes[i].profit - hunted.outcomes[i].profit;
      arm.harm[i] += harm[i] / count;
      arm.profit[i] += hunted.outcomes[i].hunters_profit() / count;
      arm.alone[i] += hunted.alone[i] / count;
    }
  }
}

}  // namespace

stats::MeanEstimate Mean(const std::vector<double>& values) { return stats::MeanInterval(values, 0.95); }

stats::MeanEstimate MeanDifference(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return Mean(differences);
}

absl::StatusOr<PredatorFigure> MeasurePredators(const std::string& directory, std::int64_t seeds,
                                                std::size_t threads) {
  setenv("CRUCIBLE_PLUGIN_PATH", CRUCIBLE_PLUGINS, 0);
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<PredatorArm> arms, ArmsOf(directory));
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<cli::StressPrey> preys, PreysOf(directory, arms));
  if (preys.empty()) return absl::NotFoundError(directory + " has no unseen_*.toml");
  CRUCIBLE_RETURN_IF_ERROR(cli::RunStress({seeds, threads}, preys, {}));
  for (std::size_t i = 0; i < arms.size(); ++i) Gather(preys, i + 1, arms[i]);
  PredatorFigure figure{arms[0], arms[1], arms[2], {}};
  for (const cli::StressPrey& prey : preys) figure.preys.push_back(prey.name);
  return figure;
}

}  // namespace crucible::score
