#include "simulators/exchange/stop_book.h"

#include <algorithm>

namespace crucible::exchange {

void StopBook::Add(const StopOrder& stop) {
  stops_.emplace(stop.id.value, stop);
  TriggersOf(stop.terms.side).emplace(KeyOf(stop), stop.id.value);
  if (stop.terms.type == OrderType::kTrailingStop) trailing_.insert(stop.id.value);
}

StopOrder* StopBook::Find(OrderId id) {
  const auto at = stops_.find(id.value);
  return at == stops_.end() ? nullptr : &at->second;
}

void StopBook::Remove(OrderId id) {
  const auto at = stops_.find(id.value);
  if (at == stops_.end()) return;
  TriggersOf(at->second.terms.side).erase({KeyOf(at->second), id.value});
  trailing_.erase(id.value);
  stops_.erase(at);
}

void StopBook::Follow(Price low, Price high) {
  for (const std::uint64_t id : trailing_) {
    StopOrder& stop = stops_.at(id);
    const Price trailed = Trailed(stop.terms, low, high);
    if (trailed == stop.terms.stop_price) continue;
    Triggers& triggers = TriggersOf(stop.terms.side);
    triggers.erase({KeyOf(stop), id});
    stop.terms.stop_price = trailed;
    triggers.emplace(KeyOf(stop), id);
  }
}

std::vector<StopOrder> StopBook::Elect(Price low, Price high) {
  Follow(low, high);
  std::vector<StopOrder> elected;
  const auto take = [&](const Triggers& triggers, std::int64_t reached) {
    for (auto at = triggers.begin(); at != triggers.end() && at->first <= reached; ++at) {
      elected.push_back(stops_.at(at->second));
    }
  };
  take(buys_, high.units);
  take(sells_, -low.units);
  std::ranges::sort(elected, {}, [](const StopOrder& stop) { return stop.id; });
  for (const StopOrder& stop : elected) Remove(stop.id);
  return elected;
}

void StopBook::Hash(StateHasher& hasher) const {
  hasher.Add(std::uint64_t{stops_.size()});
  for (const auto& [id, stop] : stops_) {
    hasher.Add(id);
    hasher.Add(std::uint64_t{stop.owner});
    hasher.Add(stop.terms.stop_price.units);
    hasher.Add(stop.terms.price.units);
    hasher.Add(stop.terms.quantity.units);
  }
}

}  // namespace crucible::exchange
