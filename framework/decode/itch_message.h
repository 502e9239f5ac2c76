// Messages of NASDAQ TotalView-ITCH 5.0, as far as books, trades and instruments need them.
//
// Source: "NASDAQ TotalView-ITCH 5.0", nasdaqtrader.com. Integers are big-endian; prices have 4 decimals;
// times are nanoseconds since midnight in New York. In a file each message follows its length in two bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "framework/base/units.h"

namespace crucible::decode {

inline constexpr int kItchPriceDecimals = 4;
inline constexpr std::size_t kItchHeaderBytes = 11;  // type, locate, tracking number, time

// Length of a message by its type; 0 for a type that the specification does not have.
std::size_t ItchBytes(char type);

// A message with the fields that its type has.
struct ItchMessage {
  char type = 0;
  std::uint16_t locate = 0;  // the day's number of the stock
  Duration time;
  std::uint64_t order = 0;
  std::uint64_t new_order = 0;  // U
  Side side = Side::kNone;      // A, F
  Quantity shares;
  Price price;
  std::uint64_t match = 0;     // E, C, P, Q
  bool printable = true;       // C
  std::string_view stock;      // R, H, A, F, P, Q; points into the message
  char state = 0;              // H: trading state; S: event
  std::int64_t round_lot = 0;  // R
};

// REQUIRES: bytes.size() == ItchBytes(bytes[0]) > 0.
ItchMessage ReadItch(std::span<const char> bytes);

}  // namespace crucible::decode
