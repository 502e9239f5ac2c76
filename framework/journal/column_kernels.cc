#include "framework/journal/column_kernels.h"

#include <algorithm>
#include <array>
#include <vector>

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

CRUCIBLE_INLINE void UnpackScaled(const std::uint8_t* in, std::size_t count, int width, std::uint64_t base,
                                  std::uint64_t factor, std::uint64_t* out) {
  UnpackBits(in, count, width, out);
  const std::size_t padded = (count + 7) / 8 * 8;
  if (factor == 1) {
    for (std::size_t i = 0; i < padded; ++i) out[i] += base;
  } else {
    for (std::size_t i = 0; i < padded; ++i) out[i] = base + out[i] * factor;
  }
}

std::uint64_t SumUp(std::uint64_t* values, std::size_t count, std::uint64_t base, std::uint64_t factor,
                    std::uint64_t start) {
  for (std::size_t i = 0; i < count; ++i) values[i] = start += base + values[i] * factor;
  return start;
}

// Defines kernels `name` whose functions are compiled with `attribute`.
#define CRUCIBLE_DEFINE_KERNELS(name, form, attribute)                                                     \
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
    attribute static void Scaled(const std::uint8_t* in, std::size_t n, int w, std::uint64_t b,            \
                                 std::uint64_t f, std::uint64_t* o) {                                      \
      UnpackScaled(in, n, w, b, f, o);                                                                     \
    }                                                                                                      \
    static constexpr ColumnKernels kAll{form,  Equal, Less,       LessBoth, Divisible,                     \
                                        Parts, Range, UnpackBits, Scaled,   SumUp};                        \
  }

CRUCIBLE_DEFINE_KERNELS(Baseline, "baseline", );

#if defined(__x86_64__)
CRUCIBLE_DEFINE_KERNELS(Avx2, "avx2", __attribute__((target("avx2"))));
CRUCIBLE_DEFINE_KERNELS(Avx512, "avx512", __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))));

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

// Unpacks groups of eight values.
class WideUnpacker {
 public:
  CRUCIBLE_AVX512 explicit WideUnpacker(int width) {
    const UnpackPlan& plan = kUnpackPlans[static_cast<std::size_t>(width)];
    bytes_ = _mm512_load_si512(plan.bytes.data());
    shifts_ = _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(plan.shifts.data())));
    mask_ = _mm512_set1_epi64(static_cast<long long>(LowBits(width)));
    read_ = plan.read;
  }
  CRUCIBLE_AVX512 __m512i operator()(const std::uint8_t* in) const {
    const __m512i group = _mm512_maskz_loadu_epi8(read_, in);
    return _mm512_and_si512(_mm512_srlv_epi64(_mm512_permutexvar_epi8(bytes_, group), shifts_), mask_);
  }

 private:
  __m512i bytes_, shifts_, mask_;
  __mmask64 read_;
};

CRUCIBLE_AVX512 void UnpackWide(const std::uint8_t* in, std::size_t count, int width, std::uint64_t* out) {
  const WideUnpacker unpack(width);
  for (std::size_t i = 0; i < count; i += 8, in += width) _mm512_storeu_si512(out + i, unpack(in));
}

CRUCIBLE_AVX512 void UnpackScaledWide(const std::uint8_t* in, std::size_t count, int width,
                                      std::uint64_t base, std::uint64_t factor, std::uint64_t* out) {
  const WideUnpacker unpack(width);
  const __m512i bases = _mm512_set1_epi64(static_cast<long long>(base));
  const __m512i factors = _mm512_set1_epi64(static_cast<long long>(factor));
  if (factor == 1) {
    for (std::size_t i = 0; i < count; i += 8, in += width)
      _mm512_storeu_si512(out + i, _mm512_add_epi64(unpack(in), bases));
  } else {
    for (std::size_t i = 0; i < count; i += 8, in += width)
      _mm512_storeu_si512(out + i, _mm512_add_epi64(_mm512_mullo_epi64(unpack(in), factors), bases));
  }
}

// The sum of a group is ready before the sum of all groups before it, which then costs one addition.
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
    _mm512_storeu_si512(values + i, _mm512_add_epi64(v, sum));
    sum = _mm512_add_epi64(sum, _mm512_permutexvar_epi64(last, v));
  }
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm512_castsi512_si128(sum)));
}

constexpr ColumnKernels kAvx512Vbmi = [] {
  ColumnKernels kernels = Avx512::kAll;
  kernels.name = "avx512-vbmi";
  kernels.unpack = UnpackWide;
  kernels.unpack_scaled = UnpackScaledWide;
  kernels.sum_up = SumUpWide;
  return kernels;
}();

#endif

std::vector<const ColumnKernels*> Forms() {
  std::vector<const ColumnKernels*> forms = {&Baseline::kAll};
#if defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (__builtin_cpu_supports("avx2")) forms.push_back(&Avx2::kAll);
  if (avx512) forms.push_back(&Avx512::kAll);
  if (avx512 && __builtin_cpu_supports("avx512vbmi")) forms.push_back(&kAvx512Vbmi);
#endif
  return forms;
}

}  // namespace

std::span<const ColumnKernels* const> ColumnKernelForms() {
  static const std::vector<const ColumnKernels*> forms = Forms();
  return forms;
}

const ColumnKernels& Kernels() {
  static const ColumnKernels& kernels = *ColumnKernelForms().back();
  return kernels;
}

}  // namespace crucible::journal
