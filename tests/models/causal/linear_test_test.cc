#include "framework/models/causal/linear_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"
#include "framework/models/causal/orthogonal_test.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

// The naive twin: residuals of a regression on the rows themselves.
double ByRows(const Linear& linear, Node x, Node y, const std::vector<Node>& z) {
  return ResidualCorrelation(ComputeResiduals(linear.data, x, y, z));
}

TEST(LinearTestTest, OneMatrixGivesTheCorrelationOfResidualsForAnyConditions) {
  const bench::World world = bench::SparseVar(5, 400, 3, 2, bench::Noise::kStudent3, 11);
  for (const Transform transform : {Transform::kNone, Transform::kNormalScores}) {
    const Linear linear(world.panel, 3, transform);
    RandomStream stream(5, "conditions");
    const auto node = [&] {
      return Node{static_cast<std::uint32_t>(stream.UniformBelow(5)),
                  static_cast<std::uint32_t>(stream.UniformBelow(7))};
    };
    for (int round = 0; round < 200; ++round) {
      const Node x = node(), y = node();
      std::vector<Node> z;
      while (z.size() < stream.UniformBelow(14)) {
        const Node candidate = node();
        if (candidate != x && candidate != y && std::ranges::find(z, candidate) == z.end())
          z.push_back(candidate);
      }
      if (x == y) continue;
      EXPECT_NEAR(linear.test.Test(x, y, z).value, ByRows(linear, x, y, z), 1e-11) << round;
    }
  }
}

TEST(LinearTestTest, ResidualsByRegressionAreThoseOfOrthogonalisation) {
  Panel panel = bench::SparseVar(4, 300, 2, 2, bench::Noise::kGarch, 13).panel;
  panel.sets[0].columns[1][150] = std::nan("");
  for (double& value : panel.sets[0].columns[3]) value = 500 + 20 * value;
  const Linear linear(panel, 2, Transform::kNone);
  const std::vector<Node> z = {{1, 1}, {2, 2}, {3, 1}, {3, 4}};
  const Residuals slow = ComputeResiduals(linear.data, {0, 1}, {3, 0}, z);
  const Residuals fast = ComputeResidualsByRegression(linear.data, linear.correlations, {0, 1}, {3, 0}, z);
  EXPECT_NEAR(ResidualCorrelation(fast), ResidualCorrelation(slow), 1e-12);
  EXPECT_NEAR(HeteroscedasticScore(fast), HeteroscedasticScore(slow), 1e-10);
}

TEST(LinearTestTest, DecidingNeedsNoPValueAndAgreesWithIt) {
  const bench::World world = bench::SparseVar(4, 300, 2, 2, bench::Noise::kNormal, 3);
  Linear linear(world.panel, 2, Transform::kNone);
  linear.test.Prepare(0.05);
  for (std::uint32_t i = 0; i < 4; ++i) {
    for (std::uint32_t lag = 1; lag <= 4; ++lag) {
      const std::vector<Node> z = {{(i + 1) % 4, 1}, {(i + 2) % 4, 2}};
      for (const double alpha : {0.05, 0.2}) {
        EXPECT_EQ(linear.test.Decide({i, lag}, {0, 0}, z, alpha).dependent,
                  linear.test.Test({i, lag}, {0, 0}, z).p <= alpha);
      }
    }
  }
}

Panel Columns(std::vector<std::vector<double>> columns) {
  Panel panel;
  for (std::size_t v = 0; v < columns.size(); ++v) panel.names.push_back("x" + std::to_string(v));
  panel.sets.push_back({std::move(columns), {}});
  return panel;
}

std::vector<double> Draws(std::size_t n, std::string_view name) {
  RandomStream stream(17, name);
  std::vector<double> x(n);
  for (double& value : x) value = stream.Normal();
  return x;
}

TEST(LinearTestTest, AVariableThatTheConditionsDetermineIsCollinear) {
  const std::vector<double> bid = Draws(300, "bid"), ask = Draws(300, "ask"), other = Draws(300, "other");
  std::vector<double> mid(300);
  for (std::size_t t = 0; t < mid.size(); ++t) mid[t] = (bid[t] + ask[t]) / 2;
  const Linear linear(Columns({bid, ask, mid, other}), 1, Transform::kNone);
  const std::vector<Node> both = {{0, 1}, {1, 1}};
  EXPECT_EQ(linear.test.Test({2, 1}, {3, 0}, both).outcome, CiOutcome::kCollinear);
  EXPECT_EQ(linear.test.Test({2, 1}, {3, 0}, both).p, 1);
  // Conditions that depend on each other are only one condition too many.
  const std::vector<Node> three = {{0, 1}, {1, 1}, {2, 1}};
  const CiResult result = linear.test.Test({3, 1}, {3, 0}, three);
  EXPECT_EQ(result.outcome, CiOutcome::kTested);
  EXPECT_NEAR(result.value, linear.test.Test({3, 1}, {3, 0}, both).value, 1e-9);
  // Without rows there is nothing to fall back to.
  const LinearTest alone(linear.correlations, nullptr, 1);
  EXPECT_EQ(alone.Test({2, 1}, {3, 0}, both).outcome, CiOutcome::kCollinear);
}

TEST(LinearTestTest, NearlyDependentColumnsKeepTheirDigits) {
  // A walk of tiny steps on a large level: neighbouring lags differ by parts in a million.
  std::vector<double> walk = Draws(500, "walk"), noise = Draws(500, "noise");
  double level = 1e4;
  for (double& value : walk) value = level += 1e-2 * value;
  const Linear linear(Columns({walk, noise}), 2, Transform::kNone);
  const std::vector<Node> z = {{0, 1}, {0, 2}, {0, 3}};
  EXPECT_NEAR(linear.test.Test({0, 4}, {1, 0}, z).value, ByRows(linear, {0, 4}, {1, 0}, z), 1e-9);
}

TEST(LinearTestTest, AConstantIsIndependentAndNoCondition) {
  const Linear linear(Columns({std::vector<double>(200, 0.1), Draws(200, "a"), Draws(200, "b")}), 1,
                      Transform::kNone);
  EXPECT_EQ(linear.test.Test({0, 1}, {1, 0}, {}).outcome, CiOutcome::kConstant);
  const std::vector<Node> z = {{0, 1}};
  EXPECT_EQ(linear.test.Test({2, 1}, {1, 0}, z).p, linear.test.Test({2, 1}, {1, 0}, {}).p);
}

TEST(LinearTestTest, ScoresThatAllowForChangingVarianceAgreeWhereItDoesNotChange) {
  const bench::World world = bench::NullProcess(2, 4000, 1, 0, bench::Noise::kNormal, 4);
  const Linear plain(world.panel, 1, Transform::kNone),
      robust(world.panel, 1, Transform::kNone, Errors::kHeteroscedastic);
  for (const Node x : {Node{0, 1}, Node{1, 1}, Node{1, 2}}) {
    EXPECT_NEAR(robust.test.Confirm(x, {0, 0}, {}).p, plain.test.Confirm(x, {0, 0}, {}).p, 0.05);
  }
}

}  // namespace
}  // namespace crucible::causal
