#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <thread>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/process_pool.h"
#include "framework/cli/progress.h"
#include "framework/cli/sweep.h"

namespace crucible::cli {
namespace {

using nlohmann::ordered_json;

struct SweepArguments {
  std::string config;
  std::string results;
  std::vector<std::string> over;
  std::vector<std::string> settings;
  std::string sort;
  int workers = 1;
};

// What can be sorted by, and whether more of it is better.
struct SortKey {
  std::string_view name;
  const char* pointer;  // into a summary
  bool descending;
};
constexpr SortKey kSortKeys[] = {{"net_profit", "/net_profit", true},
                                 {"sharpe", "/sharpe/value", true},
                                 {"max_drawdown", "/max_drawdown", false},
                                 {"fills", "/fills", true}};

// Money stands in a summary as decimal text. What is undefined goes last.
double NumberAt(const SweepResult& result, const SortKey& key) {
  const double last =
      key.descending ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  if (!result.error.empty()) return last;
  const ordered_json& value = result.summary.at(ordered_json::json_pointer(key.pointer));
  if (value.is_string()) return std::stod(value.get<std::string>());
  return value.is_number() ? value.get<double>() : last;
}

void SortBy(const std::string& name, std::vector<SweepResult>& results) {
  const auto* key = std::ranges::find(kSortKeys, name, &SortKey::name);
  if (key == std::end(kSortKeys)) return;
  std::ranges::stable_sort(results, [key](const SweepResult& a, const SweepResult& b) {
    return key->descending ? NumberAt(a, *key) > NumberAt(b, *key) : NumberAt(a, *key) < NumberAt(b, *key);
  });
}

std::string SharpeText(const ordered_json& summary) {
  const ordered_json& value = summary["sharpe"]["value"];
  return value.is_null() ? "undefined" : absl::StrFormat("%.2f", value.get<double>());
}

void PrintRow(const SweepResult& result) {
  if (!result.error.empty()) {
    std::printf("  %-44s FAILED: %s\n", ShortText(result.point).c_str(), result.error.c_str());
    return;
  }
  const ordered_json& summary = result.summary;
  std::printf("  %-44s %16s %14s %12s %9s %8s\n", ShortText(result.point).c_str(),
              summary.value("net_profit", "").c_str(), summary.value("max_drawdown", "").c_str(),
              SharpeText(summary).c_str(), WithThousands(summary.value("fills", std::uint64_t{0})).c_str(),
              summary.value("log_hash", "").substr(0, 8).c_str());
}

std::string RemakeCommand(const SweepArguments& arguments, const SweepResult& best) {
  std::string command = "crucible run " + arguments.config;
  for (const std::string& setting : arguments.settings) command += " --set " + setting;
  for (const runs::Override& setting : best.point) command += " --set " + setting.key + "=" + setting.value;
  return command + " -o best.run";
}

void PrintSweep(const SweepArguments& arguments, const std::vector<SweepResult>& results, Hash128 hash) {
  std::printf("  %-44s %16s %14s %12s %9s %8s\n", "point", "net profit", "max drawdown", "Sharpe", "fills",
              "log hash");
  for (const SweepResult& result : results) PrintRow(result);
  const auto known = std::ranges::count_if(results, &SweepResult::was_there);
  const auto failed =
      std::ranges::count_if(results, [](const SweepResult& each) { return !each.error.empty(); });
  std::printf("%d points, %d of them known before, %d failed; sweep hash %s\n",
              static_cast<int>(results.size()), static_cast<int>(known), static_cast<int>(failed),
              ToHex(hash).c_str());
  const auto best = std::ranges::max_element(
      results, {}, [](const SweepResult& each) { return NumberAt(each, kSortKeys[0]); });
  if (best == results.end() || !best->error.empty()) return;
  std::printf("the best of %d tries looks better than it is; with its journal:\n  %s\n",
              static_cast<int>(results.size()), RemakeCommand(arguments, *best).c_str());
}

ordered_json SweepJson(const std::vector<SweepResult>& results, Hash128 hash) {
  ordered_json json = {{"sweep_hash", ToHex(hash)}, {"results", ordered_json::array()}};
  for (const SweepResult& result : results) {
    ordered_json point = ordered_json::object();
    for (const runs::Override& setting : result.point) point[setting.key] = setting.value;
    json["results"].push_back({{"point", point}, {"error", result.error}, {"summary", result.summary}});
  }
  return json;
}

absl::StatusOr<std::vector<Point>> Points(const SweepArguments& arguments) {
  std::vector<Axis> axes;
  for (const std::string& text : arguments.over) {
    CRUCIBLE_ASSIGN_OR_RETURN(Axis axis, ParseAxis(text));
    axes.push_back(std::move(axis));
  }
  return Grid(axes);
}

absl::Status DoSweep(Terminal& terminal, SweepArguments& arguments) {
  if (arguments.results.empty()) {
    arguments.results = std::filesystem::path(arguments.config).replace_extension(".results").string();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<Point> points, Points(arguments));
  SweepOptions options{OwnProgram(), arguments.config, arguments.results, {}, arguments.workers};
  CRUCIBLE_ASSIGN_OR_RETURN(options.fixed, runs::ParseOverrides(arguments.settings));
  Progress progress("sweeping", "runs");
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<SweepResult> results,
                            Sweep(options, points, [&](std::size_t done, std::size_t total) {
                              progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
                              return true;
                            }));
  progress.Clear();
  const Hash128 hash = SweepHash(results);
  SortBy(arguments.sort, results);
  if (terminal.json) {
    std::printf("%s\n", SweepJson(results, hash).dump(2).c_str());
  } else {
    PrintSweep(arguments, results, hash);
  }
  if (std::ranges::any_of(results, [](const SweepResult& each) { return !each.error.empty(); }))
    terminal.exit_code = 1;
  return absl::OkStatus();
}

}  // namespace

void AddSweep(CLI::App& app, Terminal& terminal) {
  CLI::App* command =
      app.add_subcommand("sweep", "Run a configuration over a grid of values; goes on where it stopped");
  const auto arguments = std::make_shared<SweepArguments>();
  arguments->workers = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  command->add_option("config", arguments->config, "TOML file of the run")->required();
  command
      ->add_option("--over", arguments->over,
                   "axis of the grid: KEY=V1,V2,... or KEY=FROM..TO..STEP; repeat for more axes")
      ->required()
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--set", arguments->settings, "KEY=VALUE for every point; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("-o,--output", arguments->results, "results file (default: CONFIG with .results)");
  command->add_option("-j,--workers", arguments->workers, "runs at once (default: one per processor)")
      ->check(CLI::Range(1, 1024));
  std::vector<std::string> keys;
  for (const SortKey& key : kSortKeys) keys.emplace_back(key.name);
  command
      ->add_option("--sort", arguments->sort,
                   "best first, by " + absl::StrJoin(keys, ", ") + " (default: grid order)")
      ->check(CLI::IsMember(keys));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoSweep(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
