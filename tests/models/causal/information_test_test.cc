#include "framework/models/causal/information_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"

namespace crucible::causal {
namespace {

// x0 drives x1 through its square: no correlation, but information.
Panel Squares(std::size_t rows) {
  Panel panel = bench::NullProcess(3, rows, 1, 0.3, bench::Noise::kNormal, 25).panel;
  std::vector<std::vector<double>>& x = panel.sets[0].columns;
  for (std::size_t t = 1; t < rows; ++t) x[1][t] += x[0][t - 1] * x[0][t - 1];
  return panel;
}

TEST(InformationTestTest, FindsALinkThatCorrelationDoesNotSee) {
  const Panel panel = Squares(400);
  const LaggedData data = *LaggedData::Create(panel, {.max_lag = 1});
  InformationTest::Options options;
  options.neighbours = 0.1;
  options.permutation.draws = 200;
  const InformationTest information(data, options);
  TaskPool pool(1);
  const Correlations correlations = Correlate(data, pool);
  const LinearTest linear(correlations, &data, 1);
  PcmciOptions pcmci;
  pcmci.min_lag = 1;
  const CausalGraph graph = *RunPcmci(information, pcmci, pool);
  EXPECT_EQ(graph.marks.at(0, 1, 1), Mark::kForward);
  EXPECT_EQ(graph.marks.at(0, 2, 1), Mark::kNone);
  EXPECT_EQ(graph.marks.at(2, 1, 1), Mark::kNone);
  EXPECT_LT(std::fabs(RunPcmci(linear, pcmci, pool)->values.at(0, 1, 1)), 0.2);
  TaskPool three(3);
  EXPECT_EQ(RunPcmci(information, pcmci, three)->p.values(), graph.p.values());
}

TEST(InformationTestTest, TheOrderOfConditionsDoesNotMatter) {
  const LaggedData data = *LaggedData::Create(Squares(150), {.max_lag = 1});
  const InformationTest test(data, {});
  const std::vector<Node> z = {{1, 1}, {2, 1}}, reversed = {{2, 1}, {1, 1}};
  const CiResult a = test.Test({0, 1}, {1, 0}, z), b = test.Test({0, 1}, {1, 0}, reversed);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.p, b.p);
}

}  // namespace
}  // namespace crucible::causal
