// The groups of market data of a stream, one after the other, in the order of the stream; a run's own stream
// holds other records between them, which are passed over.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/journal/journal.h"

namespace crucible::report {

class GroupReader {
 public:
  static absl::StatusOr<GroupReader> Open(const journal::Journal& journal, const std::string& stream);

  // The next group of market data; empty at the end. Valid until the next call. A group that the stream
  // leaves open is kDataLoss.
  absl::StatusOr<std::span<const Event>> Next();

 private:
  explicit GroupReader(std::unique_ptr<journal::Cursor> cursor) : cursor_(std::move(cursor)) {}
  std::unique_ptr<journal::Cursor> cursor_;
  std::span<const Event> block_;
  std::vector<Event> group_;
};

}  // namespace crucible::report
