#include "framework/book/tick_grid.h"

#include <gtest/gtest.h>

#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

TEST(TickGridTest, MultiplesOfTheTickAreOnTheGridAndNothingElseIs) {
  Dice dice(1);
  for (int round = 0; round < 200'000; ++round) {
    const std::int64_t tick = 1 + dice.Below(dice.OneIn(2) ? 300 : 1'000'000'000);
    const TickGrid grid({tick});
    const Price price{dice.Below(2'000'000'000'001) - 1'000'000'000'000};
    ASSERT_EQ(grid.Contains(price), price.units % tick == 0) << "tick " << tick << " price " << price.units;
  }
}

TEST(TickGridTest, TickNumbersAreConsecutiveAndLeadBackToThePrice) {
  for (std::int64_t tick : {1, 2, 3, 10, 25, 100, 625, 1'000'000}) {
    const TickGrid grid({tick});
    for (std::int64_t n = -1000; n < 1000; ++n) {
      const Price price{n * tick};
      ASSERT_EQ(grid.PriceOf(grid.TickOf(price)), price);
      ASSERT_EQ(grid.TickOf(price + PriceDelta{tick}), grid.TickOf(price) + 1);
    }
  }
}

TEST(TickGridTest, KeysGrowFromBestToWorst) {
  const TickGrid grid({25});
  EXPECT_LT(grid.KeyOf(Side::kBid, {125}), grid.KeyOf(Side::kBid, {100}));
  EXPECT_LT(grid.KeyOf(Side::kAsk, {100}), grid.KeyOf(Side::kAsk, {125}));
  EXPECT_EQ(grid.PriceOfKey(Side::kBid, grid.KeyOf(Side::kBid, {-75})), Price{-75});
}

TEST(TickGridTest, KeyBehindIsTheNextWorseTick) {
  const TickGrid grid({25});
  EXPECT_EQ(grid.KeyBehind(Side::kAsk, {100}), grid.KeyOf(Side::kAsk, {125}));
  EXPECT_EQ(grid.KeyBehind(Side::kAsk, {101}), grid.KeyOf(Side::kAsk, {125}));
  EXPECT_EQ(grid.KeyBehind(Side::kBid, {100}), grid.KeyOf(Side::kBid, {75}));
  EXPECT_EQ(grid.KeyBehind(Side::kBid, {101}), grid.KeyOf(Side::kBid, {100}));
  EXPECT_EQ(grid.KeyBehind(Side::kBid, {-1}), grid.KeyOf(Side::kBid, {-25}));
}

TEST(TickGridTest, PricesAtTheEdgeOfTheNumberRangeAreOffTheGrid) {
  for (std::int64_t tick : {1, 3, 10, 1 << 20}) {
    EXPECT_FALSE(TickGrid({tick}).Contains({INT64_MAX}));
    EXPECT_FALSE(TickGrid({tick}).Contains({INT64_MIN}));
  }
}

}  // namespace
}  // namespace crucible::book
