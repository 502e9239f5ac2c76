// Room-internal: the parts of a kShapes payload, found and checked but not unpacked (docs/formats/blocks-1.md).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/block_format.h"
#include "framework/journal/column_codec.h"

namespace crucible::journal {

inline constexpr std::size_t kMaxShapes = 256;
inline constexpr std::size_t kShapeColumns = 5;  // origin, body[0..3]

// Bits of a shape's options.
namespace shape_option {
inline constexpr std::uint8_t kSameTime = 1 << 0;       // time is that of the record before
inline constexpr std::uint8_t kSameOrigin = 1 << 1;     // so is origin; its column adds to it
inline constexpr std::uint8_t kAnyInstrument = 1 << 2;  // the instrument stands in the instrument column
inline constexpr std::uint8_t kSetsReference = 1 << 3;  // slot 2 becomes the running order id
inline constexpr std::uint8_t kAll = 15;
}  // namespace shape_option

struct BlockShape {
  std::uint8_t options = 0;
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint32_t count = 0;
  std::array<Column, kShapeColumns> columns;

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

// Views of a payload, which must outlive it. Memory is kept from block to block.
class ShapeBlock {
 public:
  // kDataLoss: the payload is not a block of `count` records. What is accepted has shapes whose counts add up
  // to `count`, and every view lies inside the payload.
  absl::Status Parse(std::span<const std::uint8_t> payload, std::size_t count);

  std::span<const BlockShape> shapes() const { return shapes_; }
  // Shape of each record; what comes out may be no shape's number.
  void UnpackShapes(std::size_t count, std::uint64_t* out) const {
    Kernels().unpack(shape_indices_, count, shape_width_, out);
  }
  // Number of records whose shape does not tell the instrument.
  std::uint32_t instrument_count() const { return instrument_count_; }

  // Fills [1, ...] with the times that differ from the one before, [0] with zero; false when they
  // are damaged.
  bool DecodeTimes(std::vector<std::uint64_t>& times) const;
  // The same for instruments that a shape does not tell.
  void DecodeInstruments(std::vector<std::uint64_t>& instruments) const;

 private:
  absl::Status ReadDirectory(ByteReader& directory, std::size_t count);
  absl::Status ReadShape(ByteReader& directory, BlockShape& shape) const;
  absl::Status Locate(ByteReader& data, std::size_t count);

  std::vector<BlockShape> shapes_;
  std::vector<std::uint32_t> instruments_;
  Column time_column_;
  std::uint32_t instrument_count_ = 0;
  int shape_width_ = 0;
  int instrument_width_ = 0;
  const std::uint8_t* shape_indices_ = nullptr;
  const std::uint8_t* instrument_indices_ = nullptr;
};

}  // namespace crucible::journal
