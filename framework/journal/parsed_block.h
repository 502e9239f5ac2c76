// Room-internal: the parts of a kColumns payload (block_format.h), found and checked but not unpacked.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/block_format.h"
#include "framework/journal/column_codec.h"

namespace crucible::journal {

absl::Status DamagedPayload(std::string_view what);

struct ParsedShape {
  std::uint8_t options = 0;
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint32_t count = 0;
  std::array<Column, kShapeColumns> columns;

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

// Views of a payload, which must outlive it. Memory is kept from block to block.
class ParsedBlock {
 public:
  // kDataLoss: the payload is not a block of `count` records. What is accepted has shapes whose counts add up
  // to `count`, and every view lies inside the payload.
  absl::Status Parse(std::span<const std::uint8_t> payload, std::size_t count);

  std::span<const ParsedShape> shapes() const { return shapes_; }
  // Shape of records [first, first + count), `first` a multiple of eight; what comes out may be no shape's
  // number.
  void UnpackShapes(std::size_t first, std::size_t count, std::uint64_t* out) const {
    Kernels().unpack(shape_indices_ + PackedBytes(first, shape_width_), count, shape_width_, out);
  }
  // Some shape names an order whose id others refer to.
  bool has_reference() const { return has_reference_; }
  // Some records repeat the time or the origin of the one before.
  bool repeats() const { return repeats_; }
  // Number of records whose shape does not tell the instrument.
  std::uint32_t instrument_count() const { return instrument_count_; }

  // Number of times that differ from the one before.
  std::uint32_t time_count() const { return time_column_.count; }

  // Fills [1, time_count()] with the times that differ from the one before, [0] with zero; false when they
  // are damaged.
  bool DecodeTimes(std::vector<std::uint64_t>& times) const;
  // The same for instruments that a shape does not tell.
  void DecodeInstruments(std::vector<std::uint64_t>& instruments) const;

 private:
  absl::Status ReadDirectory(ByteReader& directory, std::size_t count);
  absl::Status ReadShape(ByteReader& directory, ParsedShape& shape) const;
  absl::Status Locate(ByteReader& data, std::size_t count);

  std::vector<ParsedShape> shapes_;
  std::vector<std::uint32_t> instruments_;
  Column time_column_;
  std::uint32_t instrument_count_ = 0;
  bool has_reference_ = false;
  bool repeats_ = false;
  int shape_width_ = 0;
  int instrument_width_ = 0;
  const std::uint8_t* shape_indices_ = nullptr;
  const std::uint8_t* instrument_indices_ = nullptr;
};

}  // namespace crucible::journal
