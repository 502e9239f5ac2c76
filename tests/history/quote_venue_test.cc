#include "simulators/history/quote_venue.h"

#include <gtest/gtest.h>

#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

class QuoteVenueTest : public testing::Test {
 protected:
  explicit QuoteVenueTest(bool sizes_unknown = false)
      : venue_(TestSetup(trade_ids_), sizes_unknown), script_(venue_) {
    Quote(99, 10, 101, 10);
  }
  std::string Quote(std::int64_t bid, std::int64_t bid_quantity, std::int64_t ask,
                    std::int64_t ask_quantity) {
    return script_.Play(GroupWriter().Quote(kBuy, bid, bid_quantity).Quote(kSell, ask, ask_quantity));
  }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms) { return script_.Submit(id, terms); }

  TradeIds trade_ids_;
  QuoteVenue venue_;
  Script script_;
};

class SizelessQuoteVenueTest : public QuoteVenueTest {
 protected:
  SizelessQuoteVenueTest() : QuoteVenueTest(true) {}
};

TEST_F(QuoteVenueTest, AQuoteThatReachesOurPriceFillsByItsQuantity) {
  EXPECT_EQ(Submit(1, Limit(kBuy, 100, 15)), "accepted 1 ahead -1");
  EXPECT_EQ(Quote(99, 10, 100, 9), "fill 1 9@100 maker quote crossed");
  EXPECT_EQ(Quote(98, 10, 99, 9), "fill 1 6@100 maker quote crossed");
}

TEST_F(QuoteVenueTest, MarketOrdersTakeTheQuoteOnce) {
  EXPECT_EQ(Submit(1, Market(kBuy, 4)), "accepted 1 ahead -1; fill 1 4@101 taker took the book");
  EXPECT_EQ(Submit(2, Market(kBuy, 9)),
            "accepted 2 ahead -1; fill 2 6@101 taker took the book; canceled 2 3 nothing to match");
  Quote(99, 10, 101, 10);
  EXPECT_EQ(Submit(3, Market(kBuy, 9)), "accepted 3 ahead -1; fill 3 9@101 taker took the book");
}

TEST_F(QuoteVenueTest, StopsFollowTheOppositeQuoteAndPayTheGap) {
  Submit(1, Stop(kSell, 98, 5));
  EXPECT_EQ(Quote(99, 10, 101, 10), "");
  EXPECT_EQ(Quote(90, 10, 92, 10), "triggered 1; fill 1 5@90 taker took the book");
}

TEST_F(QuoteVenueTest, TrailingStopsFollowTheOppositeQuoteAndNeverMoveAway) {
  EXPECT_EQ(Submit(1, TrailingStop(kSell, 3, 5)), "accepted 1 ahead -1");  // 96
  EXPECT_EQ(Quote(105, 10, 107, 10), "");                                  // 102
  EXPECT_EQ(Quote(103, 10, 105, 10), "");
  EXPECT_EQ(Quote(102, 10, 104, 10), "triggered 1; fill 1 5@102 taker took the book");
  EXPECT_EQ(Submit(2, TrailingStop(kBuy, 3, 5)), "accepted 2 ahead -1");  // 107
  EXPECT_EQ(Quote(98, 10, 100, 10), "");                                  // 103
  EXPECT_EQ(Quote(102, 10, 104, 10), "triggered 2; fill 2 5@104 taker took the book");
}

TEST_F(QuoteVenueTest, ATrailingStopNeedsAQuoteToStartFrom) {
  Quote(99, 0, 101, 10);
  EXPECT_EQ(Submit(1, TrailingStop(kSell, 3, 5)), "rejected 1 bad price");
  EXPECT_EQ(Submit(2, TrailingStop(kBuy, 3, 5)), "accepted 2 ahead -1");
}

TEST_F(QuoteVenueTest, OnlyTradesBeyondOurPriceFill) {
  Submit(1, Limit(kBuy, 99, 5));
  EXPECT_EQ(script_.Play(GroupWriter().Trade(kSell, 99, 50)), "");
  EXPECT_EQ(script_.Play(GroupWriter().Trade(kSell, 98, 3)), "fill 1 3@99 maker traded through");
}

TEST_F(SizelessQuoteVenueTest, AQuoteWithoutSizeIsGoodForAnyQuantity) {
  EXPECT_EQ(Submit(1, Market(kBuy, 1'000'000)),
            "accepted 1 ahead -1; fill 1 1000000@101 taker took the book");
  EXPECT_EQ(Submit(2, Market(kBuy, 1'000'000)),
            "accepted 2 ahead -1; fill 2 1000000@101 taker took the book");
}

}  // namespace
}  // namespace crucible::history
