#include "framework/models/causal/diagnostics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"

namespace crucible::causal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Panel Of(const std::string& name, std::vector<double> values) {
  Panel panel;
  panel.names = {name};
  panel.sets.push_back({{std::move(values)}, {}});
  return panel;
}

std::vector<double> Autoregression(double weight, std::size_t rows, std::uint64_t seed) {
  return bench::NullProcess(1, rows, 1, weight, bench::Noise::kNormal, seed).panel.sets[0].columns[0];
}

TEST(DiagnosticsTest, ALevelIsToldFromAPersistentReturn) {
  int levels = 0, returns = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    levels += DescribeSeries(Of("x", Autoregression(1.0, 500, seed)), 0).looks_like_level ? 1 : 0;
    returns += DescribeSeries(Of("x", Autoregression(0.9, 500, seed)), 0).looks_like_level ? 1 : 0;
  }
  EXPECT_GE(levels, 88) << "a unit root is rejected in 5 of 100";
  EXPECT_LE(returns, 5);
}

TEST(DiagnosticsTest, EachProblemNamesTheSeriesAndTheCure) {
  EXPECT_THAT(DescribeProblems(Of("fee", std::vector<double>(200, 0.1)), 194, 3),
              ElementsAre("fee is constant: it can have no link; leave it out"));
  std::vector<double> level = Autoregression(1.0, 1000, 1);
  for (double& value : level) value += 1e4;
  EXPECT_THAT(DescribeProblems(Of("close", level), 994, 3), ElementsAre(HasSubstr("use --returns close")));
  std::vector<double> tied = Autoregression(0.1, 1000, 1);
  for (double& value : tied) value = std::round(value);
  EXPECT_THAT(DescribeProblems(Of("ticks", tied), 994, 3), ElementsAre(HasSubstr("ticks has one value in")));
  std::vector<double> gaps = Autoregression(0.1, 1000, 1);
  gaps[4] = std::nan("");
  EXPECT_THAT(DescribeProblems(Of("gaps", gaps), 987, 3), ElementsAre(HasSubstr("gaps misses 1 values")));
  EXPECT_THAT(DescribeProblems(Of("x", Autoregression(0.1, 30, 1)), 24, 3),
              ElementsAre(HasSubstr("24 rows are few")));
  EXPECT_THAT(DescribeProblems(Of("x", Autoregression(0.1, 1000, 1)), 994, 3), IsEmpty());
}

}  // namespace
}  // namespace crucible::causal
