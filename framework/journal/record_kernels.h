// Room-internal: loops between the columns of a block and its records, in the widest form that this processor
// runs. All arithmetic is on integers modulo 2^64, so every form gives the same results.
//
// Columns of words are worked on in groups of eight and columns of bytes in groups of 64: pointers have room
// for `count` rounded up to that, except where a function says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace crucible::journal {

// No stream has this number. A column of stream numbers is followed by it up to a multiple of eight.
inline constexpr std::uint8_t kNoStream = 255;

// The columns of records, in the order of their words; instrument and kind word share one.
struct RecordColumns {
  const std::uint64_t* time = nullptr;
  const std::uint64_t* origin = nullptr;
  const std::uint32_t* instrument = nullptr;
  const std::uint32_t* kind = nullptr;
  const std::uint64_t* body[4] = {};
};

struct RecordKernels {
  std::string_view name;  // of the form

  // out[i] = the i-th of packed values of `width` bits, at most 8; reads kPackSlack behind them.
  void (*unpack_bytes)(const std::uint8_t* in, std::size_t count, int width, std::uint8_t* out);
  // out[i] = table[in[i]], 256 entries; `out` may be `in`.
  void (*lookup_bytes)(const std::uint8_t* in, std::size_t count, const std::uint8_t* table,
                       std::uint8_t* out);
  void (*lookup_words)(const std::uint8_t* in, std::size_t count, const std::uint32_t* table,
                       std::uint32_t* out);
  // out[i] = table[min(index[i], size - 1)]
  void (*lookup_ids)(const std::uint64_t* index, std::size_t count, const std::uint32_t* table,
                     std::size_t size, std::uint32_t* out);
  // values[i] += table[min(index[i], size - 1)]
  void (*add_lookup)(const std::uint64_t* index, std::size_t count, const std::uint64_t* table,
                     std::size_t size, std::uint64_t* values);
  void (*add)(const std::uint64_t* others, std::size_t count, std::uint64_t* values);
  // values[i] += others[i] where stream_of[i] == stream
  void (*add_where)(const std::uint8_t* stream_of, std::size_t count, std::uint8_t stream,
                    const std::uint64_t* others, std::uint64_t* values);

  // out[i] = the next value of stream stream_of[i]; advances the streams. May read eight words from where a
  // stream ends up. REQUIRES: all numbers are below stream_count.
  void (*merge)(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
                std::size_t stream_count, std::uint64_t* out);
  // The same where stream_of[i] is not 0.
  void (*replace)(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t** streams,
                  std::uint64_t* out);
  // The inverse of merge: appends values[i] to streams[stream_of[i]]. May write eight words to where a stream
  // ends up.
  void (*split)(const std::uint8_t* stream_of, std::size_t count, const std::uint64_t* values,
                std::uint64_t** streams, std::size_t stream_count);
  // out[i] = at[number of steps[0..i] that equal `stream`]; returns the place that the last one came from.
  // May read 16 words from there.
  const std::uint64_t* (*fill)(const std::uint8_t* steps, std::size_t count, std::uint8_t stream,
                               const std::uint64_t* at, std::uint64_t* out);

  // Writes exactly `count` records of eight words, sequences from `first_seq`.
  void (*to_rows)(const RecordColumns& columns, std::size_t count, std::uint64_t first_seq,
                  std::uint64_t* rows);
  // Columns 1 to 7 of `count` records; column c starts at columns + (c - 1) * stride.
  void (*from_rows)(const std::uint64_t* rows, std::size_t count, std::uint64_t* columns, std::size_t stride);
};

const RecordKernels& ChosenRecordKernels();
// Every form that this processor runs, the plainest first.
std::span<const RecordKernels* const> RecordKernelForms();

}  // namespace crucible::journal
