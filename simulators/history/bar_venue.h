// Fill model for bars (open, high, low, close): an order acts in the bars that begin after it arrived.
//
// A bar is known at its end, so its fills carry that time. An order counts for a bar if it arrived no later
// than 1/60 of the bar's length after the bar's open (one second for one-minute bars), so that an order-entry
// latency of milliseconds does not cost a bar.
//
// At the open O, in this order:
//   kBarOpen         market orders at O; stops that O has passed at O, which is worse than their stop price;
//                    limits that O has passed at O, which is better than their limit
// Inside the bar:
//   kBarRange        stops at their stop price, if the range reaches it; limits at their limit, if the range
//   reaches
//                    it (`limits_need_through`: goes beyond it)
//   kBarPessimistic  a stop whose side also has a limit order in the range: the stop happened, the limit did
//   not
// In one bar a side fills stops or limits, not both: with a stop-loss and a target around a position, the
// worse of the two is what happened, unless the bar opened beyond the target.
// A stop-limit that triggers at the open is a limit order for the rest of the bar; one that triggers inside
// fills at its stop price if its limit allows that, else it waits for the next bar. IOC and FOK orders have
// the next open as their one chance. A post-only order whose first open passes its limit is cancelled
// (kWouldTake).
//
// Market orders and stops pay `slippage_ticks` on top. Fills of one bar take no more than `volume_percent` of
// the bar's volume in all; a bar without volume bounds nothing. What a market order cannot get waits for the
// next open.
//
// No trailing stops (kUnsupported): a bar does not say whether its high or its low came first, and so not how far
// the trigger had come.
//
// Unrealistic: what happened first inside a bar is not known; a cancellation counts for the whole bar in
// which it arrives; there is no queue and no spread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "simulators/history/history_venue.h"

namespace crucible::history {

struct BarOptions {
  std::int64_t slippage_ticks = 0;    // >= 0
  std::int64_t volume_percent = 100;  // 1 to 100
  bool limits_need_through = false;
};

class BarVenue final : public HistoryVenue {
 public:
  BarVenue(const VenueSetup& setup, const BarOptions& options) : HistoryVenue(setup), options_(options) {}

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;
  void Hash(StateHasher& hasher) const override;
  trading::Mid mid() const override { return trading::Mid::At(close_); }
  bool HasBook() const override { return false; }

 private:
  struct Bar {
    Price open, high, low;
    Nanos latest_arrival;   // of orders that count for this bar
    std::int64_t left = 0;  // volume that we may still take
    CauseRef cause;
    std::array<bool, 2> stop_filled{};  // by side
    std::array<bool, 2> limit_filled_at_open{};
  };

  bool KnowsMarket() const override { return true; }
  std::int64_t Takeable(const OwnOrder&, std::int64_t) const override { return 0; }
  void Take(Slot) override {}
  void JoinQueue(OwnOrder& order) override;
  bool StopReached(const OwnOrder&) const override { return false; }
  void Enter(Slot slot, bool was_stop) override;

  Bar ReadBar(const engine::MarketGroup& group) const;
  bool Counts(const OwnOrder& order, const Bar& bar) const;
  void FillWaiting(Bar& bar);
  bool FillOneWaiting(Slot slot, Bar& bar);
  void StopsAtOpen(Side side, Bar& bar);
  void LimitsAtOpen(Side side, Bar& bar);
  void StopsInside(Side side, Bar& bar);
  void LimitsInside(Side side, Bar& bar);
  bool LimitInRange(const OwnOrder& order, const Bar& bar) const;
  bool AnyLimitInRange(Side side, const Bar& bar) const;
  void TriggerAndFill(Slot slot, Price at, FillRule rule, Bar& bar);
  std::int64_t FillFrom(Bar& bar, Slot slot, Price price, FillRule rule, bool maker);

  static std::size_t Index(Side side) { return side == Side::kBid ? 0 : 1; }
  Price Slipped(Side side, Price price) const {
    return {price.units + Sign(side) * options_.slippage_ticks * tick_size().units};
  }

  BarOptions options_;
  Price close_;  // of the last bar
  Nanos previous_arrival_{INT64_MIN};  // latest_arrival of the bar before
  std::vector<OrderId> waiting_;       // for the next open, by arrival; may name orders that are gone
  std::vector<OrderId> scratch_;
};

}  // namespace crucible::history
