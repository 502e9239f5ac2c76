#include "simulators/latency/latency_model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "framework/base/math.h"

namespace crucible::latency {
namespace {

constexpr int kDraws = 100'001;

RandomStream Stream() { return Random(11).Stream("latency/test"); }

std::vector<double> SortedMillis(std::string_view text) {
  const auto spec = ParseLatency(text, Stream());
  EXPECT_TRUE(spec.ok()) << spec.status();
  std::vector<double> draws;
  for (int i = 0; i < kDraws; ++i) draws.push_back(static_cast<double>(spec->model->Sample({0}).nanos) / 1e6);
  std::ranges::sort(draws);
  return draws;
}

TEST(ParseLatencyTest, ReadsConstants) {
  const auto spec = ParseLatency("250us", Stream());
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->shift.nanos, 250'000);
  EXPECT_EQ(spec->model, nullptr);
  EXPECT_FALSE(spec->recorded);
}

TEST(ParseLatencyTest, ReadsRecordedWithAnOptionalShift) {
  EXPECT_TRUE(ParseLatency("recorded", Stream())->recorded);
  const auto spec = ParseLatency("recorded+2ms", Stream());
  EXPECT_TRUE(spec->recorded);
  EXPECT_EQ(spec->shift.nanos, 2'000'000);
}

TEST(ParseLatencyTest, NamesWhatIsWrong) {
  const auto message = [](std::string_view text) {
    return std::string(ParseLatency(text, Stream()).status().message());
  };
  EXPECT_NE(message("gamma:1ms").find("there is no model \"gamma\""), std::string::npos);
  EXPECT_NE(message("fast").find("\"fast\" is no duration"), std::string::npos);
  EXPECT_NE(message("lognormal:1ms,9").find("sigma \"9\""), std::string::npos);
  EXPECT_NE(message("empirical:2ms,1ms").find("must ascend"), std::string::npos);
  EXPECT_NE(message("2h").find("outside 0 to 1h"), std::string::npos);
  for (const std::string_view text :
       {"", "-1ms", "1ms+1ms", "exponential:", "exponential:1ms+", "lognormal:1ms", "lognormal:1ms,x",
        "empirical:1ms", "recorded+x", "+", ":", "+exponential:1ms"}) {
    EXPECT_EQ(ParseLatency(text, Stream()).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(LatencyModelTest, ExponentialHasItsMeanAndFloor) {
  const std::vector<double> millis = SortedMillis("exponential:2ms+1ms");
  EXPECT_GE(millis.front(), 1);
  EXPECT_NEAR(millis[kDraws / 2], 1 + 2 * Log(2), 0.03);
}

TEST(LatencyModelTest, LognormalHasItsMedianAndSpread) {
  const std::vector<double> millis = SortedMillis("lognormal:2ms,0.5+1ms");
  EXPECT_NEAR(millis[kDraws / 2], 3, 0.02);
  EXPECT_NEAR(millis[kDraws * 841 / 1000], 1 + 2 * Exp(0.5), 0.05);
}

TEST(LatencyModelTest, EmpiricalInterpolatesItsQuantiles) {
  const std::vector<double> millis = SortedMillis("empirical:1ms,2ms,10ms");
  EXPECT_GE(millis.front(), 1);
  EXPECT_LE(millis.back(), 10);
  EXPECT_NEAR(millis[kDraws / 4], 1.5, 0.02);
  EXPECT_NEAR(millis[kDraws * 3 / 4], 6, 0.1);
}

TEST(LatencyModelTest, NoSampleExceedsTheBound) {
  EXPECT_LE(SortedMillis("lognormal:1h,4").back(), 3'600'000);
}

}  // namespace
}  // namespace crucible::latency
