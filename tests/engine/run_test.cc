// Runs that fail, samples and witnesses of the state, the C++ wrapper, and determinism.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "framework/engine/sinks.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/strategies.h"

namespace crucible::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;

// ---- failures ----

TEST(RunTest, FailingHandlerEndsTheRunWithRecordThatNamesIt) {
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

// Each handler causes the next of the same moment.
TEST(RunTest, AStrategyThatKeepsTheClockFromGoingOnEndsTheRunWithAReason) {
  for (const Kind kind : {Kind::kRejected, Kind::kFill, Kind::kTimer}) {
    SCOPED_TRACE(static_cast<int>(kind));
    ScriptedVenue venue;
    venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
      if (kind == Kind::kRejected) return venue.Reply(Kind::kRejected, command, at, 1, outbox);
      venue.Fill(command.order_id, command.terms.side, 99, 1, at, {1, 1}, outbox);
    };
    Probe probe("eager");
    const auto again = [&](const auto& event) {
      kind == Kind::kTimer ? probe.SetTimer(event.time) : probe.Limit(CRUCIBLE_BUY, 99, 1);
      return true;
    };
    probe.on_book = again;
    probe.on_order = again;
    probe.on_fill = again;
    probe.on_timer = again;
    Tape tape;
    tape.Touch(20, 20, 99, 101).Touch(90, 90, 98, 101);
    TestRun run;
    run.Session(tape).At(venue).With(probe).Go();
    EXPECT_TRUE(run.status.ok()) << run.status;
    EXPECT_TRUE(run.result.strategy_error.starts_with("strategy eager failed in "))
        << run.result.strategy_error;
    EXPECT_NE(run.result.strategy_error.find("time did not go on"), std::string::npos);
  }
}

TEST(RunTest, FailureDuringStopIsRecordedToo) {
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

TEST(RunTest, StrategyThatCannotBeCreatedEndsTheRunBeforeItBegins) {
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

TEST(RunTest, NobodyIsCalledForTheEventInWhichAStrategyFailed) {
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

TEST(RunTest, ErrorOfTheSourceIsTheErrorOfTheRun) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101).Record(30, 30, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
  TestRun run;
  run.Session(tape).At(venue).Go();
  EXPECT_EQ(run.status.code(), absl::StatusCode::kDataLoss);
}

TEST(RunTest, ErrorOfTheSinkIsTheErrorOfTheRun) {
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  TestRun run;
  run.sink.fail_after = 0;
  run.Session(tape).At(venue).Go();
  EXPECT_EQ(run.status.message(), "the disk is full");
}

TEST(RunTest, VenuesMustMatchInstruments) {
  Tape tape;
  TestRun run;
  run.Session(tape).Go();
  EXPECT_EQ(run.status.message(), "0 venues for 1 instruments");
}

TEST(RunTest, RunWithoutMarketDataStartsAndEnds) {
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

TEST(RunTest, EquityIsSampledOnItsGridBeforeTheEventThatPassesIt) {
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

TEST(RunTest, CheckpointsHashEveryComponent) {
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

TEST(RunTest, StateHashNamesTheComponentThatMoved) {
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

TEST(RunTest, RandomStreamsDependOnSeedAndNameOnly) {
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

TEST(RunTest, PrintsAreKeptUpToTheirBound) {
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

TEST(RunTest, StopAtShowsTheStateInWhichARecordWasMade) {
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

TEST(RunTest, ProgressMayStopTheRun) {
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
