// Exact integer division with one visible rounding rule: to nearest, ties to even.
#pragma once

#include <cstdint>

#include "framework/base/units.h"

namespace crucible::trading {

constexpr bool FitsInt64(Int128 value) { return value >= INT64_MIN && value <= INT64_MAX; }

// Out of range becomes the nearest end of the range.
constexpr std::int64_t Saturate(Int128 value) {
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  return static_cast<std::int64_t>(value);
}

// The sum, held within +-INT64_MAX so that it can be negated.
constexpr std::int64_t SaturatingAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum) && sum != INT64_MIN) return sum;
  return b < 0 ? -INT64_MAX : INT64_MAX;
}

namespace rounding_internal {
// Moves a truncated quotient by one where the remainder asks for it. REQUIRES: divisor > 0.
template <class Integer>
constexpr Integer RoundQuotient(Integer quotient, Integer remainder, Integer divisor, Integer away) {
  const Integer magnitude = remainder < 0 ? -remainder : remainder;
  const Integer rest = divisor - magnitude;  // Compared so that doubling cannot overflow.
  const bool up = magnitude > rest || (magnitude == rest && (quotient & 1) != 0);
  return up ? quotient + away : quotient;
}
}  // namespace rounding_internal

// numerator / divisor. REQUIRES: divisor > 0.
constexpr Int128 DivideHalfEven(Int128 numerator, Int128 divisor) {
  using rounding_internal::RoundQuotient;
  if (FitsInt64(numerator) && divisor <= INT64_MAX) {
    const auto n = static_cast<std::int64_t>(numerator);
    const auto d = static_cast<std::int64_t>(divisor);
    return RoundQuotient<std::int64_t>(n / d, n % d, d, n < 0 ? -1 : 1);
  }
  const Int128 quotient = numerator / divisor;
  return RoundQuotient<Int128>(quotient, numerator - quotient * divisor, divisor, numerator < 0 ? -1 : 1);
}

}  // namespace crucible::trading
