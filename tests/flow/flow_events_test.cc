#include "simulators/flow/flow_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "framework/event/kinds.h"
#include "simulators/flow/flow_model.h"

namespace crucible::flow {
namespace {

using ::testing::ElementsAre;

// A market told record by record, a second apart unless a test says otherwise.
class FlowReaderTest : public testing::Test {
 protected:
  void Use(book::BookType type) { reader_ = FlowReader({.type = type, .tick_size = {1}}); }
  template <class Body>
  void Record(Kind kind, Side side, const Body& body, std::uint16_t flags = 0) {
    Event event;
    event.kind = kind;
    event.side = side;
    event.origin = static_cast<std::uint64_t>(now_);
    event.flags = static_cast<std::uint16_t>(flags | flag::kGroupEnd);
    SetBody(event, body);
    reader_.Apply({&event, 1});
    now_ += step_;
  }
  void Open() {
    Record(Kind::kOrderAdd, Side::kBid, L3Body{{99}, {10}, {1}, 0}, flag::kSnapshot);
    Record(Kind::kOrderAdd, Side::kAsk, L3Body{{101}, {10}, {2}, 0}, flag::kSnapshot);
  }
  void OpenLevels() {
    Record(Kind::kLevel, Side::kBid, LevelBody{{99}, {10}, 0, 0}, flag::kSnapshot);
    Record(Kind::kLevel, Side::kAsk, LevelBody{{101}, {10}, 0, 0}, flag::kSnapshot);
  }
  std::vector<std::string> Types() const {
    std::vector<std::string> names;
    for (const HawkesEvent& event : reader_.events())
      names.emplace_back(Name(static_cast<FlowType>(event.type)));
    return names;
  }

  FlowReader reader_{{.type = book::BookType::kL3, .tick_size = {1}}};
  std::int64_t now_ = 1'000'000'000;
  std::int64_t step_ = 1'000'000'000;
};

TEST_F(FlowReaderTest, TellsOrdersBySideAndDistanceFromTheTouch) {
  Open();
  Record(Kind::kOrderAdd, Side::kBid, L3Body{{100}, {5}, {3}, 0});  // better than the best
  Record(Kind::kOrderAdd, Side::kBid, L3Body{{99}, {5}, {4}, 0});   // now behind
  Record(Kind::kOrderAdd, Side::kAsk, L3Body{{101}, {5}, {5}, 0});
  Record(Kind::kOrderDelete, Side::kBid, L3Body{{99}, {5}, {4}, 0});
  Record(Kind::kOrderReduce, Side::kAsk, L3Body{{101}, {2}, {5}, 0});
  EXPECT_THAT(Types(), ElementsAre("bid at", "bid behind", "ask at", "cancel bid behind", "cancel ask at"));
  EXPECT_EQ(reader_.length(), 4);
}

TEST_F(FlowReaderTest, ExecutionsOfOneMomentAreOneMarketOrder) {
  Open();
  Record(Kind::kOrderAdd, Side::kAsk, L3Body{{101}, {5}, {3}, 0});
  step_ = 0;
  Record(Kind::kOrderExecute, Side::kAsk, ExecuteBody{{101}, {10}, {2}, 1});
  Record(Kind::kOrderExecute, Side::kAsk, ExecuteBody{{101}, {1}, {3}, 2});
  step_ = 1;
  Record(Kind::kOrderExecute, Side::kBid, ExecuteBody{{99}, {1}, {1}, 3});
  Record(Kind::kOrderExecute, Side::kBid, ExecuteBody{{99}, {1}, {1}, 4});
  EXPECT_THAT(Types(), ElementsAre("ask at", "market buy", "market sell", "market sell"));
}

// An execution of a hidden order is told as a print.
TEST_F(FlowReaderTest, APrintBesideOrdersTookNothingFromThem) {
  Open();
  Record(Kind::kTrade, Side::kBid, TradeBody{{100}, {7}, 1, {}});
  Record(Kind::kOrderExecute, Side::kAsk, ExecuteBody{{101}, {1}, {2}, 2});
  EXPECT_THAT(Types(), ElementsAre("market buy"));
}

TEST_F(FlowReaderTest, AModifiedOrderLeavesAndMayComeBack) {
  Open();
  Record(Kind::kOrderModify, Side::kBid, L3Body{{99}, {4}, {1}, 0});
  Record(Kind::kOrderModify, Side::kBid, L3Body{{98}, {4}, {1}, 0});
  EXPECT_THAT(Types(), ElementsAre("cancel bid at", "cancel bid at", "bid behind"));
}

TEST_F(FlowReaderTest, ASnapshotIsNoEvent) {
  Open();
  EXPECT_TRUE(reader_.events().empty());
}

TEST_F(FlowReaderTest, LevelsThatGrowAndShrinkAreOrdersAndCancellations) {
  Use(book::BookType::kL2);
  OpenLevels();
  Record(Kind::kLevel, Side::kBid, LevelBody{{99}, {15}, 0, 0});
  Record(Kind::kLevel, Side::kAsk, LevelBody{{102}, {4}, 0, 0});
  Record(Kind::kLevel, Side::kAsk, LevelBody{{102}, {0}, 0, 0});
  EXPECT_THAT(Types(), ElementsAre("bid at", "ask behind", "cancel ask behind"));
}

TEST_F(FlowReaderTest, RateTimesSizeOfLimitOrdersIsTheVolumeThatLevelsGained) {
  Use(book::BookType::kL2);
  OpenLevels();
  step_ = 0;  // two messages of several levels
  Record(Kind::kLevel, Side::kBid, LevelBody{{98}, {6}, 0, 0});
  Record(Kind::kLevel, Side::kBid, LevelBody{{97}, {8}, 0, 0});
  step_ = 1;
  Record(Kind::kLevel, Side::kBid, LevelBody{{95}, {10}, 0, 0});
  Record(Kind::kLevel, Side::kBid, LevelBody{{94}, {16}, 0, 0});
  EXPECT_THAT(Types(), ElementsAre("bid behind", "bid behind"));
  const FlowMarks marks = MarksOf(reader_, 2)[static_cast<std::size_t>(FlowType::kBidBehind)];
  EXPECT_EQ(marks.lots * 2, (6 + 8 + 10 + 16) / 2.0);
  EXPECT_EQ(marks.distance, (1 + 2 + 4 + 5) / 4.0);
}

TEST_F(FlowReaderTest, WhatHasPrintedIsNotCancelled) {
  Use(book::BookType::kL2);
  OpenLevels();
  Record(Kind::kTrade, kBuy, TradeBody{{101}, {4}, 1, {}});
  Record(Kind::kLevel, Side::kAsk, LevelBody{{101}, {6}, 0, 0});
  EXPECT_THAT(Types(), ElementsAre("market buy"));
  Record(Kind::kLevel, Side::kAsk, LevelBody{{101}, {1}, 0, 0});
  EXPECT_THAT(Types(), ElementsAre("market buy", "cancel ask at"));
}

}  // namespace
}  // namespace crucible::flow
