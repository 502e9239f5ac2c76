#include "framework/journal/cursor.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/journal/cursor_impl.h"

namespace crucible::journal {
namespace {

std::span<const Event> Trim(std::span<const Event> records, const Range& range) {
  const auto inside = [&](const Event& event) {
    return event.seq >= range.first_seq && event.seq <= range.last_seq && event.time >= range.min_time &&
           event.time <= range.max_time;
  };
  while (!records.empty() && !inside(records.front())) records = records.subspan(1);
  while (!records.empty() && !inside(records.back())) records = records.first(records.size() - 1);
  return records;
}

}  // namespace

Cursor::Impl::Impl(std::shared_ptr<Connection> connection, BlockSource source, const Range& range)
    : connection_(std::move(connection)), source_(std::move(source)), range_(range) {}

absl::StatusOr<std::unique_ptr<Cursor::Impl>> Cursor::Impl::Open(std::shared_ptr<Connection> connection,
                                                                 std::uint64_t stream_id,
                                                                 const Range& range) {
  CRUCIBLE_ASSIGN_OR_RETURN(BlockSource source,
                            BlockSource::Open(connection->database(), "main", stream_id, range,
                                              {.kind_mask = range.kind_mask, .unchecked = true}));
  return std::unique_ptr<Impl>(new Impl(std::move(connection), std::move(source), range));
}

absl::Status Cursor::Impl::DecodeInto(std::span<Event> records) {
  const Piece& piece = source_.piece();
  if (!piece.is_tail) {
    return decoder_.Decode(piece.header.codec, piece.payload, piece.header.first_seq, records);
  }
  std::memcpy(records.data(), piece.payload.data(), piece.payload.size());
  return absl::OkStatus();
}

absl::StatusOr<std::span<const Event>> Cursor::Impl::Next(std::span<Event> storage) {
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source_.Next());
    if (!found) return std::span<const Event>();
    const std::uint32_t count = source_.piece().header.count();
    if (count > storage.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("storage holds %d records, the next block has %d", storage.size(), count));
    }
    const absl::Status status = DecodeInto(storage.first(count));
    if (!status.ok()) {
      return absl::DataLossError(absl::StrFormat(
          "%s: event_block, seq %d to %d: %s", connection_->path(), source_.piece().header.first_seq,
          source_.piece().header.last_seq, std::string(status.message())));
    }
    const std::span<const Event> records = Trim(storage.first(count), range_);
    if (!records.empty()) return records;
  }
}

absl::StatusOr<std::span<const Event>> Cursor::Impl::Next() {
  if (own_storage_.empty()) own_storage_.resize(max_records());
  return Next(own_storage_);
}

Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cursor::~Cursor() = default;
absl::StatusOr<std::span<const Event>> Cursor::Next() { return impl_->Next(); }
absl::StatusOr<std::span<const Event>> Cursor::Next(std::span<Event> storage) { return impl_->Next(storage); }
std::uint32_t Cursor::max_block_records() const { return impl_->max_records(); }

}  // namespace crucible::journal
