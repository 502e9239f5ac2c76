// Who hears what, and when.

#include "framework/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using ::testing::ElementsAre;

TEST(EngineTest, VenueSeesMarketAtExchangeTimeAndStrategyAtReceiveTime) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  NoteCalls(probe, log);
  Tape tape;
  tape.Touch(10, 25, 99, 101).Touch(20, 26, 99, 102).Touch(40, 41, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  ASSERT_TRUE(run.status.ok()) << run.status;
  EXPECT_THAT(log, ElementsAre("venue 0 market @10", "venue 0 market @20", "strategy book 0 @25",
                               "strategy book 0 @26", "venue 0 market @40", "strategy book 0 @41"));
  EXPECT_EQ(run.result.first_time, Nanos{10});
  EXPECT_EQ(run.result.last_time, Nanos{41});
  EXPECT_EQ(run.result.market_records, 9U);
  ExpectWellFormed(run.sink.records);
}

TEST(EngineTest, FeedLatencyReplacesOrShiftsTheRecordedOne) {
  for (const auto& [feed, heard] :
       {std::pair{"recorded", 25}, {"recorded+7ns", 32}, {"3ns", 13}, {"0", 10}}) {
    Log log;
    ScriptedVenue venue;
    Probe probe;
    NoteCalls(probe, log);
    Tape tape;
    tape.Touch(10, 25, 99, 101);
    TestRun run;
    run.Session(tape).At(venue).With(probe).Latency(feed, "0", "0").Go();
    ASSERT_TRUE(run.status.ok()) << run.status;
    EXPECT_THAT(log, ElementsAre(absl::StrFormat("strategy book 0 @%d", heard)));
  }
}

TEST(EngineTest, StrategyBookIsTheReceivedOneAndNotTheVenues) {
  ScriptedVenue venue;
  Probe probe;
  std::vector<std::int64_t> bids;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    crucible_level_v1 level{};
    probe.host->level(probe.engine, 0, CRUCIBLE_BUY, 0, &level);
    EXPECT_EQ(level.price, event.bid.price);
    EXPECT_EQ(probe.host->quantity_at(probe.engine, 0, CRUCIBLE_BUY, event.bid.price), event.bid.quantity);
    bids.push_back(level.price);
    return true;
  };
  Tape tape;
  tape.Touch(10, 100, 90, 110).Record(20, 110, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
  tape.Record(20, 110, Kind::kLevel, Side::kBid, LevelBody{{95}, {4}, 0, 0});
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(bids, ElementsAre(90, 95));
}

TEST(EngineTest, OrdersTravelForEntryLatencyAndRepliesForReplyLatency) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  NoteCalls(probe, log);
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 25) probe.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  Tape tape;
  tape.Touch(10, 25, 99, 101).Touch(90, 95, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "5ns", "7ns").Go();
  EXPECT_THAT(log, ElementsAre("venue 0 market @10", "venue 0 command 1 order 1 @30",
                               "strategy order 1 what 1 @37", "venue 0 market @90"));
  const Event accepted = run.Of(Kind::kAccepted).at(0);
  EXPECT_EQ(accepted.time, 37);
  EXPECT_EQ(accepted.venue_time(), Nanos{30});
}

TEST(EngineTest, AtOneMomentVenueComesFirstAndItsMarketBeforeItsCommandsBeforeItsTimers) {
  Log log;
  ScriptedVenue venue(&log);
  venue.timers = {{30}};
  Probe probe;
  NoteCalls(probe, log);
  probe.on_book = [&](const crucible_book_event_v1& event) {
    log.push_back(absl::StrFormat("strategy book @%d", event.time));
    if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  Tape tape;
  tape.Touch(10, 20, 99, 101).Touch(20, 30, 98, 101).Touch(30, 40, 97, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "10ns", "0").Go();
  EXPECT_THAT(log, ElementsAre("venue 0 market @10", "venue 0 market @20", "strategy book @20",
                               "venue 0 market @30", "venue 0 command 1 order 1 @30", "venue 0 timer @30",
                               "strategy order 1 what 1 @30", "strategy book @30", "strategy book @40"));
}

TEST(EngineTest, AtOneMomentStrategyHearsRepliesThenMarketThenTimers) {
  Log log;
  ScriptedVenue venue;
  Probe probe;
  NoteCalls(probe, log);
  probe.on_book = [&](const crucible_book_event_v1& event) {
    log.push_back(absl::StrFormat("strategy book @%d", event.time));
    if (event.time == 20) {
      probe.SetTimer(30, 2);
      probe.SetTimer(30, 1);
      probe.SetTimer(29, 3);
      probe.Limit(CRUCIBLE_BUY, 99, 1);
    }
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(30, 30, 98, 101).Trade(30, 30, kBuy, 99, 1).Touch(31, 31, 97, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "4ns", "6ns").Go();
  EXPECT_THAT(log, ElementsAre("strategy book @20", "strategy timer 3 @29", "strategy order 1 what 1 @30",
                               "strategy book @30", "strategy trade 0 @30", "strategy timer 2 @30",
                               "strategy timer 1 @30", "strategy book @31"));
}

TEST(EngineTest, WithoutLatencyAnOrderIsAnsweredBeforeTheNextEventOfTheSameTime) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  NoteCalls(probe, log);
  probe.on_trade = [&](const crucible_trade_event_v1& event) {
    log.push_back(absl::StrFormat("strategy trade %d", event.trade_id));
    if (event.trade_id == 1) probe.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  Tape tape;
  tape.Trade(20, 20, kBuy, 99, 1).Trade(20, 20, kBuy, 99, 1);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(
      log, ElementsAre("venue 0 market @20", "venue 0 market @20", "strategy trade 1",
                       "venue 0 command 1 order 1 @20", "strategy order 1 what 1 @20", "strategy trade 2"));
}

TEST(EngineTest, EqualReceiveTimesOfInstrumentsAreOrderedByInstrumentThenInput) {
  Log log;
  ScriptedVenue a(&log, 0), b(&log, 1);
  Probe probe;
  NoteCalls(probe, log);
  Tape first, second;
  first.Touch(10, 30, 99, 101);   // instrument 1
  second.Touch(20, 30, 99, 101);  // instrument 0: later at its venue, earlier by name
  TestRun run({TestInstrument("A"), TestInstrument("B")});
  run.Session(first, {{1}}).Session(second, {{0}}).At(a).At(b).With(probe).Go();
  EXPECT_THAT(log, ElementsAre("venue 1 market @10", "venue 0 market @20", "strategy book 0 @30",
                               "strategy book 1 @30"));
}

TEST(EngineTest, RepliesThatArriveTogetherAreOrderedByInstrument) {
  Log log;
  ScriptedVenue a(nullptr, 0), b(nullptr, 1);
  Probe probe;
  NoteCalls(probe, log);
  probe.on_book = nullptr;
  probe.on_timer = [&](const crucible_timer_event_v1& event) {
    probe.Limit(CRUCIBLE_BUY, 99, 1, static_cast<std::uint32_t>(event.payload));
    return true;
  };
  probe.on_start = [&] {
    probe.SetTimer(20, 1);
    probe.SetTimer(20, 0);
    return true;
  };
  Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(90, 90, 98, 101);
  TestRun run({TestInstrument("A", "east"), TestInstrument("B", "west")});
  run.Session(tape, {{0}}).At(a).At(b).With(probe).Latency("recorded", "5ns", "5ns").Go();
  EXPECT_THAT(log, ElementsAre("strategy order 2 what 1 @30", "strategy order 1 what 1 @30"));
}

TEST(EngineTest, RunEndsWithTheLastMarketGroup) {
  Log log;
  ScriptedVenue venue(&log);
  venue.timers = {{20}, {1'000}};
  Probe probe;
  NoteCalls(probe, log);
  probe.on_start = [&] {
    probe.SetTimer(39, 1);
    probe.SetTimer(41, 2);
    return true;
  };
  probe.on_book = [&](const crucible_book_event_v1& event) {
    log.push_back(absl::StrFormat("strategy book @%d", event.time));
    if (event.time == 40) probe.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  probe.on_stop = [&] {
    log.push_back("strategy stop");
    return true;
  };
  Tape tape;
  tape.Touch(10, 11, 99, 101).Touch(30, 40, 99, 102);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "1ns", "1ns").Go();
  EXPECT_THAT(
      log, ElementsAre("venue 0 market @10", "strategy book @11", "venue 0 timer @20", "venue 0 market @30",
                       "strategy timer 1 @39", "strategy book @40", "strategy stop"));
  EXPECT_EQ(run.sink.records.back().kind, Kind::kRunEnd);
  EXPECT_EQ(run.sink.records.back().time, 40);
  EXPECT_EQ(run.Of(Kind::kAccepted).size(), 0U) << "what would come later does not happen";
}

TEST(EngineTest, VenueTimersRepliesArriveLikeAnyOther) {
  ScriptedVenue venue;
  Log log;
  Probe probe;
  NoteCalls(probe, log);
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 10) probe.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Reply(Kind::kAccepted, command, at, 0, outbox);
    venue.timers = {{50}};
    venue.on_timer = [&venue, command](Nanos to, Outbox& out) {
      venue.Reply(Kind::kCanceled, command, to, 9, out);
    };
  };
  Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "1ns", "2ns").Go();
  EXPECT_THAT(log, ElementsAre("strategy order 1 what 1 @13", "strategy order 1 what 3 @52"));
}

TEST(EngineTest, OnlyTheVenueThatIsDueActs) {
  Log log;
  ScriptedVenue a(&log, 0), b(&log, 1);
  Tape tape;
  tape.For(0).Touch(10, 10, 99, 101).For(1).Touch(20, 20, 99, 101).For(0).Touch(90, 90, 99, 102);
  a.timers = {{50}};
  b.timers = {{60}};
  TestRun run({TestInstrument("A"), TestInstrument("B")});
  run.Session(tape, {{0}, {1}}).At(a).At(b).Go();
  EXPECT_THAT(log, ElementsAre("venue 0 market @10", "venue 1 market @20", "venue 0 timer @50",
                               "venue 1 timer @60", "venue 0 market @90"));
}

TEST(EngineTest, EachReplyTravelsForItsOwnTimeAndNoneOvertakes) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Reply(Kind::kAccepted, command, at, 0, outbox);
    for (int i = 0; i < 20; ++i) venue.Fill(command.order_id, command.terms.side, 99, 1, at, {1, 1}, outbox);
  };
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 10) probe.Limit(CRUCIBLE_BUY, 99, 20);
    return true;
  };
  Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(1'000'000'000, 1'000'000'000, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "0", "exponential:1ms").Go();
  const std::vector<Event> fills = run.Of(Kind::kFill);
  ASSERT_EQ(fills.size(), 20U);
  const std::vector<Event> details = run.Of(Kind::kFillDetail);
  int later = 0;
  for (std::size_t i = 0; i < fills.size(); ++i) {
    EXPECT_EQ(details[i].time, fills[i].time) << "a fill and its detail are one message";
    if (i > 0 && fills[i].time > fills[i - 1].time) ++later;
  }
  EXPECT_GE(later, 2) << "independent draws: some are larger than all before";
  ExpectWellFormed(run.sink.records);
}

}  // namespace
}  // namespace crucible::engine
