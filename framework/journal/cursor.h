// Readers of a stream: by record for replay, by column for analysis.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "framework/base/status.h"
#include "framework/event/event.h"

namespace crucible::journal {

// No block holds more records.
inline constexpr std::uint32_t kMaxBlockRecords = 16384;

// What to read: both kinds of bounds are inclusive. Time bounds trim the records before the first and after
// the last one in bounds, block by block: exact on a stream whose times do not decrease.
struct Range {
  std::uint64_t first_seq = 1;
  std::uint64_t last_seq = UINT64_MAX;
  std::int64_t min_time = INT64_MIN;
  std::int64_t max_time = INT64_MAX;
  // Bits (kind mod 64): blocks that hold none of these kinds are passed over without a look at their payload;
  // 0 passes over nothing. What is read still holds other kinds. For Cursor alone.
  std::uint64_t kind_mask = 0;
};

// Reads blocks in order of sequence, tail included. Checksums are checked on the way (kDataLoss names the
// block). What another process appends after the last block was reached is found by a later cursor.
class Cursor {
 public:
  class Impl;
  ~Cursor();
  // The next records, at most one block; empty at the end. Valid until the next call.
  absl::StatusOr<std::span<const Event>> Next();
  // The same into the caller's memory, which must hold max_block_records(); returns the part that was filled.
  absl::StatusOr<std::span<const Event>> Next(std::span<Event> storage);
  // Upper bound of the size of one result of Next() on this stream.
  std::uint32_t max_block_records() const;

 private:
  friend class Journal;
  explicit Cursor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Bits of ReadColumns(): the fields of a record.
namespace column {
inline constexpr std::uint32_t kTime = 1 << 0;
inline constexpr std::uint32_t kOrigin = 1 << 1;
inline constexpr std::uint32_t kInstrument = 1 << 2;
inline constexpr std::uint32_t kKind = 1 << 3;  // kind, side and flags
inline constexpr std::uint32_t kBody0 = 1 << 4;
inline constexpr std::uint32_t kBody1 = 1 << 5;
inline constexpr std::uint32_t kBody2 = 1 << 6;
inline constexpr std::uint32_t kBody3 = 1 << 7;
}  // namespace column

// Columns of one block, in order of sequence; those not asked for are empty. Valid until the next call.
struct ColumnBlock {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;  // 0 at the end
  std::span<const std::int64_t> time;
  std::span<const std::uint64_t> origin;
  std::span<const std::uint32_t> instrument;
  std::span<const std::uint32_t> kind;  // kind | side << 8 | flags << 16, see KindOf()
  std::span<const std::int64_t> body[4];
};
constexpr Kind KindOf(std::uint32_t kind_word) { return static_cast<Kind>(kind_word & 0xff); }
constexpr Side SideOf(std::uint32_t kind_word) { return static_cast<Side>((kind_word >> 8) & 0xff); }
constexpr std::uint16_t FlagsOf(std::uint32_t kind_word) {
  return static_cast<std::uint16_t>(kind_word >> 16);
}

// Decodes only what was asked for: faster than any scan of whole records when few fields matter.
class ColumnCursor {
 public:
  class Impl;
  ~ColumnCursor();
  absl::StatusOr<ColumnBlock> Next();

 private:
  friend class Journal;
  explicit ColumnCursor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crucible::journal
