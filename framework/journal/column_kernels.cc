#include "framework/journal/column_kernels.h"

#include <algorithm>
#include <array>

#include "framework/journal/bit_pack.h"

#if defined(__x86_64__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"  // GCC 12 warns of its own intrinsics.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

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

CRUCIBLE_INLINE void Scale(std::uint64_t* values, std::size_t count, std::uint64_t base,
                           std::uint64_t factor) {
  if (factor == 1) {
    for (std::size_t i = 0; i < count; ++i) values[i] += base;
  } else {
    for (std::size_t i = 0; i < count; ++i) values[i] = base + values[i] * factor;
  }
}

std::uint64_t SumUp(std::uint64_t* values, std::size_t count, std::uint64_t base, std::uint64_t factor,
                    std::uint64_t start) {
  for (std::size_t i = 0; i < count; ++i) values[i] = start += base + values[i] * factor;
  return start;
}

void ToRows(const std::uint64_t* columns, std::size_t stride, std::size_t count, std::uint64_t word,
            std::uint64_t* rows) {
  for (std::size_t i = 0; i < count; ++i, rows += kRowWords) {
    rows[2] = columns[i];
    rows[3] = word;
    for (std::size_t c = 1; c < kRecordColumns; ++c) rows[3 + c] = columns[c * stride + i];
  }
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
    attribute static void Scaled(std::uint64_t* v, std::size_t n, std::uint64_t b, std::uint64_t f) {      \
      Scale(v, n, b, f);                                                                                   \
    }                                                                                                      \
    static constexpr ColumnKernels kAll{Equal, Less,       LessBoth, Divisible, Parts,                     \
                                        Range, UnpackBits, Scaled,   SumUp,     ToRows};                   \
  }

CRUCIBLE_DEFINE_KERNELS(Baseline, );

#if defined(__x86_64__)
CRUCIBLE_DEFINE_KERNELS(Avx2, __attribute__((target("avx2"))));
CRUCIBLE_DEFINE_KERNELS(Avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))));

#define CRUCIBLE_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi")))

// Where the bytes of eight values of a width come from in their group, and how far each is shifted.
struct UnpackPlan {
  alignas(64) std::array<std::uint8_t, 64> bytes{};
  std::array<std::uint8_t, 8> shifts{};
  std::uint64_t read = 0;  // mask of the bytes of the group
};
constexpr UnpackPlan PlanOf(std::size_t width) {
  UnpackPlan plan;
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t b = 0; b < 8; ++b) plan.bytes[i * 8 + b] = static_cast<std::uint8_t>(i * width / 8 + b);
    plan.shifts[i] = static_cast<std::uint8_t>(i * width % 8);
  }
  plan.read = LowBits(static_cast<int>(7 * width / 8 + 8));
  return plan;
}
template <std::size_t... W>
constexpr std::array<UnpackPlan, 65> Plans(std::index_sequence<W...>) {
  return {(IsPackedWidth(W) ? PlanOf(W) : UnpackPlan())...};
}
constexpr std::array<UnpackPlan, 65> kUnpackPlans = Plans(std::make_index_sequence<65>());

CRUCIBLE_AVX512 void UnpackWide(const std::uint8_t* in, std::size_t count, int width, std::uint64_t* out) {
  const UnpackPlan& plan = kUnpackPlans[static_cast<std::size_t>(width)];
  const __m512i bytes = _mm512_load_si512(plan.bytes.data());
  const __m512i shifts =
      _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(plan.shifts.data())));
  const __m512i mask = _mm512_set1_epi64(static_cast<long long>(LowBits(width)));
  for (std::size_t i = 0; i < count; i += 8, in += width) {
    const __m512i group = _mm512_maskz_loadu_epi8(plan.read, in);
    const __m512i values = _mm512_srlv_epi64(_mm512_permutexvar_epi8(bytes, group), shifts);
    _mm512_storeu_si512(out + i, _mm512_and_si512(values, mask));
  }
}

CRUCIBLE_AVX512 std::uint64_t SumUpWide(std::uint64_t* values, std::size_t count, std::uint64_t base,
                                        std::uint64_t factor, std::uint64_t start) {
  const __m512i bases = _mm512_set1_epi64(static_cast<long long>(base));
  const __m512i factors = _mm512_set1_epi64(static_cast<long long>(factor));
  const __m512i zero = _mm512_setzero_si512();
  const __m512i last = _mm512_set1_epi64(7);
  __m512i sum = _mm512_set1_epi64(static_cast<long long>(start));
  for (std::size_t i = 0; i < count; i += 8) {
    __m512i v = _mm512_loadu_si512(values + i);
    if (factor != 1) v = _mm512_mullo_epi64(v, factors);
    v = _mm512_add_epi64(v, bases);
    v = _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 7));
    v = _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 6));
    v = _mm512_add_epi64(v, _mm512_alignr_epi64(v, zero, 4));
    v = _mm512_add_epi64(v, sum);
    _mm512_storeu_si512(values + i, v);
    sum = _mm512_permutexvar_epi64(last, v);
  }
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm512_castsi512_si128(sum)));
}

// Transposes eight rows at a time: pairs of words, then of pairs, then of halves.
CRUCIBLE_AVX512 void ToRowsWide(const std::uint64_t* columns, std::size_t stride, std::size_t count,
                                std::uint64_t word, std::uint64_t* rows) {
  const __m512i words = _mm512_set1_epi64(static_cast<long long>(word));
  for (std::size_t i = 0; i < count; i += 8, rows += 8 * kRowWords) {
    const __m512i origin = _mm512_loadu_si512(columns + i);
    const __m512i slot0 = _mm512_loadu_si512(columns + stride + i);
    const __m512i slot1 = _mm512_loadu_si512(columns + 2 * stride + i);
    const __m512i slot2 = _mm512_loadu_si512(columns + 3 * stride + i);
    const __m512i slot3 = _mm512_loadu_si512(columns + 4 * stride + i);
    const __m512i b[2] = {_mm512_unpacklo_epi64(origin, words), _mm512_unpackhi_epi64(origin, words)};
    const __m512i c[2] = {_mm512_unpacklo_epi64(slot0, slot1), _mm512_unpackhi_epi64(slot0, slot1)};
    const __m512i d[2] = {_mm512_unpacklo_epi64(slot2, slot3), _mm512_unpackhi_epi64(slot2, slot3)};
    // Quarter q of a register holds row 2q (of [0]) or 2q + 1 (of [1]).
    for (std::size_t odd = 0; odd < 2; ++odd) {
      const __m512i head01 = _mm512_shuffle_i64x2(b[odd], b[odd], 0x50);  // b0 b0 b1 b1
      const __m512i head23 = _mm512_shuffle_i64x2(b[odd], b[odd], 0xFA);  // b2 b2 b3 b3
      const __m512i tail01 = _mm512_shuffle_i64x2(c[odd], d[odd], 0x44);  // c0 c1 d0 d1
      const __m512i tail23 = _mm512_shuffle_i64x2(c[odd], d[odd], 0xEE);  // c2 c3 d2 d3
      std::uint64_t* const out = rows + odd * kRowWords;
      _mm512_storeu_si512(out, _mm512_shuffle_i64x2(head01, tail01, 0x84));                  // b0 b0 c0 d0
      _mm512_storeu_si512(out + 2 * kRowWords, _mm512_shuffle_i64x2(head01, tail01, 0xDE));  // b1 b1 c1 d1
      _mm512_storeu_si512(out + 4 * kRowWords, _mm512_shuffle_i64x2(head23, tail23, 0x84));
      _mm512_storeu_si512(out + 6 * kRowWords, _mm512_shuffle_i64x2(head23, tail23, 0xDE));
    }
  }
}

constexpr ColumnKernels kAvx512Vbmi = [] {
  ColumnKernels kernels = Avx512::kAll;
  kernels.unpack = UnpackWide;
  kernels.sum_up = SumUpWide;
  kernels.to_rows = ToRowsWide;
  kernels.wide = true;
  return kernels;
}();

const ColumnKernels& Choose() {
  if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return kAvx512Vbmi;
  }
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
