// The whole order flow of a session in one participant: a fitted Hawkes process says when an order of which
// type and side comes, its marks how large it is and where it stands, and the quote of that moment what its
// prices mean.
//
//   market order   takes so many lots at whatever price
//   limit order    at the touch: at the best price, or, for the share that improves it, a geometric number of
//   ticks
//                  better, as far as the spread has room; behind it: as many worse
//   cancellation   of one of its own orders at, or behind, the best price of the side, each with the same
//   chance; when
//                  it has none there, nothing happens (counted)
//
// Sizes are a geometric number of lots. It opens the book with `kOpeningOrders` orders per side. Market
// orders of others, strategies and predators alike, excite the process as its own do; their limit orders do
// not, because a public feed does not tell whose they are. Latency: none, the process is of events at the
// exchange.
//
// Unrealistic: sizes and places do not depend on the state of the book; types that were left out of the fit
// never occur. Determinism: the model, the stream and what others do decide everything. Memory: its live
// orders.
#pragma once

#include <cstdint>

#include "simulators/agents/agent.h"
#include "simulators/agents/traders.h"
#include "simulators/flow/flow_model.h"

namespace crucible::agents {

class HawkesTrader final : public Agent {
 public:
  static constexpr int kOpeningOrders = 50;

  // Wakes first at `start`, from where the process begins. REQUIRES: model.Validate(), and an exchange that
  // lets it trade with itself: it is many.
  HawkesTrader(const TraderRules& rules, flow::FlowModel model, Nanos start, RandomStream events,
               RandomStream orders);
  HawkesTrader(const HawkesTrader&) = delete;

  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;
  bool HearsTrades() const override { return true; }
  bool OnPublicTrade(Side aggressor, Nanos now) override;

  std::uint64_t events() const { return events_; }
  std::uint64_t without_order() const { return without_order_; }  // cancellations that found none

 private:
  void HashMemory(StateHasher& hasher) const override;
  void Open(Port& port);
  void WakeForNext(Port& port);
  void Act(flow::FlowType type, const Quote& quote, Port& port);
  void PlaceAt(Side side, const flow::FlowMarks& marks, const Quote& quote, Port& port);
  void PlaceBehind(Side side, const flow::FlowMarks& marks, const Quote& quote, Port& port);
  void CancelOne(Side side, bool at_touch, const Quote& quote, Port& port);
  std::int64_t Geometric(double mean);
  double SecondsAt(Nanos now) const { return static_cast<double>((now - start_).nanos) * 1e-9; }

  const TraderRules& rules_;
  const flow::FlowModel model_;
  const Nanos start_;
  flow::HawkesSampler sampler_;
  bool opened_ = false;
  Nanos due_ = kEndOfTime;   // of the next event
  flow::FlowType acting_{};  // what the quote was asked for
  Nanos heard_{INT64_MIN};   // last market order of others: one order may trade many times
  Side heard_side_ = Side::kNone;
  std::uint64_t events_ = 0, without_order_ = 0;
};

}  // namespace crucible::agents
