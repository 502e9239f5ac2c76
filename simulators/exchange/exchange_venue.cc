#include "simulators/exchange/exchange_venue.h"

#include <algorithm>
#include <utility>

namespace crucible::exchange {

using trading::Command;
using trading::CommandType;

absl::StatusOr<std::unique_ptr<ExchangeVenue>> ExchangeVenue::Create(InstrumentId instrument,
                                                                     const MarketRules& rules,
                                                                     Participants* participants) {
  auto venue = std::unique_ptr<ExchangeVenue>(new ExchangeVenue(instrument, rules.bar_length, participants));
  CRUCIBLE_ASSIGN_OR_RETURN(venue->exchange_, Exchange::Create(rules, *venue));
  return venue;
}

// ---- the engine's calls ----

void ExchangeVenue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  if (participants_ == nullptr) return;
  Begin(group.exchange_time, outbox);
  participants_->OnRecorded(group, *exchange_, outbox);
}

void ExchangeVenue::OnCommand(const Command& command, Nanos at, engine::Outbox& outbox) {
  Begin(at, outbox);
  const std::uint64_t order = command.order_id.value;
  if (command.type == CommandType::kSubmit) {
    orders_[order] = {};
    const OrderId id = exchange_->Submit(kStrategies, order, command.terms, at);
    if (const auto known = orders_.find(order); known != orders_.end()) known->second.id = id;
    return;
  }
  const auto known = orders_.find(order);
  const OrderId id = known == orders_.end() ? OrderId{UINT64_MAX} : known->second.id;
  if (command.type == CommandType::kCancel) return exchange_->Cancel(kStrategies, id, order, at);
  amending_ = true;
  exchange_->Amend(kStrategies, id, order, command.terms.price, command.terms.quantity.units, at);
  amending_ = false;
}

Nanos ExchangeVenue::NextDue() const {
  const Nanos own = std::min(exchange_->NextDue(), bars_.due());
  return participants_ == nullptr ? own : std::min(own, participants_->NextDue());
}

void ExchangeVenue::Advance(Nanos to, engine::Outbox& outbox) {
  for (Nanos due = NextDue(); due <= to && due != kEndOfTime; due = NextDue()) {
    Begin(due, outbox);
    if (bars_.due() <= due) bars_.Skip();
    if (exchange_->NextDue() <= due) {
      exchange_->Advance(due);
    } else if (participants_ != nullptr && participants_->NextDue() <= due) {
      participants_->Advance(due, *exchange_, outbox);
    }
  }
}

void ExchangeVenue::PublishBar() {
  const Nanos end = bars_.due();
  // References into the outbox hold until the next record of its kind is added.
  const std::size_t first = outbox_->market().size();
  Add(outbox_->AddMarket(), Kind::kBar, Side::kNone, 0).origin = static_cast<std::uint64_t>(end.since_epoch);
  Add(outbox_->AddMarket(), Kind::kBarVolume, Side::kNone, flag::kGroupEnd).origin =
      static_cast<std::uint64_t>(end.since_epoch);
  bars_.Close(outbox_->MarketAt(first), outbox_->MarketAt(first + 1));
}

void ExchangeVenue::Hash(StateHasher& hasher) const {
  exchange_->Hash(hasher);
  if (participants_ != nullptr) participants_->Hash(hasher);
}

// ---- what the exchange says ----

Event& ExchangeVenue::Add(Event& event, Kind kind, Side side, std::uint16_t flags) {
  event.origin = static_cast<std::uint64_t>(now_.since_epoch);
  event.instrument = instrument_.value;
  event.kind = kind;
  event.side = side;
  event.flags = flags;
  return event;
}

void ExchangeVenue::OnReply(const Reply& reply) {
  if (reply.owner == kStrategies) {
    ReplyToStrategies(reply);
  } else if (participants_ != nullptr) {
    participants_->OnReply(reply);
  }
}

void ExchangeVenue::ReplyToStrategies(const Reply& reply) {
  std::int64_t quantity = reply.quantity;
  const auto known = orders_.find(reply.tag);
  if (reply.kind == Kind::kAmended && !amending_) {
    // Only what was asked for is answered. What is open has shrunk: remember by how much.
    if (known == orders_.end()) return;
    known->second.cut += known->second.open - reply.quantity;
    known->second.open = reply.quantity;
    return;
  }
  if (known != orders_.end()) {
    if (reply.kind == Kind::kAccepted || reply.kind == Kind::kAmended) known->second.open = reply.quantity;
    if (reply.kind == Kind::kCanceled) quantity += known->second.cut;
    if (reply.kind == Kind::kCanceled || reply.kind == Kind::kRejected) orders_.erase(known);
  }
  if (reply.kind == Kind::kAmended) amending_ = false;
  SetBody(Add(outbox_->Add(), reply.kind, reply.side, flag::kGroupEnd),
          ReplyBody{reply.price, {quantity}, {reply.tag}, reply.detail});
}

void ExchangeVenue::OnTrade(const Trade& trade) {
  if (trade.buyer.owner == kStrategies) FillStrategies(trade, trade.buyer, kBuy);
  if (trade.seller.owner == kStrategies) FillStrategies(trade, trade.seller, kSell);
  bars_.OnTrade(trade.price, trade.quantity);
  if (participants_ == nullptr) return;
  participants_->OnTrade(trade);
  participants_->NoteTrade(trade, *outbox_);
}

void ExchangeVenue::FillStrategies(const Trade& trade, const Party& party, Side side) {
  const std::uint16_t role = trade.aggressor == side ? flag::kTaker : flag::kMaker;
  const FillRule rule = trade.aggressor == Side::kNone ? FillRule::kAuction : FillRule::kMatched;
  SetBody(Add(outbox_->Add(), Kind::kFill, side, role),
          FillBody{trade.price, {trade.quantity}, {party.tag}, trade.id});
  Event& detail =
      Add(outbox_->Add(), Kind::kFillDetail, side, static_cast<std::uint16_t>(role | flag::kGroupEnd));
  detail.origin = participants_ == nullptr ? 0 : participants_->Cause().bits();
  SetBody(detail, FillDetailBody{party.fee, 0, 0, static_cast<std::int64_t>(rule)});
  const auto known = orders_.find(party.tag);
  if (known == orders_.end()) return;
  known->second.open = party.open;
  if (party.open > 0) return;
  const std::int64_t cut = known->second.cut;
  orders_.erase(known);
  if (cut == 0) return;
  SetBody(Add(outbox_->Add(), Kind::kCanceled, side, flag::kGroupEnd),
          ReplyBody{trade.price, {cut}, {party.tag}, static_cast<std::int64_t>(Reason::kReduceOnly)});
}

void ExchangeVenue::OnBook(const BookChange& change) {
  Event& event = Add(outbox_->AddMarket(), change.kind, change.side, flag::kGroupEnd);
  switch (change.kind) {
    case Kind::kOrderExecute:
      SetBody(event, ExecuteBody{change.price, {change.quantity}, change.id, change.trade_id});
      break;
    case Kind::kTrade:
      SetBody(event, TradeBody{change.price, {change.quantity}, change.trade_id, {}});
      break;
    default:
      SetBody(event, L3Body{change.price, {change.quantity}, change.id, 0});
  }
  if (participants_ != nullptr) participants_->OnBook(change);
}

void ExchangeVenue::OnStatus(TradingStatus status, Reason reason) {
  SetBody(Add(outbox_->AddMarket(), Kind::kTradingStatus, Side::kNone, flag::kGroupEnd),
          StatusBody{static_cast<std::int64_t>(status), static_cast<std::int64_t>(reason), {}});
  if (participants_ != nullptr) participants_->OnStatus(status, reason);
}

}  // namespace crucible::exchange
