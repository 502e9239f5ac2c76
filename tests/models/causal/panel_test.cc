#include "framework/models/causal/panel.h"

#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

Panel OneSet(std::size_t rows) { return bench::NullProcess(2, rows, 1, 0.5, bench::Noise::kNormal, 8).panel; }

TEST(PanelTest, EveryTestDropsTwiceTheLargestLag) {
  const auto sample = ChooseSample(OneSet(100), 3, 10);
  ASSERT_TRUE(sample.ok());
  EXPECT_EQ(sample->rows, 94U);
  ASSERT_EQ(sample->runs.size(), 1U);
  EXPECT_EQ(sample->runs[0].first, 6U);
}

TEST(PanelTest, AMissingValueTakesTheRowsWhoseWindowsHoldIt) {
  Panel panel = OneSet(100);
  panel.sets[0].columns[1][50] = std::nan("");
  const auto sample = ChooseSample(panel, 2, 10);
  ASSERT_TRUE(sample.ok());
  EXPECT_EQ(sample->rows, 96U - 5U);
  EXPECT_EQ(sample->runs.size(), 2U);
}

TEST(PanelTest, AMaskChoosesTheTimeOfTheEffect) {
  Panel panel = OneSet(100);
  panel.sets[0].use_row.assign(100, 0);
  for (std::size_t t = 40; t < 60; ++t) panel.sets[0].use_row[t] = 1;
  const auto sample = ChooseSample(panel, 2, 10);
  ASSERT_TRUE(sample.ok());
  EXPECT_EQ(sample->rows, 20U);
  EXPECT_EQ(sample->runs[0].first, 40U);
}

TEST(PanelTest, TooFewRowsSaysHowManyAndWhichColumnIsToBlame) {
  Panel panel = OneSet(30);
  for (std::size_t t = 5; t < 30; t += 3) panel.sets[0].columns[1][t] = std::nan("");
  const auto sample = ChooseSample(panel, 2, 10);
  ASSERT_FALSE(sample.ok());
  EXPECT_EQ(
      sample.status().message(),
      "1 of 30 rows can be used, at least 10 are needed: a row counts when it is not masked and the 4 rows "
      "before it are complete (x1 misses most values, 9)");
}

TEST(PanelTest, InfiniteValuesAreRefusedByNameAndRow) {
  Panel panel = OneSet(30);
  panel.sets[0].columns[1][7] = HUGE_VAL;
  EXPECT_EQ(ChooseSample(panel, 1, 10).status().message(), "x1 is infinite in row 8");
}

// The rows of a sample are the same whether they come from one series with gaps or from several; naive twin:
// the correlation of columns gathered row by row.
TEST(PanelTest, GapsAndSetsGiveTheCorrelationsOfTheirRows) {
  Panel panel = bench::SparseVar(3, 500, 2, 1, bench::Noise::kNormal, 2).panel;
  panel.sets[0].columns[0][100] = std::nan("");
  panel.sets.push_back(bench::SparseVar(3, 300, 2, 1, bench::Noise::kNormal, 3).panel.sets[0]);
  panel.sets[1].use_row.assign(300, 1);
  for (std::size_t t = 0; t < 300; t += 7) panel.sets[1].use_row[t] = 0;
  const Linear linear(panel, 2, Transform::kNone);
  std::vector<double> x(linear.data.rows()), y(linear.data.rows());
  for (std::uint32_t lag_x = 0; lag_x <= 4; ++lag_x) {
    for (std::uint32_t lag_y = 0; lag_y <= 4; ++lag_y) {
      linear.data.Column({0, lag_x}, x.data());
      linear.data.Column({2, lag_y}, y.data());
      double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
      for (std::size_t t = 0; t < x.size(); ++t) {
        sx += x[t], sy += y[t], sxx += x[t] * x[t], syy += y[t] * y[t], sxy += x[t] * y[t];
      }
      const auto n = static_cast<double>(x.size());
      const double r = (sxy - sx * sy / n) / std::sqrt((sxx - sx * sx / n) * (syy - sy * sy / n));
      const std::size_t a = linear.data.Index({0, lag_x}), b = linear.data.Index({2, lag_y});
      EXPECT_NEAR(linear.correlations.r[a * linear.correlations.nodes + b], r, 1e-12);
      EXPECT_EQ(linear.correlations.r[a * linear.correlations.nodes + b],
                linear.correlations.r[b * linear.correlations.nodes + a]);
    }
  }
}

}  // namespace
}  // namespace crucible::causal
