#include "framework/book/l2_book.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"
#include "tests/book/naive_books.h"
#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

std::vector<LevelView> DepthOf(const L2Book& book, Side side) {
  std::vector<LevelView> out(book.level_count(side));
  EXPECT_EQ(book.Depth(side, out), out.size());
  return out;
}

Hash128 HashOf(const L2Book& book) {
  StateHasher hasher;
  book.Hash(hasher);
  return hasher.value();
}

void ExpectSameAs(const NaiveL2& naive, const L2Book& book) {
  for (Side side : {Side::kBid, Side::kAsk}) {
    const auto expected = naive.Depth(side);
    ASSERT_EQ(book.level_count(side), expected.size());
    ASSERT_EQ(DepthOf(book, side), expected);
    for (std::size_t n = 0; n < expected.size(); n += 7) {
      ASSERT_EQ(book.LevelAt(side, n), expected[n]);
      ASSERT_EQ(book.QuantityAt(side, expected[n].price), expected[n].quantity);
    }
  }
  ASSERT_TRUE(book.InvariantsHold());
}

void ExpectSameTouch(const NaiveL2& naive, const L2Book& book) {
  for (Side side : {Side::kBid, Side::kAsk}) {
    const auto expected = naive.Depth(side);
    ASSERT_EQ(book.Best(side), expected.empty() ? std::nullopt : std::optional(expected[0]));
  }
}

class L2BookRandomTest : public testing::TestWithParam<PriceShape> {};

TEST_P(L2BookRandomTest, AgreesWithAnOrderedMapUnderRandomUpdates) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Dice dice(seed);
    PriceWalk prices(GetParam(), dice);
    L2Book book({GetParam().tick});
    NaiveL2 naive;
    std::vector<std::pair<Side, Price>> seen;
    const std::int64_t live = 20 << (2 * seed);
    for (int step = 0; step < 100'000; ++step) {
      // Removing an earlier price keeps the number of levels near `live`.
      const bool remove = !seen.empty() && dice.Below(2 * live) < static_cast<std::int64_t>(seen.size());
      std::pair<Side, Price> at{dice.OneIn(2) ? Side::kBid : Side::kAsk, prices.Next()};
      if (remove) {
        auto& slot = seen[static_cast<std::size_t>(dice.Below(static_cast<std::int64_t>(seen.size())))];
        at = slot;
        slot = seen.back();
        seen.pop_back();
      } else {
        seen.push_back(at);
      }
      const Quantity quantity{remove ? 0 : 1 + dice.Below(100)};
      const std::int64_t orders = dice.Below(5);
      naive.Set(at.first, at.second, quantity, orders);
      ASSERT_EQ(book.Set(at.first, at.second, quantity, orders), BookError::kNone);
      if (step % 64 == 0) ExpectSameTouch(naive, book);
      if (step % 5'000 == 0) ExpectSameAs(naive, book);
      if (HasFatalFailure()) FAIL() << "step " << step;
    }
    ExpectSameAs(naive, book);

    L2Book rebuilt({GetParam().tick});
    for (Side side : {Side::kBid, Side::kAsk}) {
      const auto levels = naive.Depth(side);
      for (auto level = levels.rbegin(); level != levels.rend(); ++level)
        static_cast<void>(rebuilt.Set(side, level->price, level->quantity, level->order_count));
    }
    EXPECT_EQ(HashOf(book), HashOf(rebuilt));
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, L2BookRandomTest, testing::ValuesIn(kShapes));

TEST(L2BookTest, AnEmptySideHasNoTouch) {
  L2Book book({10});
  EXPECT_TRUE(book.empty());
  EXPECT_FALSE(book.touch().HasBid());
  static_cast<void>(book.Set(Side::kBid, {100}, {5}, 0));
  EXPECT_EQ(book.touch().bid_price, Price{100});
  static_cast<void>(book.Set(Side::kBid, {100}, {0}, 0));
  EXPECT_EQ(book.touch(), Touch{});
}

TEST(L2BookTest, TheLastUpdateOfAPriceWins) {
  L2Book book({10});
  static_cast<void>(book.Set(Side::kAsk, {100}, {5}, 2));
  static_cast<void>(book.Set(Side::kAsk, {100}, {8}, 3));
  EXPECT_EQ(book.Best(Side::kAsk), (LevelView{{100}, {8}, 3}));
}

TEST(L2BookTest, ACrossedBookIsReportedAndKept) {
  L2Book book({10});
  static_cast<void>(book.Set(Side::kBid, {110}, {1}, 0));
  static_cast<void>(book.Set(Side::kAsk, {100}, {1}, 0));
  EXPECT_TRUE(book.touch().IsCrossed());
  static_cast<void>(book.Set(Side::kBid, {110}, {0}, 0));
  static_cast<void>(book.Set(Side::kBid, {100}, {1}, 0));
  EXPECT_FALSE(book.touch().IsCrossed());
  EXPECT_TRUE(book.touch().IsLocked());
}

TEST(L2BookTest, CountsWhatTheFeedGotWrong) {
  L2Book book({10});
  EXPECT_EQ(book.Set(Side::kNone, {100}, {1}, 0), BookError::kNoSide);
  EXPECT_EQ(book.Set(Side::kBid, {100}, {-1}, 0), BookError::kNonPositiveQuantity);
  EXPECT_EQ(book.Set(Side::kBid, {100}, {0}, 0), BookError::kNone);
  EXPECT_EQ(book.Set(Side::kBid, {95}, {4}, 0), BookError::kNone);
  EXPECT_EQ(book.counters().bad_records, 2U);
  EXPECT_EQ(book.counters().unknown_levels, 1U);
  EXPECT_EQ(book.counters().off_grid_levels, 1U);
  EXPECT_EQ(book.touch().bid_price, Price{95});
}

TEST(L2BookTest, MemoryFollowsLiveLevelsWhenTheMarketWanders) {
  L2Book book({1});
  for (std::int64_t mid = 0; mid < 2'000'000; ++mid) {
    static_cast<void>(book.Set(Side::kBid, {mid}, {1}, 0));
    if (mid >= 1'000) static_cast<void>(book.Set(Side::kBid, {mid - 1'000}, {0}, 0));
  }
  EXPECT_EQ(book.level_count(Side::kBid), 1'000U);
  EXPECT_LT(book.allocated_bytes(), 600'000U);
}

TEST(L2BookTest, AnotherTickChangesNothingThatTheBookShows) {
  L2Book book({10});
  L2Book kept({10});
  Random random(5);
  RandomStream draw = random.Stream("tick");
  const auto set_some = [&](std::int64_t step) {
    for (int i = 0; i < 400; ++i) {
      const Side side = draw.UniformBelow(2) == 0 ? Side::kBid : Side::kAsk;
      const Price price{static_cast<std::int64_t>(draw.UniformBelow(300)) * step};
      const Quantity quantity{static_cast<std::int64_t>(draw.UniformBelow(4))};
      const auto count = static_cast<std::int64_t>(draw.UniformBelow(3));
      for (L2Book* one : {&book, &kept}) static_cast<void>(one->Set(side, price, quantity, count));
      ASSERT_EQ(book.touch(), kept.touch());
    }
  };
  for (const std::int64_t tick : {10, 1, 25, 4}) {
    book.ChangeTick({tick});
    EXPECT_EQ(book.tick_size(), PriceDelta{tick});
    ASSERT_NO_FATAL_FAILURE(set_some(tick));
    ASSERT_TRUE(book.InvariantsHold());
    for (const Side side : {Side::kBid, Side::kAsk}) {
      std::vector<LevelView> a(book.level_count(side)), b(kept.level_count(side));
      book.Depth(side, a);
      kept.Depth(side, b);
      ASSERT_EQ(a, b) << tick;
    }
  }
}

}  // namespace
}  // namespace crucible::book
