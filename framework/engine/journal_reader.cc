#include "framework/engine/journal_reader.h"

#include <algorithm>
#include <utility>

namespace crucible::engine {
namespace {

class JournalReader final : public RecordReader {
 public:
  JournalReader(std::unique_ptr<journal::Cursor> cursor, std::uint64_t size)
      : cursor_(std::move(cursor)), size_(size) {}

  absl::StatusOr<std::size_t> Read(std::span<Event> storage) override {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> read, cursor_->Next(storage));
    return read.size();
  }
  std::size_t max_batch() const override { return cursor_->max_block_records(); }
  std::uint64_t size() const override { return size_; }

 private:
  std::unique_ptr<journal::Cursor> cursor_;
  std::uint64_t size_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordReader>> ReadStream(const journal::Journal& journal, std::string_view stream,
                                                         const journal::Range& range) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, journal.Head(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<journal::Cursor> cursor, journal.Read(stream, range));
  const std::uint64_t last = std::min(head.last_seq, range.last_seq);
  const std::uint64_t size = last < range.first_seq ? 0 : last - range.first_seq + 1;
  return std::make_unique<JournalReader>(std::move(cursor), size);
}

}  // namespace crucible::engine
