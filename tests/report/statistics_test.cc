#include "framework/report/statistics.h"

#include <gtest/gtest.h>

#include <numeric>

namespace crucible::report {
namespace {

// Wilson, JASA 22 (1927) 209, in the table of Newcombe, Statistics in Medicine 17 (1998) 857: 81 of 263.
TEST(StatisticsTest, WilsonsIntervalIsThePublishedOne) {
  const Interval interval = WilsonInterval(81, 263);
  EXPECT_NEAR(interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(interval.high, 0.3662, 5e-5);
  EXPECT_NEAR(WilsonInterval(0, 20).low, 0, 1e-15);
  EXPECT_NEAR(WilsonInterval(0, 20).high, 0.1611, 5e-5);
  EXPECT_EQ(WilsonInterval(0, 0).high, 1);
}

TEST(StatisticsTest, QuantilesAreValuesOfTheSample) {
  std::vector<double> values(100);
  std::iota(values.rbegin(), values.rend(), 1);
  const Json json = QuantilesJson(values);
  EXPECT_EQ(json["p5"], 5);
  EXPECT_EQ(json["p50"], 50);
  EXPECT_EQ(json["p99"], 99);
  EXPECT_EQ(json["max"], 100);
}

TEST(StatisticsTest, AHistogramCountsEveryValue) {
  std::vector<double> values = {-1000, 1000};
  for (int i = 0; i < 1000; ++i) values.push_back(i % 10);
  const Json json = HistogramJson(values, 10);
  const auto counts = json["counts"].get<std::vector<std::uint64_t>>();
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 1002U);
  EXPECT_EQ(json["from"], 0) << "single outliers do not squeeze the rest";
  EXPECT_TRUE(HistogramJson({}, 10).is_null());
  EXPECT_EQ(HistogramJson({3, 3, 3}, 4)["counts"].get<std::vector<int>>()[2], 3);
}

TEST(StatisticsTest, AMeanWithoutValuesHasNoNumbers) {
  EXPECT_EQ(MeanJson({}), (Json{{"n", 0}}));
  const Json two = MeanJson({1, 3});
  EXPECT_EQ(two["mean"], 2);
  EXPECT_NEAR(two["high"].get<double>() - 2, kZ95 * std::sqrt(2.0) / std::sqrt(2.0), 1e-12);
}

}  // namespace
}  // namespace crucible::report
