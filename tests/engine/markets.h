// Sessions for tests of whole runs: generated or recorded, with feed latencies of their own per channel.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/random.h"
#include "framework/event/completeness.h"
#include "simulators/flow/zero_intelligence.h"
#include "simulators/history/fill_models.h"
#include "tests/engine/engine_fixture.h"

namespace crucible::engine {

struct Market {
  Instrument instrument;
  Completeness completeness{};
  std::uint32_t window_levels = 0;
  std::vector<Event> records;  // one instrument, in receive order

  book::BookType book() const {
    return completeness == Completeness::kL2     ? book::BookType::kL2
           : completeness == Completeness::kBars ? book::BookType::kQuotes
                                                 : book::BookType::kL3;
  }
};

inline constexpr std::int64_t kMaxFeedLatency = 2'000'000;

// Receives each group 0.2 to 2 ms after it happened, in order within books and within trades, and puts the
// groups into receive order.
inline std::vector<Event> WithFeedLatency(const std::vector<Event>& records, std::uint64_t seed) {
  struct Group {
    std::int64_t received;
    std::size_t first, last;
  };
  RandomStream random(seed, "feed");
  std::array<std::int64_t, 2> channel_time{INT64_MIN, INT64_MIN};
  std::vector<Group> groups;
  for (std::size_t first = 0; first < records.size();) {
    std::size_t last = first;
    while (!records[last].EndsGroup()) ++last;
    std::int64_t& previous = channel_time[records[first].kind == Kind::kTrade ? 1 : 0];
    const auto latency = static_cast<std::int64_t>(200'000 + random.UniformBelow(kMaxFeedLatency - 200'000));
    previous = std::max(previous, records[first].venue_time().since_epoch + latency);
    groups.push_back({previous, first, last + 1});
    first = last + 1;
  }
  std::ranges::sort(groups, {}, [](const Group& group) { return std::pair(group.received, group.first); });
  std::vector<Event> received;
  for (const Group& group : groups) {
    for (std::size_t i = group.first; i < group.last; ++i) {
      received.push_back(records[i]);
      received.back().time = group.received;
      received.back().seq = received.size();
    }
  }
  return received;
}

// Zero-intelligence order flow: a full L3 session.
inline Market GeneratedL3(std::int64_t seconds, std::uint64_t seed = 1) {
  flow::ZeroIntelligence parameters;
  parameters.seed = seed;
  parameters.length = {seconds * 1'000'000'000};
  KeepingSink sink;
  EXPECT_TRUE(flow::Generate(parameters, sink).ok());
  return {parameters.instrument, Completeness::kFullL3, 0, std::move(sink.records)};
}

// Levels and trades around a price that wanders within a band.
inline Market GeneratedL2(std::size_t messages, std::uint64_t seed = 1) {
  RandomStream random(seed, "l2");
  const auto below = [&](std::uint64_t bound) {
    return static_cast<std::int64_t>(random.UniformBelow(bound));
  };
  Tape tape;
  std::int64_t at = 1'700'000'000'000'000'000, mid = 10'000;
  tape.Record(at, at, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
  for (std::int64_t i = 1; i <= 20; ++i) {
    tape.Record(at, at, Kind::kLevel, Side::kBid, LevelBody{{mid - i}, {1 + below(20)}, 0, 0}, false);
    tape.Record(at, at, Kind::kLevel, Side::kAsk, LevelBody{{mid + i}, {1 + below(20)}, 0, 0}, i == 20);
  }
  for (std::size_t i = 0; i < messages; ++i) {
    at += 1 + below(40'000'000);
    if (below(5) == 0) {
      const Side aggressor = below(2) == 0 ? kBuy : kSell;
      tape.Trade(at, at, aggressor, mid + Sign(aggressor), 1 + below(8));
      continue;
    }
    const std::int64_t step = below(6) == 0 ? below(3) - 1 : 0;
    const std::int64_t moved = std::clamp<std::int64_t>(mid + step, 9'980, 10'020);
    tape.Record(at, at, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
    // What the price moved over is taken from one side and given to the other.
    if (moved != mid) {
      const bool up = moved > mid;
      tape.Record(at, at, Kind::kLevel, up ? Side::kAsk : Side::kBid, LevelBody{{moved}, {0}, 0, 0}, false);
      tape.Record(at, at, Kind::kLevel, up ? Side::kBid : Side::kAsk, LevelBody{{mid}, {1 + below(20)}, 0, 0},
                  false);
      mid = moved;
    }
    const std::int64_t distance = 1 + below(20);
    const Side side = below(2) == 0 ? Side::kBid : Side::kAsk;
    tape.Record(at, at, Kind::kLevel, side, LevelBody{{mid - Sign(side) * distance}, {1 + below(20)}, 0, 0});
  }
  return {TestInstrument(), Completeness::kL2, 0, tape.records()};
}

inline Market GeneratedBars(std::size_t bars) {
  RandomStream random(1, "bars");
  Tape tape;
  std::int64_t close = 10'000;
  for (std::size_t i = 0; i < bars; ++i) {
    const std::int64_t open = close;
    close = std::clamp<std::int64_t>(open + static_cast<std::int64_t>(random.UniformBelow(21)) - 10, 9'000,
                                     11'000);
    tape.Bar(static_cast<std::int64_t>(i + 1) * 60'000'000'000, open, std::max(open, close) + 3,
             std::min(open, close) - 3, close);
  }
  return {TestInstrument(), Completeness::kBars, 0, tape.records()};
}

// One strategy over one market, with the fill model that the market carries; fees of 1 and 5 bps.
inline EngineResult RunMarket(const Market& market, const std::vector<Event>& records,
                              const std::vector<StrategySetup>& strategies,
                              const latency::LatencyConfig& latency, RecordSink& sink,
                              const Engine::Progress& progress = {},
                              std::uint64_t checkpoint_records = 65'536, RegimeObserver* regimes = nullptr) {
  history::TradeIds trade_ids;
  const trading::FeeConfig fees = trading::FeeConfig::MakerTaker(1, 5);
  auto schedule = trading::FeeSchedule::Create(fees, market.instrument);
  EXPECT_TRUE(schedule.ok()) << schedule.status();
  auto venue = history::MakeVenue({{0}, market.instrument, *schedule, &trade_ids}, {}, market.completeness,
                                  market.window_levels);
  EXPECT_TRUE(venue.ok()) << venue.status();
  EngineConfig config;
  config.configuration = "[run]\n";
  config.desk.instruments.push_back(
      {market.instrument, {.type = market.book(), .window_levels = market.window_levels}, fees, {}});
  config.desk.account.initial_cash = {1'000'000'000'000};
  config.desk.risk.max_commands = 100'000;
  config.venues = {venue->get()};
  config.strategies = strategies;
  config.latency = latency;
  config.checkpoint_records = checkpoint_records;
  config.regimes = regimes;
  const auto source = SourceOf(records, 1, {{0}}, 8'192);
  auto engine = Engine::Create(config, *source, sink);
  EXPECT_TRUE(engine.ok()) << engine.status();
  const absl::Status status = (*engine)->Run(progress);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ((*engine)->result().strategy_error, "");
  return (*engine)->result();
}

// Where recorded files lie; "" where there are none.
inline std::string SharedData() {
  const char* given = std::getenv("CRUCIBLE_SHARED_DIR");
  const std::string folder =
      std::string(given != nullptr ? given : CRUCIBLE_SOURCE_DIR "/../shared") + "/data";
  return std::filesystem::exists(folder) ? folder : "";
}

}  // namespace crucible::engine
