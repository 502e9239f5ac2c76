#include "framework/journal/column_stepper.h"

#include <algorithm>

#include "framework/base/check.h"
#include "framework/journal/cursor.h"

namespace crucible::journal {
namespace {

// In a table of steps: the class takes the next value.
constexpr std::uint8_t kNextValue = 1;

// What kernels may read behind the values of a stream.
constexpr std::size_t kRoomBehind = 24;

constexpr std::size_t RoundUp(std::size_t count, std::size_t group) {
  return (count + group - 1) / group * group;
}

bool ReadOrFill(ColumnReader& reader, std::size_t count, std::uint64_t* out) {
  if (!reader.column().IsConstant()) return reader.Next(count, out);
  std::fill_n(out, RoundUp(count, 8), reader.column().base);
  return true;
}

}  // namespace

void ColumnStepper::FindNeeds(std::uint32_t columns) {
  const auto wants = [columns](std::uint32_t column) { return (columns & column) != 0; };
  needs_origin_ = wants(column::kOrigin);
  needs_time_ = wants(column::kTime) || (needs_origin_ && layout_.origin.prediction == Prediction::kRelative);
  needs_reference_ = false;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    needs_slot_[slot] = wants(column::kBody0 << slot);
    if (!needs_slot_[slot]) continue;
    needs_slot_[0] |= slot != 0 && layout_.slots[slot].Predicts(Prediction::kRelative);
    needs_reference_ |= layout_.slots[slot].Predicts(Prediction::kReference);
  }
  const bool needs_bases = needs_slot_[0] && layout_.slots[0].Predicts(Prediction::kRelative);
  needs_instruments_ = needs_bases || (wants(column::kInstrument) && layout_.instruments.size() > 1);
  needs_classes_ = wants(column::kKind) || needs_reference_;
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    needs_classes_ |= needs_slot_[slot] && layout_.slots[slot].split();
  for (const RecordClass& record_class : layout_.classes) {
    needs_classes_ |= (needs_time_ && record_class.Has(class_option::kSameTime)) ||
                      (needs_origin_ && record_class.Has(class_option::kSameOrigin));
  }
}

std::uint64_t* ColumnStepper::Room(std::size_t words) {
  if (rooms_used_ == rooms_.size()) rooms_.emplace_back();
  std::vector<std::uint64_t>& room = rooms_[rooms_used_++];
  if (room.size() < words) room.resize(words);
  return room.data();
}

// Damaged classes may ask for more values than a stream has, but for no more than there are records.
bool ColumnStepper::Deal(const Column& column, std::size_t lead, Dealt& dealt) {
  std::uint64_t* const room = Room(lead + layout_.records + kRoomBehind);
  std::fill_n(room, lead, 0);
  dealt = {room, room, column.count};
  ColumnReader reader(column);
  return ReadOrFill(reader, column.count, room + lead);
}

bool ColumnStepper::BeginHead(const Column& column, std::uint8_t option, Head& head) {
  head.repeats = false;
  for (std::size_t c = 0; c < layout_.classes.size(); ++c) {
    const bool same = layout_.classes[c].Has(option);
    head.steps[c] = same ? 0 : kNextValue;
    head.repeats |= same;
  }
  if (head.repeats) return Deal(column, 1, head.values);
  head.reader = ColumnReader(column);
  return true;
}

bool ColumnStepper::BeginSlot(std::size_t slot) {
  const SlotStreams& streams = layout_.slots[slot];
  for (std::size_t c = 0; c < layout_.classes.size(); ++c)
    slots_[slot].stream_of[c] = layout_.classes[c].streams[slot];
  if (!streams.split() || streams.dense) slots_[slot].reader = ColumnReader(streams.streams[0]);
  if (!streams.split()) return true;
  for (std::size_t s = streams.dense ? 1 : 0; s < streams.count; ++s) {
    Dealt& dealt = slots_[slot].streams[s];
    if (slot == kOrderIdSlot && needs_reference_ && s == layout_.reference_stream) {
      dealt = reference_;
      ++dealt.next;
    } else if (needs_slot_[slot] && !Deal(streams.streams[s], 0, dealt)) {
      return false;
    }
  }
  return true;
}

absl::Status ColumnStepper::Begin(std::span<const std::uint8_t> payload, std::size_t records,
                                  std::uint32_t columns) {
  CRUCIBLE_RETURN_IF_ERROR(layout_.Parse(payload, records));
  FindNeeds(columns);
  done_ = 0;
  rooms_used_ = 0;
  for (std::size_t c = 0; c < layout_.classes.size(); ++c) kind_words_[c] = layout_.classes[c].kind_word;
  if (layout_.classes.size() == 1) classes_.fill(0);
  bool whole = true;
  if (needs_time_) whole &= BeginHead(layout_.time, class_option::kSameTime, time_);
  if (needs_origin_) whole &= BeginHead(layout_.origin, class_option::kSameOrigin, origin_);
  if (needs_reference_)
    whole &= Deal(layout_.slots[kOrderIdSlot].streams[layout_.reference_stream], 1, reference_);
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (needs_slot_[slot] || (slot == kOrderIdSlot && needs_reference_)) whole &= BeginSlot(slot);
  }
  return whole ? absl::OkStatus() : DamagedPayload("exceptions of a column");
}

bool ColumnStepper::UnpackClasses(std::size_t count) {
  if (layout_.classes.size() == 1) return true;
  kernels_.unpack_bytes(layout_.class_numbers + PackedBytes(done_, layout_.class_width), count,
                        layout_.class_width, classes_.data());
  std::uint8_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, classes_[i]);
  return largest < layout_.classes.size();
}

void ColumnStepper::LookUp(const std::array<std::uint8_t, kMaxClasses>& table, std::size_t count,
                           Bytes& out) const {
  kernels_.lookup_bytes(classes_.data(), count, table.data(), out.data());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(count),
            out.begin() + static_cast<std::ptrdiff_t>(RoundUp(count, 8)), kNoStream);
}

bool ColumnStepper::StepHead(Head& head, std::size_t count, std::uint64_t* out) {
  if (!head.repeats) return ReadOrFill(head.reader, count, out);
  LookUp(head.steps, count, stream_of_);
  head.values.next = kernels_.fill(stream_of_.data(), count, kNextValue, head.values.next, out);
  return true;
}

bool ColumnStepper::StepOrigin(std::size_t count, const std::uint64_t* time, std::uint64_t* out) {
  if (!StepHead(origin_, count, out)) return false;
  if (layout_.origin.prediction == Prediction::kRelative) kernels_.add(time, count, out);
  return true;
}

// What the running order id is at each record, the record itself included.
void ColumnStepper::StepReference(std::size_t count) {
  LookUp(slots_[kOrderIdSlot].stream_of, count, stream_of_);
  reference_.next =
      kernels_.fill(stream_of_.data(), count, static_cast<std::uint8_t>(layout_.reference_stream),
                    reference_.next, reference_of_.data());
}

// Adds what streams are predicted from; stream_of_ holds the streams of a split slot.
void ColumnStepper::AddPredicted(std::size_t slot, Prediction prediction, std::size_t count,
                                 const std::uint64_t* others, std::uint64_t* out) {
  const SlotStreams& streams = layout_.slots[slot];
  for (std::size_t s = 0; s < streams.count; ++s) {
    if (streams.streams[s].prediction != prediction) continue;
    if (!streams.split()) return kernels_.add(others, count, out);
    kernels_.add_where(stream_of_.data(), count, static_cast<std::uint8_t>(s), others, out);
  }
}

// The base prices of the instruments.
void ColumnStepper::AddBases(std::size_t count, std::uint64_t* out) {
  const auto& bases = layout_.bases;
  const bool split = layout_.slots[0].split();
  std::uint64_t* const base_of = split ? slot0_bases_.data() : out;
  if (split) slot0_bases_.fill(0);
  kernels_.add_lookup(instrument_index_.data(), count, bases.data(), bases.size(), base_of);
  if (split) AddPredicted(0, Prediction::kRelative, count, base_of, out);
}

bool ColumnStepper::StepSlot(std::size_t slot, std::size_t count, const std::uint64_t* slot0,
                             std::uint64_t* out) {
  const SlotStreams& streams = layout_.slots[slot];
  if ((!streams.split() || streams.dense) && !ReadOrFill(slots_[slot].reader, count, out)) return false;
  if (streams.split()) {
    LookUp(slots_[slot].stream_of, count, stream_of_);
    std::array<const std::uint64_t*, kMaxStreams> next;
    for (std::size_t s = 0; s < streams.count; ++s) next[s] = slots_[slot].streams[s].next;
    if (streams.dense) {
      kernels_.replace(stream_of_.data(), count, next.data(), out);
    } else {
      kernels_.merge(stream_of_.data(), count, next.data(), streams.count, out);
    }
    for (std::size_t s = 0; s < streams.count; ++s) slots_[slot].streams[s].next = next[s];
  }
  AddPredicted(slot, Prediction::kReference, count, reference_of_.data(), out);
  if (slot != 0) {
    AddPredicted(slot, Prediction::kRelative, count, slot0, out);
  } else if (streams.Predicts(Prediction::kRelative)) {
    AddBases(count, out);
  }
  return true;
}

absl::Status ColumnStepper::Step(std::size_t count, const ColumnTargets& targets) {
  CRUCIBLE_DCHECK(count <= kStep && count <= layout_.records - done_);
  if (needs_classes_ && !UnpackClasses(count)) return DamagedPayload("class of a record");
  if (needs_instruments_)
    Kernels().unpack(layout_.instrument_indices + PackedBytes(done_, layout_.instrument_width), count,
                     layout_.instrument_width, instrument_index_.data());
  std::uint64_t* const time = targets.time != nullptr ? targets.time : time_scratch_.data();
  std::uint64_t* const slot0 = targets.body[0] != nullptr ? targets.body[0] : slot0_scratch_.data();
  bool whole = true;
  if (needs_time_) whole &= StepHead(time_, count, time);
  if (needs_origin_) whole &= StepOrigin(count, time, targets.origin);
  if (targets.kind != nullptr)
    kernels_.lookup_words(classes_.data(), count, kind_words_.data(), targets.kind);
  if (targets.instrument != nullptr && needs_instruments_) {
    kernels_.lookup_ids(instrument_index_.data(), count, layout_.instruments.data(),
                        layout_.instruments.size(), targets.instrument);
  } else if (targets.instrument != nullptr) {
    std::fill_n(targets.instrument, count, layout_.instruments[0]);
  }
  if (needs_slot_[0]) whole &= StepSlot(0, count, nullptr, slot0);
  if (needs_reference_) StepReference(count);
  for (std::size_t slot = 1; slot < kSlots; ++slot) {
    if (needs_slot_[slot]) whole &= StepSlot(slot, count, slot0, targets.body[slot]);
  }
  done_ += count;
  if (!whole) return DamagedPayload("exceptions of a column");
  return done_ < layout_.records || UsedUp() ? absl::OkStatus() : DamagedPayload("classes of the records");
}

// Every stream has given exactly its values.
bool ColumnStepper::UsedUp() const {
  const auto all = [](const Dealt& dealt) {
    return static_cast<std::size_t>(dealt.next - dealt.begin) == dealt.count;
  };
  if (needs_time_ && time_.repeats && !all(time_.values)) return false;
  if (needs_origin_ && origin_.repeats && !all(origin_.values)) return false;
  if (needs_reference_ && !all(reference_)) return false;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (!needs_slot_[slot] || !layout_.slots[slot].split()) continue;
    for (std::size_t s = layout_.slots[slot].dense ? 1 : 0; s < layout_.slots[slot].count; ++s) {
      const bool leads = slot == kOrderIdSlot && needs_reference_ && s == layout_.reference_stream;
      Dealt dealt = slots_[slot].streams[s];
      dealt.count += leads;
      if (!all(dealt)) return false;
    }
  }
  return true;
}

}  // namespace crucible::journal
