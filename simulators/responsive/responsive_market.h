// Responsive replay: recorded order flow, submitted again to the simulated exchange, so that whoever else
// trades there moves the market.
//
//   ResponsiveMarket market({.instrument = instrument, .book = options, .half_life = {60'000'000'000}});
//   auto venue = exchange::ExchangeVenue::Create(id, rules, &market);    // market outlives venue
//
// The engine feeds the session's groups to the venue; the market turns each record into messages of a
// participant without a name (owner 0), who trades with everybody. What happens at the exchange is the run's
// market data; the recorded book itself reaches nobody.
//
// Rules
//   price      Recorded orders come at their recorded price plus the anchor's offset (anchor.h), which is 0
//              until an intruder's trade moves the mid, and then decays.
//   add        A limit order. If it would cross the shifted book and did not cross the recorded one, it posts
//   one
//              tick from the other side's best price (counted). If it crossed the recorded book, it is the
//              aggressor itself (Bitstamp shows them so) and matches; executions that the record reports for
//              it afterwards are done already.
//   cancel     Takes from the recorded order; what another order was matched for in its place, from that
//   order's
//              spare. If an intruder had taken it, nothing is left to cancel (counted).
//   modify     As a smaller order if price and place stay, else as a cancel and an add of what is left.
//   execution  Consecutive executions of one moment and side are one aggressor: an immediate-or-cancel order
//   of
//              their sum, limited at the worst of the prices at which their orders rest. Where the order has
//              gone, at its recorded price, shifted: so the touch is consumed, or, if it is away, the rest of
//              the aggressor is dropped (counted). It is matched by price and time: an intruder who stands
//              before the recorded order is filled, and the recorded order outlives its record by one
//              half-life, after which what is too much in its level is cancelled (counted). An execution at
//              another price than its order's is an aggressor's own side of a trade (CME tells both): the
//              order loses the quantity, and those whom it met have executions of their own.
//   print      A hidden execution matches what intruders show at its price or better before any recorded
//              order; the rest is printed, for its resting order never was in the book.
//   level      A snapshot's level is an order nobody named, oldest of its price. In a session of a window
//   (best
//              N levels), a level that comes into view is corrected to what the record says: more is an order
//              nobody named, less is taken from the youngest (both counted as forced). Orders that leave the
//              window stay; those that turn out to have gone are removed when their price comes into view.
//   L2         Assumed, for the record does not say: a level that grows is one new order of the difference;
//              one that shrinks by more than was matched there lost its youngest orders; a trade is an
//              aggressor limited at its price. Within a message, what shrinks goes first.
//
// Unrealistic: recorded participants see nobody. They do not chase, withdraw or lean against an intruder
// beyond what the anchor's rule says.
//
// An aggressor whose executions may still go on is held until the next record, or until everything else of
// its moment is done. Commands that arrive at that very nanosecond come before it.
//
// Determinism: depends on the session and on what others do. Threads: thread-compatible. Memory: live orders
// of the record, and of the exchange.
#pragma once

#include <deque>
#include <vector>

#include "framework/book/book.h"
#include "framework/event/instrument.h"
#include "simulators/exchange/participants.h"
#include "simulators/responsive/anchor.h"
#include "simulators/responsive/lots.h"
#include "simulators/responsive/responsive_counts.h"

namespace crucible::responsive {

struct ResponsiveConfig {
  Instrument instrument;
  book::BookOptions book;  // that the session's records build: L3, windowed L3 or L2
  Duration half_life{60'000'000'000};
  // The feed shows an aggressor as an order that crosses the book (Bitstamp). Elsewhere a recorded book that
  // stands crossed after an add is in a call phase.
  bool takers_shown = false;
};

class ResponsiveMarket final : public exchange::Participants {
 public:
  // `others` trade at the same exchange and are intruders like the strategies; may be null, and outlive it.
  explicit ResponsiveMarket(const ResponsiveConfig& config, exchange::Participants* others = nullptr);

  void At(Nanos now) override;
  Nanos NextDue() const override;
  void Advance(Nanos to, exchange::Exchange& exchange, engine::Outbox& outbox) override;
  void OnRecorded(const engine::MarketGroup& group, exchange::Exchange& exchange,
                  engine::Outbox& outbox) override;
  // The record whose order is trading: of an aggressor, its first execution; while
  // others act, the last record.
  CauseRef Cause() const override { return cause_; }
  void Hash(StateHasher& hasher) const override;

  void OnReply(const exchange::Reply& reply) override;
  void OnTrade(const exchange::Trade& trade) override;
  void NoteTrade(const exchange::Trade& trade, engine::Outbox& outbox) override;
  void OnBook(const exchange::BookChange& change) override;
  void OnStatus(TradingStatus status, Reason reason) override;

  const ResponsiveCounts& counts() const { return counts_; }
  const Lots& lots() const { return lots_; }
  // The recorded book, as far as the session has been read. Empty for L2, whose levels are the lots' own.
  const book::Book& recorded() const { return recorded_; }
  PriceDelta OffsetAt(Nanos at) const { return anchor_.OffsetAt(at); }
  // An aggressor is held because more of it may come.
  bool holds_aggressor() const { return !pieces_.empty(); }

 private:
  // One recorded execution of the aggressor that is being put together.
  struct Piece {
    LotIndex lot = kNoLot;  // kNoLot: L2, where a trade names none
    Price price;            // recorded
    std::int64_t quantity = 0;
    std::uint64_t execution = 0;  // ordinal of the record
    CauseRef cause;               // the record
    bool unnamed = false;         // the record never told this order's id
    bool gone = false;            // nothing of the order rested when the aggressor came
  };
  struct Fill {
    LotIndex lot = kNoLot;  // kNoLot: an intruder's order
    std::int64_t quantity = 0;
  };
  // What intruders absorbed of an order that crossed the recorded book: the record tells its executions against
  // orders of its own. In force until the order's story has been told.
  struct Absorbed {
    std::uint64_t taker = 0;  // recorded id
    Side side = Side::kNone;  // the taker's
    std::int64_t quantity = 0;
    Nanos until = kEndOfTime;
  };
  // A level that may hold more than the record leaves, because an intruder was matched instead.
  struct Outlived {
    Nanos due;
    Side side = Side::kNone;
    Price recorded_price;
  };

  // responsive_market.cc
  void Begin(exchange::Exchange& exchange, engine::Outbox& outbox, Nanos now);
  void NoteIntrusion();
  void CancelOutlived();
  std::int64_t DoubledMid() const;

  // recorded_orders.cc: records of single orders
  void ApplyOrders(const engine::MarketGroup& group);
  void ApplyOrder(const Event& record);
  void OnAdd(const Event& record);
  void OnDeparture(const Event& record);
  void OnModify(const Event& record);
  void OnExecution(const Event& record);
  void OnPrint(Side aggressor, Price price, std::int64_t quantity, std::uint64_t trade_id);
  bool CrossesRecord(Side side, Price price) const;
  void SubmitLot(LotIndex index, std::int64_t quantity, bool crosses_record);
  OrderId SendLot(LotIndex index, const trading::OrderTerms& terms);
  void CreditAhead(LotIndex taker);
  void NoteTold();
  std::int64_t SpendAbsorbed(Side taker, std::int64_t most);
  void BeginCall();
  void EndCall();
  std::int64_t Depart(LotIndex index, std::int64_t quantity);
  std::int64_t DepartUnnamed(Side side, Price recorded_price, std::int64_t quantity);
  std::int64_t Cut(LotIndex index, std::int64_t most);
  std::int64_t CutSpares(Side side, Price recorded_price, std::int64_t most);

  // recorded_aggressor.cc: executions become marketable orders
  void HoldExecution(Side aggressor, LotIndex lot, std::int64_t quantity, bool unnamed);
  void Hold(Side aggressor, const Piece& piece);
  void FlushAggressor();
  Price LimitOf(const Piece& piece) const;
  void SubmitAggressor(Side side, Price limit, std::int64_t quantity);
  void SettleOrders();
  void SettleLevels();
  void Outlive(Side resting, Price recorded_price);

  // recorded_levels.cc: records of whole levels
  void ApplyLevels(const engine::MarketGroup& group);
  void SetLevel(Side side, Price price, std::int64_t total, bool snapshot);
  void GrowLevel(Side side, Price price, std::int64_t by);
  void ShrinkLevel(Side side, Price price, std::int64_t by);
  void OnLevelTrade(const Event& record);
  void OnClear();
  void CompareWindow(Side side);

  book::Book recorded_;
  bool by_level_;  // L2
  std::uint32_t window_levels_;
  PriceDelta tick_;
  Duration half_life_;
  Anchor anchor_;
  Lots lots_;
  ResponsiveCounts counts_;
  exchange::Participants* others_;

  std::vector<Piece> pieces_;  // of the aggressor that is held
  bool takers_shown_;
  bool call_ = false;         // the recorded venue collects orders
  bool window_told_ = false;  // the session says which levels come into its window
  Side aggressor_ = Side::kNone;
  Nanos aggressor_time_ = kEndOfTime;
  std::vector<Fill> fills_;  // of the recorded order that is being submitted
  std::vector<Absorbed> absorbed_;
  std::deque<Outlived> outlived_;

  // Of the call in progress.
  exchange::Exchange* exchange_ = nullptr;
  engine::Outbox* outbox_ = nullptr;
  InstrumentId instrument_;
  Nanos now_;
  CauseRef cause_;
  bool in_recorded_ = false;      // our own order is being handled
  bool intruded_ = false;         // an intruder's order has traded since At
  std::int64_t doubled_mid_ = 0;  // at At
};

}  // namespace crucible::responsive
