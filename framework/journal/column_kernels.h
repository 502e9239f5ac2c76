// Room-internal: loops over whole columns, in the widest form that this processor runs.
//
// All arithmetic is on integers modulo 2^64, so every form gives the same results.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crucible::journal {

struct SignedBounds {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// A number is a multiple of a divisor 2^shift x odd when its low `shift` bits are zero and the rest times the
// inverse of the odd part modulo 2^64, the quotient, is at most `largest` away from zero.
struct ExactDivisor {
  std::uint64_t shift = 0;
  std::uint64_t inverse = 1;
  std::uint64_t largest = INT64_MAX;
};

struct ColumnKernels {
  bool (*all_equal)(const std::uint64_t* values, std::size_t count);
  // out[i] = values[i] - constant
  void (*subtract)(const std::uint64_t* values, std::size_t count, std::uint64_t constant,
                   std::uint64_t* out);
  // out[i] = values[i] - others[i] - constant; `out` is apart from both.
  void (*subtract_both)(const std::uint64_t* values, const std::uint64_t* others, std::size_t count,
                        std::uint64_t constant, std::uint64_t* out);
  bool (*all_divisible)(const std::uint64_t* values, std::size_t count, ExactDivisor divisor);
  void (*divide)(std::uint64_t* values, std::size_t count, ExactDivisor divisor);
  // REQUIRES: count > 0.
  SignedBounds (*bounds)(const std::uint64_t* values, std::size_t count);

  // The rest work on whole groups of eight: `count` is rounded up, and all pointers have room for that.
  // As UnpackBits.
  void (*unpack)(const std::uint8_t* in, std::size_t count, int width, std::uint64_t* out);
  // values[i] = base + values[i] * factor
  void (*scale)(std::uint64_t* values, std::size_t count, std::uint64_t base, std::uint64_t factor);
  // values[i] = start + the sum of base + values[j] * factor for all j <= i; returns the last.
  std::uint64_t (*sum_up)(std::uint64_t* values, std::size_t count, std::uint64_t base, std::uint64_t factor,
                          std::uint64_t start);
  // Turns kRecordColumns columns, `stride` apart, into rows of eight words: two that are left to the caller,
  // the first column, `word`, and the other columns.
  void (*to_rows)(const std::uint64_t* columns, std::size_t stride, std::size_t count, std::uint64_t word,
                  std::uint64_t* rows);
  bool wide = false;  // this processor runs AVX-512 F, BW, DQ and VL
};
inline constexpr std::size_t kRecordColumns = 5;
inline constexpr std::size_t kRowWords = 8;

const ColumnKernels& Kernels();

}  // namespace crucible::journal
