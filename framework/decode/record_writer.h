// Builds the record stream of an import: groups in, numbered records in batches out.
//
//   writer.BeginGroup(receive, exchange, instrument);
//   writer.Add(Kind::kQuote, Side::kBid, 0, QuoteBody{...});
//   writer.Add(Kind::kQuote, Side::kAsk, 0, QuoteBody{...});
//   CRUCIBLE_RETURN_IF_ERROR(writer.EndGroup());
//
// Guarantees what every consumer relies on: seq 1, 2, 3, ...; time never goes back; origin <= time; the last
// record of each group, and no other, has kGroupEnd; one time and one instrument per group.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/event/record_sink.h"

namespace crucible::decode {

inline constexpr std::size_t kBatchRecords = 8192;

class RecordWriter {
 public:
  explicit RecordWriter(RecordSink& sink) : sink_(sink) { records_.reserve(2 * kBatchRecords); }

  // Announces the next instrument, whose id is the number of those before it.
  absl::StatusOr<InstrumentId> Define(const Instrument& instrument, Nanos time);

  // Says what a known instrument is from `time` on. REQUIRES: the definition is of the same venue and symbol.
  absl::Status Redefine(InstrumentId id, const Instrument& instrument, Nanos time);

  // `receive` is raised to the time that the stream has reached, `exchange` lowered to that.
  void BeginGroup(Nanos receive, Nanos exchange, InstrumentId instrument);
  template <class Body>
  void Add(Kind kind, Side side, std::uint16_t flags, const Body& body) {
    Event& event = records_.emplace_back(head_);
    event.seq = ++last_seq_;
    event.kind = kind;
    event.side = side;
    event.flags = flags;
    SetBody(event, body);
  }
  // REQUIRES: at least one Add() since BeginGroup().
  absl::Status EndGroup();
  // The records of the group under construction, or of the one that EndGroup() is about to finish.
  std::span<const Event> group() const { return std::span(records_).subspan(group_begin_); }

  // Hands on what is buffered.
  absl::Status Flush();

  // From now on all times are later by `shift`.
  void ShiftTime(Duration shift) { shift_ = shift; }
  // For times that stand in bodies.
  Nanos Shifted(Nanos time) const { return time + shift_; }

  std::uint64_t records() const { return last_seq_; }
  // Of the groups so far, without shift. REQUIRES: records() > 0.
  Nanos first_time() const { return first_time_; }
  // With shift.
  Nanos last_time() const { return last_time_; }
  std::uint64_t count(Kind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
  // As last defined.
  const std::vector<Instrument>& instruments() const { return instruments_; }

 private:
  absl::Status WriteDefinition(InstrumentId id, const Instrument& instrument, Nanos time);

  RecordSink& sink_;
  std::vector<Event> records_;   // not handed on yet
  std::size_t group_begin_ = 0;  // in records_
  Event head_;                   // header fields of the group under construction
  std::uint64_t last_seq_ = 0;
  Duration shift_;
  Nanos first_time_;
  Nanos last_time_{INT64_MIN};
  std::array<std::uint64_t, 256> counts_{};
  std::vector<Instrument> instruments_;
};

}  // namespace crucible::decode
