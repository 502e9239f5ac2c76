#include "simulators/history/own_orders.h"

#include <algorithm>
#include <bit>

namespace crucible::history {

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
