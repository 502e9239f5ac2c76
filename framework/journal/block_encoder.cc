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

namespace crucible::journal {
namespace {

// An instrument gets shapes of its own when it has at least this part of a block's records.
constexpr std::size_t kOwnShapesPart = 8;

// What SortByShape sorts beside the columns of a shape.
constexpr std::size_t kTimeColumn = kShapeColumns;
constexpr std::size_t kReferenceColumn = kShapeColumns + 1;
constexpr std::size_t kSortedColumns = kShapeColumns + 2;

std::uint32_t KindWord(const Event& event) {
  return static_cast<std::uint32_t>(event.kind) | static_cast<std::uint32_t>(event.side) << 8 |
         std::uint32_t{event.flags} << 16;
}

bool SetsReference(Kind kind) { return kind == Kind::kOrderAdd || kind == Kind::kIntent; }

// Numbers distinct keys below 2^63 in the order in which they come.
template <std::size_t Slots>
class KeyTable {
 public:
  static constexpr std::uint32_t kCapacity = Slots / 2;
  void Clear() {
    slots_.fill({});
    size_ = 0;
  }
  std::uint32_t size() const { return size_; }
  // kCapacity when the key is new and there is no room.
  std::uint32_t Number(std::uint64_t key) {
    const std::uint64_t stored = key + 1;
    std::size_t slot = key * 0x9E3779B97F4A7C15 >> (64 - std::bit_width(Slots - 1));
    while (slots_[slot].stored != stored) {
      if (slots_[slot].stored == 0) return size_ == kCapacity ? size_ : Insert(slot, stored);
      slot = (slot + 1) % Slots;
    }
    return slots_[slot].number;
  }

 private:
  struct Slot {
    std::uint64_t stored = 0;  // key + 1; 0 where free
    std::uint32_t number = 0;
  };
  std::uint32_t Insert(std::size_t slot, std::uint64_t stored) {
    slots_[slot] = {stored, size_};
    return size_++;
  }

  std::array<Slot, Slots> slots_{};
  std::uint32_t size_ = 0;
};

struct Shape {
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint8_t options = 0;
  std::uint32_t count = 0;
  std::uint32_t first = 0;  // of its records, in the order of shapes

  bool Has(std::uint8_t option) const { return (options & option) != 0; }
};

// What a record is, as far as a shape may tell: its kind word, and in the bits above, what it repeats.
constexpr std::uint64_t kSameTimeBit = std::uint64_t{1} << 32;
constexpr std::uint64_t kSameOriginBit = std::uint64_t{1} << 33;

}  // namespace

class BlockEncoder::Impl {
 public:
  EncodedBlock Encode(std::span<const Event> records);

 private:
  bool Classify(std::span<const Event> records);
  void ChooseOwnShapes(std::size_t records);
  std::uint64_t WorthwhileBits(std::size_t records) const;
  bool MakeShapes(std::span<const Event> records);
  Shape MakeShape(std::uint64_t key, std::size_t own) const;
  template <bool kInstruments>
  void SortByShape(std::span<const Event> records);
  void Write(std::span<const Event> records);
  void WriteShape(const Shape& shape);
  void WriteIndices(std::span<const std::uint64_t> indices, std::size_t range);
  std::span<const std::uint8_t> Assemble();

  // What the records are, before shapes are made of it.
  KeyTable<1024> class_table_;
  std::vector<std::uint64_t> classes_;       // key by number
  std::vector<std::uint32_t> class_counts_;  // by number
  std::vector<std::uint16_t> class_of_;      // per record
  KeyTable<1024> instrument_table_;
  std::vector<std::uint32_t> instruments_;        // id by number
  std::vector<std::uint32_t> instrument_counts_;  // by number
  std::vector<std::uint16_t> number_of_;          // per record

  // Instruments with shapes of their own are numbered from 1; 0 stands for all others.
  std::vector<std::uint32_t> own_instruments_;  // id by number, [0] unused
  std::vector<std::uint16_t> own_of_;           // by number of the instrument
  std::vector<std::uint16_t> cell_of_class_;    // first cell of a class: one cell for each own number
  std::vector<std::uint32_t> cell_counts_;
  std::vector<std::uint16_t> shape_of_cell_;

  KeyTable<1024> key_table_;
  std::vector<Shape> shapes_;
  std::vector<std::uint64_t> shape_of_;  // per record
  // The columns of the shapes, then times and running order ids, sorted by shape; sorted_stride_ apart.
  std::vector<std::uint64_t> sorted_;
  std::size_t sorted_stride_ = 0;
  std::vector<std::uint64_t> times_;
  std::vector<std::uint64_t> instrument_indices_;
  bool has_reference_ = false;

  ColumnEncoder column_encoder_;
  ByteWriter directory_;
  ByteWriter data_;
  std::vector<std::uint8_t> payload_;
};

// Numbers what records are and their instruments. False when there are more than a block of columns is made
// for.
bool BlockEncoder::Impl::Classify(std::span<const Event> records) {
  class_table_.Clear();
  instrument_table_.Clear();
  classes_.resize(class_table_.kCapacity);
  class_counts_.assign(class_table_.kCapacity, 0);
  instruments_.resize(instrument_table_.kCapacity);
  instrument_counts_.assign(instrument_table_.kCapacity, 0);
  class_of_.resize(records.size());
  number_of_.resize(records.size());
  const Event* before = nullptr;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    std::uint64_t key = KindWord(event);
    if (before != nullptr) {
      const bool same_time = event.time == before->time;
      const bool same_origin = event.origin == before->origin;
      key |= (same_time ? kSameTimeBit : 0) | ((same_time & same_origin) ? kSameOriginBit : 0);
    }
    before = &event;
    const std::uint32_t number = class_table_.Number(key);
    const std::uint32_t instrument = instrument_table_.Number(event.instrument);
    if (number == class_table_.kCapacity || instrument == instrument_table_.kCapacity) return false;
    classes_[number] = key;
    ++class_counts_[number];
    instruments_[instrument] = event.instrument;
    ++instrument_counts_[instrument];
    class_of_[i] = static_cast<std::uint16_t>(number);
    number_of_[i] = static_cast<std::uint16_t>(instrument);
  }
  return true;
}

void BlockEncoder::Impl::ChooseOwnShapes(std::size_t records) {
  own_instruments_.assign(1, 0);
  own_of_.assign(instrument_table_.size(), 0);
  for (std::size_t n = 0; n < own_of_.size(); ++n) {
    if (instrument_counts_[n] * kOwnShapesPart < records) continue;
    own_of_[n] = static_cast<std::uint16_t>(own_instruments_.size());
    own_instruments_.push_back(instruments_[n]);
  }
}

// The bits of a class that are worth shapes of their own: what an eighth of the records repeat.
std::uint64_t BlockEncoder::Impl::WorthwhileBits(std::size_t records) const {
  std::size_t same_time = 0;
  std::size_t same_origin = 0;
  for (std::size_t c = 0; c < class_table_.size(); ++c) {
    if ((classes_[c] & kSameTimeBit) != 0) same_time += class_counts_[c];
    if ((classes_[c] & kSameOriginBit) != 0) same_origin += class_counts_[c];
  }
  const std::uint64_t bits = UINT32_MAX;
  if (same_time * 8 < records) return bits;
  return bits | kSameTimeBit | (same_origin * 8 >= records ? kSameOriginBit : 0);
}

Shape BlockEncoder::Impl::MakeShape(std::uint64_t key, std::size_t own) const {
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
bool BlockEncoder::Impl::MakeShapes(std::span<const Event> records) {
  ChooseOwnShapes(records.size());
  const std::uint64_t worthwhile = WorthwhileBits(records.size());
  const std::size_t owns = own_instruments_.size();
  key_table_.Clear();
  cell_of_class_.resize(class_table_.size());
  std::array<std::uint64_t, decltype(key_table_)::kCapacity> keys;
  for (std::size_t c = 0; c < cell_of_class_.size(); ++c) {
    const std::uint32_t number = key_table_.Number(classes_[c] & worthwhile);
    keys[number] = classes_[c] & worthwhile;
    cell_of_class_[c] = static_cast<std::uint16_t>(number * owns);
  }
  cell_counts_.assign(key_table_.size() * owns, 0);
  for (std::size_t i = 0; i < records.size(); ++i)
    ++cell_counts_[cell_of_class_[class_of_[i]] + std::size_t{own_of_[number_of_[i]]}];
  shapes_.clear();
  shape_of_cell_.resize(cell_counts_.size());
  std::uint32_t first = 0;
  has_reference_ = false;
  for (std::size_t cell = 0; cell < cell_counts_.size(); ++cell) {
    if (cell_counts_[cell] == 0) continue;
    if (shapes_.size() == kMaxShapes) return false;
    shape_of_cell_[cell] = static_cast<std::uint16_t>(shapes_.size());
    Shape& shape = shapes_.emplace_back(MakeShape(keys[cell / owns], cell % owns));
    shape.first = first;
    first += shape.count = cell_counts_[cell];
    has_reference_ |= shape.Has(shape_option::kSetsReference);
  }
  return true;
}

template <bool kInstruments>
void BlockEncoder::Impl::SortByShape(std::span<const Event> records) {
  // An odd number of cache lines apart: the same place of two columns falls into different sets of the cache.
  const std::size_t padded = (records.size() + 7) / 8 * 8;
  const std::size_t stride = sorted_stride_ = padded + 9 * 8;
  sorted_.resize(stride * kSortedColumns);
  shape_of_.resize(padded);
  times_.resize(records.size());
  instrument_indices_.resize(kInstruments ? padded : 0);
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
  std::uint64_t reference = 0;
  std::uint64_t previous_origin = 0;
  std::uint64_t* time = times_.data();
  std::uint64_t* instrument = instrument_indices_.data();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    const std::size_t own = kInstruments ? own_of_[number_of_[i]] : 1;  // the only one has its own
    const std::size_t shape = shape_of_cell_[cell_of_class_[class_of_[i]] + own];
    shape_of_[i] = shape;
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
  times_.resize(static_cast<std::size_t>(time - times_.data()));
  if constexpr (kInstruments)
    instrument_indices_.resize(static_cast<std::size_t>(instrument - instrument_indices_.data()));
}

void BlockEncoder::Impl::WriteShape(const Shape& shape) {
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
  column_encoder_.Encode(part(0), {.relative = time, .reference = none}, directory_, data_);
  column_encoder_.Encode(part(1), {}, directory_, data_);
  column_encoder_.Encode(part(2), {.relative = part(1), .reference = none}, directory_, data_);
  column_encoder_.Encode(part(3), {.relative = part(1), .reference = reference}, directory_, data_);
  column_encoder_.Encode(part(4), {.relative = part(1), .reference = reference}, directory_, data_);
}

// Numbers below `range`, with the fewest bits.
void BlockEncoder::Impl::WriteIndices(std::span<const std::uint64_t> indices, std::size_t range) {
  const int width = BitWidth(range - 1);
  PackBits(indices.data(), indices.size(), width, data_.Extend(PackedBytes(indices.size(), width)));
}

void BlockEncoder::Impl::Write(std::span<const Event> records) {
  directory_.Clear();
  data_.Clear();
  directory_.Varint(shapes_.size() - 1);
  const std::size_t instruments = instrument_indices_.empty() ? 0 : instrument_table_.size();
  directory_.Varint(instruments);
  for (std::size_t i = 0; i < instruments; ++i) directory_.Varint(instruments_[i]);
  std::fill(shape_of_.begin() + static_cast<std::ptrdiff_t>(records.size()), shape_of_.end(), 0);
  WriteIndices(std::span(shape_of_).first(records.size()), shapes_.size());
  if (instruments != 0) {
    const std::size_t count = instrument_indices_.size();
    instrument_indices_.resize((count + 7) / 8 * 8);
    WriteIndices(std::span(instrument_indices_).first(count), instruments);
  }
  for (const Shape& shape : shapes_) WriteShape(shape);
  column_encoder_.Encode(times_, {}, directory_, data_);
}

std::span<const std::uint8_t> BlockEncoder::Impl::Assemble() {
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

EncodedBlock BlockEncoder::Impl::Encode(std::span<const Event> records) {
  CRUCIBLE_CHECK(!records.empty() && records.size() <= kMaxBlockRecords);
  const EncodedBlock raw{Codec::kRaw,
                         {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()}};
  if (!Classify(records) || !MakeShapes(records)) return raw;
  if (instrument_table_.size() == 1) {
    SortByShape<false>(records);
  } else {
    SortByShape<true>(records);
  }
  Write(records);
  const std::span<const std::uint8_t> payload = Assemble();
  return payload.size() < records.size_bytes() ? EncodedBlock{Codec::kColumns, payload} : raw;
}

BlockEncoder::BlockEncoder() : impl_(std::make_unique<Impl>()) {}
BlockEncoder::~BlockEncoder() = default;
EncodedBlock BlockEncoder::Encode(std::span<const Event> records) { return impl_->Encode(records); }

}  // namespace crucible::journal
