// crucible stress: the same strategies on the same simulated markets, with predators and without.

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

struct StressArguments {
  std::string config;
  std::string output;
  std::int64_t seeds = 40;
};

// One run: what became of the strategies, and what the attack earned.
struct Outcome {
  double profit = 0, drawdown = 0, predators = 0;  // account currency
  std::int64_t fills = 0;
  std::int64_t seed = 0;
};

// A market of the comparison.
struct Variant {
  std::string name;
  std::array<std::int64_t, runs::MarketChoice::kPredatorKinds> predators{};
  std::vector<Outcome> outcomes;  // by seed
};

struct Interval {
  double mean = 0, half = 0;  // 95 %
};
template <class Value>
Interval Over(std::size_t count, Value&& value) {
  Interval interval;
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) interval.mean += value(i) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) squares += (value(i) - interval.mean) * (value(i) - interval.mean);
  if (count > 1)
    interval.half = 1.96 * Sqrt(squares / static_cast<double>(count - 1) / static_cast<double>(count));
  return interval;
}

double InCurrency(Money money) { return static_cast<double>(money.units) * 1e-8; }

double PredatorProfit(const runs::SimulatedMarket& market) {
  const exchange::Exchange& exchange = market.venue->exchange();
  double sum = 0;
  for (const SimulatedMarket::Hunter& hunter : market.predators) {
    const exchange::AccountState& account = exchange.ledger().account(hunter.owner);
    sum += static_cast<double>(account.cash) * 1e-8 +
           static_cast<double>(account.position * exchange.last_price().units) * 0.01;
  }
  return sum;
}

absl::StatusOr<runs::RunSetup> SetUp(const runs::RunConfig& config, const Variant& variant,
                                     std::int64_t seed) {
  runs::RunConfig chosen = config;
  chosen.seed = seed;
  chosen.market.predators = variant.predators;
  return runs::RunSetup::Create(std::move(chosen), {});
}

absl::StatusOr<Outcome> RunOnce(const runs::RunConfig& config, const Variant& variant, std::int64_t seed) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup, SetUp(config, variant, seed));
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunOutcome run, runs::RunUnjournaled(setup, {}));
  if (!run.result.strategy_error.empty()) {
    return absl::FailedPreconditionError(absl::StrFormat("seed %d: %s", seed, run.result.strategy_error));
  }
  const trading::Metrics& metrics = run.result.metrics;
  return Outcome{InCurrency(metrics.net_profit), InCurrency(metrics.max_drawdown),
                 PredatorProfit(setup.market()), static_cast<std::int64_t>(metrics.fills), seed};
}

// The quiet market, each kind of predator alone, and all together.
std::vector<Variant> Variants(const runs::MarketChoice& market) {
  std::vector<Variant> variants = {{"no predators", {}, {}}};
  int kinds = 0;
  for (std::size_t i = 0; i < market.predators.size(); ++i) {
    if (market.predators[i] == 0) continue;
    Variant& alone = variants.emplace_back(Variant{std::string(runs::PredatorKeys()[i]), {}, {}});
    alone.predators[i] = market.predators[i];
    ++kinds;
  }
  if (kinds > 1) variants.push_back({"all together", market.predators, {}});
  return variants;
}

void PrintTable(const std::vector<Variant>& variants, std::int64_t seeds) {
  std::printf(
      "%lld seeds; differences are against the same seeds without predators, with 95 %% intervals\n\n",
      static_cast<long long>(seeds));
  std::printf("%-18s %14s %24s %14s %24s %8s %16s\n", "market", "profit", "difference", "drawdown",
              "difference", "fills", "predators' P&L");
  const std::vector<Outcome>& quiet = variants.front().outcomes;
  for (const Variant& variant : variants) {
    const std::vector<Outcome>& found = variant.outcomes;
    const auto profit = Over(found.size(), [&](std::size_t i) { return found[i].profit; });
    const auto drawdown = Over(found.size(), [&](std::size_t i) { return found[i].drawdown; });
    const auto fills = Over(found.size(), [&](std::size_t i) { return static_cast<double>(found[i].fills); });
    const auto predators = Over(found.size(), [&](std::size_t i) { return found[i].predators; });
    const auto less = Over(found.size(), [&](std::size_t i) { return found[i].profit - quiet[i].profit; });
    const auto deeper =
        Over(found.size(), [&](std::size_t i) { return found[i].drawdown - quiet[i].drawdown; });
    std::printf("%-18s %14.2f ", variant.name.c_str(), profit.mean);
    const bool first = &variant == &variants.front();
    std::printf("%24s ", first ? "" : absl::StrFormat("%.2f +- %.2f", less.mean, less.half).c_str());
    std::printf("%14.2f ", drawdown.mean);
    std::printf("%24s ", first ? "" : absl::StrFormat("%.2f +- %.2f", deeper.mean, deeper.half).c_str());
    std::printf("%8.1f %16s\n", fills.mean, first ? "" : absl::StrFormat("%.2f", predators.mean).c_str());
  }
}

nlohmann::ordered_json JsonOf(const std::vector<Variant>& variants) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Variant& variant : variants) {
    nlohmann::ordered_json outcomes = nlohmann::ordered_json::array();
    for (const Outcome& outcome : variant.outcomes) {
      outcomes.push_back({{"seed", outcome.seed},
                          {"profit", outcome.profit},
                          {"max_drawdown", outcome.drawdown},
                          {"fills", outcome.fills},
                          {"predators_profit", outcome.predators}});
    }
    json.push_back({{"market", variant.name}, {"outcomes", outcomes}});
  }
  return json;
}

// The variant and seed that cost the strategies most.
struct Worst {
  const Variant* variant = nullptr;
  std::int64_t seed = 0;
  double difference = 0;
};
Worst FindWorst(const std::vector<Variant>& variants) {
  Worst worst;
  const std::vector<Outcome>& quiet = variants.front().outcomes;
  for (std::size_t v = 1; v < variants.size(); ++v) {
    for (std::size_t i = 0; i < quiet.size(); ++i) {
      const double difference = variants[v].outcomes[i].profit - quiet[i].profit;
      if (worst.variant == nullptr || difference < worst.difference) {
        worst = {&variants[v], quiet[i].seed, difference};
      }
    }
  }
  return worst;
}

absl::Status DoStress(const Terminal& terminal, const StressArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunConfig config, runs::ReadRunConfig(arguments.config));
  if (!config.market.simulated) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has no [market]: a stress test needs a simulated market", arguments.config));
  }
  std::vector<Variant> variants = Variants(config.market);
  if (variants.size() == 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has no predators: set counts in [market.predators]", arguments.config));
  }
  Progress progress("stressing", "runs");
  const std::uint64_t runs = variants.size() * static_cast<std::uint64_t>(arguments.seeds);
  std::uint64_t done = 0;
  for (std::int64_t i = 0; i < arguments.seeds; ++i) {
    for (Variant& variant : variants) {
      CRUCIBLE_ASSIGN_OR_RETURN(Outcome outcome, RunOnce(config, variant, config.seed + i));
      variant.outcomes.push_back(outcome);
      ++done;
      progress.Update(static_cast<double>(done) / static_cast<double>(runs), done);
    }
  }
  progress.Clear();
  terminal.json ? static_cast<void>(std::printf("%s\n", JsonOf(variants).dump(2).c_str()))
                : PrintTable(variants, arguments.seeds);
  if (arguments.output.empty()) return absl::OkStatus();
  const Worst worst = FindWorst(variants);
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup, SetUp(config, *worst.variant, worst.seed));
  CRUCIBLE_RETURN_IF_ERROR(runs::RunJournaled(setup, arguments.output, {}).status());
  if (!terminal.json) {
    std::printf(
        "\nwrote %s: %s on seed %lld, which cost most (%.2f); the attack's steps are its agent_action "
        "events\n",
        arguments.output.c_str(), worst.variant->name.c_str(), static_cast<long long>(worst.seed),
        worst.difference);
  }
  return absl::OkStatus();
}

}  // namespace

void AddStress(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "stress", "Run strategies in simulated markets with predators and without, on the same seeds");
  const auto arguments = std::make_shared<StressArguments>();
  command->add_option("config", arguments->config, "TOML file with [market] and [market.predators]")
      ->required();
  command->add_option("--seeds", arguments->seeds, "markets of each sort (default 40)")
      ->check(CLI::Range(2, 100'000));
  command->add_option("-o,--output", arguments->output, "run file for the market that cost most");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoStress(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
