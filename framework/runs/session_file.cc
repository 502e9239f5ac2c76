#include "framework/runs/session_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/hash.h"
#include "framework/base/time_text.h"
#include "framework/event/kinds.h"
#include "framework/runs/build_info.h"
#include "framework/runs/report_json.h"

namespace crucible::runs {
namespace {

using journal::AppendMode;
using journal::Journal;
using journal::Manifest;

constexpr const char* kImported = "import";
constexpr const char* kGenerated = "generated";
constexpr const char* kCompletenessKey = "completeness";
constexpr const char* kWindowKey = "window_levels";
constexpr const char* kLatencyKey = "max_feed_latency_ns";
constexpr const char* kReportKey = "report";

absl::StatusOr<std::string> ContentHash(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such file", path));
  StateHasher hasher;
  std::vector<char> chunk(1 << 20);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    hasher.Add(std::string_view(chunk.data(), static_cast<std::size_t>(file.gcount())));
  }
  return ToHex(hasher.value());
}

// Everything that decides which records an import writes.
absl::StatusOr<std::string> Configuration(std::span<const std::string> files,
                                          const decode::ImportOptions& options) {
  std::ostringstream out;
  for (const std::string& file : files) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string hash, ContentHash(file));
    out << "file = \"" << std::filesystem::path(file).filename().string() << "\" " << hash << "\n";
  }
  const auto line = [&](const char* key, const std::string& value) {
    if (!value.empty()) out << key << " = " << value << "\n";
  };
  const auto number = [&](const char* key, const auto& value) {
    if (value) line(key, std::to_string(static_cast<std::int64_t>(*value)));
  };
  const auto duration = [&](const char* key, const std::optional<Duration>& value) {
    if (value) line(key, FormatDuration(*value));
  };
  line("format", options.format);
  line("symbol", options.symbol);
  line("venue", options.venue);
  line("currency", options.currency);
  line("settle_currency", options.settle_currency);
  number("price_decimals", options.price_decimals);
  number("quantity_decimals", options.quantity_decimals);
  line("tick_size", options.tick_size);
  line("lot_size", options.lot_size);
  number("multiplier", options.multiplier);
  number("contract", options.contract);
  line("columns", options.columns);
  duration("bar_length", options.bar_length);
  line("date", options.date);
  duration("utc_offset", options.utc_offset);
  line("channels", absl::StrJoin(options.channels, ","));
  number("window_levels", options.window_levels);
  duration("clock_offset", options.clock_offset);
  line("latency_floor", FormatDuration(options.latency_floor));
  line("repeat", std::to_string(options.repeat));
  return out.str();
}

// Opens the file for this import: a new one, an unfinished one of the same configuration, or a finished one.
absl::StatusOr<Journal> OpenForImport(const std::string& output, const Manifest& manifest) {
  if (!std::filesystem::exists(output)) return Journal::Create(output, manifest);
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Open(output, {.read_only = false}));
  const Manifest& found = journal.manifest();
  if (found.kind == manifest.kind && found.configuration == manifest.configuration) return journal;
  return absl::AlreadyExistsError(absl::StrFormat("%s holds another %s; choose another output, or remove it",
                                                  output, found.kind.empty() ? "file" : found.kind));
}

absl::Status Seal(Journal& journal, const decode::ImportReport& report) {
  CRUCIBLE_RETURN_IF_ERROR(journal.PutMeta(kCompletenessKey, decode::Name(report.completeness)));
  CRUCIBLE_RETURN_IF_ERROR(journal.PutMeta(kWindowKey, std::to_string(report.window_levels)));
  CRUCIBLE_RETURN_IF_ERROR(journal.PutMeta(kLatencyKey, std::to_string(report.max_feed_latency.nanos)));
  CRUCIBLE_RETURN_IF_ERROR(journal.PutMeta(
      kReportKey, ReportJson(report).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
  return journal.SetStatus("ended");
}

std::optional<decode::Completeness> CompletenessFromName(std::string_view name) {
  for (int code = 1; code <= 6; ++code) {
    const auto completeness = static_cast<decode::Completeness>(code);
    if (decode::Name(completeness) == name) return completeness;
  }
  return std::nullopt;
}

absl::StatusOr<std::int64_t> MetaNumber(const Journal& journal, const char* key) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<std::string> text, journal.Meta(key));
  std::int64_t value = 0;
  if (text && absl::SimpleAtoi(*text, &value)) return value;
  return absl::FailedPreconditionError(
      absl::StrFormat("%s has no %s: it is not a finished session", journal.path(), key));
}

std::vector<Instrument> FirstDefinitions(std::span<const Journal::TimedDefinition> definitions) {
  std::vector<Instrument> first;
  for (const Journal::TimedDefinition& definition : definitions) {
    if (definition.id.value >= first.size()) first.resize(definition.id.value + std::size_t{1});
    if (first[definition.id.value] == Instrument{}) first[definition.id.value] = definition.instrument;
  }
  return first;
}

// Of one record of the market stream; the epoch where there is no such record.
absl::StatusOr<Nanos> TimeOf(const Journal& journal, std::uint64_t seq) {
  CRUCIBLE_ASSIGN_OR_RETURN(const auto cursor,
                            journal.Read(kMarketStream, {.first_seq = seq, .last_seq = seq}));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> found, cursor->Next());
  return found.empty() ? Nanos{} : found.front().at();
}

absl::Status Fill(Journal& journal, std::span<const std::string> files, const decode::ImportOptions& options,
                  const decode::Progress& progress, ImportOutcome& outcome) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto appender, journal.OpenAppender(kMarketStream, AppendMode::kReplayPrefix));
  CRUCIBLE_ASSIGN_OR_RETURN(outcome.report, decode::Import(files, options, *appender, progress));
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  outcome.log_hash = appender->log_hash();
  return Seal(journal, outcome.report);
}

absl::StatusOr<ImportOutcome> ImportInto(const std::string& output, std::span<const std::string> files,
                                         const decode::ImportOptions& options,
                                         const decode::Progress& progress) {
  // As ordered: the same files are the same session, however they are named. The report tells of the order
  // given.
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<std::string> ordered, decode::OrderFiles(files, options));
  CRUCIBLE_ASSIGN_OR_RETURN(std::string configuration, Configuration(ordered, options));
  const Manifest manifest{kImported, "running", 0, std::move(configuration), BuildInfoJson()};
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, OpenForImport(output, manifest));
  ImportOutcome outcome;
  if (journal.manifest().status == "ended") {
    outcome.was_there = true;
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, journal.Head(kMarketStream));
    outcome.log_hash = head.log_hash;
    outcome.report.records = head.last_seq;
    return outcome;
  }
  if (absl::StatusOr<journal::StreamHead> head = journal.Head(kMarketStream); head.ok())
    outcome.resumed_at = head->last_seq;
  CRUCIBLE_RETURN_IF_ERROR(Fill(journal, files, options, progress, outcome));
  return outcome;
}

}  // namespace

void RemoveJournal(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-new", "-new-wal", "-new-shm"})
    std::filesystem::remove(path + suffix, ignored);
}

absl::StatusOr<ImportOutcome> ImportSession(std::span<const std::string> files,
                                            const decode::ImportOptions& options, const std::string& output,
                                            const decode::Progress& progress) {
  const bool is_new = !std::filesystem::exists(output);
  absl::StatusOr<ImportOutcome> outcome = ImportInto(output, files, options, progress);
  // What cannot become a session would only stand in the way of the next attempt.
  if (is_new && !outcome.ok()) RemoveJournal(output);
  return outcome;
}

absl::Status WriteSession(const std::string& output, const std::string& configuration,
                          const GeneratedFacts& facts,
                          const std::function<absl::Status(RecordSink&)>& produce) {
  const Manifest manifest{kGenerated, "running", 0, configuration, BuildInfoJson()};
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, OpenForImport(output, manifest));
  if (journal.manifest().status == "ended") return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(auto appender, journal.OpenAppender(kMarketStream, AppendMode::kReplayPrefix));
  CRUCIBLE_RETURN_IF_ERROR(produce(*appender));
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  decode::ImportReport report;
  report.format = "generated";
  report.completeness = facts.completeness;
  report.max_feed_latency = facts.max_feed_latency;
  report.records = appender->last_seq();
  return Seal(journal, report);
}

absl::StatusOr<Session> OpenSession(const std::string& path) {
  Session session;
  session.path = path;
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Open(path));
  const std::string& kind = journal.manifest().kind;
  if (kind != kImported && kind != kGenerated) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s is a file of kind \"%s\", expected a session: what crucible import writes", path, kind));
  }
  if (journal.manifest().status != "ended") {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: its import has status \"%s\"; run the same import again to finish it", path,
                        journal.manifest().status));
  }
  session.journal = std::make_unique<Journal>(std::move(journal));
  CRUCIBLE_ASSIGN_OR_RETURN(session.head, session.journal->Head(kMarketStream));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<std::string> name, session.journal->Meta(kCompletenessKey));
  const std::optional<decode::Completeness> completeness = CompletenessFromName(name.value_or(""));
  if (!completeness) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s says completeness \"%s\", which this build does not know", path, name.value_or("")));
  }
  session.completeness = *completeness;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t window, MetaNumber(*session.journal, kWindowKey));
  CRUCIBLE_ASSIGN_OR_RETURN(session.max_feed_latency.nanos, MetaNumber(*session.journal, kLatencyKey));
  session.window_levels = static_cast<int>(window);
  CRUCIBLE_ASSIGN_OR_RETURN(session.definitions, session.journal->DefinitionsIn(kMarketStream));
  session.instruments = FirstDefinitions(session.definitions);
  // Definitions carry the session's first time; an empty session has none.
  CRUCIBLE_ASSIGN_OR_RETURN(session.first_time, TimeOf(*session.journal, 1));
  CRUCIBLE_ASSIGN_OR_RETURN(session.last_time, TimeOf(*session.journal, session.head.last_seq));
  return session;
}

}  // namespace crucible::runs
