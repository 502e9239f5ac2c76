// crucible evolve: predators that evolve against the strategies of a configuration.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/evolve.h"
#include "framework/cli/output.h"
#include "framework/cli/prey.h"
#include "framework/cli/progress.h"

namespace crucible::cli {
namespace {

struct EvolveArguments {
  std::string config;
  std::vector<std::string> settings;
  bool random = false;
  EvolveOptions options;
};

void PrintHall(const EvolveArguments& arguments, const EvolveOutcome& outcome) {
  const std::string& output = arguments.options.output;
  std::printf("%s trials of %lld runs each (%s found in %s); search hash %s\n\n",
              WithThousands(outcome.trials).c_str(), static_cast<long long>(arguments.options.runs),
              WithThousands(outcome.trials_before).c_str(), output.c_str(), ToHex(outcome.log_hash).c_str());
  if (outcome.hall.empty()) {
    std::printf("no predator harmed the strategies by more than its attacks cost\n");
    return;
  }
  std::printf("%10s %10s %10s %8s  %s\n", "fitness", "harm", "own P&L", "attacks", "genome");
  for (const agents::PredatorTrial& trial : outcome.hall) {
    std::printf("%10.2f %10.2f %10.2f %8.1f  %s\n", trial.fitness, trial.harm, trial.profit, trial.attacks,
                agents::ToText(trial.genome).c_str());
  }
  std::printf(
      "\nper run, on the training seeds, where the best of many look better than they are; on others:\n"
      "  crucible stress %s --predators %s\n",
      arguments.config.c_str(), output.c_str());
}

nlohmann::ordered_json JsonOf(const EvolveOutcome& outcome) {
  nlohmann::ordered_json hall = nlohmann::ordered_json::array();
  for (const agents::PredatorTrial& trial : outcome.hall) {
    hall.push_back({{"genome", agents::ToText(trial.genome)},
                    {"fitness", trial.fitness},
                    {"harm", trial.harm},
                    {"profit", trial.profit},
                    {"attacks_per_run", trial.attacks},
                    {"lots_per_run", trial.traded}});
  }
  return {{"trials", outcome.trials},
          {"trials_found", outcome.trials_before},
          {"search_hash", ToHex(outcome.log_hash)},
          {"hall", hall}};
}

absl::Status DoEvolve(const Terminal& terminal, EvolveArguments& arguments) {
  EvolveOptions& options = arguments.options;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<runs::Override> settings, runs::ParseOverrides(arguments.settings));
  CRUCIBLE_ASSIGN_OR_RETURN(options.prey, ReadPrey(arguments.config, settings));
  if (options.output.empty())
    options.output = std::filesystem::path(arguments.config).replace_extension(".predators").string();
  options.kind = arguments.random ? agents::SearchKind::kRandom : agents::SearchKind::kEvolve;
  Progress progress("evolving", "trials");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const EvolveOutcome outcome,
      Evolve(options, [&](std::uint64_t done, std::uint64_t total, const agents::PredatorTrial* best) {
        if (best != nullptr) {
          progress.Say(
              absl::StrFormat("best %s: fitness %.2f", std::string(Name(best->genome.kind)), best->fitness));
        }
        progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
        return true;
      }));
  progress.Clear();
  if (terminal.json) {
    std::printf("%s\n", JsonOf(outcome).dump(2).c_str());
  } else {
    PrintHall(arguments, outcome);
  }
  return absl::OkStatus();
}

}  // namespace

void AddEvolve(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "evolve", "Evolve predators against strategies; goes on where it stopped, however it was stopped");
  const auto arguments = std::make_shared<EvolveArguments>();
  EvolveOptions& options = arguments->options;
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  command->add_option("config", arguments->config, "TOML file with [market] and the strategies")->required();
  command->add_option("-o,--output", options.output,
                      "file of the search and its hall of fame (default: CONFIG with .predators)");
  command->add_option("--runs", options.runs, "markets per trial (default 8)")->check(CLI::Range(1, 1'000));
  command->add_option("--batches", options.batches, "batches of trials in all (default 20)")
      ->check(CLI::Range(1, 100'000));
  command->add_option("--batch-size", options.batch_size, "trials per batch (default 24)")
      ->check(CLI::Range(5, 1'000));
  command
      ->add_option("-j,--threads", options.threads,
                   "runs at once (default: one per processor); never changes the result")
      ->check(CLI::Range(1, 256));
  command->add_flag("--random", arguments->random, "spend the same trials on random genomes, for comparison");
  command->add_option("--set", arguments->settings, "KEY=VALUE in place of what CONFIG says; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoEvolve(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
