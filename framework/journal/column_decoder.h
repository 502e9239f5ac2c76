// Room-internal: decodes the columns of a block that a reader asked for, without building records.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/journal/block_codec.h"
#include "framework/journal/column_stepper.h"
#include "framework/journal/cursor.h"

namespace crucible::journal {

class ColumnDecoder {
 public:
  // Fields of `block` that are not in `columns` stay empty; first_seq and count are the caller's. The spans
  // live until the next call.
  absl::Status Decode(std::uint32_t codec, std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                      std::uint32_t count, std::uint32_t columns, ColumnBlock& block);

 private:
  absl::Status StepThrough(std::span<const std::uint8_t> payload, std::uint32_t count, std::uint32_t columns);
  absl::Status TakeFromRecords(std::uint32_t codec, std::span<const std::uint8_t> payload,
                               std::uint64_t first_seq, std::uint32_t count);

  ColumnStepper stepper_;
  BlockDecoder records_decoder_;
  std::vector<Event> records_;

  // Room for a block, in groups of 64.
  std::vector<std::int64_t> time_;
  std::vector<std::uint64_t> origin_;
  std::vector<std::uint32_t> instrument_;
  std::vector<std::uint32_t> kind_;
  std::array<std::vector<std::int64_t>, kSlots> body_;
};

}  // namespace crucible::journal
