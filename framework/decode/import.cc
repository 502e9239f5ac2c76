#include "framework/decode/import.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/base/hash.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/file_order.h"
#include "framework/decode/importer.h"
#include "framework/event/hash_sink.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kHeadLines = 64;
constexpr std::string_view kSqliteHeader = "SQLite format 3";
constexpr std::int64_t kMinute = 60 * kNanosPerSecond;

std::vector<std::string_view> FirstLines(std::string_view bytes) {
  std::vector<std::string_view> lines;
  bytes = WithoutByteOrderMark(bytes);
  while (!bytes.empty() && lines.size() < kHeadLines) {
    const std::size_t feed = bytes.find('\n');
    if (feed == std::string_view::npos && bytes.size() >= kHeadBytes) break;
    std::string_view line = bytes.substr(0, feed);
    bytes.remove_prefix(feed == std::string_view::npos ? bytes.size() : feed + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

std::string FormatNames() {
  std::string names;
  for (const Format& format : FormatTable())
    absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(format.name));
  return names;
}

bool Has(const Format& format, std::string_view option) {
  const std::vector<std::string> options = absl::StrSplit(std::string(format.options), ' ');
  return std::ranges::find(options, option) != options.end();
}

// An option that only some formats have, and that this one would pass over in silence.
absl::Status CheckOptions(const Format& format, const ImportOptions& options) {
  const std::pair<std::string_view, bool> given[] = {
      {"columns", !options.columns.empty()},
      {"bar-length", options.bar_length.has_value()},
      {"date", !options.date.empty()},
      {"utc-offset", options.utc_offset.has_value()},
      {"channels", !options.channels.empty()},
      {"window", options.window_levels.has_value()},
      {"clock-offset", options.clock_offset.has_value()},
      {"latency-floor", options.latency_floor != ImportOptions{}.latency_floor},
  };
  for (const auto& [option, is_given] : given) {
    if (!is_given || Has(format, option)) continue;
    std::vector<std::string> others;
    for (const Format& other : FormatTable()) {
      if (Has(other, option)) others.emplace_back(other.name);
    }
    return absl::InvalidArgumentError(absl::StrFormat("--%s means nothing for format %s; it is for %s",
                                                      option, format.name, absl::StrJoin(others, ", ")));
  }
  return absl::OkStatus();
}

// What the input holds in place of what was asked for.
std::string WhatWasThere(const ImportReport& report, const ImportOptions& options) {
  std::uint64_t bytes = 0;
  for (const InputFile& file : report.files) bytes += file.bytes;
  if (bytes == 0) return "the file is empty";
  if (!report.passed_over.empty()) {
    return absl::StrFormat("no message is of symbol '%s'; there are %s", absl::CHexEscape(options.symbol),
                           absl::StrJoin(report.passed_over, ", "));
  }
  for (const Finding& finding : report.findings) {
    if (finding.severity != Severity::kNote || finding.code == FindingCode::kUnknownMessage)
      return absl::StrFormat("%s (%d times): %s", finding.name, finding.count, finding.detail);
  }
  if (options.channels.empty()) return "it has no market data";
  return absl::StrFormat("no message is of channel %s", absl::StrJoin(options.channels, ", "));
}

// A session of nothing helps nobody. Definitions count where they are messages of the input.
absl::Status CheckKept(const ImportReport& report, const ImportOptions& options) {
  std::uint64_t definitions = 0;
  for (const KindCount& count : report.counts)
    definitions += count.kind.starts_with("definition") ? count.count : 0;
  const bool by_message = report.format == "dbn" || report.format == "itch";
  if (report.records > definitions || (definitions > 0 && by_message)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s: nothing to keep, read as %s: %s",
                                                    report.files.front().path, report.format,
                                                    WhatWasThere(report, options)));
}

absl::StatusOr<const Format*> FindFormat(std::string_view name) {
  for (const Format& format : FormatTable()) {
    if (format.name == name) return &format;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("format is '%s', expected one of %s", name, FormatNames()));
}

absl::StatusOr<const Format*> ChooseFormat(const FileAccess& file_access, const std::string& path,
                                           const ImportOptions& options) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string bytes, ReadHead(file_access, path));
  if (bytes.starts_with(kSqliteHeader)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is an SQLite file, expected a vendor's; of a session or run, `crucible sql` and "
                        "`crucible verify` tell",
                        path));
  }
  if (!options.format.empty()) return FindFormat(options.format);
  if (!options.columns.empty()) return FindFormat("bars");
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string name, DetectFormatFrom(file_access, path));
  return FindFormat(name);
}

// How much later each further copy of the input starts: past its own span, in whole minutes or days.
absl::StatusOr<Duration> RepeatPeriod(const RecordWriter& writer, std::uint64_t repeat) {
  const std::int64_t span = (writer.last_time() - writer.first_time()).nanos;
  const std::int64_t unit = span >= kNanosPerDay ? kNanosPerDay : kMinute;
  const std::int64_t period = (span / unit + 1) * unit;
  const Int128 end = Int128{writer.last_time().since_epoch} + Int128{period} * static_cast<Int128>(repeat);
  if (end < kLatestTime.since_epoch) return Duration{period};
  return absl::InvalidArgumentError(absl::StrFormat("repeat is %d, which passes the year 2116", repeat));
}

absl::Status RunCopies(Importer& importer, ImportContext& context) {
  CRUCIBLE_RETURN_IF_ERROR(importer.Prepare(context));
  CRUCIBLE_RETURN_IF_ERROR(importer.Run(context));
  if (context.options.repeat > 1 && context.writer.records() > 0) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Duration period, RepeatPeriod(context.writer, context.options.repeat));
    for (std::uint64_t copy = 1; copy < context.options.repeat; ++copy) {
      context.writer.ShiftTime({period.nanos * static_cast<std::int64_t>(copy)});
      CRUCIBLE_RETURN_IF_ERROR(importer.Run(context));
    }
  }
  return context.writer.Flush();
}

void FillCounts(const RecordWriter& writer, ImportReport& report) {
  report.records = writer.records();
  report.instruments = writer.instruments();
  if (writer.records() == 0) return;
  report.first_time = writer.first_time();
  report.last_time = writer.last_time();
  for (const KindInfo& kind : AllKinds()) {
    const std::uint64_t count = writer.count(kind.kind);
    if (count > 0) report.counts.push_back({std::string(kind.name), count});
  }
}

}  // namespace

absl::StatusOr<std::string> DetectFormatFrom(const FileAccess& file_access, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string bytes, ReadHead(file_access, path));
  if (bytes.empty()) return absl::InvalidArgumentError(absl::StrFormat("%s is empty", path));
  const FileHead head{BaseName(path), bytes, FirstLines(bytes)};
  for (const Format& format : FormatTable()) {
    if (format.recognises(head)) return std::string(format.name);
  }
  return absl::UnimplementedError(
      absl::StrFormat("%s: no format recognises this file; give --format, one of %s", path, FormatNames()));
}

absl::StatusOr<ImportReport> ImportFrom(const FileAccess& file_access, std::span<const std::string> files,
                                        const ImportOptions& options, RecordSink& sink,
                                        const Progress& progress) {
  if (files.empty()) return absl::InvalidArgumentError("no file to import");
  CRUCIBLE_ASSIGN_OR_RETURN(const Format* const format, ChooseFormat(file_access, files.front(), options));
  CRUCIBLE_RETURN_IF_ERROR(CheckOptions(*format, options));
  const std::unique_ptr<Importer> importer = format->make();
  ImportReport report;
  report.format = std::string(format->name);
  RecordWriter writer(sink);
  Doctor doctor;
  ProgressMeter meter(progress, writer);
  BookCheck books(doctor);
  const std::uint64_t passes =
      std::max<std::uint64_t>(options.repeat, 1) + static_cast<std::uint64_t>(importer->preparation_passes());
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<std::string> ordered,
                            FilesInTime(file_access, *format, files, options));
  if (!std::ranges::equal(ordered, files)) {
    doctor.Report(FindingCode::kFilesReordered, Place{ordered.front(), 1, 0},
                  [&] { return absl::StrCat("read in this order: ", absl::StrJoin(ordered, ", ")); });
  }
  for (const std::string& file : ordered) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t bytes, file_access.Bytes(file));
    report.files.push_back({file, bytes});
    meter.AddTotal(bytes * passes);
  }
  ImportContext context{file_access, ordered, options, writer, doctor, report, meter, books};
  CRUCIBLE_RETURN_IF_ERROR(RunCopies(*importer, context));
  FillCounts(writer, report);
  report.findings = doctor.Findings();
  report.measures = doctor.measures();
  report.passed_over = doctor.passed_over();
  meter.Finish();
  return report;
}

absl::StatusOr<ImportReport> Import(std::span<const std::string> files, const ImportOptions& options,
                                    RecordSink& sink, const Progress& progress) {
  CRUCIBLE_ASSIGN_OR_RETURN(ImportReport report, ImportFrom(RealFiles(), files, options, sink, progress));
  CRUCIBLE_RETURN_IF_ERROR(CheckKept(report, options));
  return report;
}

absl::StatusOr<ImportReport> Inspect(std::span<const std::string> files, const ImportOptions& options,
                                     const Progress& progress) {
  HashSink sink;
  return ImportFrom(RealFiles(), files, options, sink, progress);
}

absl::StatusOr<std::vector<std::string>> OrderFiles(std::span<const std::string> files,
                                                    const ImportOptions& options) {
  if (files.size() < 2) return std::vector<std::string>(files.begin(), files.end());
  CRUCIBLE_ASSIGN_OR_RETURN(const Format* const format, ChooseFormat(RealFiles(), files.front(), options));
  return FilesInTime(RealFiles(), *format, files, options);
}

absl::StatusOr<std::string> DetectFormat(const std::string& path) {
  return DetectFormatFrom(RealFiles(), path);
}

std::vector<FormatInfo> AllFormats() {
  std::vector<FormatInfo> formats;
  for (const Format& format : FormatTable()) formats.push_back({format.name, format.description});
  return formats;
}

}  // namespace crucible::decode
