// The matching core: one instrument's resting orders, and the trades of an arriving order with them, by price
// and then by time.
//
//   MatchingBook book({.tick_size = {1}});
//   book.Submit({.id = {7}, .side = kBuy, .limit = {101}, .quantity = 5}, handler);
//   book.Cancel({7});
//
// It knows nothing of order types, accounts, phases or market data: Exchange (exchange.h) puts the rules of a
// venue around it, and tells it through a handler what must be decided at a meeting of two orders.
//
//   find, cancel, reduce, rest   O(1)
//   match                        O(orders traded)
//   memory                       proportional to live orders and occupied prices (order_store.h,
//   price_ladder.h)
//
// The book may stand crossed while nobody calls Match: that is an auction.
//
// Determinism: the state depends only on the sequence of calls. Threads: thread-compatible. Allocation: none
// in steady state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/book/book_types.h"
#include "framework/book/order_store.h"
#include "framework/book/prefetch.h"
#include "framework/book/price_ladder.h"

namespace crucible::exchange {

using book::kNoOrder;
using book::OrderIndex;
using book::OrderNode;

// Whose order it is: 1 to kMaxOwner, or 0 for nobody, whose orders never count as trading with themselves.
using Owner = std::uint16_t;
inline constexpr Owner kMaxOwner = 0x7FFE;
// Added to the owner of a resting order about which the handler wants to be asked.
inline constexpr Owner kWatched = 0x8000;

inline constexpr Price kAnyBuyPrice{INT64_MAX};
inline constexpr Price kAnySellPrice{INT64_MIN};

struct Arrival {
  OrderId id;
  Side side = Side::kNone;
  Price limit;  // kAnyBuyPrice or kAnySellPrice: no limit
  std::int64_t quantity = 0;
  Owner owner = 0;
};

// What happens when an arriving order meets a resting one that is its owner's own, or watched.
enum class Meeting : std::uint8_t {
  kTrade,  // as between strangers
  kAgain,  // the handler has changed the book or the arriving order: look again
  kStop,   // the arriving order trades no further
};

// What MatchingBook asks and tells. Implementations are static: no call is virtual.
//
//   Meeting OnMeeting(OrderIndex maker, Arrival& taker)     only for own and watched orders
//   void OnTrade(OrderIndex maker, Price price, std::int64_t quantity, const Arrival& taker)
//       `taker.quantity` is what is left of it; the maker's node still has its quantity from before
//   std::int64_t OnUsedUp(OrderIndex maker)                 only for watched orders: quantity to show anew,
//   at the
//                                                           back of the queue; 0 lets the order go
struct PlainHandler {
  Meeting OnMeeting(OrderIndex, Arrival&) { return Meeting::kTrade; }
  void OnTrade(OrderIndex, Price, std::int64_t, const Arrival&) {}
  std::int64_t OnUsedUp(OrderIndex) { return 0; }
};

class MatchingBook {
 public:
  struct Options {
    PriceDelta tick_size{1};
    bool dense_ids = false;  // ids are handed out nearly in sequence: look them up in an array
  };
  explicit MatchingBook(const Options& options)
      : ladders_{Ladder(Side::kBid, options.tick_size), Ladder(Side::kAsk, options.tick_size)},
        orders_(options.dense_ids) {}

  // Matches an order, then rests what is left. False, and nothing happens, if its id rests already.
  // REQUIRES: quantity > 0, a price limit on the tick grid.
  template <class Handler>
  bool Submit(const Arrival& order, Handler&& handler) {
    const book::OrderStore::Place place = orders_.Locate(order.id);
    if (place.index != kNoOrder) [[unlikely]]
      return false;
    if (Crosses(order.side, order.limit)) {
      MatchAndRest(order, handler);
    } else {
      Rest(order, place);
    }
    return true;
  }

  // Trades an arriving order against the other side as far as its limit and quantity go; what is left stays
  // in `taker.quantity`. False if the handler stopped it.
  template <class Handler>
  bool Match(Arrival& taker, Handler&& handler);

  // Puts an order at the back of the queue at its price, whatever the other side holds.
  // REQUIRES: the id does not rest, quantity > 0.
  OrderIndex Rest(const Arrival& order) { return Rest(order, orders_.Locate(order.id)); }

  OrderIndex Find(OrderId id) const { return orders_.Find(id); }
  bool Cancel(OrderId id) {
    const book::OrderStore::Place place = orders_.Locate(id);
    if (place.index == kNoOrder) return false;
    Leave(place.index);
    orders_.Erase(place);
    return true;
  }
  // Lowers the shown quantity and keeps the place; the order goes when nothing is left. False for an unknown
  // id.
  bool Reduce(OrderId id, std::int64_t by) {
    const OrderIndex index = orders_.Find(id);
    if (index == kNoOrder) return false;
    if (by >= orders_[index].quantity) {
      Remove(index);
    } else {
      Lower(index, by);
    }
    return true;
  }
  // REQUIRES of Remove, Lower, order, PriceOf, QuantityAhead: the index rests; Lower: 0 < by < its quantity.
  void Remove(OrderIndex index) {
    Leave(index);
    orders_.Erase(index);
  }
  void Lower(OrderIndex index, std::int64_t by) {
    OrderNode& node = orders_[index];
    node.quantity -= by;
    ladder(node.side).at(node.location).quantity -= by;
  }
  // Shows `quantity` at the back of the queue instead of what was shown.
  void ShowAnew(OrderIndex index, std::int64_t quantity);
  void Watch(OrderIndex index) { orders_[index].owner |= kWatched; }

  const OrderNode& order(OrderIndex index) const { return orders_[index]; }
  Owner OwnerOf(OrderIndex index) const { return orders_[index].owner & static_cast<Owner>(~kWatched); }
  Price PriceOf(OrderIndex index) const {
    return ladder(orders_[index].side).PriceOf(orders_[index].location);
  }
  std::int64_t QuantityAhead(OrderIndex index) const;

  bool Empty(Side side) const { return ladder(side).empty(); }
  // REQUIRES: !Empty(side).
  Price BestPrice(Side side) const { return ladder(side).best_price(); }
  std::int64_t BestQuantity(Side side) const { return ladder(side).at(ladder(side).best()).quantity; }
  OrderIndex Front(Side side) const { return ladder(side).at(ladder(side).best()).queue.first; }
  // True when an order of `side` limited at `limit` could trade at once.
  bool Crosses(Side side, Price limit) const {
    const Ladder& other = ladder(Opposite(side));
    return !other.empty() && !IsBetter(side, other.best_price(), limit);
  }
  bool IsCrossed() const { return !Empty(Side::kAsk) && Crosses(Side::kAsk, BestPrice(Side::kAsk)); }
  std::int64_t QuantityAt(Side side, Price price) const;
  std::size_t order_count() const { return orders_.size(); }

  // visit(Price, std::int64_t shown) from best to worst until it returns false.
  template <class Visit>
  void ForEachLevel(Side side, Visit&& visit) const;
  // visit(OrderIndex) by priority over the whole side, until it returns false.
  template <class Visit>
  void ForEachOrder(Side side, Visit&& visit) const;

  // Levels, queues and owners, not how they came to be.
  void Hash(StateHasher& hasher) const;
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const {
    return ladders_[0].allocated_bytes() + ladders_[1].allocated_bytes() + orders_.allocated_bytes();
  }

  // Fetches what handling (id, side, price) will need; see book::PrefetchStep.
  CRUCIBLE_PREFETCH void PrefetchSelf() const {
    for (const Ladder& levels : ladders_) levels.PrefetchSelf();
    orders_.PrefetchSelf();
  }
  CRUCIBLE_PREFETCH void Prefetch(OrderId id, Side side, Price price, book::PrefetchStep step) const;

 private:
  struct Level {
    std::int64_t quantity = 0;
    book::OrderQueue queue;
  };
  using Ladder = book::PriceLadder<Level>;
  using Location = Ladder::Location;

  Ladder& ladder(Side side) { return ladders_[static_cast<std::size_t>(side) - 1]; }
  const Ladder& ladder(Side side) const { return ladders_[static_cast<std::size_t>(side) - 1]; }

  OrderIndex Rest(const Arrival& order, book::OrderStore::Place place) {
    if (!orders_.HasRoom(place)) [[unlikely]]
      return RestWithRoom(order);
    return Queue(order, orders_.MakeInRoom(order.id, place));
  }
  // Where the store must grow.
  OrderIndex RestWithRoom(const Arrival& order);
  OrderIndex Queue(const Arrival& order, OrderIndex index) {
    OrderNode& node = orders_[index];
    node.quantity = order.quantity;
    node.owner = order.owner;
    node.side = order.side;
    Location location;
    Level* level = ladder(order.side).FindOrMakeOnGrid(order.limit, location);
    if (level == nullptr) [[unlikely]]
      level = MakeLevel(order.side, order.limit, location);
    node.location = location;
    level->quantity += order.quantity;
    orders_.PushBack(level->queue, index);
    return index;
  }
  Level* MakeLevel(Side side, Price price, Location& location);
  // Takes an order out of its level, and the level off the ladder when it was the last.
  void Leave(OrderIndex index) {
    const OrderNode& node = orders_[index];
    Ladder& levels = ladder(node.side);
    Level& level = levels.at(node.location);
    level.quantity -= node.quantity;
    orders_.Unlink(level.queue, index);
    if (level.queue.empty()) levels.Remove(node.location);
  }
  template <class Handler>
  [[gnu::noinline]] void MatchAndRest(Arrival order, Handler& handler) {
    Match(order, handler);
    if (order.quantity > 0) Rest(order);
  }
  template <class Handler>
  void TradeWith(OrderIndex maker, Price price, Arrival& taker, Handler& handler);

  std::array<Ladder, 2> ladders_;  // bid, ask
  book::OrderStore orders_;
};

template <class Handler>
void MatchingBook::TradeWith(OrderIndex maker, Price price, Arrival& taker, Handler& handler) {
  OrderNode& node = orders_[maker];
  const std::int64_t quantity = std::min(taker.quantity, node.quantity);
  taker.quantity -= quantity;
  handler.OnTrade(maker, price, quantity, taker);
  if (quantity < node.quantity) return Lower(maker, quantity);
  const std::int64_t shown = (node.owner & kWatched) != 0 ? handler.OnUsedUp(maker) : 0;
  if (shown > 0) return ShowAnew(maker, shown);
  Remove(maker);
}

template <class Handler>
bool MatchingBook::Match(Arrival& taker, Handler&& handler) {
  const Ladder& other = ladder(Opposite(taker.side));
  while (taker.quantity > 0 && !other.empty()) {
    const Price price = other.best_price();
    if (IsBetter(taker.side, price, taker.limit)) return true;
    const OrderIndex maker = other.at(other.best()).queue.first;
    const Owner owner = orders_[maker].owner;
    if (owner >= kWatched || (owner == taker.owner && owner != 0)) [[unlikely]] {
      const Meeting meeting = handler.OnMeeting(maker, taker);
      if (meeting == Meeting::kStop) return false;
      if (meeting == Meeting::kAgain) continue;
    }
    TradeWith(maker, price, taker, handler);
  }
  return true;
}

template <class Visit>
void MatchingBook::ForEachLevel(Side side, Visit&& visit) const {
  const Ladder& levels = ladder(side);
  for (Location at = levels.best(); at != Ladder::kNone; at = levels.Next(at))
    if (!visit(levels.PriceOf(at), levels.at(at).quantity)) return;
}

template <class Visit>
void MatchingBook::ForEachOrder(Side side, Visit&& visit) const {
  const Ladder& levels = ladder(side);
  for (Location at = levels.best(); at != Ladder::kNone; at = levels.Next(at)) {
    for (OrderIndex index = levels.at(at).queue.first; index != kNoOrder; index = orders_[index].next)
      if (!visit(index)) return;
  }
}

CRUCIBLE_PREFETCH void MatchingBook::Prefetch(OrderId id, Side side, Price price,
                                              book::PrefetchStep step) const {
  switch (step) {
    case book::PrefetchStep::kSlot:
      return orders_.PrefetchSlot(id);
    case book::PrefetchStep::kDirectory:
      return ladder(side).PrefetchDirectory(price);
    case book::PrefetchStep::kOrder:
      orders_.PrefetchNode(id);
      return ladder(side).PrefetchLevel(price);
    case book::PrefetchStep::kQueue:
      orders_.PrefetchNeighbours(id);
      if (const Level* level = ladder(side).Peek(price)) orders_.PrefetchNode(level->queue.last);
  }
}

}  // namespace crucible::exchange
