// Named random streams: adding a draw in one model never shifts another.
//
//   const Random random(run_seed);
//   RandomStream latency = random.Stream("latency/venue-a");
//   Duration wait{static_cast<std::int64_t>(1000 * latency.Exponential())};
//
// The engine is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011): draw i of a stream is a function of (seed, name, i), so a stream is saved and restored as one
// number. Streams of different names or seeds share no key (128 bits of their hash).
//
// A stream is a UniformRandomBitGenerator: Boost.Random's distributions work on it. Those of namespace std
// are banned (they differ between standard libraries). Every distribution below, UniformBelow excepted, takes
// exactly one draw. Thread-compatible; copying a stream copies its position.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "framework/base/hash.h"

namespace crucible {

// One block of Philox4x32-10.
std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

class RandomStream {
 public:
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return UINT64_MAX; }

  RandomStream(std::uint64_t seed, std::string_view name);

  result_type operator()() {
    const std::uint64_t draw = position_++;
    if (draw % 2 == 0) Refill(draw / 2);
    return block_[draw % 2];
  }

  // In [0, 1): multiples of 2^-53.
  double Uniform01() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  // In (0, 1), symmetric about 1/2.
  double UniformOpen() { return (static_cast<double>((*this)() >> 12) + 0.5) * 0x1p-52; }
  // In [0, bound), unbiased. REQUIRES: bound > 0.
  std::uint64_t UniformBelow(std::uint64_t bound);
  // Mean 1.
  double Exponential();
  // Mean 0, variance 1.
  double Normal();

  // Number of draws taken. Seek(position()) on a stream of the same seed and name restores it.
  std::uint64_t position() const { return position_; }
  void Seek(std::uint64_t position);

  // Seed, name and position.
  void Hash(StateHasher& hasher) const;

 private:
  void Refill(std::uint64_t block);

  std::uint64_t position_ = 0;
  std::array<std::uint64_t, 2> block_{};
  std::uint64_t key_;
  std::uint64_t lane_;  // upper half of the counter
};

// The streams of one run.
class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {}
  RandomStream Stream(std::string_view name) const { return {seed_, name}; }
  std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
};

// Quantile of the standard normal distribution: algorithm AS 241 (Wichura 1988), relative error about 1e-16.
// REQUIRES: 0 < probability < 1.
double NormalQuantile(double probability);

}  // namespace crucible
