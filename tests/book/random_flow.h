// Random numbers and prices for the property tests: same seed, same flow, on every machine.
#pragma once

#include <cstdint>

#include "framework/base/units.h"

namespace crucible::book {

// SplitMix64 (Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // Uniform in [0, bound).
  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(bound));
  }
  bool OneIn(std::int64_t n) { return Below(n) == 0; }

 private:
  std::uint64_t state_;
};

// Which prices a flow visits.
struct PriceShape {
  std::int64_t tick = 1;
  std::int64_t start = 0;          // mid, in units
  std::int64_t spread_ticks = 40;  // prices fall within this of the mid
  std::int64_t drift_ticks = 0;    // the mid moves by up to this per price
  std::int64_t far_one_in = 0;     // 0: never
  std::int64_t far_ticks = 0;
  std::int64_t off_grid_one_in = 0;
};

class PriceWalk {
 public:
  PriceWalk(const PriceShape& shape, Dice& dice)
      : shape_(shape), dice_(dice), mid_(shape.start / shape.tick) {}
  Price Next() {
    if (shape_.drift_ticks > 0) mid_ += dice_.Below(2 * shape_.drift_ticks + 1) - shape_.drift_ticks;
    const bool far = shape_.far_one_in > 0 && dice_.OneIn(shape_.far_one_in);
    const std::int64_t reach = far ? shape_.far_ticks : shape_.spread_ticks;
    const std::int64_t units = (mid_ + dice_.Below(2 * reach + 1) - reach) * shape_.tick;
    const bool off = shape_.off_grid_one_in > 0 && dice_.OneIn(shape_.off_grid_one_in);
    return {units + (off ? dice_.Below(shape_.tick) : 0)};
  }

 private:
  PriceShape shape_;
  Dice& dice_;
  std::int64_t mid_;
};

// Shapes that reach every path of the ladder: pages coming and going, a directory that grows and follows the
// touch, prices off the grid, below zero, and too far for the directory.
inline const PriceShape kShapes[] = {
    {.tick = 1, .start = 5'000, .spread_ticks = 40},
    {.tick = 100, .start = 5'800'000, .spread_ticks = 300, .drift_ticks = 3},
    {.tick = 25, .start = 0, .spread_ticks = 100, .drift_ticks = 2, .off_grid_one_in = 5},
    {.tick = 10, .start = 6'000'000, .spread_ticks = 2'000, .far_one_in = 10, .far_ticks = 5'000'000},
    {.tick = 7,
     .start = -1'000'000,
     .spread_ticks = 50,
     .drift_ticks = 2'000,
     .far_one_in = 20,
     .far_ticks = 3'000'000,
     .off_grid_one_in = 20},
    {.tick = 3, .start = 1'000, .spread_ticks = 30, .drift_ticks = 60'000},
};

}  // namespace crucible::book
