#include "framework/journal/shape_decoder.h"

#include "framework/journal/column_codec.h"

namespace crucible::journal {

bool ShapeDecoder::DecodeRows(const BlockShape& shape, Rows& rows) {
  rows.taken = 0;
  for (std::size_t c = 0; c < kShapeColumns; ++c) {
    rows.columns[c].resize((shape.count + std::size_t{7}) / 8 * 8);
    if (!ColumnReader(shape.columns[c]).Next(shape.count, rows.columns[c].data())) return false;
  }
  for (std::size_t c = 2; c < kShapeColumns; ++c) {
    if (shape.columns[c].prediction != Prediction::kRelative) continue;
    for (std::size_t i = 0; i < shape.count; ++i) rows.columns[c][i] += rows.columns[1][i];
  }
  return true;
}

// Takes the next row of each record's shape. False when a shape has too few.
bool ShapeDecoder::Merge(std::uint64_t first_seq, std::span<Event> records) {
  const std::uint64_t* time = times_.data();
  const std::uint64_t* told = instrument_of_.data();
  std::uint64_t origin = 0;
  std::uint64_t reference = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (shape_of_[i] >= rows_.size()) return false;
    const BlockShape& shape = block_.shapes()[shape_of_[i]];
    Rows& rows = rows_[shape_of_[i]];
    if (rows.taken == shape.count) return false;
    std::array<std::uint64_t, kShapeColumns> row;
    for (std::size_t c = 0; c < kShapeColumns; ++c) row[c] = rows.columns[c][rows.taken];
    ++rows.taken;
    for (std::size_t c = 3; c < kShapeColumns; ++c)
      row[c] += shape.columns[c].prediction == Prediction::kReference ? reference : 0;
    time += !shape.Has(shape_option::kSameTime);
    const std::uint64_t previous = shape.Has(shape_option::kSameOrigin) ? origin : 0;
    origin = row[0] + previous + (shape.columns[0].prediction == Prediction::kRelative ? *time : 0);
    if (shape.Has(shape_option::kSetsReference)) reference = row[3];
    Event& event = records[i];
    event.seq = first_seq + i;
    event.time = static_cast<std::int64_t>(*time);
    event.origin = origin;
    event.instrument =
        shape.Has(shape_option::kAnyInstrument) ? static_cast<std::uint32_t>(*++told) : shape.instrument;
    event.kind = static_cast<Kind>(shape.kind_word & 0xff);
    event.side = static_cast<Side>(shape.kind_word >> 8 & 0xff);
    event.flags = static_cast<std::uint16_t>(shape.kind_word >> 16);
    for (std::size_t slot = 0; slot < 4; ++slot) event.body[slot] = static_cast<std::int64_t>(row[1 + slot]);
  }
  return true;
}

absl::Status ShapeDecoder::Decode(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                                  std::span<Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(block_.Parse(payload, records.size()));
  if (!block_.DecodeTimes(times_)) return DamagedPayload("exceptions of the times");
  if (block_.instrument_count() != 0) block_.DecodeInstruments(instrument_of_);
  shape_of_.resize((records.size() + 7) / 8 * 8);
  block_.UnpackShapes(records.size(), shape_of_.data());
  rows_.resize(block_.shapes().size());
  for (std::size_t s = 0; s < rows_.size(); ++s) {
    if (!DecodeRows(block_.shapes()[s], rows_[s])) return DamagedPayload("exceptions of a shape");
  }
  return Merge(first_seq, records) ? absl::OkStatus() : DamagedPayload("shapes of the records");
}

}  // namespace crucible::journal
