#include "framework/decode/book_check.h"

#include "absl/strings/str_format.h"

namespace crucible::decode {

void BookCheck::Watch(InstrumentId id, const Instrument& instrument, book::BookType type,
                      std::uint32_t window_levels) {
  if (books_.size() <= id.value) books_.resize(id.value + 1);
  const book::BookOptions options{
      .type = type, .tick_size = instrument.tick_size, .window_levels = window_levels, .dense_ids = false};
  books_[id.value] = std::make_unique<book::Book>(options);
}

const book::Book* BookCheck::book(InstrumentId id) const {
  return id.value < books_.size() ? books_[id.value].get() : nullptr;
}

void BookCheck::OnGroup(std::span<const Event> group, const Position& at) {
  const std::uint32_t id = group.front().instrument;
  if (id >= books_.size() || books_[id] == nullptr) return;
  book::Book& book = *books_[id];
  const book::ApplyResult result = book.Apply(group);
  if (result.touch_changed && !book.stale()) Examine(book.touch(), at);
}

void BookCheck::Examine(const book::Touch& touch, const Position& at) {
  if (!touch.HasBoth()) {
    doctor_.Report(FindingCode::kEmptyBook, at, [&] { return touch.HasBid() ? "no ask" : "no bid"; });
  } else if (touch.bid_price >= touch.ask_price) {
    const auto code = touch.IsCrossed() ? FindingCode::kCrossedBook : FindingCode::kLockedBook;
    doctor_.Report(code, at, [&] {
      return absl::StrFormat("bid %d, ask %d price units", touch.bid_price.units, touch.ask_price.units);
    });
  }
}

}  // namespace crucible::decode
