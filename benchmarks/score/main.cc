// The scoreboard: every published figure, beside its floor or baseline of the same run.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "benchmarks/score/score.h"

namespace {

using crucible::score::Row;

void PrintTable(const crucible::score::Rows& rows) {
  std::printf("| figure | value | baseline | ratio | target | holds | workload |\n|---|---|---|---|---|---|---|\n");
  for (const Row& row : rows) {
    std::printf("| %s | %.4g %s |", row.name.c_str(), row.value, row.unit.c_str());
    if (row.baseline.empty()) {
      std::printf(" | |");
    } else {
      std::printf(" %s %.4g | %.3g |", row.baseline.c_str(), row.baseline_value, row.ratio);
    }
    std::printf(" %s | %s | %s |\n", row.target.c_str(), row.holds ? "yes" : "**no**", row.note.c_str());
  }
}

void PrintJson(const crucible::score::Rows& rows) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    nlohmann::ordered_json one = {{"name", row.name}, {"value", row.value}, {"unit", row.unit}};
    if (!row.baseline.empty()) {
      one["baseline"] = row.baseline;
      one["baseline_value"] = row.baseline_value;
      one["ratio"] = row.ratio;
    }
    one["target"] = row.target;
    one["holds"] = row.holds;
    one["note"] = row.note;
    json.push_back(one);
  }
  std::printf("%s\n", json.dump(2).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  crucible::score::Options options;
  const char* shared = std::getenv("CRUCIBLE_SHARED_DIR");
  options.shared = shared != nullptr ? shared : CRUCIBLE_DEFAULT_SHARED;
  options.scratch = (std::filesystem::temp_directory_path() / "crucible-scoreboard").string();
  options.smoke = std::getenv("CRUCIBLE_BENCH_SMOKE") != nullptr;
  bool json = false;
  bool gate = false;
  CLI::App app{"Runs every published figure and prints it beside its floor or baseline."};
  app.add_flag("--json", json, "one object per figure");
  app.add_flag("--smoke", options.smoke, "small inputs: proves that the rows work, not what they say");
  app.add_flag("--gate", gate, "fail when a figure misses its target; 77 when there is none to judge");
  app.add_option("--only", options.only, "figures whose name contains this");
  app.add_option("--scratch", options.scratch, "directory for sessions and runs; imports are kept there");
  std::string peak_of;
  app.add_option("--peak-of", peak_of, "only runs a backtest over this session, and prints the most memory it held, in kB");
  CLI11_PARSE(app, argc, argv);
  if (options.smoke) setenv("CRUCIBLE_BENCH_SMOKE", "1", 1);
  std::filesystem::create_directories(options.scratch);
  if (!peak_of.empty()) {
    std::printf("%ld\n", crucible::score::PeakKilobytesOf(peak_of, options.scratch));
    return 0;
  }

  crucible::score::Rows rows;
  for (const auto& make : {crucible::score::JournalRows, crucible::score::BookRows, crucible::score::BacktestRows,
                            crucible::score::CausalRows, crucible::score::CalibrationRows,
                           crucible::score::InstructionRows, crucible::score::ExchangeRows,
                           crucible::score::AgentRows, crucible::score::PredatorRows,
                           crucible::score::RegimeRows, crucible::score::ResponsiveRows,
                           crucible::score::SweepRows}) {
    for (Row& row : make(options)) {
      std::fprintf(stderr, "%-36s %10.4g %-12s %s %s\n", row.name.c_str(), row.value, row.unit.c_str(),
                   row.target.c_str(), row.holds ? "" : "NOT HELD");
      rows.push_back(std::move(row));
    }
  }
  for (const std::string& file : options.skipped) std::fprintf(stderr, "left out: %s is absent\n", file.c_str());
  json ? PrintJson(rows) : PrintTable(rows);
  if (!gate) return rows.empty() ? 1 : 0;
  if (rows.empty()) return 77;
  return std::ranges::all_of(rows, &Row::holds) ? 0 : 1;
}
