#include "simulators/exchange/exchange.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::exchange {
namespace {

using trading::OrderTerms;

constexpr std::int64_t Code(Reason reason) { return static_cast<std::int64_t>(reason); }
constexpr bool IsStop(OrderType type) { return type >= OrderType::kStop; }
constexpr bool IsLimit(OrderType type) { return type == OrderType::kLimit || type == OrderType::kStopLimit; }
constexpr bool IsImmediate(TimeInForce tif) {
  return tif == TimeInForce::kImmediateOrCancel || tif == TimeInForce::kFillOrKill;
}

absl::Status CheckNotNegative(std::string_view rule, std::int64_t value) {
  if (value >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s is %d, expected 0 or more", rule, value));
}

}  // namespace

absl::Status MarketRules::Validate() const {
  if (instrument.tick_size.units <= 0 || instrument.lot_size.units <= 0) {
    return absl::InvalidArgumentError(absl::StrFormat("tick size %d and lot size %d: both must be above 0",
                                                      instrument.tick_size.units, instrument.lot_size.units));
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckNotNegative("band", band.units));
  CRUCIBLE_RETURN_IF_ERROR(CheckNotNegative("reference", reference.units));
  CRUCIBLE_RETURN_IF_ERROR(CheckNotNegative("halt_length", halt_length.nanos));
  CRUCIBLE_RETURN_IF_ERROR(CheckNotNegative("auction_length", auction_length.nanos));
  if (max_messages > 0 && message_interval.nanos <= 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "message_interval is %d ns, expected above 0 where max_messages is set", message_interval.nanos));
  }
  return fees.Validate();
}

absl::StatusOr<std::unique_ptr<Exchange>> Exchange::Create(const MarketRules& rules,
                                                           ExchangeListener& listener) {
  CRUCIBLE_RETURN_IF_ERROR(rules.Validate());
  CRUCIBLE_ASSIGN_OR_RETURN(trading::ContractMath math, trading::ContractMath::Create(rules.instrument));
  CRUCIBLE_ASSIGN_OR_RETURN(trading::FeeSchedule fees,
                            trading::FeeSchedule::Create(rules.fees, rules.instrument));
  return std::unique_ptr<Exchange>(new Exchange(rules, math, std::move(fees), listener));
}

Exchange::Exchange(const MarketRules& rules, trading::ContractMath math, trading::FeeSchedule fees,
                   ExchangeListener& listener)
    : rules_(rules),
      listener_(listener),
      ticks_(rules.instrument.tick_size),
      lots_(PriceDelta{rules.instrument.lot_size.units}),
      ledger_(math, std::move(fees)),
      book_({.tick_size = rules.instrument.tick_size, .dense_ids = true}),
      reference_(rules.reference) {}

void Exchange::SetSelfTrade(Owner owner, SelfTrade mode) {
  if (self_trade_.size() <= owner) self_trade_.resize(owner + std::size_t{1}, rules_.self_trade);
  self_trade_[owner] = mode;
}

SelfTrade Exchange::SelfTradeOf(Owner owner) const {
  return owner < self_trade_.size() ? self_trade_[owner] : rules_.self_trade;
}

void Exchange::ReplyTo(Kind kind, Owner owner, Side side, std::uint64_t tag, OrderId id, Price price,
                       std::int64_t quantity, std::int64_t detail) {
  listener_.OnReply({kind, owner, side, tag, id, price, quantity, detail});
}

void Exchange::ReplyTo(Kind kind, OrderIndex index, std::int64_t quantity, std::int64_t detail) {
  const OrderNode& node = book_.order(index);
  ReplyTo(kind, book_.OwnerOf(index), node.side, info_[index].tag, {node.id}, book_.PriceOf(index), quantity,
          detail);
}

// ---- checks ----

// Counts a message; true when it is one too many.
bool Exchange::TooManyMessages(Owner owner, bool counts_only) {
  ++messages_;
  if (rules_.max_messages == 0) return false;
  if (rates_.size() <= owner) rates_.resize(owner + std::size_t{1});
  RateWindow& window = rates_[owner];
  const std::int64_t number = now_.since_epoch / rules_.message_interval.nanos;
  if (window.number != number) window = {number, 0};
  if (!counts_only && window.messages >= rules_.max_messages) return true;
  ++window.messages;
  return false;
}

Reason Exchange::CheckBand(Side side, Price limit) const {
  if (!HasBand()) return Reason::kNone;
  const bool outside = side == kBuy ? limit > UpperBand() : limit < LowerBand();
  return outside ? Reason::kOutsideBand : Reason::kNone;
}

Reason Exchange::CheckPrices(const OrderTerms& terms) const {
  const auto check = [&](Price price) {
    if (price.units <= 0) return Reason::kBadPrice;
    return ticks_.Contains(price) ? Reason::kNone : Reason::kOffTick;
  };
  Reason reason = Reason::kNone;
  if (terms.type == OrderType::kTrailingStop) {
    reason = check(terms.price);
    const bool no_start = last_.units == 0 && reference_.units == 0;
    return reason == Reason::kNone && no_start ? Reason::kBadPrice : reason;
  }
  if (IsLimit(terms.type)) reason = check(terms.price);
  if (reason == Reason::kNone && IsStop(terms.type)) reason = check(terms.stop_price);
  if (reason == Reason::kNone && terms.type == OrderType::kLimit) reason = CheckBand(terms.side, terms.price);
  return reason;
}

Reason Exchange::CheckTerms(const OrderTerms& terms) const {
  if (terms.side != kBuy && terms.side != kSell) return Reason::kUnsupported;
  if (terms.quantity.units <= 0 || !lots_.Contains(Price{terms.quantity.units})) return Reason::kOffLot;
  if (terms.display.units < 0 || !lots_.Contains(Price{terms.display.units})) return Reason::kOffLot;
  if (const Reason reason = CheckPrices(terms); reason != Reason::kNone) return reason;
  const bool post_only = (terms.options & option::kPostOnly) != 0;
  const bool rests = IsLimit(terms.type) && !IsImmediate(terms.tif);
  if ((post_only || terms.display.units != 0) && !rests) return Reason::kUnsupported;
  if (terms.tif == TimeInForce::kGoodTillDate && terms.expiry <= now_) return Reason::kExpired;
  return Reason::kNone;
}

Reason Exchange::CheckSubmit(Owner owner, const OrderTerms& terms) {
  if (TooManyMessages(owner, false)) return Reason::kRateLimit;
  if (const Reason reason = CheckTerms(terms); reason != Reason::kNone) return reason;
  if (status_ == TradingStatus::kHalted) return Reason::kHalted;
  if (status_ != TradingStatus::kTrading && IsImmediate(terms.tif) && !IsStop(terms.type))
    return Reason::kHalted;
  const bool reduce_only = (terms.options & option::kReduceOnly) != 0;
  if (reduce_only && terms.quantity.units > ledger_.Reducible(owner, terms.side)) return Reason::kReduceOnly;
  return Reason::kNone;
}

// ---- messages ----

OrderId Exchange::Submit(Owner owner, std::uint64_t tag, const OrderTerms& terms, Nanos now) {
  CRUCIBLE_DCHECK(owner <= kMaxOwner && now >= now_);
  now_ = now;
  if (const Reason reason = CheckSubmit(owner, terms); reason != Reason::kNone) {
    ReplyTo(Kind::kRejected, owner, terms.side, tag, {}, terms.price, terms.quantity.units, Code(reason));
    return {};
  }
  const OrderId id{++last_id_};
  if (IsStop(terms.type)) {
    EnterStop(id, owner, tag, terms);
  } else {
    const bool priced = IsLimit(terms.type);
    const Price any = terms.side == kBuy ? kAnyBuyPrice : kAnySellPrice;
    Working order{
        {id, terms.side, priced ? terms.price : any, terms.quantity.units, owner},
        {tag, 0, 0, terms.display.units, terms.tif == TimeInForce::kGoodTillDate ? terms.expiry : kEndOfTime,
         terms.type, terms.tif, terms.options},
        priced ? terms.price : Price{}};
    Enter(order, false);
  }
  FinishEvent();
  return id;
}

void Exchange::Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now) {
  now_ = now;
  TooManyMessages(owner, true);
  const OrderIndex index = book_.Find(id);
  if (index != kNoOrder && book_.OwnerOf(index) == owner) return CancelResting(index, Reason::kRequested);
  if (CancelWaiting(owner, id)) return;
  ReplyTo(Kind::kCancelRejected, owner, Side::kNone, tag, id, {}, 0, Code(Reason::kUnknownOrder));
}

// Orders that wait outside the book: for a price, for an auction, for the end of a halt.
bool Exchange::CancelWaiting(Owner owner, OrderId id) {
  const auto cancel = [&](std::uint64_t tag, const OrderTerms& terms) {
    ReplyTo(Kind::kCanceled, owner, terms.side, tag, id, IsLimit(terms.type) ? terms.price : Price{},
            terms.quantity.units, Code(Reason::kRequested));
  };
  if (const StopOrder* stop = stops_.Find(id); stop != nullptr && stop->owner == owner) {
    cancel(stop->tag, stop->terms);
    expiries_.erase({stop->terms.expiry, id.value});
    if (const auto at = reduce_only_.find(owner); at != reduce_only_.end()) at->second.erase(id.value);
    stops_.Remove(id);
    return true;
  }
  for (auto at = elected_.begin(); at != elected_.end(); ++at) {
    if (at->id != id || at->owner != owner) continue;
    cancel(at->tag, at->terms);
    elected_.erase(at);
    return true;
  }
  for (auto at = auction_markets_.begin(); at != auction_markets_.end(); ++at) {
    if (at->arrival.id != id || at->arrival.owner != owner) continue;
    EndUnfilled(*at, Reason::kRequested);
    auction_markets_.erase(at);
    return true;
  }
  return false;
}

// ---- amend ----

void Exchange::Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total, Nanos now) {
  now_ = now;
  const OrderIndex index = book_.Find(id);
  StopOrder* stop = index == kNoOrder ? stops_.Find(id) : nullptr;
  const bool resting = index != kNoOrder && book_.OwnerOf(index) == owner;
  const bool waiting = stop != nullptr && stop->owner == owner;
  Reason reason = Reason::kNone;
  if (TooManyMessages(owner, false)) {
    reason = Reason::kRateLimit;
  } else if (!resting && !waiting) {
    reason = Reason::kUnknownOrder;
  } else if (resting) {
    reason = CheckAmend(index, price, total);
  } else if (total <= 0 || !lots_.Contains(Price{total})) {
    reason = Reason::kOffLot;
  } else if (IsLimit(stop->terms.type) && (price.units <= 0 || !ticks_.Contains(price))) {
    reason = price.units <= 0 ? Reason::kBadPrice : Reason::kOffTick;
  }
  if (reason != Reason::kNone) {
    const Side side = resting ? book_.order(index).side : waiting ? stop->terms.side : Side::kNone;
    return ReplyTo(Kind::kAmendRejected, owner, side, tag, id, price, total, Code(reason));
  }
  if (waiting) return AmendStop(*stop, price, total);
  AmendResting(index, price, total);
  FinishEvent();
}

void Exchange::AmendStop(StopOrder& stop, Price price, std::int64_t total) {
  stop.terms.quantity = {total};
  if (IsLimit(stop.terms.type)) stop.terms.price = price;
  const Price limit = IsLimit(stop.terms.type) ? price : Price{};
  ReplyTo(Kind::kAmended, stop.owner, stop.terms.side, stop.tag, stop.id, limit, total, -1);
}

Reason Exchange::CheckAmend(OrderIndex index, Price price, std::int64_t total) const {
  const OrderInfo& info = info_[index];
  const Side side = book_.order(index).side;
  if (total <= 0 || !lots_.Contains(Price{total})) return Reason::kOffLot;
  if (total <= info.filled) return Reason::kBelowFilled;
  if (price.units <= 0) return Reason::kBadPrice;
  if (!ticks_.Contains(price)) return Reason::kOffTick;
  const std::int64_t open = total - info.filled;
  if (info.Has(option::kReduceOnly) && open > ledger_.Reducible(book_.OwnerOf(index), side))
    return Reason::kReduceOnly;
  if (price == book_.PriceOf(index) && open <= OpenOf(index)) return Reason::kNone;  // keeps its place
  if (status_ == TradingStatus::kHalted) return Reason::kHalted;
  if (info.Has(option::kPostOnly) && book_.Crosses(side, price)) return Reason::kWouldTake;
  return CheckBand(side, price);
}

void Exchange::AmendResting(OrderIndex index, Price price, std::int64_t total) {
  const std::int64_t open = total - info_[index].filled;
  if (price != book_.PriceOf(index) || open > OpenOf(index)) return Requeue(index, price, open);
  if (open < OpenOf(index)) Shrink(index, OpenOf(index) - open);
  ReplyTo(Kind::kAmended, index, open, book_.QuantityAhead(index));
}

// What an iceberg hides goes first. REQUIRES: by < what is open.
void Exchange::Shrink(OrderIndex index, std::int64_t by) {
  OrderInfo& info = info_[index];
  const std::int64_t hidden = std::min(info.hidden, by);
  info.hidden -= hidden;
  if (by > hidden) LowerShown(index, by - hidden);
}

// As a new arrival under its old id.
void Exchange::Requeue(OrderIndex index, Price price, std::int64_t open) {
  const OrderNode node = book_.order(index);
  Working order{{{node.id}, node.side, price, open, book_.OwnerOf(index)}, info_[index], price};
  listener_.OnBook({Kind::kOrderDelete, node.side, book_.PriceOf(index), node.quantity, {node.id}, 0});
  Forget(index);
  book_.Remove(index);
  order.info.hidden = 0;
  ReplyTo(Kind::kAmended, order.arrival.owner, node.side, order.info.tag, {node.id}, price, open,
          book_.QuantityAt(node.side, price));
  if (status_ != TradingStatus::kTrading) return RestRemainder(order);
  MatchAndRest(order);
}

// ---- state ----

void Exchange::Hash(StateHasher& hasher) const {
  book_.Hash(hasher);
  for (const Side side : {Side::kBid, Side::kAsk}) {
    book_.ForEachOrder(side, [&](OrderIndex index) {
      hasher.Add(info_[index].filled);
      hasher.Add(info_[index].hidden);
      hasher.Add(info_[index].expiry.since_epoch);
      return true;
    });
  }
  stops_.Hash(hasher);
  ledger_.Hash(hasher);
  hasher.Add(std::uint64_t{elected_.size()});
  for (const Working& order : auction_markets_) hasher.Add(order.arrival.quantity);
  hasher.Add(static_cast<std::uint64_t>(status_));
  hasher.Add(status_due_.since_epoch);
  hasher.Add(reference_.units);
  hasher.Add(last_.units);
  hasher.Add(last_id_);
  hasher.Add(last_trade_id_);
}

bool Exchange::InvariantsHold() const {
  if (status_ == TradingStatus::kTrading && book_.IsCrossed()) return false;
  return book_.InvariantsHold() && ledger_.Conserved();
}

}  // namespace crucible::exchange
