// Binary inputs made by hand: integers of fixed width and padded texts, one behind the other.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace crucible::decode {

class ByteBuilder {
 public:
  ByteBuilder& Little(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }
  ByteBuilder& Big(std::uint64_t value, int width) {
    for (int i = width; i-- > 0;) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }
  ByteBuilder& Text(std::string_view text, std::size_t width, char padding) {
    bytes_ += text;
    bytes_.append(width - text.size(), padding);
    return *this;
  }
  ByteBuilder& Bytes(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  const std::string& str() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace crucible::decode
