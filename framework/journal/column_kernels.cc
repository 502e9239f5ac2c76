#include "framework/journal/column_kernels.h"

#include <algorithm>

// Every loop is written once, inlined into one function per form.
#define CRUCIBLE_INLINE [[gnu::always_inline]] inline

namespace crucible::journal {
namespace {

CRUCIBLE_INLINE bool AllEqual(const std::uint64_t* values, std::size_t count) {
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < count; ++i) difference |= values[i] ^ values[0];
  return difference == 0;
}

CRUCIBLE_INLINE void Subtract(const std::uint64_t* values, std::size_t count, std::uint64_t constant,
                              std::uint64_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = values[i] - constant;
}

CRUCIBLE_INLINE void SubtractBoth(const std::uint64_t* values, const std::uint64_t* others, std::size_t count,
                                  std::uint64_t constant, std::uint64_t* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = values[i] - others[i] - constant;
}

CRUCIBLE_INLINE std::uint64_t Quotient(std::uint64_t value, const ExactDivisor& divisor) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value) >> divisor.shift) * divisor.inverse;
}

CRUCIBLE_INLINE bool AllDivisible(const std::uint64_t* values, std::size_t count, ExactDivisor divisor) {
  const std::uint64_t low_bits = (std::uint64_t{1} << divisor.shift) - 1;
  std::uint64_t rests = 0;
  std::uint64_t misses = 0;
  for (std::size_t i = 0; i < count; ++i) {
    rests |= values[i] & low_bits;
    misses += Quotient(values[i], divisor) + divisor.largest > 2 * divisor.largest;
  }
  return rests == 0 && misses == 0;
}

CRUCIBLE_INLINE void Divide(std::uint64_t* values, std::size_t count, ExactDivisor divisor) {
  for (std::size_t i = 0; i < count; ++i) values[i] = Quotient(values[i], divisor);
}

CRUCIBLE_INLINE SignedBounds Bounds(const std::uint64_t* values, std::size_t count) {
  auto low = static_cast<std::int64_t>(values[0]);
  auto high = low;
  for (std::size_t i = 1; i < count; ++i) {
    low = std::min(low, static_cast<std::int64_t>(values[i]));
    high = std::max(high, static_cast<std::int64_t>(values[i]));
  }
  return {low, high};
}

// Defines kernels `name` whose functions are compiled with `attribute`.
#define CRUCIBLE_DEFINE_KERNELS(name, attribute)                                                           \
  struct name {                                                                                            \
    attribute static bool Equal(const std::uint64_t* v, std::size_t n) { return AllEqual(v, n); }          \
    attribute static void Less(const std::uint64_t* v, std::size_t n, std::uint64_t c, std::uint64_t* o) { \
      Subtract(v, n, c, o);                                                                                \
    }                                                                                                      \
    attribute static void LessBoth(const std::uint64_t* v, const std::uint64_t* w, std::size_t n,          \
                                   std::uint64_t c, std::uint64_t* o) {                                    \
      SubtractBoth(v, w, n, c, o);                                                                         \
    }                                                                                                      \
    attribute static bool Divisible(const std::uint64_t* v, std::size_t n, ExactDivisor d) {               \
      return AllDivisible(v, n, d);                                                                        \
    }                                                                                                      \
    attribute static void Parts(std::uint64_t* v, std::size_t n, ExactDivisor d) { Divide(v, n, d); }      \
    attribute static SignedBounds Range(const std::uint64_t* v, std::size_t n) { return Bounds(v, n); }    \
    static constexpr ColumnKernels kAll{Equal, Less, LessBoth, Divisible, Parts, Range};                   \
  }

CRUCIBLE_DEFINE_KERNELS(Baseline, );

#if defined(__x86_64__)
CRUCIBLE_DEFINE_KERNELS(Avx2, __attribute__((target("avx2"))));
CRUCIBLE_DEFINE_KERNELS(Avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))));

const ColumnKernels& Choose() {
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return Avx512::kAll;
  if (__builtin_cpu_supports("avx2")) return Avx2::kAll;
  return Baseline::kAll;
}
#else
const ColumnKernels& Choose() { return Baseline::kAll; }
#endif

}  // namespace

const ColumnKernels& Kernels() {
  static const ColumnKernels& kernels = Choose();
  return kernels;
}

}  // namespace crucible::journal
