// Room-internal: loops over whole columns, in the widest form that this processor runs.
//
// All arithmetic is on integers modulo 2^64, so every form gives the same results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

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

[[gnu::always_inline]] inline std::uint64_t Quotient(std::uint64_t value, const ExactDivisor& divisor) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value) >> divisor.shift) * divisor.inverse;
}
[[gnu::always_inline]] inline bool IsDivisible(std::uint64_t value, const ExactDivisor& divisor) {
  const std::uint64_t low_bits = (std::uint64_t{1} << divisor.shift) - 1;
  return (value & low_bits) == 0 && Quotient(value, divisor) + divisor.largest <= 2 * divisor.largest;
}

struct ColumnKernels {
  std::string_view name;  // of the form
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
  // The same, then out[i] = base + out[i] * factor.
  void (*unpack_scaled)(const std::uint8_t* in, std::size_t count, int width, std::uint64_t base,
                        std::uint64_t factor, std::uint64_t* out);
  // values[i] = start + the sum of base + values[j] * factor for all j <= i; returns the last.
  std::uint64_t (*sum_up)(std::uint64_t* values, std::size_t count, std::uint64_t base, std::uint64_t factor,
                          std::uint64_t start);
};

const ColumnKernels& Kernels();
// Every form that this processor runs, the plainest first.
std::span<const ColumnKernels* const> ColumnKernelForms();

}  // namespace crucible::journal
