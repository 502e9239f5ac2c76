#include <array>
#include <cstring>

#include "absl/strings/str_format.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/column_stepper.h"
#include "framework/journal/shape_decoder.h"

namespace crucible::journal {
namespace {

constexpr std::uint32_t kEveryColumn = 255;
constexpr std::size_t kStep = ColumnStepper::kStep;

}  // namespace

class BlockDecoder::Impl {
 public:
  absl::Status Columns(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                       std::span<Event> records);
  ShapeDecoder& shapes() { return shapes_; }

 private:
  const RecordKernels& kernels_ = ChosenRecordKernels();
  ColumnStepper stepper_;
  ShapeDecoder shapes_;
  // Time, origin and the four slots; eight words between columns, so that the same place of two columns falls
  // into different sets of the cache.
  alignas(64) std::array<std::array<std::uint64_t, kStep + 8>, 6> words_{};
  alignas(64) std::array<std::uint32_t, kStep> instrument_{};
  alignas(64) std::array<std::uint32_t, kStep> kind_{};
};

absl::Status BlockDecoder::Impl::Columns(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                                         std::span<Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(stepper_.Begin(payload, records.size(), kEveryColumn));
  ColumnTargets targets{words_[0].data(), words_[1].data(), instrument_.data(), kind_.data(), {}};
  RecordColumns columns{words_[0].data(), words_[1].data(), instrument_.data(), kind_.data(), {}};
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    columns.body[slot] = targets.body[slot] = words_[2 + slot].data();
  for (std::size_t done = 0; done < records.size(); done += kStep) {
    const std::size_t count = std::min(kStep, records.size() - done);
    CRUCIBLE_RETURN_IF_ERROR(stepper_.Step(count, targets));
    kernels_.to_rows(columns, count, first_seq + done, reinterpret_cast<std::uint64_t*>(&records[done]));
  }
  return absl::OkStatus();
}

BlockDecoder::BlockDecoder() : impl_(std::make_unique<Impl>()) {}
BlockDecoder::~BlockDecoder() = default;

absl::Status BlockDecoder::Decode(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                  std::uint64_t first_seq, std::span<Event> records) {
  switch (static_cast<Codec>(codec)) {
    case Codec::kColumns:
      return impl_->Columns(payload, first_seq, records);
    case Codec::kShapes:
      return impl_->shapes().Decode(payload, first_seq, records);
    case Codec::kRaw:
      break;
    default:
      return DamagedPayload(absl::StrFormat("codec %d, this build knows 0 to 2", codec));
  }
  if (payload.size() != records.size_bytes()) return DamagedPayload("raw records have the wrong size");
  std::memcpy(static_cast<void*>(records.data()), payload.data(), payload.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].seq == first_seq + i) continue;
    return DamagedPayload(
        absl::StrFormat("raw record %d has sequence %d, expected %d", i + 1, records[i].seq, first_seq + i));
  }
  return absl::OkStatus();
}

}  // namespace crucible::journal
