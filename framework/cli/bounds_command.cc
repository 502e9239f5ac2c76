// The same run under friendly and unfriendly assumptions, and its result as an interval.
//
// Fills:   L2: queue model `optimistic` against `risk-averse`. Bars: limits fill when touched, without
// slippage, against
//          limits fill only when traded through, one tick of slippage more than configured. L3 and quotes: as
//          configured.
// Latency: entry and reply half and double of what is configured, where that is a constant; or --fast and
// --slow.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/process_pool.h"
#include "framework/cli/progress.h"
#include "framework/cli/sweep.h"
#include "framework/runs/run_setup.h"

namespace crucible::cli {
namespace {

using nlohmann::ordered_json;

struct BoundsArguments {
  std::string config;
  std::vector<std::string> settings;
  std::string fast, slow;  // latencies; "": half and double
  int workers = 1;
};

struct Corner {
  std::string name;
  Point point;
};

constexpr const char* kMeasures[] = {"net_profit", "max_drawdown", "fills", "fill_rate"};

double NumberOf(const ordered_json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

std::string TextOf(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : absl::StrFormat("%.6g", value.get<double>());
}

bool HasSession(const runs::RunSetup& setup, decode::Completeness completeness) {
  return std::ranges::any_of(
      setup.sessions(), [&](const runs::Session& session) { return session.completeness == completeness; });
}

Point FillAssumptions(const runs::RunSetup& setup, bool friendly) {
  Point point;
  if (HasSession(setup, decode::Completeness::kL2))
    point.push_back({"venue.queue_model", friendly ? "optimistic" : "risk-averse"});
  if (HasSession(setup, decode::Completeness::kBars)) {
    point.push_back({"venue.limits_need_through", friendly ? "false" : "true"});
    const std::int64_t ticks = friendly ? 0 : setup.config().slippage_ticks + 1;
    point.push_back({"venue.slippage_ticks", std::to_string(ticks)});
  }
  return point;
}

// Half or double of a constant latency; nothing for zero and for distributions.
void AddScaled(const char* key, const std::string& configured, bool fast, Point& point) {
  const absl::StatusOr<Duration> constant = ParseDuration(configured);
  if (!constant.ok() || constant->nanos <= 0) return;
  point.push_back({key, FormatDuration({fast ? constant->nanos / 2 : constant->nanos * 2})});
}

Point LatencyAssumptions(const BoundsArguments& arguments, const runs::RunSetup& setup, bool fast) {
  const std::string& given = fast ? arguments.fast : arguments.slow;
  if (!given.empty()) return {{"venue.latency.entry", given}, {"venue.latency.reply", given}};
  Point point;
  AddScaled("venue.latency.entry", setup.config().latency.entry, fast, point);
  AddScaled("venue.latency.reply", setup.config().latency.reply, fast, point);
  return point;
}

// As configured, then every pair of assumptions that differs from it.
std::vector<Corner> Corners(const BoundsArguments& arguments, const runs::RunSetup& setup) {
  std::vector<Corner> corners = {{"as configured", {}}};
  const bool fills_vary = !FillAssumptions(setup, true).empty();
  const bool latency_varies = !LatencyAssumptions(arguments, setup, true).empty() ||
                              !LatencyAssumptions(arguments, setup, false).empty();
  for (const bool friendly : {true, false}) {
    for (const bool fast : {true, false}) {
      if ((!fills_vary && !friendly) || (!latency_varies && !fast)) continue;
      Corner corner;
      if (fills_vary) corner.name = friendly ? "optimistic fills" : "pessimistic fills";
      if (latency_varies)
        corner.name += std::string(corner.name.empty() ? "" : ", ") + (fast ? "fast" : "slow");
      if (fills_vary) corner.point = FillAssumptions(setup, friendly);
      for (runs::Override& setting : LatencyAssumptions(arguments, setup, fast))
        corner.point.push_back(std::move(setting));
      if (!corner.point.empty()) corners.push_back(std::move(corner));
    }
  }
  return corners;
}

struct Interval {
  std::string low, high;
  double low_value = 0, high_value = 0;
};

Interval IntervalOf(const std::vector<SweepResult>& results, const char* measure) {
  const auto number = [&](const SweepResult& result) { return NumberOf(result.summary[measure]); };
  const auto [low, high] = std::ranges::minmax_element(results, {}, number);
  return {TextOf(low->summary[measure]), TextOf(high->summary[measure]), number(*low), number(*high)};
}

void PrintBounds(const std::vector<Corner>& corners, const std::vector<SweepResult>& results) {
  std::printf("  %-32s %16s %16s %10s %10s  %s\n", "assumption", "net profit", "max drawdown", "fills",
              "fill rate", "set");
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::printf("  %-32s", corners[i].name.c_str());
    for (const char* measure : kMeasures) {
      std::printf(measure[0] == 'f' ? " %10s" : " %16s", TextOf(results[i].summary[measure]).c_str());
    }
    std::printf("  %s\n", ShortText(corners[i].point).c_str());
  }
  const Interval profit = IntervalOf(results, "net_profit");
  const char* verdict = profit.low_value > 0    ? "profitable under every assumption"
                        : profit.high_value < 0 ? "a loss under every assumption"
                                                : "the sign depends on the assumptions";
  std::printf("net profit between %s and %s: %s\n", profit.low.c_str(), profit.high.c_str(), verdict);
}

ordered_json BoundsJson(const std::vector<Corner>& corners, const std::vector<SweepResult>& results) {
  ordered_json json;
  for (const char* measure : kMeasures) {
    const Interval interval = IntervalOf(results, measure);
    json["bounds"][measure] = {interval.low, interval.high};
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    ordered_json set = ordered_json::object();
    for (const runs::Override& setting : corners[i].point) set[setting.key] = setting.value;
    json["runs"].push_back({{"assumption", corners[i].name}, {"set", set}, {"summary", results[i].summary}});
  }
  return json;
}

absl::Status DoBounds(const Terminal& terminal, const BoundsArguments& arguments) {
  SweepOptions options{OwnProgram(), arguments.config, "", {}, arguments.workers};
  CRUCIBLE_ASSIGN_OR_RETURN(options.fixed, runs::ParseOverrides(arguments.settings));
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(arguments.config, options.fixed));
  std::vector<std::string> sessions = config.sessions;
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunSetup setup,
                            runs::RunSetup::Create(std::move(config), std::move(sessions)));
  const std::vector<Corner> corners = Corners(arguments, setup);
  if (corners.size() == 1) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: nothing to vary: the fill model has no assumption, and entry and reply latency "
                        "are no constants above zero; "
                        "give --fast and --slow, such as --fast 100us --slow 5ms",
                        arguments.config));
  }
  std::vector<Point> points;
  for (const Corner& corner : corners) points.push_back(corner.point);
  Progress progress("bounding", "runs");
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<SweepResult> results,
                            Sweep(options, points, [&](std::size_t done, std::size_t total) {
                              progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
                              return true;
                            }));
  progress.Clear();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].error.empty()) return absl::AbortedError(corners[i].name + ": " + results[i].error);
  }
  if (terminal.json) {
    std::printf("%s\n", BoundsJson(corners, results).dump(2).c_str());
  } else {
    PrintBounds(corners, results);
  }
  return absl::OkStatus();
}

}  // namespace

void AddBounds(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "bounds", "Run a configuration under optimistic and pessimistic assumptions; results as intervals");
  const auto arguments = std::make_shared<BoundsArguments>();
  arguments->workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  command->add_option("config", arguments->config, "TOML file of the run")->required();
  command->add_option("--set", arguments->settings, "KEY=VALUE for every run; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--fast", arguments->fast,
                      "entry and reply latency at best (default: half of a constant one)");
  command->add_option("--slow", arguments->slow,
                      "entry and reply latency at worst (default: twice a constant one)");
  command->add_option("-j,--workers", arguments->workers, "runs at once (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoBounds(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
