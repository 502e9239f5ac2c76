#include "simulators/history/bar_venue.h"

#include <gtest/gtest.h>

#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

class BarVenueTest : public testing::Test {
 protected:
  explicit BarVenueTest(const BarOptions& options = {})
      : venue_(TestSetup(trade_ids_), options), script_(venue_) {}
  // The bar of the next minute, known at its end.
  std::string Bar(std::int64_t open, std::int64_t high, std::int64_t low, std::int64_t close,
                  std::int64_t volume = 1'000) {
    ++minute_;
    return script_.PlayAt(minute_ * kMinute, GroupWriter().Bar(open, high, low, close, volume, kMinute));
  }
  // Sent `late` after the last bar's end.
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms, std::int64_t late = 0) {
    return script_.SendAt(minute_ * kMinute + late, SubmitCommand(id, terms));
  }

  TradeIds trade_ids_;
  BarVenue venue_;
  Script script_;
  std::int64_t minute_ = 10;
};

class SlippingBarVenueTest : public BarVenueTest {
 protected:
  SlippingBarVenueTest()
      : BarVenueTest({.slippage_ticks = 2, .volume_percent = 10, .limits_need_through = true}) {}
};

TEST_F(BarVenueTest, TrailingStopsAreRefused) {
  EXPECT_EQ(Submit(1, TrailingStop(kSell, 5, 5)), "rejected 1 unsupported");
  Bar(100, 110, 90, 100);
  EXPECT_EQ(Submit(2, TrailingStop(kBuy, 5, 5)), "rejected 2 unsupported");
}

TEST_F(BarVenueTest, AMarketOrderFillsAtTheNextOpen) {
  EXPECT_EQ(Submit(1, Market(kBuy, 5)), "accepted 1 ahead -1");
  EXPECT_EQ(Bar(100, 105, 95, 102), "fill 1 5@100 taker bar open");
}

TEST_F(BarVenueTest, AnOrderThatArrivesInsideABarWaitsForTheNextOne) {
  Submit(1, Market(kBuy, 5), kMinute / 2);
  Submit(2, Limit(kBuy, 96, 5), kMinute / 2);
  Submit(3, Stop(kBuy, 104, 5), kMinute / 2);
  EXPECT_EQ(Bar(100, 105, 95, 102), "");
  EXPECT_EQ(Bar(101, 105, 95, 102),
            "fill 1 5@101 taker bar open; triggered 3; fill 3 5@104 taker bar, pessimistic");
}

TEST_F(BarVenueTest, MillisecondsOfLatencyDoNotCostABar) {
  Submit(1, Market(kBuy, 5), 1'000'000);
  EXPECT_EQ(Bar(100, 105, 95, 102), "fill 1 5@100 taker bar open");
}

TEST_F(BarVenueTest, ALimitFillsInsideTheRangeAtItsPrice) {
  Submit(1, Limit(kBuy, 96, 5));
  Submit(2, Limit(kBuy, 94, 5));
  EXPECT_EQ(Bar(100, 105, 95, 102), "fill 1 5@96 maker bar range");
}

TEST_F(BarVenueTest, ALimitThatTheOpenHasPassedFillsAtTheOpen) {
  Submit(1, Limit(kBuy, 96, 5));
  Bar(100, 101, 99, 100);
  EXPECT_EQ(Bar(90, 92, 88, 91), "fill 1 5@90 maker bar open");
}

TEST_F(BarVenueTest, AStopFillsAtItsPriceInsideTheRange) {
  Submit(1, Stop(kSell, 97, 5));
  EXPECT_EQ(Bar(100, 105, 98, 102), "");
  EXPECT_EQ(Bar(100, 105, 95, 102), "triggered 1; fill 1 5@97 taker bar range");
}

TEST_F(BarVenueTest, AStopThatTheOpenHasPassedFillsAtTheWorseOpen) {
  Submit(1, Stop(kSell, 97, 5));
  EXPECT_EQ(Bar(90, 92, 88, 91), "triggered 1; fill 1 5@90 taker bar open");
}

TEST_F(BarVenueTest, OfStopAndTargetInOneBarTheStopHappened) {
  Submit(1, Limit(kSell, 104, 5));
  Submit(2, Stop(kSell, 97, 5));
  EXPECT_EQ(Bar(100, 105, 95, 102), "triggered 2; fill 2 5@97 taker bar, pessimistic");
  EXPECT_EQ(Bar(100, 105, 95, 102), "fill 1 5@104 maker bar range");
}

TEST_F(BarVenueTest, ATargetThatTheOpenHasPassedHappenedFirst) {
  Submit(1, Limit(kSell, 104, 5));
  Submit(2, Stop(kSell, 97, 5));
  EXPECT_EQ(Bar(106, 107, 95, 102), "fill 1 5@106 taker bar open");
}

TEST_F(BarVenueTest, AReduceOnlyTargetEndsWithItsPosition) {
  Submit(1, Market(kBuy, 5));
  Bar(100, 101, 99, 100);
  Submit(2, With(Limit(kSell, 104, 5), option::kReduceOnly));
  Submit(3, With(Stop(kSell, 97, 5), option::kReduceOnly));
  EXPECT_EQ(Bar(100, 105, 95, 102),
            "triggered 3; fill 3 5@97 taker bar, pessimistic; canceled 2 5 reduce only");
}

TEST_F(BarVenueTest, AStopLimitNeedsItsLimitToo) {
  Submit(1, StopLimit(kBuy, 103, 104, 5));
  EXPECT_EQ(Bar(100, 105, 99, 102), "triggered 1; fill 1 5@103 taker bar range");
  Submit(2, StopLimit(kBuy, 103, 102, 5));
  EXPECT_EQ(Bar(100, 105, 99, 104), "triggered 2") << "whether the price came back is not known";
  EXPECT_EQ(Bar(104, 105, 101, 104), "fill 2 5@102 maker bar range");
  Submit(3, StopLimit(kBuy, 103, 102, 5));
  EXPECT_EQ(Bar(105, 106, 101, 104), "triggered 3; fill 3 5@102 maker bar range") << "after the open";
}

TEST_F(BarVenueTest, ImmediateOrdersHaveOneOpen) {
  Submit(1, Limit(kBuy, 99, 5, TimeInForce::kImmediateOrCancel));
  Submit(2, Limit(kBuy, 101, 2'000, TimeInForce::kFillOrKill));
  Submit(3, Limit(kBuy, 101, 5, TimeInForce::kFillOrKill));
  EXPECT_EQ(Bar(100, 105, 95, 102),
            "canceled 1 5 nothing to match; canceled 2 2000 not fillable; fill 3 5@100 taker bar open");
}

TEST_F(BarVenueTest, APostOnlyOrderWhoseFirstOpenPassesItIsCancelled) {
  Submit(1, With(Limit(kBuy, 101, 5), option::kPostOnly));
  EXPECT_EQ(Bar(100, 105, 95, 102), "canceled 1 5 would take");
}

TEST_F(BarVenueTest, FillsTakeNoMoreThanTheBarsVolume) {
  Submit(1, Market(kBuy, 8));
  Submit(2, Limit(kSell, 104, 8));
  EXPECT_EQ(Bar(100, 105, 95, 102, 10), "fill 1 8@100 taker bar open; fill 2 2@104 maker bar range");
  EXPECT_EQ(Bar(100, 105, 95, 102, 0), "fill 2 6@104 maker bar range")
      << "a bar without volume bounds nothing";
}

TEST_F(BarVenueTest, WhatAMarketOrderCannotGetWaitsForTheNextOpen) {
  Submit(1, Market(kBuy, 8));
  EXPECT_EQ(Bar(100, 105, 95, 102, 5), "fill 1 5@100 taker bar open");
  EXPECT_EQ(script_.Amend(1, 0, 9), "amend_rejected 1 unsupported");
  EXPECT_EQ(Bar(101, 105, 95, 102, 5), "fill 1 3@101 taker bar open");
}

TEST_F(BarVenueTest, ACancelledMarketOrderIsNotFilled) {
  Submit(1, Market(kBuy, 8));
  EXPECT_EQ(script_.Cancel(1), "canceled 1 8 requested");
  EXPECT_EQ(Bar(100, 105, 95, 102), "");
}

TEST_F(SlippingBarVenueTest, MarketOrdersAndStopsSlipLimitsDoNot) {
  Submit(1, Market(kBuy, 5));
  Submit(2, Stop(kSell, 97, 5));
  Submit(3, Limit(kBuy, 95, 5));
  EXPECT_EQ(Bar(100, 105, 95, 102), "fill 1 5@102 taker bar open; triggered 2; fill 2 5@95 taker bar range")
      << "touching is not enough for a limit";
  EXPECT_EQ(Bar(100, 105, 94, 102, 30), "fill 3 3@95 maker bar range") << "a tenth of the volume";
}

}  // namespace
}  // namespace crucible::history
