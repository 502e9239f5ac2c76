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
  std::uint64_t largest = 0;
  for (const std::uint64_t shape : std::span(shape_of_).first(count_)) largest = std::max(largest, shape);
  if (largest >= block_.shapes().size()) return DamagedPayload("shapes of the records");
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
  std::array<std::size_t, 4> slots;
  std::size_t wanted = 0;
  for (std::size_t slot = 0; slot < 4; ++slot) {
    if ((columns & (column::kBody0 << slot)) != 0) slots[wanted++] = slot;
  }
  if (!DecodeSlots(std::span(slots).first(wanted))) return DamagedPayload("shapes or exceptions of a slot");
  for (const std::size_t slot : std::span(slots).first(wanted)) block.body[slot] = body_[slot];
  return absl::OkStatus();
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

// Writes the values of one slot of a shape, which start at place `first` of a sorted column.
bool ColumnDecoder::DecodeShape(const ParsedShape& shape, std::size_t slot, std::size_t first,
                                std::size_t stride) {
  std::uint64_t* const out = sorted_.data() + slot * stride + first;
  const Column& column = shape.columns[slot + 1];
  const std::size_t padded = (shape.count + std::size_t{7}) / 8 * 8;
  if (column.IsConstant()) {
    std::fill_n(out, padded, column.base);
  } else if (!ColumnReader(column).Next(shape.count, out)) {
    return false;
  }
  if (column.prediction != Prediction::kRelative) return true;
  // Slot 0 was decoded before: see DecodeSlots.
  const std::uint64_t* const slot0 = sorted_.data() + first;
  for (std::size_t i = 0; i < padded; ++i) out[i] += slot0[i];
  return true;
}

// Puts sorted values in the order of the records. False when the shapes do not have their counts; reading has
// then stayed below first_ + count_.
template <std::size_t kSlots>
bool ColumnDecoder::Merge(std::span<const std::size_t> slots, std::size_t stride) {
  std::array<std::int64_t*, kSlots> out;
  std::array<const std::uint64_t*, kSlots> in;
  for (std::size_t s = 0; s < kSlots; ++s) {
    out[s] = body_[slots[s]].data();
    in[s] = sorted_.data() + slots[s] * stride;
  }
  std::array<std::uint32_t, kMaxShapes> next = first_;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::uint32_t at = next[shape_of_[i]]++;
    for (std::size_t s = 0; s < kSlots; ++s) out[s][i] = static_cast<std::int64_t>(in[s][at]);
  }
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    if (next[s] - first_[s] != block_.shapes()[s].count) return false;
  }
  return true;
}

bool ColumnDecoder::DecodeSlots(std::span<const std::size_t> slots) {
  if (slots.empty()) return true;
  std::size_t total = 0;
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    first_[s] = static_cast<std::uint32_t>(total);
    total += (block_.shapes()[s].count + std::size_t{7}) / 8 * 8;
  }
  const std::size_t stride = total + count_;
  sorted_.resize(std::max(sorted_.size(), 4 * stride));
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    const ParsedShape& shape = block_.shapes()[s];
    const auto needs_slot0 = [&](std::size_t slot) {
      return shape.columns[slot + 1].prediction == Prediction::kRelative;
    };
    if (slots[0] != 0 && std::ranges::any_of(slots, needs_slot0) && !DecodeShape(shape, 0, first_[s], stride))
      return false;
    for (const std::size_t slot : slots) {
      if (!DecodeShape(shape, slot, first_[s], stride)) return false;
    }
  }
  for (const std::size_t slot : slots) body_[slot].resize(count_);
  switch (slots.size()) {
    case 1:
      return Merge<1>(slots, stride);
    case 2:
      return Merge<2>(slots, stride);
    case 3:
      return Merge<3>(slots, stride);
    default:
      return Merge<4>(slots, stride);
  }
}

}  // namespace crucible::journal
