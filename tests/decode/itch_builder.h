// ITCH 5.0 messages made by hand, each behind its length.
#pragma once

#include <string>
#include <string_view>

#include "tests/decode/byte_builder.h"

namespace crucible::decode {

inline std::string ItchFrame(char type, std::uint16_t locate, std::uint64_t after_ns,
                             const ByteBuilder& body) {
  constexpr std::uint64_t kHalfPastNine = 34'200'000'000'000;
  ByteBuilder message;
  message.Text({&type, 1}, 1, ' ')
      .Big(locate, 2)
      .Big(0, 2)
      .Big(kHalfPastNine + after_ns, 6)
      .Bytes(body.str());
  return ByteBuilder().Big(message.str().size(), 2).Bytes(message.str()).str();
}
inline std::string ItchDirectory(std::uint16_t locate, std::string_view stock) {
  return ItchFrame(
      'R', locate, 0,
      ByteBuilder().Text(stock, 8, ' ').Bytes("Q ").Big(100, 4).Bytes("NC PNN  N").Big(0, 4).Bytes("N"));
}
inline std::string ItchAdd(std::uint64_t order, char side, std::uint32_t shares, std::string_view stock,
                           std::uint32_t price, std::uint64_t after_ns = 1, std::uint16_t locate = 1) {
  return ItchFrame(
      'A', locate, after_ns,
      ByteBuilder().Big(order, 8).Text({&side, 1}, 1, ' ').Big(shares, 4).Text(stock, 8, ' ').Big(price, 4));
}
inline std::string ItchAttributed(std::uint64_t order, char side, std::uint32_t shares,
                                  std::string_view stock, std::uint32_t price) {
  return ItchFrame('F', 1, 2,
                   ByteBuilder()
                       .Big(order, 8)
                       .Text({&side, 1}, 1, ' ')
                       .Big(shares, 4)
                       .Text(stock, 8, ' ')
                       .Big(price, 4)
                       .Bytes("MPID"));
}
inline std::string ItchExecuted(std::uint64_t order, std::uint32_t shares) {
  return ItchFrame('E', 1, 3, ByteBuilder().Big(order, 8).Big(shares, 4).Big(900, 8));
}
inline std::string ItchExecutedAt(std::uint64_t order, std::uint32_t shares, char printable,
                                  std::uint32_t price) {
  return ItchFrame(
      'C', 1, 4,
      ByteBuilder().Big(order, 8).Big(shares, 4).Big(901, 8).Text({&printable, 1}, 1, ' ').Big(price, 4));
}
inline std::string ItchCancel(std::uint64_t order, std::uint32_t shares) {
  return ItchFrame('X', 1, 5, ByteBuilder().Big(order, 8).Big(shares, 4));
}
inline std::string ItchDelete(std::uint64_t order) {
  return ItchFrame('D', 1, 6, ByteBuilder().Big(order, 8));
}
inline std::string ItchReplace(std::uint64_t order, std::uint64_t new_order, std::uint32_t shares,
                               std::uint32_t price) {
  return ItchFrame('U', 1, 7, ByteBuilder().Big(order, 8).Big(new_order, 8).Big(shares, 4).Big(price, 4));
}
inline std::string ItchTrade(std::uint32_t shares, std::uint32_t price) {
  return ItchFrame(
      'P', 1, 8,
      ByteBuilder().Big(0, 8).Bytes("B").Big(shares, 4).Text("XYZ", 8, ' ').Big(price, 4).Big(902, 8));
}
inline std::string ItchCross(std::uint64_t shares, std::uint32_t price) {
  return ItchFrame('Q', 1, 9,
                   ByteBuilder().Big(shares, 8).Text("XYZ", 8, ' ').Big(price, 4).Big(903, 8).Bytes("O"));
}
inline std::string ItchState(char state) {
  return ItchFrame('H', 1, 10, ByteBuilder().Text("XYZ", 8, ' ').Text({&state, 1}, 1, ' ').Bytes("     "));
}

}  // namespace crucible::decode
