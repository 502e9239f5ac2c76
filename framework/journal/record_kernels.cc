#include "framework/journal/record_kernels.h"

#include <algorithm>
#include <array>
#include <bit>
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
// Without optimisation gathers are macros of that header, whose masks convert to another sign here.
#pragma GCC diagnostic ignored "-Wsign-conversion"
#endif

namespace crucible::journal {
namespace {

constexpr std::size_t kWords = 8;  // of a record

// The form that every processor runs, and what the others take for the records behind the last whole group.
namespace plain {

void UnpackBytes(const std::uint8_t* in, std::size_t count, int width, std::uint8_t* out) {
  const std::uint64_t mask = LowBits(width);
  for (std::size_t i = 0; i < count; i += 8, in += width) {
    std::uint64_t group = bit_pack_internal::Load(in);
    for (std::size_t k = 0; k < 8; ++k)
      out[i + k] = static_cast<std::uint8_t>((group >> (k * static_cast<std::size_t>(width) % 64)) & mask);
  }
}

void LookupBytes(const std::uint8_t* in, std::size_t count, const std::uint8_t* table, std::uint8_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = table[in[i]];
}

void LookupWords(const std::uint8_t* in, std::size_t count, const std::uint32_t* table, std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = table[in[i]];
}

void LookupIds(const std::uint64_t* index, std::size_t count, const std::uint32_t* table, std::size_t size,
               std::uint32_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = table[std::min<std::uint64_t>(index[i], size - 1)];
}

void AddLookup(const std::uint64_t* index, std::size_t count, const std::uint64_t* table, std::size_t size,
               std::uint64_t* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] += table[std::min<std::uint64_t>(index[i], size - 1)];
}

void Add(const std::uint64_t* others, std::size_t count, std::uint64_t* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] += others[i];
}

void AddWhere(const std::uint8_t* stream_of, std::size_t count, std::uint8_t stream,
              const std::uint64_t* others, std::uint64_t* values) {
  for (std::size_t i = 0; i < count; ++i)
    values[i] += others[i] & (std::uint64_t{0} - static_cast<std::uint64_t>(stream_of[i] == stream));
}

void Merge(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
           std::size_t /*stream_count*/, std::uint64_t* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = *streams[stream_of[i]]++;
}

// Eight records at a time, because most groups have nothing to replace.
void Replace(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
             std::uint64_t* out) {
  for (std::size_t i = 0; i < count; i += 8) {
    if (bit_pack_internal::Load(stream_of + i) == 0) continue;
    for (std::size_t k = i; k < std::min(i + 8, count); ++k) {
      if (stream_of[k] != 0) out[k] = *streams[stream_of[k]]++;
    }
  }
}

void Split(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t* values,
           std::uint64_t** streams, std::size_t /*stream_count*/) {
  for (std::size_t i = 0; i < count; ++i) *streams[stream_of[i]]++ = values[i];
}

const std::uint64_t* Fill(const std::uint8_t* steps, std::size_t count, std::uint8_t stream,
                          const std::uint64_t* at, std::uint64_t* out) {
  for (std::size_t i = 0; i < count; ++i) {
    at += steps[i] == stream;
    out[i] = *at;
  }
  return at;
}

void ToRows(const RecordColumns& columns, std::size_t first, std::size_t count, std::uint64_t first_seq,
            std::uint64_t* rows) {
  for (std::size_t i = first; i < count; ++i) {
    std::uint64_t* const row = rows + i * kWords;
    row[0] = first_seq + i;
    row[1] = columns.time[i];
    row[2] = columns.origin[i];
    row[3] = std::uint64_t{columns.kind[i]} << 32 | columns.instrument[i];
    for (std::size_t slot = 0; slot < 4; ++slot) row[4 + slot] = columns.body[slot][i];
  }
}
void AllToRows(const RecordColumns& columns, std::size_t count, std::uint64_t first_seq,
               std::uint64_t* rows) {
  ToRows(columns, 0, count, first_seq, rows);
}

void FromRows(const std::uint64_t* rows, std::size_t first, std::size_t count, std::uint64_t* columns,
              std::size_t stride) {
  for (std::size_t i = first; i < count; ++i) {
    for (std::size_t c = 1; c < kWords; ++c) columns[(c - 1) * stride + i] = rows[i * kWords + c];
  }
}
void AllFromRows(const std::uint64_t* rows, std::size_t count, std::uint64_t* columns, std::size_t stride) {
  FromRows(rows, 0, count, columns, stride);
}

}  // namespace plain

constexpr RecordKernels kPlain{"baseline",       plain::UnpackBytes, plain::LookupBytes, plain::LookupWords,
                               plain::LookupIds, plain::AddLookup,   plain::Add,         plain::AddWhere,
                               plain::Merge,     plain::Replace,     plain::Split,       plain::Fill,
                               plain::AllToRows, plain::AllFromRows};

#if defined(__x86_64__)
namespace wide {

#define CRUCIBLE_WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,popcnt,bmi,bmi2")))

// Lane l of entry m: the number of bits of m up to and including bit l.
constexpr std::array<std::array<std::uint8_t, 8>, 256> kRanks = [] {
  std::array<std::array<std::uint8_t, 8>, 256> ranks{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::uint8_t rank = 0;
    for (unsigned lane = 0; lane < 8; ++lane) {
      rank = static_cast<std::uint8_t>(rank + ((mask >> lane) & 1));
      ranks[mask][lane] = rank;
    }
  }
  return ranks;
}();

CRUCIBLE_WIDE inline __m128i Bytes8(const std::uint8_t* at) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
}
// Which of eight bytes equal `value`.
CRUCIBLE_WIDE inline __mmask8 Where(__m128i bytes, std::uint8_t value) {
  return static_cast<__mmask8>(_mm_cmpeq_epi8_mask(bytes, _mm_set1_epi8(static_cast<char>(value))));
}
CRUCIBLE_WIDE inline unsigned Count(__mmask8 mask) { return static_cast<unsigned>(__builtin_popcount(mask)); }

// Eight groups of `width` bytes at a time: one to each word, where eight shifted bytes are picked out of it.
CRUCIBLE_WIDE void UnpackBytes(const std::uint8_t* in, std::size_t count, int width, std::uint8_t* out) {
  alignas(64) std::array<std::uint8_t, 64> spread;
  alignas(64) std::array<std::uint8_t, 64> shifts;
  for (std::size_t i = 0; i < 64; ++i) {
    spread[i] = static_cast<std::uint8_t>(i / 8 * static_cast<std::size_t>(width) + i % 8);
    shifts[i] = static_cast<std::uint8_t>(i % 8 * static_cast<std::size_t>(width));
  }
  const __m512i to_words = _mm512_load_si512(spread.data());
  const __m512i to_bytes = _mm512_load_si512(shifts.data());
  const __m512i mask = _mm512_set1_epi8(static_cast<char>(LowBits(width)));
  const std::size_t bytes = PackedBytes(count, width);
  for (std::size_t i = 0, at = 0; i < count; i += 64, at += 8 * static_cast<std::size_t>(width)) {
    const std::size_t left = std::min<std::size_t>(bytes - at, 64);
    const __m512i packed = _mm512_maskz_loadu_epi8(LowBits(static_cast<int>(left)), in + at);
    const __m512i words = _mm512_permutexvar_epi8(to_words, packed);
    _mm512_storeu_si512(out + i, _mm512_and_si512(_mm512_multishift_epi64_epi8(to_bytes, words), mask));
  }
}

CRUCIBLE_WIDE void LookupBytes(const std::uint8_t* in, std::size_t count, const std::uint8_t* table,
                               std::uint8_t* out) {
  const __m512i a = _mm512_loadu_si512(table);
  const __m512i b = _mm512_loadu_si512(table + 64);
  const __m512i c = _mm512_loadu_si512(table + 128);
  const __m512i d = _mm512_loadu_si512(table + 192);
  for (std::size_t i = 0; i < count; i += 64) {
    const __m512i index = _mm512_loadu_si512(in + i);
    const __m512i low = _mm512_permutex2var_epi8(a, index, b);
    const __m512i high = _mm512_permutex2var_epi8(c, index, d);
    _mm512_storeu_si512(out + i, _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(index), high));
  }
}

CRUCIBLE_WIDE void LookupWords(const std::uint8_t* in, std::size_t count, const std::uint32_t* table,
                               std::uint32_t* out) {
  const __m512i low = _mm512_loadu_si512(table);
  const __m512i high = _mm512_loadu_si512(table + 16);
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + i));
    const __m512i index = _mm512_cvtepu8_epi32(bytes);
    const bool near = _mm512_cmpgt_epu32_mask(index, _mm512_set1_epi32(31)) == 0;
    _mm512_storeu_si512(out + i, near ? _mm512_permutex2var_epi32(low, index, high)
                                      : _mm512_i32gather_epi32(index, table, 4));
  }
  for (; i < count; ++i) out[i] = table[in[i]];
}

// The words of a table of up to 32 by permutation, of a larger one by gathering.
struct WordTable {
  __m512i a, b, c, d;
  const std::uint64_t* table;
  __m512i last;
  bool small;
};
CRUCIBLE_WIDE inline WordTable MakeTable(const std::uint64_t* table, std::size_t size) {
  WordTable words;
  const auto part = [&](std::size_t first) __attribute__((target("avx512f"))) {
    const std::size_t left = size > first ? std::min<std::size_t>(size - first, 8) : 0;
    return _mm512_maskz_loadu_epi64(static_cast<__mmask8>(LowBits(static_cast<int>(left))), table + first);
  };
  words.table = table;
  words.last = _mm512_set1_epi64(static_cast<long long>(size - 1));
  words.small = size <= 32;
  words.a = part(0), words.b = part(8), words.c = part(16), words.d = part(24);
  return words;
}
CRUCIBLE_WIDE inline __m512i Lookup(const WordTable& words, const std::uint64_t* index) {
  const __m512i at = _mm512_min_epu64(_mm512_loadu_si512(index), words.last);
  if (!words.small) return _mm512_i64gather_epi64(at, words.table, 8);
  const __m512i low = _mm512_permutex2var_epi64(words.a, at, words.b);
  const __m512i high = _mm512_permutex2var_epi64(words.c, at, words.d);
  return _mm512_mask_mov_epi64(low, _mm512_test_epi64_mask(at, _mm512_set1_epi64(16)), high);
}

CRUCIBLE_WIDE void LookupIds(const std::uint64_t* index, std::size_t count, const std::uint32_t* table,
                             std::size_t size, std::uint32_t* out) {
  const __m512i last = _mm512_set1_epi64(static_cast<long long>(size - 1));
  const auto part = [&](std::size_t first) __attribute__((target("avx512f"))) {
    const std::size_t left = size > first ? std::min<std::size_t>(size - first, 16) : 0;
    return _mm512_maskz_loadu_epi32(static_cast<__mmask16>(LowBits(static_cast<int>(left))), table + first);
  };
  const __m512i low = part(0), high = part(16);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m512i at = _mm512_min_epu64(_mm512_loadu_si512(index + i), last);
    // The upper half of a word's index is zero, and picks what is cut off again.
    const __m256i ids = size <= 32 ? _mm512_cvtepi64_epi32(_mm512_permutex2var_epi32(low, at, high))
                                   : _mm512_i64gather_epi32(at, table, 4);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), ids);
  }
  for (; i < count; ++i) out[i] = table[std::min<std::uint64_t>(index[i], size - 1)];
}

CRUCIBLE_WIDE void AddLookup(const std::uint64_t* index, std::size_t count, const std::uint64_t* table,
                             std::size_t size, std::uint64_t* values) {
  const WordTable words = MakeTable(table, size);
  for (std::size_t i = 0; i < count; i += 8)
    _mm512_storeu_si512(values + i,
                        _mm512_add_epi64(_mm512_loadu_si512(values + i), Lookup(words, index + i)));
}

CRUCIBLE_WIDE void Add(const std::uint64_t* others, std::size_t count, std::uint64_t* values) {
  for (std::size_t i = 0; i < count; i += 8)
    _mm512_storeu_si512(values + i,
                        _mm512_add_epi64(_mm512_loadu_si512(values + i), _mm512_loadu_si512(others + i)));
}

CRUCIBLE_WIDE void AddWhere(const std::uint8_t* stream_of, std::size_t count, std::uint8_t stream,
                            const std::uint64_t* others, std::uint64_t* values) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __m512i v = _mm512_loadu_si512(values + i);
    const __mmask8 where = Where(Bytes8(stream_of + i), stream);
    _mm512_storeu_si512(values + i, _mm512_mask_add_epi64(v, where, v, _mm512_loadu_si512(others + i)));
  }
}

template <std::size_t kStreams>
CRUCIBLE_WIDE inline void MergeSome(const std::uint8_t* stream_of, std::size_t count,
                                    const std::uint64_t** streams, std::uint64_t* out) {
  std::array<const std::uint64_t*, kStreams> next;
  for (std::size_t s = 0; s < kStreams; ++s) next[s] = streams[s];
  for (std::size_t i = 0; i < count; i += 8) {
    const __m128i numbers = Bytes8(stream_of + i);
    __m512i v = _mm512_setzero_si512();
    for (std::size_t s = 0; s < kStreams; ++s) {
      const __mmask8 where = Where(numbers, static_cast<std::uint8_t>(s));
      v = _mm512_mask_expand_epi64(v, where, _mm512_loadu_si512(next[s]));
      next[s] += Count(where);
    }
    _mm512_storeu_si512(out + i, v);
  }
  for (std::size_t s = 0; s < kStreams; ++s) streams[s] = next[s];
}

CRUCIBLE_WIDE void MergeMany(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
                             std::size_t stream_count, std::uint64_t* out) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __m128i numbers = Bytes8(stream_of + i);
    __m512i v = _mm512_setzero_si512();
    for (std::size_t s = 0; s < stream_count; ++s) {
      const __mmask8 where = Where(numbers, static_cast<std::uint8_t>(s));
      v = _mm512_mask_expand_epi64(v, where, _mm512_loadu_si512(streams[s]));
      streams[s] += Count(where);
    }
    _mm512_storeu_si512(out + i, v);
  }
}

CRUCIBLE_WIDE void Merge(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
                         std::size_t stream_count, std::uint64_t* out) {
  switch (stream_count) {
    case 2:
      return MergeSome<2>(stream_of, count, streams, out);
    case 3:
      return MergeSome<3>(stream_of, count, streams, out);
    case 4:
      return MergeSome<4>(stream_of, count, streams, out);
    default:
      return MergeMany(stream_of, count, streams, stream_count, out);
  }
}

CRUCIBLE_WIDE void Replace(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
                           std::uint64_t* out) {
  for (std::size_t i = 0; i < count; i += 64) {
    const std::size_t size = std::min<std::size_t>(count - i, 64);
    const __m512i numbers = _mm512_maskz_loadu_epi8(LowBits(static_cast<int>(size)), stream_of + i);
    for (std::uint64_t others = _mm512_test_epi8_mask(numbers, numbers); others != 0; others &= others - 1) {
      const std::size_t at = i + static_cast<std::size_t>(std::countr_zero(others));
      out[at] = *streams[stream_of[at]]++;
    }
  }
}

CRUCIBLE_WIDE void Split(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t* values,
                         std::uint64_t** streams, std::size_t stream_count) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __m128i numbers = Bytes8(stream_of + i);
    const __m512i v = _mm512_loadu_si512(values + i);
    for (std::size_t s = 0; s < stream_count; ++s) {
      const __mmask8 where = Where(numbers, static_cast<std::uint8_t>(s));
      _mm512_storeu_si512(streams[s], _mm512_maskz_compress_epi64(where, v));
      streams[s] += Count(where);
    }
  }
}

CRUCIBLE_WIDE const std::uint64_t* Fill(const std::uint8_t* steps, std::size_t count, std::uint8_t stream,
                                        const std::uint64_t* at, std::uint64_t* out) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __mmask8 where = Where(Bytes8(steps + i), stream);
    const __m512i ranks = _mm512_cvtepu8_epi64(Bytes8(kRanks[where].data()));
    const __m512i values =
        _mm512_permutex2var_epi64(_mm512_loadu_si512(at), ranks, _mm512_loadu_si512(at + 8));
    _mm512_storeu_si512(out + i, values);
    at += Count(where);
  }
  return at;
}

// Rows from columns and columns from rows: pairs of words, pairs of those, then halves.
struct Matrix {
  __m512i row[8];
};
CRUCIBLE_WIDE inline Matrix Transposed(const Matrix& in) {
  Matrix pairs;
  for (std::size_t p = 0; p < 4; ++p) {
    pairs.row[p] = _mm512_unpacklo_epi64(in.row[2 * p], in.row[2 * p + 1]);
    pairs.row[4 + p] = _mm512_unpackhi_epi64(in.row[2 * p], in.row[2 * p + 1]);
  }
  Matrix out;
  for (std::size_t odd = 0; odd < 2; ++odd) {
    const __m512i* const p = pairs.row + 4 * odd;
    const __m512i head01 = _mm512_shuffle_i64x2(p[0], p[1], 0x44),
                  tail01 = _mm512_shuffle_i64x2(p[2], p[3], 0x44);
    const __m512i head23 = _mm512_shuffle_i64x2(p[0], p[1], 0xEE),
                  tail23 = _mm512_shuffle_i64x2(p[2], p[3], 0xEE);
    out.row[odd] = _mm512_shuffle_i64x2(head01, tail01, 0x88);
    out.row[odd + 2] = _mm512_shuffle_i64x2(head01, tail01, 0xDD);
    out.row[odd + 4] = _mm512_shuffle_i64x2(head23, tail23, 0x88);
    out.row[odd + 6] = _mm512_shuffle_i64x2(head23, tail23, 0xDD);
  }
  return out;
}

CRUCIBLE_WIDE inline __m512i Wide32(const std::uint32_t* at) {
  return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)));
}

CRUCIBLE_WIDE void ToRows(const RecordColumns& columns, std::size_t count, std::uint64_t first_seq,
                          std::uint64_t* rows) {
  __m512i seq = _mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(first_seq)),
                                 _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m512i word =
        _mm512_or_si512(_mm512_slli_epi64(Wide32(columns.kind + i), 32), Wide32(columns.instrument + i));
    const Matrix out =
        Transposed({{seq, _mm512_loadu_si512(columns.time + i), _mm512_loadu_si512(columns.origin + i), word,
                     _mm512_loadu_si512(columns.body[0] + i), _mm512_loadu_si512(columns.body[1] + i),
                     _mm512_loadu_si512(columns.body[2] + i), _mm512_loadu_si512(columns.body[3] + i)}});
    for (std::size_t r = 0; r < 8; ++r) _mm512_storeu_si512(rows + (i + r) * kWords, out.row[r]);
    seq = _mm512_add_epi64(seq, _mm512_set1_epi64(8));
  }
  plain::ToRows(columns, i, count, first_seq, rows);
}

CRUCIBLE_WIDE void FromRows(const std::uint64_t* rows, std::size_t count, std::uint64_t* columns,
                            std::size_t stride) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Matrix in;
    for (std::size_t r = 0; r < 8; ++r) in.row[r] = _mm512_loadu_si512(rows + (i + r) * kWords);
    const Matrix out = Transposed(in);
    for (std::size_t c = 1; c < 8; ++c) _mm512_storeu_si512(columns + (c - 1) * stride + i, out.row[c]);
  }
  plain::FromRows(rows, i, count, columns, stride);
}

constexpr RecordKernels kAll{"avx512-vbmi", UnpackBytes, LookupBytes, LookupWords, LookupIds,
                             AddLookup,     Add,         AddWhere,    Merge,       Replace,
                             Split,         Fill,        ToRows,      FromRows};

bool Runs() {
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt");
}

}  // namespace wide
#endif

std::vector<const RecordKernels*> Forms() {
  std::vector<const RecordKernels*> forms = {&kPlain};
#if defined(__x86_64__)
  if (wide::Runs()) forms.push_back(&wide::kAll);
#endif
  return forms;
}

}  // namespace

std::span<const RecordKernels* const> RecordKernelForms() {
  static const std::vector<const RecordKernels*> forms = Forms();
  return forms;
}

const RecordKernels& ChosenRecordKernels() {
  static const RecordKernels& kernels = *RecordKernelForms().back();
  return kernels;
}

}  // namespace crucible::journal
