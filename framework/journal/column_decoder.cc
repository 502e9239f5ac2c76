#include "framework/journal/column_decoder.h"

#include <algorithm>

namespace crucible::journal {
namespace {

// Columns that follow a chain from record to record come out of whole records: origins where any repeats or
// counts from the time, and slots that refer to the running order id.
std::uint32_t ChainedColumns(std::span<const ParsedShape> shapes) {
  std::uint32_t columns = 0;
  for (const ParsedShape& shape : shapes) {
    const bool origin =
        shape.Has(shape_option::kSameOrigin) || shape.columns[0].prediction == Prediction::kRelative;
    if (origin) columns |= column::kOrigin;
    if (shape.columns[3].prediction == Prediction::kReference) columns |= column::kBody2;
    if (shape.columns[4].prediction == Prediction::kReference) columns |= column::kBody3;
  }
  return columns;
}

}  // namespace

absl::Status ColumnDecoder::Decode(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                   std::uint64_t first_seq, std::uint32_t count, std::uint32_t columns,
                                   ColumnBlock& block) {
  count_ = count;
  if (static_cast<Codec>(codec) != Codec::kColumns)
    return DecodeRecords(codec, payload, first_seq, columns, block);
  CRUCIBLE_RETURN_IF_ERROR(block_.Parse(payload, count));
  std::uint32_t chained = columns & ChainedColumns(block_.shapes());
  // Origins that follow no chain still have no path of their own: few readers want them.
  chained |= columns & column::kOrigin;
  if (chained != 0) CRUCIBLE_RETURN_IF_ERROR(DecodeRecords(codec, payload, first_seq, chained, block));
  return DecodeParts(columns & ~chained, block);
}

absl::Status ColumnDecoder::DecodeRecords(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                          std::uint64_t first_seq, std::uint32_t columns,
                                          ColumnBlock& block) {
  records_.resize(count_);
  CRUCIBLE_RETURN_IF_ERROR(records_decoder_.Decode(codec, payload, first_seq, records_));
  const auto fill = [&]<class T>(std::uint32_t bit, std::vector<T>& column, std::span<const T>& out,
                                 auto field) {
    if ((columns & bit) == 0) return;
    column.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) column[i] = field(records_[i]);
    out = column;
  };
  fill(column::kTime, time_, block.time, [](const Event& e) { return e.time; });
  fill(column::kOrigin, origin_, block.origin, [](const Event& e) { return e.origin; });
  fill(column::kInstrument, instrument_, block.instrument, [](const Event& e) { return e.instrument; });
  fill(column::kKind, kind_, block.kind, [](const Event& e) {
    return static_cast<std::uint32_t>(e.kind) | static_cast<std::uint32_t>(e.side) << 8 |
           std::uint32_t{e.flags} << 16;
  });
  for (std::size_t slot = 0; slot < 4; ++slot) {
    fill(column::kBody0 << slot, body_[slot], block.body[slot],
         [slot](const Event& e) { return e.body[slot]; });
  }
  return absl::OkStatus();
}

absl::Status ColumnDecoder::DecodeParts(std::uint32_t columns, ColumnBlock& block) {
  if (columns == 0) return absl::OkStatus();
  shape_of_.resize((count_ + 7) / 8 * 8);
  block_.UnpackShapes(0, count_, shape_of_.data());
  if (!FindPositions()) return DamagedPayload("shapes of the records");
  if ((columns & column::kTime) != 0) {
    if (!DecodeTime()) return DamagedPayload("exceptions of the times");
    block.time = time_;
  }
  if ((columns & column::kInstrument) != 0) {
    DecodeInstrument();
    block.instrument = instrument_;
  }
  if ((columns & column::kKind) != 0) {
    DecodeKind();
    block.kind = kind_;
  }
  for (std::size_t slot = 0; slot < 4; ++slot) {
    if ((columns & (column::kBody0 << slot)) == 0) continue;
    if (!DecodeSlot(slot)) return DamagedPayload("exceptions of a slot");
    block.body[slot] = body_[slot];
  }
  return absl::OkStatus();
}

// Sorts the records by shape, as the encoder did; false when the shapes do not have their counts.
bool ColumnDecoder::FindPositions() {
  const std::span<const ParsedShape> shapes = block_.shapes();
  std::array<std::uint32_t, kMaxShapes> next{};
  std::array<std::uint32_t, kMaxShapes> end{};
  std::uint32_t first = 0;
  for (std::size_t s = 0; s < shapes.size(); ++s) {
    next[s] = first;
    end[s] = first += shapes[s].count;
  }
  positions_.resize(count_);
  for (std::uint32_t i = 0; i < count_; ++i) {
    const std::uint64_t shape = shape_of_[i];
    if (shape >= kMaxShapes || next[shape] == end[shape]) return false;
    positions_[next[shape]++] = static_cast<std::uint16_t>(i);
  }
  return true;
}

bool ColumnDecoder::DecodeTime() {
  if (!block_.DecodeTimes(changes_)) return false;
  time_.resize(count_);
  std::array<std::uint64_t, kMaxShapes> step;
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    step[s] = !block_.shapes()[s].Has(shape_option::kSameTime);
  }
  if (block_.time_count() == count_) {
    std::ranges::copy(std::span(changes_).subspan(1, count_), time_.begin());
    return true;
  }
  const std::uint64_t* change = changes_.data();
  for (std::size_t i = 0; i < count_; ++i) {
    change += step[shape_of_[i]];
    time_[i] = static_cast<std::int64_t>(*change);
  }
  return true;
}

void ColumnDecoder::DecodeKind() {
  kind_.resize(count_);
  std::array<std::uint32_t, kMaxShapes> word;
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) word[s] = block_.shapes()[s].kind_word;
  for (std::size_t i = 0; i < count_; ++i) kind_[i] = word[shape_of_[i]];
}

void ColumnDecoder::DecodeInstrument() {
  instrument_.resize(count_);
  if (block_.instrument_count() != 0) block_.DecodeInstruments(changes_);
  const std::uint64_t* told = changes_.data();
  for (std::size_t i = 0; i < count_; ++i) {
    const ParsedShape& shape = block_.shapes()[shape_of_[i]];
    const bool any = shape.Has(shape_option::kAnyInstrument);
    instrument_[i] = any ? static_cast<std::uint32_t>(*++told) : shape.instrument;
  }
}

// Gives position and value of a shape's records to `sink`.
template <class Sink>
bool ColumnDecoder::DecodeShapeColumn(const Column& column, std::uint32_t first, const Sink& sink) {
  const std::uint16_t* position = positions_.data() + first;
  if (column.IsConstant()) {
    for (std::size_t i = 0; i < column.count; ++i) sink(position[i], column.base);
    return true;
  }
  alignas(64) std::array<std::uint64_t, kColumnStep> values;
  ColumnReader reader(column);
  for (std::size_t done = 0; done < column.count; done += kColumnStep) {
    const std::size_t count = std::min<std::size_t>(kColumnStep, column.count - done);
    if (!reader.Next(count, values.data())) return false;
    for (std::size_t i = 0; i < count; ++i) sink(position[done + i], values[i]);
  }
  return true;
}

bool ColumnDecoder::DecodeSlot(std::size_t slot) {
  body_[slot].resize(count_);
  std::int64_t* out = body_[slot].data();
  const auto store = [out](std::size_t at, std::uint64_t value) {
    out[at] = static_cast<std::int64_t>(value);
  };
  const auto add = [out](std::size_t at, std::uint64_t value) {
    out[at] = static_cast<std::int64_t>(static_cast<std::uint64_t>(out[at]) + value);
  };
  std::uint32_t first = 0;
  for (const ParsedShape& shape : block_.shapes()) {
    const Column& column = shape.columns[slot + 1];
    const bool relative = column.prediction == Prediction::kRelative;
    if (relative && !DecodeShapeColumn(shape.columns[1], first, store)) return false;
    const bool whole =
        relative ? DecodeShapeColumn(column, first, add) : DecodeShapeColumn(column, first, store);
    if (!whole) return false;
    first += shape.count;
  }
  return true;
}

}  // namespace crucible::journal
