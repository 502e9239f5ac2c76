// Strategies and participants on one simulated exchange, through the engine.

#include "simulators/exchange/exchange_venue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/engine/engine_fixture.h"

namespace crucible::exchange {
namespace {

using engine::Probe;
using engine::TestRun;

constexpr Owner kMaker = kFirstOwner;

trading::OrderTerms Limit(Side side, std::int64_t price, std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.price = {price};
  terms.quantity = {quantity};
  return terms;
}

// Participants who act at given moments.
class Script final : public Participants {
 public:
  using Action = std::function<void(Exchange&, Nanos)>;
  Script& Then(std::int64_t at, Action action) {
    actions_.emplace_back(Nanos{at}, std::move(action));
    return *this;
  }
  Script& Submits(std::int64_t at, Owner owner, trading::OrderTerms terms) {
    return Then(at, [owner, terms](Exchange& exchange, Nanos now) { exchange.Submit(owner, 1, terms, now); });
  }
  void At(Nanos) override {}
  Nanos NextDue() const override { return next_ == actions_.size() ? kEndOfTime : actions_[next_].first; }
  void Advance(Nanos to, Exchange& exchange, engine::Outbox&) override {
    while (NextDue() <= to && next_ < actions_.size()) {
      actions_[next_].second(exchange, actions_[next_].first);
      ++next_;
    }
  }
  void OnRecorded(const engine::MarketGroup&, Exchange&, engine::Outbox&) override { ++recorded; }
  void Hash(StateHasher& hasher) const override { hasher.Add(std::uint64_t{next_}); }
  void OnReply(const Reply& reply) override { replies.push_back(reply); }
  void OnTrade(const Trade&) override {}
  void OnBook(const BookChange&) override {}
  void OnStatus(TradingStatus, Reason) override {}

  int recorded = 0;
  std::vector<Reply> replies;

 private:
  std::vector<std::pair<Nanos, Action>> actions_;
  std::size_t next_ = 0;
};

class ExchangeVenueTest : public testing::Test {
 protected:
  ExchangeVenueTest() : run_({engine::TestInstrument()}, book::BookType::kL3) {
    rules_.instrument = engine::TestInstrument();
    run_.config.until = {1'000};
  }
  void Go() {
    venue_ = *ExchangeVenue::Create({0}, rules_, &script_);
    run_.At(*venue_).With(probe_).Latency("5ns", "3ns", "7ns").Go();
    ASSERT_TRUE(run_.status.ok()) << run_.status;
    ASSERT_EQ(run_.result.strategy_error, "");
    engine::ExpectWellFormed(run_.sink.records);
    EXPECT_TRUE(venue_->exchange().InvariantsHold());
  }
  // The strategy's order when it first sees the book.
  void Once(std::function<void()> act) {
    probe_.on_book = [this, act](const crucible_book_event_v1&) {
      if (!acted_) act();
      acted_ = true;
      return true;
    };
  }

  MarketRules rules_;
  Script script_;
  Probe probe_;
  TestRun run_;
  std::unique_ptr<ExchangeVenue> venue_;
  bool acted_ = false;
};

TEST_F(ExchangeVenueTest, ParticipantsMakeTheMarketThatStrategiesSee) {
  script_.Submits(10, kMaker, Limit(kBuy, 99, 5)).Submits(20, kMaker, Limit(kSell, 101, 7));
  std::vector<std::string> seen;
  probe_.on_book = [&](const crucible_book_event_v1& e) {
    seen.push_back(absl::StrFormat("@%d %d x %d, %d x %d", e.time, e.bid.price, e.bid.quantity, e.ask.price,
                                   e.ask.quantity));
    return true;
  };
  Go();
  EXPECT_THAT(seen, testing::ElementsAre("@15 99 x 5, 0 x 0", "@25 99 x 5, 101 x 7"));
}

TEST_F(ExchangeVenueTest, AStrategyTakesFromAParticipantAndTheLedgerAgreesWithItsAccount) {
  rules_.fees = trading::FeeConfig::MakerTaker(-1, 5);
  run_.config.desk.instruments[0].fees = rules_.fees;
  script_.Submits(10, kMaker, Limit(kSell, 10'000, 7));
  Once([&] { probe_.Limit(CRUCIBLE_BUY, 10'100, 4); });
  Go();
  const std::vector<Event> fills = run_.Of(Kind::kFill);
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(As<FillBody>(fills[0]).price, Price{10'000});
  EXPECT_EQ(fills[0].venue_time(), Nanos{18});  // seen at 15, entry 3
  EXPECT_EQ(fills[0].time, 25);                 // reply 7
  EXPECT_EQ(fills[0].flags & flag::kTaker, flag::kTaker);
  const auto detail = As<FillDetailBody>(run_.Of(Kind::kFillDetail)[0]);
  EXPECT_EQ(detail.rule, static_cast<std::int64_t>(FillRule::kMatched));
  EXPECT_EQ(detail.fee.units, 4 * 100 * 100'000'000LL * 5 / 10'000);
  EXPECT_EQ(venue_->exchange().ledger().position(kStrategies), 4);
  const Event equity = run_.Of(Kind::kEquity).back();
  const Int128 cash = As<EquityBody>(equity).cash.units - run_.config.desk.account.initial_cash.units;
  EXPECT_EQ(cash, venue_->exchange().ledger().account(kStrategies).cash);
}

TEST_F(ExchangeVenueTest, TheFillAndThePublicExecutionShareTheTradeId) {
  script_.Submits(10, kMaker, Limit(kSell, 101, 7));
  Once([&] { probe_.Limit(CRUCIBLE_BUY, 101, 4); });
  Go();
  ASSERT_EQ(run_.Of(Kind::kOrderExecute).size(), 1U);
  EXPECT_EQ(As<ExecuteBody>(run_.Of(Kind::kOrderExecute)[0]).trade_id,
            As<FillBody>(run_.Of(Kind::kFill)[0]).trade_id);
}

TEST_F(ExchangeVenueTest, AStrategysOrderRestsInThePublicBookAndIsTakenThere) {
  script_.Submits(10, kMaker, Limit(kBuy, 99, 5)).Submits(100, kMaker, Limit(kSell, 100, 2));
  std::int64_t best_bid = 0;
  probe_.on_book = [&](const crucible_book_event_v1& e) {
    if (!acted_) probe_.Limit(CRUCIBLE_BUY, 100, 3);
    acted_ = true;
    best_bid = std::max(best_bid, e.bid.price);
    return true;
  };
  Go();
  EXPECT_EQ(best_bid, 100);
  ASSERT_EQ(run_.Of(Kind::kFill).size(), 1U);
  EXPECT_EQ(run_.Of(Kind::kFill)[0].flags & flag::kMaker, flag::kMaker);
  EXPECT_EQ(As<ReplyBody>(run_.Of(Kind::kAccepted)[0]).queue_ahead_or_reason, 0);
}

TEST_F(ExchangeVenueTest, CancelsAndAmendmentsFindTheOrderByTheStrategysId) {
  script_.Submits(10, kMaker, Limit(kBuy, 99, 5));
  std::uint64_t order = 0;
  Once([&] { order = probe_.Limit(CRUCIBLE_BUY, 98, 9); });
  probe_.on_order = [&](const crucible_order_event_v1& e) {
    if (e.what == CRUCIBLE_ACCEPTED) probe_.answer = probe_.host->amend(probe_.engine, order, 98, 4);
    if (e.what == CRUCIBLE_AMENDED) probe_.answer = probe_.host->cancel(probe_.engine, order);
    return true;
  };
  Go();
  ASSERT_EQ(run_.Of(Kind::kAmended).size(), 1U);
  ASSERT_EQ(run_.Of(Kind::kCanceled).size(), 1U);
  EXPECT_EQ(As<ReplyBody>(run_.Of(Kind::kCanceled)[0]).quantity, Quantity{4});
}

TEST_F(ExchangeVenueTest, AStrategysTrailingStopFollowsTheMarketAndKeepsItsDistanceWhenAmended) {
  script_.Submits(10, kMaker, Limit(kSell, 100, 5)).Submits(11, kMaker + 1, Limit(kBuy, 100, 5));
  std::uint64_t order = 0;
  Once([&] { order = probe_.TrailingStop(CRUCIBLE_SELL, 10, 4); });
  std::int64_t distance = 0;
  probe_.on_order = [&](const crucible_order_event_v1& e) {
    if (e.what == CRUCIBLE_ACCEPTED) {
      EXPECT_EQ(probe_.host->amend(probe_.engine, order, 95, 3), CRUCIBLE_INVALID) << "it has no limit";
      EXPECT_EQ(probe_.host->amend(probe_.engine, order, 0, 3), CRUCIBLE_OK);
    }
    crucible_order_v1 known{};
    known.size = sizeof known;
    probe_.host->order(probe_.engine, order, &known);
    if (e.what == CRUCIBLE_AMENDED) distance = known.price;
    return true;
  };
  // Up to 120, so that the trigger is 110; then trades at 111 and 110.
  script_.Submits(100, kMaker, Limit(kSell, 120, 5)).Submits(101, kMaker + 1, Limit(kBuy, 120, 5));
  script_.Submits(200, kMaker, Limit(kSell, 111, 5)).Submits(201, kMaker + 1, Limit(kBuy, 111, 5));
  script_.Submits(300, kMaker, Limit(kBuy, 110, 9)).Submits(301, kMaker + 1, Limit(kSell, 110, 1));
  Go();
  EXPECT_EQ(distance, 10);
  ASSERT_EQ(run_.Of(Kind::kTriggered).size(), 1U);
  EXPECT_EQ(run_.Of(Kind::kTriggered)[0].venue_time(), Nanos{301});
  ASSERT_EQ(run_.Of(Kind::kFill).size(), 1U);
  EXPECT_EQ(As<FillBody>(run_.Of(Kind::kFill)[0]).price, Price{110});
  EXPECT_EQ(As<FillBody>(run_.Of(Kind::kFill)[0]).quantity, Quantity{3});
}

TEST_F(ExchangeVenueTest, AStrategysIcebergShowsOnlyItsPart) {
  script_.Submits(10, kMaker, Limit(kBuy, 90, 5));
  Once([&] {
    crucible_order_request_v1 request{};
    request.size = sizeof request;
    request.side = CRUCIBLE_SELL;
    request.type = CRUCIBLE_LIMIT;
    request.tif = CRUCIBLE_GTC;
    request.price = 100;
    request.quantity = 20;
    request.display = 5;
    probe_.Submit(request);
  });
  script_.Submits(100, kMaker, Limit(kBuy, 100, 12));
  Go();
  EXPECT_EQ(venue_->exchange().book().QuantityAt(kSell, {100}), 3);
  EXPECT_EQ(run_.Of(Kind::kFill).size(), 3U) << "5, 5 and 2";
}

TEST_F(ExchangeVenueTest, WhatTheVenueCutsIsPartOfTheEnd) {
  rules_.self_trade = SelfTrade::kDecrement;
  script_.Submits(10, kMaker, Limit(kBuy, 90, 5));
  Once([&] {
    probe_.Limit(CRUCIBLE_BUY, 100, 10);
    probe_.Limit(CRUCIBLE_SELL, 100, 4);  // cuts the first to 6
  });
  script_.Submits(100, kMaker, Limit(kSell, 100, 6));
  Go();
  EXPECT_EQ(run_.Of(Kind::kFill).size(), 1U);
  std::int64_t ended = 0;
  for (const Event& event : run_.Of(Kind::kCanceled)) {
    if (As<ReplyBody>(event).order_id.value == 1) ended += As<ReplyBody>(event).quantity.units;
  }
  EXPECT_EQ(ended, 4);
}

TEST_F(ExchangeVenueTest, AHaltIsPublicAndItsAuctionFillsByItsRule) {
  rules_.auction_length = {50};
  script_.Submits(10, kMaker, Limit(kBuy, 100, 5))
      .Then(40, [](Exchange& exchange, Nanos now) { exchange.Halt(now + Duration{10}, now); })
      .Submits(60, kMaker, Limit(kBuy, 101, 5));
  probe_.on_timer = [&](const crucible_timer_event_v1&) { return probe_.Limit(CRUCIBLE_SELL, 100, 5) != 0; };
  Once([&] { probe_.SetTimer(70); });
  Go();
  EXPECT_EQ(run_.Of(Kind::kTradingStatus).size(), 3U);
  ASSERT_EQ(run_.Of(Kind::kFillDetail).size(), 1U);
  EXPECT_EQ(As<FillDetailBody>(run_.Of(Kind::kFillDetail)[0]).rule,
            static_cast<std::int64_t>(FillRule::kAuction));
  EXPECT_EQ(run_.Of(Kind::kTrade).size(), 1U);
}

TEST_F(ExchangeVenueTest, RecordedFlowGoesToTheParticipantsAndNotToTheStrategy) {
  engine::Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(20, 20, 99, 102);
  run_.Session(tape);
  Go();
  EXPECT_EQ(script_.recorded, 2);
  EXPECT_TRUE(run_.Of(Kind::kLevel).empty());
}

}  // namespace
}  // namespace crucible::exchange
