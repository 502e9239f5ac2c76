#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/event_text.h"
#include "framework/cli/output.h"
#include "framework/cli/output_file.h"
#include "framework/cli/progress.h"
#include "framework/cli/record_writer.h"
#include "framework/journal/journal.h"

namespace crucible::cli {
namespace {

namespace fs = std::filesystem;
using journal::Journal;

struct ExportArguments {
  std::string file, output, stream, kind, format, since, until;
  std::uint64_t from = 1, to = UINT64_MAX;
};

absl::StatusOr<journal::Range> RangeOf(const ExportArguments& arguments) {
  journal::Range range{.first_seq = arguments.from, .last_seq = arguments.to};
  if (!arguments.since.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Nanos since, ParseTimestamp(arguments.since));
    range.min_time = since.since_epoch;
  }
  if (!arguments.until.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Nanos until, ParseTimestamp(arguments.until));
    range.max_time = until.since_epoch;
  }
  return range;
}

// Copies the records to the writer; returns how many.
absl::StatusOr<std::uint64_t> Copy(const Journal& journal, const std::string& stream,
                                   const journal::Range& range, const RecordTable& table,
                                   RecordWriter& writer) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, journal.Head(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const auto cursor, journal.Read(stream, range));
  Progress progress("exporting", "records");
  const std::uint64_t last = std::min(range.last_seq, head.last_seq);
  std::uint64_t written = 0;
  std::vector<Event> kept;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(std::span<const Event> records, cursor->Next());
    if (records.empty()) break;
    progress.Update(static_cast<double>(records.back().seq) / static_cast<double>(last), written);
    if (table.kind) {
      kept.clear();
      std::ranges::copy_if(records, std::back_inserter(kept),
                           [&](const Event& e) { return e.kind == *table.kind; });
      records = kept;
    }
    CRUCIBLE_RETURN_IF_ERROR(writer.Append(records));
    written += records.size();
  }
  CRUCIBLE_RETURN_IF_ERROR(writer.Finish());
  return written;
}

// What the arrays do not say themselves.
std::string Legend(const Journal& journal, const std::string& stream, const RecordTable& table,
                   std::uint64_t records) {
  nlohmann::ordered_json json = {{"file", fs::path(journal.path()).filename().string()},
                                 {"stream", stream},
                                 {"records", records},
                                 {"time", "nanoseconds since 1970-01-01 UTC"},
                                 {"side", {{"0", "none"}, {"1", "bid or buy"}, {"2", "ask or sell"}}}};
  for (const KindInfo& kind : AllKinds()) {
    if (table.kind && kind.kind != *table.kind) continue;
    nlohmann::ordered_json slots = nlohmann::ordered_json::array();
    for (const SlotInfo& slot : kind.slots) slots.push_back(std::string(slot.name));
    json["kinds"][std::to_string(static_cast<int>(kind.kind))] = {{"name", std::string(kind.name)},
                                                                  {"slots", slots}};
  }
  for (std::size_t id = 0; id < table.instruments.size(); ++id) {
    const Instrument& instrument = table.instruments[id];
    json["instruments"][std::to_string(id)] = {{"venue", instrument.venue},
                                               {"symbol", instrument.symbol},
                                               {"price_decimals", instrument.price_decimals},
                                               {"quantity_decimals", instrument.quantity_decimals}};
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

absl::Status IsThere(const std::string& output) {
  return absl::AlreadyExistsError(absl::StrFormat("%s is there already", output));
}

absl::StatusOr<std::uint64_t> ExportTo(const Journal& journal, const std::string& stream,
                                       const ExportArguments& arguments, const RecordTable& table) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Range range, RangeOf(arguments));
  if (arguments.output == "-") {
    CRUCIBLE_ASSIGN_OR_RETURN(const auto writer, OpenCsv("-", table));
    return Copy(journal, stream, range, table, *writer);
  }
  if (fs::exists(arguments.output)) return IsThere(arguments.output);
  const bool arrays =
      arguments.format == "npy" || (arguments.format.empty() && !arguments.output.ends_with(".csv"));
  UnfinishedOutput output(arguments.output);
  std::error_code error;
  if (arrays && !fs::create_directories(output.path(), error))
    return absl::PermissionDeniedError(absl::StrFormat("%s: %s", output.path(), error.message()));
  std::uint64_t written = 0;
  {
    CRUCIBLE_ASSIGN_OR_RETURN(const auto writer,
                              arrays ? OpenArrays(output.path(), table) : OpenCsv(output.path(), table));
    CRUCIBLE_ASSIGN_OR_RETURN(written, Copy(journal, stream, range, table, *writer));
  }
  if (arrays) {
    CRUCIBLE_RETURN_IF_ERROR(
        WriteWhole(output.path() + "/columns.json", Legend(journal, stream, table, written)));
  }
  if (fs::exists(arguments.output)) return IsThere(arguments.output);
  CRUCIBLE_RETURN_IF_ERROR(output.Publish());
  return written;
}

absl::Status DoExport(const Terminal& terminal, const ExportArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const Journal journal, Journal::Open(arguments.file));
  RecordTable table{std::nullopt, journal.instruments()};
  if (!arguments.kind.empty()) {
    table.kind = KindFromName(arguments.kind);
    if (!table.kind) return UnknownKind(arguments.kind);
  }
  const std::vector<std::string> streams = journal.streams();
  if (streams.empty()) return absl::FailedPreconditionError(arguments.file + " has no streams");
  const std::string stream = arguments.stream.empty() ? streams.front() : arguments.stream;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t records, ExportTo(journal, stream, arguments, table));
  if (arguments.output == "-") return absl::OkStatus();
  if (terminal.json) {
    const nlohmann::ordered_json json = {
        {"output", arguments.output}, {"stream", stream}, {"records", records}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("wrote %s: %s records of stream %s\n", arguments.output.c_str(),
                WithThousands(records).c_str(), stream.c_str());
  }
  return absl::OkStatus();
}

}  // namespace

void AddExport(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "export", "Write records as CSV, or as one NumPy array per column (docs/guides/keep-files.md)");
  const auto arguments = std::make_shared<ExportArguments>();
  command->add_option("file", arguments->file, "session or run file")->required();
  command
      ->add_option("-o,--output", arguments->output,
                   "X.csv, - for CSV on standard output, else a directory of arrays")
      ->required();
  command->add_option("--format", arguments->format, "csv or npy, where the output's name does not say")
      ->check(CLI::IsMember({"csv", "npy"}));
  command->add_option("--stream", arguments->stream, "stream to export (default: the first)");
  command->add_option("--kind", arguments->kind,
                      "only records of this kind, such as trade; slots get its names");
  command->add_option("--from", arguments->from, "first sequence");
  command->add_option("--to", arguments->to, "last sequence");
  command->add_option("--since", arguments->since, "first time, such as 2024-08-08T09:30:00Z");
  command->add_option("--until", arguments->until, "last time");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoExport(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli
