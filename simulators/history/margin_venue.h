// Margin, funding and liquidation over the fill models of one venue: the venue's own account of us.
//
// Cross margin: the account's cash backs the positions of all instruments; with one instrument that is
// isolated margin of the same cash. The mark price of an instrument is that of its last `mark_price` record,
// and until its first one the mid of its market (the last bar's close).
//
//   orders       One that would raise the initial margin above the equity at the mark is rejected
//                (kInsufficientMargin); orders at work count with the position, on the side where that is
//                larger. Before there is a mark an order counts at its own limit or stop price, and one that
//                has neither is rejected.
//   funding      At the time that the last `mark_price` record names, at the rate and mark of that record; where
//                no record names one, at multiples of the schedule's interval since 1970 and at its rate. Longs
//                pay shorts when the rate is positive.
//   liquidation  When equity falls below the sum of the maintenance margins. All orders are cancelled
//                (kLiquidation). Then positions are closed, the one with the largest maintenance margin
//                first, until the rest is covered: an IOC order of the venue's at the bankruptcy price, the
//                price at which the account would be left with nothing, takes what the market shows; what it
//                cannot get, or is no whole lot, is taken over by the venue's insurance fund at the bankruptcy
//                price. Bars show no book: all is taken over. A market that is halted, or whose book is empty or
//                behind a gap, is left until it trades again. The fills pay the liquidation fee instead of the taker's, as far as
//                equity reaches. So a liquidation ends at zero or above. Only a trade of our own far from the
//                mark can leave less.
//
// Source of the rules: Binance, "Liquidation Protocols" of USDS-M futures (orders first, IOC, liquidation
// fee, insurance fund at the bankruptcy price). Unrealistic: a position is closed whole and not by tiers,
// nobody else is liquidated with us, the insurance fund never runs dry, and nobody is deleveraged.
//
// It tells of what it does in groups of two replies: kFunding or kLiquidation, then kMarginDetail, whose
// origin is the record that caused it. A liquidation is an order of the venue's with an id from
// kFirstVenueOrder on.
//
// One object stands for the venue of every instrument. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "framework/engine/venue.h"
#include "framework/trading/account.h"
#include "framework/trading/margin.h"
#include "framework/trading/order_table.h"
#include "simulators/history/history_venue.h"

namespace crucible::history {

// Where no record names a funding rate.
struct FundingSchedule {
  std::int64_t rate_e12 = 0;  // of the notional, 10^-12; positive: longs pay
  Duration interval;          // 0: no funding
};

struct MarginSetup {
  trading::MarginRules rules;
  trading::AccountConfig account;
  FundingSchedule funding;
  Nanos start;                    // of the market data
  TradeIds* trade_ids = nullptr;  // that of the fill models
};

class MarginVenue final : public engine::Venue {
 public:
  struct Member {
    Instrument instrument;
    HistoryVenue* venue = nullptr;  // outlives this
  };
  // By run-level id, all of one venue. kInvalidArgument as Account::AddInstrument.
  static absl::StatusOr<std::unique_ptr<MarginVenue>> Create(const MarginSetup& setup,
                                                             const std::vector<Member>& members);

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;
  void OnCommand(const trading::Command& command, Nanos at, engine::Outbox& outbox) override;
  Nanos NextDue() const override;
  void Advance(Nanos to, engine::Outbox& outbox) override;
  void Hash(StateHasher& hasher) const override;

  // As the venue sees it, at the mark price.
  const trading::Account& account() const { return account_; }
  Money maintenance() const;
  Money initial() const;

 private:
  struct Market {
    InstrumentId id;
    HistoryVenue* venue = nullptr;
    bool marked = false;    // by a record: the mid no longer counts
    bool scheduled = true;  // no record has named a time of funding
    std::int64_t rate_e12 = 0;
    Nanos funding_due = kEndOfTime;
    Nanos funded{INT64_MIN};  // the last moment for which funding was settled
    CauseRef cause;           // what set the mark
  };

  struct FillGroup {
    Event fill, detail;
    trading::Fill At(Nanos now) const;
  };

  explicit MarginVenue(const MarginSetup& setup);

  void Begin(Nanos now, engine::Outbox& outbox) {
    now_ = now;
    outbox_ = &outbox;
  }
  void TakeMark(Market& market, const engine::MarketGroup& group);
  // Hands the fill models' replies on, and enters them.
  void PassOn(std::span<const Event> replies);
  Money Maintenance(InstrumentId id) const;
  // `mark` stands for the instrument's.
  Money Initial(InstrumentId id, trading::OpenQuantity more, trading::Mid mark) const;
  bool LacksMargin(const trading::Command& command) const;
  void SettleFunding(Market& market);
  void CheckMargin(const Market& by);
  void CancelOrders();
  // Of those whose market trades; nullptr where there is none.
  Market* LargestPosition();
  void Liquidate(Market& market, const Market& by);
  std::vector<FillGroup> CloseInMarket(Market& market, const trading::Command& order);
  FillGroup TakeOver(Market& market, const Market& by, const trading::Command& order, Quantity quantity,
                     Price price);
  void ReplyFills(const Market& market, std::vector<FillGroup>& fills);
  Event& Reply(Kind kind, InstrumentId instrument, Side side, std::uint16_t flags);
  void ReplyDetail(const Market& by, InstrumentId instrument, trading::Mid mark, Money equity);

  trading::MarginRules rules_;
  trading::Account account_;
  trading::OrderTable orders_;
  FundingSchedule funding_;
  TradeIds* trade_ids_;
  std::vector<Market> markets_;
  std::uint64_t liquidations_ = 0;
  Nanos now_{INT64_MIN};
  engine::Outbox* outbox_ = nullptr;  // of the call in progress
  engine::Outbox heard_;              // from a fill model
};

}  // namespace crucible::history
