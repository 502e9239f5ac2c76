#include "framework/book/quote_book.h"

namespace crucible::book {

BookError QuoteBook::Set(Side side, Price price, Quantity quantity, std::int64_t order_count) {
  if (side == Side::kNone || quantity.units < 0) {
    ++counters_.bad_records;
    return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
  }
  const bool present = quantity.units > 0;
  touch_.Set(side, present ? price : Price{}, quantity);
  order_counts_[side == Side::kBid ? 0 : 1] = present ? order_count : 0;
  return BookError::kNone;
}

void QuoteBook::Clear() {
  touch_ = {};
  order_counts_ = {};
}

BookError QuoteBook::ApplyOne(const Event& event) {
  switch (event.kind) {
    case Kind::kQuote: {
      const auto quote = As<QuoteBody>(event);
      return Set(event.side, quote.price, quote.quantity, quote.order_count);
    }
    case Kind::kBookClear:
      Clear();
      return BookError::kNone;
    default:
      if (IsBookRecord(event.kind)) ++counters_.foreign_records;
      return BookError::kNone;
  }
}

ApplyResult QuoteBook::Apply(std::span<const Event> group) {
  const Touch before = touch_;
  ApplyResult result;
  for (const Event& event : group) {
    const BookError error = ApplyOne(event);
    if (result.error == BookError::kNone) result.error = error;
  }
  result.touch_changed = touch_ != before;
  return result;
}

std::optional<LevelView> QuoteBook::Best(Side side) const {
  if (touch_.quantity(side).units == 0) return std::nullopt;
  return LevelView{touch_.price(side), touch_.quantity(side), order_counts_[side == Side::kBid ? 0 : 1]};
}

Quantity QuoteBook::QuantityAt(Side side, Price price) const {
  return touch_.price(side) == price ? touch_.quantity(side) : Quantity{};
}

std::size_t QuoteBook::Depth(Side side, std::span<LevelView> out) const {
  const auto best = Best(side);
  if (!best || out.empty()) return 0;
  out.front() = *best;
  return 1;
}

void QuoteBook::Hash(StateHasher& hasher) const {
  for (Side side : {Side::kBid, Side::kAsk}) {
    hasher.Add(touch_.price(side).units);
    hasher.Add(touch_.quantity(side).units);
    hasher.Add(order_counts_[side == Side::kBid ? 0 : 1]);
  }
}

bool QuoteBook::InvariantsHold() const {
  for (Side side : {Side::kBid, Side::kAsk}) {
    if (touch_.quantity(side).units < 0) return false;
    if (touch_.quantity(side).units == 0 && touch_.price(side) != Price{}) return false;
  }
  return true;
}

}  // namespace crucible::book
