// Price-time priority book of one instrument, built from single orders.
//
// The book holds resting orders and answers questions about them. It never matches: deciding who trades is
// the venue's job. A book fed by a venue may be crossed for a moment (auctions, late messages).
//
// What the feed never named. A session that starts in the middle, or shows only the best N levels, has orders
// whose ids were never told. A level record declares the total displayed at a price: what exceeds the known
// orders is the level's *anonymous* quantity. It is older than anything that arrives later, so it stands in
// front of the known orders, and changes of unknown ids take from it. If a level record declares less than
// the known orders hold, the feed hid the removal of some of them; nobody can tell which, so the whole level
// becomes anonymous (counted).
//
// With `window_levels` N the feed is taken to show only the best N levels of each side: what is deeper after
// a group is evicted (EndGroup), because its changes would arrive unseen and leave ghosts.
//
// Invariants
//   I1  A level exists if and only if it holds an order or anonymous quantity.
//   I2  A level's quantity is the sum of the open quantities of its orders and its anonymous quantity.
//   I3  Within a level, orders stand in the order in which Add() or a re-queueing Modify() accepted them,
//   behind
//       the anonymous quantity.
//
// Determinism: the state depends only on the sequence of calls. Threads: thread-compatible.
// Allocation: none in steady state; memory grows with the peak of live orders and levels (order_store.h,
// price_ladder.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "framework/base/hash.h"
#include "framework/book/book_types.h"
#include "framework/book/order_store.h"
#include "framework/book/prefetch.h"
#include "framework/book/price_ladder.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::book {

struct L3Options {
  PriceDelta tick_size{1};
  std::uint32_t window_levels = 0;  // best levels per side that the feed shows; 0 = all
  bool dense_ids = false;           // ids are handed out nearly in sequence: look them up in an array
};

// One resting order, or the anonymous quantity of a level (id 0, anonymous).
struct OrderView {
  OrderId id;
  Side side = Side::kNone;
  Price price;
  Quantity quantity;  // open, > 0
  bool anonymous = false;
  friend constexpr bool operator==(const OrderView&, const OrderView&) = default;
};

class L3Book {
 public:
  explicit L3Book(const L3Options& options);

  // ---- mutation; on an error other than kUnknownOrder the book is unchanged ----

  // Puts an order at the back of the queue at its price.
  BookError Add(Side side, Price price, Quantity quantity, OrderId id);
  // Lowers the open quantity by `by`, keeping the place in the queue; nothing left removes the order, and
  // asking for more than is open removes it too (a clamp). An unknown id takes from the anonymous quantity at
  // (side, price), which are used for that alone.
  BookError Reduce(OrderId id, Quantity by, Side side, Price price);
  // An order trades: the same change of the book.
  BookError Execute(OrderId id, Quantity by, Side side, Price price) { return Reduce(id, by, side, price); }
  // Removes the order; `left` is what the feed says it had, and what an unknown id takes.
  BookError Delete(OrderId id, Quantity left, Side side, Price price);
  // New price and open quantity. The place in the queue survives only if the price stays and the quantity
  // does not grow. An unknown id is ignored: it may be a late message about an order that has gone.
  BookError Modify(OrderId id, Price price, Quantity quantity);
  // Declares the total displayed at a price; 0 removes the level with its orders.
  BookError SetLevel(Side side, Price price, Quantity total);
  void Clear();
  // Lays the levels on another grid; what the book shows stays. O(orders). REQUIRES: tick_size > 0.
  void ChangeTick(PriceDelta tick_size);
  // Ends a group of changes: evicts what fell out of the window.
  void EndGroup() {
    if (window_levels_ != 0 && std::max(ladders_[0].size(), ladders_[1].size()) > window_levels_)
      EvictOutsideWindow();
  }
  // Applies the market records of one group; kinds that change no order book are passed over.
  ApplyResult Apply(std::span<const Event> group) {
    if (group.size() != 1) [[unlikely]]
      return ApplySeveral(group);
    const ApplyResult result = ApplyRecord(group.front());
    EndGroup();
    return result;
  }
  // Applies one record of a group; EndGroup() must follow the last.
  ApplyResult ApplyRecord(const Event& record);

  // ---- questions ----

  const Touch& touch() const { return touch_; }
  // Records were lost and no snapshot has come since.
  bool stale() const { return stale_; }
  bool empty() const { return ladders_[0].empty() && ladders_[1].empty(); }
  std::size_t level_count(Side side) const { return ladder(side).size(); }
  // Levels that have left the book so far, other than by Clear(): while it stays, no level has gone.
  std::uint64_t levels_gone() const { return levels_gone_; }
  std::size_t order_count() const { return orders_.size(); }
  std::optional<LevelView> Best(Side side) const;
  // Level `n` from the touch, 0 is the best. O(n).
  std::optional<LevelView> LevelAt(Side side, std::size_t n) const;
  Quantity QuantityAt(Side side, Price price) const;
  // Quantity at a price that belongs to no known order.
  Quantity AnonymousAt(Side side, Price price) const;
  // Fills `out` from the best level on; returns how many levels there were to fill.
  std::size_t Depth(Side side, std::span<LevelView> out) const;
  // Calls visit(LevelView) from best to worst until it returns false.
  template <class Visit>
  void ForEachLevel(Side side, Visit&& visit) const;

  std::optional<OrderView> Find(OrderId id) const;
  // Names a resting order until it leaves the book, small enough to index an array with; kNoOrder if `id`
  // does not rest. Later orders may get the same one.
  OrderIndex IndexOf(OrderId id) const { return orders_.Find(id); }
  // Open quantity of a resting order. REQUIRES: the index is that of one.
  Quantity QuantityOf(OrderIndex index) const { return {orders_[index].quantity}; }
  // That of the order which entered the book last. REQUIRES: it still rests.
  OrderIndex newest() const { return newest_; }
  // The order that trades first on a side.
  std::optional<OrderView> Front(Side side) const;
  // Quantity that trades before `id` at its price. O(orders ahead). nullopt if `id` does not rest.
  std::optional<Quantity> QuantityAhead(OrderId id) const;
  // Calls visit(OrderView) for the queue at a price, first to last, until it returns false. The anonymous
  // quantity, if any, comes first as one entry.
  template <class Visit>
  void ForEachOrder(Side side, Price price, Visit&& visit) const;

  const BookCounters& counters() const { return counters_; }
  const L3Options& options() const { return options_; }
  // Canonical: depends on the levels and queues, not on how they came to be.
  void Hash(StateHasher& hasher) const;
  // Checks I1-I3 and all indexes by full traversal.
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const;

  void Reserve(std::size_t orders) { orders_.Reserve(orders); }
  // For a caller that sees records ahead and walks more books than a cache holds: PrefetchSelf some 20
  // records ahead of Apply, kSlot and kDirectory 15, kOrder 10, kQueue 5. Books that fit the last cache need
  // kSlot and kOrder alone. Changes nothing but time. REQUIRES: the record names a side.
  CRUCIBLE_PREFETCH void PrefetchSelf() const {
    __builtin_prefetch(this, 1);
    for (const Ladder& levels : ladders_) levels.PrefetchSelf();
    orders_.PrefetchSelf();
  }
  CRUCIBLE_PREFETCH void Prefetch(const Event& event, PrefetchStep step) const;

 private:
  struct Level {
    std::int64_t quantity = 0;
    OrderQueue queue;
    std::uint32_t named = 0;  // orders with an id
  };
  using Ladder = PriceLadder<Level>;
  using Location = Ladder::Location;

  static OrderId IdIn(const Event& event) { return {static_cast<std::uint64_t>(event.body[2])}; }
  // By index and never by a branch: sides alternate unpredictably. REQUIRES: side is kBid or kAsk.
  Ladder& ladder(Side side) { return ladders_[static_cast<std::size_t>(side) - 1]; }
  const Ladder& ladder(Side side) const { return ladders_[static_cast<std::size_t>(side) - 1]; }
  Ladder::Found LevelFor(Side side, Price price);
  void Relocate(Ladder& ladder, Location to);

  OrderIndex AnonymousOf(const Level& level) const;
  void SetPresentLevel(Side side, Price price, Location location, std::int64_t total);
  void AddAnonymous(Side side, const Ladder::Found& found, std::int64_t quantity);

  // The common kinds, tail-called by whoever applies a record. What is rare in them are tail calls too, so that
  // nothing must be saved for it: calls and saved registers would cost as much as the work.
  ApplyResult AddOrder(Side side, Price price, Quantity quantity, OrderId id);
  ApplyResult DeleteOrder(OrderId id, Quantity left, Side side, Price price);
  ApplyResult ReduceOrder(OrderId id, Quantity by, Side side, Price price);
  ApplyResult RefuseAdd(Side side, Quantity quantity);
  ApplyResult AddWithRoom(Side side, Price price, Quantity quantity, OrderId id);
  ApplyResult EnterOtherLevel(Side side, Price price, OrderIndex index);
  ApplyResult TakeWhole(OrderIndex index, std::int64_t quantity);
  ApplyResult TakeUnknown(Side side, Price price, std::int64_t quantity);
  ApplyResult LastOrderLeaves(OrderStore::Place place);
  ApplyResult ApplyOther(const Event& record);
  BookError ApplyRare(const Event& record);
  ApplyResult ApplySeveral(std::span<const Event> group);

  void Remove(OrderIndex index);
  void ChangeQuantity(OrderIndex index, std::int64_t by);
  void TakeFrom(OrderIndex index, std::int64_t quantity);
  void LeaveLevel(OrderIndex index);
  void Join(Level& level, Location location, OrderIndex index);
  void EnterLevel(Side side, Price price, OrderIndex index);
  void DropLevel(Side side, Location location);
  void LevelGone(Side side, Location location);
  void EvictOutsideWindow();

  void RefreshTouch(Side side);
  bool QuantityChanged(Side side, Location location, std::int64_t quantity);
  LevelView ViewOf(const Ladder& ladder, Location location) const;
  OrderView ViewOf(OrderIndex index) const;
  bool QueueHolds(Side side, Location location, std::size_t& named) const;

  Touch touch_;
  std::uint32_t window_levels_;
  OrderIndex newest_ = kNoOrder;
  bool stale_ = false;
  std::array<Ladder, 2> ladders_;  // bid, ask
  OrderStore orders_;
  BookCounters counters_;
  std::uint64_t levels_gone_ = 0;
  L3Options options_;
};

CRUCIBLE_PREFETCH void L3Book::Prefetch(const Event& event, PrefetchStep step) const {
  const Price price{event.body[0]};
  switch (step) {
    case PrefetchStep::kSlot:
      return orders_.PrefetchSlot(IdIn(event));
    case PrefetchStep::kDirectory:
      return ladder(event.side).PrefetchDirectory(price);
    case PrefetchStep::kOrder:
      orders_.PrefetchNode(IdIn(event));
      return ladder(event.side).PrefetchLevel(price);
    case PrefetchStep::kQueue:
      orders_.PrefetchNeighbours(IdIn(event));
      if (const Level* level = ladder(event.side).Peek(price)) orders_.PrefetchNode(level->queue.last);
  }
}

template <class Visit>
void L3Book::ForEachLevel(Side side, Visit&& visit) const {
  const Ladder& levels = ladder(side);
  for (Location at = levels.best(); at != Ladder::kNone; at = levels.Next(at))
    if (!visit(ViewOf(levels, at))) return;
}

template <class Visit>
void L3Book::ForEachOrder(Side side, Price price, Visit&& visit) const {
  const Location location = ladder(side).Find(price);
  if (location == Ladder::kNone) return;
  for (OrderIndex index = ladder(side).at(location).queue.first; index != kNoOrder;
       index = orders_[index].next)
    if (!visit(ViewOf(index))) return;
}

}  // namespace crucible::book
