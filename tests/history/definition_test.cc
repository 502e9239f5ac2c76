// A definition in the middle of a session: what arrives later is held to the new grid, what rests stays.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "simulators/history/bar_venue.h"
#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"
#include "simulators/history/quote_venue.h"
#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

struct FillModelCase {
  const char* name;
  std::function<std::unique_ptr<HistoryVenue>(const VenueSetup&)> make;
  GroupWriter open;  // best bid 90, best ask 110, 10 each
};

void PrintTo(const FillModelCase& market, std::ostream* out) { *out << market.name; }

std::vector<FillModelCase> Markets() {
  return {{"l2",
           [](const VenueSetup& setup) {
             return std::make_unique<L2Venue>(setup, *QueueModel::Parse("log", {1}));
           },
           GroupWriter().Clear().Level(kBuy, 90, 10).Level(kSell, 110, 10)},
          {"l3", [](const VenueSetup& setup) { return std::make_unique<L3Venue>(setup, 0); },
           GroupWriter().Order(Kind::kOrderAdd, kBuy, 90, 10, 1).Order(Kind::kOrderAdd, kSell, 110, 10, 2)},
          {"quotes", [](const VenueSetup& setup) { return std::make_unique<QuoteVenue>(setup, false); },
           GroupWriter().Quote(kBuy, 90, 10).Quote(kSell, 110, 10)},
          {"bars", [](const VenueSetup& setup) { return std::make_unique<BarVenue>(setup, BarOptions{}); },
           GroupWriter().Bar(100, 101, 99, 100, 1'000, 60)}};
}

class DefinitionTest : public testing::TestWithParam<FillModelCase> {
 protected:
  DefinitionTest() : venue_(GetParam().make(TestSetup(trade_ids_))), script_(*venue_) {
    Play(GetParam().open);
  }
  std::string Play(const GroupWriter& group) { return script_.Play(group); }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms) {
    const std::string reply = script_.Submit(id, terms);
    return reply.substr(0, reply.find(" ahead"));
  }
  Hash128 State() const {
    StateHasher hasher;
    venue_->Hash(hasher);
    return hasher.value();
  }

  TradeIds trade_ids_;
  std::unique_ptr<HistoryVenue> venue_;
  Script script_;
};

TEST_P(DefinitionTest, BeforeItTheOldGridHolds) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 93, 3)), "accepted 1");
  EXPECT_EQ(Play(GroupWriter().Define(5, 2)), "");
  EXPECT_EQ(Submit(2, Limit(kBuy, 93, 4)), "rejected 2 off tick");
}

TEST_P(DefinitionTest, WhatArrivesLaterIsHeldToTheNewTick) {
  Play(GroupWriter().Define(5, 1));
  EXPECT_EQ(Submit(1, Limit(kBuy, 93, 3)), "rejected 1 off tick");
  EXPECT_EQ(Submit(2, Stop(kBuy, 121, 3)), "rejected 2 off tick");
  EXPECT_EQ(Submit(3, Limit(kBuy, 95, 3)), "accepted 3");
  Play(GroupWriter().Define(1, 1));
  EXPECT_EQ(Submit(4, Limit(kBuy, 93, 3)), "accepted 4");
}

TEST_P(DefinitionTest, WhatArrivesLaterIsHeldToTheNewLot) {
  Play(GroupWriter().Define(1, 4));
  EXPECT_EQ(Submit(1, Limit(kBuy, 93, 3)), "rejected 1 off lot");
  EXPECT_EQ(Submit(2, Limit(kBuy, 93, 8)), "accepted 2");
}

TEST_P(DefinitionTest, WhatRestsStaysAndMayBeCancelledButNotAmendedOffTheNewGrid) {
  Submit(1, Limit(kBuy, 93, 3));
  EXPECT_EQ(Play(GroupWriter().Define(5, 1)), "");
  ASSERT_NE(venue_->orders().Find({1}), OwnOrders::kNone);
  EXPECT_EQ(script_.Amend(1, 94, 3), "amend_rejected 1 off tick");
  EXPECT_EQ(script_.Cancel(1), "canceled 1 3 requested");
}

TEST_P(DefinitionTest, TheSameDefinitionAgainLeavesNoTrace) {
  const Hash128 before = State();
  Play(GroupWriter().Define(1, 1));
  EXPECT_EQ(State(), before);
  Play(GroupWriter().Define(5, 1));
  EXPECT_NE(State(), before);
}

INSTANTIATE_TEST_SUITE_P(EveryFillModel, DefinitionTest, testing::ValuesIn(Markets()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(DefinitionOfBooksTest, AnOrderOffTheNewGridGoesOnMatchingAtItsPrice) {
  TradeIds trade_ids;
  L2Venue venue(TestSetup(trade_ids), *QueueModel::Parse("risk-averse", {1}));
  Script script(venue);
  script.Play(GroupWriter().Clear().Level(kBuy, 90, 10).Level(kSell, 110, 10));
  EXPECT_EQ(script.Submit(1, Limit(kBuy, 93, 3)), "accepted 1 ahead 0");
  script.Play(GroupWriter().Define(5, 1));
  EXPECT_EQ(venue.book().tick_size(), PriceDelta{5});
  EXPECT_EQ(script.Play(GroupWriter().Trade(kSell, 93, 2)), "fill 1 2@93 maker queue reached");
  EXPECT_EQ(script.Play(GroupWriter().Trade(kSell, 90, 9)), "fill 1 1@93 maker traded through");
}

TEST(DefinitionOfBarsTest, SlippageCountsInTheNewTick) {
  TradeIds trade_ids;
  BarVenue venue(TestSetup(trade_ids), {.slippage_ticks = 2});
  Script script(venue);
  script.PlayAt(100, GroupWriter().Bar(100, 101, 99, 100, 1'000, 60));
  script.PlayAt(101, GroupWriter().Define(5, 1));
  script.SendAt(101, SubmitCommand(1, Market(kBuy, 1)));
  EXPECT_EQ(script.PlayAt(220, GroupWriter().Bar(100, 130, 99, 100, 1'000, 60)),
            "fill 1 1@110 taker bar open");
}

}  // namespace
}  // namespace crucible::history
