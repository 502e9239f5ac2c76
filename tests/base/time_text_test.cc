#include "framework/base/time_text.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"

namespace crucible {
namespace {

TEST(ParseDurationTest, ReadsNumberAndUnit) {
  EXPECT_EQ(ParseDuration("1ns")->nanos, 1);
  EXPECT_EQ(ParseDuration("250us")->nanos, 250'000);
  EXPECT_EQ(ParseDuration("1.5ms")->nanos, 1'500'000);
  EXPECT_EQ(ParseDuration("1s")->nanos, 1'000'000'000);
  EXPECT_EQ(ParseDuration("-2m")->nanos, -120'000'000'000);
  EXPECT_EQ(ParseDuration("1h")->nanos, 3'600'000'000'000);
  EXPECT_EQ(ParseDuration("1d")->nanos, 86'400'000'000'000);
  EXPECT_EQ(ParseDuration("20000000000ns")->nanos, 20'000'000'000);
  EXPECT_EQ(ParseDuration("0")->nanos, 0);
}

TEST(ParseDurationTest, NamesWhatIsWrong) {
  EXPECT_EQ(
      ParseDuration("10").status().message(),
      "\"10\" is no duration: it has no unit (ns us ms s m h d); write for example 250us, 1.5ms, 1s or 5m");
  for (const std::string_view text :
       {"", "ms", "1 ms", "1.5ns", "0.0000000001s", "1e30s", "400000d", "x5s"}) {
    EXPECT_EQ(ParseDuration(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(FormatDurationTest, ChoosesTheUnit) {
  EXPECT_EQ(FormatDuration({0}), "0s");
  EXPECT_EQ(FormatDuration({999}), "999ns");
  EXPECT_EQ(FormatDuration({1'500'000}), "1.5ms");
  EXPECT_EQ(FormatDuration({-250'000}), "-250us");
  EXPECT_EQ(FormatDuration({300'000'000'000}), "5m");
  EXPECT_EQ(FormatDuration({301'000'000'000}), "301s");
  EXPECT_EQ(FormatDuration({172'800'000'000'000}), "48h");
}

TEST(FormatDurationTest, IsReadBackAsItself) {
  RandomStream random(1, "duration");
  for (int i = 0; i < 20'000; ++i) {
    const Duration duration{static_cast<std::int64_t>(random() >> (1 + random.UniformBelow(62)))};
    ASSERT_EQ(*ParseDuration(FormatDuration(duration)), duration) << FormatDuration(duration);
  }
}

TEST(ParseTimestampTest, ReadsTheUsualForms) {
  EXPECT_EQ(ParseTimestamp("1970-01-01")->since_epoch, 0);
  EXPECT_EQ(ParseTimestamp("2012-06-21T13:30:00Z")->since_epoch, 1'340'285'400'000'000'000);
  EXPECT_EQ(ParseTimestamp("2012-06-21 13:30")->since_epoch, 1'340'285'400'000'000'000);
  EXPECT_EQ(ParseTimestamp("2012-06-21 13:30:00.004241176")->since_epoch, 1'340'285'400'004'241'176);
  EXPECT_EQ(ParseTimestamp("2012-06-21T09:30:00-04:00")->since_epoch, 1'340'285'400'000'000'000);
  EXPECT_EQ(ParseTimestamp("2012-06-21T15:30:00.5+0200")->since_epoch, 1'340'285'400'500'000'000);
  EXPECT_EQ(ParseTimestamp("2024-02-29")->since_epoch, 1'709'164'800'000'000'000);
}

TEST(ParseTimestampTest, RefusesImpossibleTimes) {
  for (const std::string_view text :
       {"", "2012", "2012-13-01", "2023-02-29", "1900-02-29", "2012-06-21T24:00:00", "2012-06-21T13:30:60",
        "2012-06-21T13:30:00.", "2012-06-21T13:30:00.0123456789", "2012-06-21x", "2012-06-21T13:30:00+",
        "1600-01-01", "2012-06-21T13:30:00Zjunk"}) {
    EXPECT_EQ(ParseTimestamp(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(FormatTimestampTest, WritesNineDigitsAndIsReadBack) {
  EXPECT_EQ(FormatTimestamp({1'340'285'400'004'241'176}), "2012-06-21T13:30:00.004241176Z");
  EXPECT_EQ(FormatTimestamp({-1}), "1969-12-31T23:59:59.999999999Z");
  RandomStream random(1, "timestamp");
  for (int i = 0; i < 20'000; ++i) {
    const Nanos at{static_cast<std::int64_t>(random()) / 2};
    ASSERT_EQ(*ParseTimestamp(FormatTimestamp(at)), at) << FormatTimestamp(at);
  }
}

}  // namespace
}  // namespace crucible
