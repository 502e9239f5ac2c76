// Room-internal: the layout of a kColumns payload (docs/formats/blocks.md), shared by encoder and decoder.
//
// Every column stands in the order of the records. What a record is (kind, side and flags, and whether it
// repeats time and origin of the record before) is its class, one small number per record. A column of values
// is one stream where all classes mean the same by the slot, and is split into a few streams where they do
// not: prices apart from the ids of depth messages, orders that are new apart from those that are known. A
// stream that most records are of may be dense: it has a value for every record, and what the other streams
// have replaces those that are not its own.
//
//   payload    u32 length of the directory | directory | data | 8 zero bytes
//   directory  classes - 1, then per class: kind | side << 8 | flags << 16, options, streams of its four
//   slots
//              instruments, their ids; 1 and a base price for each, or 0
//              1 + stream of slot 3 that holds the running order id, or 0
//              time, origin: count, column descriptor
//              per slot: streams (+ 16: the first is dense), then per stream: count, column descriptor
//   data       classes, instrument indices (bit-packed); the columns in the directory's order
//
// Integers of the directory are LEB128 varints; a column descriptor is defined in column_codec.cc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crucible::journal {

inline constexpr std::size_t kMaxClasses = 256;
inline constexpr std::size_t kMaxStreams = 16;    // of a slot
inline constexpr std::size_t kDenseStreams = 16;  // is added to the number of streams of a slot
inline constexpr std::size_t kSlots = 4;
inline constexpr std::size_t kOrderIdSlot = 2;  // the slot that the running order id is taken from

// Bits of a class's options.
namespace class_option {
inline constexpr std::uint8_t kSameTime = 1 << 0;    // time is that of the record before
inline constexpr std::uint8_t kSameOrigin = 1 << 1;  // so is origin, or what it adds to the time
inline constexpr std::uint8_t kAll = 3;
}  // namespace class_option

}  // namespace crucible::journal
