#include "simulators/history/l2_venue.h"

#include <algorithm>

namespace crucible::history {

void L2Venue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  BeginGroup(group, outbox);
  for (std::size_t i = 0; i < group.records.size(); ++i) {
    // Levels where we stand neither as maker nor as taker are the book's business alone.
    i += book_.ApplyRun(group.records.subspan(i), Watched(group.records[i].side));
    if (i == group.records.size()) break;
    const Event& record = group.records[i];
    if (record.kind == Kind::kLevel) {
      OnLevel(record);
    } else {
      OnOther(record);
    }
  }
  if (snapshot_) Resynchronise();
  if (orders_.AnyListed()) Settle();
  if (traded_) EndTrades();
  traded_ = false;
}

void L2Venue::JoinQueue(OwnOrder& order) {
  order.ahead = book_.QuantityAt(order.side, order.price).units;
  order.credit = 0;
  order.traded = 0;
}

// ---- levels ----

void L2Venue::OnLevel(const Event& record) {
  const auto level = As<LevelBody>(record);
  if (Watches(record.side, level.price)) [[unlikely]]
    return OnWatchedLevel(record.side, level);
  static_cast<void>(book_.Set(record.side, level.price, level.quantity, level.order_count));
}

void L2Venue::OnWatchedLevel(Side side, const LevelBody& level) {
  const std::int64_t before = book_.QuantityAt(side, level.price).units;
  if (book_.Set(side, level.price, level.quantity, level.order_count) != book::BookError::kNone || snapshot_)
    return;
  const std::int64_t rank = RankOf(side, level.price);
  taken_.Cap(side, rank, 0);
  for (const OwnOrders::Place& place : orders_.resting(side)) {
    if (place.rank > rank) break;
    if (place.rank == rank) MoveUp(orders_[place.slot], before, level.quantity.units);
  }
}

// The level went from `before` to `after`; what trades explain has been taken from `ahead` already.
void L2Venue::MoveUp(OwnOrder& order, std::int64_t before, std::int64_t after) const {
  const std::int64_t unexplained_from = std::max<std::int64_t>(0, before - order.traded);
  order.traded = 0;
  const std::int64_t lost = unexplained_from - after;
  if (lost > 0 && order.ahead > 0 && after > 0 && !queue_.never_advances()) {
    const double front = std::max(0.0, static_cast<double>(order.ahead) - order.credit);
    const double behind = std::max(0.0, static_cast<double>(unexplained_from) - front);
    const double lost_behind = queue_.BehindProbability(front, behind) * static_cast<double>(lost);
    const double lost_ahead = static_cast<double>(lost) - std::min(lost_behind, behind);
    const double credit = order.credit + std::min(lost_ahead, front);
    const auto whole = static_cast<std::int64_t>(credit);
    order.ahead -= whole;
    order.credit = credit - static_cast<double>(whole);
  }
  if (order.ahead <= after) return;
  order.ahead = after;
  order.credit = 0;
}

// ---- other records ----

void L2Venue::OnOther(const Event& record) {
  switch (record.kind) {
    case Kind::kTrade:
      return OnTrade(record);
    case Kind::kTradingStatus:
      return SetTradingStatus(record);
    case Kind::kDefinition:
      return Redefine(record);
    case Kind::kBookClear:
      snapshot_ = true;
      [[fallthrough]];
    case Kind::kFeedGap:
      static_cast<void>(book_.Apply({&record, 1}));
      return;
    default:
      return;
  }
}

void L2Venue::Redefine(const Event& record) {
  if (TakeDefinition(record)) book_.ChangeTick(tick_size());
  queue_.SetLot(lot_size());
}

// A snapshot says what is displayed, not what happened: no order can be further back than all of it.
void L2Venue::Resynchronise() {
  snapshot_ = false;
  taken_.Clear();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const OwnOrders::Place& place : orders_.resting(side)) {
      OwnOrder& order = orders_[place.slot];
      const std::int64_t displayed = book_.QuantityAt(side, order.price).units;
      if (order.ahead > displayed) order.credit = 0;
      order.ahead = std::min(order.ahead, displayed);
      order.traded = 0;
    }
  }
}

// ---- trades ----

void L2Venue::OnTrade(const Event& record) {
  const auto trade = As<TradeBody>(record);
  traded_ = true;
  NoteTrade(trade.price);
  if (!orders_.AnyListed()) return;
  std::int64_t left = trade.quantity.units;
  const CauseRef cause = CauseOf(record);
  if (record.side != Side::kBid) left = MatchSide(Side::kBid, trade.price, left, cause);
  if (record.side != Side::kAsk) MatchSide(Side::kAsk, trade.price, left, cause);
}

std::int64_t L2Venue::MatchSide(Side side, Price price, std::int64_t left, CauseRef cause) {
  const std::int64_t rank = RankOf(side, price);
  if (orders_.resting(side).empty() || orders_.resting(side).front().rank > rank) return left;
  const std::int64_t after_through = FillThrough(side, rank, left, cause);
  return MatchQueue(side, rank, left, after_through, cause);
}

// Orders at better prices than the trade's.
std::int64_t L2Venue::FillThrough(Side side, std::int64_t rank, std::int64_t left, CauseRef cause) {
  while (!orders_.resting(side).empty() && orders_.resting(side).front().rank < rank) {
    const Slot slot = orders_.resting(side).front().slot;
    const std::int64_t wanted = std::min(orders_[slot].open, WholeLots(left));
    if (wanted == 0) break;
    left -= FillMaker(slot, wanted, FillRule::kTradedThrough, cause);
  }
  return left;
}

// Orders at the trade's price: it consumes what stands ahead of each, and fills it with the rest.
// `traded` is what the recorded level loses, `left` what our better orders have left of it.
std::int64_t L2Venue::MatchQueue(Side side, std::int64_t rank, std::int64_t traded, std::int64_t left,
                                 CauseRef cause) {
  std::int64_t consumed = 0;  // of the others' quantity, so far
  const auto starts = [&](std::size_t i) {
    return i < orders_.resting(side).size() && orders_.resting(side)[i].rank <= rank;
  };
  for (std::size_t i = 0; starts(i);) {
    const Slot slot = orders_.resting(side)[i].slot;
    OwnOrder& order = orders_[slot];
    if (orders_.resting(side)[i].rank < rank) {
      ++i;
      continue;
    }
    const std::int64_t ahead = std::clamp<std::int64_t>(order.ahead - consumed, 0, left);
    consumed += ahead;
    left -= ahead;
    if (order.ahead < consumed) order.credit = 0;
    order.ahead = std::max<std::int64_t>(0, order.ahead - consumed);
    order.traded += traded;
    const std::int64_t wanted = order.ahead > 0 ? 0 : std::min(order.open, WholeLots(left));
    const std::int64_t filled = wanted > 0 ? FillMaker(slot, wanted, FillRule::kQueueReached, cause) : 0;
    left -= filled;
    if (starts(i) && orders_.resting(side)[i].slot == slot) ++i;
  }
  return left;
}

// Returns what was filled; a reduce-only order without a position is cancelled instead.
std::int64_t L2Venue::FillMaker(Slot slot, std::int64_t most, FillRule rule, CauseRef cause) {
  const std::int64_t filled = Fill(slot, {orders_[slot].price, most, rule, true, cause});
  if (filled < most) Cancel(slot, Reason::kReduceOnly);
  return filled;
}

}  // namespace crucible::history
