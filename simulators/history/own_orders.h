// The orders that we have at one simulated venue, for one instrument.
//
// An order is on at most one list: resting (by price, then arrival) or awaiting its stop (nearest trigger
// first, then arrival). An order that is on none is being handled at this moment.
//
// Allocation: none in steady state; memory grows with the peak of live orders. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/event/order_codes.h"
#include "framework/trading/command.h"

namespace crucible::history {

struct OwnOrder {
  OrderId id;
  Side side = Side::kNone;
  OrderType type = OrderType::kLimit;
  TimeInForce tif = TimeInForce::kGoodTillCancel;
  std::uint8_t options = 0;
  bool ahead_unknown = false;  // the feed does not show our price (windowed L3)
  Price price;                 // limit; 0 without
  Price stop_price;            // trigger; 0 without, and once it has been reached
  std::int64_t trail = 0;      // of a trailing stop: its distance, price units
  std::int64_t total = 0;      // quantity with what has been filled
  std::int64_t open = 0;       // > 0
  Nanos expiry = kEndOfTime;
  // Queue position: others' displayed quantity that trades before ours. The estimate is ahead - credit.
  std::int64_t ahead = 0;
  double credit = 0;          // in [0, 1)
  std::int64_t traded = 0;    // L2: trades at our price since its level was last updated
  std::uint64_t arrival = 0;  // place in time, in the unit of the fill model

  bool Has(std::uint8_t bit) const { return (options & bit) != 0; }
  bool IsPriced() const { return type == OrderType::kLimit || type == OrderType::kStopLimit; }
  bool AwaitsStop() const { return stop_price.units != 0; }
  // Rests when it cannot be filled at once.
  bool MayRest() const {
    return IsPriced() && tif != TimeInForce::kImmediateOrCancel && tif != TimeInForce::kFillOrKill;
  }
};

// Orders the prices of a side: smaller is better.
constexpr std::int64_t RankOf(Side side, Price price) {
  return side == Side::kBid ? -price.units : price.units;
}

class OwnOrders {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kNone = UINT32_MAX;
  // An entry of a list; ascending rank, arrival within a rank.
  struct Place {
    std::int64_t rank;
    Slot slot;
  };

  // Takes an order, on no list yet. REQUIRES: Find(order.id) == kNone.
  Slot Add(const OwnOrder& order);
  OwnOrder& operator[](Slot slot) { return orders_[slot]; }
  const OwnOrder& operator[](Slot slot) const { return orders_[slot]; }
  Slot Find(OrderId id) const;
  // Forgets the order and takes it off its list.
  void Remove(Slot slot);

  // Lists the order by its limit price. REQUIRES: on no list.
  void Rest(Slot slot);
  // Lists the order by its stop price. REQUIRES: on no list.
  void AwaitStop(Slot slot);
  // Takes the order off its list. REQUIRES: price and stop price are those it was listed with.
  void Unlist(Slot slot);

  // Best price first. A call that lists or removes an order invalidates the span.
  std::span<const Place> resting(Side side) const { return resting_[Index(side)]; }
  // By RankOf(Opposite(side), stop_price): a buy stop waits for the lowest ask-side price first.
  std::span<const Place> stops(Side side) const { return stops_[Index(side)]; }
  bool AnyListed() const { return listed_ != 0; }
  std::size_t size() const { return live_; }

  // Ranks of the best and the worst of our resting orders of a side; low > high when there is none.
  struct Range {
    std::int64_t low = INT64_MAX;
    std::int64_t high = INT64_MIN;
    bool Contains(std::int64_t rank) const { return rank >= low && rank <= high; }
  };
  const Range& range(Side side) const { return ranges_[Index(side)]; }

  // The earliest expiry of good-till-date orders, kEndOfTime without one.
  Nanos next_expiry() const { return expiries_.empty() ? kEndOfTime : expiries_.back().at; }
  // The good-till-date order that expires first, by expiry and then id, if it has expired at `to`; else
  // kNone.
  Slot FirstExpired(Nanos to) const {
    return next_expiry() <= to && !expiries_.empty() ? Find(expiries_.back().id) : kNone;
  }

  // Resting orders by priority, then stops: equal states hash equal.
  void Hash(StateHasher& hasher) const;

 private:
  struct Entry {  // of the id table; id 0 is empty
    std::uint64_t id = 0;
    Slot slot = kNone;
  };
  struct Expiry {
    Nanos at;
    OrderId id;
    static bool Later(const Expiry& a, const Expiry& b) { return a.at != b.at ? a.at > b.at : a.id > b.id; }
  };
  using List = std::vector<Place>;

  static std::size_t Index(Side side) { return side == Side::kBid ? 0 : 1; }
  std::size_t Home(std::uint64_t id) const { return (id * hash_internal::kPrime[0]) >> shift_; }
  void Insert(List& list, std::int64_t rank, Slot slot);
  void Erase(List& list, std::int64_t rank, Slot slot);
  void RefreshRange(Side side);
  void GrowTable();
  void Enter(OrderId id, Slot slot);
  void Leave(OrderId id);
  void AddExpiry(const OwnOrder& order);
  void DropExpiry(const OwnOrder& order);

  std::vector<OwnOrder> orders_;
  std::vector<Slot> free_;
  std::vector<std::uint8_t> is_listed_;  // by slot
  std::array<List, 2> resting_;
  std::array<List, 2> stops_;
  std::array<Range, 2> ranges_;
  std::size_t listed_ = 0;
  std::size_t live_ = 0;
  std::vector<Expiry> expiries_;  // latest first
  std::vector<Entry> table_;      // open addressing, at most half full
  int shift_ = 64;
};

// ---- what happens for every order, inlined into the fill models ----

inline OwnOrders::Slot OwnOrders::Add(const OwnOrder& order) {
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(orders_.size()));
    orders_.emplace_back();
    is_listed_.push_back(0);
  }
  const Slot slot = free_.back();
  free_.pop_back();
  orders_[slot] = order;
  Enter(order.id, slot);
  ++live_;
  if (order.expiry != kEndOfTime) AddExpiry(order);
  return slot;
}

inline void OwnOrders::Remove(Slot slot) {
  if (is_listed_[slot] != 0) Unlist(slot);
  Leave(orders_[slot].id);
  if (orders_[slot].expiry != kEndOfTime) DropExpiry(orders_[slot]);
  free_.push_back(slot);
  --live_;
}

// ---- lists ----

inline void OwnOrders::Rest(Slot slot) {
  const OwnOrder& order = orders_[slot];
  Insert(resting_[Index(order.side)], RankOf(order.side, order.price), slot);
  RefreshRange(order.side);
}

inline void OwnOrders::AwaitStop(Slot slot) {
  const OwnOrder& order = orders_[slot];
  Insert(stops_[Index(order.side)], RankOf(Opposite(order.side), order.stop_price), slot);
}

inline void OwnOrders::Unlist(Slot slot) {
  const OwnOrder& order = orders_[slot];
  if (order.AwaitsStop()) {
    Erase(stops_[Index(order.side)], RankOf(Opposite(order.side), order.stop_price), slot);
  } else {
    Erase(resting_[Index(order.side)], RankOf(order.side, order.price), slot);
    RefreshRange(order.side);
  }
}

inline void OwnOrders::Insert(List& list, std::int64_t rank, Slot slot) {
  CRUCIBLE_DCHECK(is_listed_[slot] == 0);
  const auto behind = std::ranges::upper_bound(list, rank, {}, &Place::rank);
  list.insert(behind, {rank, slot});
  is_listed_[slot] = 1;
  ++listed_;
}

inline void OwnOrders::Erase(List& list, std::int64_t rank, Slot slot) {
  auto at = std::ranges::lower_bound(list, rank, {}, &Place::rank);
  while (at != list.end() && at->slot != slot) ++at;
  CRUCIBLE_CHECK(at != list.end());
  list.erase(at);
  is_listed_[slot] = 0;
  --listed_;
}

inline void OwnOrders::RefreshRange(Side side) {
  const List& list = resting_[Index(side)];
  ranges_[Index(side)] = list.empty() ? Range{} : Range{list.front().rank, list.back().rank};
}

// ---- the id table ----

inline OwnOrders::Slot OwnOrders::Find(OrderId id) const {
  if (table_.empty()) return kNone;
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = Home(id.value); table_[at].id != 0; at = (at + 1) & mask) {
    if (table_[at].id == id.value) return table_[at].slot;
  }
  return kNone;
}

inline void OwnOrders::Enter(OrderId id, Slot slot) {
  CRUCIBLE_CHECK(id.value != 0);
  if (2 * (live_ + 1) > table_.size()) GrowTable();
  const std::size_t mask = table_.size() - 1;
  std::size_t at = Home(id.value);
  while (table_[at].id != 0) at = (at + 1) & mask;
  table_[at] = {id.value, slot};
}

// Removes without a tombstone: later entries of the run move up into the hole.
inline void OwnOrders::Leave(OrderId id) {
  const std::size_t mask = table_.size() - 1;
  std::size_t hole = Home(id.value);
  while (table_[hole].id != id.value) {
    CRUCIBLE_CHECK(table_[hole].id != 0);
    hole = (hole + 1) & mask;
  }
  for (std::size_t at = (hole + 1) & mask; table_[at].id != 0; at = (at + 1) & mask) {
    const std::size_t home = Home(table_[at].id);
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = {};
}

}  // namespace crucible::history
