// Where a producer (an importer, an engine run) puts its records: a journal, a hash only, a comparison.
#pragma once

#include <span>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/event/event.h"

namespace crucible {

class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // Takes the next records of the stream; their seq continue the stream without a gap. An error is final.
  virtual absl::Status Append(std::span<const Event> records) = 0;
  // Text that no record can hold: returns its sequence (1, 2, ...) in the text stream.
  virtual absl::StatusOr<std::uint64_t> AppendText(std::string_view text) = 0;
  // Running hash over everything appended.
  virtual Hash128 log_hash() const = 0;
};

}  // namespace crucible
