// The middle of bid and ask without a fraction: twice the mid, in price units, held at the ends of 64 bits.
#pragma once

#include <compare>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {

struct Mid {
  std::int64_t doubled = 0;  // bid + ask; 0: unknown

  static constexpr Mid Of(Price bid, Price ask) { return {SaturatingAdd(bid.units, ask.units)}; }
  static constexpr Mid At(Price price) { return Of(price, price); }
  constexpr bool known() const { return doubled != 0; }
  // Rounded towards zero when the spread is odd.
  constexpr Price price() const { return {doubled / 2}; }
  friend constexpr auto operator<=>(Mid, Mid) = default;
};

}  // namespace crucible::trading
