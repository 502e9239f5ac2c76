// Room-internal: decodes kShapes payloads, the codec of file format 1 (docs/formats/blocks-1.md). Such files
// are read to be upgraded, so this is written to be plain.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/journal/shape_block.h"

namespace crucible::journal {

class ShapeDecoder {
 public:
  // As BlockDecoder::Decode.
  absl::Status Decode(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                      std::span<Event> records);

 private:
  // The columns of a shape, and how many of its records were taken.
  struct Rows {
    std::array<std::vector<std::uint64_t>, kShapeColumns> columns;
    std::size_t taken = 0;
  };
  static bool DecodeRows(const BlockShape& shape, Rows& rows);
  bool Merge(std::uint64_t first_seq, std::span<Event> records);

  ShapeBlock block_;
  std::vector<std::uint64_t> times_;          // [0] is zero, then each change
  std::vector<std::uint64_t> instrument_of_;  // [0] is zero, then each that a shape does not tell
  std::vector<std::uint64_t> shape_of_;
  std::vector<Rows> rows_;
};

}  // namespace crucible::journal
