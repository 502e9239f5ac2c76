#include "framework/base/readable.h"

#include <gtest/gtest.h>

namespace crucible {
namespace {

TEST(ReadableTest, ThousandsAreGroupsAndTheSignIsNoDigit) {
  EXPECT_EQ(GroupDigits("-1234567.8"), "-1,234,567.8");
  EXPECT_EQ(GroupDigits("-123"), "-123");
  EXPECT_EQ(GroupDigits("1000"), "1,000");
}

TEST(ReadableTest, ADecimalKeepsEveryDigitThatSaysSomething) {
  EXPECT_EQ(ReadableDecimal(123'450'000'000, 8, 2), "1,234.50");
  EXPECT_EQ(ReadableDecimal(-5, 4, 2), "-0.0005");
  EXPECT_EQ(ReadableDecimal(700, 2), "7");
  EXPECT_EQ(ReadableDecimal(1'234, 0, 2), "1,234");
}

}  // namespace
}  // namespace crucible
