#include "framework/book/l2_book.h"

namespace crucible::book {

BookError L2Book::Refuse(Side side) {
  ++counters_.bad_records;
  return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
}

// At or before the best level, or where a page appears or goes.
BookError L2Book::SetSlowly(Ladder& levels, Price price, const Level& level) {
  if (level.quantity == 0) {
    const auto location = levels.Find(price);
    if (location == Ladder::kNone) {
      ++counters_.unknown_levels;
      return BookError::kNone;
    }
    levels.Remove(location);
  } else {
    const auto found = levels.FindOrCreate(price, [](auto, auto) {});
    *found.level = level;
    if (found.made && !levels.grid().Contains(price)) ++counters_.off_grid_levels;
  }
  RefreshTouch(levels);
  return BookError::kNone;
}

void L2Book::RefreshTouch(const Ladder& levels) {
  if (levels.empty()) {
    touch_.Set(levels.side(), {}, {});
  } else {
    touch_.Set(levels.side(), levels.best_price(), {levels.at(levels.best()).quantity});
  }
}

void L2Book::Clear() {
  for (Ladder& levels : ladders_) levels.Clear();
  touch_ = {};
  stale_ = false;
}

BookError L2Book::ApplyOne(const Event& event) {
  switch (event.kind) {
    case Kind::kBookClear:
      Clear();
      return BookError::kNone;
    case Kind::kFeedGap:
      stale_ = true;
      return BookError::kNone;
    default:
      if (IsBookRecord(event.kind) && event.kind != Kind::kDepthHead) ++counters_.foreign_records;
      return BookError::kNone;
  }
}

ApplyResult L2Book::Apply(std::span<const Event> group) {
  const Touch before = touch_;
  ApplyResult result;
  for (const Event& event : group) {
    BookError error;
    if (event.kind == Kind::kLevel) [[likely]] {
      // LevelBody, read in place
      error = Set(event.side, {event.body[0]}, {event.body[1]}, event.body[3]);
    } else {
      error = ApplyOne(event);
    }
    if (error != BookError::kNone && result.error == BookError::kNone) result.error = error;
  }
  result.touch_changed = touch_ != before;
  return result;
}

LevelView L2Book::ViewOf(const Ladder& levels, Ladder::Location location) {
  const Level& level = levels.at(location);
  return {levels.PriceOf(location), {level.quantity}, level.order_count};
}

std::optional<LevelView> L2Book::Best(Side side) const { return LevelAt(side, 0); }

std::optional<LevelView> L2Book::LevelAt(Side side, std::size_t n) const {
  const Ladder& levels = ladder(side);
  auto at = levels.best();
  while (n-- > 0 && at != Ladder::kNone) at = levels.Next(at);
  if (at == Ladder::kNone) return std::nullopt;
  return ViewOf(levels, at);
}

Quantity L2Book::QuantityAt(Side side, Price price) const {
  const auto location = ladder(side).Find(price);
  return location == Ladder::kNone ? Quantity{} : Quantity{ladder(side).at(location).quantity};
}

std::size_t L2Book::Depth(Side side, std::span<LevelView> out) const {
  std::size_t filled = 0;
  if (out.empty()) return filled;
  ForEachLevel(side, [&](const LevelView& level) {
    out[filled++] = level;
    return filled < out.size();
  });
  return filled;
}

void L2Book::Hash(StateHasher& hasher) const {
  hasher.Add(std::uint64_t{stale_});
  for (Side side : {Side::kBid, Side::kAsk}) {
    hasher.Add(std::uint64_t{level_count(side)});
    ForEachLevel(side, [&](const LevelView& level) {
      hasher.Add(level.price.units);
      hasher.Add(level.quantity.units);
      hasher.Add(level.order_count);
      return true;
    });
  }
}

bool L2Book::InvariantsHold() const {
  for (Side side : {Side::kBid, Side::kAsk}) {
    if (!ladder(side).InvariantsHold()) return false;
    bool positive = true;
    ForEachLevel(side, [&](const LevelView& level) { return positive = level.quantity.units > 0; });
    if (!positive) return false;
    const auto best = Best(side);
    if (touch_.quantity(side) != (best ? best->quantity : Quantity{})) return false;
    if (touch_.price(side) != (best ? best->price : Price{})) return false;
  }
  return true;
}

}  // namespace crucible::book
