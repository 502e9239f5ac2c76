#include "framework/journal/shape_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

#include "framework/base/check.h"
#include "framework/event/kinds.h"
#include "framework/journal/column_codec.h"
#include "framework/journal/cursor.h"
#include "framework/journal/key_table.h"
#include "framework/journal/shape_block.h"

namespace crucible::journal {
namespace {

// An instrument gets shapes of its own when it has at least this part of a block's records.
constexpr std::size_t kOwnShapesPart = 8;

// What SortByShape sorts beside the columns of a shape.
constexpr std::size_t kTimeColumn = kShapeColumns;
constexpr std::size_t kReferenceColumn = kShapeColumns + 1;
constexpr std::size_t kSortedColumns = kShapeColumns + 2;

// Kind, side and flags as they stand in memory: kind | side << 8 | flags << 16.
std::uint32_t KindWord(const Event& event) {
  static_assert(std::endian::native == std::endian::little &&
                offsetof(Event, side) == offsetof(Event, kind) + 1 &&
                offsetof(Event, flags) == offsetof(Event, kind) + 2);
  std::uint32_t word;
  std::memcpy(&word, &event.kind, sizeof word);
  return word;
}

bool SetsReference(Kind kind) { return kind == Kind::kOrderAdd || kind == Kind::kIntent; }

// Records are numbered by what they are and by instrument as far as this; more is no block of shapes.
constexpr int kTableBits = 10;
constexpr std::uint32_t kMostNumbers = 512;

// Numbers keys and remembers which key has which number.
class NumberedKeys {
 public:
  void Clear() {
    table_.Clear();
    keys_.clear();
    followers_.clear();
  }
  // REQUIRES: at most kMostNumbers distinct keys.
  std::uint32_t Number(std::uint64_t key) {
    const std::uint32_t known = table_.size();
    const std::uint32_t number = table_.Number(key);
    if (number == known) {
      keys_.push_back(key);
      followers_.push_back(number);
    }
    return number;
  }
  // The same for what comes after `previous`: decisions and replies repeat in one order, so a key is mostly
  // the one that followed last time, and no table is asked. REQUIRES: `previous` is a number.
  std::uint32_t NumberAfter(std::uint32_t previous, std::uint64_t key) {
    const std::uint32_t expected = followers_[previous];
    if (keys_[expected] == key) [[likely]]
      return expected;
    const std::uint32_t number = Number(key);
    followers_[previous] = number;
    return number;
  }
  bool full() const { return keys_.size() == kMostNumbers; }
  std::size_t size() const { return table_.size(); }
  std::uint64_t key(std::size_t number) const { return keys_[number]; }

 private:
  KeyTable table_{kTableBits};
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> followers_;  // by number: what came after it last
};

// How often each number occurs. Several counters for each, so that a long run of one number does not wait for
// its own last increment.
template <class Number>
void CountNumbers(std::span<const Number> numbers, std::size_t distinct, std::vector<std::uint32_t>& counts) {
  constexpr std::size_t kCounters = 4;
  counts.assign(distinct * kCounters, 0);
  std::size_t i = 0;
  for (; i + kCounters <= numbers.size(); i += kCounters) {
    for (std::size_t c = 0; c < kCounters; ++c) ++counts[c * distinct + numbers[i + c]];
  }
  for (; i < numbers.size(); ++i) ++counts[numbers[i]];
  for (std::size_t n = 0; n < distinct; ++n) {
    for (std::size_t c = 1; c < kCounters; ++c) counts[n] += counts[c * distinct + n];
  }
  counts.resize(distinct);
}

struct Shape {
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint8_t options = 0;
  std::uint32_t count = 0;
  std::uint32_t first = 0;  // of its records, in the order of shapes

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

// What a record is, as far as a shape may tell: its kind word, and in the bits above, what it repeats.
constexpr int kSameTimeShift = 32;
constexpr int kSameOriginShift = 33;
constexpr std::uint64_t kSameTimeBit = std::uint64_t{1} << kSameTimeShift;
constexpr std::uint64_t kSameOriginBit = std::uint64_t{1} << kSameOriginShift;

}  // namespace

class ShapeEncoder::Impl {
 public:
  std::span<const std::uint8_t> Encode(std::span<const Event> records);

 private:
  bool Classify(std::span<const Event> records);
  void ChooseOwnShapes(std::size_t records);
  std::uint64_t WorthwhileBits(std::size_t records) const;
  bool MakeShapes(std::span<const Event> records);
  Shape MakeShape(std::uint64_t key, std::size_t own) const;
  template <bool kInstruments>
  void SortByShape(std::span<const Event> records);
  void Write();
  void WriteShape(const Shape& shape);
  void WriteColumn(std::span<const std::uint64_t> values, const Predictors& predictors);
  template <class Number>
  void WriteIndices(std::span<const Number> indices, std::size_t range);
  std::span<const std::uint8_t> Assemble();

  // What the records are, before shapes are made of it.
  NumberedKeys class_table_;
  std::vector<std::uint16_t> class_of_;      // per record
  std::vector<std::uint32_t> class_counts_;  // by number
  NumberedKeys instrument_table_;
  std::vector<std::uint16_t> number_of_;          // of the instrument, per record
  std::vector<std::uint32_t> instrument_counts_;  // by number

  // Instruments with shapes of their own are numbered from 1; 0 stands for all others.
  std::vector<std::uint32_t> own_instruments_;  // id by number, [0] unused
  std::vector<std::uint16_t> own_of_;           // by number of the instrument
  std::vector<std::uint16_t> cell_of_class_;    // first cell of a class: one cell for each own number
  std::vector<std::uint32_t> cell_counts_;
  std::vector<std::uint8_t> shape_of_cell_;

  NumberedKeys key_table_;
  std::vector<Shape> shapes_;
  std::vector<std::uint8_t> shape_of_;  // per record
  // The columns of the shapes, then times and running order ids, sorted by shape; sorted_stride_ apart.
  std::vector<std::uint64_t> sorted_;
  std::size_t sorted_stride_ = 0;
  std::vector<std::uint64_t> times_;  // the first time_count_
  std::size_t time_count_ = 0;
  std::vector<std::uint16_t> instrument_indices_;
  bool has_reference_ = false;

  ColumnEncoder column_encoder_;
  ByteWriter directory_;
  ByteWriter data_;
  std::vector<std::uint8_t> payload_;
};

// Numbers what records are, and their instruments. False when there are more than a block of shapes is made
// for.
bool ShapeEncoder::Impl::Classify(std::span<const Event> records) {
  class_table_.Clear();
  instrument_table_.Clear();
  class_of_.resize(records.size());
  number_of_.resize(records.size());
  std::int64_t time = ~records.front().time;  // the first record repeats nothing
  std::uint64_t origin = 0;
  std::uint32_t instrument = records.front().instrument;
  std::uint32_t number = instrument_table_.Number(instrument);
  std::uint32_t kind = class_table_.Number(KindWord(records.front()));
  std::uint16_t* const class_of = class_of_.data();
  std::uint16_t* const number_of = number_of_.data();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    const bool same_time = event.time == time;
    const bool same_origin = same_time & (event.origin == origin);
    kind = class_table_.NumberAfter(kind, KindWord(event) | std::uint64_t{same_time} << kSameTimeShift |
                                              std::uint64_t{same_origin} << kSameOriginShift);
    class_of[i] = static_cast<std::uint16_t>(kind);
    if (event.instrument != instrument) {
      instrument = event.instrument;
      number = instrument_table_.Number(instrument);
      if (instrument_table_.full()) return false;
    }
    number_of[i] = static_cast<std::uint16_t>(number);
    if (kind + 1 == kMostNumbers) [[unlikely]]
      return false;
    time = event.time;
    origin = event.origin;
  }
  return true;
}

void ShapeEncoder::Impl::ChooseOwnShapes(std::size_t records) {
  own_instruments_.assign(1, 0);
  own_of_.assign(instrument_table_.size(), 0);
  if (instrument_table_.size() == 1) {
    instrument_counts_.assign(1, static_cast<std::uint32_t>(records));
  } else {
    CountNumbers(std::span<const std::uint16_t>(number_of_).first(records), instrument_table_.size(),
                 instrument_counts_);
  }
  for (std::size_t n = 0; n < own_of_.size(); ++n) {
    if (instrument_counts_[n] * kOwnShapesPart < records) continue;
    own_of_[n] = static_cast<std::uint16_t>(own_instruments_.size());
    own_instruments_.push_back(static_cast<std::uint32_t>(instrument_table_.key(n)));
  }
}

// The bits of a class that are worth shapes of their own: what an eighth of the records repeat.
std::uint64_t ShapeEncoder::Impl::WorthwhileBits(std::size_t records) const {
  std::size_t same_time = 0;
  std::size_t same_origin = 0;
  for (std::size_t c = 0; c < class_table_.size(); ++c) {
    if ((class_table_.key(c) & kSameTimeBit) != 0) same_time += class_counts_[c];
    if ((class_table_.key(c) & kSameOriginBit) != 0) same_origin += class_counts_[c];
  }
  const std::uint64_t bits = UINT32_MAX;
  if (same_time * 8 < records) return bits;
  return bits | kSameTimeBit | (same_origin * 8 >= records ? kSameOriginBit : 0);
}

Shape ShapeEncoder::Impl::MakeShape(std::uint64_t key, std::size_t own) const {
  Shape shape;
  shape.kind_word = static_cast<std::uint32_t>(key);
  shape.instrument = own_instruments_[own];
  if ((key & kSameTimeBit) != 0) shape.options |= shape_option::kSameTime;
  if ((key & kSameOriginBit) != 0) shape.options |= shape_option::kSameOrigin;
  if (own == 0) shape.options |= shape_option::kAnyInstrument;
  if (SetsReference(static_cast<Kind>(key & 0xff))) shape.options |= shape_option::kSetsReference;
  return shape;
}

// False when there are too many shapes.
bool ShapeEncoder::Impl::MakeShapes(std::span<const Event> records) {
  ChooseOwnShapes(records.size());
  CountNumbers(std::span<const std::uint16_t>(class_of_).first(records.size()), class_table_.size(),
               class_counts_);
  const std::uint64_t worthwhile = WorthwhileBits(records.size());
  const std::size_t owns = own_instruments_.size();
  key_table_.Clear();
  cell_of_class_.resize(class_table_.size());
  for (std::size_t c = 0; c < cell_of_class_.size(); ++c) {
    cell_of_class_[c] =
        static_cast<std::uint16_t>(key_table_.Number(class_table_.key(c) & worthwhile) * owns);
  }
  cell_counts_.assign(key_table_.size() * owns, 0);
  if (instrument_table_.size() == 1) {  // it has shapes of its own
    for (std::size_t c = 0; c < cell_of_class_.size(); ++c)
      cell_counts_[cell_of_class_[c] + 1u] += class_counts_[c];
  } else {
    for (std::size_t i = 0; i < records.size(); ++i)
      ++cell_counts_[cell_of_class_[class_of_[i]] + std::size_t{own_of_[number_of_[i]]}];
  }
  shapes_.clear();
  shape_of_cell_.resize(cell_counts_.size());
  std::uint32_t first = 0;
  has_reference_ = false;
  for (std::size_t cell = 0; cell < cell_counts_.size(); ++cell) {
    if (cell_counts_[cell] == 0) continue;
    if (shapes_.size() == kMaxShapes) return false;
    shape_of_cell_[cell] = static_cast<std::uint8_t>(shapes_.size());
    Shape& shape = shapes_.emplace_back(MakeShape(key_table_.key(cell / owns), cell % owns));
    shape.first = first;
    first += shape.count = cell_counts_[cell];
    has_reference_ |= shape.Has(shape_option::kSetsReference);
  }
  return true;
}

template <bool kInstruments>
void ShapeEncoder::Impl::SortByShape(std::span<const Event> records) {
  // An odd number of cache lines apart: the same place of two columns falls into different sets of the cache.
  const std::size_t padded = (records.size() + 7) / 8 * 8;
  const std::size_t stride = sorted_stride_ = padded + 9 * 8;
  sorted_.resize(stride * kSortedColumns);
  shape_of_.resize(records.size());
  times_.resize(std::max(times_.size(), records.size()));
  instrument_indices_.resize(kInstruments ? records.size() : 0);
  struct Lane {
    std::uint64_t* next;
    std::uint64_t same_origin;  // masks
    std::uint64_t sets_reference;
    std::size_t time_step;
    std::size_t instrument_step;
  };
  std::array<Lane, kMaxShapes> lanes;
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    const Shape& shape = shapes_[s];
    lanes[s] = {sorted_.data() + shape.first, shape.Has(shape_option::kSameOrigin) ? ~std::uint64_t{0} : 0,
                shape.Has(shape_option::kSetsReference) ? ~std::uint64_t{0} : 0,
                !shape.Has(shape_option::kSameTime), shape.Has(shape_option::kAnyInstrument)};
  }
  // The only instrument of a block has shapes of its own.
  std::array<std::uint8_t, kMostNumbers> shape_of_class;
  for (std::size_t c = 0; !kInstruments && c < cell_of_class_.size(); ++c)
    shape_of_class[c] = shape_of_cell_[cell_of_class_[c] + 1U];
  std::uint64_t reference = 0;
  std::uint64_t previous_origin = 0;
  std::uint64_t* time = times_.data();
  std::uint16_t* instrument = instrument_indices_.data();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    const std::size_t shape = kInstruments
                                  ? shape_of_cell_[cell_of_class_[class_of_[i]] + own_of_[number_of_[i]]]
                                  : shape_of_class[class_of_[i]];
    shape_of_[i] = static_cast<std::uint8_t>(shape);
    Lane& lane = lanes[shape];
    std::uint64_t* const at = lane.next++;
    *time = static_cast<std::uint64_t>(event.time);
    time += lane.time_step;
    if constexpr (kInstruments) {
      *instrument = number_of_[i];
      instrument += lane.instrument_step;
    }
    at[0] = event.origin - (lane.same_origin & previous_origin);
    for (std::size_t slot = 0; slot < 4; ++slot)
      at[(slot + 1) * stride] = static_cast<std::uint64_t>(event.body[slot]);
    at[kTimeColumn * stride] = static_cast<std::uint64_t>(event.time);
    if (has_reference_) at[kReferenceColumn * stride] = reference;
    reference ^= (reference ^ static_cast<std::uint64_t>(event.body[kOrderIdSlot])) & lane.sets_reference;
    previous_origin = event.origin;
  }
  time_count_ = static_cast<std::size_t>(time - times_.data());
  if constexpr (kInstruments)
    instrument_indices_.resize(static_cast<std::size_t>(instrument - instrument_indices_.data()));
}

void ShapeEncoder::Impl::WriteShape(const Shape& shape) {
  directory_.Byte(shape.options);
  directory_.Varint(shape.kind_word);
  if (!shape.Has(shape_option::kAnyInstrument)) directory_.Varint(shape.instrument);
  directory_.Varint(shape.count);
  const auto part = [&](std::size_t column) {
    return std::span<const std::uint64_t>(sorted_).subspan(column * sorted_stride_ + shape.first,
                                                           shape.count);
  };
  const std::span<const std::uint64_t> none;
  const auto reference = has_reference_ ? part(kReferenceColumn) : none;
  const auto time = shape.Has(shape_option::kSameOrigin) ? none : part(kTimeColumn);
  WriteColumn(part(0), {.relative = time, .reference = none});
  WriteColumn(part(1), {});
  WriteColumn(part(2), {.relative = part(1), .reference = none});
  WriteColumn(part(3), {.relative = part(1), .reference = reference});
  WriteColumn(part(4), {.relative = part(1), .reference = reference});
}

void ShapeEncoder::Impl::WriteColumn(std::span<const std::uint64_t> values, const Predictors& predictors) {
  column_encoder_.Encode(values, predictors, directory_, data_);
}

// Numbers below `range`, with the fewest bits.
template <class Number>
void ShapeEncoder::Impl::WriteIndices(std::span<const Number> indices, std::size_t range) {
  const int width = BitWidth(range - 1);
  if (width == 0) return;
  std::uint8_t* out = data_.Extend(PackedBytes(indices.size(), width));
  std::array<std::uint64_t, 512> wide;
  for (std::size_t done = 0; done < indices.size(); done += wide.size()) {
    const std::span<const Number> part = indices.subspan(done, std::min(wide.size(), indices.size() - done));
    std::copy(part.begin(), part.end(), wide.begin());
    std::fill(wide.begin() + static_cast<std::ptrdiff_t>(part.size()), wide.end(), 0);
    PackBits(wide.data(), part.size(), width, out);
    out += PackedBytes(part.size(), width);
  }
}

void ShapeEncoder::Impl::Write() {
  directory_.Clear();
  data_.Clear();
  directory_.Varint(shapes_.size() - 1);
  const std::size_t instruments = instrument_indices_.empty() ? 0 : instrument_table_.size();
  directory_.Varint(instruments);
  for (std::size_t i = 0; i < instruments; ++i) directory_.Varint(instrument_table_.key(i));
  WriteIndices(std::span<const std::uint8_t>(shape_of_), shapes_.size());
  if (instruments != 0) WriteIndices(std::span<const std::uint16_t>(instrument_indices_), instruments);
  for (const Shape& shape : shapes_) WriteShape(shape);
  WriteColumn(std::span<const std::uint64_t>(times_).first(time_count_), {});
}

std::span<const std::uint8_t> ShapeEncoder::Impl::Assemble() {
  const auto directory = directory_.bytes();
  const auto data = data_.bytes();
  const auto length = static_cast<std::uint32_t>(directory.size());
  payload_.resize(sizeof length + directory.size() + data.size() + kPackSlack);
  std::uint8_t* out = payload_.data();
  std::memcpy(out, &length, sizeof length);
  std::memcpy(out += sizeof length, directory.data(), directory.size());
  std::memcpy(out += directory.size(), data.data(), data.size());
  std::memset(out + data.size(), 0, kPackSlack);
  return payload_;
}

std::span<const std::uint8_t> ShapeEncoder::Impl::Encode(std::span<const Event> records) {
  CRUCIBLE_CHECK(!records.empty() && records.size() <= kMaxBlockRecords);
  if (!Classify(records) || !MakeShapes(records)) return {};
  if (instrument_table_.size() == 1) {
    SortByShape<false>(records);
  } else {
    SortByShape<true>(records);
  }
  Write();
  return Assemble();
}

ShapeEncoder::ShapeEncoder() : impl_(std::make_unique<Impl>()) {}
ShapeEncoder::~ShapeEncoder() = default;
std::span<const std::uint8_t> ShapeEncoder::Encode(std::span<const Event> records) {
  return impl_->Encode(records);
}

}  // namespace crucible::journal
