// What a format is made of, for those who add one; callers use import.h.
//
// A format is an entry of the table in formats.cc: a name, a test that recognises its files by name and first
// lines, and an Importer that turns files into groups of records. Everything else (decompression, lines,
// batching, numbering, repeats, progress, findings) is here already.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/decode/book_check.h"
#include "framework/decode/byte_reader.h"
#include "framework/decode/byte_source.h"
#include "framework/decode/doctor.h"
#include "framework/decode/import.h"
#include "framework/decode/line_reader.h"
#include "framework/decode/record_writer.h"

namespace crucible::decode {

// Where files come from: the file system, or a test.
class FileAccess {
 public:
  virtual ~FileAccess() = default;
  virtual absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const = 0;
  // Stored size; kNotFound.
  virtual absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const = 0;
};
const FileAccess& RealFiles();

// The path without its folders.
std::string_view BaseName(std::string_view path);

// Turns stored bytes read into calls of the caller's Progress, at most one per 1/200 of the total.
class ProgressMeter {
 public:
  ProgressMeter(const Progress& progress, const RecordWriter& writer)
      : progress_(progress), writer_(writer) {}
  void AddTotal(std::uint64_t bytes) { update_.bytes_total += bytes; }
  void AddDone(std::uint64_t bytes);
  void Finish();

 private:
  const Progress& progress_;
  const RecordWriter& writer_;
  ProgressUpdate update_;
  std::uint64_t next_report_ = 0;
};

// Where decoded groups go. The references outlive the decoder.
struct DecodeOutput {
  RecordWriter& writer;
  Doctor& doctor;
  BookCheck& books;

  // Ends the writer's group, after the book of its instrument has taken it.
  absl::Status EndGroup(const Position& at) const;
};

// What an importer works with. The references outlive the import.
struct ImportContext {
  const FileAccess& file_access;
  std::vector<std::string> files;
  const ImportOptions& options;
  RecordWriter& writer;
  Doctor& doctor;
  ImportReport& report;  // the importer sets completeness and clock fields
  ProgressMeter& meter;
  BookCheck& books;

  // Opens a file of the import; its bytes count as progress.
  absl::StatusOr<LineReader> OpenLines(const std::string& path) const;
  absl::StatusOr<ByteReader> OpenBytes(const std::string& path) const;
  DecodeOutput output() const { return {writer, doctor, books}; }
};

class Importer {
 public:
  virtual ~Importer() = default;
  // Looks at the whole input before the first record is made, where the format needs it (clock offsets).
  virtual absl::Status Prepare(ImportContext& context) = 0;
  // How many times the files are read by one Prepare().
  virtual int preparation_passes() const { return 0; }
  // Decodes all files once. With options.repeat it is called again, and must then start from an empty book.
  virtual absl::Status Run(ImportContext& context) = 0;
};

// The beginning of a file, for those who recognise it.
struct FileHead {
  std::string_view name;                // without folders
  std::string_view bytes;               // decompressed, at most 256 KiB
  std::vector<std::string_view> lines;  // the complete lines of `bytes`, at most 64
};

struct Format {
  std::string_view name;
  std::string_view description;
  std::string_view options;  // which of those that only some formats have, as the command line names them
  bool (*recognises)(const FileHead& head);
  std::unique_ptr<Importer> (*make)();
  bool files_follow_in_time;  // several files are stretches of one stream, one after the other
};
// In the order in which they are asked. formats.cc
std::span<const Format> FormatTable();

// What a format says about its instruments; options may override each.
struct InstrumentDefaults {
  std::string venue;
  std::string symbol;
  std::string currency = "USD";
  std::string settle_currency;  // empty: as `currency`
  int price_decimals = 0;
  int quantity_decimals = 0;
  std::string tick_size = "1";  // decimal text; rounded up to one unit where the unit is coarser
  std::string lot_size = "1";
  std::int64_t multiplier = 1;
  Contract contract = Contract::kLinear;
};
absl::StatusOr<Instrument> MakeInstrument(const InstrumentDefaults& defaults, const ImportOptions& options);

// Import() over any source of files.
absl::StatusOr<ImportReport> ImportFrom(const FileAccess& file_access, std::span<const std::string> files,
                                        const ImportOptions& options, RecordSink& sink,
                                        const Progress& progress);
absl::StatusOr<std::string> DetectFormatFrom(const FileAccess& file_access, const std::string& path);

}  // namespace crucible::decode
