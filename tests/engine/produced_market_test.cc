// Venues that make market data themselves instead of passing on what was recorded.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using ::testing::ElementsAre;

// Both sides of a new touch, stamped by the venue.
void Produce(std::int64_t at, std::int64_t bid, std::int64_t ask, Outbox& outbox) {
  for (const Side side : {Side::kNone, Side::kBid, Side::kAsk}) {
    Event& event = outbox.AddMarket();
    event.origin = static_cast<std::uint64_t>(at);
    event.kind = side == Side::kNone ? Kind::kDepthHead : Kind::kLevel;
    event.side = side;
    if (side != Side::kNone) SetBody(event, LevelBody{{side == Side::kBid ? bid : ask}, {5}, 0, 0});
    if (side == Side::kAsk) event.flags = flag::kGroupEnd;
  }
}

struct ProducingVenue : ScriptedVenue {
  explicit ProducingVenue(const std::vector<std::int64_t>& at, Log* log = nullptr) : ScriptedVenue(log) {
    for (const std::int64_t time : at) timers.push_back({time});
    on_timer = [](Nanos to, Outbox& outbox) { Produce(to.since_epoch, 99, 101 + to.since_epoch, outbox); };
  }
  bool PassesMarketThrough() const override { return false; }
};

TEST(ProducedMarketTest, RunNeedsNoSourceAndLastsUntilItsEnd) {
  Log log;
  ProducingVenue venue(std::vector<std::int64_t>{10, 20, 90}, &log);
  Probe probe;
  NoteCalls(probe, log);
  TestRun run;
  run.config.until = {50};
  run.At(venue).With(probe).Latency("3ns", "0", "0").Go();
  ASSERT_TRUE(run.status.ok()) << run.status;
  EXPECT_THAT(log, ElementsAre("venue 0 timer @10", "strategy book 0 @13", "venue 0 timer @20",
                               "strategy book 0 @23"));
  EXPECT_EQ(run.result.first_time, Nanos{10});
  EXPECT_EQ(run.result.market_records, 6U);
}

TEST(ProducedMarketTest, StandsInTheRunsStreamWithTheTimeOfDelivery) {
  ProducingVenue venue(std::vector<std::int64_t>{10});
  TestRun run;
  run.config.until = {50};
  run.At(venue).Latency("3ns", "0", "0").Go();
  ExpectWellFormed(run.sink.records);
  const std::vector<Event> levels = run.Of(Kind::kLevel);
  ASSERT_EQ(levels.size(), 2U);
  EXPECT_EQ(levels[0].time, 13);
  EXPECT_EQ(levels[0].venue_time(), Nanos{10});
  EXPECT_EQ(As<LevelBody>(levels[1]).price, Price{111});
}

TEST(ProducedMarketTest, IsTheCauseOfWhatAStrategyDecidesOnIt) {
  ProducingVenue venue(std::vector<std::int64_t>{10});
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1&) { return probe.Limit(CRUCIBLE_BUY, 99, 1) != 0; };
  TestRun run;
  run.config.until = {50};
  run.At(venue).With(probe).Latency("3ns", "0", "0").Go();
  ASSERT_EQ(run.Of(Kind::kIntent).size(), 1U);
  const CauseRef cause = CauseRef::FromBits(run.Of(Kind::kIntent)[0].origin);
  EXPECT_EQ(cause.input, 0);
  ASSERT_LE(cause.seq, run.sink.records.size());
  EXPECT_EQ(run.sink.records[cause.seq - 1].kind, Kind::kLevel);
  EXPECT_EQ(run.sink.records[cause.seq - 1].side, Side::kAsk);
}

TEST(ProducedMarketTest, AVenueThatConsumesTheSourceHidesItFromTheStrategy) {
  Log log;
  ProducingVenue venue(std::vector<std::int64_t>{15}, &log);
  Probe probe;
  NoteCalls(probe, log);
  Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(20, 20, 99, 102);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  ASSERT_TRUE(run.status.ok()) << run.status;
  EXPECT_THAT(log, ElementsAre("venue 0 market @10", "venue 0 timer @15", "strategy book 0 @15",
                               "venue 0 market @20"));
}

TEST(ProducedMarketTest, FactsOfTheVenueAreRecordedAtOnceWithItsTime) {
  ProducingVenue venue(std::vector<std::int64_t>{10});
  venue.on_timer = [](Nanos to, Outbox& outbox) {
    Produce(to.since_epoch, 99, 101, outbox);
    Event& fact = outbox.AddFact();
    fact.kind = Kind::kTimer;
    fact.flags = flag::kGroupEnd;
  };
  TestRun run;
  run.config.until = {50};
  run.At(venue).Latency("3ns", "0", "0").Go();
  ExpectWellFormed(run.sink.records);
  ASSERT_EQ(run.Of(Kind::kTimer).size(), 1U);
  EXPECT_EQ(run.Of(Kind::kTimer)[0].time, 10);
}

TEST(ProducedMarketTest, MemoryOfDeliveredGroupsIsUsedAgain) {
  ProducedGroups groups;
  std::vector<Event> records(3);
  std::set<const RecordBlock*> blocks;
  for (int i = 0; i < 10'000; ++i) {
    const QueuedGroup first = groups.Keep(records);
    const QueuedGroup second = groups.Keep(records);
    blocks.insert({first.block, second.block});
    EXPECT_EQ(second.group.records.front().seq, first.group.records.back().seq + 1);
    groups.Release(first);
    groups.Release(second);
  }
  EXPECT_LE(blocks.size(), 2U);
  std::vector<Event> large(5'000);
  EXPECT_EQ(groups.Keep(large).group.records.size(), large.size());
}

}  // namespace
}  // namespace crucible::engine
