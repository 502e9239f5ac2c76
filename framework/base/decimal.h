// Decimal text to counts of a decimal unit (10^-decimals) and back, exactly.
//
//   DecimalResult price;
//   if (ParseDecimal("101.25", 2, &price) == DecimalError::kNone) Use(price.units);  // 10125, exact
//
// Values with more digits than the unit can hold round half to even and say so: real feeds print 19 decimals.
// Never through double, never through a locale. Thread-safe; no allocation in ParseDecimal.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace crucible {

inline constexpr int kMaxDecimals = 18;
// 10^0 ... 10^18.
inline constexpr std::array<std::int64_t, kMaxDecimals + 1> kPowersOfTen = [] {
  std::array<std::int64_t, kMaxDecimals + 1> powers{};
  std::int64_t power = 1;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = power;
    if (i + 1 < powers.size()) power *= 10;
  }
  return powers;
}();

enum class DecimalError : std::uint8_t {
  kNone,
  kMalformed,  // Not [+-]digits[.digits][e[+-]digits] with at least one digit before the exponent.
  kOverflow,   // Does not fit 64 bits in this unit.
};

struct DecimalResult {
  std::int64_t units = 0;
  bool exact = true;
  double relative_error = 0;  // |rounded - text| / |text|; 0 when exact
};

// The value of `text` in units of 10^-decimals. On error `result` is unchanged.
// REQUIRES: 0 <= decimals <= kMaxDecimals.
[[nodiscard]] DecimalError ParseDecimal(std::string_view text, int decimals, DecimalResult* result);

// "-12.50" for (-1250, 2): always `decimals` digits after the point, no point for 0.
// REQUIRES: 0 <= decimals <= kMaxDecimals.
std::string FormatDecimal(std::int64_t units, int decimals);

std::string_view Name(DecimalError error);

}  // namespace crucible
