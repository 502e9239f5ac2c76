#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_format.h"
#include "framework/journal/column_codec.h"
#include "framework/journal/cursor.h"

namespace crucible::journal {
namespace {

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrFormat("payload is damaged: %s", what));
}

// Keeps a word in a general register. Compilers like to compute two neighbouring slots as one vector, which
// puts two register-file crossings into the chain that runs from record to record.
inline void KeepScalar(std::uint64_t& word) { asm("" : "+r"(word)); }

constexpr std::uint64_t Mask(bool on) { return on ? ~std::uint64_t{0} : 0; }

// A shape as the directory gives it.
struct Shape {
  std::uint8_t options = 0;
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint32_t count = 0;
  std::array<Column, kShapeColumns> columns;

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

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
  absl::Status Parse(std::span<const std::uint8_t> payload, std::size_t count);
  absl::Status ReadDirectory(ByteReader& directory, std::size_t count);
  absl::Status ReadShape(ByteReader& directory, Shape& shape) const;
  absl::Status Locate(ByteReader& data, std::size_t count);
  bool DecodeTimes();
  void DecodeInstruments();
  void PrepareLanes();
  void PrepareLane(const Shape& shape, Lane& lane, Feed& feed);
  bool Refill(std::size_t shape);
  template <bool kReference, bool kInstruments>
  bool Merge(std::uint64_t first_seq, std::span<Event> records);

  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> instruments_;
  Column time_column_;
  std::uint32_t instrument_count_ = 0;  // records whose shape does not tell the instrument
  bool has_reference_ = false;
  int shape_width_ = 0;
  int instrument_width_ = 0;
  const std::uint8_t* shape_indices_ = nullptr;
  const std::uint8_t* instrument_indices_ = nullptr;

  std::vector<std::uint64_t> times_;          // [0] is zero, then each change
  std::vector<std::uint64_t> instrument_of_;  // [0] is zero, then each that a shape does not tell
  std::array<Lane, kMaxShapes> lanes_;
  std::vector<Feed> feeds_;
  std::vector<std::uint64_t> rows_;
};

absl::Status BlockDecoder::Impl::ReadShape(ByteReader& directory, Shape& shape) const {
  shape.options = directory.Byte();
  shape.kind_word = static_cast<std::uint32_t>(directory.Varint());
  if (!shape.Has(shape_option::kAnyInstrument))
    shape.instrument = static_cast<std::uint32_t>(directory.Varint());
  shape.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(directory.Varint(), kMaxBlockRecords + 1));
  if (shape.options > shape_option::kAll || shape.count == 0 || shape.count > kMaxBlockRecords) {
    return Damaged("options or count of a shape");
  }
  for (std::size_t c = 0; c < kShapeColumns; ++c) {
    CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, shape.count, shape.columns[c]));
    const Prediction prediction = shape.columns[c].prediction;
    const bool relative = prediction == Prediction::kRelative && c == 1;
    const bool reference = prediction == Prediction::kReference && c <= kOrderIdSlot;
    if (relative || reference) return Damaged("prediction of a column");
  }
  return absl::OkStatus();
}

absl::Status BlockDecoder::Impl::ReadDirectory(ByteReader& directory, std::size_t count) {
  const std::uint64_t shapes = directory.Varint() + 1;
  const std::uint64_t instruments = directory.Varint();
  if (directory.failed() || shapes == 0 || shapes > kMaxShapes || instruments > kMaxBlockRecords) {
    return Damaged("number of shapes or instruments");
  }
  instruments_.resize(instruments);
  for (std::uint32_t& instrument : instruments_) instrument = static_cast<std::uint32_t>(directory.Varint());
  shapes_.assign(shapes, {});
  std::uint64_t records = 0;
  std::uint32_t times = 0;
  instrument_count_ = 0;
  has_reference_ = false;
  for (Shape& shape : shapes_) {
    CRUCIBLE_RETURN_IF_ERROR(ReadShape(directory, shape));
    records += shape.count;
    if (!shape.Has(shape_option::kSameTime)) times += shape.count;
    if (shape.Has(shape_option::kAnyInstrument)) instrument_count_ += shape.count;
    has_reference_ |= shape.Has(shape_option::kSetsReference);
    if (records > count) break;
  }
  if (records != count) return Damaged("shapes do not add up to the block");
  if (times == 0 || (instrument_count_ != 0 && instruments == 0))
    return Damaged("times or instruments are missing");
  time_column_ = {};
  CRUCIBLE_RETURN_IF_ERROR(ReadColumn(directory, times, time_column_));
  if (time_column_.prediction > Prediction::kDelta) return Damaged("prediction of the times");
  return absl::OkStatus();
}

absl::Status BlockDecoder::Impl::Locate(ByteReader& data, std::size_t count) {
  shape_width_ = BitWidth(shapes_.size() - 1);
  shape_indices_ = data.Take(PackedBytes(count, shape_width_));
  if (!instruments_.empty()) {
    instrument_width_ = BitWidth(instruments_.size() - 1);
    instrument_indices_ = data.Take(PackedBytes(instrument_count_, instrument_width_));
  }
  for (Shape& shape : shapes_) {
    for (Column& column : shape.columns) LocateColumn(data, column);
  }
  LocateColumn(data, time_column_);
  if (data.failed() || data.left() != kPackSlack) return Damaged("data has the wrong length");
  return absl::OkStatus();
}

absl::Status BlockDecoder::Impl::Parse(std::span<const std::uint8_t> payload, std::size_t count) {
  std::uint32_t length = 0;
  if (payload.size() < sizeof length) return Damaged("too short");
  std::memcpy(&length, payload.data(), sizeof length);
  payload = payload.subspan(sizeof length);
  if (length > payload.size()) return Damaged("length of the directory");
  ByteReader directory(payload.first(length));
  CRUCIBLE_RETURN_IF_ERROR(ReadDirectory(directory, count));
  if (directory.left() != 0) return Damaged("directory has the wrong length");
  ByteReader data(payload.subspan(length));
  return Locate(data, count);
}

bool BlockDecoder::Impl::DecodeTimes() {
  times_.resize(time_column_.count + 1);
  times_[0] = 0;
  ColumnReader reader(time_column_);
  for (std::size_t done = 0; done < time_column_.count; done += kColumnStep) {
    const std::size_t step = std::min<std::size_t>(kColumnStep, time_column_.count - done);
    if (!reader.Next<1>(step, &times_[1 + done])) return false;
  }
  return true;
}

void BlockDecoder::Impl::DecodeInstruments() {
  instrument_of_.resize(1 + (instrument_count_ + 7) / 8 * 8);
  instrument_of_[0] = 0;
  UnpackBits(instrument_indices_, instrument_count_, instrument_width_, &instrument_of_[1]);
  for (std::uint64_t& index : instrument_of_) index = instruments_[std::min(index, instruments_.size() - 1)];
}

void BlockDecoder::Impl::PrepareLane(const Shape& shape, Lane& lane, Feed& feed) {
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
  feeds_.resize(shapes_.size());
  std::size_t rows = 0;
  for (const Shape& shape : shapes_) rows += std::min<std::size_t>(shape.count, kColumnStep);
  rows_.resize(rows * kShapeColumns);
  std::uint64_t* next = rows_.data();
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    feeds_[s].rows = next;
    next += std::min<std::size_t>(shapes_[s].count, kColumnStep) * kShapeColumns;
    PrepareLane(shapes_[s], lanes_[s], feeds_[s]);
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
    UnpackBits(shape_indices_ + PackedBytes(done, shape_width_), count, shape_width_, shape_of.data());
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
  CRUCIBLE_RETURN_IF_ERROR(Parse(payload, records.size()));
  if (!DecodeTimes()) return Damaged("exceptions of the times");
  if (instrument_count_ != 0) DecodeInstruments();
  PrepareLanes();
  const bool instruments = instrument_count_ != 0;
  const bool whole =
      has_reference_
          ? (instruments ? Merge<true, true>(first_seq, records) : Merge<true, false>(first_seq, records))
          : (instruments ? Merge<false, true>(first_seq, records) : Merge<false, false>(first_seq, records));
  return whole ? absl::OkStatus() : Damaged("shapes of the records or exceptions");
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
      return Damaged(absl::StrFormat("codec %d, this build knows 0 and 1", codec));
  }
  if (payload.size() != records.size_bytes()) return Damaged("raw records have the wrong size");
  std::memcpy(static_cast<void*>(records.data()), payload.data(), payload.size());
  return absl::OkStatus();
}

}  // namespace crucible::journal
