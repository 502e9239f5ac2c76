// Records as files that other programs read: CSV, or one NumPy array per column.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"

namespace crucible::cli {

class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  virtual absl::Status Append(std::span<const Event> records) = 0;
  // Completes the files. Without it what was written is not to be used.
  virtual absl::Status Finish() = 0;
};

// What the columns mean.
struct RecordTable {
  std::optional<Kind> kind;  // the only kind of the records: slots have its names, and CSV shows decimals
  std::vector<Instrument> instruments;  // by id
};

// `path` "-" is standard output.
absl::StatusOr<std::unique_ptr<RecordWriter>> OpenCsv(const std::string& path, const RecordTable& table);
// COLUMN.npy for each column in the existing directory `path`: little-endian integers of the records' units.
absl::StatusOr<std::unique_ptr<RecordWriter>> OpenArrays(const std::string& path, const RecordTable& table);

}  // namespace crucible::cli
