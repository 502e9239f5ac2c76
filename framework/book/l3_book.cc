#include "framework/book/l3_book.h"

#include <algorithm>
#include <utility>

namespace crucible::book {

L3Book::L3Book(const L3Options& options)
    : window_levels_(options.window_levels),
      ladders_{Ladder(Side::kBid, options.tick_size), Ladder(Side::kAsk, options.tick_size)},
      orders_(options.dense_ids),
      options_(options) {}

OrderIndex L3Book::AnonymousOf(const Level& level) const {
  return orders_[level.queue.first].anonymous ? level.queue.first : kNoOrder;
}

// ---- levels ----

L3Book::Ladder::Found L3Book::LevelFor(Side side, Price price) {
  Ladder& levels = ladder(side);
  const auto found = levels.FindOrCreate(price, [&](Location, Location to) { Relocate(levels, to); });
  if (found.made && Ladder::IsLoose(found.location) && !levels.grid().Contains(price)) [[unlikely]]
    ++counters_.off_grid_levels;
  return found;
}

void L3Book::Relocate(Ladder& levels, Location to) {
  for (OrderIndex index = levels.at(to).queue.first; index != kNoOrder; index = orders_[index].next)
    orders_[index].location = to;
}

void L3Book::ChangeTick(PriceDelta tick_size) {
  options_.tick_size = tick_size;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    Ladder old = std::exchange(ladder(side), Ladder(side, tick_size));
    for (Location at = old.best(); at != Ladder::kNone; at = old.Next(at)) {
      const Ladder::Found found = LevelFor(side, old.PriceOf(at));
      *found.level = old.at(at);
      Relocate(ladder(side), found.location);
    }
  }
}

void L3Book::RefreshTouch(Side side) {
  const Ladder& levels = ladder(side);
  if (levels.empty()) {
    touch_.Set(side, {}, {});
  } else {
    touch_.Set(side, levels.best_price(), {levels.at(levels.best()).quantity});
  }
}

// A level that stays has another quantity. True if it is the best one.
inline bool L3Book::QuantityChanged(Side side, Location location, std::int64_t quantity) {
  const bool at_best = location == ladder(side).best();
  if (at_best) (side == Side::kBid ? touch_.bid_quantity : touch_.ask_quantity).units = quantity;
  return at_best;
}

void L3Book::LevelGone(Side side, Location location) {
  Ladder& levels = ladder(side);
  const bool was_best = location == levels.best();
  ++levels_gone_;
  levels.Remove(location);
  if (was_best) RefreshTouch(side);
}

inline void L3Book::Join(Level& level, Location location, OrderIndex index) {
  OrderNode& node = orders_[index];
  node.location = location;
  level.quantity += node.quantity;
  ++level.named;
  orders_.PushBack(level.queue, index);
}

void L3Book::EnterLevel(Side side, Price price, OrderIndex index) {
  orders_[index].side = side;
  static_cast<void>(EnterOtherLevel(side, price, index));
}

// A level that must be made, or lies off the pages.
[[gnu::noinline]] ApplyResult L3Book::EnterOtherLevel(Side side, Price price, OrderIndex index) {
  const Ladder::Found found = LevelFor(side, price);
  Join(*found.level, found.location, index);
  if (found.location != ladder(side).best()) return {};
  RefreshTouch(side);
  return {true, BookError::kNone};
}

void L3Book::LeaveLevel(OrderIndex index) {
  const OrderNode& node = orders_[index];
  Level& level = ladder(node.side).at(node.location);
  orders_.Unlink(level.queue, index);
  if (level.queue.empty()) return LevelGone(node.side, node.location);
  level.quantity -= node.quantity;
  level.named -= node.anonymous ? 0U : 1U;
  QuantityChanged(node.side, node.location, level.quantity);
}

// Removes a level with everything in it.
void L3Book::DropLevel(Side side, Location location) {
  const Level& level = ladder(side).at(location);
  counters_.evicted_orders += level.named;
  for (OrderIndex index = level.queue.first; index != kNoOrder;) {
    const OrderIndex next = orders_[index].next;
    orders_.Erase(index);
    index = next;
  }
  LevelGone(side, location);
}

[[gnu::noinline]] void L3Book::EvictOutsideWindow() {
  for (Side side : {Side::kBid, Side::kAsk}) {
    while (ladder(side).size() > window_levels_) {
      ++counters_.evicted_levels;
      DropLevel(side, ladder(side).Worst());
    }
  }
}

// ---- mutation ----

[[gnu::noinline]] ApplyResult L3Book::RefuseAdd(Side side, Quantity quantity) {
  if (side != Side::kNone && quantity.units > 0) {
    ++counters_.duplicate_orders;
    return {false, BookError::kDuplicateOrder};
  }
  ++counters_.bad_records;
  return {false, side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity};
}

// Where the store must grow.
[[gnu::noinline]] ApplyResult L3Book::AddWithRoom(Side side, Price price, Quantity quantity, OrderId id) {
  newest_ = orders_.Make(id, orders_.Locate(id));
  orders_[newest_].quantity = quantity.units;
  orders_[newest_].side = side;
  return EnterOtherLevel(side, price, newest_);
}

[[gnu::noinline]] ApplyResult L3Book::AddOrder(Side side, Price price, Quantity quantity, OrderId id) {
  if (side == Side::kNone || quantity.units <= 0) [[unlikely]]
    return RefuseAdd(side, quantity);
  const OrderStore::Place place = orders_.Locate(id);
  if (place.index != kNoOrder) [[unlikely]]
    return RefuseAdd(side, quantity);
  if (!orders_.HasRoom(place)) [[unlikely]]
    return AddWithRoom(side, price, quantity, id);
  const OrderIndex index = newest_ = orders_.MakeInRoom(id, place);
  orders_[index].quantity = quantity.units;
  orders_[index].side = side;
  Ladder& levels = ladder(side);
  Location location;
  Level* const level = levels.FindOrMakeOnGrid(price, location);
  if (level == nullptr) [[unlikely]]
    return EnterOtherLevel(side, price, index);
  Join(*level, location, index);
  if (location != levels.best()) return {};
  touch_.Set(side, price, {level->quantity});
  return {true, BookError::kNone};
}

BookError L3Book::Add(Side side, Price price, Quantity quantity, OrderId id) {
  return AddOrder(side, price, quantity, id).error;
}
BookError L3Book::Reduce(OrderId id, Quantity by, Side side, Price price) {
  return ReduceOrder(id, by, side, price).error;
}
BookError L3Book::Delete(OrderId id, Quantity left, Side side, Price price) {
  return DeleteOrder(id, left, side, price).error;
}

void L3Book::Remove(OrderIndex index) {
  LeaveLevel(index);
  orders_.Erase(index);
}

inline void L3Book::ChangeQuantity(OrderIndex index, std::int64_t by) {
  OrderNode& node = orders_[index];
  Level& level = ladder(node.side).at(node.location);
  node.quantity += by;
  level.quantity += by;
  QuantityChanged(node.side, node.location, level.quantity);
}

inline void L3Book::TakeFrom(OrderIndex index, std::int64_t quantity) {
  const OrderNode& node = orders_[index];
  if (quantity >= node.quantity) {
    if (quantity > node.quantity) ++counters_.clamps;
    return Remove(index);
  }
  ChangeQuantity(index, -quantity);
}

[[gnu::noinline]] ApplyResult L3Book::TakeWhole(OrderIndex index, std::int64_t quantity) {
  const Touch before = touch_;
  TakeFrom(index, quantity);
  return {touch_ != before, BookError::kNone};
}

[[gnu::noinline]] ApplyResult L3Book::TakeUnknown(Side side, Price price, std::int64_t quantity) {
  ++counters_.unknown_orders;
  if (side == Side::kNone || quantity <= 0) return {false, BookError::kUnknownOrder};
  const Location location = ladder(side).Find(price);
  const OrderIndex index = location == Ladder::kNone ? kNoOrder : AnonymousOf(ladder(side).at(location));
  if (index == kNoOrder) {
    ++counters_.clamps;
    return {false, BookError::kUnknownOrder};
  }
  return {TakeWhole(index, quantity).touch_changed, BookError::kUnknownOrder};
}

[[gnu::noinline]] ApplyResult L3Book::ReduceOrder(OrderId id, Quantity by, Side side, Price price) {
  if (by.units <= 0) [[unlikely]] {
    ++counters_.bad_records;
    return {false, BookError::kNonPositiveQuantity};
  }
  const OrderIndex index = orders_.Find(id);
  if (index == kNoOrder) [[unlikely]]
    return TakeUnknown(side, price, by.units);
  OrderNode& node = orders_[index];
  if (by.units >= node.quantity) return TakeWhole(index, by.units);
  node.quantity -= by.units;
  Level& level = ladder(node.side).at(node.location);
  level.quantity -= by.units;
  return {QuantityChanged(node.side, node.location, level.quantity), BookError::kNone};
}

// The level goes too.
[[gnu::noinline]] ApplyResult L3Book::LastOrderLeaves(OrderStore::Place place) {
  const OrderNode& node = orders_[place.index];
  const bool was_best = node.location == ladder(node.side).best();
  LevelGone(node.side, node.location);
  orders_.Erase(place);
  return {was_best, BookError::kNone};
}

[[gnu::noinline]] ApplyResult L3Book::DeleteOrder(OrderId id, Quantity left, Side side, Price price) {
  const OrderStore::Place place = orders_.Locate(id);
  if (place.index == kNoOrder) [[unlikely]]
    return TakeUnknown(side, price, left.units);
  const OrderNode& node = orders_[place.index];
  if (node.quantity != left.units) [[unlikely]]
    ++counters_.size_mismatches;
  Level& level = ladder(node.side).at(node.location);
  orders_.Unlink(level.queue, place.index);
  if (level.queue.empty()) [[unlikely]]
    return LastOrderLeaves(place);
  level.quantity -= node.quantity;
  --level.named;
  const bool touch_changed = QuantityChanged(node.side, node.location, level.quantity);
  orders_.Erase(place);
  return {touch_changed, BookError::kNone};
}

[[gnu::noinline]] BookError L3Book::Modify(OrderId id, Price price, Quantity quantity) {
  const OrderIndex index = orders_.Find(id);
  if (index == kNoOrder) {
    ++counters_.unknown_orders;
    return BookError::kUnknownOrder;
  }
  if (quantity.units <= 0) {
    ++counters_.bad_records;
    return BookError::kNonPositiveQuantity;
  }
  const OrderNode& node = orders_[index];
  const Side side = node.side;
  const bool keeps_place = ladder(side).PriceOf(node.location) == price && quantity.units <= node.quantity;
  if (keeps_place) {
    if (quantity.units < node.quantity) TakeFrom(index, node.quantity - quantity.units);
    return BookError::kNone;
  }
  LeaveLevel(index);
  orders_[index].quantity = quantity.units;
  EnterLevel(side, price, index);
  return BookError::kNone;
}

void L3Book::AddAnonymous(Side side, const Ladder::Found& found, std::int64_t quantity) {
  const OrderIndex index = orders_.MakeAnonymous();
  OrderNode& node = orders_[index];
  node.quantity = quantity;
  node.side = side;
  node.location = found.location;
  found.level->quantity += quantity;
  orders_.PushFront(found.level->queue, index);
  if (found.location == ladder(side).best()) RefreshTouch(side);
}

[[gnu::noinline]] BookError L3Book::SetLevel(Side side, Price price, Quantity total) {
  if (side == Side::kNone || total.units < 0) [[unlikely]] {
    ++counters_.bad_records;
    return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
  }
  if (total.units > 0) {
    const Ladder::Found found = LevelFor(side, price);
    if (found.made) {
      AddAnonymous(side, found, total.units);
    } else {
      SetPresentLevel(side, price, found.location, total.units);
    }
    return BookError::kNone;
  }
  const Location location = ladder(side).Find(price);
  if (location != Ladder::kNone) {
    SetPresentLevel(side, price, location, 0);
  } else {
    ++counters_.unknown_levels;
  }
  return BookError::kNone;
}

void L3Book::SetPresentLevel(Side side, Price price, Location location, std::int64_t total) {
  const Level& level = ladder(side).at(location);
  const OrderIndex anonymous = AnonymousOf(level);
  const std::int64_t known = level.quantity - (anonymous == kNoOrder ? 0 : orders_[anonymous].quantity);
  if (total < known) {
    DropLevel(side, location);
    if (total == 0) return;
    ++counters_.reseeded_levels;
    AddAnonymous(side, LevelFor(side, price), total);
  } else if (anonymous == kNoOrder) {
    if (total > known) AddAnonymous(side, LevelFor(side, price), total - known);
  } else if (total == known) {
    Remove(anonymous);
  } else {
    ChangeQuantity(anonymous, total - level.quantity);
  }
}

[[gnu::noinline]] void L3Book::Clear() {
  for (Ladder& levels : ladders_) levels.Clear();
  orders_.Clear();
  touch_ = {};
  stale_ = false;
}

ApplyResult L3Book::ApplyRecord(const Event& record) {
  // L3Body, ExecuteBody and LevelBody begin alike; reading slots spares copying the body.
  const Price price{record.body[0]};
  const Quantity quantity{record.body[1]};
  const OrderId id{static_cast<std::uint64_t>(record.body[2])};
  if (record.kind == Kind::kOrderAdd) return AddOrder(record.side, price, quantity, id);
  if (record.kind == Kind::kOrderDelete) return DeleteOrder(id, quantity, record.side, price);
  if (record.kind == Kind::kOrderReduce || record.kind == Kind::kOrderExecute)
    return ReduceOrder(id, quantity, record.side, price);
  return ApplyOther(record);
}

[[gnu::noinline]] ApplyResult L3Book::ApplyOther(const Event& record) {
  const Touch before = touch_;
  const BookError error = ApplyRare(record);
  return {touch_ != before, error};
}

BookError L3Book::ApplyRare(const Event& record) {
  const Price price{record.body[0]};
  const Quantity quantity{record.body[1]};
  switch (record.kind) {
    case Kind::kOrderModify:
      return Modify({static_cast<std::uint64_t>(record.body[2])}, price, quantity);
    case Kind::kLevel:
      return SetLevel(record.side, price, quantity);
    case Kind::kBookClear:
      Clear();
      return BookError::kNone;
    case Kind::kFeedGap:
      stale_ = true;
      return BookError::kNone;
    case Kind::kQuote:
      ++counters_.foreign_records;
      return BookError::kNone;
    default:
      return BookError::kNone;
  }
}

[[gnu::noinline]] ApplyResult L3Book::ApplySeveral(std::span<const Event> group) {
  const Touch before = touch_;
  ApplyResult result;
  for (const Event& event : group) {
    const BookError error = ApplyRecord(event).error;
    if (result.error == BookError::kNone) result.error = error;
  }
  EndGroup();
  result.touch_changed = touch_ != before;
  return result;
}

// ---- questions ----

LevelView L3Book::ViewOf(const Ladder& levels, Location location) const {
  const Level& level = levels.at(location);
  return {levels.PriceOf(location), {level.quantity}, std::int64_t{level.named}};
}

OrderView L3Book::ViewOf(OrderIndex index) const {
  const OrderNode& node = orders_[index];
  return {{node.id}, node.side, ladder(node.side).PriceOf(node.location), {node.quantity}, node.anonymous};
}

std::optional<LevelView> L3Book::Best(Side side) const { return LevelAt(side, 0); }

std::optional<LevelView> L3Book::LevelAt(Side side, std::size_t n) const {
  const Ladder& levels = ladder(side);
  if (n > 0 && n + 1 == levels.size()) return ViewOf(levels, levels.Worst());
  Location at = levels.best();
  while (n-- > 0 && at != Ladder::kNone) at = levels.Next(at);
  if (at == Ladder::kNone) return std::nullopt;
  return ViewOf(levels, at);
}

Quantity L3Book::QuantityAt(Side side, Price price) const {
  const Location location = ladder(side).Find(price);
  return location == Ladder::kNone ? Quantity{} : Quantity{ladder(side).at(location).quantity};
}

Quantity L3Book::AnonymousAt(Side side, Price price) const {
  const Location location = ladder(side).Find(price);
  if (location == Ladder::kNone) return {};
  const OrderIndex index = AnonymousOf(ladder(side).at(location));
  return index == kNoOrder ? Quantity{} : Quantity{orders_[index].quantity};
}

std::size_t L3Book::Depth(Side side, std::span<LevelView> out) const {
  std::size_t filled = 0;
  if (out.empty()) return filled;
  ForEachLevel(side, [&](const LevelView& level) {
    out[filled++] = level;
    return filled < out.size();
  });
  return filled;
}

std::optional<OrderView> L3Book::Find(OrderId id) const {
  const OrderIndex index = orders_.Find(id);
  if (index == kNoOrder) return std::nullopt;
  return ViewOf(index);
}

std::optional<OrderView> L3Book::Front(Side side) const {
  const Ladder& levels = ladder(side);
  if (levels.empty()) return std::nullopt;
  return ViewOf(levels.at(levels.best()).queue.first);
}

std::optional<Quantity> L3Book::QuantityAhead(OrderId id) const {
  const OrderIndex found = orders_.Find(id);
  if (found == kNoOrder) return std::nullopt;
  Quantity ahead;
  for (OrderIndex index = orders_[found].previous; index != kNoOrder; index = orders_[index].previous)
    ahead.units += orders_[index].quantity;
  return ahead;
}

void L3Book::Hash(StateHasher& hasher) const {
  hasher.Add(std::uint64_t{stale_});
  for (Side side : {Side::kBid, Side::kAsk}) {
    hasher.Add(std::uint64_t{level_count(side)});
    ForEachLevel(side, [&](const LevelView& level) {
      hasher.Add(level.price.units);
      hasher.Add(level.order_count);
      ForEachOrder(side, level.price, [&](const OrderView& order) {
        hasher.Add(order.id.value);
        hasher.Add(order.quantity.units);
        hasher.Add(std::uint64_t{order.anonymous});
        return true;
      });
      return true;
    });
  }
}

// I2 and I3 for one queue; counts its named orders.
bool L3Book::QueueHolds(Side side, Location location, std::size_t& named) const {
  const Level& level = ladder(side).at(location);
  std::int64_t quantity = 0;
  std::uint32_t named_here = 0;
  OrderIndex previous = kNoOrder;
  for (OrderIndex index = level.queue.first; index != kNoOrder; index = orders_[index].next) {
    const OrderNode& node = orders_[index];
    if (node.previous != previous || node.location != location || node.side != side) return false;
    if (node.quantity <= 0 || (node.anonymous && previous != kNoOrder)) return false;
    quantity += node.quantity;
    named_here += node.anonymous ? 0 : 1;
    if (named_here > orders_.size()) return false;
    previous = index;
  }
  if (level.queue.empty() || previous != level.queue.last) return false;
  named += named_here;
  return quantity == level.quantity && named_here == level.named;
}

bool L3Book::InvariantsHold() const {
  std::size_t named = 0;
  for (Side side : {Side::kBid, Side::kAsk}) {
    const Ladder& levels = ladder(side);
    if (!levels.InvariantsHold()) return false;
    for (Location at = levels.best(); at != Ladder::kNone; at = levels.Next(at))
      if (!QueueHolds(side, at, named)) return false;
    const auto best = Best(side);
    if (touch_.quantity(side) != (best ? best->quantity : Quantity{})) return false;
    if (touch_.price(side) != (best ? best->price : Price{})) return false;
  }
  return named == orders_.size() && orders_.InvariantsHold();
}

std::size_t L3Book::allocated_bytes() const {
  return ladders_[0].allocated_bytes() + ladders_[1].allocated_bytes() + orders_.allocated_bytes();
}

}  // namespace crucible::book
