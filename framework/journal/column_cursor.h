// Room-internal: how a Journal makes its column cursors.
#pragma once

#include <memory>
#include <vector>

#include "framework/journal/cursor_impl.h"

namespace crucible::journal {

class ColumnCursor::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Open(std::shared_ptr<Connection> connection,
                                                    std::uint64_t stream_id, std::uint32_t columns,
                                                    const Range& range);
  absl::StatusOr<ColumnBlock> Next();

 private:
  Impl(std::unique_ptr<Cursor::Impl> cursor, std::uint32_t columns);
  std::unique_ptr<Cursor::Impl> cursor_;
  std::uint32_t columns_;
  std::vector<std::int64_t> time_;
  std::vector<std::uint64_t> origin_;
  std::vector<std::uint32_t> instrument_;
  std::vector<std::uint32_t> kind_;
  std::vector<std::int64_t> body_[4];
};

}  // namespace crucible::journal
