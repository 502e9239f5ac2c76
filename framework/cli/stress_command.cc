// crucible stress: the same strategies on the same simulated markets, with predators and without.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/hall_file.h"
#include "framework/cli/output.h"
#include "framework/cli/output_file.h"
#include "framework/cli/progress.h"
#include "framework/cli/stress.h"
#include "framework/engine/blame.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/why.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

using stats::MeanEstimate;

struct StressArguments {
  std::vector<std::string> configs;
  std::vector<std::string> settings, sessions;
  std::string predators;
  std::size_t hall = 4;
  std::string worst, save;
  StressOptions options;
};

// ---- what is compared ----

// A predator's market: the hand-written ones that a configuration asks for, its genomes, and a hall of fame.
absl::StatusOr<std::vector<std::string>> GenomesOf(const StressArguments& arguments,
                                                   const runs::MarketChoice& market) {
  CRUCIBLE_ASSIGN_OR_RETURN(const auto parsed, runs::PredatorsOf(market));
  std::vector<std::string> genomes;
  for (const agents::PredatorGenome& genome : parsed) genomes.push_back(agents::ToText(genome));
  if (arguments.predators.empty()) return genomes;
  CRUCIBLE_ASSIGN_OR_RETURN(const auto hall, ReadHall(arguments.predators, arguments.hall));
  if (hall.empty()) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s holds no predator that harmed more than it cost", arguments.predators));
  }
  for (const agents::PredatorTrial& trial : hall) genomes.push_back(agents::ToText(trial.genome));
  return genomes;
}

std::vector<StressMarket> MarketsOf(const std::vector<std::string>& genomes) {
  std::vector<StressMarket> markets = {{"quiet", {}, {}, {}}};
  for (std::size_t i = 0; i < genomes.size(); ++i) {
    const std::string kind = genomes[i].substr(0, genomes[i].find(';'));
    markets.push_back({absl::StrFormat("%d %s", i + 1, kind), {genomes[i]}, {}, {}});
  }
  if (genomes.size() > 1) markets.push_back({"all", genomes, {}, {}});
  return markets;
}

absl::StatusOr<StressPrey> PreyOf(const StressArguments& arguments, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<runs::Override> settings,
                            runs::ParseOverrides(arguments.settings));
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, ReadPrey(path, settings, arguments.sessions));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<std::string> genomes, GenomesOf(arguments, config.market));
  if (genomes.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s has no predators: set counts in [market.predators], add [[market.predator]], or give --predators",
        path));
  }
  return StressPrey{std::filesystem::path(path).stem().string(), std::move(config), MarketsOf(genomes), 0};
}

// ---- what is shown ----

std::string Text(const MeanEstimate& estimate) {
  return absl::StrFormat("%.2f +- %.2f", estimate.mean, estimate.high - estimate.mean);
}

void PrintMarket(const StressPrey& prey, const StressMarket& market) {
  const bool quiet = market.genomes.empty();
  std::printf("  %-22s", market.name.c_str());
  for (const StressMeasure& measure : StressMeasures()) {
    if (measure.name == "reached" && !HasTarget(prey)) continue;
    const auto values = quiet ? Values(measure, prey, market) : Differences(measure, prey, market);
    std::printf(" %20s", Text(stats::MeanInterval(values, 0.95)).c_str());
  }
  if (!quiet) {
    std::vector<double> profits;
    for (const PreyOutcome& outcome : market.outcomes) profits.push_back(outcome.hunters_profit());
    std::printf(" %20s %20s", Text(stats::MeanInterval(profits, 0.95)).c_str(),
                Text(stats::MeanInterval(market.alone, 0.95)).c_str());
  }
  std::printf("\n");
}

void PrintTarget(const StressMarket& market) {
  const trading::TargetSummary summary = TimeToTarget(market);
  std::printf("  %-22s reached in %llu of %llu", market.name.c_str(), static_cast<unsigned long long>(summary.reached),
              static_cast<unsigned long long>(summary.n));
  for (const trading::TargetSummary::Quantile& quantile : summary.quantiles) {
    std::printf("%s %.0f %%: %s", quantile.q == summary.quantiles.front().q ? "; after" : ",", 100 * quantile.q,
                quantile.time ? FormatDuration(*quantile.time).c_str() : "never");
  }
  std::printf("; lost first in %llu\n", static_cast<unsigned long long>(summary.lost));
}

void PrintTargets(const StressPrey& prey) {
  std::printf("  time to target, quantiles over seeds\n");
  for (const StressMarket& market : prey.markets) PrintTarget(market);
}

void PrintEqualRuns(const StressPrey& prey) {
  for (const StressMarket& market : prey.markets) {
    const std::size_t distinct = DistinctRuns(market);
    if (distinct == market.outcomes.size() || market.outcomes.size() < 2) continue;
    std::printf("  %s: %zu different runs in %zu seeds; an interval over equal ones says nothing\n",
                market.name.c_str(), distinct, market.outcomes.size());
  }
}

void PrintPrey(const StressPrey& prey) {
  std::printf("\n%s\n  %-22s", prey.name.c_str(), "market");
  for (const StressMeasure& measure : StressMeasures()) {
    if (measure.name != "reached" || HasTarget(prey)) std::printf(" %20s", std::string(measure.name).c_str());
  }
  std::printf(" %20s %20s\n", "predators' P&L", "without the prey");
  for (const StressMarket& market : prey.markets) PrintMarket(prey, market);
  if (HasTarget(prey)) PrintTargets(prey);
  PrintEqualRuns(prey);
}

// Where the prey trades, but for the predators.
std::string MarketText(const StressPrey& prey) {
  runs::MarketChoice market = prey.config.market;
  market.predators = {};
  market.genomes = {};
  return runs::CanonicalText(market);
}

// Why preys did not meet the same predators on the same seeds in the same market; "" when they did.
std::string ObstacleToComparison(const std::vector<StressPrey>& preys) {
  const StressPrey& first = preys.front();
  for (const StressPrey& prey : preys) {
    if (prey.config.seed != first.config.seed)
      return absl::StrFormat("seed is %d in %s and %d in %s", first.config.seed, first.name, prey.config.seed,
                             prey.name);
    if (!std::ranges::equal(prey.markets, first.markets, {}, &StressMarket::genomes, &StressMarket::genomes))
      return absl::StrFormat("%s and %s have different predators", first.name, prey.name);
    if (MarketText(prey) != MarketText(first) || prey.config.sessions != first.config.sessions)
      return absl::StrFormat("%s and %s trade in different markets", first.name, prey.name);
  }
  return "";
}

// Whether one prey suffers more than another from the same predators, seed by seed.
void PrintComparison(const std::vector<StressPrey>& preys) {
  const StressMeasure& profit = StressMeasures().front();
  const StressPrey& first = preys.front();
  std::printf(
      "\nchange of profit, less that of %s in the same market; negative: the other loses more\n  %-22s",
      first.name.c_str(), "market");
  for (std::size_t p = 1; p < preys.size(); ++p) std::printf(" %20s", preys[p].name.c_str());
  for (std::size_t m = 1; m < first.markets.size(); ++m) {
    std::printf("\n  %-22s", first.markets[m].name.c_str());
    const auto base = Differences(profit, first, first.markets[m]);
    for (std::size_t p = 1; p < preys.size(); ++p) {
      auto other = Differences(profit, preys[p], preys[p].markets[m]);
      for (std::size_t i = 0; i < other.size(); ++i) other[i] -= base[i];
      std::printf(" %20s", Text(stats::MeanInterval(other, 0.95)).c_str());
    }
  }
  std::printf("\n");
}

void PrintTables(const std::vector<StressPrey>& preys, std::int64_t seeds) {
  std::printf(
      "%lld seeds, mean +- half of the 95 %% interval (Student's t); rows below quiet: difference to it, "
      "seed by seed\n",
      static_cast<long long>(seeds));
  for (const StressPrey& prey : preys) PrintPrey(prey);
  if (preys.size() == 1) return;
  const std::string obstacle = ObstacleToComparison(preys);
  if (obstacle.empty()) return PrintComparison(preys);
  std::printf("\nnot compared: %s\n", obstacle.c_str());
}

// ---- the run that cost most ----

struct Worst {
  const StressMarket* market = nullptr;
  std::int64_t seed = 0;
  double difference = 0;
};
Worst FindWorst(const StressPrey& prey) {
  Worst worst;
  for (const StressMarket& market : prey.markets) {
    const auto differences = Differences(StressMeasures().front(), prey, market);
    for (std::size_t i = 0; i < differences.size(); ++i) {
      if (!market.genomes.empty() && (worst.market == nullptr || differences[i] < worst.difference))
        worst = {&market, market.outcomes[i].seed, differences[i]};
    }
  }
  return worst;
}

// An attack, and the orders of ours that it elected or filled itself, or that ended while it went on.
struct Victims {
  std::vector<std::uint64_t> direct, context;
};

absl::StatusOr<std::vector<std::pair<engine::Attack, Victims>>> AttacksIn(const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal file, journal::Journal::Open(path));
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(file, runs::kRunStream));
  engine::AttackCollector collector;
  std::vector<Event> ours, batch(reader->max_batch());
  for (;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, reader->Read(batch));
    if (count == 0) break;
    for (const Event& event : std::span(batch).first(count)) {
      collector.Add(event);
      if (event.kind == Kind::kFill || event.kind == Kind::kTriggered) ours.push_back(event);
    }
  }
  std::vector<std::pair<engine::Attack, Victims>> found;
  const std::vector<engine::Attack> attacks = collector.Take();
  for (const engine::Attack& attack : attacks) found.push_back({attack, {}});
  for (const Event& event : ours) {
    for (const engine::Guilt& guilt : engine::Blame(attacks, event)) {
      Victims& victims = found[guilt.attack].second;
      std::vector<std::uint64_t>& list = guilt.trade ? victims.direct : victims.context;
      const std::uint64_t order = engine::OrderOf(event).value;
      if (list.empty() || list.back() != order) list.push_back(order);
    }
  }
  std::ranges::stable_sort(found, std::ranges::greater(), [](const auto& each) {
    return std::pair(each.second.direct.size(), each.second.context.size());
  });
  return found;
}

absl::StatusOr<nlohmann::ordered_json> KeepWorst(const StressArguments& arguments, const StressPrey& prey) {
  const Worst worst = FindWorst(prey);
  CRUCIBLE_ASSIGN_OR_RETURN(
      runs::RunSetup setup,
      runs::RunSetup::Create(Hunted(prey.config, worst.market->genomes, worst.seed), prey.config.sessions));
  CRUCIBLE_RETURN_IF_ERROR(runs::RunJournaled(setup, arguments.worst, {}).status());
  CRUCIBLE_ASSIGN_OR_RETURN(const auto attacks, AttacksIn(arguments.worst));
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [attack, victims] : attacks) {
    if (list.size() == 10) break;
    list.push_back({{"attack", Name(attack.kind)},
                    {"participant", attack.participant},
                    {"strike_seq", attack.strike_seq},
                    {"end_seq", attack.end_seq},
                    {"begin", attack.begin.since_epoch},
                    {"end", attack.end == kEndOfTime ? 0 : attack.end.since_epoch},
                    {"trades", attack.trades.size()},
                    {"orders_hit", victims.direct},
                    {"orders_during", victims.context}});
  }
  return nlohmann::ordered_json{{"prey", prey.name},      {"market", worst.market->name},
                                {"seed", worst.seed},     {"difference", worst.difference},
                                {"run", arguments.worst}, {"attacks", list}};
}

void PrintWorst(const nlohmann::ordered_json& worst) {
  const std::string run = worst["run"];
  std::printf("\nwrote %s: %s in market \"%s\", seed %lld, which cost most (%.2f)\n", run.c_str(),
              worst["prey"].get<std::string>().c_str(), worst["market"].get<std::string>().c_str(),
              static_cast<long long>(worst["seed"].get<std::int64_t>()), worst["difference"].get<double>());
  for (const auto& attack : worst["attacks"]) {
    const auto hit = attack["orders_hit"].get<std::vector<std::uint64_t>>();
    const auto during = attack["orders_during"].get<std::vector<std::uint64_t>>();
    if (hit.empty() && during.empty()) break;
    std::printf(
        "  %s by participant %llu, records %llu to %llu, %llu trades: hit %zu of our orders itself, %zu more "
        "while it went on; crucible why %s %llu\n",
        attack["attack"].get<std::string>().c_str(),
        static_cast<unsigned long long>(attack["participant"].get<std::uint64_t>()),
        static_cast<unsigned long long>(attack["strike_seq"].get<std::uint64_t>()),
        static_cast<unsigned long long>(attack["end_seq"].get<std::uint64_t>()),
        static_cast<unsigned long long>(attack["trades"].get<std::uint64_t>()), hit.size(), during.size(),
        run.c_str(), static_cast<unsigned long long>(hit.empty() ? during.front() : hit.front()));
  }
}

absl::Status DoStress(const Terminal& terminal, StressArguments& arguments) {
  if (!arguments.save.empty()) CRUCIBLE_RETURN_IF_ERROR(CheckReplaceable(arguments.save, "{", "stress test"));
  std::vector<StressPrey> preys;
  for (const std::string& path : arguments.configs) {
    CRUCIBLE_ASSIGN_OR_RETURN(StressPrey prey, PreyOf(arguments, path));
    preys.push_back(std::move(prey));
  }
  Progress progress("stressing", "runs");
  CRUCIBLE_RETURN_IF_ERROR(RunStress(arguments.options, preys, [&](std::uint64_t done, std::uint64_t total) {
    progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
    return true;
  }));
  progress.Clear();
  nlohmann::ordered_json json = StressJson(preys, arguments.options.seeds);
  absl::Status kept;  // results are shown all the same
  if (!arguments.worst.empty()) {
    absl::StatusOr<nlohmann::ordered_json> worst = KeepWorst(arguments, preys.front());
    kept = worst.status();
    if (kept.ok()) json["worst"] = *std::move(worst);
  }
  if (!arguments.save.empty()) kept.Update(WriteWhole(arguments.save, json.dump(1) + "\n"));
  if (terminal.json) {
    std::printf("%s\n", json.dump(2).c_str());
    return kept;
  }
  PrintTables(preys, arguments.options.seeds);
  if (json.contains("worst")) PrintWorst(json["worst"]);
  return kept;
}

}  // namespace

void AddStress(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "stress", "Run strategies in simulated markets with predators and without, on the same seeds");
  const auto arguments = std::make_shared<StressArguments>();
  arguments->options.threads = std::max(1U, std::thread::hardware_concurrency());
  command
      ->add_option("configs", arguments->configs,
                   "TOML files with [market] or [[session]], and strategies; several are compared")
      ->required();
  command->add_option("--session", arguments->sessions,
                      "recorded session whose orders make the market, in place of [market]'s participants");
  command->add_option("--predators", arguments->predators, "hall of fame that crucible evolve has written");
  command->add_option("--hall", arguments->hall, "at most so many of it (default 4)")
      ->check(CLI::Range(1, 100));
  command->add_option("--seeds", arguments->options.seeds, "markets of each sort (default 40)")
      ->check(CLI::Range(2, 100'000));
  command->add_option("-o,--output", arguments->worst,
                      "run file for the market that cost the first strategy most");
  command->add_option("--save", arguments->save, "file for all results, as --json prints them");
  command
      ->add_option("-j,--threads", arguments->options.threads,
                   "runs at once (default: one per processor); never changes the result")
      ->check(CLI::Range(1, 256));
  command
      ->add_option("--set", arguments->settings, "KEY=VALUE in place of what each file says; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoStress(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
