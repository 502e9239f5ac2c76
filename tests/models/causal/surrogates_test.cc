#include "framework/models/causal/surrogates.h"

#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

double Correlation(const std::vector<double>& x, const std::vector<double>& y, std::size_t lag) {
  double sxy = 0, sxx = 0, syy = 0;
  for (std::size_t t = lag; t < y.size(); ++t) {
    sxy += x[t - lag] * y[t];
    sxx += x[t - lag] * x[t - lag];
    syy += y[t] * y[t];
  }
  return sxy / std::sqrt(sxx * syy);
}

std::vector<double> Squares(const std::vector<double>& x) {
  double mean = 0;
  for (const double value : x) mean += value * value / static_cast<double>(x.size());
  std::vector<double> squares;
  for (const double value : x) squares.push_back(value * value - mean);
  return squares;
}

TEST(SurrogatesTest, KeepAutocorrelationAndCommonVolatilityAndLoseTheLink) {
  const bench::World world = bench::Simulate({{0, 0, 1, 0.6}, {1, 1, 1, 0.3}, {0, 1, 1, 0.5}}, 2, 20'000, 1,
                                             bench::Noise::kCommonGarch, 3);
  const auto& x = world.panel.sets[0].columns;
  const Panel surrogate = MakeSurrogate(world.panel, 3, 1, 0);
  const auto& s = surrogate.sets[0].columns;
  EXPECT_NEAR(Correlation(s[0], s[0], 1), Correlation(x[0], x[0], 1), 0.03);
  EXPECT_NEAR(Correlation(s[1], s[1], 1), Correlation(x[1], x[1], 1), 0.03);
  EXPECT_GT(Correlation(x[0], x[1], 1), 0.4);
  EXPECT_NEAR(Correlation(s[0], s[1], 1), 0, 0.04);
  EXPECT_GT(Correlation(Squares(s[0]), Squares(s[1]), 0), 0.1) << "volatility still moves together";
  EXPECT_NE(MakeSurrogate(world.panel, 3, 1, 1).sets[0].columns, s);
  EXPECT_EQ(MakeSurrogate(world.panel, 3, 1, 0).sets[0].columns, s);
}

TEST(SurrogatesTest, MissingValuesStayMissing) {
  bench::World world = bench::NullProcess(2, 200, 1, 0.5, bench::Noise::kNormal, 3);
  world.panel.sets[0].columns[0][50] = std::nan("");
  const Panel surrogate = MakeSurrogate(world.panel, 2, 1, 0);
  for (std::size_t t = 0; t < 200; ++t) {
    EXPECT_EQ(std::isnan(surrogate.sets[0].columns[0][t]), t == 50);
    EXPECT_FALSE(std::isnan(surrogate.sets[0].columns[1][t]));
  }
}

absl::StatusOr<CausalGraph> Analyse(const Panel& panel, Errors errors) {
  Linear linear(panel, 2, Transform::kNone, errors);
  PcmciOptions options;
  options.min_lag = 1;
  options.pc_alpha = 0.2;
  return RunPcmci(linear.test, options, linear.pool);
}

// A common volatility breaks Student's t; the surrogates of the very data show it, and that robust errors
// mend it.
TEST(SurrogatesTest, ShowWhetherPValuesCanBeTrusted) {
  const bench::World world = bench::NullProcess(5, 1500, 2, 0.3, bench::Noise::kCommonGarch, 19);
  const auto rate = [&](Errors errors) {
    return *EstimateFalsePositives(world.panel, 2, 0.05, 30, 1,
                                   [&](const Panel& panel) { return Analyse(panel, errors); });
  };
  const FalsePositives student = rate(Errors::kStudent), robust = rate(Errors::kHeteroscedastic);
  EXPECT_EQ(student.tests, 30U * 20 * 2);
  EXPECT_GT(student.rate(), 1.25 * 0.05);
  EXPECT_NEAR(robust.rate(), 0.05, 0.02);
  EXPECT_LT(robust.interval().low, 0.05);
}

}  // namespace
}  // namespace crucible::causal
