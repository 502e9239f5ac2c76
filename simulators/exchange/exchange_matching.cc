// How an order acts: on arrival, at meetings with others, when its stop is elected.

#include <algorithm>

#include "simulators/exchange/exchange.h"

namespace crucible::exchange {
namespace {

using trading::OrderTerms;

constexpr std::int64_t Code(Reason reason) { return static_cast<std::int64_t>(reason); }
constexpr bool IsLimit(OrderType type) { return type == OrderType::kLimit || type == OrderType::kStopLimit; }

}  // namespace

// The core's questions while one order matches.
class Exchange::Matcher {
 public:
  Matcher(Exchange& exchange, Working& taker) : exchange_(exchange), taker_(taker) {}

  Meeting OnMeeting(OrderIndex maker, Arrival&) {
    const Owner owner = exchange_.book_.OwnerOf(maker);
    if (owner == taker_.arrival.owner && exchange_.SelfTradeOf(owner) != SelfTrade::kAllow) {
      return exchange_.MeetOwn(maker, taker_);
    }
    const bool reduce_only = exchange_.info_[maker].Has(option::kReduceOnly);
    return reduce_only && exchange_.CutToPosition(maker) ? Meeting::kAgain : Meeting::kTrade;
  }
  void OnTrade(OrderIndex maker, Price price, std::int64_t quantity, const Arrival&) {
    exchange_.BookTrade(taker_, maker, price, quantity);
  }
  std::int64_t OnUsedUp(OrderIndex maker) {
    if (exchange_.info_[maker].hidden > 0) return exchange_.ShowMore(maker);
    exchange_.Forget(maker);
    return 0;
  }

 private:
  Exchange& exchange_;
  Working& taker_;
};

// ---- arrival ----

void Exchange::Accept(const Working& order, bool answered) {
  if (answered) return;
  const Arrival& arrival = order.arrival;
  const std::int64_t ahead = order.info.MayRest() ? book_.QuantityAt(arrival.side, arrival.limit) : -1;
  ReplyTo(Kind::kAccepted, arrival.owner, arrival.side, order.info.tag, arrival.id, order.limit,
          arrival.quantity, ahead);
}

void Exchange::EndUnfilled(const Working& order, Reason reason) {
  const Arrival& arrival = order.arrival;
  ReplyTo(Kind::kCanceled, arrival.owner, arrival.side, order.info.tag, arrival.id, order.limit,
          arrival.quantity, Code(reason));
}

void Exchange::Enter(Working& order, bool answered) {
  const Arrival& arrival = order.arrival;
  if (order.info.Has(option::kPostOnly) && book_.Crosses(arrival.side, arrival.limit)) {
    if (answered) return EndUnfilled(order, Reason::kWouldTake);
    return ReplyTo(Kind::kRejected, arrival.owner, arrival.side, order.info.tag, {}, arrival.limit,
                   arrival.quantity, Code(Reason::kWouldTake));
  }
  if (status_ != TradingStatus::kTrading) return EnterAuction(order, answered);
  Accept(order, answered);
  if (order.info.tif == TimeInForce::kFillOrKill && !Fillable(order)) {
    return EndUnfilled(order, Reason::kNotFillable);
  }
  MatchAndRest(order);
}

void Exchange::EnterAuction(Working& order, bool answered) {
  Accept(order, answered);
  if (order.info.MayRest()) return RestRemainder(order);
  const bool immediate =
      order.info.tif == TimeInForce::kImmediateOrCancel || order.info.tif == TimeInForce::kFillOrKill;
  if (immediate) return EndUnfilled(order, Reason::kNothingToMatch);
  auction_markets_.push_back(order);
}

void Exchange::MatchAndRest(Working& order) {
  const Side side = order.arrival.side;
  const Price limit = order.arrival.limit;
  if (HasBand()) {
    order.arrival.limit = side == kBuy ? std::min(limit, UpperBand()) : std::max(limit, LowerBand());
  }
  const bool went_on = book_.Match(order.arrival, Matcher(*this, order));
  order.arrival.limit = limit;
  if (order.arrival.quantity == 0) return;
  if (!went_on) return EndUnfilled(order, Reason::kSelfTrade);
  if (book_.Crosses(side, limit)) {  // what is left would trade beyond the band
    breached_ = true;
    return EndUnfilled(order, Reason::kOutsideBand);
  }
  if (order.info.MayRest()) return RestRemainder(order);
  EndUnfilled(order, Reason::kNothingToMatch);
}

void Exchange::RestRemainder(const Working& order) {
  Arrival shown = order.arrival;
  const std::int64_t display = order.info.display;
  if (display > 0 && display < shown.quantity) shown.quantity = display;
  const OrderIndex index = book_.Rest(shown);
  if (info_.size() <= index) info_.resize(std::max<std::size_t>(64, 2 * std::size_t{index}));
  info_[index] = order.info;
  info_[index].hidden = order.arrival.quantity - shown.quantity;
  Remember(index);
  listener_.OnBook({Kind::kOrderAdd, shown.side, shown.limit, shown.quantity, shown.id, 0});
}

// Counts what would trade within limit and band. An own order that would stop the matching ends the count
// where it stands; reduce-only orders do not count, because their size may change under us.
bool Exchange::Fillable(const Working& order) const {
  const Arrival& arrival = order.arrival;
  Price limit = arrival.limit;
  if (HasBand()) limit = arrival.side == kBuy ? std::min(limit, UpperBand()) : std::max(limit, LowerBand());
  const SelfTrade mode = SelfTradeOf(arrival.owner);
  std::int64_t missing = arrival.quantity;
  std::int64_t hidden_here =
      0;  // of icebergs at the price being counted: they trade behind what is shown there
  Price here;
  book_.ForEachOrder(Opposite(arrival.side), [&](OrderIndex index) {
    const Price price = book_.PriceOf(index);
    if (IsBetter(arrival.side, price, limit)) return false;
    if (price != here && missing <= 0) return false;
    if (price != here) hidden_here = 0;
    here = price;
    if (book_.OwnerOf(index) == arrival.owner && mode != SelfTrade::kAllow) {
      if (mode == SelfTrade::kCancelOldest) return true;
      missing += hidden_here;
      return false;
    }
    if (info_[index].Has(option::kReduceOnly)) return true;
    hidden_here += info_[index].hidden;
    missing -= OpenOf(index);
    return missing + hidden_here > 0;
  });
  return missing <= 0;
}

// ---- meetings ----

void Exchange::BookTrade(Working& taker, OrderIndex maker, Price price, std::int64_t quantity) {
  const OrderNode& node = book_.order(maker);
  OrderInfo& info = info_[maker];
  info.filled += quantity;
  taker.info.filled += quantity;
  Trade trade{price, quantity, ++last_trade_id_, taker.arrival.side, {}, {}};
  const Party resting{book_.OwnerOf(maker), info.tag, {node.id}, {}, node.quantity - quantity + info.hidden};
  const Party arriving{taker.arrival.owner, taker.info.tag, taker.arrival.id, {}, taker.arrival.quantity};
  trade.buyer = trade.aggressor == kBuy ? arriving : resting;
  trade.seller = trade.aggressor == kBuy ? resting : arriving;
  listener_.OnBook({Kind::kOrderExecute, node.side, price, quantity, {node.id}, trade.id});
  Report(trade);
}

void Exchange::Report(const Trade& trade) {
  const Ledger::Settlement fees =
      ledger_.Settle(trade.buyer.owner, trade.seller.owner, trade.price, {trade.quantity}, trade.aggressor);
  Trade settled = trade;
  settled.buyer.fee = fees.buyer_fee;
  settled.seller.fee = fees.seller_fee;
  low_ = traded_ ? std::min(low_, trade.price) : trade.price;
  high_ = traded_ ? std::max(high_, trade.price) : trade.price;
  traded_ = true;
  last_ = trade.price;
  listener_.OnTrade(settled);
}

Meeting Exchange::MeetOwn(OrderIndex maker, Working& taker) {
  switch (SelfTradeOf(taker.arrival.owner)) {
    case SelfTrade::kCancelOldest:
      CancelResting(maker, Reason::kSelfTrade);
      return Meeting::kAgain;
    case SelfTrade::kDecrement:
      Decrement(maker, taker);
      return Meeting::kAgain;
    default:
      return Meeting::kStop;
  }
}

void Exchange::Decrement(OrderIndex maker, Working& taker) {
  Arrival& arrival = taker.arrival;
  const std::int64_t by = std::min(arrival.quantity, book_.order(maker).quantity);
  arrival.quantity -= by;
  if (OpenOf(maker) == by) {
    CancelResting(maker, Reason::kSelfTrade);
  } else {
    LowerShown(maker, by);
    ReplyTo(Kind::kAmended, maker, OpenOf(maker), book_.QuantityAhead(maker));
  }
  if (arrival.quantity > 0) {
    return ReplyTo(Kind::kAmended, arrival.owner, arrival.side, taker.info.tag, arrival.id, taker.limit,
                   arrival.quantity, -1);
  }
  ReplyTo(Kind::kCanceled, arrival.owner, arrival.side, taker.info.tag, arrival.id, taker.limit, by,
          Code(Reason::kSelfTrade));
}

// ---- resting orders ----

// Takes from what an order shows; an iceberg that has nothing left to show shows the next part, at the back.
// REQUIRES: by is at most what is shown, and less than what is open.
void Exchange::LowerShown(OrderIndex index, std::int64_t by) {
  const OrderNode& node = book_.order(index);
  const Price price = book_.PriceOf(index);
  if (by < node.quantity) {
    listener_.OnBook({Kind::kOrderReduce, node.side, price, by, {node.id}, 0});
    return book_.Lower(index, by);
  }
  listener_.OnBook({Kind::kOrderDelete, node.side, price, by, {node.id}, 0});
  book_.ShowAnew(index, ShowMore(index));
}

std::int64_t Exchange::ShowMore(OrderIndex index) {
  OrderInfo& info = info_[index];
  const std::int64_t shown = std::min(info.display, info.hidden);
  info.hidden -= shown;
  const OrderNode& node = book_.order(index);
  listener_.OnBook({Kind::kOrderAdd, node.side, book_.PriceOf(index), shown, {node.id}, 0});
  return shown;
}

// Puts an order on the lists on which it must be found by other things than its id and its price.
void Exchange::Remember(OrderIndex index) {
  const OrderInfo& info = info_[index];
  const std::uint64_t id = book_.order(index).id;
  const bool dated = info.expiry != kEndOfTime;
  const bool reduce_only = info.Has(option::kReduceOnly);
  if (!dated && !reduce_only && info.hidden == 0) return;
  const Owner owner = book_.OwnerOf(index);
  book_.Watch(index);
  if (dated) expiries_.emplace(info.expiry, id);
  if (reduce_only) reduce_only_[owner].insert(id);
}

void Exchange::Forget(OrderIndex index) {
  const OrderNode& node = book_.order(index);
  if (node.owner < kWatched) return;
  const OrderInfo& info = info_[index];
  if (info.expiry != kEndOfTime) expiries_.erase({info.expiry, node.id});
  if (info.Has(option::kReduceOnly)) reduce_only_[book_.OwnerOf(index)].erase(node.id);
}

void Exchange::CancelResting(OrderIndex index, Reason reason) {
  const OrderNode& node = book_.order(index);
  listener_.OnBook({Kind::kOrderDelete, node.side, book_.PriceOf(index), node.quantity, {node.id}, 0});
  ReplyTo(Kind::kCanceled, index, OpenOf(index), Code(reason));
  Forget(index);
  book_.Remove(index);
}

// Cuts a reduce-only order down to the position that it may reduce; true if that changed it.
bool Exchange::CutToPosition(OrderIndex index) {
  const std::int64_t most = ledger_.Reducible(book_.OwnerOf(index), book_.order(index).side);
  const std::int64_t open = OpenOf(index);
  if (open <= most) return false;
  if (most == 0) {
    CancelResting(index, Reason::kReduceOnly);
    return true;
  }
  Shrink(index, open - most);
  ReplyTo(Kind::kAmended, index, most, book_.QuantityAhead(index));
  return true;
}

// ---- stops ----

void Exchange::EnterStop(OrderId id, Owner owner, std::uint64_t tag, OrderTerms terms) {
  const bool trails = terms.type == OrderType::kTrailingStop;
  if (trails) {
    const Price start = last_.units != 0 ? last_ : reference_;
    terms.stop_price = terms.side == kBuy ? kAnyBuyPrice : kAnySellPrice;
    terms.stop_price = Trailed(terms, start, start);
  }
  if (terms.tif != TimeInForce::kGoodTillDate) terms.expiry = kEndOfTime;
  const Price limit = IsLimit(terms.type) ? terms.price : Price{};
  ReplyTo(Kind::kAccepted, owner, terms.side, tag, id, limit, terms.quantity.units, -1);
  const bool reached = !trails && status_ == TradingStatus::kTrading && last_.units != 0 &&
                       !IsBetter(terms.side, terms.stop_price, last_);
  if (reached) return elected_.push_back({id, owner, tag, terms});
  stops_.Add({id, owner, tag, terms});
  if (terms.expiry != kEndOfTime) expiries_.emplace(terms.expiry, id.value);
  if ((terms.options & option::kReduceOnly) != 0) reduce_only_[owner].insert(id.value);
}

void Exchange::EnterElected(const StopOrder& stop) {
  const OrderTerms& terms = stop.terms;
  const bool priced = IsLimit(terms.type);
  const Price any = terms.side == kBuy ? kAnyBuyPrice : kAnySellPrice;
  Working order{{stop.id, terms.side, priced ? terms.price : any, terms.quantity.units, stop.owner},
                {stop.tag, 0, 0, terms.display.units, terms.expiry, terms.type, terms.tif, terms.options},
                priced ? terms.price : Price{}};
  ReplyTo(Kind::kTriggered, stop.owner, terms.side, stop.tag, stop.id, order.limit, terms.quantity.units, 0);
  if (terms.expiry <= now_) return EndUnfilled(order, Reason::kExpired);
  if (priced && CheckBand(terms.side, terms.price) != Reason::kNone)
    return EndUnfilled(order, Reason::kOutsideBand);
  if (order.info.Has(option::kReduceOnly)) {
    const std::int64_t most = ledger_.Reducible(stop.owner, terms.side);
    if (most == 0) return EndUnfilled(order, Reason::kReduceOnly);
    if (most < order.arrival.quantity) {
      order.arrival.quantity = most;
      ReplyTo(Kind::kAmended, stop.owner, terms.side, stop.tag, stop.id, order.limit, most, -1);
    }
  }
  Enter(order, true);
}

void Exchange::ElectStops() {
  if (!traded_) return;
  traded_ = false;
  if (!stops_.Concerned(low_, high_)) return;
  for (const StopOrder& stop : stops_.Elect(low_, high_)) {
    expiries_.erase({stop.terms.expiry, stop.id.value});
    if (const auto at = reduce_only_.find(stop.owner); at != reduce_only_.end())
      at->second.erase(stop.id.value);
    elected_.push_back(stop);
  }
}

// ---- the end of an event ----

// Elected stops act one after the other; what their trades elect stands behind them. A halt keeps the rest
// waiting.
void Exchange::FinishEvent() {
  bool traded = false;
  for (;;) {
    if (breached_) {
      breached_ = false;
      SetStatus(TradingStatus::kHalted, now_ + rules_.halt_length, Reason::kOutsideBand);
    }
    traded |= traded_;
    ElectStops();
    if (elected_.empty() || status_ == TradingStatus::kHalted) break;
    const StopOrder stop = elected_.front();
    elected_.pop_front();
    EnterElected(stop);
  }
  if (traded && !reduce_only_.empty()) EnforceReduceOnly();
}

void Exchange::EnforceReduceOnly() {
  for (auto at = reduce_only_.begin(); at != reduce_only_.end();) {
    const auto [owner, ids] = *at;
    EnforceReduceOnly(owner, ids);
    at = at->second.empty() ? reduce_only_.erase(at) : std::next(at);
  }
}

void Exchange::EnforceReduceOnly(Owner owner, const std::set<std::uint64_t>& ids) {
  for (const std::uint64_t id : ids) {
    if (const OrderIndex index = book_.Find({id}); index != kNoOrder) {
      CutToPosition(index);
      continue;
    }
    const StopOrder* stop = stops_.Find({id});
    if (stop == nullptr || ledger_.Reducible(owner, stop->terms.side) > 0) continue;
    const Price limit = IsLimit(stop->terms.type) ? stop->terms.price : Price{};
    ReplyTo(Kind::kCanceled, owner, stop->terms.side, stop->tag, stop->id, limit, stop->terms.quantity.units,
            Code(Reason::kReduceOnly));
    expiries_.erase({stop->terms.expiry, id});
    reduce_only_[owner].erase(id);
    stops_.Remove({id});
  }
}

}  // namespace crucible::exchange
