#include "framework/journal/column_cursor.h"

#include <utility>

namespace crucible::journal {

absl::StatusOr<std::unique_ptr<ColumnCursor::Impl>> ColumnCursor::Impl::Open(
    std::shared_ptr<Connection> connection, std::uint64_t stream_id, std::uint32_t columns,
    const Range& range) {
  CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<Cursor::Impl> cursor,
                            Cursor::Impl::Open(std::move(connection), stream_id, range));
  return std::unique_ptr<Impl>(new Impl(std::move(cursor), columns));
}

ColumnCursor::Impl::Impl(std::unique_ptr<Cursor::Impl> cursor, std::uint32_t columns)
    : cursor_(std::move(cursor)), columns_(columns) {}

absl::StatusOr<ColumnBlock> ColumnCursor::Impl::Next() {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor_->Next());
  ColumnBlock block;
  if (records.empty()) return block;
  block.first_seq = records.front().seq;
  block.count = static_cast<std::uint32_t>(records.size());
  const auto fill = [&]<class T>(std::uint32_t bit, std::vector<T>& column, auto field) {
    if ((columns_ & bit) == 0) return std::span<const T>();
    column.resize(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) column[i] = field(records[i]);
    return std::span<const T>(column);
  };
  block.time = fill(column::kTime, time_, [](const Event& e) { return e.time; });
  block.origin = fill(column::kOrigin, origin_, [](const Event& e) { return e.origin; });
  block.instrument = fill(column::kInstrument, instrument_, [](const Event& e) { return e.instrument; });
  block.kind = fill(column::kKind, kind_, [](const Event& e) {
    return static_cast<std::uint32_t>(e.kind) | static_cast<std::uint32_t>(e.side) << 8 |
           std::uint32_t{e.flags} << 16;
  });
  for (std::size_t slot = 0; slot < 4; ++slot) {
    block.body[slot] =
        fill(column::kBody0 << slot, body_[slot], [slot](const Event& e) { return e.body[slot]; });
  }
  return block;
}

ColumnCursor::ColumnCursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ColumnCursor::~ColumnCursor() = default;
absl::StatusOr<ColumnBlock> ColumnCursor::Next() { return impl_->Next(); }

}  // namespace crucible::journal
