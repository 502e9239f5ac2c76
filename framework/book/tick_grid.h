// The tick grid of an instrument: price units to tick numbers and back, without a division.
//
// A price is on the grid if it is a multiple of the tick size. The exact quotient is one multiplication by
// the inverse of the tick size's odd part modulo 2^64 and one rotation by its power of two; a price off the
// grid gives a number above every valid one (Granlund and Montgomery 1994; Warren, Hacker's Delight, 10-17).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "framework/base/check.h"
#include "framework/base/units.h"

namespace crucible::book {

class TickGrid {
 public:
  // REQUIRES: tick_size > 0.
  explicit TickGrid(PriceDelta tick_size)
      : tick_(static_cast<std::uint64_t>(tick_size.units)), shift_(std::countr_zero(tick_)) {
    CRUCIBLE_CHECK(tick_size.units > 0);
    const std::uint64_t odd = tick_ >> shift_;
    inverse_ = odd;  // correct to 3 bits; each step doubles them
    for (int step = 0; step < 5; ++step) inverse_ *= 2 - odd * inverse_;
    zero_ = std::max<std::uint64_t>((std::uint64_t{1} << 61) / tick_, 1);
  }

  // Tick number of `price`, counted from a zero far below any price; above last() when it is off the grid or
  // out of range.
  std::uint64_t TickOf(Price price) const {
    const std::uint64_t shifted = static_cast<std::uint64_t>(price.units) + zero_ * tick_;
    return std::rotr(shifted * inverse_, shift_);
  }
  // REQUIRES: tick <= last().
  Price PriceOf(std::uint64_t tick) const { return {static_cast<std::int64_t>((tick - zero_) * tick_)}; }
  // Keys number the ticks from best to worst on `side`; above last() when the price is off the grid.
  std::uint64_t KeyOf(Side side, Price price) const {
    const std::uint64_t tick = TickOf(price);
    return side == Side::kBid ? last() - tick : tick;
  }
  Price PriceOfKey(Side side, std::uint64_t key) const {
    return PriceOf(side == Side::kBid ? last() - key : key);
  }
  // The smallest key whose price is worse than `price`, which need not be on the grid. Divides.
  std::uint64_t KeyBehind(Side side, Price price) const {
    const std::int64_t sign = Sign(side);
    const auto reach = static_cast<std::int64_t>(zero_ * tick_);
    if (price.units >= reach || price.units <= -reach)
      return (price.units > 0) == (sign > 0) ? 0 : last() + 1;
    const auto shifted = static_cast<std::uint64_t>(price.units + reach);
    return sign > 0 ? last() - (shifted - 1) / tick_ : shifted / tick_ + 1;
  }
  std::uint64_t last() const { return 2 * zero_; }
  bool Contains(Price price) const { return TickOf(price) <= last(); }
  PriceDelta tick_size() const { return {static_cast<std::int64_t>(tick_)}; }

 private:
  std::uint64_t tick_;
  int shift_;
  std::uint64_t inverse_;
  std::uint64_t zero_;  // tick number of price 0
};

}  // namespace crucible::book
