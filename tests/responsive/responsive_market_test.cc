// The rules of responsive replay, each on a session of a few records.
#include "simulators/responsive/responsive_market.h"

#include <gtest/gtest.h>

#include <deque>

#include "framework/base/random.h"
#include "tests/responsive/replayed.h"

namespace crucible::responsive {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

trading::OrderTerms Limit(Side side, std::int64_t price, std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.price = {price};
  terms.quantity = {quantity};
  return terms;
}
trading::OrderTerms Market(Side side, std::int64_t quantity) {
  trading::OrderTerms terms = Limit(side, 0, quantity);
  terms.type = OrderType::kMarket;
  return terms;
}

class ResponsiveMarketTest : public testing::Test {
 protected:
  void Start(book::BookOptions book = {.type = book::BookType::kL3}, Duration half_life = {10 * kSecond},
             const std::string& venue = "test") {
    const Instrument instrument{
        .venue = venue, .symbol = "X", .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
    market_ = std::make_unique<Replayed>(instrument, book, half_life);
    market_->keep_feed = true;
  }
  template <class Body>
  Event Make(Kind kind, Side side, const Body& body, std::uint16_t flags = 0) {
    Event event{
        .time = now_, .origin = static_cast<std::uint64_t>(now_), .kind = kind, .side = side, .flags = flags};
    SetBody(event, body);
    return event;
  }
  void Play(std::vector<Event> records) {
    records.back().flags |= flag::kGroupEnd;
    kept_.push_back(std::move(records));
    market_->Feed({kept_.back(), {0}, 1, {now_}, {now_}});
  }
  Event Order(Kind kind, Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return Make(kind, side, L3Body{{price}, {quantity}, {id}, 0});
  }
  void Add(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    Play({Order(Kind::kOrderAdd, side, price, quantity, id)});
  }
  void Delete(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    Play({Order(Kind::kOrderDelete, side, price, quantity, id)});
  }
  void Execute(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    Play({Make(Kind::kOrderExecute, side, ExecuteBody{{price}, {quantity}, {id}, 0})});
  }
  Event Level(Side side, std::int64_t price, std::int64_t quantity) {
    return Make(Kind::kLevel, side, LevelBody{{price}, {quantity}, 0, 0});
  }
  void Later(std::int64_t nanos = 1) {
    now_ += nanos;
    market_->AdvanceTo({now_ - 1});
  }
  // Bids 100 and 99, asks 101 to 110: 10 each, ids 1, 2 and 11 to 20.
  void Quote() {
    Add(Side::kBid, 99, 10, 2);
    Add(Side::kBid, 100, 10, 1);
    for (int i = 0; i < 10; ++i) Add(Side::kAsk, 101 + i, 10, 11 + static_cast<std::uint64_t>(i));
    Later();
  }
  void Intrude(std::uint64_t order, const trading::OrderTerms& terms) {
    market_->Submit(order, terms, {now_});
    Later();
  }
  std::int64_t At(Side side, std::int64_t price) const {
    return market_->venue->exchange().book().QuantityAt(side, {price});
  }
  std::int64_t Filled(std::uint64_t order) const {
    std::int64_t filled = 0;
    for (const Event& reply : market_->replies) {
      if (reply.kind == Kind::kFill && As<FillBody>(reply).order_id.value == order)
        filled += As<FillBody>(reply).quantity.units;
    }
    return filled;
  }
  const ResponsiveCounts& counts() const { return market_->counts(); }
  void TearDown() override {
    if (market_ == nullptr) return;
    EXPECT_TRUE(market_->market->lots().InvariantsHold());
    EXPECT_TRUE(market_->venue->exchange().InvariantsHold());
  }

  std::int64_t now_ = kSecond;
  std::deque<std::vector<Event>> kept_;
  std::unique_ptr<Replayed> market_;
};

TEST_F(ResponsiveMarketTest, WithoutAnIntruderExecutionsMatchTheRecordedOrders) {
  Start();
  Quote();
  Execute(Side::kAsk, 101, 10, 11);
  Execute(Side::kAsk, 102, 4, 12);
  Later();
  EXPECT_EQ(counts().hit, 2U);
  EXPECT_EQ(counts().aggressors, 1U);  // one order swept both
  EXPECT_EQ(At(Side::kAsk, 101), 0);
  EXPECT_EQ(At(Side::kAsk, 102), 6);
  EXPECT_EQ(counts().forced(), 0U);
}

TEST_F(ResponsiveMarketTest, AnExecutionOutOfTheQueuesOrderLeavesTheLevelAsRecorded) {
  Start();
  Quote();
  Add(Side::kAsk, 101, 5, 30);
  Execute(Side::kAsk, 101, 5, 30);  // order 11 stands before it
  Later();
  EXPECT_EQ(counts().stood_in, 1U);
  EXPECT_EQ(At(Side::kAsk, 101), 10);
  Delete(Side::kAsk, 101, 10, 11);  // 5 of it were matched in place of order 30, which now stands for them
  Later();
  EXPECT_EQ(At(Side::kAsk, 101), 0);
  EXPECT_EQ(counts().cancels_gone, 0U);
}

TEST_F(ResponsiveMarketTest, AnIntruderWhoStandsBeforeTheRecordedOrderIsFilled) {
  Start();
  Quote();
  Delete(Side::kAsk, 101, 10, 11);
  Later();
  Intrude(1, Limit(kSell, 101, 3));
  Add(Side::kAsk, 101, 10, 30);
  Execute(Side::kAsk, 101, 4, 30);
  Later();
  EXPECT_EQ(Filled(1), 3);
  EXPECT_EQ(counts().intruded, 1U);
  EXPECT_EQ(At(Side::kAsk, 101), 9);  // the record leaves 6: three were spared
  Later(11 * kSecond);
  EXPECT_EQ(At(Side::kAsk, 101), 6);
  EXPECT_EQ(counts().outlived, 1U);
}

TEST_F(ResponsiveMarketTest, TakingALevelMovesTheFlowAndTheMoveDecays) {
  Start();
  Quote();
  Intrude(1, Market(kBuy, 40));  // takes 101 to 104: the best ask moves by 4, the mid by 2
  EXPECT_EQ(Filled(1), 40);
  Add(Side::kBid, 100, 7, 40);
  EXPECT_EQ(market_->market->OffsetAt({now_}).units, 2);
  EXPECT_EQ(At(Side::kBid, 102), 7);
  Later(10 * kSecond);
  EXPECT_EQ(market_->market->OffsetAt({now_}).units, 1);
  Add(Side::kBid, 100, 7, 41);
  EXPECT_EQ(At(Side::kBid, 101), 7);
  Later(30 * kSecond);
  EXPECT_EQ(market_->market->OffsetAt({now_}).units, 0);
}

TEST_F(ResponsiveMarketTest, WithoutHalfLifeTheFlowKeepsItsPrices) {
  Start({.type = book::BookType::kL3}, {0});
  Quote();
  Intrude(1, Market(kBuy, 40));
  Add(Side::kBid, 100, 7, 40);
  EXPECT_EQ(At(Side::kBid, 100), 17);
}

TEST_F(ResponsiveMarketTest, AnAddThatWouldCrossTheShiftedBookPostsAtTheTouch) {
  Start();
  Quote();
  Intrude(1, Limit(kBuy, 103, 40));  // takes 101, 102 and 103, and rests there with 10: the mid moves by 3
  ASSERT_EQ(At(Side::kBid, 103), 10);
  Later(30 * kSecond);          // the flow is back at its recorded prices, the intruder is not
  Add(Side::kAsk, 101, 5, 50);  // did not cross the recorded bid of 100
  EXPECT_EQ(counts().posted, 1U);
  EXPECT_EQ(At(Side::kAsk, 104), 15);
}

TEST_F(ResponsiveMarketTest, ACancelWhoseOrderTheIntruderTookIsCounted) {
  Start();
  Quote();
  Intrude(1, Market(kBuy, 10));
  Delete(Side::kAsk, 101, 10, 11);
  EXPECT_EQ(counts().cancels_gone, 1U);
  EXPECT_EQ(At(Side::kAsk, 102), 10);
}

TEST_F(ResponsiveMarketTest, AnExecutionWhoseOrderHasGoneConsumesAtTheTouchOrIsDropped) {
  Start({.type = book::BookType::kL3}, {0});
  Quote();
  Intrude(1, Market(kBuy, 10));      // takes 101
  Execute(Side::kAsk, 101, 10, 11);  // the touch is away: 102
  Later();
  EXPECT_EQ(counts().gone, 1U);
  EXPECT_EQ(counts().dropped, 1U);
  EXPECT_EQ(counts().dropped_quantity, 10);
  EXPECT_EQ(At(Side::kAsk, 102), 10);
  Add(Side::kAsk, 101, 4, 60);
  Intrude(2, Limit(kBuy, 101, 4));
  Add(Side::kAsk, 101, 4, 61);
  Execute(Side::kAsk, 101, 4, 60);  // gone, but another order is at its price
  Later();
  EXPECT_EQ(counts().dropped, 1U);
  EXPECT_EQ(At(Side::kAsk, 101), 0);
}

TEST_F(ResponsiveMarketTest, AHiddenExecutionFillsTheIntruderBeforeItAndPrintsTheRest) {
  Start();
  Quote();
  Play({Order(Kind::kOrderDelete, Side::kAsk, 101, 10, 11)});
  Later();
  Intrude(1, Limit(kSell, 101, 3));
  Play({Make(Kind::kTrade, kBuy, TradeBody{{101}, {8}, 77, {}})});
  EXPECT_EQ(Filled(1), 3);
  ASSERT_EQ(market_->feed.back().kind, Kind::kTrade);
  EXPECT_EQ(As<TradeBody>(market_->feed.back()).quantity.units, 5);
  EXPECT_EQ(At(Side::kAsk, 102), 10);  // the recorded orders were not what traded
}

TEST_F(ResponsiveMarketTest, AnAggressorThatTheFeedShowsAsAnOrderIsMatchedOnce) {
  Start({.type = book::BookType::kL3}, {10 * kSecond}, "bitstamp");
  Quote();
  Add(kBuy, 101, 15, 70);
  EXPECT_EQ(At(Side::kAsk, 101), 0);
  EXPECT_EQ(At(Side::kBid, 101), 5);
  Later(30'000'000);
  Execute(Side::kAsk, 101, 10, 11);
  Play({Order(Kind::kOrderReduce, Side::kBid, 101, 10, 70)});
  Later();
  EXPECT_EQ(counts().ahead, 1U);
  EXPECT_EQ(At(Side::kAsk, 102), 10);
  EXPECT_EQ(At(Side::kBid, 101), 5);
}

TEST_F(ResponsiveMarketTest, WhatAnIntruderAbsorbedOfOneTakerIsNotTakenFromAnother) {
  Start({.type = book::BookType::kL3}, {10 * kSecond}, "bitstamp");
  Quote();
  Delete(Side::kAsk, 101, 10, 11);
  Later();
  Intrude(1, Limit(kSell, 101, 3));
  Add(Side::kAsk, 101, 10, 30);
  Add(kBuy, 101, 3, 70);
  EXPECT_EQ(Filled(1), 3);
  Later();
  Delete(Side::kBid, 101, 3, 70);  // the record's taker went without a trade
  Later(2 * kSecond);
  Execute(Side::kAsk, 101, 4, 30);  // by a taker whom the feed did not show
  Later();
  EXPECT_EQ(At(Side::kAsk, 101), 6);
  EXPECT_EQ(counts().intruded, 0U);
  EXPECT_EQ(counts().hit, 1U);
}

TEST_F(ResponsiveMarketTest, BothSidesOfATradeMayBeToldApartAndInEitherOrder) {
  for (const bool maker_first : {true, false}) {
    Start({.type = book::BookType::kL3}, {10 * kSecond}, "bitstamp");
    now_ = kSecond;
    Quote();
    Delete(Side::kAsk, 101, 10, 11);
    Later();
    Intrude(1, Limit(kSell, 101, 3));
    Add(Side::kAsk, 101, 10, 31);  // behind the intruder
    Add(kBuy, 101, 5, 70);         // takes 3 of the intruder and 2 of order 31
    for (const bool maker : {maker_first, !maker_first}) {
      Later(2'000'000);
      if (maker) Execute(Side::kAsk, 101, 5, 31);
      if (!maker) Play({Order(Kind::kOrderDelete, Side::kBid, 101, 5, 70)});
    }
    Later();
    EXPECT_EQ(counts().intruded, 1U);
    EXPECT_EQ(At(Side::kAsk, 101), 8) << "three were spared";
  }
}

// A level that comes into view is corrected while an aggressor is being put together: what it will take is not
// too much in its level.
TEST_F(ResponsiveMarketTest, ACorrectionTakesNothingFromAnOrderWhoseAggressorIsHeld) {
  Start({.type = book::BookType::kL3, .window_levels = 2});
  Quote();
  Add(Side::kAsk, 101, 10, 30);
  Later();
  Intrude(1, Market(kBuy, 10));  // takes order 11, which the record keeps
  // The record executes order 30 out of turn, tells that nothing is left of the level, and shows the next.
  Play({Make(Kind::kOrderExecute, Side::kAsk, ExecuteBody{{101}, {10}, {30}, 0}), Level(Side::kAsk, 101, 0),
        Level(Side::kAsk, 105, 25)});
  Later();
  EXPECT_EQ(counts().hit, 1U);
  EXPECT_EQ(counts().dropped, 0U);
  EXPECT_EQ(At(Side::kAsk, 102), 10);
  EXPECT_EQ(At(Side::kAsk, 105), 25);
}

TEST_F(ResponsiveMarketTest, AFillNamesTheRecordedExecutionThatCausedIt) {
  Start();
  Quote();
  Delete(Side::kAsk, 101, 10, 11);
  Later();
  Intrude(1, Limit(kSell, 101, 3));
  Add(Side::kAsk, 101, 10, 30);
  Later();
  std::vector<Event> execution = {Make(Kind::kOrderExecute, Side::kAsk, ExecuteBody{{101}, {4}, {30}, 0})};
  execution.back().seq = 77;
  Play(execution);
  Later();
  Add(Side::kAsk, 101, 1, 31);  // what came since is not the cause
  ASSERT_EQ(Filled(1), 3);
  const Event& detail = market_->replies.back();
  ASSERT_EQ(detail.kind, Kind::kFillDetail);
  EXPECT_EQ(CauseRef::FromBits(detail.origin), (CauseRef{1, 77}));
}

TEST_F(ResponsiveMarketTest, ACrossedRecordedBookIsACallPhase) {
  Start();
  Quote();
  Add(kBuy, 101, 4, 70);
  EXPECT_EQ(market_->venue->exchange().status(), TradingStatus::kQuoting);
  EXPECT_EQ(At(Side::kBid, 101), 4);
  Later();
  Execute(Side::kAsk, 101, 4, 11);
  Play({Order(Kind::kOrderDelete, Side::kBid, 101, 4, 70)});
  Later();
  EXPECT_EQ(market_->venue->exchange().status(), TradingStatus::kTrading);
  EXPECT_EQ(At(Side::kAsk, 101), 6);
  EXPECT_EQ(At(Side::kBid, 101), 0);
  EXPECT_EQ(counts().calls, 1U);
}

TEST_F(ResponsiveMarketTest, LevelsOfAnL2SessionBecomeOrdersAndTradesMatchThem) {
  Start({.type = book::BookType::kL2});
  const auto head = [&] { return Make(Kind::kDepthHead, Side::kNone, DepthHeadBody{}); };
  Play({head(), Level(Side::kBid, 100, 10), Level(Side::kAsk, 101, 10), Level(Side::kAsk, 102, 10)});
  Later();
  Play({Make(Kind::kTrade, kBuy, TradeBody{{101}, {4}, 1, {}})});
  Later();
  EXPECT_EQ(At(Side::kAsk, 101), 6);
  Play({head(), Level(Side::kAsk, 101, 6)});  // what was traded is not taken twice
  EXPECT_EQ(At(Side::kAsk, 101), 6);
  Play({head(), Level(Side::kAsk, 101, 9), Level(Side::kAsk, 102, 0)});
  EXPECT_EQ(At(Side::kAsk, 101), 9);
  EXPECT_EQ(At(Side::kAsk, 102), 0);
}

TEST_F(ResponsiveMarketTest, AnIntruderFarFromTheTouchLeavesTheBookAsItWas) {
  const auto play = [&](bool intrude) {
    Start();
    now_ = kSecond;
    Quote();
    RandomStream random(7, "flow");
    std::vector<std::pair<std::uint64_t, std::int64_t>> open;  // id, quantity
    for (std::uint64_t step = 0; step < 400; ++step) {
      if (intrude && step == 100) market_->Submit(1, Limit(kBuy, 60, 50), {now_});
      if (intrude && step == 200) market_->Cancel(1, {now_});
      const std::int64_t quantity = 1 + static_cast<std::int64_t>(random.UniformBelow(9));
      if (open.size() < 20 || random.Uniform01() < 0.5) {
        Add(Side::kBid, 80 + static_cast<std::int64_t>(random.UniformBelow(21)), quantity, 1000 + step);
        open.emplace_back(1000 + step, quantity);
      } else {
        Delete(Side::kBid, 0, open.front().second, open.front().first);
        open.erase(open.begin());
      }
      Later(1000);
    }
    return std::pair(market_->Levels(Side::kBid, 100), market_->Levels(Side::kAsk, 100));
  };
  EXPECT_EQ(play(false), play(true));
}

}  // namespace
}  // namespace crucible::responsive
