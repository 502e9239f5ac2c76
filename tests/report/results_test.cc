#include "framework/report/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crucible::report {
namespace {

using testing::HasSubstr;

constexpr const char* kStress =
    R"({"format": "crucible-stress-1", "seeds": 2, "preys": [{"prey": "p", "markets": [
  {"market": "quiet", "measures": {"profit": {"mean": 1, "low": 0, "high": 2, "unit": "USD"}}}]}]})";

std::string ErrorOf(std::string text) {
  return std::string(ReadResult("x.json", std::move(text)).status().message());
}

TEST(ResultsTest, AResultIsKnownByWhatItHolds) {
  EXPECT_EQ(ReadResult("s.json", kStress)->kind, ResultKind::kStress);
  EXPECT_EQ(ReadResult("b.json", R"({"bounds": {"fills": [1, 2]}, "runs": []})")->kind, ResultKind::kBounds);
}

TEST(ResultsTest, WhatIsNoResultIsRefusedWithWhatWouldBe) {
  EXPECT_THAT(ErrorOf("{"), HasSubstr("x.json is not JSON"));
  EXPECT_THAT(ErrorOf("{\"format\": \"crucible-stress-9\"}"), HasSubstr("crucible-stress-1"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("crucible bounds"));
}

TEST(ResultsTest, AResultThatLacksSomethingIsRefusedByName) {
  std::string text = kStress;
  EXPECT_THAT(ErrorOf(text.replace(text.find("\"low\": 0, "), 10, "")),
              HasSubstr("mean, low and high of \"profit\""));
  EXPECT_THAT(ErrorOf(R"({"format": "crucible-stress-1"})"), HasSubstr("preys"));
  EXPECT_THAT(ErrorOf(R"({"bounds": {"fills": [1]}, "runs": []})"), HasSubstr("the two ends of \"fills\""));
  EXPECT_THAT(ErrorOf(R"({"bounds": {}, "runs": [{"set": {}}]})"), HasSubstr("assumption"));
}

}  // namespace
}  // namespace crucible::report
