// Room-internal: packs groups of eight unsigned values of W bits into W bytes, and back.
//
// Widths 0 to 57 and 64 exist: up to 57 bits, a value is found with one unaligned 8-byte load. An unpacker
// may read up to kPackSlack bytes behind its input, a packer writes up to kPackSlack behind its output.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace crucible::journal {

inline constexpr std::size_t kPackSlack = 8;
inline constexpr int kMaxPackedWidth = 57;

// The smallest width that exists for values below 2^bits.
constexpr int PackedWidth(int bits) { return bits <= kMaxPackedWidth ? bits : 64; }
constexpr bool IsPackedWidth(int width) { return (width >= 0 && width <= kMaxPackedWidth) || width == 64; }
constexpr std::uint64_t LowBits(int width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}
// Bytes for `count` values.
constexpr std::size_t PackedBytes(std::size_t count, int width) {
  return (count + 7) / 8 * static_cast<std::size_t>(width);
}

namespace bit_pack_internal {

inline std::uint64_t Load(const std::uint8_t* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
inline void Store(std::uint8_t* at, std::uint64_t word) { std::memcpy(at, &word, sizeof word); }

template <int W, std::size_t I>
inline std::uint64_t Extract(const std::uint8_t* group) {
  constexpr std::size_t kBit = I * W;
  if constexpr (W == 64) return Load(group + kBit / 8);
  return (Load(group + kBit / 8) >> (kBit % 8)) & LowBits(W);
}

template <int W>
void Unpack(const std::uint8_t* in, std::size_t groups, std::uint64_t* out) {
  for (std::size_t g = 0; g < groups; ++g, in += W, out += 8) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((out[I] = Extract<W, I>(in)), ...);
    }(std::make_index_sequence<8>());
  }
}

template <int W, std::size_t I>
inline void Insert(std::uint64_t value, std::uint64_t& word, std::uint8_t*& out) {
  constexpr std::size_t kFill = I * W % 64;
  if constexpr (kFill == 0) {
    word = value;
  } else {
    word |= value << kFill;
  }
  if constexpr (kFill + W >= 64) {
    Store(out, word);
    out += 8;
    if constexpr (kFill + W > 64) word = value >> (64 - kFill);
  }
}

template <int W>
void Pack(const std::uint64_t* in, std::size_t groups, std::uint8_t* out) {
  for (std::size_t g = 0; g < groups; ++g, in += 8, out += W) {
    std::uint64_t word = 0;
    std::uint8_t* at = out;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (Insert<W, I>(in[I], word, at), ...);
    }(std::make_index_sequence<8>());
    if constexpr (W % 8 != 0) Store(at, word);
  }
}

using Unpacker = void (*)(const std::uint8_t*, std::size_t, std::uint64_t*);
using Packer = void (*)(const std::uint64_t*, std::size_t, std::uint8_t*);

template <std::size_t... W>
constexpr std::array<Unpacker, 65> Unpackers(std::index_sequence<W...>) {
  return {(IsPackedWidth(W) ? Unpack < IsPackedWidth(W) ? static_cast<int>(W) : 0 > : nullptr)...};
}
template <std::size_t... W>
constexpr std::array<Packer, 65> Packers(std::index_sequence<W...>) {
  return {(IsPackedWidth(W) ? Pack < IsPackedWidth(W) ? static_cast<int>(W) : 0 > : nullptr)...};
}
inline constexpr std::array<Unpacker, 65> kUnpackers = Unpackers(std::make_index_sequence<65>());
inline constexpr std::array<Packer, 65> kPackers = Packers(std::make_index_sequence<65>());

}  // namespace bit_pack_internal

// REQUIRES: IsPackedWidth(width); `in` has PackedBytes(count, width) + kPackSlack bytes, `out` room for
// `count` rounded up to a multiple of eight.
inline void UnpackBits(const std::uint8_t* in, std::size_t count, int width, std::uint64_t* out) {
  bit_pack_internal::kUnpackers[static_cast<std::size_t>(width)](in, (count + 7) / 8, out);
}
// REQUIRES: every value is below 2^width, also those that round `count` up to a multiple of eight.
inline void PackBits(const std::uint64_t* in, std::size_t count, int width, std::uint8_t* out) {
  if (width == 0) return;
  bit_pack_internal::kPackers[static_cast<std::size_t>(width)](in, (count + 7) / 8, out);
}

constexpr std::uint64_t ZigZag(std::uint64_t signed_value) {
  return (signed_value << 1) ^ (std::uint64_t{0} - (signed_value >> 63));
}
constexpr std::uint64_t UnZigZag(std::uint64_t value) {
  return (value >> 1) ^ (std::uint64_t{0} - (value & 1));
}
constexpr int BitWidth(std::uint64_t value) { return static_cast<int>(std::bit_width(value)); }

}  // namespace crucible::journal
