// A regime model in a run: what it says stands in the journal with its causes, and reaches strategies before
// the bar that told it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "tests/engine/regime_worlds.h"

namespace crucible::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const Event& At(const TestRun& run, CauseRef cause) { return run.sink.records.at(cause.seq - 1); }

class RegimesTest : public testing::Test {
 protected:
  TestRun& Run(Probe& probe, std::size_t bars = 300) {
    tape_ = CalmAndWildBars(bars);
    run_.config.regimes = &observer_;
    run_.Session(tape_).At(venue_).With(probe).Go();
    EXPECT_TRUE(run_.status.ok()) << run_.status;
    EXPECT_EQ(run_.result.strategy_error, "");
    return run_;
  }
  RegimeObserver observer_ = CalmOrWild();
  ScriptedVenue venue_;
  TestRun run_{{TestInstrument()}, book::BookType::kQuotes};
  Tape tape_;
};

TEST_F(RegimesTest, EachBarIsForecastAndTheForecastNamesItsBar) {
  Probe probe;
  const std::vector<Event> forecasts = Run(probe).Of(Kind::kRegimeForecast);
  ASSERT_THAT(forecasts, SizeIs(2 * 299)) << "the first bar has no return";
  for (std::size_t i = 0; i < forecasts.size(); i += 2) {
    const auto calm = As<RegimeForecastBody>(forecasts[i]), wild = As<RegimeForecastBody>(forecasts[i + 1]);
    EXPECT_EQ(CauseRef::FromBits(forecasts[i].origin), (CauseRef{1, 2 * (i / 2 + 2)}));
    EXPECT_EQ(forecasts[i].time, tape_.records()[i + 2].time);
    EXPECT_EQ(wild.regime, 1U);
    EXPECT_EQ(wild.horizon, 5);
    EXPECT_NEAR(std::bit_cast<double>(calm.now_bits) + std::bit_cast<double>(wild.now_bits), 1, 1e-12);
    EXPECT_NEAR(std::bit_cast<double>(calm.ahead_bits) + std::bit_cast<double>(wild.ahead_bits), 1, 1e-12);
  }
}

TEST_F(RegimesTest, AnOrderInAnswerToASwapHasTheSwapAsItsCauseAndBehindItForecastAndBar) {
  Probe probe;
  std::vector<std::string> heard;
  probe.on_regime = [&](const crucible_regime_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    heard.push_back(absl::StrFormat("swap %d -> %d", event.from, event.to));
    probe.Limit(CRUCIBLE_BUY, 100, 1);
    return true;
  };
  std::size_t bars = 0;
  probe.on_bar = [&](const crucible_bar_event_v1&) {
    ++bars;
    if (!heard.empty() && heard.back() != "bar after it") {
      heard.push_back("bar after it");
      probe.Limit(CRUCIBLE_SELL, 999'999, 1);
    }
    return true;
  };
  const TestRun& run = Run(probe);
  ASSERT_GE(heard.size(), 6U);
  EXPECT_THAT(std::vector<std::string>(heard.begin(), heard.begin() + 4),
              ElementsAre("swap 0 -> 1", "bar after it", "swap 1 -> 0", "bar after it"));
  EXPECT_EQ(bars, 300U);
  for (const Event& intent : run.Of(Kind::kIntent)) {
    const CauseRef cause = CauseRef::FromBits(intent.origin);
    if (intent.side == kSell) {
      EXPECT_EQ(cause.input, 1) << "an order in answer to the bar names the bar";
      continue;
    }
    const Event& swap = At(run, cause);
    ASSERT_EQ(swap.kind, Kind::kModelSwap);
    EXPECT_GT(std::bit_cast<double>(As<ModelSwapBody>(swap).advantage_bits), 1.5);
    const Event& forecast = At(run, CauseRef::FromBits(swap.origin));
    ASSERT_EQ(forecast.kind, Kind::kRegimeForecast);
    EXPECT_EQ(As<RegimeForecastBody>(forecast).regime, As<ModelSwapBody>(swap).to);
    EXPECT_EQ(CauseRef::FromBits(forecast.origin).input, 1);
  }
}

TEST_F(RegimesTest, ParametersAreThoseOfTheActiveRoute) {
  const crucible_parameter_v1 size{
      sizeof(crucible_parameter_v1), CRUCIBLE_PARAMETER_INT, "size", "3", "", "", ""};
  Probe probe;
  probe.parameters = {&size};
  const auto read = [&] {
    std::int64_t value = 0;
    EXPECT_EQ(probe.host->parameter_int(probe.engine, 0, &value), CRUCIBLE_OK);
    crucible_regime_v1 regime{};
    regime.size = sizeof regime;
    EXPECT_EQ(probe.host->regime(probe.engine, &regime), CRUCIBLE_OK);
    EXPECT_EQ(regime.route_count, 2U);
    return absl::StrFormat("%s %d", regime.route_name, value);
  };
  std::vector<std::string> seen;
  probe.create = [&] { return seen.push_back(read()), true; };
  probe.on_regime = [&](const crucible_regime_event_v1&) { return seen.push_back(read()), true; };
  run_.config.strategies.clear();
  tape_ = CalmAndWildBars(130);
  run_.config.regimes = &observer_;
  run_.Session(tape_).At(venue_).With(probe);
  run_.config.strategies[0].by_route = {{}, {{"size", "8"}}};
  run_.Go();
  EXPECT_THAT(seen, ElementsAre("calm 3", "wild 8", "calm 3"));
}

TEST_F(RegimesTest, WhatAStrategyReadsIsTheForecastInTheJournal) {
  Probe probe;
  std::vector<double> now, ahead;
  std::uint64_t rows = 0;
  probe.on_bar = [&](const crucible_bar_event_v1&) {
    crucible_regime_v1 regime{};
    regime.size = sizeof regime;
    EXPECT_EQ(probe.host->regime(probe.engine, &regime), CRUCIBLE_OK);
    rows = regime.bars;
    EXPECT_EQ(regime.horizon, 5U);
    if (rows == 0) return true;
    now.insert(now.end(), regime.now, regime.now + regime.regime_count);
    ahead.insert(ahead.end(), regime.ahead, regime.ahead + regime.regime_count);
    return true;
  };
  const std::vector<Event> forecasts = Run(probe).Of(Kind::kRegimeForecast);
  EXPECT_EQ(rows, 299U);
  ASSERT_EQ(now.size(), forecasts.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i], std::bit_cast<double>(As<RegimeForecastBody>(forecasts[i]).now_bits));
    EXPECT_EQ(ahead[i], std::bit_cast<double>(As<RegimeForecastBody>(forecasts[i]).ahead_bits));
  }
}

TEST_F(RegimesTest, ARunWithoutAModelHasNothingToReadAndRecordsNothingOfIt) {
  Probe probe;
  probe.on_bar = [&](const crucible_bar_event_v1&) {
    crucible_regime_v1 regime{};
    regime.size = sizeof regime;
    EXPECT_EQ(probe.host->regime(probe.engine, &regime), CRUCIBLE_NOT_FOUND);
    return true;
  };
  run_.Session(CalmAndWildBars(60)).At(venue_).With(probe).Go();
  EXPECT_TRUE(run_.status.ok());
  EXPECT_THAT(run_.Of(Kind::kRegimeForecast), SizeIs(0));
  EXPECT_THAT(run_.Of(Kind::kModelSwap), SizeIs(0));
}

TEST_F(RegimesTest, BarsOfAnotherInstrumentAreNotRead) {
  Probe probe;
  run_ = TestRun({TestInstrument("X"), TestInstrument("Y")}, book::BookType::kQuotes);
  ScriptedVenue other(nullptr, 1);
  run_.config.regimes = &observer_;
  run_.Session(CalmAndWildBars(60), {{1}}).At(venue_).At(other).With(probe).Go();
  EXPECT_TRUE(run_.status.ok()) << run_.status;
  EXPECT_THAT(run_.Of(Kind::kRegimeForecast), SizeIs(0));
}

TEST_F(RegimesTest, AStrategyOfInterface11HearsOfNoSwap) {
  Probe probe;
  probe.on_regime = [](const crucible_regime_event_v1&) { return false; };
  crucible_strategy_v1 older = *probe.Description();
  older.size = offsetof(crucible_strategy_v1, on_regime);
  Probe::queue.push_back(&probe);
  run_.config.regimes = &observer_;
  run_.config.strategies.push_back({&older, {}});
  run_.Session(CalmAndWildBars(300)).At(venue_).Go();
  EXPECT_TRUE(run_.status.ok());
  EXPECT_EQ(run_.result.strategy_error, "");
  EXPECT_GE(run_.Of(Kind::kModelSwap).size(), 3U);
}

TEST_F(RegimesTest, AHandlerThatFailsEndsTheRunByName) {
  Probe probe;
  probe.on_regime = [&](const crucible_regime_event_v1&) {
    probe.host->fail(probe.engine, "enough");
    return false;
  };
  run_.config.regimes = &observer_;
  run_.Session(CalmAndWildBars(300)).At(venue_).With(probe).Go();
  EXPECT_THAT(run_.result.strategy_error, HasSubstr("failed in OnRegime: enough"));
  EXPECT_THAT(run_.Of(Kind::kModelSwap), SizeIs(1));
}

// Everything that the run recorded for the first bars, when there are more of them and when there are not.
TEST(RegimesLookAheadTest, TruncatingTheBarsChangesNoForecastNoSwapAndNoOrderUpToTheCut) {
  const auto run_of = [](std::size_t bars) {
    RegimeObserver observer = CalmOrWild();
    ScriptedVenue venue;
    Probe probe;
    probe.on_regime = [&](const crucible_regime_event_v1& event) {
      return probe.Limit(event.to == 1 ? CRUCIBLE_SELL : CRUCIBLE_BUY, 100, 1) != 0;
    };
    TestRun run({TestInstrument()}, book::BookType::kQuotes);
    run.config.checkpoint_records = UINT64_MAX / 16;
    run.config.regimes = &observer;
    run.Session(CalmAndWildBars(bars)).At(venue).With(probe).Go();
    EXPECT_TRUE(run.status.ok()) << run.status;
    std::vector<Event> kept;
    for (const Event& event : run.sink.records) {
      if (event.kind != Kind::kEquity && event.kind != Kind::kStateHash && event.kind != Kind::kRunEnd)
        kept.push_back(event);
    }
    return kept;
  };
  const std::vector<Event> all = run_of(600);
  std::size_t swaps = 0;
  for (const std::size_t cut : {2U, 51U, 107U, 260U, 599U}) {
    const std::vector<Event> some = run_of(cut);
    const std::int64_t until = static_cast<std::int64_t>(cut) * 60'000'000'000;
    std::vector<Event> before;
    for (const Event& event : all) {
      if (event.time <= until) before.push_back(event);
    }
    // Orders of the last bar reach the venue after the end.
    const auto decided = [](const std::vector<Event>& records) {
      std::vector<Event> out;
      for (Event event : records) {
        if (IsVenueReply(event.kind)) continue;
        event.seq = 0;
        if (CauseRef::FromBits(event.origin).input == 0) event.origin = 0;
        out.push_back(event);
      }
      return out;
    };
    EXPECT_EQ(decided(some), decided(before)) << cut;
    swaps = static_cast<std::size_t>(std::ranges::count(some, Kind::kModelSwap, &Event::kind));
  }
  EXPECT_GE(swaps, 8U) << "a run without swaps proves nothing";
}

}  // namespace
}  // namespace crucible::engine
