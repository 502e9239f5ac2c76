#include "framework/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "framework/engine/sinks.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/strategies.h"

namespace crucible::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;

// Notes every call of a strategy.
void NoteCalls(Probe& probe, Log& log, const std::string& name = "strategy") {
  probe.on_book = [&probe, &log, name](const crucible_book_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s book %d @%d", name, event.instrument, event.time));
    return true;
  };
  probe.on_trade = [&log, name](const crucible_trade_event_v1& event) {
    log.push_back(absl::StrFormat("%s trade %d @%d", name, event.instrument, event.time));
    return true;
  };
  probe.on_order = [&probe, &log, name](const crucible_order_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s order %d what %d @%d", name, event.order_id, event.what, event.time));
    return true;
  };
  probe.on_fill = [&log, name](const crucible_fill_event_v1& event) {
    log.push_back(absl::StrFormat("%s fill %d @%d", name, event.order_id, event.time));
    return true;
  };
  probe.on_timer = [&probe, &log, name](const crucible_timer_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s timer %d @%d", name, event.payload, event.time));
    return true;
  };
}

// ---- who hears what, and when ----

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

// ---- what the stream says ----

TEST(EngineTest, StreamBeginsWithTheRunAndEndsWithWitnesses) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(10, 25, 99, 101);
  TestRun run;
  run.config.seed = 77;
  run.config.configuration = "seed = 77\n";
  run.Session(tape).At(venue).Go();
  std::vector<Kind> kinds;
  for (const Event& event : run.sink.records) kinds.push_back(event.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kRunStart, Kind::kConfiguration, Kind::kEquity, Kind::kEquity,
                                 Kind::kStateHash, Kind::kStateHash, Kind::kStateHash, Kind::kStateHash,
                                 Kind::kStateHash, Kind::kStateHash, Kind::kRunEnd));
  EXPECT_EQ(As<RunMarkBody>(run.sink.records[0]).code, 77U);
  EXPECT_EQ(run.sink.records[0].time, 10);
  EXPECT_EQ(run.sink.texts.at(As<TextBody>(run.sink.records[1]).text - 1), "seed = 77\n");
  const auto end = As<RunMarkBody>(run.sink.records.back());
  EXPECT_EQ(end.inputs, 3U);
  EXPECT_EQ(end.records, run.sink.records.size());
  EXPECT_EQ(end.code, 0U);
  EXPECT_EQ(run.result.records, run.sink.records.size());
}

TEST(EngineTest, IntentStandsInTheStreamBeforeTheVenueSeesTheOrder) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1&) {
    probe.Limit(CRUCIBLE_SELL, 101, 3);
    return true;
  };
  Tape tape;
  tape.Touch(10, 10, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.config.configuration.clear();
  run.Session(tape).At(venue).With(probe);
  std::uint64_t seen_at = 0;
  Engine* engine = nullptr;
  venue.on_command = [&](const trading::Command& command, Nanos, Outbox&) {
    if (command.order_id.value == 1) seen_at = engine->desk().orders().Find({1})->id.value;
  };
  run.Go([&](Engine& made) { engine = &made; });
  EXPECT_EQ(seen_at, 1U);
  const Event intent = run.Of(Kind::kIntent).at(0);
  const Event terms = run.Of(Kind::kIntentTerms).at(0);
  EXPECT_EQ(intent.seq, 4U) << "before anything that follows from it";
  EXPECT_EQ(intent.side, kSell);
  EXPECT_EQ(As<IntentBody>(intent).price, Price{101});
  EXPECT_EQ(As<IntentBody>(intent).quantity, Quantity{3});
  EXPECT_EQ(As<IntentBody>(intent).order_id, OrderId{1});
  EXPECT_EQ(terms.seq, intent.seq + 1);
  EXPECT_FALSE(intent.EndsGroup());
  EXPECT_TRUE(terms.EndsGroup());
  EXPECT_EQ(As<IntentTermsBody>(terms).type_tif, CRUCIBLE_LIMIT | CRUCIBLE_GTC << 8);
  EXPECT_EQ(As<IntentTermsBody>(terms).strategy, 1);
}

TEST(EngineTest, EveryDecisionNamesItsCause) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_start = [&] {
    probe.Limit(CRUCIBLE_BUY, 1, 1);  // order 1: caused by the run's start
    return true;
  };
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) probe.SetTimer(25);               // timer: caused by the market record
    if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 2, 1);  // order 2: caused by the market record
    return true;
  };
  probe.on_order = [&](const crucible_order_event_v1& event) {
    if (event.order_id == 2) probe.host->cancel(probe.engine, 1);  // caused by the reply
    if (event.order_id == 2 && event.what == CRUCIBLE_ACCEPTED) probe.host->amend(probe.engine, 2, 3, 5);
    return true;
  };
  probe.on_timer = [&](const crucible_timer_event_v1&) {
    probe.Limit(CRUCIBLE_BUY, 3, 1);  // order 3: caused by the timer
    return true;
  };
  Tape other, tape;
  other.Touch(5, 5, 98, 101);
  tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(other).Session(tape).At(venue).With(probe).Latency("recorded", "1ns", "1ns").Go();
  const auto intents = run.Of(Kind::kIntent);
  ASSERT_EQ(intents.size(), 3U);
  const Event timer = run.Of(Kind::kTimer).at(0);
  const std::vector<Event> accepted = run.Of(Kind::kAccepted);
  EXPECT_EQ(CauseRef::FromBits(intents[0].origin), (CauseRef{0, 1}));
  EXPECT_EQ(CauseRef::FromBits(intents[1].origin), (CauseRef{2, 3}))
      << "input 2, last record of its first group";
  EXPECT_EQ(CauseRef::FromBits(timer.origin), (CauseRef{2, 3}));
  EXPECT_EQ(CauseRef::FromBits(intents[2].origin), (CauseRef{0, timer.seq}));
  EXPECT_EQ(CauseRef::FromBits(run.Of(Kind::kCancelIntent).at(0).origin), (CauseRef{0, accepted[1].seq}));
  const Event amend = run.Of(Kind::kAmendIntent).at(0);
  EXPECT_EQ(CauseRef::FromBits(amend.origin), (CauseRef{0, accepted[1].seq}));
  EXPECT_EQ(As<ChangeIntentBody>(amend).price, Price{3});
  EXPECT_EQ(As<ChangeIntentBody>(amend).quantity, Quantity{5});
  EXPECT_EQ(As<TimerBody>(timer).due, Nanos{25});
}

TEST(EngineTest, ObservedFeaturesAreRecordedWithTheNextOrderOnly) {
  ScriptedVenue venue;
  Probe probe;
  std::uint64_t imbalance = 0;
  const auto observe = [&](double value) { probe.host->observe(probe.engine, imbalance, value); };
  probe.create = [&] {
    EXPECT_EQ(probe.host->feature(probe.engine, "imbalance", &imbalance), CRUCIBLE_OK);
    std::uint64_t again = 0;
    probe.host->feature(probe.engine, "imbalance", &again);
    EXPECT_EQ(again, imbalance);
    return true;
  };
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) {
      observe(0.25);
      observe(-1);
      probe.Limit(CRUCIBLE_BUY, 1, 1);  // order 1 read both
      probe.Limit(CRUCIBLE_BUY, 1, 1);  // order 2 read nothing
      observe(7);                       // and this is forgotten with the handler
    }
    if (event.time == 30) probe.Limit(CRUCIBLE_BUY, 1, 1);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(30, 30, 98, 101).Touch(40, 40, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  const std::vector<Event> reads = run.Of(Kind::kFeatureRead);
  ASSERT_EQ(reads.size(), 2U);
  EXPECT_EQ(std::bit_cast<double>(As<FeatureReadBody>(reads[0]).value_bits), 0.25);
  EXPECT_EQ(std::bit_cast<double>(As<FeatureReadBody>(reads[1]).value_bits), -1.0);
  for (const Event& read : reads) {
    EXPECT_EQ(As<FeatureReadBody>(read).order_id, OrderId{1});
    EXPECT_EQ(As<FeatureReadBody>(read).feature, FeatureId("imbalance"));
    EXPECT_EQ(read.EndsGroup(), &read == &reads[1]);
  }
  EXPECT_THAT(run.sink.texts, ElementsAre("[run]\n", "feature\nimbalance"));
  ExpectWellFormed(run.sink.records);
}

TEST(EngineTest, DeniedOrderIsRecordedAndNotSent) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  std::vector<std::int32_t> answers;
  probe.on_book = [&](const crucible_book_event_v1&) {
    EXPECT_EQ(probe.Limit(CRUCIBLE_BUY, 99, 11), 0U);
    answers.push_back(probe.answer);
    probe.Limit(CRUCIBLE_BUY, 99, 10);
    answers.push_back(probe.answer);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Trade(40, 40, kBuy, 99, 1);
  TestRun run;
  run.config.desk.risk.defaults.max_order_quantity = {10};
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(answers, ElementsAre(CRUCIBLE_DENIED, CRUCIBLE_OK));
  EXPECT_THAT(log, ElementsAre("venue 0 market @20", "venue 0 command 1 order 2 @20", "venue 0 market @40"));
  const Event denial = run.Of(Kind::kRiskDenial).at(0);
  EXPECT_EQ(CauseRef::FromBits(denial.origin), (CauseRef{0, run.Of(Kind::kIntent).at(0).seq}));
  const auto body = As<RiskDenialBody>(denial);
  EXPECT_EQ(body.rule, static_cast<std::int64_t>(trading::RiskRule::kOrderQuantity));
  EXPECT_EQ(body.value, 11);
  EXPECT_EQ(body.limit, 10);
  EXPECT_EQ(body.order_id, OrderId{1});
  ExpectWellFormed(run.sink.records);
}

TEST(EngineTest, DeniedCancelAndAmendAreRecordedAndNotSent) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1&) {
    probe.Limit(CRUCIBLE_BUY, 99, 1);
    EXPECT_EQ(probe.host->cancel(probe.engine, 1), CRUCIBLE_DENIED);
    EXPECT_EQ(probe.host->amend(probe.engine, 1, 98, 1), CRUCIBLE_DENIED);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.config.desk.risk.max_commands = 1;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(log, ElementsAre("venue 0 market @20"));
  EXPECT_EQ(run.Of(Kind::kRiskDenial).size(), 2U);
  EXPECT_EQ(run.Of(Kind::kCancelIntent).size(), 1U);
  EXPECT_EQ(run.Of(Kind::kAmendIntent).size(), 1U);
}

TEST(EngineTest, RequestThatMakesNoSenseLeavesNoTrace) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1&) {
    probe.Limit(CRUCIBLE_BUY, 0, 1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID) << "a limit order without a price";
    probe.Limit(CRUCIBLE_BUY, 99, 0);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID);
    probe.Limit(CRUCIBLE_BUY, 99, -1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID);
    probe.Limit(CRUCIBLE_NO_SIDE, 99, 1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID);
    probe.Limit(257, 99, 1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID);
    probe.Limit(CRUCIBLE_BUY, 99, 1, 1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID) << "no such instrument";
    probe.Limit(CRUCIBLE_BUY, INT64_MAX, 1);
    EXPECT_EQ(probe.answer, CRUCIBLE_INVALID);
    EXPECT_EQ(probe.host->cancel(probe.engine, 1), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(probe.host->amend(probe.engine, 1, 99, 1), CRUCIBLE_NOT_FOUND);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_EQ(run.Of(Kind::kIntent).size(), 0U);
  EXPECT_EQ(run.Of(Kind::kCancelIntent).size(), 0U);
}

TEST(EngineTest, FillReachesAccountStrategyAndStream) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Reply(Kind::kAccepted, command, at, 0, outbox);
    venue.Fill(command.order_id, command.terms.side, 100, 2, at, {1, 3}, outbox, 50);
  };
  Probe probe;
  std::vector<crucible_fill_event_v1> fills;
  std::vector<crucible_order_event_v1> orders;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 100, 5);
    return true;
  };
  probe.on_order = [&](const crucible_order_event_v1& event) {
    orders.push_back(event);
    return true;
  };
  probe.on_fill = [&](const crucible_fill_event_v1& event) {
    fills.push_back(event);
    crucible_position_v1 position{};
    position.size = sizeof position;
    EXPECT_EQ(probe.host->position(probe.engine, 0, &position), CRUCIBLE_OK);
    EXPECT_EQ(position.quantity, 2) << "the account knows before the strategy hears";
    EXPECT_EQ(position.average_price, 100);
    EXPECT_EQ(position.fees, 50);
    crucible_order_v1 order{};
    order.size = sizeof order;
    EXPECT_EQ(probe.host->order(probe.engine, event.order_id, &order), CRUCIBLE_OK);
    EXPECT_EQ(order.state, static_cast<std::uint32_t>(CRUCIBLE_ORDER_WORKING));
    EXPECT_EQ(order.filled, 2);
    EXPECT_EQ(probe.host->open_orders(probe.engine, 0, nullptr, 0), 1U);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "3ns", "4ns").Go();
  ASSERT_EQ(fills.size(), 1U);
  EXPECT_EQ(fills[0].time, 27);
  EXPECT_EQ(fills[0].exchange_time, 23);
  EXPECT_EQ(fills[0].quantity, 2);
  EXPECT_EQ(fills[0].open_quantity, 3);
  EXPECT_EQ(fills[0].fee, 50);
  EXPECT_EQ(fills[0].maker, 1U);
  EXPECT_EQ(fills[0].side, static_cast<std::uint32_t>(CRUCIBLE_BUY));
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].queue_ahead, 0);
  const Event fill = run.Of(Kind::kFill).at(0);
  const Event detail = run.Of(Kind::kFillDetail).at(0);
  EXPECT_EQ(detail.seq, fill.seq + 1);
  EXPECT_EQ(fill.time, 27);
  EXPECT_EQ(detail.time, 27);
  EXPECT_EQ(CauseRef::FromBits(detail.origin), (CauseRef{1, 3}));
  EXPECT_EQ(run.result.metrics.fills, 1U);
  EXPECT_EQ(run.result.metrics.fees.total(), Money{50});
  ExpectWellFormed(run.sink.records);
}

TEST(EngineTest, OrderEventsSayWhatTheVenueSaid) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    switch (command.order_id.value) {
      case 1:
        return venue.Reply(Kind::kRejected, command, at, 4, outbox);
      default:
        break;
    }
    switch (command.type) {
      case trading::CommandType::kSubmit:
        return venue.Reply(Kind::kAccepted, command, at, 17, outbox);
      case trading::CommandType::kAmend:
        return venue.Reply(Kind::kAmendRejected, command, at, 13, outbox);
      case trading::CommandType::kCancel:
        return venue.Reply(Kind::kCancelRejected, command, at, 3, outbox);
    }
  };
  Probe probe;
  Log log;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time != 20) return true;
    probe.Limit(CRUCIBLE_BUY, 99, 1);
    const std::uint64_t second = probe.Limit(CRUCIBLE_BUY, 98, 1);
    probe.host->amend(probe.engine, second, 97, 1);
    probe.host->cancel(probe.engine, second);
    return true;
  };
  probe.on_order = [&](const crucible_order_event_v1& event) {
    log.push_back(absl::StrFormat("%d what %d reason %d queue %d open %d", event.order_id, event.what,
                                  event.reason, event.queue_ahead, event.open_quantity));
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(log, ElementsAre("1 what 2 reason 4 queue -1 open 0", "2 what 1 reason 0 queue 17 open 1",
                               "2 what 6 reason 13 queue -1 open 1", "2 what 4 reason 3 queue -1 open 1"));
}

TEST(EngineTest, StrategiesOwnTheirOrdersTimersAndReplies) {
  ScriptedVenue venue;
  Probe first("first"), second("second");
  Log log;
  NoteCalls(first, log, "first");
  NoteCalls(second, log, "second");
  std::uint64_t timer = 0;
  first.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) timer = first.SetTimer(30, 5);
    if (event.time == 20) first.Limit(CRUCIBLE_BUY, 99, 1);
    return true;
  };
  second.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time != 25) return true;
    crucible_order_v1 order{};
    order.size = sizeof order;
    EXPECT_EQ(second.host->order(second.engine, 1, &order), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(second.host->cancel(second.engine, 1), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(second.host->amend(second.engine, 1, 98, 1), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(second.host->open_orders(second.engine, 0, nullptr, 0), 0U);
    EXPECT_EQ(second.host->cancel_timer(second.engine, timer), CRUCIBLE_NOT_FOUND);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(25, 25, 98, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(first).With(second).Go();
  EXPECT_THAT(log, ElementsAre("first order 1 what 1 @20", "first timer 5 @30"));
}

TEST(EngineTest, CancelledTimerDoesNotFireAndTimerInThePastFiresNow) {
  ScriptedVenue venue;
  Probe probe;
  Log log;
  NoteCalls(probe, log);
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time != 20) return true;
    const std::uint64_t gone = probe.SetTimer(25, 1);
    probe.SetTimer(26, 2);
    probe.SetTimer(3, 3);
    EXPECT_EQ(probe.host->cancel_timer(probe.engine, gone), CRUCIBLE_OK);
    EXPECT_EQ(probe.host->cancel_timer(probe.engine, gone), CRUCIBLE_NOT_FOUND);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(log, ElementsAre("strategy timer 3 @20", "strategy timer 2 @26"));
}

TEST(EngineTest, MoreTimersThanBoundAreRefused) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_start = [&] {
    for (std::size_t i = 0; i < Timers::kMax; ++i) {
      probe.SetTimer(1'000);
      EXPECT_EQ(probe.answer, CRUCIBLE_OK);
      if (probe.answer != CRUCIBLE_OK) break;
    }
    EXPECT_EQ(probe.SetTimer(1'000), 0U);
    EXPECT_EQ(probe.answer, CRUCIBLE_FULL);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_TRUE(run.status.ok());
}

TEST(EngineTest, BarsTradesAndExecutionsReachTheirHandlers) {
  ScriptedVenue venue;
  Probe probe;
  std::vector<crucible_bar_event_v1> bars;
  std::vector<crucible_trade_event_v1> trades;
  probe.on_bar = [&](const crucible_bar_event_v1& bar) {
    bars.push_back(bar);
    return true;
  };
  probe.on_trade = [&](const crucible_trade_event_v1& trade) {
    trades.push_back(trade);
    return true;
  };
  int books = 0;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    ++books;
    EXPECT_EQ(event.bid.quantity, event.time == 32 ? 10 : 6) << "after the execution";
    EXPECT_EQ(event.touch_changed, event.time == 34 ? 0U : 1U);
    return true;
  };
  Tape tape;
  tape.Bar(30, 5, 9, 4, 7).Trade(31, 31, kSell, 8, 2);
  tape.Record(32, 32, Kind::kOrderAdd, Side::kBid, L3Body{{99}, {10}, {1}, 0});
  tape.Record(33, 33, Kind::kOrderExecute, Side::kBid, ExecuteBody{{99}, {4}, {1}, 88});
  tape.Record(34, 34, Kind::kOrderAdd, Side::kBid, L3Body{{97}, {10}, {2}, 0});
  TestRun run({TestInstrument()}, book::BookType::kL3);
  run.Session(tape).At(venue).With(probe).Go();
  ASSERT_EQ(bars.size(), 1U);
  EXPECT_EQ(bars[0].time, 30);
  EXPECT_EQ(bars[0].open, 5);
  EXPECT_EQ(bars[0].high, 9);
  EXPECT_EQ(bars[0].low, 4);
  EXPECT_EQ(bars[0].close, 7);
  EXPECT_EQ(bars[0].volume, 500);
  EXPECT_EQ(bars[0].trades, 7);
  EXPECT_EQ(bars[0].length, 60);
  ASSERT_EQ(trades.size(), 2U);
  EXPECT_EQ(trades[0].aggressor, static_cast<std::uint32_t>(CRUCIBLE_SELL));
  EXPECT_EQ(trades[0].price, 8);
  EXPECT_EQ(trades[1].aggressor, static_cast<std::uint32_t>(CRUCIBLE_SELL)) << "a resting bid was executed";
  EXPECT_EQ(trades[1].trade_id, 88U);
  EXPECT_EQ(trades[1].quantity, 4);
  EXPECT_EQ(books, 3) << "neither the bar nor the print changed a book";
}

// ---- failures ----

TEST(EngineTest, FailingHandlerEndsTheRunWithRecordThatNamesIt) {
  for (const std::int64_t handler : {2, 3, 4, 7, 8}) {
    SCOPED_TRACE(handler);
    ScriptedVenue venue;
    venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
      venue.Fill(command.order_id, command.terms.side, 99, 1, at, {1, 1}, outbox);
    };
    Probe probe("fragile");
    int calls_after = 0;
    bool failed = false;
    const auto ends = [&](std::int64_t here) {
      if (failed) ++calls_after;
      if (here != handler) return true;
      failed = true;
      probe.host->fail(probe.engine, "out of luck");
      return false;
    };
    probe.on_start = [&] { return ends(2); };
    probe.on_book = [&](const crucible_book_event_v1& event) {
      if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 99, 1);
      if (event.time == 20) probe.SetTimer(30);
      return ends(3);
    };
    probe.on_trade = [&](const crucible_trade_event_v1&) { return ends(4); };
    probe.on_fill = [&](const crucible_fill_event_v1&) { return ends(7); };
    probe.on_timer = [&](const crucible_timer_event_v1&) { return ends(8); };
    probe.on_stop = [&] { return ends(9); };
    Tape tape;
    tape.Touch(20, 20, 99, 101).Trade(40, 40, kBuy, 99, 1).Touch(90, 90, 98, 101);
    TestRun run;
    run.Session(tape).At(venue).With(probe).Go();
    EXPECT_TRUE(run.status.ok()) << "a strategy's error is a result";
    const std::vector<Event> errors = run.Of(Kind::kStrategyError);
    ASSERT_EQ(errors.size(), 1U);
    const auto body = As<StrategyErrorBody>(errors[0]);
    EXPECT_EQ(body.handler, handler);
    EXPECT_EQ(body.strategy, 1);
    const std::string text =
        absl::StrFormat("strategy fragile failed in %s: out of luck", Name(static_cast<Handler>(handler)));
    EXPECT_EQ(run.sink.texts.at(body.text - 1), text);
    EXPECT_EQ(run.result.strategy_error, text);
    EXPECT_EQ(As<RunMarkBody>(run.sink.records.back()).code, 1U);
    EXPECT_EQ(calls_after, 0) << "a strategy that failed is not called again";
    ExpectWellFormed(run.sink.records);
  }
}

TEST(EngineTest, FailureDuringStopIsRecordedToo) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_stop = [] { return false; };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_EQ(run.result.strategy_error, "strategy probe failed in OnStop: no reason given");
  EXPECT_EQ(As<RunMarkBody>(run.sink.records.back()).code, 1U);
}

TEST(EngineTest, StrategyThatCannotBeCreatedEndsTheRunBeforeItBegins) {
  ScriptedVenue venue;
  Probe good("good"), bad("bad"), unmade("unmade");
  int calls = 0;
  good.on_book = [&](const crucible_book_event_v1&) { return ++calls > 0; };
  good.on_start = [&] { return ++calls > 0; };
  good.hash = bad.hash = unmade.hash = [] { return std::uint64_t{5}; };
  bad.create = [&] {
    bad.host->fail(bad.engine, "no such file: model.bin");
    return false;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.Session(tape).At(venue).With(good).With(bad).With(unmade).Go();
  EXPECT_TRUE(run.status.ok());
  EXPECT_EQ(run.result.strategy_error, "strategy bad failed in constructor: no such file: model.bin");
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(As<StrategyErrorBody>(run.Of(Kind::kStrategyError).at(0)).handler, 1);
  EXPECT_EQ(run.result.market_records, 0U);
}

TEST(EngineTest, NobodyIsCalledForTheEventInWhichAStrategyFailed) {
  ScriptedVenue venue;
  Probe first("first"), second("second");
  first.on_book = [](const crucible_book_event_v1&) { return false; };
  int calls = 0;
  second.on_book = [&](const crucible_book_event_v1&) { return ++calls > 0; };
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.Session(tape).At(venue).With(first).With(second).Go();
  EXPECT_EQ(calls, 0);
}

TEST(EngineTest, ErrorOfTheSourceIsTheErrorOfTheRun) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101).Record(30, 30, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
  TestRun run;
  run.Session(tape).At(venue).Go();
  EXPECT_EQ(run.status.code(), absl::StatusCode::kDataLoss);
}

TEST(EngineTest, ErrorOfTheSinkIsTheErrorOfTheRun) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.sink.fail_after = 0;
  run.Session(tape).At(venue).Go();
  EXPECT_EQ(run.status.message(), "the disk is full");
}

TEST(EngineTest, VenuesMustMatchInstruments) {
  Tape tape;
  TestRun run;
  run.Session(tape).Go();
  EXPECT_EQ(run.status.message(), "0 venues for 1 instruments");
}

TEST(EngineTest, RunWithoutMarketDataStartsAndEnds) {
  ScriptedVenue venue;
  Probe probe;
  Log log;
  probe.on_start = [&] {
    log.push_back("start");
    return true;
  };
  probe.on_stop = [&] {
    log.push_back("stop");
    return true;
  };
  Tape tape;
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_TRUE(run.status.ok());
  EXPECT_THAT(log, ElementsAre("start", "stop"));
}

// ---- samples and witnesses ----

TEST(EngineTest, EquityIsSampledOnItsGridBeforeTheEventThatPassesIt) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Fill(command.order_id, command.terms.side, 100, 1, at, {1, 1}, outbox, 1'000);
  };
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 15 * kSecond) probe.Limit(CRUCIBLE_BUY, 100, 1);
    return true;
  };
  Tape tape;
  for (const std::int64_t at : {5, 15, 20, 61}) tape.Touch(at * kSecond, at * kSecond, 99, 101 + at);
  TestRun run;
  run.config.desk.performance.curve.interval = {10 * kSecond};
  run.Session(tape).At(venue).With(probe).Go();
  std::vector<std::pair<std::int64_t, std::int64_t>> samples;
  for (const Event& event : run.Of(Kind::kEquity)) {
    samples.emplace_back(event.time / kSecond, As<EquityBody>(event).fees.units);
  }
  EXPECT_THAT(samples, ElementsAre(std::pair(5, 0), std::pair(10, 0), std::pair(20, 1'000),
                                   std::pair(60, 1'000), std::pair(61, 1'000)));
  ExpectWellFormed(run.sink.records);
}

// The components of kStateHash records in order, by checkpoint.
std::vector<std::vector<std::uint64_t>> Checkpoints(const TestRun& run) {
  std::vector<std::vector<std::uint64_t>> found;
  for (const Event& event : run.Of(Kind::kStateHash)) {
    const auto body = As<StateHashBody>(event);
    if (body.component == 1) found.emplace_back();
    found.back().push_back(body.component);
  }
  return found;
}

TEST(EngineTest, CheckpointsHashEveryComponent) {
  ScriptedVenue venue;
  Probe first, second;
  first.hash = [] { return std::uint64_t{1}; };
  Tape tape;
  for (int i = 0; i < 1'000; ++i) tape.Touch(20 + i, 20 + i, 99, 101 + i % 2);
  TestRun run;
  run.config.checkpoint_records = 1'500;
  run.Session(tape).At(venue).With(first).With(second).Go();
  EXPECT_THAT(Checkpoints(run),
              ElementsAre(ElementsAre(1, 2, 3, 4, 5, 6, 65, 66), ElementsAre(1, 2, 3, 4, 5, 6, 65, 66),
                          ElementsAre(1, 2, 3, 4, 5, 6, 65, 66)));
  EXPECT_EQ(As<StateHashBody>(run.Of(Kind::kStateHash).at(0)).inputs, 1'500U);
}

// Runs with one thing different, and returns the components whose final hash differs from the plain run's.
std::vector<std::uint64_t> MovedComponents(
    const std::function<void(TestRun&, ScriptedVenue&, Probe&)>& change) {
  const auto final_hashes = [](const std::function<void(TestRun&, ScriptedVenue&, Probe&)>& with) {
    ScriptedVenue venue;
    venue.on_command = [&venue](const trading::Command& command, Nanos at, Outbox& outbox) {
      venue.Reply(Kind::kAccepted, command, at, 0, outbox);
      venue.Fill(command.order_id, command.terms.side, 100, 1, at, {1, 1}, outbox, 1);
    };
    Probe probe;
    probe.hash = [] { return std::uint64_t{1}; };
    probe.on_book = [&probe](const crucible_book_event_v1& event) {
      if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 99, 2);
      return true;
    };
    Tape tape;
    tape.Touch(20, 20, 99, 101).Touch(30, 30, 99, 101);
    TestRun run;
    run.config.desk.risk.max_commands = 1'000;
    with(run, venue, probe);
    if (run.sources.empty()) run.Session(tape);
    run.At(venue).With(probe).Go();
    std::vector<std::array<std::int64_t, 4>> hashes;
    for (const Event& event : run.Of(Kind::kStateHash)) hashes.push_back(event.body);
    return hashes;
  };
  const auto plain = final_hashes([](TestRun&, ScriptedVenue&, Probe&) {});
  const auto changed = final_hashes(change);
  std::vector<std::uint64_t> moved;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] != changed[i]) moved.push_back(static_cast<std::uint64_t>(plain[i][0]));
  }
  return moved;
}

TEST(EngineTest, StateHashNamesTheComponentThatMoved) {
  EXPECT_THAT(MovedComponents([](TestRun&, ScriptedVenue&, Probe&) {}), IsEmpty());
  EXPECT_THAT(MovedComponents([](TestRun&, ScriptedVenue& venue, Probe&) { venue.state = 2; }),
              ElementsAre(1));
  EXPECT_THAT(MovedComponents([](TestRun& run, ScriptedVenue&, Probe&) {
                Tape tape;
                tape.Touch(20, 20, 99, 101).Touch(30, 30, 99, 101, 11);
                run.Session(tape);
              }),
              ElementsAre(2));
  EXPECT_THAT(MovedComponents([](TestRun&, ScriptedVenue&, Probe& probe) {
                probe.hash = [] { return std::uint64_t{2}; };
              }),
              ElementsAre(65));
  EXPECT_THAT(MovedComponents([](TestRun&, ScriptedVenue&, Probe& probe) {
                probe.on_start = [&probe] { return probe.SetTimer(50) != 0; };
              }),
              ElementsAre(5));
  EXPECT_THAT(MovedComponents([](TestRun&, ScriptedVenue&, Probe& probe) {
                probe.on_start = [&probe] {
                  std::uint64_t stream = 0;
                  probe.host->random_stream(probe.engine, "dice", &stream);
                  return true;
                };
              }),
              ElementsAre(65));
}

TEST(EngineTest, RandomStreamsDependOnSeedAndNameOnly) {
  const auto draws = [](std::uint64_t seed, bool other_first) {
    ScriptedVenue venue;
    Probe probe;
    std::vector<std::uint64_t> drawn;
    probe.on_start = [&] {
      std::uint64_t stream = 0, other = 0;
      if (other_first) probe.host->random_stream(probe.engine, "other", &other);
      if (other_first) probe.host->random_u64(probe.engine, other);
      probe.host->random_stream(probe.engine, "dice", &stream);
      for (int i = 0; i < 3; ++i) drawn.push_back(probe.host->random_u64(probe.engine, stream));
      return true;
    };
    Tape tape;
    TestRun run;
    run.config.seed = seed;
    run.Session(tape).At(venue).With(probe).Go();
    return drawn;
  };
  EXPECT_EQ(draws(1, false), draws(1, true));
  EXPECT_NE(draws(1, false), draws(2, false));
}

TEST(EngineTest, PrintsAreKeptUpToTheirBound) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_start = [&] {
    for (std::size_t i = 0; i < Engine::kMaxPrints + 5; ++i) probe.host->print(probe.engine, "hello");
    return true;
  };
  Tape tape;
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_EQ(run.result.prints.size(), Engine::kMaxPrints);
}

TEST(EngineTest, StopAtShowsTheStateInWhichARecordWasMade) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 30) probe.Limit(CRUCIBLE_BUY, 98, 1);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 97, 101).Touch(30, 30, 98, 101).Touch(40, 40, 99, 101);
  TestRun run;
  int looks = 0;
  run.Session(tape).At(venue).With(probe).Go([&](Engine& engine) {
    engine.StopAt(4, [&](const Desk& desk) {
      ++looks;
      EXPECT_EQ(desk.book({0}).touch().bid_price, Price{98});
      EXPECT_EQ(desk.cause(), (CauseRef{1, 6}));
    });
  });
  EXPECT_EQ(looks, 1);
  EXPECT_EQ(run.result.last_time, Nanos{30});
}

TEST(EngineTest, ProgressMayStopTheRun) {
  ScriptedVenue venue;
  Tape tape;
  for (int i = 0; i < 50'000; ++i) tape.Touch(20 + i, 20 + i, 99, 101 + i % 2);
  TestRun run;
  run.Session(tape).At(venue);
  MergedSource source(std::move(run.sources));
  auto engine = Engine::Create(run.config, source, run.sink);
  ASSERT_TRUE(engine.ok());
  int calls = 0;
  const absl::Status status = (*engine)->Run([&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 150'000U);
    EXPECT_GT(done, 65'000U);
    return ++calls < 2;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(calls, 2);
}

// ---- the C++ wrapper ----

TEST(StrategyWrapperTest, ExceptionsOfAHandlerEndTheRunAndAreQuoted) {
  for (const char* where : {"constructor", "OnStart", "OnBook", "OnTimer"}) {
    ScriptedVenue venue;
    Tape tape;
    tape.Touch(20, 20, 99, 101).Touch(30, 30, 98, 101).Touch(40, 40, 98, 101);
    TestRun run;
    run.config.strategies.push_back({TestStrategy("thrower"), {{"where", where}}});
    run.Session(tape).At(venue).Go();
    EXPECT_TRUE(run.status.ok());
    EXPECT_THAT(run.result.strategy_error,
                HasSubstr(absl::StrFormat("strategy thrower failed in %s", where)));
    EXPECT_THAT(run.result.strategy_error, HasSubstr("thrown on purpose"));
    EXPECT_EQ(run.Of(Kind::kStrategyError).size(), 1U);
  }
}

TEST(StrategyWrapperTest, HandlersThatAreNotWrittenAreNull) {
  const crucible_strategy_v1& thrower = *TestStrategy("thrower");
  EXPECT_NE(thrower.on_book, nullptr);
  EXPECT_EQ(thrower.on_trade, nullptr);
  EXPECT_EQ(thrower.on_fill, nullptr);
  EXPECT_EQ(thrower.hash, nullptr);
  EXPECT_NE(TestStrategy("quoter")->hash, nullptr);
}

TEST(StrategyWrapperTest, ContextAnswersFromTheRun) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(30, 30, 98, 101);
  TestRun run;
  run.config.strategies.push_back({TestStrategy("asker"), {{"name", "Ada"}}});
  run.Session(tape).At(venue).Go();
  EXPECT_EQ(run.result.strategy_error, "");
  EXPECT_THAT(run.result.prints,
              ElementsAre("Ada at test:X, tick 1, 250000000 ns, 0.5, true", "bid 99 ask 101 third 0",
                          "no instrument 1", "no order 7", "flat, 1000000000000"));
}

// ---- determinism ----

// A run with everything in it: two instruments at two venues, two sessions, random latencies, a quoting
// strategy.
std::unique_ptr<TestRun> BusyRun(std::uint64_t seed, RecordSink* sink = nullptr) {
  ScriptedVenue a(nullptr, 0), b(nullptr, 1);
  Tape first, second;
  RandomStream random(5, "busy");
  std::int64_t at = 0;
  for (int i = 0; i < 3'000; ++i) {
    at += static_cast<std::int64_t>(random.UniformBelow(2'000'000));
    const auto price = static_cast<std::int64_t>(1'000 + random.UniformBelow(10));
    (i % 3 == 0 ? first : second).Touch(at, at + 1'000'000, price, price + 2);
  }
  auto run = std::make_unique<TestRun>(std::vector{TestInstrument("A", "east"), TestInstrument("B", "west")});
  run->config.seed = seed;
  run->config.strategies.push_back({TestStrategy("quoter"), {{"every", "10ms"}}});
  run->config.strategies.push_back({TestStrategy("gambler"), {}});
  run->Latency("recorded+1us", "exponential:1ms", "lognormal:500us,0.4").At(a).At(b);
  run->Session(first, {{0}}).Session(second, {{1}});
  if (sink == nullptr) {
    run->Go();
    return run;
  }
  MergedSource source(std::move(run->sources));
  auto engine = Engine::Create(run->config, source, *sink);
  EXPECT_TRUE((*engine)->Run().ok());
  return run;
}

TEST(DeterminismTest, SameRunGivesSameRecordsAndAnotherSeedOthers) {
  const auto once = BusyRun(1), again = BusyRun(1), other = BusyRun(2);
  ASSERT_GT(once->Of(Kind::kIntent).size(), 500U);
  EXPECT_EQ(once->sink.records, again->sink.records);
  EXPECT_EQ(once->sink.log_hash(), again->sink.log_hash());
  EXPECT_NE(once->sink.log_hash(), other->sink.log_hash());
  ExpectWellFormed(once->sink.records);
}

TEST(DeterminismTest, HashSinkHasTheHashOfTheStoredStream) {
  const auto stored = BusyRun(1);
  HashSink hashed;
  BusyRun(1, &hashed);
  EXPECT_EQ(hashed.log_hash(), stored->sink.log_hash());
}

TEST(CompareSinkTest, EqualStreamPassesAndEveryChangedFieldIsNamed) {
  const auto stored = BusyRun(1);
  {
    CompareSink same(std::make_unique<MemoryReader>(stored->sink.records, 100));
    BusyRun(1, &same);
    EXPECT_TRUE(same.Finish().ok());
    EXPECT_EQ(same.compared(), stored->sink.records.size());
    EXPECT_EQ(same.log_hash(), stored->sink.log_hash());
  }
  std::vector<Event> changed = stored->sink.records;
  const auto intent = std::ranges::find(changed, Kind::kIntent, &Event::kind);
  ASSERT_NE(intent, changed.end());
  const auto field_of = [&](auto&& edit) {
    std::vector<Event> edited = stored->sink.records;
    edit(edited);
    CompareSink compare(std::make_unique<MemoryReader>(edited, 100));
    absl::Status status = compare.Append(stored->sink.records);
    if (status.ok()) status = compare.Finish();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    return absl::StrFormat("%d %s", compare.divergence()->seq, compare.divergence()->field);
  };
  const auto at = static_cast<std::size_t>(intent - changed.begin());
  const auto expect = [&](const char* field) { return absl::StrFormat("%d %s", at + 1, field); };
  EXPECT_EQ(field_of([&](auto& r) { r[at].body[0] += 1; }), expect("price"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].body[2] += 1; }), expect("order_id"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].time += 1; }), expect("time"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].origin += 1; }), expect("origin"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].side = Side::kNone; }), expect("side"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].flags ^= 8; }), expect("flags"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].kind = Kind::kTimer; }), expect("kind"));
  EXPECT_EQ(field_of([&](auto& r) { r[at].instrument += 1; }), expect("instrument"));
  EXPECT_EQ(field_of([&](auto& r) { r.resize(at); }), expect("(stored stream ended)"));
  EXPECT_EQ(field_of([&](auto& r) { r.push_back(r.back()); }),
            absl::StrFormat("%d (stream ended)", stored->sink.records.back().seq));
}

}  // namespace
}  // namespace crucible::engine
