// Room-internal: decodes the columns of a kColumns payload, in the order of the records, a step at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/journal/column_layout.h"
#include "framework/journal/record_kernels.h"

namespace crucible::journal {

// Where a step writes; each has room for the step rounded up to a multiple of 64. Null: not wanted.
struct ColumnTargets {
  std::uint64_t* time = nullptr;
  std::uint64_t* origin = nullptr;
  std::uint32_t* instrument = nullptr;
  std::uint32_t* kind = nullptr;
  std::array<std::uint64_t*, kSlots> body{};
};

class ColumnStepper {
 public:
  // Columns of a step fit the nearest cache.
  static constexpr std::size_t kStep = 512;

  explicit ColumnStepper(const RecordKernels& kernels = ChosenRecordKernels()) : kernels_(kernels) {}

  // Starts at the first of `records` records, for `columns` (bits of column::). The payload outlives
  // stepping.
  absl::Status Begin(std::span<const std::uint8_t> payload, std::size_t records, std::uint32_t columns);
  // The next records: `count` is kStep or what is left. Writes targets of the columns asked for.
  absl::Status Step(std::size_t count, const ColumnTargets& targets);

 private:
  using Words = std::array<std::uint64_t, kStep>;
  using Bytes = std::array<std::uint8_t, kStep>;

  // A column whose values stand for some records only: decoded when the block begins, dealt out step by step.
  struct Dealt {
    const std::uint64_t* begin = nullptr;
    const std::uint64_t* next = nullptr;
    std::size_t count = 0;
  };
  // Time or origin.
  struct Head {
    bool repeats = false;
    ColumnReader reader;
    Dealt values;                                   // the first is before the first record
    std::array<std::uint8_t, kMaxClasses> steps{};  // by class: kNextValue or not
  };
  struct Slot {
    ColumnReader reader;  // of the only stream
    std::array<Dealt, kMaxStreams> streams;
    std::array<std::uint8_t, kMaxClasses> stream_of{};  // by class
  };

  void FindNeeds(std::uint32_t columns);
  bool BeginHead(const Column& column, std::uint8_t option, Head& head);
  bool BeginSlot(std::size_t slot);
  bool Deal(const Column& column, std::size_t lead, Dealt& dealt);
  std::uint64_t* Room(std::size_t words);

  bool UnpackClasses(std::size_t count);
  void LookUp(const std::array<std::uint8_t, kMaxClasses>& table, std::size_t count, Bytes& out) const;
  bool StepHead(Head& head, std::size_t count, std::uint64_t* out);
  bool StepOrigin(std::size_t count, const std::uint64_t* time, std::uint64_t* out);
  bool StepSlot(std::size_t slot, std::size_t count, const std::uint64_t* slot0, std::uint64_t* out);
  void AddPredicted(std::size_t slot, Prediction prediction, std::size_t count, const std::uint64_t* others,
                    std::uint64_t* out);
  void AddBases(std::size_t count, std::uint64_t* out);
  void StepReference(std::size_t count);
  bool UsedUp() const;

  const RecordKernels& kernels_;
  ColumnLayout layout_;
  std::size_t done_ = 0;
  bool needs_classes_ = false;
  bool needs_instruments_ = false;
  bool needs_time_ = false;
  bool needs_origin_ = false;
  bool needs_reference_ = false;
  std::array<bool, kSlots> needs_slot_{};

  Head time_;
  Head origin_;
  std::array<Slot, kSlots> slots_;
  Dealt reference_;  // streams of slot kOrderIdSlot again, a zero in front
  std::array<std::uint32_t, kMaxClasses> kind_words_{};
  std::vector<std::vector<std::uint64_t>> rooms_;  // what columns are decoded to; kept from block to block
  std::size_t rooms_used_ = 0;

  alignas(64) Bytes classes_{};
  alignas(64) Bytes stream_of_{};
  alignas(64) Words instrument_index_{};
  alignas(64) Words reference_of_{};
  alignas(64) Words time_scratch_{};
  alignas(64) Words slot0_scratch_{};
  alignas(64) Words slot0_bases_{};
};

}  // namespace crucible::journal
