#include "framework/journal/column_layout.h"

#include <algorithm>
#include <cstring>

#include "framework/journal/cursor.h"

namespace crucible::journal {
namespace {

// A count between 1 and `most`, or 0.
std::uint32_t ReadCount(ByteReader& directory, std::size_t most) {
  const std::uint64_t count = directory.Varint();
  return count <= most ? static_cast<std::uint32_t>(count) : 0;
}

}  // namespace

absl::Status ColumnLayout::ReadClasses(ByteReader& directory) {
  const std::uint64_t count = directory.Varint() + 1;
  if (directory.failed() || count == 0 || count > kMaxClasses) return DamagedPayload("number of classes");
  classes.assign(count, {});
  for (RecordClass& record_class : classes) {
    record_class.kind_word = static_cast<std::uint32_t>(directory.Varint());
    record_class.options = directory.Byte();
    for (std::size_t slot = 0; slot < kSlots; slot += 2) {
      const std::uint8_t pair = directory.Byte();
      record_class.streams[slot] = pair & 15;
      record_class.streams[slot + 1] = pair >> 4;
    }
    if (record_class.options > class_option::kAll) return DamagedPayload("options of a class");
  }
  class_width = BitWidth(count - 1);
  return absl::OkStatus();
}

absl::Status ColumnLayout::ReadInstruments(ByteReader& directory) {
  const std::uint64_t count = directory.Varint();
  if (directory.failed() || count == 0 || count > kMaxBlockRecords)
    return DamagedPayload("number of instruments");
  instruments.resize(count);
  for (std::uint32_t& instrument : instruments) instrument = static_cast<std::uint32_t>(directory.Varint());
  instrument_width = BitWidth(count - 1);
  const std::uint8_t has_bases = directory.Byte();
  if (has_bases > 1) return DamagedPayload("base prices");
  bases.resize(has_bases != 0 ? count : 0);
  for (std::uint64_t& base : bases) base = UnZigZag(directory.Varint());
  return absl::OkStatus();
}

// Time and origin.
absl::Status ColumnLayout::ReadHeads(ByteReader& directory) {
  const auto repeats = [&](std::uint8_t option) {
    return std::ranges::any_of(classes, [option](const RecordClass& c) { return c.Has(option); });
  };
  const std::uint32_t times = ReadCount(directory, records);
  CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, times, time));
  const std::uint32_t origins = ReadCount(directory, records);
  CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, origins, origin));
  const bool whole = (times == records || (times != 0 && repeats(class_option::kSameTime))) &&
                     (origins == records || (origins != 0 && repeats(class_option::kSameOrigin)));
  if (!whole) return DamagedPayload("number of times or origins");
  if (time.prediction > Prediction::kDelta || origin.prediction > Prediction::kRelative)
    return DamagedPayload("prediction of times or origins");
  return absl::OkStatus();
}

absl::Status ColumnLayout::ReadSlot(ByteReader& directory, std::size_t slot) {
  SlotStreams& streams = slots[slot];
  streams.count = ReadCount(directory, kDenseStreams + kMaxStreams);
  streams.dense = streams.count > kMaxStreams;
  if (streams.dense) streams.count -= kDenseStreams;
  if (streams.count < (streams.dense ? 2 : 1)) return DamagedPayload("number of streams");
  std::size_t left = records;
  for (std::size_t s = 0; s < streams.count; ++s) {
    Column& column = streams.streams[s] = {};
    const std::uint32_t count = ReadCount(directory, left);
    const bool is_dense = streams.dense && s == 0;
    if (count == 0 || (is_dense && count != records)) return DamagedPayload("number of values of a stream");
    if (!is_dense) left -= count;
    CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, count, column));
    const bool refers = column.prediction == Prediction::kReference;
    const bool relates = column.prediction == Prediction::kRelative;
    const bool is_reference = slot == kOrderIdSlot && s == reference_stream;
    if (is_reference && is_dense) return DamagedPayload("stream of the running order id");
    if ((refers && (slot < kOrderIdSlot || !has_reference() || is_reference)) ||
        (relates && ((slot == 0 && bases.empty()) || is_reference)))
      return DamagedPayload("prediction of a stream");
  }
  return left == 0 || streams.dense ? absl::OkStatus() : DamagedPayload("streams do not add up to the block");
}

absl::Status ColumnLayout::CheckSlots() const {
  if (has_reference() && (reference_stream >= slots[kOrderIdSlot].count || !slots[kOrderIdSlot].split()))
    return DamagedPayload("stream of the running order id");
  for (const RecordClass& record_class : classes) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      if (record_class.streams[slot] >= slots[slot].count) return DamagedPayload("stream of a class");
    }
  }
  return absl::OkStatus();
}

absl::Status ColumnLayout::Locate(ByteReader& data) {
  class_numbers = data.Take(PackedBytes(records, class_width));
  instrument_indices = data.Take(PackedBytes(records, instrument_width));
  LocateColumn(data, time);
  LocateColumn(data, origin);
  for (SlotStreams& slot : slots) {
    for (std::size_t s = 0; s < slot.count; ++s) LocateColumn(data, slot.streams[s]);
  }
  if (data.failed() || data.left() != kPackSlack) return DamagedPayload("data has the wrong length");
  return absl::OkStatus();
}

absl::Status ColumnLayout::Parse(std::span<const std::uint8_t> payload, std::size_t count) {
  records = count;
  std::uint32_t length = 0;
  if (payload.size() < sizeof length) return DamagedPayload("too short");
  std::memcpy(&length, payload.data(), sizeof length);
  payload = payload.subspan(sizeof length);
  if (length > payload.size()) return DamagedPayload("length of the directory");
  ByteReader directory(payload.first(length));
  CRUCIBLE_RETURN_IF_ERROR(ReadClasses(directory));
  CRUCIBLE_RETURN_IF_ERROR(ReadInstruments(directory));
  reference_stream = directory.Byte();
  reference_stream = reference_stream == 0 ? kMaxStreams : reference_stream - 1;
  time = origin = {};
  CRUCIBLE_RETURN_IF_ERROR(ReadHeads(directory));
  for (std::size_t slot = 0; slot < kSlots; ++slot) CRUCIBLE_RETURN_IF_ERROR(ReadSlot(directory, slot));
  CRUCIBLE_RETURN_IF_ERROR(CheckSlots());
  if (directory.failed() || directory.left() != 0) return DamagedPayload("directory has the wrong length");
  ByteReader data(payload.subspan(length));
  return Locate(data);
}

}  // namespace crucible::journal
