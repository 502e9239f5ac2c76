#include "framework/base/decimal.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "framework/base/random.h"
#include "framework/base/units.h"

namespace crucible {
namespace {

std::optional<std::int64_t> Units(std::string_view text, int decimals) {
  DecimalResult result;
  if (ParseDecimal(text, decimals, &result) != DecimalError::kNone) return std::nullopt;
  return result.units;
}

bool Exact(std::string_view text, int decimals) {
  DecimalResult result;
  EXPECT_EQ(ParseDecimal(text, decimals, &result), DecimalError::kNone) << text;
  return result.exact;
}

TEST(ParseDecimalTest, ScalesPlainNumbers) {
  EXPECT_EQ(Units("101.25", 2), 10125);
  EXPECT_EQ(Units("-0.001", 8), -100'000);
  EXPECT_EQ(Units("+7", 3), 7000);
  EXPECT_EQ(Units("0", 0), 0);
  EXPECT_EQ(Units("000123.4500", 2), 12345);
  EXPECT_EQ(Units("5.", 1), 50);
  EXPECT_EQ(Units(".5", 1), 5);
  EXPECT_EQ(Units("-.5", 1), -5);
}

TEST(ParseDecimalTest, ReadsExponents) {
  EXPECT_EQ(Units("1e3", 0), 1000);
  EXPECT_EQ(Units("1.5E-3", 4), 15);
  EXPECT_EQ(Units("-2.50e+1", 1), -250);
  EXPECT_EQ(Units("0e99999999999", 8), 0);
  EXPECT_EQ(Units("1e-99999999999", 8), 0);
}

TEST(ParseDecimalTest, RefusesWhatIsNoNumber) {
  for (const std::string_view text : {"", "-", "+", ".", "-.", "1.2.3", "1,5", " 1", "1 ", "e5", "1e", "1e+",
                                      "1e5x", "0x10", "nan", "--1", "1e.5"}) {
    DecimalResult result{.units = 77};
    EXPECT_EQ(ParseDecimal(text, 2, &result), DecimalError::kMalformed) << '"' << text << '"';
    EXPECT_EQ(result.units, 77) << "an error must leave the result alone";
  }
}

TEST(ParseDecimalTest, TrailingZerosBeyondTheUnitAreExact) {
  EXPECT_TRUE(Exact("10.50000000", 2));
  EXPECT_TRUE(Exact("3.14000000000000000000000000000000000000000000000000", 2));
  EXPECT_EQ(Units("3.14000000000000000000000000000000000000000000000000", 2), 314);
}

TEST(ParseDecimalTest, RoundsHalfToEvenAndSaysSo) {
  EXPECT_EQ(Units("0.125", 2), 12);
  EXPECT_EQ(Units("0.135", 2), 14);
  EXPECT_EQ(Units("-0.125", 2), -12);
  EXPECT_EQ(Units("-0.135", 2), -14);
  EXPECT_EQ(Units("0.12500000000000000000000000000000000000000000000001", 2), 13) << "above half by digit 50";
  EXPECT_EQ(Units("0.26404670999999998", 8), 26'404'671);
  EXPECT_EQ(Units("0.5", 0), 0);
  EXPECT_EQ(Units("1.5", 0), 2);
  EXPECT_FALSE(Exact("0.125", 2));
}

TEST(ParseDecimalTest, ReportsTheRelativeError) {
  DecimalResult result;
  ASSERT_EQ(ParseDecimal("4.01", 1, &result), DecimalError::kNone);
  EXPECT_EQ(result.units, 40);
  EXPECT_DOUBLE_EQ(result.relative_error, 0.01 / 4.01);
  ASSERT_EQ(ParseDecimal("0.00000001", 2, &result), DecimalError::kNone);
  EXPECT_EQ(result.relative_error, 1.0) << "everything was lost";
}

TEST(ParseDecimalTest, KeepsTheWholeRangeOf64Bits) {
  EXPECT_EQ(Units("9223372036854775807", 0), INT64_MAX);
  EXPECT_EQ(Units("-9223372036854775808", 0), INT64_MIN);
  EXPECT_EQ(Units("92233720368.54775807", 8), INT64_MAX);
  for (const std::string_view text :
       {"9223372036854775808", "-9223372036854775809", "1e19", "1e400",
        "99999999999999999999999999999999999999999999", "9223372036854775807.5"}) {
    DecimalResult result{.units = 77};
    EXPECT_EQ(ParseDecimal(text, 0, &result), DecimalError::kOverflow) << text;
    EXPECT_EQ(result.units, 77);
  }
}

// Long division by hand on a digit string: obviously right, slow.
std::int64_t RoundedTwin(const std::string& digits, int fraction, int decimals) {
  Int128 value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  for (int i = fraction; i < decimals; ++i) value *= 10;
  Int128 divisor = 1;
  for (int i = decimals; i < fraction; ++i) divisor *= 10;
  const Int128 floor = value / divisor;
  const Int128 twice = 2 * (value % divisor);
  return static_cast<std::int64_t>(floor + (twice > divisor || (twice == divisor && floor % 2 == 1) ? 1 : 0));
}

TEST(ParseDecimalTest, AgreesWithLongDivisionOnRandomText) {
  RandomStream random(20120621, "decimal");
  for (int i = 0; i < 500'000; ++i) {
    const auto length = 1 + random.UniformBelow(24);
    const auto fraction = random.UniformBelow(length + 1);
    const auto decimals = static_cast<int>(random.UniformBelow(9));
    std::string digits;
    for (std::uint64_t d = 0; d < length; ++d) digits += static_cast<char>('0' + random.UniformBelow(10));
    if (length - fraction + static_cast<std::uint64_t>(decimals) > 18) continue;
    const std::string text = digits.substr(0, length - fraction) + "." + digits.substr(length - fraction);
    ASSERT_EQ(Units(text, decimals), RoundedTwin(digits, static_cast<int>(fraction), decimals))
        << text << " in " << decimals << " decimals";
  }
}

TEST(FormatDecimalTest, WritesAllDecimals) {
  EXPECT_EQ(FormatDecimal(10125, 2), "101.25");
  EXPECT_EQ(FormatDecimal(-5, 3), "-0.005");
  EXPECT_EQ(FormatDecimal(0, 2), "0.00");
  EXPECT_EQ(FormatDecimal(42, 0), "42");
  EXPECT_EQ(FormatDecimal(0, 0), "0");
  EXPECT_EQ(FormatDecimal(INT64_MIN, 18), "-9.223372036854775808");
}

TEST(FormatDecimalTest, IsReadBackAsItself) {
  RandomStream random(7, "decimal/round-trip");
  for (int i = 0; i < 200'000; ++i) {
    const auto units = static_cast<std::int64_t>(random() >> random.UniformBelow(64)) * (i % 2 == 0 ? 1 : -1);
    const auto decimals = static_cast<int>(random.UniformBelow(kMaxDecimals + 1));
    ASSERT_EQ(Units(FormatDecimal(units, decimals), decimals), units) << decimals;
  }
}

}  // namespace
}  // namespace crucible
