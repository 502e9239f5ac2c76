// The scaled forward and backward recursions of a hidden Markov chain (Rabiner 1989, section V.A), on rows
// padded to pairs of regimes. Internal to this room.
//
// Densities come divided by the largest of their row, whose logarithm is kept apart, so an outlier underflows
// nothing. The forward row at t is kept as alpha_t = p(x_t, s_t | x_1..t-1) / shift and scaled by rate_t = 1
// / sum(alpha_t) where it is used: the division is off the chain from row to row. Where the chain cannot
// reach the regimes that explain a row, the row is shifted again by what it can reach. Odds below 1e-300
// count as impossible.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "framework/models/regime/lanes.h"

namespace crucible::regime {

inline constexpr std::size_t PairsOf(std::size_t regimes) { return (regimes + 1) / 2; }
inline constexpr std::size_t kMaxPairs = 16;

// The product of many scales, kept as mantissa and binary exponent: one logarithm at the end instead of one
// per row.
class ScaleProduct {
 public:
  void Multiply(double scale) {  // REQUIRES: scale is a normal positive number
    const auto bits = std::bit_cast<std::uint64_t>(scale);
    exponent_ += static_cast<std::int64_t>(bits >> 52) - 1023;
    mantissa_ *= std::bit_cast<double>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  }
  // At least every 1000 factors.
  void Normalize() {
    const double mantissa = mantissa_;
    mantissa_ = 1;
    Multiply(mantissa);
  }
  double mantissa() const { return mantissa_; }
  std::int64_t exponent() const { return exponent_; }

 private:
  double mantissa_ = 1;
  std::int64_t exponent_ = 0;
};

// next[to] = sum over from of row[from] * matrix[from][to]; even and odd `from` are summed apart, then added.
template <std::size_t kPairs>
inline void Move(const Pair* row, const double* matrix, std::size_t pairs, Pair* next) {
  const std::size_t size = kPairs == 0 ? pairs : kPairs;
  std::array<Pair, kPairs == 0 ? kMaxPairs : kPairs> even, odd;
  for (std::size_t p = 0; p < size; ++p) {
    even[p] = Both(row[0][0]) * LoadPair(matrix + 2 * p);
    odd[p] = Both(row[0][1]) * LoadPair(matrix + 2 * size + 2 * p);
  }
  for (std::size_t q = 1; q < size; ++q) {
    for (std::size_t p = 0; p < size; ++p) {
      even[p] += Both(row[q][0]) * LoadPair(matrix + (2 * q) * 2 * size + 2 * p);
      odd[p] += Both(row[q][1]) * LoadPair(matrix + (2 * q + 1) * 2 * size + 2 * p);
    }
  }
  for (std::size_t p = 0; p < size; ++p) next[p] = even[p] + odd[p];
}

template <std::size_t kPairs>
inline double SumOf(const Pair* row, std::size_t pairs) {
  const std::size_t size = kPairs == 0 ? pairs : kPairs;
  Pair sum = row[0];
  for (std::size_t p = 1; p < size; ++p) sum += row[p];
  return sum[0] + sum[1];
}

inline constexpr std::size_t kUnrolledPairs = 4;

}  // namespace crucible::regime
