#include "framework/engine/session_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <tuple>

#include "framework/base/random.h"
#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

// A group as a reader sees it, copied out of its block.
struct Copied {
  std::vector<Event> records;
  std::uint32_t instrument = 0;
  std::uint16_t input = 0;
  std::int64_t exchange_time = 0;
  std::int64_t receive_time = 0;
  friend bool operator==(const Copied&, const Copied&) = default;
};

Copied Copy(const MarketGroup& group) {
  return {{group.records.begin(), group.records.end()},
          group.instrument.value,
          group.input,
          group.exchange_time.since_epoch,
          group.receive_time.since_epoch};
}

// Reads everything; up to `held` groups stay unreleased, and are compared with their copy when they go.
std::vector<Copied> Drain(Source& source, std::size_t held = 5) {
  std::vector<Copied> groups;
  std::deque<std::pair<QueuedGroup, std::size_t>> out;
  QueuedGroup next;
  const auto release = [&] {
    EXPECT_EQ(Copy(out.front().first.group), groups[out.front().second])
        << "the group changed while it was held";
    source.Release(out.front().first);
    out.pop_front();
  };
  while (source.Next(&next) == Source::Pull::kGroup) {
    out.emplace_back(next, groups.size());
    groups.push_back(Copy(next.group));
    if (out.size() > held) release();
  }
  while (!out.empty()) release();
  return groups;
}

int ChannelOf(Kind kind) {
  return kind == Kind::kTrade ? 1 : kind == Kind::kQuote ? 2 : kind == Kind::kBar ? 3 : 0;
}

// The same, by sorting everything at once.
std::vector<Copied> SortedGroups(const std::vector<Event>& records, const SessionOptions& options) {
  std::vector<Copied> groups;
  std::map<std::pair<std::uint32_t, int>, std::int64_t> channel_time;
  for (std::size_t first = 0; first < records.size();) {
    std::size_t last = first;
    while (!records[last].EndsGroup()) ++last;
    const Event& head = records[first];
    const auto [at, made] = channel_time.try_emplace({head.instrument, ChannelOf(head.kind)}, INT64_MIN);
    at->second = std::max(at->second, head.venue_time().since_epoch);
    groups.push_back({{records.begin() + static_cast<std::ptrdiff_t>(first),
                       records.begin() + static_cast<std::ptrdiff_t>(last + 1)},
                      options.instruments[head.instrument].value,
                      options.input,
                      at->second,
                      std::max(at->second, head.time)});
    first = last + 1;
  }
  std::ranges::sort(groups, {}, [](const Copied& group) {
    return std::tuple(group.exchange_time, group.instrument, group.records.front().seq);
  });
  return groups;
}

struct RandomSession {
  std::uint64_t groups = 400;
  std::uint64_t instruments = 3;
  std::uint64_t latency = 50;
  std::uint64_t step = 10;
};

std::vector<Event> MakeSession(RandomStream& random, const RandomSession& shape) {
  static constexpr std::array kKinds = {Kind::kLevel, Kind::kTrade, Kind::kQuote, Kind::kBar,
                                        Kind::kOrderAdd};
  Tape tape;
  std::int64_t received = 1'000;
  for (std::uint64_t i = 0; i < shape.groups; ++i) {
    received += static_cast<std::int64_t>(random.UniformBelow(shape.step));
    const std::int64_t exchange =
        received - static_cast<std::int64_t>(random.UniformBelow(shape.latency + 1));
    const Kind kind = kKinds[random.UniformBelow(kKinds.size())];
    tape.For(static_cast<std::uint32_t>(random.UniformBelow(shape.instruments)));
    for (std::uint64_t left = random.UniformBelow(4);; --left) {
      tape.Record(exchange, received, kind, Side::kBid,
                  LevelBody{{static_cast<std::int64_t>(i)}, {1}, left, 0}, left == 0);
      if (left == 0) break;
    }
  }
  return tape.records();
}

TEST(SessionSourceTest, RandomStreamsComeOutAsFullSortOrdersThem) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed, "session");
    const RandomSession shape{.instruments = 1 + random.UniformBelow(4),
                              .latency = random.UniformBelow(200),
                              .step = 1 + random.UniformBelow(20)};
    const std::vector<Event> records = MakeSession(random, shape);
    SessionOptions options{7, {}, LargestLatency(records)};
    for (std::uint32_t i = 0; i < shape.instruments; ++i) options.instruments.push_back({(i + 2) % 4});
    const std::size_t batch = 1 + random.UniformBelow(40);
    SessionSource source(std::make_unique<MemoryReader>(records, batch), options);
    ASSERT_EQ(Drain(source, random.UniformBelow(30)), SortedGroups(records, options));
    EXPECT_TRUE(source.status().ok());
    EXPECT_EQ(source.position(), records.size());
    EXPECT_EQ(source.size(), records.size());
  }
}

TEST(SessionSourceTest, GroupLongerThanBlockComesOutWhole) {
  Tape tape;
  for (int i = 0; i < 100; ++i)
    tape.Record(5, 6, Kind::kLevel, Side::kBid, LevelBody{{i}, {1}, 0, 0}, i == 99);
  tape.Level(7, 8, Side::kBid, 1, 1);
  for (std::size_t batch : {1U, 3U, 99U, 100U, 101U}) {
    const auto source = SourceOf(tape.records(), 1, {{0}}, batch);
    const std::vector<Copied> groups = Drain(*source);
    ASSERT_EQ(groups.size(), 2U) << batch;
    EXPECT_EQ(groups[0].records.size(), 100U);
    EXPECT_TRUE(std::ranges::equal(groups[0].records, std::span(tape.records()).first(100)));
  }
}

TEST(SessionSourceTest, LateMessageOfOneChannelPullsAnotherChannelBeforeIt) {
  Tape tape;
  tape.Level(90, 100, Side::kBid, 1, 1).Trade(80, 101, kBuy, 1, 1);
  const std::vector<Copied> groups = Drain(*SourceOf(tape.records()));
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].exchange_time, 80);
  EXPECT_EQ(groups[0].receive_time, 101);
  EXPECT_EQ(groups[1].exchange_time, 90);
}

TEST(SessionSourceTest, MessageNeverOvertakesEarlierOneOfItsChannel) {
  Tape tape;
  tape.Level(90, 100, Side::kBid, 1, 1).Level(80, 101, Side::kBid, 2, 1).Level(110, 105, Side::kBid, 3, 1);
  const std::vector<Copied> groups = Drain(*SourceOf(tape.records()));
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[1].exchange_time, 90) << "raised to its predecessor's";
  EXPECT_EQ(groups[1].records[0].body[0], 2);
  EXPECT_EQ(groups[2].receive_time, 110) << "nobody knows a message before it was sent";
}

TEST(SessionSourceTest, EqualTimesAreOrderedByRunLevelInstrument) {
  Tape tape;
  tape.For(0)
      .Level(10, 10, Side::kBid, 1, 1)
      .For(1)
      .Level(10, 10, Side::kBid, 2, 1)
      .For(0)
      .Level(10, 10, Side::kAsk, 3, 1);
  const std::vector<Copied> groups = Drain(*SourceOf(tape.records(), 1, {{5}, {4}}));
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].instrument, 4U);
  EXPECT_EQ(groups[1].records[0].body[0], 1);
  EXPECT_EQ(groups[2].records[0].body[0], 3);
}

TEST(SessionSourceTest, StreamThatEndsInsideGroupIsDataLoss) {
  for (const bool with_latency : {false, true}) {
    Tape tape;
    const std::int64_t latency = with_latency ? 4 : 0;
    for (int i = 0; i < 10; ++i) tape.Level(10 + i, 10 + i + latency, Side::kBid, 1, 1);
    tape.Record(30, 30 + latency, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
    const auto source = SourceOf(tape.records(), 2, {{0}}, 4);
    QueuedGroup group;
    Source::Pull pull;
    int groups = 0;
    while ((pull = source->Next(&group)) == Source::Pull::kGroup) ++groups;
    EXPECT_EQ(pull, Source::Pull::kError);
    EXPECT_EQ(source->status().code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(source->status().message(), "input 2 ends inside the group that begins at record 11");
    EXPECT_EQ(groups, 10) << "what came before is whole";
  }
}

TEST(SessionSourceTest, InstrumentThatFileDoesNotDefineIsDataLoss) {
  Tape tape;
  tape.For(1).Level(10, 10, Side::kBid, 1, 1);
  const auto source = SourceOf(tape.records());
  QueuedGroup group;
  EXPECT_EQ(source->Next(&group), Source::Pull::kError);
  EXPECT_EQ(source->status().message(), "input 1, record 1 names instrument 1; the file defines 1");
}

TEST(SessionSourceTest, ErrorOfReaderIsPassedOn) {
  Tape tape;
  tape.Level(10, 10, Side::kBid, 1, 1);
  SessionSource source(
      std::make_unique<MemoryReader>(tape.records(), 4, absl::DataLossError("block 3 is damaged")),
      {1, {{0}}, {}});
  QueuedGroup group;
  EXPECT_EQ(source.Next(&group), Source::Pull::kGroup);
  EXPECT_EQ(source.Next(&group), Source::Pull::kError);
  EXPECT_EQ(source.status().message(), "block 3 is damaged");
}

TEST(SessionSourceTest, EmptySessionEnds) {
  const auto source = SourceOf({}, 1, {{0}});
  QueuedGroup group;
  EXPECT_EQ(source->Next(&group), Source::Pull::kEnd);
  EXPECT_EQ(source->Next(&group), Source::Pull::kEnd);
}

TEST(SessionSourceTest, MemoryOfReleasedGroupsServesTheRestOfLongStream) {
  RandomStream random(3, "long");
  const std::vector<Event> records =
      MakeSession(random, {.groups = 100'000, .instruments = 2, .latency = 300});
  const auto source = SourceOf(records, 1, {{0}, {1}}, 128);
  std::set<const RecordBlock*> blocks;
  std::deque<QueuedGroup> held;
  QueuedGroup group;
  std::size_t largest = 0;
  while (source->Next(&group) == Source::Pull::kGroup) {
    blocks.insert(group.block);
    largest = std::max(largest, group.block->records.size());
    held.push_back(group);
    if (held.size() <= 20) continue;
    source->Release(held.front());
    held.pop_front();
  }
  EXPECT_EQ(source->position(), records.size());
  EXPECT_GE(records.size() / 128, 1'000U);
  EXPECT_LE(blocks.size(), 8U) << "of 128 records, for a window of some hundred";
  EXPECT_LE(largest, 128U + 4U);
}

// ---- several sessions ----

TEST(MergedSourceTest, RandomSessionsComeOutAsFullSortOrdersThem) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed, "merge");
    std::vector<std::unique_ptr<Source>> sources;
    std::vector<Copied> expected;
    std::uint64_t records_in_all = 0;
    for (std::uint16_t input = 1; input <= 4; ++input) {
      const std::vector<Event> records = MakeSession(
          random, {.groups = random.UniformBelow(150), .instruments = 2, .latency = 20, .step = 4});
      const SessionOptions options{input, {{input % 3U}, {3}}, LargestLatency(records)};
      std::ranges::copy(SortedGroups(records, options), std::back_inserter(expected));
      sources.push_back(
          std::make_unique<SessionSource>(std::make_unique<MemoryReader>(records, 16), options));
      records_in_all += records.size();
    }
    std::ranges::sort(expected, {}, [](const Copied& group) {
      return std::tuple(group.exchange_time, group.instrument, group.input, group.records.front().seq);
    });
    MergedSource merged(std::move(sources));
    ASSERT_EQ(Drain(merged), expected);
    EXPECT_EQ(merged.size(), records_in_all);
    EXPECT_EQ(merged.position(), records_in_all);
  }
}

TEST(MergedSourceTest, ErrorOfOneSessionIsTheErrorOfAll) {
  Tape whole, broken;
  for (int i = 0; i < 20; ++i) whole.Level(10 + i, 10 + i, Side::kBid, 1, 1);
  broken.Level(12, 12, Side::kBid, 1, 1)
      .Record(13, 13, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(SourceOf(whole.records(), 1));
  sources.push_back(SourceOf(broken.records(), 2, {{1}}));
  MergedSource merged(std::move(sources));
  QueuedGroup group;
  Source::Pull pull;
  while ((pull = merged.Next(&group)) == Source::Pull::kGroup) {
  }
  EXPECT_EQ(pull, Source::Pull::kError);
  EXPECT_EQ(merged.status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace crucible::engine
