// Vendor files to records: the door of the room.
//
//   auto report = decode::Import({"GOOG_..._message_10.csv.zst"}, {}, appender, {});
//
// Records are a pure function of the input bytes and the options: importing twice gives the same records,
// which is what lets a journal resume a crashed import by comparing the prefix. Memory is bounded whatever
// the length of the input (line length, batch, live orders). Files may be plain, gzip or zstd, told by their
// first bytes.
//
// Errors: kNotFound (no such file), kInvalidArgument (an option, or a value in the file; the message names
// file, line, value and what would be valid), kDataLoss (truncated or damaged compression), kUnimplemented
// (no format recognises the file), and whatever the sink returns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/decode/report.h"
#include "framework/event/record_sink.h"

namespace crucible::decode {

// Empty or absent means: the format's default, or what the file's name and content say.
struct ImportOptions {
  std::string format;  // a name of AllFormats()
  std::string symbol;
  std::string venue;
  std::string currency;
  std::string settle_currency;
  std::optional<int> price_decimals;
  std::optional<int> quantity_decimals;
  std::string tick_size;  // decimal text, "0.10"
  std::string lot_size;   // decimal text, "0.001"
  std::optional<std::int64_t> multiplier;
  std::optional<Contract> contract;
  std::string columns;                   // bars: "time,open,high,low,close,volume"; "-" skips a column
  std::optional<Duration> bar_length;    // bars: default one minute
  std::string date;                      // "2012-06-21", for sources whose times lack the day
  std::optional<Duration> utc_offset;    // local minus UTC, for sources in local time
  std::vector<std::string> channels;     // of "depth", "trade", "quote"; empty keeps all
  std::optional<int> window_levels;      // LOBSTER: 0 declares the file complete (full L3)
  std::optional<Duration> clock_offset;  // receive clock minus exchange clock; else estimated
  Duration latency_floor{1'000'000};     // smallest feed latency after re-basing
  std::uint64_t repeat = 1;              // the input this many times over, each copy later in time
};

struct ProgressUpdate {
  std::uint64_t bytes_done = 0;  // of the stored files, every pass counted
  std::uint64_t bytes_total = 0;
  std::uint64_t records = 0;
};
// Called from the importing thread, at most a few hundred times per import.
using Progress = std::function<void(const ProgressUpdate&)>;

// Decodes `files`, which are one stream in the order of OrderFiles(), into `sink`. kInvalidArgument says what
// was there when nothing is to be kept.
absl::StatusOr<ImportReport> Import(std::span<const std::string> files, const ImportOptions& options,
                                    RecordSink& sink, const Progress& progress = {});

// The order in which files are taken: of their times, for captures, quotes and bars; else as given
// (definitions beside messages, one file per channel). So the records do not depend on the order of the
// arguments.
absl::StatusOr<std::vector<std::string>> OrderFiles(std::span<const std::string> files,
                                                    const ImportOptions& options);

// The data doctor: the same path, the records discarded.
absl::StatusOr<ImportReport> Inspect(std::span<const std::string> files, const ImportOptions& options,
                                     const Progress& progress = {});

// Name of the format that recognises the file.
absl::StatusOr<std::string> DetectFormat(const std::string& path);

struct FormatInfo {
  std::string_view name;
  std::string_view description;
};
std::vector<FormatInfo> AllFormats();

}  // namespace crucible::decode
