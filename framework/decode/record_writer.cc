#include "framework/decode/record_writer.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::decode {

absl::StatusOr<InstrumentId> RecordWriter::Define(const Instrument& instrument, Nanos time) {
  const InstrumentId id{static_cast<std::uint32_t>(instruments_.size())};
  CRUCIBLE_RETURN_IF_ERROR(WriteDefinition(id, instrument, time));
  instruments_.push_back(instrument);
  return id;
}

absl::Status RecordWriter::Redefine(InstrumentId id, const Instrument& instrument, Nanos time) {
  CRUCIBLE_CHECK(FullName(instruments_[id.value]) == FullName(instrument));
  CRUCIBLE_RETURN_IF_ERROR(WriteDefinition(id, instrument, time));
  instruments_[id.value] = instrument;
  return absl::OkStatus();
}

absl::Status RecordWriter::WriteDefinition(InstrumentId id, const Instrument& instrument, Nanos time) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t text, sink_.AppendText(DefinitionText(instrument)));
  BeginGroup(time, time, id);
  const auto definition = DefinitionRecords(instrument, id, Nanos{head_.time}, text);
  Add(Kind::kDefinition, Side::kNone, 0, As<DefinitionBody>(definition[0]));
  Add(Kind::kDefinitionUnits, Side::kNone, 0, As<DefinitionUnitsBody>(definition[1]));
  return EndGroup();
}

void RecordWriter::BeginGroup(Nanos receive, Nanos exchange, InstrumentId instrument) {
  group_begin_ = records_.size();
  const Nanos time = std::max(receive + shift_, last_time_);
  if (last_seq_ == 0) first_time_ = time;
  last_time_ = time;
  head_.time = time.since_epoch;
  head_.origin = static_cast<std::uint64_t>(std::min(exchange + shift_, time).since_epoch);
  head_.instrument = instrument.value;
}

absl::Status RecordWriter::EndGroup() {
  CRUCIBLE_CHECK(records_.size() > group_begin_);
  records_.back().flags |= flag::kGroupEnd;
  for (const Event& event : group()) ++counts_[static_cast<std::size_t>(event.kind)];
  if (records_.size() < kBatchRecords) return absl::OkStatus();
  return Flush();
}

absl::Status RecordWriter::Flush() {
  const std::span<const Event> all(records_);
  for (std::size_t at = 0; at < all.size(); at += kBatchRecords) {
    CRUCIBLE_RETURN_IF_ERROR(sink_.Append(all.subspan(at, std::min(kBatchRecords, all.size() - at))));
  }
  records_.clear();
  group_begin_ = 0;
  return absl::OkStatus();
}

}  // namespace crucible::decode
