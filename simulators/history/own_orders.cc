#include "simulators/history/own_orders.h"

#include <algorithm>
#include <bit>

#include "framework/base/check.h"

namespace crucible::history {

OwnOrders::Slot OwnOrders::Add(const OwnOrder& order) {
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

void OwnOrders::Remove(Slot slot) {
  if (is_listed_[slot] != 0) Unlist(slot);
  Leave(orders_[slot].id);
  if (orders_[slot].expiry != kEndOfTime) DropExpiry(orders_[slot]);
  free_.push_back(slot);
  --live_;
}

// ---- lists ----

void OwnOrders::Rest(Slot slot) {
  const OwnOrder& order = orders_[slot];
  Insert(resting_[Index(order.side)], RankOf(order.side, order.price), slot);
  RefreshRange(order.side);
}

void OwnOrders::AwaitStop(Slot slot) {
  const OwnOrder& order = orders_[slot];
  Insert(stops_[Index(order.side)], RankOf(Opposite(order.side), order.stop_price), slot);
}

void OwnOrders::Unlist(Slot slot) {
  const OwnOrder& order = orders_[slot];
  if (order.AwaitsStop()) {
    Erase(stops_[Index(order.side)], RankOf(Opposite(order.side), order.stop_price), slot);
  } else {
    Erase(resting_[Index(order.side)], RankOf(order.side, order.price), slot);
    RefreshRange(order.side);
  }
}

void OwnOrders::Insert(List& list, std::int64_t rank, Slot slot) {
  CRUCIBLE_DCHECK(is_listed_[slot] == 0);
  const auto behind = std::ranges::upper_bound(list, rank, {}, &Place::rank);
  list.insert(behind, {rank, slot});
  is_listed_[slot] = 1;
  ++listed_;
}

void OwnOrders::Erase(List& list, std::int64_t rank, Slot slot) {
  auto at = std::ranges::lower_bound(list, rank, {}, &Place::rank);
  while (at != list.end() && at->slot != slot) ++at;
  CRUCIBLE_CHECK(at != list.end());
  list.erase(at);
  is_listed_[slot] = 0;
  --listed_;
}

void OwnOrders::RefreshRange(Side side) {
  const List& list = resting_[Index(side)];
  ranges_[Index(side)] = list.empty() ? Range{} : Range{list.front().rank, list.back().rank};
}

// ---- expiry ----

void OwnOrders::AddExpiry(const OwnOrder& order) {
  const Expiry entry{order.expiry, order.id};
  expiries_.insert(std::ranges::upper_bound(expiries_, entry, Expiry::Later), entry);
}

void OwnOrders::DropExpiry(const OwnOrder& order) {
  const Expiry entry{order.expiry, order.id};
  expiries_.erase(std::ranges::lower_bound(expiries_, entry, Expiry::Later));
}

// ---- the id table ----

OwnOrders::Slot OwnOrders::Find(OrderId id) const {
  if (table_.empty()) return kNone;
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = Home(id.value); table_[at].id != 0; at = (at + 1) & mask) {
    if (table_[at].id == id.value) return table_[at].slot;
  }
  return kNone;
}

void OwnOrders::Enter(OrderId id, Slot slot) {
  CRUCIBLE_CHECK(id.value != 0);
  if (2 * (live_ + 1) > table_.size()) GrowTable();
  const std::size_t mask = table_.size() - 1;
  std::size_t at = Home(id.value);
  while (table_[at].id != 0) at = (at + 1) & mask;
  table_[at] = {id.value, slot};
}

// Removes without a tombstone: later entries of the run move up into the hole.
void OwnOrders::Leave(OrderId id) {
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

void OwnOrders::GrowTable() {
  const std::vector<Entry> before = std::move(table_);
  const std::size_t size = std::max<std::size_t>(16, 2 * before.size());
  table_.assign(size, {});
  shift_ = 64 - std::countr_zero(size);
  for (const Entry& entry : before) {
    if (entry.id != 0) Enter({entry.id}, entry.slot);
  }
}

// ---- hash ----

void OwnOrders::Hash(StateHasher& hasher) const {
  for (const auto* lists : {&resting_, &stops_}) {
    for (const List& list : *lists) {
      hasher.Add(std::uint64_t{list.size()});
      for (const Place& place : list) {
        const OwnOrder& order = orders_[place.slot];
        hasher.Add(order.id.value);
        hasher.Add(place.rank);
        hasher.Add(order.price.units);
        hasher.Add(order.open);
        hasher.Add(order.ahead);
        hasher.Add(order.credit);
        hasher.Add(order.traded);
        if (order.trail != 0) hasher.Add(order.trail);
      }
    }
  }
}

}  // namespace crucible::history
