// Books written as plainly as their rules read: ordered maps and lists. The fast books must agree with them.
#pragma once

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "framework/book/book_types.h"
#include "framework/book/l3_book.h"

namespace crucible::book {

// Best first on either side.
struct BetterPrice {
  Side side;
  bool operator()(Price a, Price b) const { return IsBetter(side, a, b); }
};

class NaiveL2 {
 public:
  void Set(Side side, Price price, Quantity quantity, std::int64_t order_count) {
    if (quantity.units == 0) {
      levels(side).erase(price);
    } else {
      levels(side)[price] = {price, quantity, order_count};
    }
  }
  std::vector<LevelView> Depth(Side side) const {
    std::vector<LevelView> out;
    for (const auto& [price, level] : side == Side::kBid ? bids_ : asks_) out.push_back(level);
    return out;
  }
  void Clear() {
    bids_.clear();
    asks_.clear();
  }

 private:
  using Levels = std::map<Price, LevelView, BetterPrice>;
  Levels& levels(Side side) { return side == Side::kBid ? bids_ : asks_; }
  Levels bids_{BetterPrice{Side::kBid}};
  Levels asks_{BetterPrice{Side::kAsk}};
};

class NaiveL3 {
 public:
  explicit NaiveL3(std::size_t window_levels) : window_(window_levels) {}

  void Add(Side side, Price price, Quantity quantity, OrderId id) {
    if (places_.contains(id)) return;
    levels(side)[price].push_back({id, side, price, quantity, false});
    places_[id] = {side, price};
  }
  void Take(OrderId id, Quantity by, Side side, Price price) {
    const auto place = places_.find(id);
    if (place != places_.end()) return TakeFrom(place->second, FindIn(place->second, id), by);
    const auto level = levels(side).find(price);
    if (level != levels(side).end() && level->second.front().anonymous)
      TakeFrom({side, price}, level->second.begin(), by);
  }
  void Delete(OrderId id, Quantity left, Side side, Price price) {
    Take(id, places_.contains(id) ? Quantity{INT64_MAX} : left, side, price);
  }
  void Modify(OrderId id, Price price, Quantity quantity) {
    if (!places_.contains(id)) return;
    const Place place = places_[id];
    const auto order = FindIn(place, id);
    if (place.price == price && quantity <= order->quantity) {
      order->quantity = quantity;
      return;
    }
    TakeFrom(place, order, {INT64_MAX});
    Add(place.side, price, quantity, id);
  }
  void SetLevel(Side side, Price price, Quantity total) {
    Quantity known;
    for (const OrderView& order : levels(side)[price])
      if (!order.anonymous) known = known + order.quantity;
    if (total < known) {
      Drop(side, price);
    } else {
      levels(side)[price].remove_if([](const OrderView& order) { return order.anonymous; });
    }
    const Quantity rest = total < known ? total : total - known;
    if (rest.units > 0) levels(side)[price].push_front({{}, side, price, rest, true});
    if (levels(side)[price].empty()) levels(side).erase(price);
  }
  void EndGroup() {
    for (Side side : {Side::kBid, Side::kAsk})
      while (window_ > 0 && levels(side).size() > window_) Drop(side, levels(side).rbegin()->first);
  }

  std::vector<LevelView> Depth(Side side) const {
    std::vector<LevelView> out;
    for (const auto& [price, queue] : side == Side::kBid ? bids_ : asks_) {
      LevelView view{price, {}, 0};
      for (const OrderView& order : queue) {
        view.quantity = view.quantity + order.quantity;
        view.order_count += order.anonymous ? 0 : 1;
      }
      out.push_back(view);
    }
    return out;
  }
  std::vector<OrderView> Queue(Side side, Price price) const {
    const auto& levels = side == Side::kBid ? bids_ : asks_;
    const auto level = levels.find(price);
    if (level == levels.end()) return {};
    return {level->second.begin(), level->second.end()};
  }
  std::optional<Quantity> QuantityAhead(OrderId id) const {
    const auto place = places_.find(id);
    if (place == places_.end()) return std::nullopt;
    Quantity ahead;
    for (const OrderView& order : Queue(place->second.side, place->second.price)) {
      if (!order.anonymous && order.id == id) break;
      ahead = ahead + order.quantity;
    }
    return ahead;
  }
  std::vector<OrderId> Ids() const {
    std::vector<OrderId> out;
    for (const auto& [id, place] : places_) out.push_back(id);
    return out;
  }

 private:
  struct Place {
    Side side = Side::kNone;
    Price price;
  };
  using Queue_ = std::list<OrderView>;
  using Levels = std::map<Price, Queue_, BetterPrice>;

  Levels& levels(Side side) { return side == Side::kBid ? bids_ : asks_; }
  Queue_::iterator FindIn(Place place, OrderId id) {
    Queue_& queue = levels(place.side)[place.price];
    return std::find_if(queue.begin(), queue.end(),
                        [&](const OrderView& o) { return !o.anonymous && o.id == id; });
  }
  void TakeFrom(Place place, Queue_::iterator order, Quantity by) {
    if (by < order->quantity) {
      order->quantity = order->quantity - by;
      return;
    }
    if (!order->anonymous) places_.erase(order->id);
    levels(place.side)[place.price].erase(order);
    if (levels(place.side)[place.price].empty()) levels(place.side).erase(place.price);
  }
  void Drop(Side side, Price price) {
    for (const OrderView& order : levels(side)[price])
      if (!order.anonymous) places_.erase(order.id);
    levels(side).erase(price);
  }

  std::size_t window_;
  Levels bids_{BetterPrice{Side::kBid}};
  Levels asks_{BetterPrice{Side::kAsk}};
  std::map<OrderId, Place> places_;
};

}  // namespace crucible::book
