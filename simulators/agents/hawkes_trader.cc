#include "simulators/agents/hawkes_trader.h"

#include <algorithm>
#include <utility>

#include "framework/base/math.h"

namespace crucible::agents {

using flow::FlowMarks;
using flow::FlowType;

namespace {

// Types come in pairs, the buyer's first.
constexpr Side SideOf(FlowType type) { return static_cast<int>(type) % 2 == 0 ? kBuy : kSell; }
constexpr FlowType OfBuyer(FlowType type) { return static_cast<FlowType>(static_cast<int>(type) / 2 * 2); }

}  // namespace

HawkesTrader::HawkesTrader(const TraderRules& rules, flow::FlowModel model, Nanos start, RandomStream events,
                           RandomStream orders)
    : Agent(std::move(orders)),
      rules_(rules),
      model_(std::move(model)),
      start_(start),
      sampler_(model_.process, std::move(events)) {}

void HawkesTrader::OnWake(Port& port) {
  if (!opened_) {
    opened_ = true;
    Open(port);
    return WakeForNext(port);
  }
  if (due_ == kEndOfTime) return WakeForNext(port);  // somebody's order has changed what comes next
  if (port.now() != due_) return;                    // of an event that was drawn anew since
  acting_ = model_.types[sampler_.Next().type];
  ++events_;
  port.AskForQuote();
  WakeForNext(port);
}

void HawkesTrader::WakeForNext(Port& port) {
  const double seconds = std::min(sampler_.Peek().at, 1e9);
  // Later than what happens now, which is not over yet.
  due_ = std::max(port.now(), start_ + Duration{static_cast<std::int64_t>(seconds * 1e9)}) + Duration{1};
  if (due_ < rules_.end) port.WakeAt(due_);
}

void HawkesTrader::OnQuote(const Quote& quote, Port& port) { Act(acting_, quote, port); }

bool HawkesTrader::OnPublicTrade(Side aggressor, Nanos now) {
  if (!opened_ || (now == heard_ && aggressor == heard_side_)) return false;
  heard_ = now;
  heard_side_ = aggressor;
  const FlowType type = aggressor == kBuy ? FlowType::kMarketBuy : FlowType::kMarketSell;
  const auto found = std::ranges::find(model_.types, type);
  if (found == model_.types.end()) return false;
  sampler_.Excite({SecondsAt(now), static_cast<std::uint32_t>(found - model_.types.begin())});
  due_ = kEndOfTime;
  return true;
}

// ---- orders ----

// 1, 2, ... with the mean.
std::int64_t HawkesTrader::Geometric(double mean) {
  if (mean <= 1) return 1;
  return 1 + static_cast<std::int64_t>(std::min(random_.Exponential() / -Log(1 - 1 / mean), 1e9));
}

void HawkesTrader::Open(Port& port) {
  for (int i = 0; i < kOpeningOrders; ++i) {
    for (const Side side : {kBuy, kSell}) {
      const FlowMarks& marks =
          model_.marks[static_cast<std::size_t>(side == kBuy ? FlowType::kBidBehind : FlowType::kAskBehind)];
      const std::int64_t ticks = i == 0 ? 1 : Geometric(marks.distance);
      const Price price = rules_.opening - PriceDelta{Sign(side) * ticks * rules_.tick.units};
      if (price.units > 0) port.Submit(LimitOrder(side, price, rules_.lot * Geometric(marks.lots)));
    }
  }
}

void HawkesTrader::Act(FlowType type, const Quote& quote, Port& port) {
  const Side side = SideOf(type);
  const FlowMarks& marks = model_.marks[static_cast<std::size_t>(type)];
  switch (OfBuyer(type)) {
    case FlowType::kMarketBuy:
      port.Submit(MarketOrder(side, rules_.lot * Geometric(marks.lots)));
      return;
    case FlowType::kBidAt:
      return PlaceAt(side, marks, quote, port);
    case FlowType::kBidBehind:
      return PlaceBehind(side, marks, quote, port);
    default:
      return CancelOne(side, OfBuyer(type) == FlowType::kCancelBidAt, quote, port);
  }
}

void HawkesTrader::PlaceAt(Side side, const FlowMarks& marks, const Quote& quote, Port& port) {
  const Touch market = TouchOf(quote, rules_);
  const Price best = side == kBuy ? market.bid : market.ask;
  const std::int64_t room = (market.ask - market.bid).units / rules_.tick.units - 1;
  const bool improves = room > 0 && random_.Uniform01() < marks.improving;
  const std::int64_t inside = improves ? std::min(room, Geometric(marks.distance)) : 0;
  port.Submit(LimitOrder(side, best + PriceDelta{Sign(side) * inside * rules_.tick.units},
                         rules_.lot * Geometric(marks.lots)));
}

void HawkesTrader::PlaceBehind(Side side, const FlowMarks& marks, const Quote& quote, Port& port) {
  const Touch market = TouchOf(quote, rules_);
  const PriceDelta away{Sign(side) * Geometric(marks.distance) * rules_.tick.units};
  const Price price = (side == kBuy ? market.bid : market.ask) - away;
  if (price.units > 0) port.Submit(LimitOrder(side, price, rules_.lot * Geometric(marks.lots)));
}

// The rates of the process do not know how much rests. Below the depth of the opening a cancellation happens in proportion
// to what is left of it, so that a side does not run empty.
void HawkesTrader::CancelOne(Side side, bool at_touch, const Quote& quote, Port& port) {
  const auto resting = std::ranges::count(orders(), side, &OwnOrder::side);
  if (resting < kOpeningOrders && random_.UniformBelow(kOpeningOrders) >= static_cast<std::uint64_t>(resting)) {
    ++without_order_;
    return;
  }
  const Price best = side == kBuy ? quote.bid : quote.ask;
  const auto concerned = [&](const OwnOrder& order) {
    return order.side == side &&
           (at_touch ? !IsBetter(side, best, order.price) : IsBetter(side, best, order.price));
  };
  const auto count = std::ranges::count_if(orders(), concerned);
  if (count == 0) {
    ++without_order_;
    return;
  }
  auto left = static_cast<std::int64_t>(random_.UniformBelow(static_cast<std::uint64_t>(count)));
  const auto chosen =
      std::ranges::find_if(orders(), [&](const OwnOrder& order) { return concerned(order) && left-- == 0; });
  port.Cancel(*chosen);
}

void HawkesTrader::HashMemory(StateHasher& hasher) const {
  sampler_.Hash(hasher);
  hasher.Add(due_.since_epoch);
  hasher.Add(heard_.since_epoch);
  hasher.Add(static_cast<std::uint64_t>(heard_side_));
  hasher.Add(events_);
  hasher.Add(without_order_);
}

}  // namespace crucible::agents
