#include "framework/engine/journal_reader.h"

#include <algorithm>
#include <utility>

#include "framework/engine/strategy_host.h"
#include "framework/event/kinds.h"

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

class MarketReader final : public RecordReader {
 public:
  explicit MarketReader(std::unique_ptr<RecordReader> all) : all_(std::move(all)) {}

  absl::StatusOr<std::size_t> Read(std::span<Event> storage) override {
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, all_->Read(storage));
      const auto others = std::ranges::remove_if(storage.first(count), [](const Event& event) { return !IsMarketData(event.kind); });
      if (count == 0 || others.size() < count) return count - others.size();
    }
  }
  std::size_t max_batch() const override { return all_->max_batch(); }
  std::uint64_t size() const override { return all_->size(); }

 private:
  std::unique_ptr<RecordReader> all_;
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

absl::StatusOr<std::unique_ptr<RecordReader>> ReadMarket(const journal::Journal& journal, std::string_view stream) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto all, ReadStream(journal, stream));
  return std::make_unique<MarketReader>(std::move(all));
}

absl::StatusOr<std::map<std::uint64_t, std::string>> ReadFeatureNames(const journal::Journal& journal,
                                                                      std::string_view stream) {
  constexpr std::string_view kPrefix = "feature\n";
  std::map<std::uint64_t, std::string> names;
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamSize size, journal.Size(stream));
  for (std::uint64_t seq = 1; seq <= size.texts; ++seq) {
    const absl::StatusOr<std::string> text = journal.Text(stream, seq);
    CRUCIBLE_RETURN_IF_ERROR(text.status());
    if (!text->starts_with(kPrefix)) continue;
    const std::string name = text->substr(kPrefix.size());
    names[FeatureId(name)] = name;
  }
  return names;
}

}  // namespace crucible::engine
