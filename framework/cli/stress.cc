#include "framework/cli/stress.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "absl/strings/str_format.h"

#include "framework/base/task_pool.h"

namespace crucible::cli {
namespace {

using nlohmann::ordered_json;
using stats::MeanEstimate;

constexpr double kLevel = 0.95;

constexpr std::array<StressMeasure, 6> kMeasures = {{
    {"profit", "money", [](const PreyOutcome& o, const StressPrey&) { return o.profit; }},
    {"drawdown", "money", [](const PreyOutcome& o, const StressPrey&) { return o.drawdown; }},
    {"worst_markout", "bps", [](const PreyOutcome& o, const StressPrey&) { return o.worst_markout_bps; }},
    {"stop_outs", "orders",
     [](const PreyOutcome& o, const StressPrey&) { return static_cast<double>(o.stop_outs); }},
    {"survived", "share",
     [](const PreyOutcome& o, const StressPrey& prey) { return o.drawdown <= prey.ruin ? 1.0 : 0.0; }},
    {"reached", "share",
     [](const PreyOutcome& o, const StressPrey&) {
       return o.target == trading::TargetResult::kReached ? 1.0 : 0.0;
     }},
}};

double RuinOf(const StressMarket& quiet) {
  std::vector<double> drawdowns;
  for (const PreyOutcome& outcome : quiet.outcomes) drawdowns.push_back(outcome.drawdown);
  std::ranges::sort(drawdowns);
  return drawdowns[(drawdowns.size() * 95 + 99) / 100 - 1];
}

// One run of the test: which prey, market and seed, and whether without the strategies.
struct Task {
  StressPrey* prey;
  StressMarket* market;
  std::size_t seed;
  bool alone;
};

std::vector<Task> TasksOf(std::size_t seeds, std::vector<StressPrey>& preys) {
  std::vector<Task> tasks;
  for (StressPrey& prey : preys) {
    for (StressMarket& market : prey.markets) {
      market.outcomes.resize(seeds);
      if (!market.genomes.empty()) market.alone.resize(seeds);
      for (std::size_t seed = 0; seed < seeds; ++seed) {
        tasks.push_back({&prey, &market, seed, false});
        if (!market.genomes.empty()) tasks.push_back({&prey, &market, seed, true});
      }
    }
  }
  return tasks;
}

absl::Status Do(const Task& task) {
  const std::int64_t seed = task.prey->config.seed + static_cast<std::int64_t>(task.seed);
  if (!task.alone) {
    CRUCIBLE_ASSIGN_OR_RETURN(task.market->outcomes[task.seed],
                              RunPrey(task.prey->config, task.market->genomes, seed));
    return absl::OkStatus();
  }
  runs::RunConfig without = task.prey->config;
  without.strategies.clear();
  CRUCIBLE_ASSIGN_OR_RETURN(const PreyOutcome outcome, RunPrey(without, task.market->genomes, seed));
  task.market->alone[task.seed] = outcome.hunters_profit();
  return absl::OkStatus();
}

ordered_json JsonOf(const MeanEstimate& estimate) {
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

ordered_json JsonOf(const PreyOutcome& outcome, const StressPrey& prey) {
  ordered_json json = {{"seed", outcome.seed}, {"log_hash", ToHex(outcome.log_hash)}};
  for (const StressMeasure& measure : kMeasures) {
    if (measure.name == "reached" && !HasTarget(prey)) continue;
    json[std::string(measure.name)] = measure.value(outcome, prey);
  }
  if (HasTarget(prey)) json["target_after_ns"] = outcome.target_after.nanos;
  json["fills"] = outcome.fills;
  ordered_json hunters = ordered_json::array();
  for (const HunterOutcome& hunter : outcome.hunters) {
    hunters.push_back({{"profit", hunter.profit}, {"attacks", hunter.attacks}, {"traded", hunter.traded}});
  }
  json["predators"] = hunters;
  return json;
}

ordered_json JsonOf(const trading::TargetSummary& summary) {
  ordered_json json = {{"reached", summary.reached}, {"lost", summary.lost}, {"open", summary.censored}};
  for (const trading::TargetSummary::Quantile& quantile : summary.quantiles) {
    const std::string name = absl::StrFormat("q%.0f_ns", 100 * quantile.q);
    quantile.time ? json[name] = quantile.time->nanos : json[name] = nullptr;
  }
  return json;
}

ordered_json JsonOf(const StressMarket& market, const StressPrey& prey) {
  ordered_json measures = ordered_json::object();
  const bool quiet = market.genomes.empty();
  for (const StressMeasure& measure : kMeasures) {
    if (measure.name == "reached" && !HasTarget(prey)) continue;
    ordered_json json = JsonOf(stats::MeanInterval(Values(measure, prey, market), kLevel));
    json["unit"] = measure.unit;
    if (!quiet) json["difference"] = JsonOf(stats::MeanInterval(Differences(measure, prey, market), kLevel));
    measures[std::string(measure.name)] = json;
  }
  ordered_json json = {{"market", market.name},
                       {"predators", market.genomes},
                       {"distinct_runs", DistinctRuns(market)},
                       {"measures", measures}};
  if (HasTarget(prey)) json["time_to_target"] = JsonOf(TimeToTarget(market));
  if (!quiet) {
    std::vector<double> profits;
    for (const PreyOutcome& outcome : market.outcomes) profits.push_back(outcome.hunters_profit());
    json["predators_profit"] = JsonOf(stats::MeanInterval(profits, kLevel));
    json["predators_profit_without_prey"] = JsonOf(stats::MeanInterval(market.alone, kLevel));
  }
  ordered_json outcomes = ordered_json::array();
  for (const PreyOutcome& outcome : market.outcomes) outcomes.push_back(JsonOf(outcome, prey));
  json["outcomes"] = outcomes;
  return json;
}

}  // namespace

std::span<const StressMeasure> StressMeasures() { return kMeasures; }

bool HasTarget(const StressPrey& prey) { return !prey.config.target_gain.empty(); }

trading::TargetSummary TimeToTarget(const StressMarket& market) {
  std::vector<trading::TargetOutcome> outcomes;
  for (const PreyOutcome& outcome : market.outcomes) outcomes.push_back({outcome.target, outcome.target_after});
  return trading::Summarise(outcomes, std::array{0.25, 0.5, 0.75});
}

std::size_t DistinctRuns(const StressMarket& market) {
  std::set<std::tuple<double, double, double, std::int64_t, std::int64_t, double>> seen;
  for (const PreyOutcome& o : market.outcomes)
    seen.emplace(o.profit, o.drawdown, o.worst_markout_bps, o.stop_outs, o.fills, o.hunters_profit());
  return seen.size();
}

std::vector<double> Values(const StressMeasure& measure, const StressPrey& prey, const StressMarket& market) {
  std::vector<double> values;
  for (const PreyOutcome& outcome : market.outcomes) values.push_back(measure.value(outcome, prey));
  return values;
}

std::vector<double> Differences(const StressMeasure& measure, const StressPrey& prey,
                                const StressMarket& market) {
  std::vector<double> values = Values(measure, prey, market);
  const std::vector<double> quiet = Values(measure, prey, prey.markets.front());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= quiet[i];
  return values;
}

absl::Status RunStress(const StressOptions& options, std::vector<StressPrey>& preys,
                       const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
  const std::vector<Task> tasks = TasksOf(static_cast<std::size_t>(options.seeds), preys);
  std::vector<absl::Status> found(tasks.size());
  TaskPool pool(options.threads);
  const std::size_t stride = 8 * options.threads;  // between two words of progress
  for (std::size_t from = 0; from < tasks.size(); from += stride) {
    const std::size_t count = std::min(stride, tasks.size() - from);
    pool.Run(count, [&](std::size_t i, std::size_t) { found[from + i] = Do(tasks[from + i]); });
    for (std::size_t i = from; i < from + count; ++i) CRUCIBLE_RETURN_IF_ERROR(found[i]);
    if (progress && !progress(from + count, tasks.size())) return absl::CancelledError("stopped");
  }
  for (StressPrey& prey : preys) prey.ruin = RuinOf(prey.markets.front());
  return absl::OkStatus();
}

ordered_json StressJson(const std::vector<StressPrey>& preys, std::int64_t seeds) {
  ordered_json list = ordered_json::array();
  for (const StressPrey& prey : preys) {
    ordered_json markets = ordered_json::array();
    for (const StressMarket& market : prey.markets) markets.push_back(JsonOf(market, prey));
    list.push_back({{"prey", prey.name},
                    {"first_seed", prey.config.seed},
                    {"ruin", prey.ruin},
                    {"configuration", runs::CanonicalText(Hunted(prey.config, {}, prey.config.seed))},
                    {"markets", markets}});
  }
  return {{"format", "crucible-stress-1"}, {"seeds", seeds}, {"confidence", kLevel}, {"preys", list}};
}

}  // namespace crucible::cli
