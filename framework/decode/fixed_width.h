// Fixed-width integers in byte strings: what binary market data is made of.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace crucible::decode {

static_assert(std::endian::native == std::endian::little);

// REQUIRES of all: the value lies inside `bytes`.
template <class T>
T LittleEndian(std::span<const char> bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// An unsigned integer of `width` bytes, most significant first.
inline std::uint64_t BigEndian(std::span<const char> bytes, std::size_t offset, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

// Text in a field of fixed width, without what pads it.
inline std::string_view FixedText(std::span<const char> bytes, std::size_t offset, std::size_t width,
                                  char padding) {
  const std::string_view text(bytes.data() + offset, width);
  const std::size_t end = padding == '\0' ? text.find('\0') : text.find_last_not_of(padding) + 1;
  return text.substr(0, end);
}

}  // namespace crucible::decode
