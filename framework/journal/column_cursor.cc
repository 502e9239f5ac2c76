#include "framework/journal/column_cursor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::journal {
namespace {

template <class T>
void Shorten(std::span<const T>& column, std::size_t first, std::size_t count) {
  if (!column.empty()) column = column.subspan(first, count);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ColumnCursor::Impl>> ColumnCursor::Impl::Open(
    std::shared_ptr<Connection> connection, std::uint64_t stream_id, std::uint32_t columns,
    const Range& range) {
  CRUCIBLE_ASSIGN_OR_RETURN(BlockSource source,
                            BlockSource::Open(connection->database(), "main", stream_id, range));
  return std::unique_ptr<Impl>(new Impl(std::move(connection), std::move(source), columns, range));
}

ColumnCursor::Impl::Impl(std::shared_ptr<Connection> connection, BlockSource source, std::uint32_t columns,
                         const Range& range)
    : connection_(std::move(connection)), source_(std::move(source)), columns_(columns), range_(range) {}

absl::StatusOr<ColumnBlock> ColumnCursor::Impl::Next() {
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source_.Next());
    if (!found) return ColumnBlock();
    CRUCIBLE_ASSIGN_OR_RETURN(ColumnBlock block, DecodePiece());
    block = Trim(block);
    if (block.count != 0) return block;
  }
}

absl::StatusOr<ColumnBlock> ColumnCursor::Impl::DecodePiece() {
  const Piece& piece = source_.piece();
  const bool timed = range_.min_time != INT64_MIN || range_.max_time != INT64_MAX;
  const std::uint32_t columns = columns_ | (timed ? column::kTime : 0);
  ColumnBlock block;
  block.first_seq = piece.header.first_seq;
  block.count = piece.header.count();
  const absl::Status status =
      decoder_.Decode(piece.header.codec, piece.payload, block.first_seq, block.count, columns, block);
  if (status.ok()) return block;
  return absl::DataLossError(absl::StrFormat("%s: event_block, seq %d to %d: %s", connection_->path(),
                                             block.first_seq, piece.header.last_seq,
                                             std::string(status.message())));
}

ColumnBlock ColumnCursor::Impl::Trim(ColumnBlock block) const {
  const auto inside = [&](std::size_t i) {
    const std::uint64_t seq = block.first_seq + i;
    const bool in_time =
        block.time.empty() || (block.time[i] >= range_.min_time && block.time[i] <= range_.max_time);
    return in_time && seq >= range_.first_seq && seq <= range_.last_seq;
  };
  std::size_t first = 0;
  std::size_t end = block.count;
  while (first < end && !inside(first)) ++first;
  while (end > first && !inside(end - 1)) --end;
  if ((columns_ & column::kTime) == 0) block.time = {};
  block.first_seq += first;
  block.count = static_cast<std::uint32_t>(end - first);
  Shorten(block.time, first, block.count);
  Shorten(block.origin, first, block.count);
  Shorten(block.instrument, first, block.count);
  Shorten(block.kind, first, block.count);
  for (auto& slot : block.body) Shorten(slot, first, block.count);
  return block;
}

ColumnCursor::ColumnCursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ColumnCursor::~ColumnCursor() = default;
absl::StatusOr<ColumnBlock> ColumnCursor::Next() { return impl_->Next(); }

}  // namespace crucible::journal
