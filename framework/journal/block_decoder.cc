#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/column_codec.h"
#include "framework/journal/parsed_block.h"

#if defined(__x86_64__)
#define CRUCIBLE_WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#else
#define CRUCIBLE_WIDE
#endif

namespace crucible::journal {
namespace {

// Keeps a word in a general register. Compilers like to compute two neighbouring slots as one vector, which
// puts two register-file crossings into the chain that runs from record to record.
inline void KeepScalar(std::uint64_t& word) { asm("" : "+r"(word)); }

constexpr std::uint64_t Mask(bool on) { return on ? ~std::uint64_t{0} : 0; }

// Rows of a shape are decoded this many at a time: those of a few dozen shapes fit the nearest cache.
constexpr std::size_t kRowStep = 128;
static_assert(kRowStep % 8 == 0 && kShapeColumns == kRecordColumns && sizeof(Event) == 8 * kRowWords);

// Decoded rows of a shape that wait to be merged, and what merging has to know of it: everything that the
// loop over the records touches.
struct Lane {
  const std::uint64_t* row = nullptr;
  const std::uint64_t* end = nullptr;
  std::uint64_t word = 0;  // instrument | kind word << 32
  std::uint64_t time_step = 0;
  std::uint64_t instrument_step = 0;
  std::uint64_t any_instrument = 0;  // mask
  std::uint64_t add_time = 0;        // masks: what is added to origin
  std::uint64_t add_origin = 0;
  std::uint64_t add_reference2 = 0;  // and to slots 2 and 3
  std::uint64_t add_reference3 = 0;
  std::uint64_t sets_reference = 0;
};

// Where the rows of a shape come from.
struct Feed {
  std::array<ColumnReader, kShapeColumns> readers;
  std::array<std::uint8_t, kShapeColumns> varying;  // columns that are not constant
  std::array<std::uint8_t, kShapeColumns> constants;
  std::size_t varying_count = 0;
  std::size_t constant_count = 0;
  std::array<bool, kShapeColumns> add_slot0{};
  std::uint32_t left = 0;
  std::uint64_t word = 0;
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
  template <bool kReference, bool kInstruments, bool kRepeats>
  bool MergeLoop(std::uint64_t first_seq, std::span<Event> records);
  // The same loop, which copies rows in wider pieces.
  template <bool kReference, bool kInstruments, bool kRepeats>
  CRUCIBLE_WIDE bool MergeWide(std::uint64_t first_seq, std::span<Event> records) {
    return MergeLoop<kReference, kInstruments, kRepeats>(first_seq, records);
  }
  template <bool kReference, bool kInstruments, bool kRepeats>
  bool Merge(std::uint64_t first_seq, std::span<Event> records) {
    if (kernels_.wide) return MergeWide<kReference, kInstruments, kRepeats>(first_seq, records);
    return MergeLoop<kReference, kInstruments, kRepeats>(first_seq, records);
  }
  template <bool kReference, bool kInstruments>
  bool Merge(std::uint64_t first_seq, std::span<Event> records) {
    return block_.repeats() ? Merge<kReference, kInstruments, true>(first_seq, records)
                            : Merge<kReference, kInstruments, false>(first_seq, records);
  }
  template <bool kReference>
  bool Merge(std::uint64_t first_seq, std::span<Event> records) {
    return block_.instrument_count() != 0 ? Merge<kReference, true>(first_seq, records)
                                          : Merge<kReference, false>(first_seq, records);
  }

  ParsedBlock block_;
  std::vector<std::uint64_t> times_;          // [0] is zero, then each change
  std::vector<std::uint64_t> instrument_of_;  // [0] is zero, then each that a shape does not tell
  std::array<Lane, kMaxShapes> lanes_;
  std::vector<Feed> feeds_;
  std::vector<std::uint64_t> rows_;
  alignas(64) std::array<std::uint64_t, kShapeColumns * kRowStep> columns_{};
  const ColumnKernels& kernels_ = Kernels();
};

void BlockDecoder::Impl::PrepareLane(const ParsedShape& shape, Lane& lane, Feed& feed) {
  lane.word = std::uint64_t{shape.kind_word} << 32 | shape.instrument;
  lane.time_step = !shape.Has(shape_option::kSameTime);
  lane.instrument_step = shape.Has(shape_option::kAnyInstrument);
  lane.any_instrument = Mask(lane.instrument_step != 0);
  lane.add_time = Mask(shape.columns[0].prediction == Prediction::kRelative);
  lane.add_origin = Mask(shape.Has(shape_option::kSameOrigin));
  lane.add_reference2 = Mask(shape.columns[3].prediction == Prediction::kReference);
  lane.add_reference3 = Mask(shape.columns[4].prediction == Prediction::kReference);
  lane.sets_reference = Mask(shape.Has(shape_option::kSetsReference));
  lane.row = lane.end = feed.rows;
  feed.left = shape.count;
  feed.varying_count = feed.constant_count = 0;
  feed.word = lane.word;
  for (std::size_t c = 0; c < kShapeColumns; ++c) {
    const Column& column = shape.columns[c];
    feed.add_slot0[c] = c > 1 && column.prediction == Prediction::kRelative;
    if (column.IsConstant() && !feed.add_slot0[c]) {
      feed.constants[feed.constant_count++] = static_cast<std::uint8_t>(c);
    } else {
      feed.varying[feed.varying_count++] = static_cast<std::uint8_t>(c);
    }
    feed.readers[c] = ColumnReader(column);
  }
}

void BlockDecoder::Impl::PrepareLanes() {
  lanes_.fill({});
  feeds_.resize(block_.shapes().size());
  constexpr std::size_t kWords = kRowStep * kRowWords;
  rows_.resize(block_.shapes().size() * kWords);
  for (std::size_t s = 0; s < block_.shapes().size(); ++s) {
    feeds_[s].rows = rows_.data() + s * kWords;
    PrepareLane(block_.shapes()[s], lanes_[s], feeds_[s]);
  }
}

// Decodes the next rows of a shape; false when it has none left, or they are damaged.
bool BlockDecoder::Impl::Refill(std::size_t shape) {
  if (shape >= feeds_.size()) return false;
  Feed& feed = feeds_[shape];
  const std::size_t count = std::min<std::size_t>(feed.left, kRowStep);
  if (count == 0) return false;
  for (std::size_t v = 0; v < feed.varying_count; ++v) {
    const std::size_t c = feed.varying[v];
    std::uint64_t* const values = &columns_[c * kRowStep];
    if (!feed.readers[c].Next(count, values)) return false;
    if (!feed.add_slot0[c]) continue;
    for (std::size_t r = 0; r < kRowStep; ++r) values[r] += columns_[kRowStep + r];
  }
  for (std::size_t k = 0; k < feed.constant_count; ++k) {
    const std::size_t c = feed.constants[k];
    std::fill_n(&columns_[c * kRowStep], kRowStep, feed.readers[c].column().base);
  }
  kernels_.to_rows(columns_.data(), kRowStep, count, feed.word, feed.rows);
  feed.left -= static_cast<std::uint32_t>(count);
  lanes_[shape].row = feed.rows;
  lanes_[shape].end = feed.rows + count * kRowWords;
  return true;
}

template <bool kReference, bool kInstruments, bool kRepeats>
[[gnu::always_inline]] inline bool BlockDecoder::Impl::MergeLoop(std::uint64_t first_seq,
                                                                 std::span<Event> records) {
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
      lane.row = row + kRowWords;
      std::memcpy(static_cast<void*>(out), row, sizeof *out);
      if constexpr (kRepeats) {
        time += lane.time_step;
        origin = row[2] + (*time & lane.add_time) + (origin & lane.add_origin);
        KeepScalar(origin);
      } else {
        origin = row[2] + (*++time & lane.add_time);
      }
      out->seq = first_seq + done + i;
      out->time = static_cast<std::int64_t>(*time);
      out->origin = origin;
      if constexpr (kInstruments) {
        instrument += lane.instrument_step;
        out->instrument = static_cast<std::uint32_t>(lane.word + (*instrument & lane.any_instrument));
      }
      if constexpr (kReference) {
        const std::uint64_t slot2 = row[6] + (reference & lane.add_reference2);
        out->body[2] = static_cast<std::int64_t>(slot2);
        out->body[3] = static_cast<std::int64_t>(row[7] + (reference & lane.add_reference3));
        reference ^= (reference ^ slot2) & lane.sets_reference;
      }
    }
  }
  return true;
}

absl::Status BlockDecoder::Impl::Decode(std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                                        std::span<Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(block_.Parse(payload, records.size()));
  if (!block_.DecodeTimes(times_)) return DamagedPayload("exceptions of the times");
  PrepareLanes();
  if (block_.instrument_count() != 0) block_.DecodeInstruments(instrument_of_);
  const bool whole =
      block_.has_reference() ? Merge<true>(first_seq, records) : Merge<false>(first_seq, records);
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
