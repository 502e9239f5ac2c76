#include "framework/cli/sweep.h"

#include <optional>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/base/decimal.h"
#include "framework/cli/process_pool.h"
#include "framework/journal/results_file.h"
#include "framework/runs/run_setup.h"

namespace crucible::cli {
namespace {

using journal::ResultsFile;
using journal::StoredResult;
using nlohmann::ordered_json;

constexpr std::size_t kMaxPoints = 1'000'000;

absl::Status BadAxis(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrFormat("found \"%s\", expected KEY=V1,V2,... or KEY=FROM..TO..STEP such as "
                      "strategy.parameters.threshold=1..3..0.5",
                      text));
}

int DecimalsOf(std::string_view number) {
  const std::size_t point = number.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(number.size() - point - 1);
}

// FROM, FROM + STEP, ... up to TO, in the decimals of the finest of the three.
absl::StatusOr<std::vector<std::string>> Range(std::string_view text, const std::vector<std::string>& words) {
  int decimals = 0;
  for (const std::string& word : words) decimals = std::max(decimals, DecimalsOf(word));
  std::int64_t numbers[3];
  for (std::size_t i = 0; i < 3; ++i) {
    DecimalResult parsed;
    if (ParseDecimal(words[i], decimals, &parsed) != DecimalError::kNone) return BadAxis(text);
    numbers[i] = parsed.units;
  }
  const auto [from, to, step] = numbers;
  if (step <= 0 || to < from || static_cast<std::size_t>((to - from) / step) >= kMaxPoints)
    return BadAxis(text);
  std::vector<std::string> values;
  for (std::int64_t value = from; value <= to; value += step)
    values.push_back(FormatDecimal(value, decimals));
  return values;
}

ordered_json PointJson(const Point& point) {
  ordered_json json = ordered_json::object();
  for (const runs::Override& setting : point) json[setting.key] = setting.value;
  return json;
}

// Before the first run, so that a typing error costs nothing.
absl::StatusOr<SweepResult> Prepare(const SweepOptions& options, const Point& point) {
  Point settings = options.fixed;
  settings.insert(settings.end(), point.begin(), point.end());
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(options.config, settings));
  std::vector<std::string> sessions = config.sessions;
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunSetup setup,
                            runs::RunSetup::Create(std::move(config), std::move(sessions)));
  return SweepResult{point, setup.identity(), false, "", nullptr};
}

CommandLine CommandFor(const SweepOptions& options, const Point& point) {
  CommandLine command = {options.program, "--json", "run", options.config, "--no-journal"};
  for (const Point* settings : {&options.fixed, &point}) {
    for (const runs::Override& setting : *settings) {
      command.emplace_back("--set");
      command.push_back(setting.key + "=" + setting.value);
    }
  }
  return command;
}

void TakeSummary(const ProcessResult& ended, SweepResult& result) {
  result.summary = ordered_json::parse(ended.out, nullptr, false);
  if (ended.exit_code == 0 && result.summary.is_object()) {
    if (result.summary.value("identity", "") != ToHex(result.identity)) {
      result.error = "the configuration or a session changed while the sweep was running";
    }
  } else if (ended.signal != 0) {
    result.error = absl::StrFormat("ended by signal %d (%s)", ended.signal, strsignal(ended.signal));
  } else if (result.summary.is_object() && result.summary.contains("strategy_error")) {
    result.error = result.summary.value("strategy_error", "");
  } else {
    result.error = absl::StrFormat("exit code %d: %s", ended.exit_code, ended.err);
  }
  if (!result.error.empty()) result.summary = nullptr;
}

absl::StatusOr<Hash128> LogHashOf(const SweepResult& result) {
  const std::string text = result.summary.value("log_hash", "");
  if (std::optional<Hash128> hash = HashFromHex(text)) return *hash;
  return absl::InternalError(
      absl::StrFormat("%s: the run printed no log hash but \"%s\"", ShortText(result.point), text));
}

absl::Status Keep(ResultsFile& file, const SweepResult& result) {
  CRUCIBLE_ASSIGN_OR_RETURN(const Hash128 log_hash, LogHashOf(result));
  return file.Put({result.identity, PointJson(result.point).dump(), log_hash, result.summary.dump()});
}

absl::Status Recall(const ResultsFile& file, SweepResult& result) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<StoredResult> stored, file.Find(result.identity));
  if (!stored) return absl::OkStatus();
  result.summary = ordered_json::parse(stored->summary, nullptr, false);
  result.was_there = result.summary.is_object();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Axis> ParseAxis(std::string_view text) {
  absl::StatusOr<runs::Override> parts = runs::ParseOverride(text);
  if (!parts.ok() || parts->value.empty()) return BadAxis(text);
  Axis axis{parts->key, {}};
  const std::vector<std::string> range = absl::StrSplit(parts->value, "..");
  if (range.size() == 1) {
    axis.values = absl::StrSplit(parts->value, ',');
  } else if (range.size() == 3) {
    CRUCIBLE_ASSIGN_OR_RETURN(axis.values, Range(text, range));
  } else {
    return BadAxis(text);
  }
  for (const std::string& value : axis.values) {
    if (value.empty()) return BadAxis(text);
  }
  return axis;
}

std::vector<Point> Grid(const std::vector<Axis>& axes) {
  std::vector<Point> points(1);
  for (const Axis& axis : axes) {
    std::vector<Point> wider;
    for (const Point& point : points) {
      for (const std::string& value : axis.values) {
        wider.push_back(point);
        wider.back().push_back({axis.key, value});
      }
    }
    points = std::move(wider);
  }
  return points;
}

absl::StatusOr<std::vector<SweepResult>> Sweep(
    const SweepOptions& options, const std::vector<Point>& points,
    const std::function<bool(std::size_t, std::size_t)>& progress) {
  if (points.size() > kMaxPoints) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d points, at most %d are swept", points.size(), kMaxPoints));
  }
  std::vector<SweepResult> results;
  for (const Point& point : points) {
    CRUCIBLE_ASSIGN_OR_RETURN(SweepResult prepared, Prepare(options, point));
    results.push_back(std::move(prepared));
  }
  std::optional<ResultsFile> file;
  if (!options.results.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(file, ResultsFile::Open(options.results));
    for (SweepResult& result : results) CRUCIBLE_RETURN_IF_ERROR(Recall(*file, result));
  }
  std::vector<CommandLine> commands;
  std::vector<std::size_t> place;  // of a command among the results
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].was_there) continue;
    commands.push_back(CommandFor(options, results[i].point));
    place.push_back(i);
  }
  absl::Status kept;
  std::size_t done = results.size() - commands.size();
  const absl::Status ran =
      RunProcesses(commands, options.workers, [&](std::size_t index, ProcessResult ended) {
        SweepResult& result = results[place[index]];
        TakeSummary(ended, result);
        if (file && result.error.empty()) kept = Keep(*file, result);
        return kept.ok() && progress(++done, results.size());
      });
  if (!kept.ok()) return kept;
  if (!ran.ok()) return ran;
  return results;
}

Hash128 SweepHash(const std::vector<SweepResult>& results) {
  StateHasher hasher;
  for (const SweepResult& result : results) {
    hasher.Add(ToHex(result.identity));
    hasher.Add(result.error.empty() ? result.summary.value("log_hash", "") : "failed");
  }
  return hasher.value();
}

std::string ShortText(const Point& point) {
  std::string text;
  for (const runs::Override& setting : point) {
    text += (text.empty() ? "" : " ") + setting.key.substr(setting.key.rfind('.') + 1) + "=" + setting.value;
  }
  return text;
}

}  // namespace crucible::cli
