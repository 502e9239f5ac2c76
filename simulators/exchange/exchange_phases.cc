// Phases: auctions, halts, and what expires.

#include <algorithm>

#include "simulators/exchange/auction.h"
#include "simulators/exchange/exchange.h"

namespace crucible::exchange {
namespace {

constexpr std::int64_t Code(Reason reason) { return static_cast<std::int64_t>(reason); }

}  // namespace

void Exchange::SetStatus(TradingStatus status, Nanos due, Reason reason) {
  status_ = status;
  status_due_ = due;
  listener_.OnStatus(status, reason);
}

void Exchange::StartAuction(Nanos uncross_at, Nanos now) {
  now_ = now;
  SetStatus(TradingStatus::kQuoting, uncross_at, Reason::kNone);
  FinishEvent();
}

void Exchange::Halt(Nanos reopen_at, Nanos now) {
  now_ = now;
  SetStatus(TradingStatus::kHalted, reopen_at, Reason::kHalted);
}

void Exchange::Reopen(Nanos now) { StartAuction(now + rules_.auction_length, now); }

Nanos Exchange::NextDue() const {
  return expiries_.empty() ? status_due_ : std::min(status_due_, expiries_.begin()->first);
}

void Exchange::Advance(Nanos to) {
  for (Nanos due = NextDue(); due <= to && due != kEndOfTime; due = NextDue()) {
    now_ = std::max(now_, due);
    if (!expiries_.empty() && expiries_.begin()->first <= due) {
      ExpireOrder({expiries_.begin()->second});
    } else if (status_ == TradingStatus::kHalted) {
      Reopen(now_);
    } else {
      Uncross();
    }
  }
  now_ = std::max(now_, to);
}

void Exchange::ExpireOrder(OrderId id) {
  expiries_.erase(expiries_.begin());
  if (const OrderIndex index = book_.Find(id); index != kNoOrder)
    return CancelResting(index, Reason::kExpired);
  const StopOrder* stop = stops_.Find(id);
  const Price limit = stop->terms.type == OrderType::kStopLimit ? stop->terms.price : Price{};
  ReplyTo(Kind::kCanceled, stop->owner, stop->terms.side, stop->tag, id, limit, stop->terms.quantity.units,
          Code(Reason::kExpired));
  if (const auto at = reduce_only_.find(stop->owner); at != reduce_only_.end()) at->second.erase(id.value);
  stops_.Remove(id);
}

// ---- the auction ----

// What self-trade prevention and reduce-only orders take out may leave the book crossed: then it is uncrossed
// again.
void Exchange::Uncross() {
  while (const std::optional<Price> price = AuctionPrice()) TradeAuction(*price);
  CancelMarkets();
  if (traded_) reference_ = last_;
  SetStatus(TradingStatus::kTrading, kEndOfTime, Reason::kNone);
  FinishEvent();
}

std::optional<Price> Exchange::AuctionPrice() const {
  std::vector<AuctionLevel> bids, asks;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    book_.ForEachOrder(side, [&](OrderIndex index) {
      (side == Side::kBid ? bids : asks).push_back({book_.PriceOf(index), OpenOf(index)});
      return true;
    });
  }
  AuctionBook book{bids, asks, 0, 0, reference_};
  for (const Working& order : auction_markets_) {
    (order.arrival.side == kBuy ? book.market_buys : book.market_sells) += order.arrival.quantity;
  }
  const std::optional<Uncrossing> uncrossing = FindUncrossing(book);
  return uncrossing ? std::optional(uncrossing->price) : std::nullopt;
}

// One side of a pair: an order without a limit, or a resting one.
struct Exchange::Standing {
  Working* market = nullptr;
  OrderIndex resting = kNoOrder;
};

// Orders without a limit first, then by price and time. False when the side has nobody left who trades at
// `price`.
bool Exchange::AuctionFront(Side side, Price price, Standing& front) {
  front = {};
  for (Working& order : auction_markets_) {
    if (order.arrival.side != side) continue;
    front.market = &order;
    return true;
  }
  if (book_.Empty(side) || IsBetter(side, price, book_.BestPrice(side))) return false;
  front.resting = book_.Front(side);
  return true;
}

Party Exchange::PartyOf(const Standing& standing) const {
  if (standing.market != nullptr) {
    const Working& order = *standing.market;
    return {order.arrival.owner, order.info.tag, order.arrival.id, {}, order.arrival.quantity};
  }
  const OrderIndex index = standing.resting;
  return {book_.OwnerOf(index), info_[index].tag, {book_.order(index).id}, {}, OpenOf(index)};
}

std::int64_t Exchange::ShownOf(const Standing& standing) const {
  return standing.market != nullptr ? standing.market->arrival.quantity
                                    : book_.order(standing.resting).quantity;
}

void Exchange::EndStanding(const Standing& standing, Reason reason) {
  if (standing.market == nullptr) return CancelResting(standing.resting, reason);
  EndUnfilled(*standing.market, reason);
  standing.market->arrival.quantity = 0;
}

// Takes from a side without a trade.
void Exchange::LowerStanding(const Standing& standing, std::int64_t by) {
  if (PartyOf(standing).open == by) return EndStanding(standing, Reason::kSelfTrade);
  if (standing.market == nullptr) {
    LowerShown(standing.resting, by);
    return ReplyTo(Kind::kAmended, standing.resting, OpenOf(standing.resting),
                   book_.QuantityAhead(standing.resting));
  }
  Working& order = *standing.market;
  order.arrival.quantity -= by;
  ReplyTo(Kind::kAmended, order.arrival.owner, order.arrival.side, order.info.tag, order.arrival.id, {},
          order.arrival.quantity, -1);
}

// Cuts a reduce-only side down to its position; true if that changed it.
bool Exchange::CutStanding(const Standing& standing) {
  if (standing.market == nullptr) {
    return info_[standing.resting].Has(option::kReduceOnly) && CutToPosition(standing.resting);
  }
  Working& order = *standing.market;
  if (!order.info.Has(option::kReduceOnly)) return false;
  const std::int64_t most = ledger_.Reducible(order.arrival.owner, order.arrival.side);
  if (order.arrival.quantity <= most) return false;
  if (most == 0) {
    EndStanding(standing, Reason::kReduceOnly);
    return true;
  }
  order.arrival.quantity = most;
  ReplyTo(Kind::kAmended, order.arrival.owner, order.arrival.side, order.info.tag, order.arrival.id, {}, most,
          -1);
  return true;
}

// The later submitted of the two is the newest.
void Exchange::PreventSelfTrade(const Standing& buy, const Standing& sell, SelfTrade mode) {
  if (mode == SelfTrade::kDecrement) {
    const std::int64_t by = std::min(ShownOf(buy), ShownOf(sell));
    LowerStanding(buy, by);
    return LowerStanding(sell, by);
  }
  const bool buy_is_newest = PartyOf(buy).id > PartyOf(sell).id;
  const bool end_buy = buy_is_newest == (mode == SelfTrade::kCancelNewest);
  EndStanding(end_buy ? buy : sell, Reason::kSelfTrade);
}

void Exchange::FillStanding(const Standing& standing, std::int64_t quantity) {
  if (standing.market != nullptr) {
    standing.market->arrival.quantity -= quantity;
    standing.market->info.filled += quantity;
    return;
  }
  const OrderIndex index = standing.resting;
  info_[index].filled += quantity;
  if (quantity < OpenOf(index)) return LowerShown(index, quantity);
  const OrderNode& node = book_.order(index);
  listener_.OnBook({Kind::kOrderDelete, node.side, book_.PriceOf(index), quantity, {node.id}, 0});
  Forget(index);
  book_.Remove(index);
}

void Exchange::TradeAuctionPair(const Standing& buy, const Standing& sell, Price price) {
  const std::int64_t quantity = std::min(ShownOf(buy), ShownOf(sell));
  Trade trade{price, quantity, ++last_trade_id_, Side::kNone, PartyOf(buy), PartyOf(sell)};
  trade.buyer.open -= quantity;
  trade.seller.open -= quantity;
  listener_.OnBook({Kind::kTrade, Side::kNone, price, quantity, {}, trade.id});
  Report(trade);
  FillStanding(buy, quantity);
  FillStanding(sell, quantity);
}

void Exchange::TradeAuction(Price price) {
  Standing buy, sell;
  while (AuctionFront(kBuy, price, buy) && AuctionFront(kSell, price, sell)) {
    const Owner owner = PartyOf(buy).owner;
    if (owner == PartyOf(sell).owner && SelfTradeOf(owner) != SelfTrade::kAllow) {
      PreventSelfTrade(buy, sell, SelfTradeOf(owner));
    } else if (!CutStanding(buy) && !CutStanding(sell)) {
      TradeAuctionPair(buy, sell, price);
    }
    std::erase_if(auction_markets_, [](const Working& order) { return order.arrival.quantity == 0; });
  }
}

void Exchange::CancelMarkets() {
  for (const Working& order : auction_markets_) EndUnfilled(order, Reason::kNothingToMatch);
  auction_markets_.clear();
}

}  // namespace crucible::exchange
