#include "simulators/history/history_venue.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::history {
namespace {

using trading::Command;
using trading::CommandType;
using trading::OrderTerms;

constexpr bool IsStop(OrderType type) { return type == OrderType::kStop || type == OrderType::kStopLimit; }
constexpr bool IsLimit(OrderType type) { return type == OrderType::kLimit || type == OrderType::kStopLimit; }
constexpr std::int64_t Code(Reason reason) { return static_cast<std::int64_t>(reason); }

OwnOrder MakeOrder(OrderId id, const OrderTerms& terms, Nanos at) {
  OwnOrder order;
  order.id = id;
  order.side = terms.side;
  order.type = terms.type;
  order.tif = terms.tif;
  order.options = terms.options;
  order.price = IsLimit(terms.type) ? terms.price : Price{};
  order.stop_price = IsStop(terms.type) ? terms.stop_price : Price{};
  order.total = terms.quantity.units;
  order.open = terms.quantity.units;
  order.arrival = static_cast<std::uint64_t>(at.since_epoch);
  order.expiry = terms.tif == TimeInForce::kGoodTillDate ? terms.expiry : kEndOfTime;
  return order;
}

}  // namespace

HistoryVenue::HistoryVenue(const VenueSetup& setup)
    : instrument_id_(setup.id.value),
      ticks_(setup.instrument.tick_size),
      lots_(PriceDelta{setup.instrument.lot_size.units}),
      lot_(setup.instrument.lot_size.units),
      fees_(setup.fees),
      trade_ids_(setup.trade_ids) {
  CRUCIBLE_CHECK(trade_ids_ != nullptr);
}

void HistoryVenue::OnCommand(const Command& command, Nanos at, engine::Outbox& outbox) {
  Begin(at, outbox);
  switch (command.type) {
    case CommandType::kSubmit:
      Submit(command);
      break;
    case CommandType::kCancel:
      CancelRequested(command);
      break;
    case CommandType::kAmend:
      Amend(command);
      break;
  }
}

void HistoryVenue::Advance(Nanos to, engine::Outbox& outbox) {
  Begin(to, outbox);
  for (Slot slot = orders_.FirstExpired(to); slot != OwnOrders::kNone; slot = orders_.FirstExpired(to)) {
    Cancel(slot, Reason::kExpired);
  }
}

void HistoryVenue::SetTradingStatus(const Event& record) {
  halted_ = As<StatusBody>(record).status != static_cast<std::int64_t>(TradingStatus::kTrading);
}

bool HistoryVenue::TakeDefinition(const Event& record) {
  const auto definition = As<DefinitionBody>(record);
  const PriceDelta before = ticks_.tick_size();
  if (definition.tick_size == before && definition.lot_size.units == lot_) return false;
  redefined_ = true;
  ticks_ = book::TickGrid(definition.tick_size);
  lots_ = book::TickGrid(PriceDelta{definition.lot_size.units});
  lot_ = definition.lot_size.units;
  return definition.tick_size != before;
}

void HistoryVenue::Hash(StateHasher& hasher) const {
  orders_.Hash(hasher);
  fees_.Hash(hasher);
  hasher.Add(position_);
  hasher.Add(trade_ids_->next);
  hasher.Add(std::uint64_t{halted_});
  if (!redefined_) return;
  hasher.Add(ticks_.tick_size().units);
  hasher.Add(lot_);
}

// ---- submit ----

Reason HistoryVenue::CheckPrices(const OrderTerms& terms) const {
  if (IsLimit(terms.type) || terms.type == OrderType::kTrailingStop) {
    if (terms.price.units <= 0) return Reason::kBadPrice;
    if (!ticks_.Contains(terms.price)) return Reason::kOffTick;
  }
  if (IsStop(terms.type)) {
    if (terms.stop_price.units <= 0) return Reason::kBadPrice;
    if (!ticks_.Contains(terms.stop_price)) return Reason::kOffTick;
  }
  return Reason::kNone;
}

Reason HistoryVenue::CheckTerms(const OrderTerms& terms) const {
  if (terms.side == Side::kNone) return Reason::kUnsupported;
  if (terms.quantity.units <= 0 || !lots_.Contains(Price{terms.quantity.units})) return Reason::kOffLot;
  if (const Reason reason = CheckPrices(terms); reason != Reason::kNone) return reason;
  const bool iceberg = terms.display.units != 0 && terms.display < terms.quantity;
  const bool immediate =
      terms.tif == TimeInForce::kImmediateOrCancel || terms.tif == TimeInForce::kFillOrKill;
  const bool post_only = (terms.options & option::kPostOnly) != 0;
  if (iceberg || (post_only && (immediate || !IsLimit(terms.type)))) return Reason::kUnsupported;
  if (terms.tif == TimeInForce::kGoodTillDate && terms.expiry <= now_) return Reason::kExpired;
  return (terms.options & option::kReduceOnly) != 0 ? CheckReduceOnly(terms) : Reason::kNone;
}

Reason HistoryVenue::CheckReduceOnly(const OrderTerms& terms) const {
  return terms.quantity.units > Reducible(terms.side) ? Reason::kReduceOnly : Reason::kNone;
}

std::int64_t HistoryVenue::Reducible(Side side) const {
  return std::max<std::int64_t>(0, -Sign(side) * position_);
}

void HistoryVenue::Submit(const Command& command) {
  Reason reason = CheckTerms(command.terms);
  if (reason == Reason::kNone && orders_.Find(command.order_id) != OwnOrders::kNone) {
    reason = Reason::kDuplicateOrder;
  }
  if (reason == Reason::kNone && !Trades()) reason = Reason::kHalted;
  if (reason != Reason::kNone) return Refuse(Kind::kRejected, command, command.terms.side, reason);
  OwnOrder made = MakeOrder(command.order_id, command.terms, now_);
  if (command.terms.type == OrderType::kTrailingStop) reason = StartTrailing(command.terms, made);
  if (reason != Reason::kNone) return Refuse(Kind::kRejected, command, command.terms.side, reason);
  const Slot slot = orders_.Add(made);
  const OwnOrder& order = orders_[slot];
  reduce_only_live_ += order.Has(option::kReduceOnly) ? 1 : 0;
  if (!order.AwaitsStop()) return Enter(slot, false);
  ReplyAccepted(order, -1);
  if (StopReached(order)) return Trigger(slot);
  orders_.AwaitStop(slot);
}

Reason HistoryVenue::StartTrailing(const OrderTerms& terms, OwnOrder& order) const {
  Price start;
  if (const Reason reason = TrailFrom(terms.side, start); reason != Reason::kNone) return reason;
  if (start.units > INT64_MAX - terms.price.units) return Reason::kBadPrice;
  order.trail = terms.price.units;
  order.stop_price = start + PriceDelta{Sign(terms.side) * order.trail};
  return order.stop_price.units > 0 ? Reason::kNone : Reason::kBadPrice;
}

void HistoryVenue::Follow(Side side, Price best) {
  for (std::size_t i = 0; i < orders_.stops(side).size(); ++i) {
    const Slot slot = orders_.stops(side)[i].slot;
    OwnOrder& order = orders_[slot];
    const PriceDelta distance{Sign(side) * order.trail};
    if (order.trail == 0 || !IsBetter(Opposite(side), best, order.stop_price - distance)) continue;
    orders_.Unlist(slot);
    order.stop_price = best + distance;
    orders_.AwaitStop(slot);  // nearer than it was: at an earlier place, so that none is left out
  }
}

void HistoryVenue::Trigger(Slot slot) {
  OwnOrder& order = orders_[slot];
  Reply(Kind::kTriggered, order.side, order.price, order.open, order.id, 0);
  order.stop_price = {};
  Enter(slot, true);
}

void HistoryVenue::Enter(Slot slot, bool was_stop) {
  if (orders_[slot].MayRest()) return EnterResting(slot, was_stop);
  if (!was_stop) ReplyAccepted(orders_[slot], -1);
  EnterTaker(slot);
}

void HistoryVenue::EnterTaker(Slot slot) {
  const OwnOrder& order = orders_[slot];
  const OrderId id = order.id;
  const bool all_or_none = order.tif == TimeInForce::kFillOrKill;
  if (all_or_none && Takeable(order, order.open) < order.open) return Cancel(slot, Reason::kNotFillable);
  Take(slot);
  if (orders_.Find(id) == slot) Cancel(slot, Reason::kNothingToMatch);
  EnforceReduceOnly();
}

void HistoryVenue::EnterResting(Slot slot, bool was_stop) {
  OwnOrder& order = orders_[slot];
  const OrderId id = order.id;
  const bool takes = Takeable(order, 1) > 0;
  if (takes && order.Has(option::kPostOnly)) {
    if (was_stop) return Cancel(slot, Reason::kWouldTake);
    Reply(Kind::kRejected, order.side, order.price, order.open, order.id, Code(Reason::kWouldTake));
    reduce_only_live_ -= order.Has(option::kReduceOnly) ? 1 : 0;
    return orders_.Remove(slot);
  }
  JoinQueue(order);
  if (!was_stop) ReplyAccepted(order, order.ahead_unknown ? -1 : order.ahead);
  if (takes) Take(slot);
  if (!takes || orders_.Find(id) == slot) orders_.Rest(slot);
  if (takes) EnforceReduceOnly();
}

// ---- cancel and amend ----

void HistoryVenue::CancelRequested(const Command& command) {
  const Slot slot = orders_.Find(command.order_id);
  if (slot == OwnOrders::kNone) {
    return Refuse(Kind::kCancelRejected, command, Side::kNone, Reason::kUnknownOrder);
  }
  Cancel(slot, Reason::kRequested);
}

void HistoryVenue::Cancel(Slot slot, Reason reason) {
  const OwnOrder& order = orders_[slot];
  Reply(Kind::kCanceled, order.side, order.price, order.open, order.id, Code(reason));
  reduce_only_live_ -= order.Has(option::kReduceOnly) ? 1 : 0;
  orders_.Remove(slot);
}

Reason HistoryVenue::CheckAmend(const OwnOrder& order, const OrderTerms& terms) const {
  if (terms.quantity.units <= 0 || !lots_.Contains(Price{terms.quantity.units})) return Reason::kOffLot;
  if (terms.quantity.units <= order.total - order.open) return Reason::kBelowFilled;
  if (!order.AwaitsStop() && !order.MayRest()) return Reason::kUnsupported;
  if (!order.IsPriced()) return Reason::kNone;
  if (terms.price.units <= 0) return Reason::kBadPrice;
  if (!ticks_.Contains(terms.price)) return Reason::kOffTick;
  const std::int64_t open = terms.quantity.units - (order.total - order.open);
  if (order.Has(option::kReduceOnly) && open > Reducible(order.side)) return Reason::kReduceOnly;
  return Reason::kNone;
}

void HistoryVenue::Amend(const Command& command) {
  const Slot slot = orders_.Find(command.order_id);
  if (slot == OwnOrders::kNone) {
    return Refuse(Kind::kAmendRejected, command, Side::kNone, Reason::kUnknownOrder);
  }
  OwnOrder& order = orders_[slot];
  const OrderTerms& terms = command.terms;
  const Reason reason = CheckAmend(order, terms);
  if (reason != Reason::kNone) return Refuse(Kind::kAmendRejected, command, order.side, reason);
  OwnOrder amended = order;
  amended.price = order.IsPriced() ? terms.price : Price{};
  amended.total = terms.quantity.units;
  amended.open = amended.total - (order.total - order.open);
  const bool keeps_place =
      order.AwaitsStop() || (amended.price == order.price && amended.total <= order.total);
  if (!keeps_place && !Trades()) {
    return Refuse(Kind::kAmendRejected, command, order.side, Reason::kHalted);
  }
  if (!keeps_place && order.Has(option::kPostOnly) && Takeable(amended, 1) > 0) {
    return Refuse(Kind::kAmendRejected, command, order.side, Reason::kWouldTake);
  }
  if (!keeps_place) return Requeue(slot, amended);
  if (order.AwaitsStop()) amended.arrival = static_cast<std::uint64_t>(now_.since_epoch);
  order = amended;
  const bool knows_place = !order.AwaitsStop() && !order.ahead_unknown;
  Reply(Kind::kAmended, order.side, order.price, order.open, order.id, knows_place ? order.ahead : -1);
}

// As a new arrival, under its old id.
void HistoryVenue::Requeue(Slot slot, const OwnOrder& amended) {
  orders_.Unlist(slot);
  OwnOrder& order = orders_[slot];
  order = amended;
  const OrderId id = order.id;
  JoinQueue(order);
  Reply(Kind::kAmended, order.side, order.price, order.open, order.id,
        order.ahead_unknown ? -1 : order.ahead);
  if (Takeable(order, 1) > 0) Take(slot);
  if (orders_.Find(id) == slot) orders_.Rest(slot);
  EnforceReduceOnly();
}

// ---- fills ----

std::int64_t HistoryVenue::Fill(Slot slot, const FillTerms& terms) {
  OwnOrder& order = orders_[slot];
  const bool reduce_only = order.Has(option::kReduceOnly);
  const std::int64_t quantity =
      reduce_only ? std::min(terms.quantity, Reducible(order.side)) : terms.quantity;
  CRUCIBLE_DCHECK(quantity >= 0 && quantity <= order.open);
  if (quantity == 0) return 0;
  const std::uint16_t role = terms.maker ? flag::kMaker : flag::kTaker;
  Event& fill = AddReply(Kind::kFill, order.side, role);
  SetBody(fill, FillBody{terms.price, {quantity}, order.id, trade_ids_->next++});
  const Money fee = fees_.Charge(terms.price, {quantity}, terms.maker).total();
  Event& detail = AddReply(Kind::kFillDetail, order.side, static_cast<std::uint16_t>(role | flag::kGroupEnd));
  detail.origin = terms.cause.bits();
  SetBody(detail,
          FillDetailBody{fee, 0, terms.maker ? order.ahead : 0, static_cast<std::int64_t>(terms.rule)});
  position_ += Sign(order.side) * quantity;
  order.open -= quantity;
  if (order.open > 0) return quantity;
  reduce_only_live_ -= reduce_only ? 1 : 0;
  orders_.Remove(slot);
  return quantity;
}

void HistoryVenue::CancelPointless() {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const auto list : {&OwnOrders::resting, &OwnOrders::stops}) {
      for (std::size_t i = 0; i < (orders_.*list)(side).size();) {
        const Slot slot = (orders_.*list)(side)[i].slot;
        const OwnOrder& order = orders_[slot];
        const bool pointless = order.Has(option::kReduceOnly) && Reducible(side) == 0;
        if (pointless) Cancel(slot, Reason::kReduceOnly);
        i += pointless ? 0 : 1;
      }
    }
  }
}

// ---- replies ----

void HistoryVenue::Refuse(Kind kind, const Command& command, Side side, Reason reason) {
  const OrderTerms& terms = command.terms;
  Reply(kind, side, terms.price, terms.quantity.units, command.order_id, Code(reason));
}

void HistoryVenue::Reply(Kind kind, Side side, Price price, std::int64_t quantity, OrderId id,
                         std::int64_t queue_or_reason) {
  SetBody(AddReply(kind, side, flag::kGroupEnd), ReplyBody{price, {quantity}, id, queue_or_reason});
}

Event& HistoryVenue::AddReply(Kind kind, Side side, std::uint16_t flags) {
  Event& reply = outbox_->Add();
  reply.origin = static_cast<std::uint64_t>(now_.since_epoch);
  reply.instrument = instrument_id_;
  reply.kind = kind;
  reply.side = side;
  reply.flags = flags;
  return reply;
}

}  // namespace crucible::history
