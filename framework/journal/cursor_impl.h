// Room-internal: how a Journal makes its cursors.
#pragma once

#include <memory>
#include <vector>

#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/connection.h"

namespace crucible::journal {

class Cursor::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Open(std::shared_ptr<Connection> connection,
                                                    std::uint64_t stream_id, const Range& range);
  absl::StatusOr<std::span<const Event>> Next(std::span<Event> storage);
  absl::StatusOr<std::span<const Event>> Next();
  std::uint32_t max_records() const { return connection_->block_records(); }

 private:
  Impl(std::shared_ptr<Connection> connection, BlockSource source, const Range& range);
  absl::Status DecodeInto(std::span<Event> records);

  std::shared_ptr<Connection> connection_;  // outlives the statements in source_
  BlockSource source_;
  Range range_;
  BlockDecoder decoder_;
  std::vector<Event> own_storage_;
};

}  // namespace crucible::journal
