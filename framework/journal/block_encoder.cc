#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "framework/base/check.h"
#include "framework/event/kinds.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_format.h"
#include "framework/journal/column_codec.h"
#include "framework/journal/cursor.h"
#include "framework/journal/key_table.h"
#include "framework/journal/record_kernels.h"
#include "framework/journal/shape_encoder.h"
#include "framework/journal/slot_roles.h"

namespace crucible::journal {
namespace {

using Values = std::span<const std::uint64_t>;

// Words of a record that are columns: all but seq.
constexpr std::size_t kColumns = 7;
constexpr std::size_t kTime = 0;
constexpr std::size_t kOrigin = 1;
constexpr std::size_t kWord = 2;  // instrument | kind word << 32
constexpr std::size_t kBody = 3;

// What a record is, as far as a class tells: its kind word, and in the bits above, what it repeats.
constexpr std::uint64_t kSameTimeBit = std::uint64_t{1} << 32;
constexpr std::uint64_t kSameOriginBit = std::uint64_t{1} << 33;

// Repetitions are worth classes of their own where at least this part of the records repeats.
constexpr std::size_t kWorthwhilePart = 8;

// A stream is dense when at most one of so many records is of another one.
constexpr std::size_t kDenseParts = 4;

// What kernels may write behind the values of a stream.
constexpr std::size_t kRoomBehind = 8;

// Whether most records are what a run says and decides, judged by a sample. Those come in many classes, few of which
// resemble their neighbours: columns per shape are a third of the size, and faster to make.
bool ManyDecisions(std::span<const Event> records) {
  constexpr std::size_t kSamples = 64;
  std::size_t decisions = 0;
  for (std::size_t s = 0; s < kSamples; ++s)
    decisions += !IsMarketData(records[s * (records.size() - 1) / (kSamples - 1)].kind);
  return 2 * decisions > kSamples;
}

constexpr std::size_t RoundUp(std::size_t count, std::size_t group) {
  return (count + group - 1) / group * group;
}

// A column dealt out to streams by the classes of its records.
struct Streams {
  std::array<Values, kMaxStreams> values;
  std::size_t count = 1;
};

}  // namespace

class BlockEncoder::Impl {
 public:
  EncodedBlock Encode(std::span<const Event> records);

 private:
  Values column(std::size_t c) const { return {columns_.data() + c * stride_, count_}; }
  void Extract(std::span<const Event> records);
  std::uint64_t WorthwhileBits() const;
  bool Classify();
  void NumberInstruments();
  void FindBases();
  void AssignStreams();
  void LookUp(const std::array<std::uint8_t, kMaxClasses>& table);
  std::size_t CountRecords(std::size_t stream) const;
  void Split(Values values, std::size_t streams, std::vector<std::uint64_t>& room, Streams& out) const;

  void WriteClasses();
  void WriteInstruments(bool with_bases);
  void WriteColumn(Values values, const Predictors& predictors);
  void WriteColumn(Values values, const Predictors& predictors, const ColumnEncoder::Choice& choice);
  void WriteHeads();
  void WriteSlot(std::size_t slot);
  bool MoveDenseForward(std::size_t slot);
  Values Densified(Values values);
  void FollowReference();
  void PackIndices();
  std::span<const std::uint8_t> Assemble();

  const RecordKernels& kernels_ = ChosenRecordKernels();
  std::size_t count_ = 0;
  std::vector<std::uint64_t> columns_;  // stride_ apart
  std::size_t stride_ = 0;

  KeyTable class_table_{10};
  std::vector<std::uint64_t> classes_;   // key by number
  std::vector<std::uint8_t> class_of_;   // per record
  std::vector<std::uint8_t> stream_of_;  // per record, of the slot at hand
  KeyTable instrument_table_{15};
  std::vector<std::uint32_t> instruments_;       // id by number
  std::vector<std::uint64_t> instrument_index_;  // per record; empty where there is one instrument
  std::vector<std::uint64_t> bases_;             // price by number of the instrument
  std::vector<std::uint64_t> base_of_;           // per record
  bool uses_bases_ = false;

  std::array<std::array<std::uint8_t, kMaxClasses>, kSlots> streams_of_class_{};
  std::array<std::size_t, kSlots> stream_counts_{};
  std::size_t reference_stream_ = kMaxStreams;  // of slot kOrderIdSlot
  std::vector<std::uint64_t> reference_;        // its values, a zero in front
  std::vector<std::uint64_t> reference_of_;     // running order id per record

  std::vector<std::uint64_t> sparse_, dense_;  // a stream before and after it is made dense
  std::vector<std::uint64_t> values_room_, others_room_, references_room_;
  ColumnEncoder column_encoder_;
  ShapeEncoder shape_encoder_;
  ByteWriter head_;       // directory up to the columns
  ByteWriter directory_;  // descriptors of the columns
  ByteWriter indices_;
  ByteWriter data_;
  std::vector<std::uint8_t> payload_;
};

void BlockEncoder::Impl::Extract(std::span<const Event> records) {
  count_ = records.size();
  // An odd number of cache lines apart: the same place of two columns falls into different sets of the cache.
  stride_ = RoundUp(count_, 8) + 9 * 8;
  columns_.resize(std::max(columns_.size(), stride_ * kColumns));
  kernels_.from_rows(reinterpret_cast<const std::uint64_t*>(records.data()), count_, columns_.data(),
                     stride_);
}

// The bits of a class that are worth classes of their own.
std::uint64_t BlockEncoder::Impl::WorthwhileBits() const {
  const Values time = column(kTime), origin = column(kOrigin);
  std::size_t same_time = 0;
  std::size_t same_origin = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    same_time += time[i] == time[i - 1];
    same_origin += static_cast<std::size_t>(time[i] == time[i - 1] && origin[i] == origin[i - 1]);
  }
  if (same_time * kWorthwhilePart < count_) return UINT32_MAX;
  return UINT32_MAX | kSameTimeBit | (same_origin * kWorthwhilePart >= count_ ? kSameOriginBit : 0);
}

// Numbers what records are. False when there are more classes than a block of columns may have.
bool BlockEncoder::Impl::Classify() {
  const std::uint64_t worthwhile = WorthwhileBits();
  const Values time = column(kTime), origin = column(kOrigin), word = column(kWord);
  class_table_.Clear();
  classes_.resize(kMaxClasses);
  class_of_.resize(RoundUp(count_, 64));
  std::uint64_t previous_time = ~time[0];
  std::uint64_t previous_origin = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const bool same_time = time[i] == previous_time;
    const bool same_origin = same_time & (origin[i] == previous_origin);
    const std::uint64_t key =
        (word[i] >> 32 | (same_time ? kSameTimeBit : 0) | (same_origin ? kSameOriginBit : 0)) & worthwhile;
    previous_time = time[i];
    previous_origin = origin[i];
    const std::uint32_t number = class_table_.Number(key);
    if (number == kMaxClasses) return false;
    classes_[number] = key;
    class_of_[i] = static_cast<std::uint8_t>(number);
  }
  return true;
}

void BlockEncoder::Impl::NumberInstruments() {
  const Values word = column(kWord);
  instrument_index_.clear();
  instruments_.assign(1, static_cast<std::uint32_t>(word[0]));
  std::uint64_t difference = 0;
  for (const std::uint64_t w : word) difference |= w ^ word[0];
  if (static_cast<std::uint32_t>(difference) == 0) return;
  instrument_table_.Clear();
  instruments_.clear();
  instrument_index_.assign(RoundUp(count_, 8), 0);
  for (std::size_t i = 0; i < count_; ++i) {
    const auto id = static_cast<std::uint32_t>(word[i]);
    const std::uint32_t number = instrument_table_.Number(id);
    if (number == instruments_.size()) instruments_.push_back(id);
    instrument_index_[i] = number;
  }
}

// The first price of each instrument, and for every record that of its instrument.
void BlockEncoder::Impl::FindBases() {
  if (instrument_index_.empty()) return;
  std::array<bool, kMaxClasses> priced;
  for (std::size_t c = 0; c < class_table_.size(); ++c)
    priced[c] = SlotRolesOf(static_cast<std::uint8_t>(classes_[c]))[0] == kPriceRole;
  bases_.assign(instruments_.size(), 0);
  std::vector<bool> found(instruments_.size());
  std::size_t missing = instruments_.size();
  const Values price = column(kBody);
  for (std::size_t i = 0; i < count_ && missing > 0; ++i) {
    const std::uint64_t number = instrument_index_[i];
    if (!priced[class_of_[i]] || found[number]) continue;
    bases_[number] = price[i];
    found[number] = true;
    --missing;
  }
  base_of_.assign(RoundUp(count_, 8), 0);
  kernels_.add_lookup(instrument_index_.data(), count_, bases_.data(), bases_.size(), base_of_.data());
}

// One stream for each role of a slot, in the order of classes; what is beyond the last shares it.
void BlockEncoder::Impl::AssignStreams() {
  reference_stream_ = kMaxStreams;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    std::array<SlotRole, kMaxStreams> roles;
    std::size_t count = 0;
    for (std::size_t c = 0; c < class_table_.size(); ++c) {
      const SlotRole role = SlotRolesOf(static_cast<std::uint8_t>(classes_[c]))[slot];
      const auto known = std::find(roles.begin(), roles.begin() + count, role);
      const auto stream = std::min(static_cast<std::size_t>(known - roles.begin()), kMaxStreams - 1);
      if (stream == count) roles[count++] = role;
      streams_of_class_[slot][c] = static_cast<std::uint8_t>(stream);
      // The last stream may be shared.
      if (role == kNewOrderId && stream < kMaxStreams - 1) reference_stream_ = stream;
    }
    stream_counts_[slot] = count;
  }
  if (stream_counts_[kOrderIdSlot] == 1) reference_stream_ = kMaxStreams;
}

// The stream of each record.
void BlockEncoder::Impl::LookUp(const std::array<std::uint8_t, kMaxClasses>& table) {
  stream_of_.resize(class_of_.size());
  kernels_.lookup_bytes(class_of_.data(), count_, table.data(), stream_of_.data());
  std::fill(stream_of_.begin() + static_cast<std::ptrdiff_t>(count_), stream_of_.end(), kNoStream);
}

std::size_t BlockEncoder::Impl::CountRecords(std::size_t stream) const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < count_; ++i) size += stream_of_[i] == stream;
  return size;
}

// Deals values out by stream_of_.
void BlockEncoder::Impl::Split(Values values, std::size_t streams, std::vector<std::uint64_t>& room,
                               Streams& out) const {
  out.count = streams;
  room.resize(std::max(room.size(), count_ + streams * kRoomBehind));
  std::array<std::uint64_t*, kMaxStreams> next;
  std::uint64_t* at = room.data();
  for (std::size_t s = 0; s < streams; ++s) {
    const std::size_t size = CountRecords(s);
    out.values[s] = {at, size};
    next[s] = at;
    at += size + kRoomBehind;
  }
  kernels_.split(stream_of_.data(), count_, values.data(), next.data(), streams);
}

void BlockEncoder::Impl::WriteClasses() {
  head_.Varint(class_table_.size() - 1);
  for (std::size_t c = 0; c < class_table_.size(); ++c) {
    const std::uint64_t key = classes_[c];
    head_.Varint(static_cast<std::uint32_t>(key));
    head_.Byte(static_cast<std::uint8_t>(((key & kSameTimeBit) != 0 ? class_option::kSameTime : 0) |
                                         ((key & kSameOriginBit) != 0 ? class_option::kSameOrigin : 0)));
    for (std::size_t slot = 0; slot < kSlots; slot += 2)
      head_.Byte(static_cast<std::uint8_t>(streams_of_class_[slot][c] | streams_of_class_[slot + 1][c] << 4));
  }
}

void BlockEncoder::Impl::WriteInstruments(bool with_bases) {
  head_.Varint(instruments_.size());
  for (const std::uint32_t instrument : instruments_) head_.Varint(instrument);
  head_.Byte(with_bases ? 1 : 0);
  if (!with_bases) return;
  for (const std::uint64_t base : bases_) head_.Varint(ZigZag(base));
}

void BlockEncoder::Impl::WriteColumn(Values values, const Predictors& predictors,
                                     const ColumnEncoder::Choice& choice) {
  directory_.Varint(values.size());
  column_encoder_.Encode(values, predictors, choice, directory_, data_);
}
void BlockEncoder::Impl::WriteColumn(Values values, const Predictors& predictors) {
  directory_.Varint(values.size());
  column_encoder_.Encode(values, predictors, directory_, data_);
}

void BlockEncoder::Impl::WriteHeads() {
  // Records that repeat go to a second stream, which is not written.
  const auto kept = [&](std::uint64_t repeats, std::size_t c, std::vector<std::uint64_t>& room) {
    std::array<std::uint8_t, kMaxClasses> table{};
    bool any = false;
    for (std::size_t k = 0; k < class_table_.size(); ++k)
      any |= (table[k] = (classes_[k] & repeats) != 0) != 0;
    if (!any) return column(c);
    Streams streams;
    LookUp(table);
    Split(column(c), 2, room, streams);
    return streams.values[0];
  };
  WriteColumn(kept(kSameTimeBit, kTime, values_room_), {});
  const Values origins = kept(kSameOriginBit, kOrigin, values_room_);
  const Values times = kept(kSameOriginBit, kTime, others_room_);
  WriteColumn(origins, {.relative = times, .reference = {}});
}

// The running order id at each record, the record itself included; stream_of_ is that of slot kOrderIdSlot.
void BlockEncoder::Impl::FollowReference() {
  Streams streams;
  Split(column(kBody + kOrderIdSlot), stream_counts_[kOrderIdSlot], values_room_, streams);
  const Values ids = streams.values[reference_stream_];
  reference_.assign(1, 0);
  reference_.insert(reference_.end(), ids.begin(), ids.end());
  reference_.resize(reference_.size() + 2 * kRoomBehind);
  reference_of_.resize(RoundUp(count_, 8));
  kernels_.fill(stream_of_.data(), count_, static_cast<std::uint8_t>(reference_stream_), reference_.data(),
                reference_of_.data());
}

// Makes the largest stream of a slot the first, when it is large enough to be dense. stream_of_ follows.
bool BlockEncoder::Impl::MoveDenseForward(std::size_t slot) {
  LookUp(streams_of_class_[slot]);
  for (std::size_t s = 0; s < stream_counts_[slot]; ++s) {
    if (CountRecords(s) * kDenseParts < count_ * (kDenseParts - 1)) continue;
    if (slot == kOrderIdSlot && s == reference_stream_) return false;
    if (s == 0) return true;
    for (std::uint8_t& stream : streams_of_class_[slot])
      stream = stream == s ? 0 : stream == 0 ? static_cast<std::uint8_t>(s) : stream;
    if (slot == kOrderIdSlot && reference_stream_ == 0) reference_stream_ = s;
    LookUp(streams_of_class_[slot]);
    return true;
  }
  return false;
}

// The first stream with its last value repeated wherever a record is of another one.
Values BlockEncoder::Impl::Densified(Values values) {
  sparse_.assign(1, values[0]);
  sparse_.insert(sparse_.end(), values.begin(), values.end());
  sparse_.resize(sparse_.size() + 2 * kRoomBehind);
  dense_.resize(RoundUp(count_, 8));
  kernels_.fill(stream_of_.data(), count_, 0, sparse_.data(), dense_.data());
  return Values(dense_).first(count_);
}

void BlockEncoder::Impl::WriteSlot(std::size_t slot) {
  const std::size_t streams = stream_counts_[slot];
  const Values values = column(kBody + slot);
  const Values relative =
      slot != 0 ? column(kBody) : Values(base_of_).first(instrument_index_.empty() ? 0 : count_);
  if (streams == 1) {
    const bool refers = slot > kOrderIdSlot && reference_stream_ != kMaxStreams;
    const Predictors predictors{relative, Values(reference_of_).first(refers ? count_ : 0)};
    const ColumnEncoder::Choice choice = column_encoder_.Choose(values, predictors);
    directory_.Varint(1);
    uses_bases_ |= slot == 0 && choice.prediction == Prediction::kRelative;
    return WriteColumn(values, predictors, choice);
  }
  const bool may_be_dense = MoveDenseForward(slot);
  const bool refers = slot >= kOrderIdSlot && reference_stream_ != kMaxStreams;
  if (slot == kOrderIdSlot && refers) FollowReference();
  Streams own, others, references;
  Split(values, streams, values_room_, own);
  if (!relative.empty()) Split(relative, streams, others_room_, others);
  if (refers) Split(Values(reference_of_).first(count_), streams, references_room_, references);
  for (std::size_t s = 0; s < streams; ++s) {
    const bool is_reference = slot == kOrderIdSlot && s == reference_stream_;
    const Predictors predictors =
        is_reference ? Predictors() : Predictors{others.values[s], references.values[s]};
    const ColumnEncoder::Choice choice = column_encoder_.Choose(own.values[s], predictors);
    const bool dense = s == 0 && may_be_dense && choice.prediction <= Prediction::kDelta;
    if (s == 0) directory_.Varint(streams + (dense ? kDenseStreams : 0));
    WriteColumn(dense ? Densified(own.values[s]) : own.values[s], predictors, choice);
    uses_bases_ |= slot == 0 && choice.prediction == Prediction::kRelative;
  }
}

// Classes and instruments of the records, with the fewest bits.
void BlockEncoder::Impl::PackIndices() {
  const int width = BitWidth(class_table_.size() - 1);
  std::fill(class_of_.begin() + static_cast<std::ptrdiff_t>(count_), class_of_.end(), 0);
  std::uint8_t* out = indices_.Extend(PackedBytes(count_, width));
  for (std::size_t i = 0; i < count_ && width > 0; i += 8, out += width) {
    std::uint64_t group = 0;
    for (std::size_t k = 0; k < 8; ++k)
      group |= std::uint64_t{class_of_[i + k]} << (k * static_cast<std::size_t>(width));
    std::memcpy(out, &group, sizeof group);
  }
  if (instrument_index_.empty()) return;
  const int bits = BitWidth(instruments_.size() - 1);
  PackBits(instrument_index_.data(), count_, bits, indices_.Extend(PackedBytes(count_, bits)));
}

std::span<const std::uint8_t> BlockEncoder::Impl::Assemble() {
  const auto length = static_cast<std::uint32_t>(head_.bytes().size() + directory_.bytes().size());
  payload_.resize(sizeof length + length + indices_.bytes().size() + data_.bytes().size() + kPackSlack);
  std::uint8_t* out = payload_.data();
  std::memcpy(out, &length, sizeof length);
  out += sizeof length;
  for (const ByteWriter* part : {&head_, &directory_, &indices_, &data_})
    out = std::ranges::copy(part->bytes(), out).out;
  std::memset(out, 0, kPackSlack);
  return payload_;
}

EncodedBlock BlockEncoder::Impl::Encode(std::span<const Event> records) {
  CRUCIBLE_CHECK(!records.empty() && records.size() <= kMaxBlockRecords);
  const EncodedBlock raw{Codec::kRaw,
                         {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()}};
  if (ManyDecisions(records)) {
    const std::span<const std::uint8_t> shapes = shape_encoder_.Encode(records);
    if (!shapes.empty() && shapes.size() < records.size_bytes()) return {Codec::kShapes, shapes};
  }
  Extract(records);
  if (!Classify()) return raw;
  NumberInstruments();
  FindBases();
  AssignStreams();
  for (ByteWriter* part : {&head_, &directory_, &indices_, &data_}) part->Clear();
  uses_bases_ = false;
  WriteHeads();
  for (std::size_t slot = 0; slot < kSlots; ++slot) WriteSlot(slot);
  WriteClasses();
  WriteInstruments(uses_bases_);
  head_.Byte(static_cast<std::uint8_t>(reference_stream_ == kMaxStreams ? 0 : reference_stream_ + 1));
  PackIndices();
  const std::span<const std::uint8_t> payload = Assemble();
  return payload.size() < records.size_bytes() ? EncodedBlock{Codec::kColumns, payload} : raw;
}

BlockEncoder::BlockEncoder() : impl_(std::make_unique<Impl>()) {}
BlockEncoder::~BlockEncoder() = default;
EncodedBlock BlockEncoder::Encode(std::span<const Event> records) { return impl_->Encode(records); }

}  // namespace crucible::journal
