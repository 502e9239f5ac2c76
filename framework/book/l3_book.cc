#include "framework/book/l3_book.h"

#include <algorithm>

namespace crucible::book {

L3Book::L3Book(const L3Options& options)
    : window_levels_(options.window_levels),
      ladders_{Ladder(Side::kBid, options.tick_size), Ladder(Side::kAsk, options.tick_size)},
      orders_(options.dense_ids),
      options_(options) {}

// ---- queues ----

// Between the last order and the first.
inline void L3Book::Insert(Level& level, OrderIndex index) {
  OrderNode& node = orders_[index];
  if (level.last == kNoOrder) {
    node.previous = node.next = index;
    level.last = index;
    return;
  }
  OrderNode& last = orders_[level.last];
  node.previous = level.last;
  node.next = last.next;
  orders_[node.next].previous = index;
  last.next = index;
}

inline void L3Book::PushBack(Level& level, OrderIndex index) {
  Insert(level, index);
  level.last = index;
}

void L3Book::PushFront(Level& level, OrderIndex index) { Insert(level, index); }

// Without branches on where the order stands: they would be mispredicted, and late.
inline void L3Book::Unlink(Level& level, OrderIndex index) {
  const OrderIndex previous = orders_[index].previous;
  const OrderIndex next = orders_[index].next;
  orders_[previous].next = next;
  orders_[next].previous = previous;
  level.last = level.last == index ? previous : level.last;
  level.last = previous == index ? kNoOrder : level.last;
}

OrderIndex L3Book::AnonymousOf(const Level& level) const {
  const OrderIndex first = First(level);
  return orders_[first].anonymous ? first : kNoOrder;
}

// ---- levels ----

[[gnu::noinline]] L3Book::Ladder::Found L3Book::LevelFor(Side side, Price price) {
  Ladder& levels = ladder(side);
  const auto found = levels.FindOrCreate(price, [&](Location, Location to) { Relocate(levels, to); });
  if (found.made && !levels.grid().Contains(price)) ++counters_.off_grid_levels;
  return found;
}

void L3Book::Relocate(Ladder& levels, Location to) {
  const OrderIndex last = levels.at(to).last;
  OrderIndex index = last;
  do {
    orders_[index].location = to;
    index = orders_[index].next;
  } while (index != last);
}

void L3Book::RefreshTouch(Side side) {
  touch_moved_ = true;
  const Ladder& levels = ladder(side);
  if (levels.empty()) {
    touch_.Set(side, {}, {});
  } else {
    touch_.Set(side, levels.best_price(), {levels.at(levels.best()).quantity});
  }
}

// A level that stays has another quantity. Without a branch on whether it is the best one.
inline void L3Book::QuantityChanged(Side side, Location location, std::int64_t quantity) {
  const bool at_best = location == ladder(side).best();
  std::int64_t& shown = (side == Side::kBid ? touch_.bid_quantity : touch_.ask_quantity).units;
  shown = at_best ? quantity : shown;
  touch_moved_ |= at_best;
}

[[gnu::noinline]] void L3Book::LevelGone(Side side, Location location) {
  Ladder& levels = ladder(side);
  const bool was_best = location == levels.best();
  levels.Remove(location);
  if (was_best) RefreshTouch(side);
}

inline void L3Book::EnterLevel(Side side, Price price, OrderIndex index) {
  Location location;
  Level* const level = ladder(side).FindOnGrid(price, location);
  if (level == nullptr) [[unlikely]]
    return EnterOtherLevel(side, price, index);
  Join(side, *level, location, index);
  QuantityChanged(side, location, level->quantity);
}

// A level that must be made, or lies off the pages.
[[gnu::noinline]] void L3Book::EnterOtherLevel(Side side, Price price, OrderIndex index) {
  const Ladder::Found found = LevelFor(side, price);
  Join(side, *found.level, found.location, index);
  if (found.location == ladder(side).best()) RefreshTouch(side);
}

inline void L3Book::Join(Side side, Level& level, Location location, OrderIndex index) {
  OrderNode& node = orders_[index];
  node.location = location;
  node.side = side;
  level.quantity += node.quantity;
  ++level.named;
  PushBack(level, index);
}

inline void L3Book::LeaveLevel(OrderIndex index) {
  const OrderNode& node = orders_[index];
  Level& level = ladder(node.side).at(node.location);
  level.quantity -= node.quantity;
  level.named -= node.anonymous ? 0U : 1U;
  Unlink(level, index);
  if (level.last == kNoOrder) {
    LevelGone(node.side, node.location);
  } else {
    QuantityChanged(node.side, node.location, level.quantity);
  }
}

// Removes a level with everything in it.
void L3Book::DropLevel(Side side, Location location) {
  const Level& level = ladder(side).at(location);
  const OrderIndex last = level.last;
  counters_.evicted_orders += level.named;
  for (OrderIndex index = First(level);;) {
    const OrderIndex next = orders_[index].next;
    orders_.Erase(index);
    if (index == last) break;
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

inline BookError L3Book::ApplyAdd(Side side, Price price, Quantity quantity, OrderId id) {
  if (side == Side::kNone || quantity.units <= 0) [[unlikely]] {
    ++counters_.bad_records;
    return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
  }
  const OrderStore::Place place = orders_.Locate(id);
  if (place.index != kNoOrder) [[unlikely]] {
    ++counters_.duplicate_orders;
    return BookError::kDuplicateOrder;
  }
  const OrderIndex index = orders_.Make(id, place);
  orders_[index].quantity = quantity.units;
  EnterLevel(side, price, index);
  return BookError::kNone;
}

BookError L3Book::Add(Side side, Price price, Quantity quantity, OrderId id) {
  return ApplyAdd(side, price, quantity, id);
}
BookError L3Book::Reduce(OrderId id, Quantity by, Side side, Price price) {
  return ApplyReduce(id, by, side, price);
}
BookError L3Book::Delete(OrderId id, Quantity left, Side side, Price price) {
  return ApplyDelete(id, left, side, price);
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

[[gnu::noinline]] BookError L3Book::TakeUnknown(Side side, Price price, std::int64_t quantity) {
  ++counters_.unknown_orders;
  if (side == Side::kNone || quantity <= 0) return BookError::kUnknownOrder;
  const Location location = ladder(side).Find(price);
  const OrderIndex index = location == Ladder::kNone ? kNoOrder : AnonymousOf(ladder(side).at(location));
  if (index == kNoOrder) {
    ++counters_.clamps;
  } else {
    TakeFrom(index, quantity);
  }
  return BookError::kUnknownOrder;
}

inline BookError L3Book::ApplyReduce(OrderId id, Quantity by, Side side, Price price) {
  if (by.units <= 0) [[unlikely]] {
    ++counters_.bad_records;
    return BookError::kNonPositiveQuantity;
  }
  const OrderIndex index = orders_.Find(id);
  if (index == kNoOrder) return TakeUnknown(side, price, by.units);
  TakeFrom(index, by.units);
  return BookError::kNone;
}

inline BookError L3Book::ApplyDelete(OrderId id, Quantity left, Side side, Price price) {
  const OrderStore::Place place = orders_.Locate(id);
  if (place.index == kNoOrder) return TakeUnknown(side, price, left.units);
  if (orders_[place.index].quantity != left.units) ++counters_.size_mismatches;
  LeaveLevel(place.index);
  orders_.Erase(place);
  return BookError::kNone;
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

void L3Book::AddAnonymous(Side side, Price price, std::int64_t quantity) {
  const OrderIndex index = orders_.MakeAnonymous();
  const Ladder::Found found = LevelFor(side, price);
  OrderNode& node = orders_[index];
  node.quantity = quantity;
  node.side = side;
  node.location = found.location;
  found.level->quantity += quantity;
  PushFront(*found.level, index);
  if (found.location == ladder(side).best()) RefreshTouch(side);
}

[[gnu::noinline]] BookError L3Book::SetLevel(Side side, Price price, Quantity total) {
  if (side == Side::kNone || total.units < 0) [[unlikely]] {
    ++counters_.bad_records;
    return side == Side::kNone ? BookError::kNoSide : BookError::kNonPositiveQuantity;
  }
  const Location location = ladder(side).Find(price);
  if (location != Ladder::kNone) {
    SetPresentLevel(side, price, location, total.units);
  } else if (total.units == 0) {
    ++counters_.unknown_levels;
  } else {
    AddAnonymous(side, price, total.units);
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
    AddAnonymous(side, price, total);
  } else if (anonymous == kNoOrder) {
    if (total > known) AddAnonymous(side, price, total - known);
  } else if (total == known) {
    Remove(anonymous);
  } else {
    ChangeQuantity(anonymous, total - level.quantity);
  }
}

[[gnu::noinline]] void L3Book::Clear() {
  for (Ladder& levels : ladders_) levels.Clear();
  orders_.Clear();
  touch_moved_ = touch_ != Touch{};
  touch_ = {};
  stale_ = false;
}

inline BookError L3Book::ApplyOne(const Event& event) {
  // L3Body, ExecuteBody and LevelBody begin alike; reading slots spares copying the body.
  const Price price{event.body[0]};
  const Quantity quantity{event.body[1]};
  const OrderId id{static_cast<std::uint64_t>(event.body[2])};
  switch (event.kind) {
    case Kind::kOrderAdd:
      return ApplyAdd(event.side, price, quantity, id);
    case Kind::kOrderReduce:
    case Kind::kOrderExecute:
      return ApplyReduce(id, quantity, event.side, price);
    case Kind::kOrderDelete:
      return ApplyDelete(id, quantity, event.side, price);
    case Kind::kOrderModify:
      return Modify(id, price, quantity);
    case Kind::kLevel:
      return SetLevel(event.side, price, quantity);
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

ApplyResult L3Book::Apply(std::span<const Event> group) {
  if (group.size() != 1) [[unlikely]]
    return ApplySeveral(group);
  touch_moved_ = false;
  const BookError error = ApplyOne(group.front());
  EndGroup();
  return {touch_moved_, error};
}

ApplyResult L3Book::ApplySeveral(std::span<const Event> group) {
  const Touch before = touch_;
  ApplyResult result;
  for (const Event& event : group) {
    const BookError error = ApplyOne(event);
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
  return ViewOf(First(levels.at(levels.best())));
}

std::optional<Quantity> L3Book::QuantityAhead(OrderId id) const {
  const OrderIndex found = orders_.Find(id);
  if (found == kNoOrder) return std::nullopt;
  const OrderNode& node = orders_[found];
  const OrderIndex first = First(ladder(node.side).at(node.location));
  Quantity ahead;
  for (OrderIndex index = found; index != first;) {
    index = orders_[index].previous;
    ahead.units += orders_[index].quantity;
  }
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
  if (level.last == kNoOrder) return false;
  std::int64_t quantity = 0;
  std::uint32_t named_here = 0;
  OrderIndex previous = level.last;
  for (OrderIndex index = First(level);; index = orders_[index].next) {
    const OrderNode& node = orders_[index];
    if (node.previous != previous || node.location != location || node.side != side) return false;
    if (node.quantity <= 0 || (node.anonymous && index != First(level))) return false;
    quantity += node.quantity;
    named_here += node.anonymous ? 0 : 1;
    previous = index;
    if (index == level.last) break;
    if (named_here > orders_.size()) return false;
  }
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
