// Room-internal: the parts of a kColumns payload (block_format.h), found and checked but not unpacked.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/block_format.h"
#include "framework/journal/column_codec.h"

namespace crucible::journal {

struct RecordClass {
  std::uint32_t kind_word = 0;
  std::uint8_t options = 0;
  std::array<std::uint8_t, kSlots> streams{};

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

// The streams of a slot.
struct SlotStreams {
  std::array<Column, kMaxStreams> streams;
  std::size_t count = 0;
  bool dense = false;  // the first has a value for every record

  bool split() const { return count > 1; }
  std::span<const Column> columns() const { return std::span(streams).first(count); }
  bool Predicts(Prediction prediction) const {
    for (const Column& column : columns()) {
      if (column.prediction == prediction) return true;
    }
    return false;
  }
};

// Views of a payload, which must outlive it. Memory is kept from block to block.
struct ColumnLayout {
  // kDataLoss: the payload is not a block of `records` records. What is accepted has streams whose counts add
  // up, and every view lies inside the payload.
  absl::Status Parse(std::span<const std::uint8_t> payload, std::size_t records);

  std::size_t records = 0;
  std::vector<RecordClass> classes;
  std::vector<std::uint32_t> instruments;
  std::vector<std::uint64_t> bases;            // price per instrument, or empty
  std::size_t reference_stream = kMaxStreams;  // of slot kOrderIdSlot; kMaxStreams: there is none
  Column time;
  Column origin;
  std::array<SlotStreams, kSlots> slots;
  int class_width = 0;
  int instrument_width = 0;
  const std::uint8_t* class_numbers = nullptr;
  const std::uint8_t* instrument_indices = nullptr;

  bool has_reference() const { return reference_stream != kMaxStreams; }

 private:
  absl::Status ReadClasses(ByteReader& directory);
  absl::Status ReadInstruments(ByteReader& directory);
  absl::Status ReadHeads(ByteReader& directory);
  absl::Status ReadSlot(ByteReader& directory, std::size_t slot);
  absl::Status CheckSlots() const;
  absl::Status Locate(ByteReader& data);
};

}  // namespace crucible::journal
