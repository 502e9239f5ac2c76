#include "simulators/history/l3_venue.h"

#include <gtest/gtest.h>

#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

class L3VenueTest : public testing::Test {
 protected:
  explicit L3VenueTest(std::uint32_t window = 0) : venue_(TestSetup(trade_ids_), window), script_(venue_) {}
  std::string Play(const GroupWriter& group) { return script_.Play(group); }
  std::string Add(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return Play(GroupWriter().Order(Kind::kOrderAdd, side, price, quantity, id));
  }
  std::string Delete(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return Play(GroupWriter().Order(Kind::kOrderDelete, side, price, quantity, id));
  }
  std::string Reduce(Side side, std::int64_t price, std::int64_t by, std::uint64_t id) {
    return Play(GroupWriter().Order(Kind::kOrderReduce, side, price, by, id));
  }
  std::string Execute(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return Play(GroupWriter().Order(Kind::kOrderExecute, side, price, quantity, id));
  }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms) { return script_.Submit(id, terms); }
  // What stands ahead of order `id`, asked by an amendment that changes nothing.
  std::string Ahead(std::uint64_t id, std::int64_t price, std::int64_t quantity) {
    return script_.Amend(id, price, quantity);
  }

  TradeIds trade_ids_;
  L3Venue venue_;
  Script script_;
};

class WindowedL3VenueTest : public L3VenueTest {
 protected:
  WindowedL3VenueTest() : L3VenueTest(2) {}
};

TEST_F(L3VenueTest, StandsBehindTheOrdersThatRestAtArrival) {
  Add(kBuy, 99, 10, 71);
  Add(kBuy, 99, 5, 72);
  Add(kSell, 101, 5, 73);
  EXPECT_EQ(Submit(1, Limit(kBuy, 99, 4)), "accepted 1 ahead 15");
  Add(kBuy, 99, 100, 74);
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 15");
}

TEST_F(L3VenueTest, OnlyDeparturesAheadMoveUs) {
  Add(kBuy, 99, 10, 71);
  Add(kBuy, 99, 5, 72);
  Submit(1, Limit(kBuy, 99, 4));
  Add(kBuy, 99, 8, 73);
  Delete(kBuy, 99, 8, 73);
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 15");
  Reduce(kBuy, 99, 2, 72);
  Delete(kBuy, 99, 10, 71);
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 3");
  EXPECT_EQ(Execute(kBuy, 99, 3, 72), "");
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 0");
}

TEST_F(L3VenueTest, AnExecutionBehindUsFillsUsFirst) {
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 99, 4));
  Add(kBuy, 99, 8, 72);
  EXPECT_EQ(Execute(kBuy, 99, 10, 71), "");
  EXPECT_EQ(Execute(kBuy, 99, 3, 72), "fill 1 3@99 maker front of queue");
  EXPECT_EQ(Execute(kBuy, 99, 5, 72), "fill 1 1@99 maker front of queue");
}

TEST_F(L3VenueTest, OneExecutionIsUsedOnceAcrossOurOrders) {
  Submit(9, Limit(kBuy, 99, 1));
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 99, 3));
  Submit(2, Limit(kBuy, 99, 3));
  Add(kBuy, 99, 10, 72);
  EXPECT_EQ(Execute(kBuy, 99, 4, 72), "fill 1 3@99 maker front of queue; fill 2 1@99 maker front of queue")
      << "order 9 was refused: nobody knew the market";
}

TEST_F(L3VenueTest, AModifiedOrderThatLosesItsPlaceIsBehindUs) {
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 99, 4));
  Play(GroupWriter().Order(Kind::kOrderModify, kBuy, 99, 12, 71));
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 0");
  EXPECT_EQ(Execute(kBuy, 99, 2, 71), "fill 1 2@99 maker front of queue");
}

TEST_F(L3VenueTest, AModifiedOrderThatShrinksKeepsItsPlace) {
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 99, 4));
  Play(GroupWriter().Order(Kind::kOrderModify, kBuy, 99, 6, 71));
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 6");
  Play(GroupWriter().Order(Kind::kOrderModify, kBuy, 98, 6, 71));
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 0");
}

TEST_F(L3VenueTest, AnExecutionBeyondOurPriceFills) {
  Add(kBuy, 98, 10, 71);
  Submit(1, Limit(kBuy, 99, 4));
  EXPECT_EQ(Execute(kBuy, 98, 3, 71), "fill 1 3@99 maker traded through");
}

TEST_F(L3VenueTest, AHiddenExecutionAtOurPriceFillsUsFirst) {
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 99, 4));
  EXPECT_EQ(Play(GroupWriter().Trade(kSell, 99, 3)), "fill 1 3@99 maker front of queue");
  EXPECT_EQ(Play(GroupWriter().Trade(kBuy, 99, 3)), "") << "a buyer does not meet a buy order";
}

TEST_F(L3VenueTest, AnIncomingOrderThatReachesOurPriceFills) {
  Add(kBuy, 99, 10, 71);
  Submit(1, Limit(kBuy, 100, 4));
  EXPECT_EQ(Add(kSell, 100, 3, 72), "fill 1 3@100 maker book through");
  EXPECT_EQ(Add(kSell, 101, 3, 73), "") << "order 72 is not there twice";
}

TEST_F(L3VenueTest, WhatWeTookIsGoneUntilTheOrdersWeTookAre) {
  Add(kSell, 101, 10, 71);
  EXPECT_EQ(Submit(1, Market(kBuy, 6)), "accepted 1 ahead -1; fill 1 6@101 taker took the book");
  Add(kSell, 101, 5, 72);
  EXPECT_EQ(Submit(2, Limit(kBuy, 101, 99, TimeInForce::kImmediateOrCancel)),
            "accepted 2 ahead -1; fill 2 9@101 taker took the book; canceled 2 90 nothing to match");
  Delete(kSell, 101, 10, 71);
  Delete(kSell, 101, 5, 72);
  Add(kSell, 101, 5, 73);
  EXPECT_EQ(Submit(3, Market(kBuy, 5)), "accepted 3 ahead -1; fill 3 5@101 taker took the book");
}

TEST_F(L3VenueTest, OrdersWithoutANameStandAhead) {
  Play(GroupWriter().Level(kBuy, 99, 20));
  EXPECT_EQ(Submit(1, Limit(kBuy, 99, 4)), "accepted 1 ahead 20");
  Execute(kBuy, 99, 15, 555);
  EXPECT_EQ(Ahead(1, 99, 4), "amended 1 ahead 5");
  EXPECT_EQ(Execute(kBuy, 99, 7, 556), "fill 1 2@99 maker queue reached");
}

TEST_F(L3VenueTest, StopsFollowExecutions) {
  Add(kBuy, 99, 10, 71);
  Add(kSell, 101, 10, 72);
  Submit(1, Stop(kSell, 99, 4));
  EXPECT_EQ(Execute(kSell, 101, 1, 72), "");
  EXPECT_EQ(Execute(kBuy, 99, 1, 71), "triggered 1; fill 1 4@99 taker took the book");
}

TEST_F(L3VenueTest, TrailingStopsFollowExecutionsAndKeepTheirDistanceWhenAmended) {
  Add(kBuy, 99, 10, 71);
  Add(kSell, 101, 10, 72);
  EXPECT_EQ(Submit(1, TrailingStop(kSell, 4, 6)), "rejected 1 bad price") << "nothing has traded yet";
  Play(GroupWriter().Trade(kBuy, INT64_MAX - 1, 1));
  EXPECT_EQ(Submit(1, TrailingStop(kBuy, 4, 6)), "rejected 1 bad price") << "no price is so high";
  Execute(kSell, 101, 1, 72);
  EXPECT_EQ(Submit(2, TrailingStop(kSell, 101, 6)), "rejected 2 bad price") << "its trigger would be 0";
  EXPECT_EQ(Submit(3, TrailingStop(kSell, 4, 6)), "accepted 3 ahead -1");  // 97
  Add(kSell, 106, 5, 73);
  Execute(kSell, 106, 5, 73);  // 102
  EXPECT_EQ(script_.Amend(3, 0, 5), "amended 3 ahead -1");
  EXPECT_EQ(Execute(kSell, 101, 1, 72), "triggered 3; fill 3 5@99 taker took the book");
}

TEST_F(L3VenueTest, WithinOneGroupATrailingStopFollowsFirstAndIsComparedThen) {
  Add(kBuy, 99, 10, 71);
  Add(kSell, 101, 10, 72);
  Execute(kSell, 101, 1, 72);
  Submit(1, TrailingStop(kSell, 4, 6));
  EXPECT_EQ(Play(GroupWriter()
                     .Order(Kind::kOrderExecute, kBuy, 99, 1, 71)
                     .Trade(kBuy, 103, 1)),
            "triggered 1; fill 1 6@99 taker took the book");
}

TEST_F(WindowedL3VenueTest, BelowTheWindowThePlaceIsUnknownUntilItComesIntoView) {
  Play(GroupWriter().Clear().Level(kBuy, 99, 10).Level(kBuy, 98, 10).Level(kSell, 101, 10));
  EXPECT_EQ(Submit(1, Limit(kBuy, 98, 4)), "accepted 1 ahead 10");
  EXPECT_EQ(Submit(2, Limit(kBuy, 97, 4)), "accepted 2 ahead -1");
  EXPECT_EQ(Ahead(2, 97, 4), "amended 2 ahead -1");
  Play(GroupWriter().Level(kBuy, 99, 0).Level(kBuy, 97, 30));
  EXPECT_EQ(Ahead(2, 97, 4), "amended 2 ahead 30");
}

TEST_F(WindowedL3VenueTest, WhatWasTakenFromALevelThatHasLeftTheWindowIsForgotten) {
  Play(GroupWriter().Clear().Level(kBuy, 98, 10).Level(kSell, 101, 10).Level(kSell, 102, 10));
  EXPECT_EQ(Submit(1, Market(kBuy, 16)),
            "accepted 1 ahead -1; fill 1 10@101 taker took the book; fill 1 6@102 taker took the book");
  Play(GroupWriter().Order(Kind::kOrderAdd, kSell, 100, 5, 71));  // 102 leaves the window
  Play(GroupWriter().Order(Kind::kOrderDelete, kSell, 100, 5, 71).Level(kSell, 102, 10));
  EXPECT_EQ(Submit(2, Market(kBuy, 10)), "accepted 2 ahead -1; fill 2 10@102 taker took the book");
}

TEST_F(WindowedL3VenueTest, ALevelThatComesBackSmallerCutsTheQueue) {
  Play(GroupWriter().Clear().Level(kBuy, 99, 10).Level(kBuy, 98, 10).Level(kSell, 101, 10));
  Submit(1, Limit(kBuy, 98, 4));
  Play(GroupWriter().Order(Kind::kOrderAdd, kBuy, 100, 5, 71));  // 98 leaves the window
  EXPECT_EQ(Ahead(1, 98, 4), "amended 1 ahead 10");
  Play(GroupWriter().Order(Kind::kOrderDelete, kBuy, 100, 5, 71).Level(kBuy, 98, 6));
  EXPECT_EQ(Ahead(1, 98, 4), "amended 1 ahead 6");
}

}  // namespace
}  // namespace crucible::history
