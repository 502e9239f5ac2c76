#include "framework/report/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crucible::report {
namespace {

using testing::HasSubstr;

constexpr const char* kStress =
    R"({"format": "crucible-stress-1", "seeds": 2, "preys": [{"prey": "p", "markets": [
  {"market": "quiet", "measures": {"profit": {"mean": 1, "low": 0, "high": 2, "unit": "USD"}}}]}]})";

constexpr const char* kFacts =
    R"([{"fact": "spread", "description": "d", "band": [1, 2], "markets": [{"file": "a", "recorded": true, "value": 1.5}]}])";

std::string ErrorOf(std::string text) {
  return std::string(ReadResult("x.json", std::move(text)).status().message());
}

TEST(ResultsTest, AResultIsKnownByWhatItHolds) {
  EXPECT_EQ(ReadResult("s.json", kStress)->kind, ResultKind::kStress);
  EXPECT_EQ(ReadResult("f.json", kFacts)->kind, ResultKind::kFacts);
  EXPECT_EQ(ReadResult("b.json", R"({"bounds": {"fills": [1, 2]}, "runs": []})")->kind, ResultKind::kBounds);
}

TEST(ResultsTest, WhatIsNoResultIsRefusedWithWhatWouldBe) {
  EXPECT_THAT(ErrorOf("{"), HasSubstr("x.json is not JSON"));
  EXPECT_THAT(ErrorOf("{\"format\": \"crucible-stress-9\"}"), HasSubstr("crucible-stress-1"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("crucible --json bounds"));
}

TEST(ResultsTest, AResultThatLacksSomethingIsRefusedByName) {
  std::string text = kStress;
  EXPECT_THAT(ErrorOf(text.replace(text.find("\"low\": 0, "), 10, "")),
              HasSubstr("mean, low and high of \"profit\""));
  EXPECT_THAT(ErrorOf(R"({"format": "crucible-stress-1"})"), HasSubstr("preys"));
  EXPECT_THAT(ErrorOf(R"({"bounds": {"fills": [1]}, "runs": []})"), HasSubstr("the two ends of \"fills\""));
  EXPECT_THAT(ErrorOf(R"({"bounds": {}, "runs": [{"set": {}}]})"), HasSubstr("assumption"));
  std::string facts = kFacts;
  EXPECT_THAT(ErrorOf(facts.replace(facts.find("[1, 2]"), 6, "[1]")), HasSubstr("band of \"spread\""));
  facts = kFacts;
  EXPECT_THAT(ErrorOf(facts.replace(facts.find("true"), 4, "7")), HasSubstr("recorded or value of a market"));
  EXPECT_THAT(ErrorOf(R"([{"fact": 1}])"), HasSubstr("a fact's name"));
}

}  // namespace
}  // namespace crucible::report
