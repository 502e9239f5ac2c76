// What all fill models over history share: an order's life, from command to last reply, for one instrument.
//
//   submit -> rejected
//          -> accepted -> (triggered) -> fills -> canceled
//   A marketable order fills at once against what the model offers; what is left rests, or is cancelled
//   (market, IOC: kNothingToMatch). FOK fills at once in full or is cancelled (kNotFillable). Post-only is
//   rejected rather than filled as taker. Amend: less at the same price keeps the place in the queue; another
//   price or more loses it. Stops wait for a price (each model says which), then act as market or limit
//   orders at that moment. A trailing stop keeps its distance to those prices, from the last before its arrival on
//   (kBadPrice where there is none), and its trigger never moves away from the market; within one group it follows
//   first and is compared then. Of two at one trigger the one that came to it first acts first. Good-till-date orders are cancelled (kExpired) at their expiry. Reduce-only:
//   rejected when larger than the position it would reduce, never filled beyond the position, and cancelled
//   (kReduceOnly) when there is none left. The position is that of this venue's own fills.
//
// A definition changes tick and lot size from its exchange time on: what arrives later is held to the new
// grid (kOffTick, kOffLot), amendments included. Orders that rest stay as they are and go on matching at
// their price, on the new grid or off it (Binance, "Updates on Tick Size for Spot Trading Pairs", 2024-01-12:
// "orders placed before the update will still be matched with the original tick size").
//
// Own orders do not move the recorded market, and never trade with each other.
//
// Replies carry the venue's time in `origin`; a fill's detail carries the market record that caused it, or,
// where we took liquidity, the last market record before. Trade ids count 1, 2, ... over the venues that
// share a TradeIds.
//
// Allocation: none in steady state. Threads: thread-compatible.
#pragma once

#include <cstdint>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/book/tick_grid.h"
#include "framework/engine/venue.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"
#include "framework/trading/command.h"
#include "framework/trading/fees.h"
#include "framework/trading/mid.h"
#include "simulators/history/own_orders.h"

namespace crucible::history {

struct TradeIds {
  std::uint64_t next = 1;
};

struct VenueSetup {
  InstrumentId id;  // run-level
  Instrument instrument;
  trading::FeeSchedule fees;
  TradeIds* trade_ids = nullptr;  // shared by the run's venues, which it outlives
};

class HistoryVenue : public engine::Venue {
 public:
  void OnCommand(const trading::Command& command, Nanos at, engine::Outbox& outbox) final;
  Nanos NextDue() const final { return orders_.next_expiry(); }
  void Advance(Nanos to, engine::Outbox& outbox) final;
  void Hash(StateHasher& hasher) const override;

  // The middle of what the market shows, or the last bar's close; unknown before the first record.
  virtual trading::Mid mid() const = 0;
  // False where a command cannot be filled before the next record: nothing is displayed.
  virtual bool HasBook() const { return true; }
  // Part of the position goes to somebody else without an order of ours (a liquidation's rest).
  void TakeOver(Side side, Quantity quantity) {
    position_ += Sign(side) * quantity.units;
  }
  PriceDelta tick_size() const { return ticks_.tick_size(); }
  Quantity lot_size() const { return {lot_}; }
  // Whether an order would meet a market: it trades, and what it shows is known.
  bool Trades() const { return !halted_ && KnowsMarket(); }

  // Signed sum of our fills.
  Position position() const { return {position_}; }
  const OwnOrders& orders() const { return orders_; }

 protected:
  using Slot = OwnOrders::Slot;

  explicit HistoryVenue(const VenueSetup& setup);

  // ---- what a fill model decides ----

  // False while nobody can know the market: before the first record, after a feed gap.
  virtual bool KnowsMarket() const = 0;
  // Quantity that the order would take at once if it arrived now; stops counting at `enough`.
  virtual std::int64_t Takeable(const OwnOrder& order, std::int64_t enough) const = 0;
  // Fills the order as taker as far as it goes. It may be gone afterwards.
  virtual void Take(Slot slot) = 0;
  // Sets the order's place behind what is displayed at its price.
  virtual void JoinQueue(OwnOrder& order) = 0;
  // True when the market already stands beyond the order's stop price.
  virtual bool StopReached(const OwnOrder& order) const = 0;
  // The price from which a trailing stop of `side` starts. kUnsupported: the model has no trailing stops;
  // kBadPrice: there is no price yet.
  virtual Reason TrailFrom(Side side, Price& start) const {
    static_cast<void>(side);
    static_cast<void>(start);
    return Reason::kUnsupported;
  }
  // Lets an accepted or triggered order act.
  virtual void Enter(Slot slot, bool was_stop);
  // The market record that explains a taker's fill.
  CauseRef last_cause() const { return last_cause_; }

  // ---- for fill models ----

  // Call first in OnMarket.
  void BeginGroup(const engine::MarketGroup& group, engine::Outbox& outbox) {
    now_ = group.exchange_time;
    outbox_ = &outbox;
    last_cause_ = {group.input, group.records.back().seq};
    input_ = group.input;
  }
  CauseRef CauseOf(const Event& record) const { return {input_, record.seq}; }
  void SetTradingStatus(const Event& record);
  // True when the record changes the tick size, so that a book must follow.
  bool TakeDefinition(const Event& record);

  struct FillTerms {
    Price price;
    std::int64_t quantity = 0;  // > 0, at most what is open
    FillRule rule{};
    bool maker = true;
    CauseRef cause;
  };
  // Fills, replies, and forgets the order when nothing is left. Returns the quantity filled, which is less
  // for a reduce-only order that has nothing more to reduce.
  std::int64_t Fill(Slot slot, const FillTerms& terms);
  // Ends an order with a reply.
  void Cancel(Slot slot, Reason reason);
  // Lets a stop act.
  void Trigger(Slot slot);
  // Lets the trailing stops of a side follow the best of the prices that they wait on.
  void Follow(Side side, Price best);
  // Cancels reduce-only orders that have lost their purpose. Call after fills.
  void EnforceReduceOnly() {
    if (reduce_only_live_ != 0) [[unlikely]]
      CancelPointless();
  }
  void ReplyAccepted(const OwnOrder& order, std::int64_t queue_ahead) {
    Reply(Kind::kAccepted, order.side, order.price, order.open, order.id, queue_ahead);
  }

  // The largest multiple of the lot size that is not above `quantity`.
  std::int64_t WholeLots(std::int64_t quantity) const { return quantity - (lot_ == 1 ? 0 : quantity % lot_); }
  bool halted() const { return halted_; }
  Nanos now() const { return now_; }

  OwnOrders orders_;

 private:
  void CancelPointless();
  Reason CheckTerms(const trading::OrderTerms& terms) const;
  Reason CheckPrices(const trading::OrderTerms& terms) const;
  Reason CheckReduceOnly(const trading::OrderTerms& terms) const;
  Reason StartTrailing(const trading::OrderTerms& terms, OwnOrder& order) const;
  void Submit(const trading::Command& command);
  void CancelRequested(const trading::Command& command);
  void Amend(const trading::Command& command);
  Reason CheckAmend(const OwnOrder& order, const trading::OrderTerms& terms) const;
  void Requeue(Slot slot, const OwnOrder& amended);
  void EnterTaker(Slot slot);
  void EnterResting(Slot slot, bool was_stop);
  void Begin(Nanos at, engine::Outbox& outbox) {
    now_ = at;
    outbox_ = &outbox;
  }
  // Quantity by which an order of `side` may change the position without turning it.
  std::int64_t Reducible(Side side) const;
  void Refuse(Kind kind, const trading::Command& command, Side side, Reason reason);
  void Reply(Kind kind, Side side, Price price, std::int64_t quantity, OrderId id,
             std::int64_t queue_or_reason);
  Event& AddReply(Kind kind, Side side, std::uint16_t flags);

  std::uint32_t instrument_id_;
  book::TickGrid ticks_;
  book::TickGrid lots_;
  std::int64_t lot_;
  trading::FeeSchedule fees_;
  TradeIds* trade_ids_;

  engine::Outbox* outbox_ = nullptr;  // of the call in progress
  Nanos now_{INT64_MIN};
  CauseRef last_cause_;
  std::uint16_t input_ = 0;
  std::int64_t position_ = 0;
  std::int64_t reduce_only_live_ = 0;
  bool halted_ = false;
  bool redefined_ = false;  // tick or lot size are not those of the start
};

}  // namespace crucible::history
