#include "simulators/history/l3_venue.h"

#include <algorithm>
#include <utility>

namespace crucible::history {
namespace {

book::L3Book MakeBook(const VenueSetup& setup, std::uint32_t window_levels) {
  book::L3Options options;
  options.tick_size = setup.instrument.tick_size;
  options.window_levels = window_levels;
  return book::L3Book(options);
}

}  // namespace

L3Venue::L3Venue(const VenueSetup& setup, std::uint32_t window_levels)
    : BookVenue(setup, MakeBook(setup, window_levels), FillRule::kBookThrough),
      window_levels_(window_levels) {}

void L3Venue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  BeginGroup(group, outbox);
  for (const Event& record : group.records) OnRecord(record);
  book_.EndGroup();
  if (snapshot_) Resynchronise();
  if (window_levels_ != 0 && (orders_.AnyListed() || !taken_.empty())) AfterWindow();
  if (orders_.AnyListed()) Settle();
  if (traded_) EndTrades();
  traded_ = false;
}

[[gnu::always_inline]] inline void L3Venue::OnRecord(const Event& record) {
  switch (record.kind) {
    case Kind::kOrderAdd:
      return OnAdd(record);
    case Kind::kOrderReduce:
    case Kind::kOrderDelete:
      return OnDeparture(record);
    case Kind::kOrderExecute:
      return OnExecution(record);
    case Kind::kOrderModify:
      return OnModify(record);
    case Kind::kTrade:
      return OnHiddenTrade(record);
    case Kind::kLevel:
      return OnLevel(record);
    case Kind::kTradingStatus:
      return SetTradingStatus(record);
    case Kind::kDefinition:
      if (TakeDefinition(record)) book_.ChangeTick(tick_size());
      return;
    case Kind::kBookClear:
      snapshot_ = true;
      return book_.Clear();
    case Kind::kFeedGap:
      static_cast<void>(book_.ApplyRecord(record));
      return;
    default:
      return;
  }
}

void L3Venue::JoinQueue(OwnOrder& order) {
  order.arrival = ++clock_;
  order.ahead_unknown = !Shows(order.side, order.price);
  places_unknown_ |= order.ahead_unknown;
  order.ahead = order.ahead_unknown ? 0 : book_.QuantityAt(order.side, order.price).units;
}

// ---- arrivals ----

inline void L3Venue::Stamp(book::OrderIndex index) {
  if (index >= arrivals_.size()) [[unlikely]]
    arrivals_.resize(std::max<std::size_t>(64, 2 * std::size_t{index}));
  arrivals_[index] = ++clock_;
}

inline void L3Venue::OnAdd(const Event& record) {
  if (book_.ApplyRecord(record).error == book::BookError::kNone) Stamp(book_.newest());
}

void L3Venue::OnModify(const Event& record) {
  const auto change = As<L3Body>(record);
  const auto order = book_.Find(change.order_id);
  if (!order || change.quantity.units <= 0) {
    static_cast<void>(book_.Modify(change.order_id, change.price, change.quantity));
    return;
  }
  const bool keeps_place = change.price == order->price && change.quantity <= order->quantity;
  if (Watches(order->side, order->price)) {
    const std::int64_t left = order->quantity.units - (keeps_place ? change.quantity.units : 0);
    Leave(order->side, order->price, {left, arrivals_[book_.IndexOf(change.order_id)]});
  }
  static_cast<void>(book_.Modify(change.order_id, change.price, change.quantity));
  if (!keeps_place) Stamp(book_.IndexOf(change.order_id));
}

// ---- departures ----

L3Venue::Departure L3Venue::DepartureOf(const Event& record) const {
  const auto change = As<L3Body>(record);
  const book::OrderIndex index = book_.IndexOf(change.order_id);
  if (index == book::kNoOrder) {
    return {std::min(change.quantity.units, book_.AnonymousAt(record.side, change.price).units), 0};
  }
  const bool whole = record.kind == Kind::kOrderDelete;
  const Quantity open = book_.QuantityOf(index);
  return {whole ? open.units : std::min(change.quantity, open).units, arrivals_[index]};
}

// Brings our orders at a price forward, unless the departing order stood behind them.
void L3Venue::Leave(Side side, Price price, const Departure& departure) {
  const std::int64_t rank = RankOf(side, price);
  taken_.Shrink(side, rank, departure.quantity, departure.arrival);
  for (const OwnOrders::Place& place : orders_.resting(side)) {
    if (place.rank > rank) break;
    OwnOrder& order = orders_[place.slot];
    if (place.rank < rank || departure.arrival > order.arrival) continue;
    order.ahead = std::max<std::int64_t>(0, order.ahead - departure.quantity);
  }
}

inline void L3Venue::OnDeparture(const Event& record) {
  const Price price{record.body[0]};  // of L3Body, read in place
  if (Watches(record.side, price)) [[unlikely]]
    Leave(record.side, price, DepartureOf(record));
  static_cast<void>(book_.ApplyRecord(record));
}

// ---- executions ----

void L3Venue::OnExecution(const Event& record) {
  const auto execution = As<ExecuteBody>(record);
  const Side side = record.side;
  traded_ = true;
  NoteTrade(execution.price);
  const std::int64_t rank = RankOf(side, execution.price);
  const bool meets_us = !orders_.resting(side).empty() && orders_.resting(side).front().rank <= rank;
  if (meets_us || taken_.range(side).Contains(rank)) {
    const Departure departure = DepartureOf(record);
    const std::int64_t left = FillThrough(side, rank, execution.quantity.units, CauseOf(record));
    FillBefore(side, rank, left, departure, CauseOf(record));
    Leave(side, execution.price, departure);
  }
  static_cast<void>(book_.ApplyRecord(record));
}

// A displayed order of ours has priority over a hidden one at the same price.
void L3Venue::OnHiddenTrade(const Event& record) {
  const auto trade = As<TradeBody>(record);
  traded_ = true;
  NoteTrade(trade.price);
  if (!orders_.AnyListed()) return;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    if (record.side == side) continue;
    const std::int64_t rank = RankOf(side, trade.price);
    const std::int64_t left = FillThrough(side, rank, trade.quantity.units, CauseOf(record));
    FillBefore(side, rank, left, {0, UINT64_MAX}, CauseOf(record));
    if (record.side != Side::kNone) return;
  }
}

// Orders at better prices than the execution's.
std::int64_t L3Venue::FillThrough(Side side, std::int64_t rank, std::int64_t left, CauseRef cause) {
  while (!orders_.resting(side).empty() && orders_.resting(side).front().rank < rank) {
    const Slot slot = orders_.resting(side).front().slot;
    const std::int64_t wanted = std::min(orders_[slot].open, WholeLots(left));
    if (wanted == 0) break;
    left -= FillMaker(slot, wanted, FillRule::kTradedThrough, cause);
  }
  return left;
}

// Orders at the execution's price that stand before the departing order; of an unnamed one, what lies beyond
// the quantity ahead of us.
void L3Venue::FillBefore(Side side, std::int64_t rank, std::int64_t left, const Departure& departure,
                         CauseRef cause) {
  const bool named = departure.arrival != 0;
  const auto at_rank = [&](std::size_t i) {
    return i < orders_.resting(side).size() && orders_.resting(side)[i].rank == rank;
  };
  for (std::size_t i = 0; at_rank(i);) {
    const Slot slot = orders_.resting(side)[i].slot;
    const OwnOrder& order = orders_[slot];
    const std::int64_t available = named ? left : left - order.ahead;
    const bool before = !named || order.arrival < departure.arrival;
    const std::int64_t wanted = before && !order.ahead_unknown
                                    ? std::min(order.open, WholeLots(std::max<std::int64_t>(0, available)))
                                    : 0;
    const FillRule rule = named ? FillRule::kFrontOfQueue : FillRule::kQueueReached;
    if (wanted > 0) left -= FillMaker(slot, wanted, rule, cause);
    if (at_rank(i) && orders_.resting(side)[i].slot == slot) ++i;
  }
}

// Returns what was filled; a reduce-only order without a position is cancelled instead.
std::int64_t L3Venue::FillMaker(Slot slot, std::int64_t most, FillRule rule, CauseRef cause) {
  const std::int64_t filled = Fill(slot, {orders_[slot].price, most, rule, true, cause});
  if (filled < most) Cancel(slot, Reason::kReduceOnly);
  return filled;
}

// ---- levels, windows, snapshots ----

void L3Venue::OnLevel(const Event& record) {
  const Price price{record.body[0]};  // of LevelBody, read in place
  static_cast<void>(book_.ApplyRecord(record));
  if (!snapshot_ && Watches(record.side, price)) CapQueues(record.side, price);
}

// Nobody can be further back than all that is displayed.
void L3Venue::CapQueues(Side side, Price price) {
  const std::int64_t rank = RankOf(side, price);
  const std::int64_t displayed = book_.QuantityAt(side, price).units;
  taken_.Cap(side, rank, displayed);
  for (const OwnOrders::Place& place : orders_.resting(side)) {
    if (place.rank == rank) orders_[place.slot].ahead = std::min(orders_[place.slot].ahead, displayed);
  }
}

bool L3Venue::Shows(Side side, Price price) const {
  if (window_levels_ == 0 || book_.level_count(side) < window_levels_) return true;
  const auto worst = book_.LevelAt(side, window_levels_ - 1);
  return !worst || !IsBetter(side, worst->price, price);
}

// What has left the window is forgotten; what has come into view gets its place.
void L3Venue::AfterWindow() {
  if (!taken_.empty() && book_.levels_gone() != levels_gone_) {
    taken_.ForgetIf([&](Side side, Price price) { return book_.QuantityAt(side, price).units == 0; });
  }
  levels_gone_ = book_.levels_gone();
  if (!std::exchange(places_unknown_, false)) return;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const OwnOrders::Place& place : orders_.resting(side)) {
      OwnOrder& order = orders_[place.slot];
      if (!order.ahead_unknown) continue;
      if (!Shows(side, order.price)) {
        places_unknown_ = true;
        continue;
      }
      order.ahead_unknown = false;
      order.ahead = book_.QuantityAt(side, order.price).units;
      order.arrival = ++clock_;
    }
  }
}

void L3Venue::Resynchronise() {
  snapshot_ = false;
  taken_.Clear();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const OwnOrders::Place& place : orders_.resting(side)) {
      OwnOrder& order = orders_[place.slot];
      order.ahead = std::min(order.ahead, book_.QuantityAt(side, order.price).units);
      order.arrival = ++clock_;
    }
  }
}

}  // namespace crucible::history
