#include "simulators/history/l2_venue.h"

#include <gtest/gtest.h>

#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

class L2VenueTest : public testing::Test {
 protected:
  L2VenueTest() : L2VenueTest("risk-averse") {}
  explicit L2VenueTest(std::string_view queue)
      : venue_(TestSetup(trade_ids_), *QueueModel::Parse(queue, {1})), script_(venue_) {
    Play(GroupWriter()
             .Clear()
             .Level(kBuy, 99, 10)
             .Level(kBuy, 98, 20)
             .Level(kSell, 101, 10)
             .Level(kSell, 102, 30));
  }
  std::string Play(const GroupWriter& group) { return script_.Play(group); }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms) { return script_.Submit(id, terms); }
  std::string SellTrade(std::int64_t price, std::int64_t quantity) {
    return Play(GroupWriter().Trade(kSell, price, quantity));
  }
  std::string BuyTrade(std::int64_t price, std::int64_t quantity) {
    return Play(GroupWriter().Trade(kBuy, price, quantity));
  }

  TradeIds trade_ids_;
  L2Venue venue_;
  Script script_;
};

class L2ProbabilityTest : public L2VenueTest {
 protected:
  L2ProbabilityTest() : L2VenueTest("power:1") {}
};

TEST_F(L2VenueTest, ANewOrderStandsBehindWhatIsDisplayed) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 99, 5)), "accepted 1 ahead 10");
}

TEST_F(L2VenueTest, InsideTheSpreadItIsFirst) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 100, 5)), "accepted 1 ahead 0");
  EXPECT_EQ(SellTrade(100, 3), "fill 1 3@100 maker queue reached");
}

TEST_F(L2VenueTest, TradesConsumeTheQueueAheadAndThenFill) {
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(SellTrade(99, 8), "");
  EXPECT_EQ(SellTrade(99, 4), "fill 1 2@99 maker queue reached");
  EXPECT_EQ(SellTrade(99, 10), "fill 1 3@99 maker queue reached");
  EXPECT_EQ(SellTrade(99, 10), "");
}

TEST_F(L2VenueTest, TradesAtOtherPricesOrOfTheOtherSideDoNotCount) {
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(SellTrade(100, 50), "");
  EXPECT_EQ(BuyTrade(99, 50), "");
}

TEST_F(L2VenueTest, ATradeBeyondOurPriceFillsUpToItsQuantity) {
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(SellTrade(98, 3), "fill 1 3@99 maker traded through");
  EXPECT_EQ(SellTrade(98, 3), "fill 1 2@99 maker traded through");
}

TEST_F(L2VenueTest, OneTradeIsUsedOnceAcrossOurOrders) {
  Submit(1, Limit(kBuy, 100, 2));
  Submit(2, Limit(kBuy, 99, 5));
  EXPECT_EQ(Submit(3, Limit(kBuy, 99, 5)), "accepted 3 ahead 10");
  EXPECT_EQ(SellTrade(99, 14), "fill 1 2@100 maker traded through; fill 2 2@99 maker queue reached");
  EXPECT_EQ(SellTrade(99, 5), "fill 2 3@99 maker queue reached; fill 3 2@99 maker queue reached");
}

TEST_F(L2VenueTest, RiskAverseQueuesIgnoreCancellationsUntilTheLevelIsSmaller) {
  Submit(1, Limit(kBuy, 99, 5));
  Play(GroupWriter().Level(kBuy, 99, 30));
  Play(GroupWriter().Level(kBuy, 99, 12));
  EXPECT_EQ(SellTrade(99, 10), "");
  Play(GroupWriter().Level(kBuy, 99, 4));
  EXPECT_EQ(SellTrade(99, 1), "fill 1 1@99 maker queue reached");
}

TEST_F(L2VenueTest, ALevelThatShrinksBelowTheQueueAheadCutsIt) {
  Submit(1, Limit(kBuy, 99, 5));
  Play(GroupWriter().Level(kBuy, 99, 3));
  EXPECT_EQ(SellTrade(99, 4), "fill 1 1@99 maker queue reached");
}

TEST_F(L2ProbabilityTest, CancellationsAdvanceUsByTheShareAhead) {
  Submit(1, Limit(kBuy, 99, 5));            // 10 ahead
  Play(GroupWriter().Level(kBuy, 99, 40));  // 30 behind
  Play(GroupWriter().Level(kBuy, 99, 20));  // p = 30/40 behind: 5 of 20 were ahead
  EXPECT_EQ(script_.Amend(1, 99, 4), "amended 1 ahead 5");
}

TEST_F(L2ProbabilityTest, DecreasesThatTradesExplainCountOnce) {
  Submit(1, Limit(kBuy, 99, 5));
  SellTrade(99, 4);
  Play(GroupWriter().Level(kBuy, 99, 6));
  EXPECT_EQ(script_.Amend(1, 99, 4), "amended 1 ahead 6");
}

TEST_F(L2ProbabilityTest, FractionsAddUp) {
  Submit(1, Limit(kBuy, 99, 5));
  Play(GroupWriter().Level(kBuy, 99, 20));  // 10 ahead, 10 behind
  for (int left = 19; left >= 12; --left) Play(GroupWriter().Level(kBuy, 99, left));
  EXPECT_EQ(script_.Amend(1, 99, 4), "amended 1 ahead 6") << "8 losses of one, half of them ahead";
}

TEST_F(L2VenueTest, TheOppositeBookReachingOurPriceFills) {
  Submit(1, Limit(kBuy, 100, 5));
  EXPECT_EQ(Play(GroupWriter().Level(kSell, 100, 3)), "fill 1 3@100 maker book through");
  EXPECT_EQ(Play(GroupWriter().Level(kBuy, 98, 21)), "") << "the same three are not there twice";
  EXPECT_EQ(Play(GroupWriter().Level(kSell, 99, 1)), "fill 1 1@100 maker book through");
  EXPECT_EQ(Play(GroupWriter().Level(kSell, 100, 3)), "fill 1 1@100 maker book through") << "refreshed";
}

TEST_F(L2VenueTest, AMarketOrderWalksTheBook) {
  EXPECT_EQ(Submit(1, Market(kBuy, 15)),
            "accepted 1 ahead -1; fill 1 10@101 taker took the book; fill 1 5@102 taker took the book");
}

TEST_F(L2VenueTest, DisplayedLiquidityIsNotTakenTwiceUntilTheFeedRefreshesIt) {
  Submit(1, Market(kBuy, 10));
  EXPECT_EQ(Submit(2, Market(kBuy, 5)), "accepted 2 ahead -1; fill 2 5@102 taker took the book");
  Play(GroupWriter().Level(kSell, 101, 4));
  EXPECT_EQ(Submit(3, Market(kBuy, 5)),
            "accepted 3 ahead -1; fill 3 4@101 taker took the book; fill 3 1@102 taker took the book");
}

TEST_F(L2VenueTest, WhatAMarketOrderCannotFindIsCancelled) {
  EXPECT_EQ(Submit(1, Market(kSell, 50)),
            "accepted 1 ahead -1; fill 1 10@99 taker took the book; fill 1 20@98 taker took the book; "
            "canceled 1 20 nothing to match");
}

TEST_F(L2VenueTest, AMarketableLimitTakesToItsLimitAndRests) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 101, 12)), "accepted 1 ahead 0; fill 1 10@101 taker took the book");
  EXPECT_EQ(SellTrade(101, 2), "fill 1 2@101 maker queue reached");
}

TEST_F(L2VenueTest, ImmediateOrdersDoNotRest) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 101, 12, TimeInForce::kImmediateOrCancel)),
            "accepted 1 ahead -1; fill 1 10@101 taker took the book; canceled 1 2 nothing to match");
  EXPECT_EQ(Submit(2, Limit(kBuy, 102, 31, TimeInForce::kFillOrKill)),
            "accepted 2 ahead -1; canceled 2 31 not fillable");
  EXPECT_EQ(Submit(3, Limit(kBuy, 102, 30, TimeInForce::kFillOrKill)),
            "accepted 3 ahead -1; fill 3 30@102 taker took the book");
}

TEST_F(L2VenueTest, PostOnlyOrdersNeverTake) {
  EXPECT_EQ(Submit(1, With(Limit(kBuy, 101, 1), option::kPostOnly)), "rejected 1 would take");
  EXPECT_EQ(Submit(2, With(Limit(kBuy, 100, 1), option::kPostOnly)), "accepted 2 ahead 0");
  EXPECT_EQ(script_.Amend(2, 101, 1), "amend_rejected 2 would take");
  EXPECT_EQ(SellTrade(100, 1), "fill 2 1@100 maker queue reached") << "a refused amendment changes nothing";
}

TEST_F(L2VenueTest, StopsWaitForATradeAndThenTakeTheBook) {
  EXPECT_EQ(Submit(1, Stop(kBuy, 101, 3)), "accepted 1 ahead -1");
  EXPECT_EQ(Submit(2, StopLimit(kSell, 99, 99, 3)), "accepted 2 ahead -1");
  EXPECT_EQ(BuyTrade(100, 1), "");
  EXPECT_EQ(BuyTrade(101, 1), "triggered 1; fill 1 3@101 taker took the book");
  EXPECT_EQ(SellTrade(98, 1), "triggered 2; fill 2 3@99 taker took the book");
}

TEST_F(L2VenueTest, AStopThatTheLastTradeHasPassedActsAtOnce) {
  BuyTrade(101, 1);
  EXPECT_EQ(Submit(1, Stop(kBuy, 100, 3)),
            "accepted 1 ahead -1; triggered 1; fill 1 3@101 taker took the book");
}

TEST_F(L2VenueTest, AStopLimitRestsWhenItsLimitIsNotReached) {
  Submit(1, StopLimit(kBuy, 101, 100, 3));
  EXPECT_EQ(BuyTrade(101, 1), "triggered 1");
  EXPECT_EQ(SellTrade(100, 1), "fill 1 1@100 maker queue reached");
}

TEST_F(L2VenueTest, GoodTillDateOrdersExpire) {
  trading::OrderTerms terms = Limit(kBuy, 99, 5, TimeInForce::kGoodTillDate);
  terms.expiry = {5'000};
  Submit(1, terms);
  EXPECT_EQ(venue_.NextDue(), Nanos{5'000});
  EXPECT_EQ(script_.AdvanceTo(5'000), "canceled 1 5 expired");
  EXPECT_EQ(venue_.NextDue(), kEndOfTime);
  EXPECT_EQ(Submit(2, terms), "rejected 2 expired");
}

TEST_F(L2VenueTest, SizeDownKeepsThePlaceOthersLoseIt) {
  Submit(1, Limit(kBuy, 99, 5));
  SellTrade(99, 6);
  EXPECT_EQ(script_.Amend(1, 99, 3), "amended 1 ahead 4");
  EXPECT_EQ(script_.Amend(1, 99, 9), "amended 1 ahead 10");
  EXPECT_EQ(script_.Amend(1, 98, 9), "amended 1 ahead 20");
  EXPECT_EQ(script_.Amend(1, 101, 9), "amended 1 ahead 0; fill 1 9@101 taker took the book");
}

TEST_F(L2VenueTest, AmendmentsCountWhatWasFilled) {
  Submit(1, Limit(kBuy, 100, 5));
  SellTrade(100, 3);
  EXPECT_EQ(script_.Amend(1, 100, 3), "amend_rejected 1 below filled");
  EXPECT_EQ(script_.Amend(1, 100, 4), "amended 1 ahead 0");
  EXPECT_EQ(SellTrade(100, 9), "fill 1 1@100 maker queue reached");
  EXPECT_EQ(script_.Amend(1, 100, 9), "amend_rejected 1 unknown order");
}

TEST_F(L2VenueTest, CancelEndsAnOrderOnce) {
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(script_.Cancel(1), "canceled 1 5 requested");
  EXPECT_EQ(script_.Cancel(1), "cancel_rejected 1 unknown order");
  EXPECT_EQ(SellTrade(98, 100), "");
}

TEST_F(L2VenueTest, RefusesWhatItCannotKeep) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 0, 5)), "rejected 1 bad price");
  EXPECT_EQ(Submit(1, Limit(kBuy, 99, 0)), "rejected 1 off lot");
  EXPECT_EQ(Submit(1, Stop(kBuy, 0, 5)), "rejected 1 bad price");
  EXPECT_EQ(Submit(1, With(Market(kBuy, 5), option::kPostOnly)), "rejected 1 unsupported");
  trading::OrderTerms iceberg = Limit(kBuy, 99, 5);
  iceberg.display = {2};
  EXPECT_EQ(Submit(1, iceberg), "rejected 1 unsupported");
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(Submit(1, Limit(kBuy, 99, 5)), "rejected 1 duplicate order");
}

TEST(L2VenueGridTest, RefusesPricesAndQuantitiesOffTheGrid) {
  TradeIds trade_ids;
  L2Venue venue(TestSetup(trade_ids, 5, 10), *QueueModel::Parse("risk-averse", {10}));
  Script script(venue);
  script.Play(GroupWriter().Level(kBuy, 95, 15).Level(kSell, 105, 15));
  EXPECT_EQ(script.Submit(1, Limit(kBuy, 101, 10)), "rejected 1 off tick");
  EXPECT_EQ(script.Submit(1, Limit(kBuy, 100, 15)), "rejected 1 off lot");
  EXPECT_EQ(script.Submit(1, Stop(kBuy, 101, 10)), "rejected 1 off tick");
  EXPECT_EQ(script.Submit(1, Limit(kBuy, 105, 20)), "accepted 1 ahead 0; fill 1 10@105 taker took the book")
      << "of 15 displayed only whole lots";
  EXPECT_EQ(script.Play(GroupWriter().Trade(kSell, 105, 7)), "") << "less than a lot";
}

TEST_F(L2VenueTest, ReduceOnlyNeverTurnsThePosition) {
  EXPECT_EQ(Submit(1, With(Limit(kSell, 100, 5), option::kReduceOnly)), "rejected 1 reduce only");
  Submit(2, Market(kBuy, 5));
  EXPECT_EQ(Submit(3, With(Limit(kSell, 102, 6), option::kReduceOnly)), "rejected 3 reduce only");
  EXPECT_EQ(Submit(4, With(Limit(kSell, 102, 5), option::kReduceOnly)), "accepted 4 ahead 30");
  EXPECT_EQ(Submit(5, With(Limit(kSell, 100, 5), option::kReduceOnly)), "accepted 5 ahead 0");
  EXPECT_EQ(BuyTrade(100, 3), "fill 5 3@100 maker queue reached");
  EXPECT_EQ(BuyTrade(102, 60), "fill 5 2@100 maker traded through; canceled 4 5 reduce only");
  EXPECT_EQ(venue_.position(), Position{0});
}

TEST_F(L2VenueTest, NothingIsAcceptedWhileTheMarketIsUnknown) {
  Play(GroupWriter().Gap());
  EXPECT_EQ(Submit(1, Market(kBuy, 1)), "rejected 1 halted");
  Play(GroupWriter().Clear().Level(kBuy, 99, 10).Level(kSell, 101, 10));
  EXPECT_EQ(Submit(2, Market(kBuy, 1)), "accepted 2 ahead -1; fill 2 1@101 taker took the book");
  Play(GroupWriter().Status(TradingStatus::kHalted));
  EXPECT_EQ(Submit(3, Limit(kBuy, 99, 1)), "rejected 3 halted");
  Play(GroupWriter().Status(TradingStatus::kTrading));
  EXPECT_EQ(Submit(4, Limit(kBuy, 99, 1)), "accepted 4 ahead 10");
}

TEST_F(L2VenueTest, ASnapshotDoesNotAdvanceUs) {
  Submit(1, Limit(kBuy, 99, 5));
  Play(GroupWriter().Clear().Level(kBuy, 99, 25).Level(kSell, 101, 10));
  EXPECT_EQ(script_.Amend(1, 99, 4), "amended 1 ahead 10");
  Play(GroupWriter().Clear().Level(kBuy, 99, 7).Level(kSell, 101, 10));
  EXPECT_EQ(script_.Amend(1, 99, 3), "amended 1 ahead 7");
}

TEST_F(L2VenueTest, RepliesCarryVenueTimeCauseFeeAndTradeId) {
  script_.SendAt(2'000, SubmitCommand(1, Limit(kBuy, 100, 5)));
  ASSERT_EQ(script_.replies().size(), 1u);
  const Event accepted = script_.replies()[0];
  EXPECT_EQ(accepted.venue_time(), Nanos{2'000});
  EXPECT_EQ(accepted.instrument, 3u);
  EXPECT_EQ(accepted.side, kBuy);
  EXPECT_TRUE(accepted.EndsGroup());

  script_.PlayAt(3'000, GroupWriter().Trade(kSell, 100, 2));
  ASSERT_EQ(script_.replies().size(), 2u);
  const Event fill = script_.replies()[0];
  const Event detail = script_.replies()[1];
  EXPECT_EQ(fill.venue_time(), Nanos{3'000});
  EXPECT_FALSE(fill.EndsGroup());
  EXPECT_TRUE(detail.EndsGroup());
  EXPECT_EQ(detail.flags & flag::kMaker, flag::kMaker);
  EXPECT_EQ(As<FillBody>(fill).trade_id, 1u);
  EXPECT_EQ(CauseRef::FromBits(detail.origin), (CauseRef{1, script_.last_seq()}));
  EXPECT_EQ(As<FillDetailBody>(detail).fee, Money{20'000}) << "1 bp of 2 x 1.00 USD in 10^-8";

  script_.Submit(2, Market(kSell, 1));
  EXPECT_EQ(As<FillBody>(script_.replies()[1]).trade_id, 2u);
  EXPECT_EQ(script_.replies()[2].flags & flag::kTaker, flag::kTaker);
  EXPECT_EQ(CauseRef::FromBits(script_.replies()[2].origin), (CauseRef{1, script_.last_seq()}));
}

TEST_F(L2VenueTest, EqualHistoriesHashEqual) {
  const auto hash = [](const L2Venue& venue) {
    StateHasher hasher;
    venue.Hash(hasher);
    return hasher.value();
  };
  const Hash128 before = hash(venue_);
  Submit(1, Limit(kBuy, 99, 5));
  const Hash128 with_order = hash(venue_);
  EXPECT_NE(with_order, before);
  script_.Cancel(1);
  EXPECT_EQ(hash(venue_), before);
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(hash(venue_), with_order);
}

}  // namespace
}  // namespace crucible::history
