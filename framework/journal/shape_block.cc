#include "framework/journal/shape_block.h"

#include <algorithm>
#include <cstring>

#include "framework/journal/cursor.h"

namespace crucible::journal {

absl::Status ShapeBlock::ReadShape(ByteReader& directory, BlockShape& shape) const {
  shape.options = directory.Byte();
  shape.kind_word = static_cast<std::uint32_t>(directory.Varint());
  if (!shape.Has(shape_option::kAnyInstrument))
    shape.instrument = static_cast<std::uint32_t>(directory.Varint());
  shape.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(directory.Varint(), kMaxBlockRecords + 1));
  if (shape.options > shape_option::kAll || shape.count == 0 || shape.count > kMaxBlockRecords) {
    return DamagedPayload("options or count of a shape");
  }
  for (std::size_t c = 0; c < kShapeColumns; ++c) {
    CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, shape.count, shape.columns[c]));
    const Prediction prediction = shape.columns[c].prediction;
    const bool relative = prediction == Prediction::kRelative && c == 1;
    const bool reference = prediction == Prediction::kReference && c <= kOrderIdSlot;
    if (relative || reference) return DamagedPayload("prediction of a column");
  }
  return absl::OkStatus();
}

absl::Status ShapeBlock::ReadDirectory(ByteReader& directory, std::size_t count) {
  const std::uint64_t shapes = directory.Varint() + 1;
  const std::uint64_t instruments = directory.Varint();
  if (directory.failed() || shapes == 0 || shapes > kMaxShapes || instruments > kMaxBlockRecords) {
    return DamagedPayload("number of shapes or instruments");
  }
  instruments_.resize(instruments);
  for (std::uint32_t& instrument : instruments_) instrument = static_cast<std::uint32_t>(directory.Varint());
  shapes_.assign(shapes, {});
  std::uint64_t records = 0;
  std::uint32_t times = 0;
  instrument_count_ = 0;
  for (BlockShape& shape : shapes_) {
    CRUCIBLE_RETURN_IF_ERROR(ReadShape(directory, shape));
    records += shape.count;
    if (!shape.Has(shape_option::kSameTime)) times += shape.count;
    if (shape.Has(shape_option::kAnyInstrument)) instrument_count_ += shape.count;
    if (records > count) break;
  }
  if (records != count) return DamagedPayload("shapes do not add up to the block");
  if (times == 0 || (instrument_count_ != 0 && instruments == 0))
    return DamagedPayload("times or instruments are missing");
  time_column_ = {};
  CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, times, time_column_));
  if (time_column_.prediction > Prediction::kDelta) return DamagedPayload("prediction of the times");
  return absl::OkStatus();
}

absl::Status ShapeBlock::Locate(ByteReader& data, std::size_t count) {
  shape_width_ = BitWidth(shapes_.size() - 1);
  shape_indices_ = data.Take(PackedBytes(count, shape_width_));
  if (!instruments_.empty()) {
    instrument_width_ = BitWidth(instruments_.size() - 1);
    instrument_indices_ = data.Take(PackedBytes(instrument_count_, instrument_width_));
  }
  for (BlockShape& shape : shapes_) {
    for (Column& column : shape.columns) LocateColumn(data, column);
  }
  LocateColumn(data, time_column_);
  if (data.failed() || data.left() != kPackSlack) return DamagedPayload("data has the wrong length");
  return absl::OkStatus();
}

absl::Status ShapeBlock::Parse(std::span<const std::uint8_t> payload, std::size_t count) {
  std::uint32_t length = 0;
  if (payload.size() < sizeof length) return DamagedPayload("too short");
  std::memcpy(&length, payload.data(), sizeof length);
  payload = payload.subspan(sizeof length);
  if (length > payload.size()) return DamagedPayload("length of the directory");
  ByteReader directory(payload.first(length));
  CRUCIBLE_RETURN_IF_ERROR(ReadDirectory(directory, count));
  if (directory.left() != 0) return DamagedPayload("directory has the wrong length");
  ByteReader data(payload.subspan(length));
  return Locate(data, count);
}

bool ShapeBlock::DecodeTimes(std::vector<std::uint64_t>& times) const {
  times.resize(1 + (time_column_.count + 7) / 8 * 8);
  times[0] = 0;
  return ColumnReader(time_column_).Next(time_column_.count, &times[1]);
}

void ShapeBlock::DecodeInstruments(std::vector<std::uint64_t>& instruments) const {
  instruments.resize(1 + (instrument_count_ + 7) / 8 * 8);
  instruments[0] = 0;
  Kernels().unpack(instrument_indices_, instrument_count_, instrument_width_, &instruments[1]);
  for (std::uint64_t& index : instruments)
    index = instruments_[std::min<std::uint64_t>(index, instruments_.size() - 1)];
}

}  // namespace crucible::journal
