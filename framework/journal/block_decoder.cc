#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/column_codec.h"
#include "framework/journal/parsed_block.h"

namespace crucible::journal {
namespace {

// Keeps a word in a general register. Compilers like to compute two neighbouring slots as one vector, which
// puts two register-file crossings into the chain that runs from record to record.
inline void KeepScalar(std::uint64_t& word) { asm("" : "+r"(word)); }

constexpr std::uint64_t Mask(bool on) { return on ? ~std::uint64_t{0} : 0; }

// Decoded rows of a shape that wait to be merged, and what merging has to know of it: everything that the
// loop over the records touches.
struct Lane {
  const std::uint64_t* row = nullptr;
  const std::uint64_t* end = nullptr;
  std::uint64_t word = 0;  // instrument | kind word << 32
  std::uint64_t time_step = 0;
  std::uint64_t instrument_step = 0;
  std::uint64_t add_time = 0;  // masks: what is added to origin
  std::uint64_t add_origin = 0;
  std::uint64_t add_reference2 = 0;  // and to slots 2 and 3
  std::uint64_t add_reference3 = 0;
  std::uint64_t sets_reference = 0;
};

// Where the rows of a shape come from.
struct Feed {
  std::array<ColumnReader, kShapeColumns> readers;
  std::array<std::uint8_t, kShapeColumns> varying;  // columns that are not constant
  std::size_t varying_count = 0;
  std::array<bool, kShapeColumns> add_slot0{};
  std::uint32_t left = 0;
  std::uint64_t* rows = nullptr;
};

}  // namespace

class BlockDecoder::Impl {
 public:
  absl::Status Decode(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                      std::span<Event> records);

 private:
  void PrepareLanes();
  void PrepareLane(const ParsedShape& shape, Lane& lane, Feed& feed);
  bool Refill(std::size_t shape);
  template <bool kReference, bool kInstruments>
  bool Merge(std::uint64_t first_seq, std::span<Event> records);

  ParsedBlock block_;
  std::vector<std::uint64_t> times_;          // [0] is zero, then each change
  std::vector<std::uint64_t> instrument_of_;  // [0] is zero, then each that a shape does not tell
  std::array<Lane, kMaxShapes> lanes_;
  std::vector<Feed> feeds_;
  std::vector<std::uint64_t> rows_;
};

void BlockDecoder::Impl::PrepareLane(const ParsedShape& shape, Lane& lane, Feed& feed) {
  lane.word = std::uint64_t{shape.kind_word} << 32 | shape.instrument;
  lane.time_step = !shape.Has(shape_option::kSameTime);
  lane.instrument_step = shape.Has(shape_option::kAnyInstrument);
  lane.add_time = Mask(shape.columns[0].prediction == Prediction::kRelative);
  lane.add_origin = Mask(shape.Has(shape_option::kSameOrigin));
  lane.add_reference2 = Mask(shape.columns[3].prediction == Prediction::kReference);
  lane.add_reference3 = Mask(shape.columns[4].prediction == Prediction::kReference);
  lane.sets_reference = Mask(shape.Has(shape_option::kSetsReference));
  lane.row = lane.end = feed.rows;
  feed.left = shape.count;
  feed.varying_count = 0;
  const std::size_t rows = std::min<std::size_t>(shape.count, kColumnStep);
  for (std::size_t c = 0; c < kShapeColumns; ++c) {
    const Column& column = shape.columns[c];
    feed.add_slot0[c] = c > 1 && column.prediction == Prediction::kRelative;
    if (column.IsConstant() && !feed.add_slot0[c]) {
      for (std::size_t r = 0; r < rows; ++r) feed.rows[r * kShapeColumns + c] = column.base;
    } else {
      feed.varying[feed.varying_count++] = static_cast<std::uint8_t>(c);
      feed.readers[c] = ColumnReader(column);
    }
  }
}

void BlockDecoder::Impl::PrepareLanes() {
  lanes_.fill({});
  feeds_.resize(block_.shapes().size());
  std::size_t rows = 0;
  for (const ParsedShape& shape : block_.shapes()) rows += std::min<std::size_t>(shape.count, kColumnStep);
  rows_.resize(rows * kShapeColumns);
  std::uint64_t* next = rows_.data();
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    feeds_[s].rows = next;
    next += std::min<std::size_t>(block_.shapes()[s].count, kColumnStep) * kShapeColumns;
    PrepareLane(block_.shapes()[s], lanes_[s], feeds_[s]);
  }
}

// Decodes the next rows of a shape; false when it has none left, or they are damaged.
bool BlockDecoder::Impl::Refill(std::size_t shape) {
  if (shape >= feeds_.size()) return false;
  Feed& feed = feeds_[shape];
  const std::size_t count = std::min<std::size_t>(feed.left, kColumnStep);
  if (count == 0) return false;
  for (std::size_t v = 0; v < feed.varying_count; ++v) {
    const std::size_t c = feed.varying[v];
    if (!feed.readers[c].Next<kShapeColumns>(count, feed.rows + c)) return false;
    if (!feed.add_slot0[c]) continue;
    for (std::size_t r = 0; r < count; ++r)
      feed.rows[r * kShapeColumns + c] += feed.rows[r * kShapeColumns + 1];
  }
  feed.left -= static_cast<std::uint32_t>(count);
  lanes_[shape].row = feed.rows;
  lanes_[shape].end = feed.rows + count * kShapeColumns;
  return true;
}

template <bool kReference, bool kInstruments>
bool BlockDecoder::Impl::Merge(std::uint64_t first_seq, std::span<Event> records) {
  alignas(64) std::array<std::uint64_t, kColumnStep> shape_of;
  const std::uint64_t* time = times_.data();
  const std::uint64_t* instrument = instrument_of_.data();
  std::uint64_t origin = 0;
  std::uint64_t reference = 0;
  for (std::size_t done = 0; done < records.size(); done += kColumnStep) {
    const std::size_t count = std::min(kColumnStep, records.size() - done);
    block_.UnpackShapes(done, count, shape_of.data());
    Event* out = records.data() + done;
    for (std::size_t i = 0; i < count; ++i, ++out) {
      Lane& lane = lanes_[shape_of[i]];
      if (lane.row == lane.end && !Refill(shape_of[i])) return false;
      const std::uint64_t* row = lane.row;
      lane.row = row + kShapeColumns;
      time += lane.time_step;
      origin = row[0] + (*time & lane.add_time) + (origin & lane.add_origin);
      KeepScalar(origin);
      std::uint64_t word = lane.word;
      if constexpr (kInstruments) {
        instrument += lane.instrument_step;
        word += *instrument & Mask(lane.instrument_step != 0);
      }
      out->seq = first_seq + done + i;
      out->time = static_cast<std::int64_t>(*time);
      out->origin = origin;
      std::memcpy(&out->instrument, &word, sizeof word);
      out->body[0] = static_cast<std::int64_t>(row[1]);
      out->body[1] = static_cast<std::int64_t>(row[2]);
      std::uint64_t slot2 = row[3];
      std::uint64_t slot3 = row[4];
      if constexpr (kReference) {
        slot2 += reference & lane.add_reference2;
        KeepScalar(slot2);
        slot3 += reference & lane.add_reference3;
        reference ^= (reference ^ slot2) & lane.sets_reference;
      }
      out->body[2] = static_cast<std::int64_t>(slot2);
      out->body[3] = static_cast<std::int64_t>(slot3);
    }
  }
  return true;
}

absl::Status BlockDecoder::Impl::Decode(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                                        std::span<Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(block_.Parse(payload, records.size()));
  if (!block_.DecodeTimes(times_)) return DamagedPayload("exceptions of the times");
  PrepareLanes();
  const bool instruments = block_.instrument_count() != 0;
  if (instruments) block_.DecodeInstruments(instrument_of_);
  const bool whole =
      block_.has_reference()
          ? (instruments ? Merge<true, true>(first_seq, records) : Merge<true, false>(first_seq, records))
          : (instruments ? Merge<false, true>(first_seq, records) : Merge<false, false>(first_seq, records));
  return whole ? absl::OkStatus() : DamagedPayload("shapes of the records or exceptions");
}

BlockDecoder::BlockDecoder() : impl_(std::make_unique<Impl>()) {}
BlockDecoder::~BlockDecoder() = default;

absl::Status BlockDecoder::Decode(std::uint32_t codec, std::span<const std::uint8_t> payload,
                                  std::uint64_t first_seq, std::span<Event> records) {
  switch (static_cast<Codec>(codec)) {
    case Codec::kColumns:
      return impl_->Decode(payload, first_seq, records);
    case Codec::kRaw:
      break;
    default:
      return DamagedPayload(absl::StrFormat("codec %d, this build knows 0 and 1", codec));
  }
  if (payload.size() != records.size_bytes()) return DamagedPayload("raw records have the wrong size");
  std::memcpy(static_cast<void*>(records.data()), payload.data(), payload.size());
  return absl::OkStatus();
}

}  // namespace crucible::journal
