// Room-internal: decodes the columns of a block that a reader asked for, without building records.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/journal/block_codec.h"
#include "framework/journal/cursor.h"
#include "framework/journal/parsed_block.h"

namespace crucible::journal {

class ColumnDecoder {
 public:
  // Fields of `block` that are not in `columns` stay empty; first_seq and count are the caller's. The spans
  // live until the next call.
  absl::Status Decode(std::uint32_t codec, std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                      std::uint32_t count, std::uint32_t columns, ColumnBlock& block);

 private:
  absl::Status DecodeParts(std::uint32_t columns, ColumnBlock& block);
  absl::Status DecodeRecords(std::uint32_t codec, std::span<const std::uint8_t> payload,
                             std::uint64_t first_seq, std::uint32_t columns, ColumnBlock& block);
  bool DecodeTime();
  void DecodeKind();
  void DecodeInstrument();
  bool DecodeSlots(std::span<const std::size_t> slots);
  bool DecodeShape(const ParsedShape& shape, std::size_t slot, std::size_t first, std::size_t stride);
  template <std::size_t kSlots>
  bool Merge(std::span<const std::size_t> slots, std::size_t stride);

  std::uint32_t count_ = 0;
  ParsedBlock block_;
  std::vector<std::uint64_t> shape_of_;
  std::vector<std::uint64_t> sorted_;  // columns by shape; each shape starts at a multiple of eight
  std::array<std::uint32_t, kMaxShapes> first_{};  // of a shape, in a sorted column
  std::vector<std::uint64_t> changes_;
  BlockDecoder records_decoder_;
  std::vector<Event> records_;

  std::vector<std::int64_t> time_;
  std::vector<std::uint64_t> origin_;
  std::vector<std::uint32_t> instrument_;
  std::vector<std::uint32_t> kind_;
  std::array<std::vector<std::int64_t>, 4> body_;
};

}  // namespace crucible::journal
