#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/runs/report_json.h"
#include "framework/runs/session_file.h"

namespace crucible::cli {
namespace {

// Options as they are typed; Read() turns them into the importer's.
struct ImportArguments {
  std::vector<std::string> files;
  std::string output;
  bool detect = false;
  decode::ImportOptions options;
  std::string decimals, contract, bar_length, utc_offset, clock_offset, latency_floor;
  std::vector<std::string> channels;

  absl::Status Read();
};

absl::Status ReadDuration(const char* option, const std::string& text, std::optional<Duration>& out) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<Duration> duration = ParseDuration(text);
  if (!duration.ok())
    return absl::InvalidArgumentError(absl::StrFormat("%s: %s", option, duration.status().message()));
  out = *duration;
  return absl::OkStatus();
}

absl::Status ImportArguments::Read() {
  options.channels = channels;
  CRUCIBLE_RETURN_IF_ERROR(ReadDuration("--bar-length", bar_length, options.bar_length));
  CRUCIBLE_RETURN_IF_ERROR(ReadDuration("--utc-offset", utc_offset, options.utc_offset));
  CRUCIBLE_RETURN_IF_ERROR(ReadDuration("--clock-offset", clock_offset, options.clock_offset));
  std::optional<Duration> floor;
  CRUCIBLE_RETURN_IF_ERROR(ReadDuration("--latency-floor", latency_floor, floor));
  options.latency_floor = floor.value_or(options.latency_floor);
  if (!contract.empty()) options.contract = contract == "inverse" ? Contract::kInverse : Contract::kLinear;
  if (decimals.empty()) return absl::OkStatus();
  int price = 0, quantity = 0;
  char rest = 0;
  if (std::sscanf(decimals.c_str(), "%d,%d%c", &price, &quantity, &rest) != 2 || price < 0 || price > 18 ||
      quantity < 0 || quantity > 18) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "--decimals is \"%s\", expected PRICE,QUANTITY such as 2,8 (0 to 18 each)", decimals));
  }
  options.price_decimals = price;
  options.quantity_decimals = quantity;
  return absl::OkStatus();
}

std::string FormatHelp() {
  std::vector<std::string> lines;
  for (const auto& format : decode::AllFormats()) {
    lines.push_back(absl::StrFormat("%s: %s", format.name, format.description));
  }
  return "format of the files; without it, detected. One of\n" + absl::StrJoin(lines, "\n");
}

void AddOptions(CLI::App& command, ImportArguments& arguments) {
  command
      .add_option("files", arguments.files, "the vendor's files, plain, .gz or .zst; several are one stream")
      ->required();
  command.add_option("--format", arguments.options.format, FormatHelp());
  command.add_option("--symbol", arguments.options.symbol, "symbol, where the files do not say");
  command.add_option("--venue", arguments.options.venue, "venue, where the files do not say");
  command.add_option("--currency", arguments.options.currency, "quote currency");
  command.add_option("--settle-currency", arguments.options.settle_currency,
                     "currency that profit is paid in");
  command.add_option("--decimals", arguments.decimals, "decimals of price and quantity, such as 2,8");
  command.add_option("--tick", arguments.options.tick_size, "tick size, such as 0.01");
  command.add_option("--lot", arguments.options.lot_size, "lot size, such as 0.001");
  command.add_option("--multiplier", arguments.options.multiplier, "contract multiplier");
  command.add_option("--contract", arguments.contract, "linear or inverse")
      ->check(CLI::IsMember({"linear", "inverse"}));
  command.add_option("--columns", arguments.options.columns,
                     "bars: the order of columns, such as time,open,high,low,close,volume; - skips one");
  command.add_option("--bar-length", arguments.bar_length, "bars: length, such as 1m");
  command.add_option("--date", arguments.options.date, "day of times that lack it, such as 2012-06-21");
  command.add_option("--utc-offset", arguments.utc_offset, "local time minus UTC, such as -4h");
  command.add_option("--channels", arguments.channels, "keep only these: depth, trade, quote, mark")
      ->delimiter(',');
  command.add_option("--window", arguments.options.window_levels,
                     "LOBSTER: levels in the file; 0 declares it complete");
  command.add_option("--clock-offset", arguments.clock_offset,
                     "receive clock minus exchange clock; else estimated");
  command.add_option("--latency-floor", arguments.latency_floor,
                     "smallest feed latency after re-basing (1ms)");
  command.add_option("--repeat", arguments.options.repeat, "the input this many times over, later each time")
      ->check(CLI::Range(1, 1'000'000));
}

decode::Progress Show(Progress& progress) {
  return [&progress](const decode::ProgressUpdate& update) {
    const double share = update.bytes_total == 0 ? 0
                                                 : static_cast<double>(update.bytes_done) /
                                                       static_cast<double>(update.bytes_total);
    progress.Update(share, update.records);
  };
}

void PrintImport(const Terminal& terminal, const ImportArguments& arguments,
                 const runs::ImportOutcome& outcome) {
  if (terminal.json) {
    nlohmann::ordered_json json =
        outcome.was_there ? nlohmann::ordered_json::object() : runs::ReportJson(outcome.report);
    json["session"] = arguments.output;
    json["already_imported"] = outcome.was_there;
    json["resumed_at"] = outcome.resumed_at;
    json["log_hash"] = ToHex(outcome.log_hash);
    std::printf("%s\n", json.dump(2).c_str());
    return;
  }
  if (outcome.was_there) {
    std::printf("%s holds this import already: %s records\n", arguments.output.c_str(),
                WithThousands(outcome.report.records).c_str());
  } else {
    if (outcome.resumed_at > 0) {
      std::printf("went on after record %s of an interrupted import\n",
                  WithThousands(outcome.resumed_at).c_str());
    }
    PrintReport(outcome.report);
    std::printf("wrote %s\n", arguments.output.c_str());
  }
  std::printf("  log hash               %s\n", ToHex(outcome.log_hash).c_str());
}

absl::Status DoDetect(const Terminal& terminal, const std::vector<std::string>& files) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const std::string& file : files) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string format, decode::DetectFormat(file));
    json.push_back({{"file", file}, {"format", format}});
    if (!terminal.json) std::printf("%s: %s\n", file.c_str(), format.c_str());
  }
  if (terminal.json) std::printf("%s\n", json.dump(2).c_str());
  return absl::OkStatus();
}

absl::Status DoImport(const Terminal& terminal, ImportArguments& arguments) {
  if (arguments.detect) return DoDetect(terminal, arguments.files);
  if (arguments.output.empty())
    return absl::InvalidArgumentError("name the session file with -o, such as -o goog.session");
  CRUCIBLE_RETURN_IF_ERROR(arguments.Read());
  Progress progress("importing", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const runs::ImportOutcome outcome,
      runs::ImportSession(arguments.files, arguments.options, arguments.output, Show(progress)));
  progress.Clear();
  PrintImport(terminal, arguments, outcome);
  return absl::OkStatus();
}

absl::Status DoInspect(Terminal& terminal, ImportArguments& arguments) {
  CRUCIBLE_RETURN_IF_ERROR(arguments.Read());
  Progress progress("reading", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(const decode::ImportReport report,
                            decode::Inspect(arguments.files, arguments.options, Show(progress)));
  progress.Clear();
  if (terminal.json) {
    std::printf("%s\n", runs::ReportJson(report).dump(2).c_str());
  } else {
    PrintReport(report);
  }
  if (report.HasErrors()) terminal.exit_code = 1;
  return absl::OkStatus();
}

}  // namespace

void AddImport(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand("import", "Import a vendor's files into a session file");
  const auto arguments = std::make_shared<ImportArguments>();
  AddOptions(*command, *arguments);
  command->add_option("-o,--output", arguments->output, "session file to write");
  command->add_flag("--detect", arguments->detect, "only say what the files are");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoImport(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

void AddInspect(CLI::App& app, Terminal& terminal) {
  CLI::App* command =
      app.add_subcommand("inspect", "Ask the data doctor about a vendor's files; exit code 1 on errors");
  const auto arguments = std::make_shared<ImportArguments>();
  AddOptions(*command, *arguments);
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoInspect(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
