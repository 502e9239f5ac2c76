// What a run's stream says of decisions, replies and market events.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using ::testing::ElementsAre;

TEST(RunStreamTest, StreamBeginsWithTheRunAndEndsWithWitnesses) {
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

TEST(RunStreamTest, StrategiesHearOfHaltsAndGaps) {
  ScriptedVenue venue;
  Probe probe;
  std::vector<std::uint32_t> heard;
  probe.on_status = [&](const crucible_status_event_v1& event) {
    heard.push_back(event.status);
    EXPECT_EQ(event.time - event.exchange_time, 5);
    EXPECT_EQ(event.reason, event.status == CRUCIBLE_STATUS_HALTED ? 7 : 0);
    return true;
  };
  Tape tape;
  tape.Touch(10, 10, 99, 101);
  tape.Record(20, 25, Kind::kTradingStatus, Side::kNone,
              StatusBody{static_cast<std::int64_t>(TradingStatus::kHalted), 7, {}});
  tape.Record(30, 35, Kind::kTradingStatus, Side::kNone,
              StatusBody{static_cast<std::int64_t>(TradingStatus::kTrading), 0, {}});
  tape.Record(40, 45, Kind::kFeedGap, Side::kNone, FeedGapBody{5, 9, {}});
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(heard, ElementsAre(CRUCIBLE_STATUS_HALTED, CRUCIBLE_STATUS_TRADING, CRUCIBLE_STATUS_FEED_GAP));
}

TEST(RunStreamTest, StrategiesLearnOfADefinitionWhenItIsReceivedAndNotBefore) {
  ScriptedVenue venue;
  Probe probe;
  std::vector<std::string> heard;
  const auto tick_and_lot = [&probe] {
    crucible_instrument_v1 info{};
    info.size = sizeof info;
    EXPECT_EQ(probe.host->instrument(probe.engine, 0, &info), CRUCIBLE_OK);
    return absl::StrFormat("%d/%d", info.tick_size, info.lot_size);
  };
  probe.on_start = [&] {
    heard.push_back("start " + tick_and_lot());
    return true;
  };
  probe.on_book = [&](const crucible_book_event_v1& event) {
    heard.push_back(absl::StrFormat("book @%d %s", event.time, tick_and_lot()));
    return true;
  };
  probe.on_definition = [&](const crucible_definition_event_v1& event) {
    heard.push_back(absl::StrFormat("definition @%d of %d: %d/%d, before %d/%d; %s", event.time,
                                    event.exchange_time, event.tick_size, event.lot_size,
                                    event.previous_tick_size, event.previous_lot_size, tick_and_lot()));
    return true;
  };
  Tape tape;
  tape.Define(10, 10, 1, 1).Touch(10, 10, 99, 101).Touch(18, 24, 98, 101);
  tape.Define(20, 25, 5, 2).Touch(30, 30, 95, 105).Define(40, 40, 5, 2);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_THAT(heard, ElementsAre("start 1/1", "book @10 1/1", "book @24 1/1",
                                 "definition @25 of 20: 5/2, before 1/1; 5/2", "book @30 5/2"));
}

TEST(RunStreamTest, IntentStandsInTheStreamBeforeTheVenueSeesTheOrder) {
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

TEST(RunStreamTest, EveryDecisionNamesItsCause) {
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

TEST(RunStreamTest, ObservedFeaturesAreRecordedWithTheNextOrderOnly) {
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

TEST(RunStreamTest, DeniedOrderIsRecordedAndNotSent) {
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

TEST(RunStreamTest, DeniedCancelAndAmendAreRecordedAndNotSent) {
  Log log;
  ScriptedVenue venue(&log);
  Probe probe;
  Engine* engine = nullptr;
  probe.on_stop = [&] {
    std::uint64_t denied = 0;
    for (const auto& [rule, count] : engine->desk().denials()) denied += count;
    EXPECT_EQ(denied, 2U);
    return true;
  };
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
  run.Session(tape).At(venue).With(probe).Go([&](Engine& made) { engine = &made; });
  EXPECT_THAT(log, ElementsAre("venue 0 market @20"));
  EXPECT_EQ(run.Of(Kind::kRiskDenial).size(), 2U);
  EXPECT_EQ(run.Of(Kind::kCancelIntent).size(), 1U);
  EXPECT_EQ(run.Of(Kind::kAmendIntent).size(), 1U);
}

TEST(RunStreamTest, RequestThatMakesNoSenseLeavesNoTrace) {
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
    for (const std::int64_t distance : {0, -5}) {
      probe.TrailingStop(CRUCIBLE_SELL, distance, 1);
      EXPECT_EQ(probe.answer, CRUCIBLE_INVALID) << distance;
    }
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

TEST(RunStreamTest, FillReachesAccountStrategyAndStream) {
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

TEST(RunStreamTest, OrderEventsSayWhatTheVenueSaid) {
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

TEST(RunStreamTest, StrategiesOwnTheirOrdersTimersAndReplies) {
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

TEST(RunStreamTest, CancelledTimerDoesNotFireAndTimerInThePastFiresNow) {
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

TEST(RunStreamTest, MoreTimersThanBoundAreRefused) {
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

TEST(RunStreamTest, BarsTradesAndExecutionsReachTheirHandlers) {
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

TEST(RunStreamTest, FillToldTwiceIsRecordedTwiceAndBookedOnce) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Fill(command.order_id, command.terms.side, 100, 3, at, {1, 3}, outbox);
    venue.Fill(command.order_id, command.terms.side, 100, 3, at, {1, 3}, outbox);  // the same trade
    venue.Fill({77}, command.terms.side, 100, 9, at, {1, 3}, outbox);              // nobody's
  };
  Probe probe;
  std::vector<std::int64_t> quantities, positions;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 100, 5);
    crucible_position_v1 position{};
    position.size = sizeof position;
    probe.host->position(probe.engine, 0, &position);
    positions.push_back(position.quantity);
    return true;
  };
  probe.on_fill = [&](const crucible_fill_event_v1& event) {
    quantities.push_back(event.quantity);
    return true;
  };
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_EQ(run.Of(Kind::kFill).size(), 3U) << "what the venue said stands in the stream";
  EXPECT_THAT(quantities, ElementsAre(3));
  EXPECT_THAT(positions, ElementsAre(0, 3));
}

TEST(RunStreamTest, AmendWaitsForTheAnswerToTheOneBefore) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) probe.Limit(CRUCIBLE_BUY, 99, 5);
    if (event.time == 30) {
      EXPECT_EQ(probe.host->amend(probe.engine, 1, 98, 5), CRUCIBLE_OK);
      EXPECT_EQ(probe.host->amend(probe.engine, 1, 97, 5), CRUCIBLE_INVALID);
    }
    if (event.time == 40) {
      EXPECT_EQ(probe.host->amend(probe.engine, 1, 97, 5), CRUCIBLE_OK);
    }
    return true;
  };
  Tape tape;
  for (const std::int64_t at : {20, 30, 40, 50}) tape.Touch(at, at, 99, 100 + at);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "1ns", "1ns").Go();
  EXPECT_EQ(run.Of(Kind::kAmendIntent).size(), 2U);
}

}  // namespace
}  // namespace crucible::engine
