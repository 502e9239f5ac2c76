#include "framework/models/causal/pcmci.h"

#include <gtest/gtest.h>

#include "benchmarks/causal/worlds.h"
#include "framework/models/causal/pcmci_plus.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

std::vector<std::size_t> Threads() { return {1, 2, 5}; }

void ExpectSame(const CausalGraph& a, const CausalGraph& b) {
  EXPECT_EQ(a.marks, b.marks);
  EXPECT_EQ(a.values.values(), b.values.values());
  EXPECT_EQ(a.p.values(), b.p.values());
  EXPECT_EQ(a.q.values(), b.q.values());
  EXPECT_EQ(a.parents, b.parents);
  EXPECT_EQ(a.ambiguous, b.ambiguous);
  EXPECT_EQ(a.tests, b.tests);
}

TEST(PcmciTest, FindsPlantedLinksAndNoOthers) {
  const bench::World world = bench::SparseVar(8, 3000, 3, 2, bench::Noise::kNormal, 21);
  Linear linear(world.panel, 3, Transform::kNone);
  PcmciOptions options;
  options.min_lag = 1;
  options.alpha = 1e-4;
  const auto graph = RunPcmci(linear.test, options, linear.pool);
  ASSERT_TRUE(graph.ok());
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      for (std::size_t lag = 1; lag <= 3; ++lag) {
        EXPECT_EQ(graph->marks.at(i, j, lag) == Mark::kForward, world.links.at(i, j, lag) != 0)
            << i << j << lag;
      }
    }
  }
}

TEST(PcmciTest, GraphsHaveTheSameBitsOnAnyNumberOfThreads) {
  const bench::World world = bench::SparseVar(7, 400, 2, 2, bench::Noise::kNormal, 5);
  const LaggedData data = *LaggedData::Create(world.panel, {.max_lag = 2});
  std::optional<CausalGraph> lagged, contemporaneous;
  for (const std::size_t threads : Threads()) {
    TaskPool pool(threads);
    const Correlations correlations = Correlate(data, pool);
    const LinearTest test(correlations, &data, 2);
    const CausalGraph graph = *RunPcmci(test, {}, pool);
    const CausalGraph plus = *RunPcmciPlus(test, {}, pool);
    if (!lagged) lagged = graph, contemporaneous = plus;
    ExpectSame(*lagged, graph);
    ExpectSame(*contemporaneous, plus);
  }
}

TEST(PcmciTest, ForbiddenLinksAreAbsentAndRequiredOnesPresent) {
  const bench::World world = bench::SparseVar(4, 800, 2, 1, bench::Noise::kNormal, 9);
  Linear linear(world.panel, 2, Transform::kNone);
  PcmciOptions options;
  options.assumptions = LinkAssumptions(4, 2);
  options.assumptions.Set(0, 0, 1, Assumption::kForbidden);  // planted
  options.assumptions.Set(3, 2, 2, Assumption::kRequired);
  options.assumptions.BoundLags(1, 2, 2, 2);
  const auto graph = RunPcmci(linear.test, options, linear.pool);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->marks.at(0, 0, 1), Mark::kNone);
  EXPECT_EQ(graph->p.at(0, 0, 1), 1);
  EXPECT_EQ(graph->marks.at(3, 2, 2), Mark::kForward);
  EXPECT_EQ(graph->parents[2].front(), (Node{3, 2})) << "a required parent comes first";
  EXPECT_EQ(graph->p.at(1, 2, 0), 1);
  EXPECT_EQ(graph->p.at(1, 2, 1), 1);
  EXPECT_LT(graph->p.at(1, 2, 2), 1);
}

TEST(PcmciTest, AssumedDirectionsAtLagZeroHold) {
  // x0 -> x1 at lag 0 cannot be told from x1 -> x0 by the data alone.
  const bench::World world = bench::Simulate({{0, 1, 0, 0.6}}, 2, 500, 1, bench::Noise::kNormal, 6);
  Linear linear(world.panel, 1, Transform::kNone);
  PcmciPlusOptions options;
  EXPECT_EQ(RunPcmciPlus(linear.test, options, linear.pool)->marks.at(0, 1, 0), Mark::kUndirected);
  options.assumptions = LinkAssumptions(2, 1);
  options.assumptions.Set(0, 1, 0, Assumption::kDirected);
  const auto graph = RunPcmciPlus(linear.test, options, linear.pool);
  EXPECT_EQ(graph->marks.at(0, 1, 0), Mark::kForward);
  EXPECT_EQ(graph->marks.at(1, 0, 0), Mark::kBackward);
}

TEST(PcmciTest, RequiredLinksMayNotFormACycle) {
  LinkAssumptions assumptions(3, 1);
  assumptions.Set(0, 1, 0, Assumption::kRequired);
  assumptions.Set(1, 2, 0, Assumption::kRequired);
  EXPECT_TRUE(assumptions.Check(3, 1).ok());
  assumptions.Set(2, 0, 0, Assumption::kRequired);
  EXPECT_EQ(assumptions.Check(3, 1).message(), "required links at lag 0 form a cycle through variable 0");
  EXPECT_FALSE(LinkAssumptions(3, 1).Check(4, 1).ok());
}

TEST(PcmciTest, ACorrectionOverAllLinksCountsAPairAtLagZeroOnce) {
  const bench::World world = bench::NullProcess(3, 300, 1, 0.3, bench::Noise::kNormal, 4);
  Linear linear(world.panel, 1, Transform::kNone);
  PcmciOptions options;
  options.false_discovery = FalseDiscovery::kAll;
  const CausalGraph graph = *RunPcmci(linear.test, options, linear.pool);
  // 9 lagged links and 3 pairs: the largest p of 12 is its own q.
  double largest = 0, largest_q = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t lag = i == j ? 1 : 0; lag <= 1; ++lag) {
        largest = std::max(largest, graph.p.at(i, j, lag));
        largest_q = std::max(largest_q, graph.q.at(i, j, lag));
        EXPECT_LE(graph.p.at(i, j, lag), graph.q.at(i, j, lag));
      }
    }
  }
  EXPECT_EQ(largest, largest_q);
}

TEST(PcmciTest, LevelsOutsideOfTheirRangeAreRefusedWithTheirValue) {
  const bench::World world = bench::NullProcess(2, 100, 1, 0, bench::Noise::kNormal, 4);
  Linear linear(world.panel, 1, Transform::kNone);
  PcmciOptions options;
  options.alpha = 0;
  EXPECT_EQ(RunPcmci(linear.test, options, linear.pool).status().message(),
            "the level of links is 0, expected a number above 0 and at most 1");
  options.alpha = 0.05;
  options.min_lag = 2;
  EXPECT_EQ(RunPcmci(linear.test, options, linear.pool).status().message(),
            "the least lag is 2, the largest 1");
}

TEST(PcmciTest, ARegimeIsAnalysedByItsMask) {
  // x0 drives x1 in the second half only.
  Panel panel = bench::NullProcess(2, 2000, 1, 0, bench::Noise::kNormal, 12).panel;
  std::vector<std::vector<double>>& x = panel.sets[0].columns;
  for (std::size_t t = 1000; t < 2000; ++t) x[1][t] += 0.4 * x[0][t - 1];
  for (const bool second : {false, true}) {
    panel.sets[0].use_row.assign(2000, second ? 0 : 1);
    std::fill(panel.sets[0].use_row.begin() + 1000, panel.sets[0].use_row.end(), second ? 1 : 0);
    Linear linear(panel, 1, Transform::kNone);
    PcmciOptions options;
    options.alpha = 1e-4;
    EXPECT_EQ(RunPcmci(linear.test, options, linear.pool)->marks.at(0, 1, 1) == Mark::kForward, second);
  }
}

}  // namespace
}  // namespace crucible::causal
