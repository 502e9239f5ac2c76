// A run in steady state takes no memory: neither the engine, nor the venue, nor strategies that do not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/engine/sinks.h"
#include "tests/engine/markets.h"
#include "tests/engine/regime_worlds.h"
#include "tests/engine/strategies.h"
#include "tests/support/allocations.h"

namespace crucible::engine {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

// Runs and counts allocations in each stretch of 65,536 market records of the second half, checkpoints
// included.
trading::Metrics ExpectNoneInSteadyState(const Market& market, const char* strategy,
                                         std::map<std::string, std::string> parameters = {},
                                         RegimeObserver* regimes = nullptr) {
  std::vector<std::uint64_t> counts;
  counts.reserve(1'000);
  HashSink sink;
  const EngineResult result = RunMarket(
      market, market.records, {{TestStrategy(strategy), std::move(parameters)}}, {"recorded", "1ms", "1ms"},
      sink,
      [&](std::uint64_t, std::uint64_t) {
        counts.push_back(AllocationCount());
        return true;
      },
      65'536, regimes);
  std::vector<std::uint64_t> steady;
  for (std::size_t i = counts.size() / 2; i < counts.size(); ++i) steady.push_back(counts[i] - counts[i - 1]);
  EXPECT_THAT(steady, SizeIs(testing::Ge(4U)));
  EXPECT_THAT(steady, Each(0U));
  return result.metrics;
}

Market LongL2() {
  Market market = GeneratedL2(400'000);
  market.records = WithFeedLatency(market.records, 1);
  return market;
}

TEST(AllocationTest, CounterCounts) {
  const std::uint64_t before = AllocationCount();
  const std::vector<int> taken(100);
  EXPECT_EQ(AllocationCount(), before + 1);
}

TEST(AllocationTest, LevelSessionWithStrategyThatDoesNothing) {
  EXPECT_EQ(ExpectNoneInSteadyState(LongL2(), "sleeper").orders.submitted, 0U);
}

TEST(AllocationTest, LevelSessionWithQuotesReplacedEvery100Milliseconds) {
  const trading::Metrics metrics = ExpectNoneInSteadyState(LongL2(), "quoter", {{"every", "100ms"}});
  EXPECT_GT(metrics.orders.submitted, 100'000U);
  EXPECT_GT(metrics.fills, 1'000U);
}

TEST(AllocationTest, OrderByOrderSessionWithQuotesThatFollowTheTouch) {
  Market market = GeneratedL3(8'000);
  market.records = WithFeedLatency(market.records, 1);
  const trading::Metrics metrics = ExpectNoneInSteadyState(market, "follower");
  EXPECT_GT(metrics.orders.submitted, 10'000U);
  EXPECT_GT(metrics.fills, 1'000U);
}

TEST(AllocationTest, BarsTradedAgainstTheirMean) {
  EXPECT_GT(ExpectNoneInSteadyState(GeneratedBars(300'000), "averager").fills, 10'000U);
}

TEST(AllocationTest, BarsThatARegimeModelReads) {
  RegimeObserver regimes = CalmOrWild();
  Market market = GeneratedBars(0);
  market.records = CalmAndWildBars(300'000).records();
  ExpectNoneInSteadyState(market, "averager", {}, &regimes);
  EXPECT_EQ(regimes.View().bars, 299'999U);
}

}  // namespace
}  // namespace crucible::engine
