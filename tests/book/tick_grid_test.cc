#include "framework/book/tick_grid.h"

#include <gtest/gtest.h>

#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

TEST(TickGridTest, MultiplesOfTheTickAreOnTheGridAndNothingElseIs) {
  Dice dice(1);
  for (int round = 0; round < 200'000; ++round) {
    const std::int64_t tick = 1 + dice.Below(dice.OneIn(2) ? 300 : 1'000'000'000);
    const TickGrid grid(dice.OneIn(2) ? Side::kBid : Side::kAsk, {tick});
    const Price price{dice.Below(2'000'000'000'001) - 1'000'000'000'000};
    ASSERT_EQ(grid.Contains(price), price.units % tick == 0) << "tick " << tick << " price " << price.units;
  }
}

TEST(TickGridTest, KeysAreConsecutiveFromBestToWorstAndLeadBackToThePrice) {
  for (Side side : {Side::kBid, Side::kAsk}) {
    for (std::int64_t tick : {1, 2, 3, 10, 25, 100, 625, 1'000'000}) {
      const TickGrid grid(side, {tick});
      for (std::int64_t n = -1000; n < 1000; ++n) {
        const Price price{n * tick};
        const Price worse{price.units - Sign(side) * tick};
        ASSERT_EQ(grid.PriceOf(grid.KeyOf(price)), price);
        ASSERT_EQ(grid.KeyOf(worse), grid.KeyOf(price) + 1);
        ASSERT_EQ(grid.tick_size(), PriceDelta{tick});
      }
    }
  }
}

TEST(TickGridTest, KeyBehindIsTheNextWorseTick) {
  const TickGrid asks(Side::kAsk, {25});
  EXPECT_EQ(asks.KeyBehind({100}), asks.KeyOf({125}));
  EXPECT_EQ(asks.KeyBehind({101}), asks.KeyOf({125}));
  EXPECT_EQ(asks.KeyBehind({-1}), asks.KeyOf({0}));
  const TickGrid bids(Side::kBid, {25});
  EXPECT_EQ(bids.KeyBehind({100}), bids.KeyOf({75}));
  EXPECT_EQ(bids.KeyBehind({101}), bids.KeyOf({100}));
  EXPECT_EQ(bids.KeyBehind({-1}), bids.KeyOf({-25}));
}

TEST(TickGridTest, PricesAtTheEdgeOfTheNumberRangeAreOffTheGrid) {
  for (std::int64_t tick : {1, 3, 10, 1 << 20}) {
    for (Side side : {Side::kBid, Side::kAsk}) {
      EXPECT_FALSE(TickGrid(side, {tick}).Contains({INT64_MAX}));
      EXPECT_FALSE(TickGrid(side, {tick}).Contains({INT64_MIN}));
    }
  }
}

}  // namespace
}  // namespace crucible::book
