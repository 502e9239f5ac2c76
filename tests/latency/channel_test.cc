#include "simulators/latency/channel.h"

#include <gtest/gtest.h>

#include <string>

namespace crucible::latency {
namespace {

Channels Make(const LatencyConfig& config, std::uint64_t seed = 1) {
  absl::StatusOr<Channels> channels = MakeChannels(config, Random(seed), "venue-a");
  EXPECT_TRUE(channels.ok()) << channels.status();
  return *std::move(channels);
}

TEST(ChannelTest, AConstantIsAdded) {
  Channel entry = Make({.entry = "1ms"}).entry;
  EXPECT_EQ(entry.Deliver({5}), Nanos{1'000'005});
  EXPECT_EQ(entry.Deliver({7}), Nanos{1'000'007});
}

TEST(ChannelTest, RecordedTimesAreKept) {
  Channel feed = Make({.feed = "recorded"}).feed;
  EXPECT_EQ(feed.Deliver({100}, {140}), Nanos{140});
  EXPECT_EQ(feed.Deliver({110}, {135}), Nanos{140}) << "recorded out of order: waits for the earlier message";
  EXPECT_EQ(feed.Deliver({200}, {150}), Nanos{200}) << "recorded before it was sent";
}

TEST(ChannelTest, AModelReplacesRecordedTimes) {
  Channel feed = Make({.feed = "1us"}).feed;
  EXPECT_EQ(feed.Deliver({100}, {140}), Nanos{1'100});
}

TEST(ChannelTest, NoMessageOvertakesAnEarlierOne) {
  Channel entry = Make({.entry = "exponential:1ms"}).entry;
  Nanos last{0};
  int waited = 0;
  for (std::int64_t sent = 0; sent < 10'000'000; sent += 1'000) {
    const Nanos arrival = entry.Deliver({sent});
    ASSERT_GE(arrival, last);
    ASSERT_GE(arrival, Nanos{sent});
    waited += arrival == last ? 1 : 0;
    last = arrival;
  }
  EXPECT_GT(waited, 1'000) << "the model never had to hold a message back, so the test says nothing";
}

TEST(ChannelTest, LegsDrawFromTheirOwnStreams) {
  const LatencyConfig config{
      .feed = "exponential:1ms", .entry = "exponential:1ms", .reply = "exponential:1ms"};
  Channels plain = Make(config);
  Channels busy = Make(config);
  for (int i = 0; i < 100; ++i) busy.feed.Deliver({0});
  EXPECT_EQ(plain.entry.Deliver({0}), busy.entry.Deliver({0}));
  EXPECT_NE(plain.entry.Deliver({1}), plain.reply.Deliver({1}));
}

TEST(ChannelTest, TheSeedDecides) {
  const LatencyConfig config{.entry = "exponential:1ms"};
  EXPECT_EQ(Make(config, 1).entry.Deliver({0}), Make(config, 1).entry.Deliver({0}));
  EXPECT_NE(Make(config, 1).entry.Deliver({0}), Make(config, 2).entry.Deliver({0}));
}

TEST(ChannelTest, OnlyFeedsHaveRecordedTimes) {
  const absl::Status status = MakeChannels({.reply = "recorded"}, Random(1), "venue-a").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(status.message()).find("reply"), std::string::npos) << status;
}

TEST(ChannelTest, HashFollowsTheState) {
  Channel a = Make({.entry = "exponential:1ms"}).entry;
  Channel b = Make({.entry = "exponential:1ms"}).entry;
  const auto hash = [](const Channel& channel) {
    StateHasher hasher;
    channel.Hash(hasher);
    return hasher.value();
  };
  EXPECT_EQ(hash(a), hash(b));
  a.Deliver({1});
  EXPECT_NE(hash(a), hash(b));
  b.Deliver({1});
  EXPECT_EQ(hash(a), hash(b));
}

}  // namespace
}  // namespace crucible::latency
