// Room-internal: how a Journal makes its column cursors.
#pragma once

#include <memory>

#include "framework/journal/block_source.h"
#include "framework/journal/column_decoder.h"
#include "framework/journal/connection.h"

namespace crucible::journal {

class ColumnCursor::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Open(std::shared_ptr<Connection> connection,
                                                    std::uint64_t stream_id, std::uint32_t columns,
                                                    const Range& range);
  absl::StatusOr<ColumnBlock> Next();

 private:
  Impl(std::shared_ptr<Connection> connection, BlockSource source, std::uint32_t columns, const Range& range);
  absl::StatusOr<ColumnBlock> DecodePiece();
  ColumnBlock Trim(ColumnBlock block) const;

  std::shared_ptr<Connection> connection_;  // outlives the statements in source_
  BlockSource source_;
  std::uint32_t columns_;
  Range range_;
  ColumnDecoder decoder_;
};

}  // namespace crucible::journal
