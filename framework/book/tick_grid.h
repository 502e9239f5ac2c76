// One side's tick grid: prices to keys and back, without a division.
//
// Keys number the ticks from best to worst, so that both sides read alike. A price is on the grid if it is a
// multiple of the tick size. The exact quotient is one multiplication by the inverse of the tick size's odd
// part modulo 2^64 and one rotation by its power of two; a price off the grid gives a number above every
// valid one (Granlund and Montgomery 1994; Warren, Hacker's Delight, 10-17).
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
  TickGrid(Side side, PriceDelta tick_size) : step_(Sign(side) * -tick_size.units) {
    CRUCIBLE_CHECK(tick_size.units > 0);
    const auto tick = static_cast<std::uint64_t>(tick_size.units);
    shift_ = std::countr_zero(tick);
    const std::uint64_t odd = tick >> shift_;
    std::uint64_t inverse = odd;  // correct to 3 bits; each step doubles them
    for (int step = 0; step < 5; ++step) inverse *= 2 - odd * inverse;
    zero_ = std::max<std::uint64_t>((std::uint64_t{1} << 61) / tick, 1);
    factor_ = side == Side::kBid ? 0 - inverse : inverse;
    offset_ = zero_ * tick * inverse;
  }

  // Keys ascend with the price.
  explicit TickGrid(PriceDelta tick_size) : TickGrid(Side::kAsk, tick_size) {}

  // Above last() when the price is off the grid or out of range.
  std::uint64_t KeyOf(Price price) const {
    return std::rotr(static_cast<std::uint64_t>(price.units) * factor_ + offset_, shift_);
  }
  // REQUIRES: key <= last().
  Price PriceOf(std::uint64_t key) const { return {static_cast<std::int64_t>(key - zero_) * step_}; }
  // The smallest key whose price is worse than `price`, which need not be on the grid. Divides.
  std::uint64_t KeyBehind(Price price) const {
    const std::int64_t tick = tick_size().units;
    const std::int64_t rank = step_ > 0 ? price.units : -price.units;
    const std::int64_t reach = static_cast<std::int64_t>(zero_) * tick;
    if (rank >= reach || rank <= -reach) return rank > 0 ? last() + 1 : 0;
    return static_cast<std::uint64_t>((rank + reach) / tick + 1);
  }
  std::uint64_t last() const { return 2 * zero_; }
  bool Contains(Price price) const { return KeyOf(price) <= last(); }
  PriceDelta tick_size() const { return {step_ > 0 ? step_ : -step_}; }

 private:
  std::int64_t step_;  // from a key to the next: the tick size, negative for bids
  int shift_ = 0;
  std::uint64_t factor_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t zero_ = 0;  // key of price 0
};

}  // namespace crucible::book
