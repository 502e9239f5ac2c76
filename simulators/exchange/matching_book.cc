#include "simulators/exchange/matching_book.h"

namespace crucible::exchange {

// A level that must be made, or lies off the pages.
[[gnu::noinline]] MatchingBook::Level* MatchingBook::MakeLevel(Side side, Price price, Location& location) {
  Ladder& levels = ladder(side);
  const auto relocate = [&](Location, Location to) {
    for (OrderIndex index = levels.at(to).queue.first; index != kNoOrder; index = orders_[index].next)
      orders_[index].location = to;
  };
  const Ladder::Found found = levels.FindOrCreate(price, relocate);
  location = found.location;
  return found.level;
}

[[gnu::noinline]] OrderIndex MatchingBook::RestWithRoom(const Arrival& order) {
  return Queue(order, orders_.Make(order.id, orders_.Locate(order.id)));
}

void MatchingBook::ShowAnew(OrderIndex index, std::int64_t quantity) {
  OrderNode& node = orders_[index];
  Level& level = ladder(node.side).at(node.location);
  level.quantity += quantity - node.quantity;
  node.quantity = quantity;
  orders_.Unlink(level.queue, index);
  orders_.PushBack(level.queue, index);
}

std::int64_t MatchingBook::QuantityAhead(OrderIndex index) const {
  std::int64_t ahead = 0;
  for (OrderIndex at = orders_[index].previous; at != kNoOrder; at = orders_[at].previous)
    ahead += orders_[at].quantity;
  return ahead;
}

std::int64_t MatchingBook::QuantityAt(Side side, Price price) const {
  const Location location = ladder(side).Find(price);
  return location == Ladder::kNone ? 0 : ladder(side).at(location).quantity;
}

void MatchingBook::Hash(StateHasher& hasher) const {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    hasher.Add(std::uint64_t{ladder(side).size()});
    ForEachOrder(side, [&](OrderIndex index) {
      hasher.Add(orders_[index].id);
      hasher.Add(orders_[index].quantity);
      hasher.Add(std::uint64_t{orders_[index].owner});
      hasher.Add(PriceOf(index).units);
      return true;
    });
  }
}

bool MatchingBook::InvariantsHold() const {
  std::size_t orders = 0;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const Ladder& levels = ladder(side);
    if (!levels.InvariantsHold()) return false;
    for (Location at = levels.best(); at != Ladder::kNone; at = levels.Next(at)) {
      const Level& level = levels.at(at);
      std::int64_t quantity = 0;
      OrderIndex previous = kNoOrder;
      for (OrderIndex index = level.queue.first; index != kNoOrder; index = orders_[index].next) {
        const OrderNode& node = orders_[index];
        if (node.previous != previous || node.location != at || node.side != side || node.quantity <= 0)
          return false;
        quantity += node.quantity;
        previous = index;
        if (++orders > orders_.size()) return false;
      }
      if (quantity != level.quantity || level.queue.empty() || previous != level.queue.last) return false;
    }
  }
  return orders == orders_.size() && orders_.InvariantsHold();
}

}  // namespace crucible::exchange
