// Auctions, halts and expiry of the naive model.

#include <cstdlib>
#include <set>

#include "tests/exchange/naive_exchange.h"

namespace crucible::exchange {

void NaiveExchange::SetStatus(TradingStatus status, Nanos due, Reason reason) {
  status_ = status;
  due_ = due;
  listener_.OnStatus(status, reason);
}

void NaiveExchange::StartAuction(Nanos uncross_at, Nanos now) {
  now_ = now;
  SetStatus(TradingStatus::kQuoting, uncross_at, Reason::kNone);
  Finish();
}

void NaiveExchange::Halt(Nanos reopen_at, Nanos now) {
  now_ = now;
  SetStatus(TradingStatus::kHalted, reopen_at, Reason::kHalted);
}

Nanos NaiveExchange::NextDue() const {
  Nanos due = due_;
  for (const Order& order : orders_)
    if (order.place == Place::kBook || order.place == Place::kStop) due = std::min(due, order.terms.expiry);
  return due;
}

void NaiveExchange::Advance(Nanos to) {
  for (Nanos due = NextDue(); due <= to && due != kEndOfTime; due = NextDue()) {
    now_ = std::max(now_, due);
    std::uint64_t expired = 0;
    for (const Order& order : orders_) {
      const bool live = order.place == Place::kBook || order.place == Place::kStop;
      if (live && order.terms.expiry == due && (expired == 0 || order.id < expired)) expired = order.id;
    }
    if (expired != 0) {
      End(expired, Reason::kExpired);
    } else if (status_ == TradingStatus::kHalted) {
      Reopen(now_);
    } else {
      Uncross();
    }
  }
  now_ = std::max(now_, to);
}

// Every price in the book is tried, and the rules are applied one after the other.
std::optional<Price> NaiveExchange::AuctionPrice() const {
  struct Try {
    std::int64_t price, volume, surplus;
  };
  std::set<std::int64_t> prices;
  std::int64_t market[2] = {0, 0};
  for (const Order& order : orders_) {
    if (order.place == Place::kBook) prices.insert(order.terms.price.units);
    if (order.place == Place::kAuction) market[order.terms.side == kBuy ? 0 : 1] += order.open;
  }
  if (prices.empty()) {
    const bool trades = market[0] > 0 && market[1] > 0 && reference_.units != 0;
    return trades ? std::optional(reference_) : std::nullopt;
  }
  std::vector<Try> tries;
  for (const std::int64_t price : prices) {
    std::int64_t buys = market[0], sells = market[1];
    for (const Order& order : orders_) {
      if (order.place != Place::kBook) continue;
      if (order.terms.side == kBuy && order.terms.price.units >= price) buys += order.open;
      if (order.terms.side == kSell && order.terms.price.units <= price) sells += order.open;
    }
    tries.push_back({price, std::min(buys, sells), buys - sells});
  }
  std::int64_t most = 0;
  for (const Try& one : tries) most = std::max(most, one.volume);
  if (most == 0) return std::nullopt;
  std::erase_if(tries, [&](const Try& one) { return one.volume < most; });
  std::int64_t least = INT64_MAX;
  for (const Try& one : tries) least = std::min(least, std::abs(one.surplus));
  std::erase_if(tries, [&](const Try& one) { return std::abs(one.surplus) > least; });
  bool all_buy = true, all_sell = true;
  for (const Try& one : tries) {
    all_buy &= one.surplus > 0;
    all_sell &= one.surplus < 0;
  }
  if (all_buy) return Price{tries.back().price};
  if (all_sell || reference_.units == 0) return Price{tries.front().price};
  std::int64_t best = tries.front().price;
  for (const Try& one : tries)
    if (std::abs(one.price - reference_.units) <= std::abs(best - reference_.units)) best = one.price;
  return Price{best};
}

NaiveExchange::Order* NaiveExchange::AuctionFront(Side side, Price price) {
  Order* front = nullptr;
  for (Order& order : orders_) {
    if (order.place != Place::kAuction || order.terms.side != side) continue;
    if (front == nullptr || order.arrival < front->arrival) front = &order;
  }
  if (front != nullptr) return front;
  Order* best = Best(side);
  return best == nullptr || IsBetter(side, price, best->terms.price) ? nullptr : best;
}

void NaiveExchange::AuctionPair(std::uint64_t buy, std::uint64_t sell, Price price) {
  const auto shown = [&](std::uint64_t id) {
    return Find(id)->place == Place::kAuction ? Find(id)->open : Find(id)->shown;
  };
  const std::int64_t quantity = std::min(shown(buy), shown(sell));
  const auto party = [&](std::uint64_t id) {
    const Order& order = *Find(id);
    return Party{order.owner, order.tag, {id}, {}, order.open - quantity};
  };
  const Trade trade{price, quantity, ++last_trade_, Side::kNone, party(buy), party(sell)};
  listener_.OnBook({Kind::kTrade, Side::kNone, price, quantity, {}, trade.id});
  Note(trade);
  for (const std::uint64_t id : {buy, sell}) {
    Order& order = *Find(id);
    order.filled += quantity;
    if (order.open == quantity) {
      if (order.place == Place::kBook) {
        listener_.OnBook({Kind::kOrderDelete, order.terms.side, order.terms.price, quantity, {id}, 0});
      }
      Erase(id);
    } else if (order.place == Place::kBook) {
      TakeShown(id, quantity);
    } else {
      order.open -= quantity;
    }
  }
}

void NaiveExchange::Uncross() {
  bool traded = false;
  while (const std::optional<Price> price = AuctionPrice()) {
    for (;;) {
      const Order* buy = AuctionFront(kBuy, *price);
      const Order* sell = AuctionFront(kSell, *price);
      if (buy == nullptr || sell == nullptr) break;
      const std::uint64_t ids[2] = {buy->id, sell->id};
      const SelfTrade mode = ModeOf(buy->owner);
      if (buy->owner == sell->owner && mode == SelfTrade::kDecrement) {
        const auto shown = [](const Order& order) {
          return order.place == Place::kAuction ? order.open : order.shown;
        };
        const std::int64_t by = std::min(shown(*buy), shown(*sell));
        Lower(ids[0], by);
        Lower(ids[1], by);
      } else if (buy->owner == sell->owner && mode != SelfTrade::kAllow) {
        End(mode == SelfTrade::kCancelNewest ? std::max(ids[0], ids[1]) : std::min(ids[0], ids[1]),
            Reason::kSelfTrade);
      } else if ((!buy->reduce_only() || !Cut(ids[0])) && (!sell->reduce_only() || !Cut(ids[1]))) {
        AuctionPair(ids[0], ids[1], *price);
        traded = true;
      }
    }
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> markets;
  for (const Order& order : orders_)
    if (order.place == Place::kAuction) markets.emplace_back(order.arrival, order.id);
  std::ranges::sort(markets);
  for (const auto& [arrival, id] : markets) End(id, Reason::kNothingToMatch);
  if (traded) reference_ = last_;
  SetStatus(TradingStatus::kTrading, kEndOfTime, Reason::kNone);
  Finish();
}

}  // namespace crucible::exchange
