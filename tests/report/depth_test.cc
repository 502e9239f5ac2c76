#include "framework/report/depth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/event/kinds.h"

namespace crucible::report {
namespace {

using testing::ElementsAre;

// A book of levels that a test sets one by one.
class DepthTest : public testing::Test {
 protected:
  void Set(Side side, std::int64_t price, std::int64_t quantity) {
    Event level;
    level.kind = Kind::kLevel;
    level.side = side;
    level.flags = flag::kGroupEnd;
    SetBody(level, LevelBody{{price}, {quantity}, 0, 0});
    book_.Apply({&level, 1});
  }
  std::vector<std::int64_t> Moments() const {
    std::vector<std::int64_t> moments;
    for (const DepthColumn& column : depth_.columns()) moments.push_back(column.at.since_epoch);
    return moments;
  }

  static constexpr std::int64_t kStep = 10;
  book::Book book_{{.type = book::BookType::kL2}};
  Depth depth_{{0}, {kStep * static_cast<std::int64_t>(Depth::kColumns)}};
};

TEST_F(DepthTest, AColumnIsTheBookBeforeWhatHappensAtItsMoment) {
  Set(Side::kBid, 99, 5);
  depth_.Before({9}, book_);
  depth_.Before({10}, book_);
  Set(Side::kBid, 100, 7);
  depth_.Before({15}, book_);
  depth_.Before({20}, book_);
  ASSERT_THAT(Moments(), ElementsAre(10, 20));
  EXPECT_EQ(depth_.columns()[0].bids.front().price, Price{99});
  EXPECT_EQ(depth_.columns()[1].bids.front().price, Price{100});
  EXPECT_EQ(depth_.columns()[1].bids.size(), 2U);
  EXPECT_TRUE(depth_.columns()[1].asks.empty());
}

TEST_F(DepthTest, AStretchWithoutEventsIsOneColumn) {
  Set(Side::kAsk, 101, 1);
  depth_.Before({12}, book_);
  depth_.Before({57}, book_);
  depth_.Before({61}, book_);
  EXPECT_THAT(Moments(), ElementsAre(10, 20, 60));
}

TEST_F(DepthTest, ClassesOfQuantityHoldEquallyManyLevels) {
  for (std::int64_t i = 1; i <= 8; ++i) Set(Side::kBid, i, i * 100);
  depth_.Before({10}, book_);
  EXPECT_THAT(depth_.Quantiles(4), ElementsAre(300, 500, 700));
  EXPECT_TRUE(Depth().Quantiles(4).empty());
}

}  // namespace
}  // namespace crucible::report
