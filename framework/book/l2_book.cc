#include "framework/book/l2_book.h"

namespace crucible::book {

BookError L2Book::Refuse(Side side) {
  ++counters_.bad_records;
  return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
}

// Where a page must be made, or prices are loose.
void L2Book::SetElsewhere(Ladder& levels, Price price, std::int64_t quantity) {
  if (quantity == 0) {
    const auto location = levels.Find(price);
    if (location == Ladder::kNone) {
      ++counters_.unknown_levels;
      return;
    }
    levels.Remove(location);
  } else {
    const auto found = levels.FindOrCreate(price, [&](Ladder::Location from, Ladder::Location to) {
      OrderCounts& counts = counts_[levels.side() == Side::kBid ? 0 : 1];
      if (has_counts_) counts.Set(to, counts.At(from));
    });
    *found.level = quantity;
    if (found.made && !levels.grid().Contains(price)) ++counters_.off_grid_levels;
  }
  RefreshTouch(levels);
}

void L2Book::OrderCounts::Set(Ladder::Location location, std::int64_t count) {
  List& list = lists_[Ladder::IsLoose(location)];
  const std::size_t position = Ladder::Position(location);
  if (position >= list.size()) list.resize(2 * (position | 63));
  list[position] = count;
}

void L2Book::SetCount(Side side, Price price, std::int64_t order_count) {
  has_counts_ = true;
  const auto location = ladder(side).Find(price);
  if (location != Ladder::kNone) counts_[side == Side::kBid ? 0 : 1].Set(location, order_count);
}

void L2Book::RefreshTouch(const Ladder& levels) {
  if (levels.empty()) {
    touch_.Set(levels.side(), {}, {});
  } else {
    touch_.Set(levels.side(), levels.best_price(), {levels.at(levels.best())});
  }
}

void L2Book::Clear() {
  for (Ladder& levels : ladders_) levels.Clear();
  touch_ = {};
  stale_ = false;
}

void L2Book::ChangeTick(PriceDelta tick_size) {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    std::vector<LevelView> levels(level_count(side));
    Depth(side, levels);
    ladder(side) = Ladder(side, tick_size);
    for (const LevelView& level : levels) {
      SetElsewhere(ladder(side), level.price, level.quantity.units);
      if (has_counts_) SetCount(side, level.price, level.order_count);
    }
  }
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

std::size_t L2Book::ApplyRun(std::span<const Event> events, PriceRange watched) {
  const Side side = events.front().side;
  if (side == Side::kNone || has_counts_) return 0;
  std::size_t applied = 0;
  bool reached_best = false;
  {
    Ladder::Run levels(ladder(side));
    for (const Event& event : events) {
      // LevelBody, read in place
      const Price price{event.body[0]};
      const std::int64_t quantity = event.body[1];
      if (event.kind != Kind::kLevel || event.side != side) break;
      if ((static_cast<std::uint64_t>(quantity) >> 63 | static_cast<std::uint64_t>(event.body[3])) != 0)
        break;
      if (watched.Contains(price)) break;
      if (!levels.TrySet(price, quantity, quantity != 0)) break;
      ++applied;
    }
    reached_best = levels.reached_best();
    counters_.unknown_levels += levels.missed();
  }
  if (reached_best) RefreshTouch(ladder(side));
  return applied;
}

ApplyResult L2Book::Apply(std::span<const Event> group) {
  const Touch before = touch_;
  ApplyResult result;
  for (std::size_t i = 0; i < group.size(); ++i) {
    i += ApplyRun(group.subspan(i), {});
    if (i == group.size()) break;
    const Event& event = group[i];
    const BookError error = event.kind == Kind::kLevel
                                ? Set(event.side, {event.body[0]}, {event.body[1]}, event.body[3])
                                : ApplyOne(event);
    if (error != BookError::kNone && result.error == BookError::kNone) result.error = error;
  }
  result.touch_changed = touch_ != before;
  return result;
}

LevelView L2Book::ViewOf(const Ladder& levels, Ladder::Location location) const {
  return {levels.PriceOf(location), {levels.at(location)}, CountAt(levels, location)};
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
  return location == Ladder::kNone ? Quantity{} : Quantity{ladder(side).at(location)};
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
