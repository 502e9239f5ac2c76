#include "simulators/history/bar_venue.h"

#include <algorithm>

namespace crucible::history {
namespace {

constexpr std::int64_t kGraceShare = 60;

// True when a price at `price` satisfies a limit order of `side` at `limit`.
constexpr bool Satisfies(Side side, Price limit, Price price) { return !IsBetter(side, price, limit); }
// True when the market at `price` has reached a stop of `side`.
constexpr bool Reaches(Side side, Price stop, Price price) { return !IsBetter(side, stop, price); }

bool Holds(std::span<const OwnOrders::Place> places, std::size_t i, OwnOrders::Slot slot) {
  return i < places.size() && places[i].slot == slot;
}

}  // namespace

void BarVenue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  BeginGroup(group, outbox);
  for (const Event& record : group.records) {
    if (record.kind == Kind::kTradingStatus) SetTradingStatus(record);
    if (record.kind == Kind::kDefinition) TakeDefinition(record);
  }
  if (group.records.front().kind != Kind::kBar) return;
  close_ = As<BarBody>(group.records.front()).close;
  Bar bar = ReadBar(group);
  FillWaiting(bar);
  for (const Side side : {Side::kBid, Side::kAsk}) StopsAtOpen(side, bar);
  for (const Side side : {Side::kBid, Side::kAsk}) LimitsAtOpen(side, bar);
  for (const Side side : {Side::kBid, Side::kAsk}) StopsInside(side, bar);
  for (const Side side : {Side::kBid, Side::kAsk}) LimitsInside(side, bar);
  EnforceReduceOnly();
  previous_arrival_ = bar.latest_arrival;
}

BarVenue::Bar BarVenue::ReadBar(const engine::MarketGroup& group) const {
  const auto body = As<BarBody>(group.records.front());
  Bar bar;
  bar.open = body.open;
  bar.high = body.high;
  bar.low = body.low;
  bar.cause = CauseOf(group.records.front());
  bar.latest_arrival = group.exchange_time;
  bar.left = INT64_MAX;
  if (group.records.size() < 2 || group.records[1].kind != Kind::kBarVolume) return bar;
  const auto volume = As<BarVolumeBody>(group.records[1]);
  bar.latest_arrival =
      group.exchange_time - Duration{volume.length.nanos - volume.length.nanos / kGraceShare};
  if (volume.volume.units > 0) {
    bar.left = static_cast<std::int64_t>(Int128{volume.volume.units} * options_.volume_percent / 100);
  }
  return bar;
}

void BarVenue::JoinQueue(OwnOrder& order) {
  order.arrival = static_cast<std::uint64_t>(now().since_epoch);
  order.ahead_unknown = true;
}

bool BarVenue::Counts(const OwnOrder& order, const Bar& bar) const {
  return static_cast<std::int64_t>(order.arrival) <= bar.latest_arrival.since_epoch;
}

void BarVenue::Enter(Slot slot, bool was_stop) {
  OwnOrder& order = orders_[slot];
  JoinQueue(order);
  if (!was_stop) ReplyAccepted(order, -1);
  if (order.MayRest()) return orders_.Rest(slot);
  waiting_.push_back(order.id);
}

// Returns what was filled; a reduce-only order without a position is cancelled instead.
std::int64_t BarVenue::FillFrom(Bar& bar, Slot slot, Price price, FillRule rule, bool maker) {
  const std::int64_t wanted = std::min(orders_[slot].open, WholeLots(bar.left));
  if (wanted == 0) return 0;
  const std::int64_t filled = Fill(slot, {price, wanted, rule, maker, bar.cause});
  if (filled < wanted) Cancel(slot, Reason::kReduceOnly);
  if (bar.left != INT64_MAX) bar.left -= filled;
  return filled;
}

// ---- at the open ----

void BarVenue::FillWaiting(Bar& bar) {
  scratch_.swap(waiting_);
  for (const OrderId id : scratch_) {
    const Slot slot = orders_.Find(id);
    if (slot != OwnOrders::kNone && FillOneWaiting(slot, bar)) waiting_.push_back(id);
  }
  scratch_.clear();
}

// True when the order goes on waiting.
bool BarVenue::FillOneWaiting(Slot slot, Bar& bar) {
  const OwnOrder& order = orders_[slot];
  if (!Counts(order, bar)) return true;
  const OrderId id = order.id;
  const bool all_or_none = order.tif == TimeInForce::kFillOrKill;
  const bool has_one_chance = all_or_none || order.tif == TimeInForce::kImmediateOrCancel;
  const bool satisfied = !order.IsPriced() || Satisfies(order.side, order.price, bar.open);
  if (satisfied && !(all_or_none && bar.left < order.open)) {
    FillFrom(bar, slot, order.IsPriced() ? bar.open : Slipped(order.side, bar.open), FillRule::kBarOpen,
             false);
  }
  if (orders_.Find(id) != slot) return false;
  if (!has_one_chance) return true;
  Cancel(slot, all_or_none ? Reason::kNotFillable : Reason::kNothingToMatch);
  return false;
}

void BarVenue::StopsAtOpen(Side side, Bar& bar) {
  for (std::size_t i = 0; i < orders_.stops(side).size();) {
    const Slot slot = orders_.stops(side)[i].slot;
    const OwnOrder& order = orders_[slot];
    if (!Reaches(side, order.stop_price, bar.open)) return;
    if (Counts(order, bar)) {
      const std::uint64_t arrival = order.arrival;
      const OrderId id = order.id;
      TriggerAndFill(slot, bar.open, FillRule::kBarOpen, bar);
      if (orders_.Find(id) == slot) orders_[slot].arrival = arrival;  // a limit order for the rest of the bar
    } else {
      ++i;
    }
  }
}

void BarVenue::LimitsAtOpen(Side side, Bar& bar) {
  for (std::size_t i = 0; i < orders_.resting(side).size();) {
    const Slot slot = orders_.resting(side)[i].slot;
    const OwnOrder& order = orders_[slot];
    if (!Satisfies(side, order.price, bar.open)) return;
    const bool is_new = static_cast<std::int64_t>(order.arrival) > previous_arrival_.since_epoch;
    if (Counts(order, bar) && is_new && order.Has(option::kPostOnly)) {
      Cancel(slot, Reason::kWouldTake);
    } else if (Counts(order, bar) && FillFrom(bar, slot, bar.open, FillRule::kBarOpen, !is_new) > 0) {
      bar.limit_filled_at_open[Index(side)] = true;
    }
    if (Holds(orders_.resting(side), i, slot)) ++i;
  }
}

// ---- inside the bar ----

void BarVenue::StopsInside(Side side, Bar& bar) {
  if (bar.limit_filled_at_open[Index(side)]) return;
  const Price reached = side == Side::kBid ? bar.high : bar.low;
  for (std::size_t i = 0; i < orders_.stops(side).size();) {
    const Slot slot = orders_.stops(side)[i].slot;
    const OwnOrder& order = orders_[slot];
    if (!Reaches(side, order.stop_price, reached)) return;
    if (Counts(order, bar)) {
      const FillRule rule = AnyLimitInRange(side, bar) ? FillRule::kBarPessimistic : FillRule::kBarRange;
      TriggerAndFill(slot, order.stop_price, rule, bar);
    } else {
      ++i;
    }
  }
}

void BarVenue::TriggerAndFill(Slot slot, Price at, FillRule rule, Bar& bar) {
  orders_.Unlist(slot);
  Trigger(slot);
  const OwnOrder& order = orders_[slot];
  const Side side = order.side;
  if (order.IsPriced() && !Satisfies(side, order.price, at)) return;
  if (order.Has(option::kPostOnly)) return Cancel(slot, Reason::kWouldTake);
  const Price price = order.IsPriced() ? at : Slipped(side, at);
  if (FillFrom(bar, slot, price, rule, false) > 0) bar.stop_filled[Index(side)] = true;
}

bool BarVenue::LimitInRange(const OwnOrder& order, const Bar& bar) const {
  const Price reached = order.side == Side::kBid ? bar.low : bar.high;
  return options_.limits_need_through ? IsBetter(order.side, order.price, reached)
                                      : Satisfies(order.side, order.price, reached);
}

bool BarVenue::AnyLimitInRange(Side side, const Bar& bar) const {
  return std::ranges::any_of(orders_.resting(side), [&](const OwnOrders::Place& place) {
    return Counts(orders_[place.slot], bar) && LimitInRange(orders_[place.slot], bar);
  });
}

void BarVenue::LimitsInside(Side side, Bar& bar) {
  if (bar.stop_filled[Index(side)]) return;
  for (std::size_t i = 0; i < orders_.resting(side).size();) {
    const Slot slot = orders_.resting(side)[i].slot;
    const OwnOrder& order = orders_[slot];
    if (!LimitInRange(order, bar)) return;
    if (Counts(order, bar)) FillFrom(bar, slot, order.price, FillRule::kBarRange, true);
    if (Holds(orders_.resting(side), i, slot)) ++i;
  }
}

void BarVenue::Hash(StateHasher& hasher) const {
  HistoryVenue::Hash(hasher);
  hasher.Add(previous_arrival_.since_epoch);
  for (const OrderId id : waiting_) {
    const Slot slot = orders_.Find(id);
    if (slot == OwnOrders::kNone) continue;
    hasher.Add(id.value);
    hasher.Add(orders_[slot].open);
  }
}

}  // namespace crucible::history
