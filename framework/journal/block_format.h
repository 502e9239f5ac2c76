// Room-internal: the layout of a kColumns payload (docs/formats/blocks.md), shared by encoder and decoder.
//
// Records are sorted by shape: what kind, side and flags they have, whether they repeat the time and the
// origin of the record before, and, where few instruments make up a block, which one they belong to. A
// shape's records have five columns of their own (origin and the four slots). In the order of the records
// stand the shape of each, the times that differ from the one before, and the instruments that the shape does
// not tell.
//
//   payload    u32 length of the directory | directory | data | 8 zero bytes
//   directory  shapes - 1, instruments, instrument ids, then per shape: options, kind | side << 8 | flags <<
//   16,
//              [instrument], count, five column descriptors; then the column descriptor of the times
//   data       shapes of the records and instrument indices (bit-packed), the columns of the shapes, the
//   times
//
// Integers of the directory are LEB128 varints; a column descriptor is defined in column_codec.cc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crucible::journal {

inline constexpr std::size_t kMaxShapes = 256;
inline constexpr std::size_t kShapeColumns = 5;  // origin, body[0..3]
inline constexpr std::size_t kOrderIdSlot = 2;   // the slot that the running order id is taken from

// Bits of a shape's options.
namespace shape_option {
inline constexpr std::uint8_t kSameTime = 1 << 0;       // time is that of the record before
inline constexpr std::uint8_t kSameOrigin = 1 << 1;     // so is origin; its column adds to it
inline constexpr std::uint8_t kAnyInstrument = 1 << 2;  // the instrument stands in the instrument column
inline constexpr std::uint8_t kSetsReference = 1 << 3;  // slot 2 becomes the running order id
inline constexpr std::uint8_t kAll = 15;
}  // namespace shape_option

}  // namespace crucible::journal
