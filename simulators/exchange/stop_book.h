// Orders that wait for a price: stops, stop-limits, trailing stops.
//
// A buy stop is elected when a trade happens at its trigger or above, a sell stop at its trigger or below. A
// trailing stop's trigger follows the trades at a fixed distance and never moves away from the market's
// favourable side.
//
// O(log stops) per change; one comparison where no stop is near; O(trailing stops) where the price moved.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/trading/command.h"
#include "simulators/exchange/matching_book.h"

namespace crucible::exchange {

struct StopOrder {
  OrderId id;
  Owner owner = 0;
  std::uint64_t tag = 0;
  trading::OrderTerms terms;  // stop_price is the current trigger, also of a trailing stop
};

class StopBook {
 public:
  void Add(const StopOrder& stop);
  StopOrder* Find(OrderId id);
  void Remove(OrderId id);
  bool empty() const { return stops_.empty(); }
  std::size_t size() const { return stops_.size(); }

  // True when trades between `low` and `high` could elect or move anything.
  bool Concerned(Price low, Price high) const {
    return !trailing_.empty() || (!buys_.empty() && buys_.begin()->first <= high.units) ||
           (!sells_.empty() && -sells_.begin()->first >= low.units);
  }
  // Lets trailing stops follow the most favourable of the trades, then takes out every stop that the trades
  // have reached, oldest first.
  std::vector<StopOrder> Elect(Price low, Price high);

  // Calls visit(const StopOrder&) from the oldest to the newest.
  template <class Visit>
  void ForEach(Visit&& visit) const {
    for (const auto& [id, stop] : stops_) visit(stop);
  }
  void Hash(StateHasher& hasher) const;

 private:
  using Triggers = std::set<std::pair<std::int64_t, std::uint64_t>>;  // trigger (negated for sells), id
  static std::int64_t KeyOf(const StopOrder& stop) {
    return Sign(stop.terms.side) * stop.terms.stop_price.units;
  }
  Triggers& TriggersOf(Side side) { return side == kBuy ? buys_ : sells_; }
  void Follow(Price low, Price high);

  std::map<std::uint64_t, StopOrder> stops_;  // by id: in order of arrival
  Triggers buys_, sells_;
  std::set<std::uint64_t> trailing_;
};

// The trigger of a trailing stop after trades between `low` and `high`.
inline Price Trailed(const trading::OrderTerms& terms, Price low, Price high) {
  const PriceDelta distance{terms.price.units};
  return terms.side == kBuy ? std::min(terms.stop_price, low + distance)
                            : std::max(terms.stop_price, high - distance);
}

}  // namespace crucible::exchange
