#include "framework/journal/column_decoder.h"

#include <algorithm>

namespace crucible::journal {
namespace {

// Signed and unsigned forms of an integer may alias.
std::uint64_t* Words(std::vector<std::int64_t>& column) {
  return reinterpret_cast<std::uint64_t*>(column.data());
}

}  // namespace

absl::Status ColumnDecoder::StepThrough(std::span<const std::uint8_t> payload, std::uint32_t count,
                                        std::uint32_t columns) {
  CRUCIBLE_RETURN_IF_ERROR(stepper_.Begin(payload, count, columns));
  for (std::size_t done = 0; done < count; done += ColumnStepper::kStep) {
    const auto place = [&]<class T>(std::uint32_t column, T* begin) -> T* {
      return (columns & column) != 0 ? begin + done : nullptr;
    };
    ColumnTargets targets{place(column::kTime, Words(time_)),
                          place(column::kOrigin, origin_.data()),
                          place(column::kInstrument, instrument_.data()),
                          place(column::kKind, kind_.data()),
                          {}};
    for (std::size_t slot = 0; slot < kSlots; ++slot)
      targets.body[slot] = place(column::kBody0 << slot, Words(body_[slot]));
    CRUCIBLE_RETURN_IF_ERROR(
        stepper_.Step(std::min<std::size_t>(ColumnStepper::kStep, count - done), targets));
  }
  return absl::OkStatus();
}

// Codecs that hold records, or whose columns are worth no path of their own.
absl::Status ColumnDecoder::TakeFromRecords(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                            std::uint64_t first_seq, std::uint32_t count) {
  records_.resize(count);
  CRUCIBLE_RETURN_IF_ERROR(records_decoder_.Decode(codec, payload, first_seq, records_));
  for (std::size_t i = 0; i < count; ++i) {
    const Event& e = records_[i];
    time_[i] = e.time;
    origin_[i] = e.origin;
    instrument_[i] = e.instrument;
    kind_[i] = static_cast<std::uint32_t>(e.kind) | static_cast<std::uint32_t>(e.side) << 8 |
               std::uint32_t{e.flags} << 16;
    for (std::size_t slot = 0; slot < kSlots; ++slot) body_[slot][i] = e.body[slot];
  }
  return absl::OkStatus();
}

absl::Status ColumnDecoder::Decode(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                   std::uint64_t first_seq, std::uint32_t count, std::uint32_t columns,
                                   ColumnBlock& block) {
  const std::size_t room = (count + std::size_t{63}) / 64 * 64;
  const auto make_room = [room](auto& column) {
    if (column.size() < room) column.resize(room);
  };
  make_room(time_), make_room(origin_), make_room(instrument_), make_room(kind_);
  for (auto& column : body_) make_room(column);
  CRUCIBLE_RETURN_IF_ERROR(static_cast<Codec>(codec) == Codec::kColumns
                               ? StepThrough(payload, count, columns)
                               : TakeFromRecords(codec, payload, first_seq, count));
  const auto show = [&](std::uint32_t column, auto& out, const auto& values) {
    if ((columns & column) != 0) out = std::span(values).first(count);
  };
  show(column::kTime, block.time, time_);
  show(column::kOrigin, block.origin, origin_);
  show(column::kInstrument, block.instrument, instrument_);
  show(column::kKind, block.kind, kind_);
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    show(column::kBody0 << slot, block.body[slot], body_[slot]);
  return absl::OkStatus();
}

}  // namespace crucible::journal
