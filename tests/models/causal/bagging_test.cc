#include "framework/models/causal/bagging.h"

#include <gtest/gtest.h>

#include "benchmarks/causal/worlds.h"

namespace crucible::causal {
namespace {

BaggingOptions Samples(std::size_t samples, std::uint64_t seed = 1) {
  BaggingOptions options;
  options.samples = samples;
  options.seed = seed;
  return options;
}

absl::StatusOr<CausalGraph> Find(LinearTest& test, TaskPool& pool) {
  PcmciOptions options;
  options.min_lag = 1;
  options.alpha = 0.01;
  test.Prepare(0.05);
  return RunPcmci(test, options, pool);
}

TEST(BaggingTest, PlantedLinksAreFrequentAndAbsentOnesRare) {
  const bench::World world = bench::SparseVar(5, 1500, 2, 1, bench::Noise::kNormal, 31);
  const LaggedData data = *LaggedData::Create(world.panel, {.max_lag = 2});
  TaskPool pool(2);
  const BaggedGraph bagged = *BagGraphs(data, Find, Samples(40), pool);
  double absent = 0, absent_links = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      for (std::size_t lag = 1; lag <= 2; ++lag) {
        if (world.links.at(i, j, lag) != 0) {
          EXPECT_GE(bagged.Frequency(i, j, lag), 0.95) << i << j << lag;
          EXPECT_EQ(bagged.Majority(i, j, lag), Mark::kForward);
        } else {
          absent += bagged.Frequency(i, j, lag);
          absent_links += 1;
        }
      }
    }
  }
  EXPECT_LT(absent / absent_links, 0.15);
}

TEST(BaggingTest, FrequenciesDoNotDependOnThreadsButOnTheSeed) {
  const bench::World world = bench::SparseVar(4, 300, 2, 1, bench::Noise::kNormal, 7);
  const LaggedData data = *LaggedData::Create(world.panel, {.max_lag = 2});
  TaskPool one(1), three(3);
  const BaggedGraph a = *BagGraphs(data, Find, Samples(25), one);
  EXPECT_EQ(a.counts, BagGraphs(data, Find, Samples(25), three)->counts);
  EXPECT_NE(a.counts, BagGraphs(data, Find, Samples(25, 2), one)->counts);
}

TEST(BaggingTest, EqualVotesClaimLess) {
  BaggedGraph bagged;
  bagged.samples = 10;
  bagged.counts = LinkTable<std::array<std::uint32_t, 5>>(2, 0, {});
  bagged.counts.at(0, 1, 0) = {2, 4, 4, 0, 0};
  EXPECT_EQ(bagged.Majority(0, 1, 0), Mark::kConflict);
  EXPECT_DOUBLE_EQ(bagged.Frequency(0, 1, 0), 0.8);
  bagged.counts.at(0, 1, 0) = {5, 5, 0, 0, 0};
  EXPECT_EQ(bagged.Majority(0, 1, 0), Mark::kNone);
  bagged.counts.at(0, 1, 0) = {2, 3, 2, 3, 0};
  EXPECT_EQ(bagged.Majority(0, 1, 0), Mark::kUndirected);
}

TEST(BaggingTest, AFailureOfTheAnalysisIsReported) {
  const bench::World world = bench::NullProcess(2, 100, 1, 0, bench::Noise::kNormal, 7);
  const LaggedData data = *LaggedData::Create(world.panel, {.max_lag = 1});
  TaskPool pool(1);
  const auto fail = [](LinearTest&, TaskPool&) -> absl::StatusOr<CausalGraph> {
    return absl::InternalError("no");
  };
  EXPECT_EQ(BagGraphs(data, fail, Samples(2), pool).status().message(), "no");
  EXPECT_FALSE(BagGraphs(data, Find, Samples(0), pool).ok());
}

}  // namespace
}  // namespace crucible::causal
