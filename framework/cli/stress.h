// A stress test: strategies on simulated markets, with predators and without, on the same seeds.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/cli/prey.h"
#include "framework/models/stats/intervals.h"

namespace crucible::cli {

// One sort of market, and what became of the strategies in it.
struct StressMarket {
  std::string name;                   // "quiet", a predator's name, "all"
  std::vector<std::string> genomes;   // who hunts there
  std::vector<PreyOutcome> outcomes;  // by seed
  std::vector<double> alone;  // the predators' profit in the same market without the strategies, by seed
};

struct StressPrey {
  std::string name;
  runs::RunConfig config;
  std::vector<StressMarket> markets;  // the first is the quiet one
  double ruin = 0;  // drawdown that 5 % of the quiet runs exceed: who goes deeper has not survived
};

// What is measured of an outcome.
struct StressMeasure {
  std::string_view name, unit;
  double (*value)(const PreyOutcome& outcome, const StressPrey& prey);
};
// profit, drawdown, worst_markout, stop_outs, survived, reached; the last is of runs with
// account.target_gain.
std::span<const StressMeasure> StressMeasures();
bool HasTarget(const StressPrey& prey);

// When the account reached its target: quantiles 0.25, 0.5 and 0.75 over seeds. REQUIRES: HasTarget(prey).
trading::TargetSummary TimeToTarget(const StressMarket& market);
// How many of its runs are not the same as one before: 1 where a seed changes nothing, as in a recorded market with
// constant latencies. An interval over equal runs says nothing.
std::size_t DistinctRuns(const StressMarket& market);

std::vector<double> Values(const StressMeasure& measure, const StressPrey& prey, const StressMarket& market);
// Against the quiet market, seed by seed.
std::vector<double> Differences(const StressMeasure& measure, const StressPrey& prey,
                                const StressMarket& market);

struct StressOptions {
  std::int64_t seeds = 40;
  std::size_t threads = 1;
};
// Fills in the outcomes of every market of every prey. Results do not depend on the number of threads.
// `progress` hears runs done and in all; false stops with kCancelled.
absl::Status RunStress(const StressOptions& options, std::vector<StressPrey>& preys,
                       const std::function<bool(std::uint64_t, std::uint64_t)>& progress);

// docs/guides/stress.md describes it.
nlohmann::ordered_json StressJson(const std::vector<StressPrey>& preys, std::int64_t seeds);

}  // namespace crucible::cli
