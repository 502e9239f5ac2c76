#include "simulators/history/margin_venue.h"

#include <algorithm>
#include <utility>

#include "framework/base/check.h"

namespace crucible::history {
namespace {

using trading::Command;
using trading::CommandType;

std::int64_t Size(Position position) { return position.units < 0 ? -position.units : position.units; }

// The first multiple of the interval since 1970 that is later than `now`.
Nanos NextOf(const FundingSchedule& funding, Nanos now) {
  if (funding.interval.nanos <= 0) return kEndOfTime;
  const std::int64_t interval = funding.interval.nanos;
  const std::int64_t since = ((now.since_epoch % interval) + interval) % interval;
  return now + Duration{interval - since};
}

// Onto the grid without passing the limit.
Price OnTick(Price limit, PriceDelta tick, Side side) {
  const std::int64_t beyond = limit.units % tick.units;
  if (beyond == 0) return limit;
  return {limit.units - beyond + (side == kSell ? tick.units : 0)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<MarginVenue>> MarginVenue::Create(const MarginSetup& setup,
                                                                 const std::vector<Member>& members) {
  CRUCIBLE_CHECK(setup.trade_ids != nullptr);
  auto venue = std::unique_ptr<MarginVenue>(new MarginVenue(setup));
  for (const Member& member : members) {
    const InstrumentId id{static_cast<std::uint32_t>(venue->markets_.size())};
    CRUCIBLE_RETURN_IF_ERROR(venue->account_.AddInstrument(id, member.instrument));
    Market& market = venue->markets_.emplace_back();
    market.id = id;
    market.venue = member.venue;
    market.rate_e12 = setup.funding.rate_e12;
    market.funding_due = NextOf(setup.funding, setup.start);
  }
  return venue;
}

MarginVenue::MarginVenue(const MarginSetup& setup)
    : rules_(setup.rules), account_(setup.account), funding_(setup.funding), trade_ids_(setup.trade_ids) {}

// ---- the engine's calls ----

void MarginVenue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  Begin(group.exchange_time, outbox);
  Market& market = markets_[group.instrument.value];
  const Event& sets = group.records.front().kind == Kind::kBar ? group.records.front() : group.records.back();
  if (group.records.front().kind == Kind::kMarkPrice) {
    TakeMark(market, group);
  } else {
    market.venue->OnMarket(group, heard_);
    PassOn(heard_.replies());
    const trading::Mid mid = market.venue->mid();
    if (!market.marked && mid.known() && mid != account_.holding(market.id).mark) {
      account_.Mark(market.id, mid);
      market.cause = {group.input, sets.seq};
    }
  }
  CheckMargin(market);
}

void MarginVenue::OnCommand(const Command& command, Nanos at, engine::Outbox& outbox) {
  Begin(at, outbox);
  Market& market = markets_[command.instrument.value];
  if (LacksMargin(command)) {
    const bool submits = command.type == CommandType::kSubmit;
    Event& refusal = Reply(submits ? Kind::kRejected : Kind::kAmendRejected, market.id, command.terms.side,
                           flag::kGroupEnd);
    SetBody(refusal, ReplyBody{command.terms.price, command.terms.quantity, command.order_id,
                               static_cast<std::int64_t>(Reason::kInsufficientMargin)});
    return;
  }
  if (command.type == CommandType::kSubmit) orders_.Submit(command, at);
  if (command.type == CommandType::kCancel) static_cast<void>(orders_.Cancel(command.order_id));
  if (command.type == CommandType::kAmend && command.terms.quantity.units > 0)
    static_cast<void>(orders_.Amend(command.order_id, command.terms.price, command.terms.quantity));
  market.venue->OnCommand(command, at, heard_);
  PassOn(heard_.replies());
  CheckMargin(market);  // fees were paid
}

Nanos MarginVenue::NextDue() const {
  Nanos due = kEndOfTime;
  for (const Market& market : markets_) due = std::min({due, market.venue->NextDue(), market.funding_due});
  return due;
}

void MarginVenue::Advance(Nanos to, engine::Outbox& outbox) {
  Begin(to, outbox);
  for (Market& market : markets_) {
    if (market.venue->NextDue() <= to) {
      market.venue->Advance(to, heard_);
      PassOn(heard_.replies());
    }
    while (market.funding_due <= to) {
      SettleFunding(market);
      CheckMargin(market);
    }
  }
}

void MarginVenue::Hash(StateHasher& hasher) const {
  for (const Market& market : markets_) {
    market.venue->Hash(hasher);
    hasher.Add(std::uint64_t{market.marked} << 1 | std::uint64_t{market.scheduled});
    hasher.Add(market.rate_e12);
    hasher.Add(market.funding_due.since_epoch);
    hasher.Add(market.funded.since_epoch);
    hasher.Add(market.cause.bits());
  }
  account_.Hash(hasher);
  orders_.Hash(hasher);
  hasher.Add(liquidations_);
}

// Replies have no time yet: the engine gives them theirs when they are heard.
trading::Fill MarginVenue::FillGroup::At(Nanos now) const {
  trading::Fill made = trading::FillFrom(fill, detail);
  made.at = now;
  return made;
}

void MarginVenue::PassOn(std::span<const Event> replies) {
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const Event& reply = replies[i];
    static_cast<void>(orders_.OnReply(reply));
    outbox_->Reply(reply);
    if (reply.kind != Kind::kFill) continue;
    const Event& detail = replies[++i];
    outbox_->Reply(detail);
    account_.ApplyFill(FillGroup{reply, detail}.At(now_));
  }
  heard_.Clear();
}

// ---- mark and funding ----

void MarginVenue::TakeMark(Market& market, const engine::MarketGroup& group) {
  const auto body = As<MarkPriceBody>(group.records.back());
  // What was due until now is paid at the rate that was known, and by the mark that held.
  while (market.funding_due <= now_) SettleFunding(market);
  market.marked = true;
  market.cause = {group.input, group.records.back().seq};
  account_.Mark(market.id, trading::Mid::At(body.mark));
  if (body.next_funding.since_epoch == 0) return;
  market.scheduled = false;
  market.rate_e12 = body.funding_rate_e12;
  market.funding_due = body.next_funding > market.funded ? body.next_funding : kEndOfTime;
}

void MarginVenue::SettleFunding(Market& market) {
  market.funded = std::exchange(market.funding_due, kEndOfTime);
  if (market.scheduled) market.funding_due = NextOf(funding_, market.funded);
  const trading::Holding& holding = account_.holding(market.id);
  if (holding.position.units == 0) return;
  const Money notional = account_.math(market.id).Value(holding.mark, Quantity{Size(holding.position)});
  const Money by_long = trading::FundingPayment(notional, market.rate_e12);
  const Money paid = holding.position.units > 0 ? by_long : -by_long;
  account_.PayFunding(paid);
  Event& reply = Reply(Kind::kFunding, market.id, Side::kNone, 0);
  reply.origin = static_cast<std::uint64_t>(market.funded.since_epoch);
  SetBody(reply, FundingBody{paid, holding.position, market.rate_e12, 0});
  ReplyDetail(market, market.id, holding.mark, account_.equity());
}

// ---- margin ----

Money MarginVenue::Maintenance(InstrumentId id) const {
  const trading::Holding& holding = account_.holding(id);
  if (holding.position.units == 0) return {};
  return rules_.Maintenance(account_.math(id).Value(holding.mark, Quantity{Size(holding.position)}));
}

Money MarginVenue::maintenance() const {
  Money sum;
  for (const Market& market : markets_)
    sum = {trading::SaturatingAdd(sum.units, Maintenance(market.id).units)};
  return sum;
}

// With the orders at work and `more` of them, on the side where position and orders are larger.
Money MarginVenue::Initial(InstrumentId id, trading::OpenQuantity more, trading::Mid mark) const {
  const trading::OpenQuantity open = orders_.open(id);
  const std::int64_t position = account_.holding(id).position.units;
  const std::int64_t as_long = position + open.buy.units + more.buy.units;
  const std::int64_t as_short = open.sell.units + more.sell.units - position;
  const std::int64_t size = std::max({as_long, as_short, std::int64_t{0}});
  if (size == 0 || !mark.known()) return {};
  return rules_.Initial(account_.math(id).Value(mark, Quantity{size}));
}

Money MarginVenue::initial() const {
  Money sum;
  for (const Market& market : markets_)
    sum = {trading::SaturatingAdd(sum.units, Initial(market.id, {}, account_.holding(market.id).mark).units)};
  return sum;
}

bool MarginVenue::LacksMargin(const Command& command) const {
  if (command.type == CommandType::kCancel || (command.terms.options & option::kReduceOnly) != 0)
    return false;
  std::int64_t more = command.terms.quantity.units;
  Side side = command.terms.side;
  if (command.type == CommandType::kAmend) {
    const trading::Order* order = orders_.Find(command.order_id);
    if (order == nullptr) return false;
    more -= order->terms.quantity.units;
    side = order->terms.side;
  }
  if (more <= 0 || side == Side::kNone) return false;
  trading::OpenQuantity added;
  (side == kBuy ? added.buy : added.sell) = {more};
  trading::Mid mark = account_.holding(command.instrument).mark;
  const Money counted = Initial(command.instrument, {}, mark);
  if (!mark.known()) {
    const Price own = command.terms.price.units != 0 ? command.terms.price : command.terms.stop_price;
    if (own.units == 0) return true;
    mark = trading::Mid::At(own);
  }
  const Money after = Initial(command.instrument, added, mark);
  if (after <= Initial(command.instrument, {}, mark)) return false;
  return Int128{initial().units} - counted.units + after.units > account_.equity().units;
}

// ---- liquidation ----

void MarginVenue::CheckMargin(const Market& by) {
  if (account_.gross_exposure() == Money{} || account_.equity() >= maintenance()) return;
  CancelOrders();
  while (account_.equity() < maintenance()) {
    Market* largest = LargestPosition();
    if (largest == nullptr) return;
    Liquidate(*largest, by);
  }
}

void MarginVenue::CancelOrders() {
  std::vector<std::pair<OrderId, InstrumentId>> live;
  orders_.ForEachLive([&](const trading::Order& order) { live.emplace_back(order.id, order.instrument); });
  engine::Outbox said;
  for (const auto& [id, instrument] : live) {
    markets_[instrument.value].venue->OnCommand({CommandType::kCancel, instrument, id, {}}, now_, said);
    for (Event reply : said.replies()) {
      if (reply.kind == Kind::kCanceled) reply.body[3] = static_cast<std::int64_t>(Reason::kLiquidation);
      heard_.Reply(reply);
    }
    said.Clear();
  }
  PassOn(heard_.replies());
}

MarginVenue::Market* MarginVenue::LargestPosition() {
  Market* largest = nullptr;
  const auto size = [this](const Market& market) {
    return std::pair(Maintenance(market.id), Size(account_.holding(market.id).position));
  };
  for (Market& market : markets_) {
    if (account_.holding(market.id).position.units == 0 || !market.venue->Trades()) continue;
    if (largest == nullptr || size(market) > size(*largest)) largest = &market;
  }
  return largest;
}

// By the venue's order: what the market gives at the bankruptcy price or better, then the rest at that price.
void MarginVenue::Liquidate(Market& market, const Market& by) {
  const trading::Holding before = account_.holding(market.id);
  const std::optional<Price> bankrupt =
      trading::BankruptcyPrice(account_.math(market.id), before.position, before.mark, account_.equity());
  Command order{CommandType::kSubmit, market.id, {trading::kFirstVenueOrder + liquidations_++}, {}};
  order.terms.side = before.position.units > 0 ? kSell : kBuy;
  order.terms.quantity = {Size(before.position)};
  order.terms.type = bankrupt ? OrderType::kLimit : OrderType::kMarket;
  order.terms.tif = TimeInForce::kImmediateOrCancel;
  if (bankrupt) order.terms.price = OnTick(*bankrupt, market.venue->tick_size(), order.terms.side);
  SetBody(
      Reply(Kind::kLiquidation, market.id, order.terms.side, 0),
      LiquidationBody{bankrupt.value_or(Price{}), order.terms.quantity, order.order_id, before.mark.price()});
  ReplyDetail(by, market.id, before.mark, account_.equity());
  SetBody(Reply(Kind::kAccepted, market.id, order.terms.side, flag::kGroupEnd),
          ReplyBody{order.terms.price, order.terms.quantity, order.order_id, -1});

  std::vector<FillGroup> fills = CloseInMarket(market, order);
  Quantity left = order.terms.quantity;
  for (const FillGroup& fill : fills) left = left - As<FillBody>(fill.fill).quantity;
  if (left.units > 0)
    fills.push_back(TakeOver(market, by, order, left, bankrupt.value_or(before.mark.price())));
  ReplyFills(market, fills);
}

std::vector<MarginVenue::FillGroup> MarginVenue::CloseInMarket(Market& market, const Command& order) {
  std::vector<FillGroup> fills;
  Command whole_lots = order;
  whole_lots.terms.quantity.units -= order.terms.quantity.units % market.venue->lot_size().units;
  const bool has_price = order.terms.type == OrderType::kMarket || order.terms.price.units > 0;
  if (!market.venue->HasBook() || !has_price || whole_lots.terms.quantity.units == 0) return fills;
  engine::Outbox said;
  market.venue->OnCommand(whole_lots, now_, said);
  const std::span<const Event> replies = said.replies();
  for (std::size_t i = 0; i < replies.size(); ++i) {
    CRUCIBLE_CHECK(replies[i].kind != Kind::kRejected);
    if (replies[i].kind != Kind::kFill) continue;
    fills.push_back({replies[i], replies[i + 1]});
    ++i;
  }
  return fills;
}

MarginVenue::FillGroup MarginVenue::TakeOver(Market& market, const Market& by, const Command& order,
                                             Quantity quantity, Price price) {
  market.venue->TakeOver(order.terms.side, quantity);
  FillGroup made;
  for (Event* event : {&made.fill, &made.detail}) {
    event->origin = static_cast<std::uint64_t>(now_.since_epoch);
    event->instrument = market.id.value;
    event->side = order.terms.side;
    event->flags = flag::kTaker;
  }
  made.fill.kind = Kind::kFill;
  SetBody(made.fill, FillBody{price, quantity, order.order_id, trade_ids_->next++});
  made.detail.kind = Kind::kFillDetail;
  made.detail.flags |= flag::kGroupEnd;
  made.detail.origin = by.cause.bits();
  SetBody(made.detail, FillDetailBody{{}, 0, 0, static_cast<std::int64_t>(FillRule::kTakenOver)});
  return made;
}

// The fee is what is left after the last of them, at most.
void MarginVenue::ReplyFills(const Market& market, std::vector<FillGroup>& fills) {
  trading::Account without_fees = account_;
  for (FillGroup& group : fills) {
    group.fill.flags |= flag::kLiquidation;
    group.detail.flags |= flag::kLiquidation;
    group.detail.body[0] = 0;
    without_fees.ApplyFill(group.At(now_));
  }
  std::int64_t left = std::max<std::int64_t>(0, without_fees.equity().units);
  for (FillGroup& group : fills) {
    const auto fill = As<FillBody>(group.fill);
    const Money notional = account_.math(market.id).Value(fill.price, fill.quantity);
    const std::int64_t fee = std::min(left, rules_.LiquidationFee(notional).units);
    left -= fee;
    group.detail.body[0] = fee;
    account_.ApplyFill(group.At(now_));
    outbox_->Reply(group.fill);
    outbox_->Reply(group.detail);
  }
}

// ---- replies ----

Event& MarginVenue::Reply(Kind kind, InstrumentId instrument, Side side, std::uint16_t flags) {
  Event& reply = outbox_->Add();
  reply.origin = static_cast<std::uint64_t>(now_.since_epoch);
  reply.instrument = instrument.value;
  reply.kind = kind;
  reply.side = side;
  reply.flags = flags;
  return reply;
}

void MarginVenue::ReplyDetail(const Market& by, InstrumentId instrument, trading::Mid mark, Money equity) {
  Event& detail = Reply(Kind::kMarginDetail, instrument, Side::kNone, flag::kGroupEnd);
  detail.origin = by.cause.bits();
  SetBody(detail, MarginDetailBody{mark.price(), equity, maintenance(), 0});
}

}  // namespace crucible::history
