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

// Numbers distinct keys in the order in which they come.
template <std::size_t Slots>
class KeyTable {
 public:
  static constexpr std::uint32_t kFull = ~std::uint32_t{0};
  void Clear() {
    slots_.fill({});
    size_ = 0;
  }
  std::uint32_t size() const { return size_; }
  // kFull when the key is new and half of the slots are taken.
  std::uint32_t Number(std::uint64_t key) {
    std::size_t slot = key * 0x9E3779B97F4A7C15 >> (64 - std::bit_width(Slots - 1));
    while (slots_[slot].used && slots_[slot].key != key) slot = (slot + 1) % Slots;
    if (slots_[slot].used) return slots_[slot].number;
    if (size_ == Slots / 2) return kFull;
    slots_[slot] = {key, size_, true};
    return size_++;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t number = 0;
    bool used = false;
  };
  std::array<Slot, Slots> slots_{};
  std::uint32_t size_ = 0;
};

struct Shape {
  std::uint64_t key = 0;
  std::uint32_t kind_word = 0;
  std::uint32_t instrument = 0;
  std::uint8_t options = 0;
  std::uint32_t count = 0;
  std::uint32_t first = 0;  // of its records, in the order of shapes
};

}  // namespace

class BlockEncoder::Impl {
 public:
  EncodedBlock Encode(std::span<const Event> records);

 private:
  // What is worth a bit in the shapes of this block.
  struct Survey {
    bool one_instrument = true;
    bool times_repeat = false;
    bool origins_repeat = false;
  };
  static Survey Look(std::span<const Event> records);
  bool NumberInstruments(std::span<const Event> records);
  bool AssignShapes(std::span<const Event> records, const Survey& survey);
  Shape MakeShape(const Event& event, std::uint8_t options) const;
  void SortByShape(std::span<const Event> records);
  void Write(std::span<const Event> records);
  void WriteShape(const Shape& shape);
  void WriteIndices(std::span<const std::uint64_t> indices, std::size_t range);
  std::span<const std::uint8_t> Assemble();

  KeyTable<1024> instrument_table_;
  std::vector<std::uint32_t> instruments_;    // by number
  std::vector<std::uint8_t> has_own_shapes_;  // by number
  std::vector<std::uint16_t> number_of_;      // per record
  std::vector<std::uint64_t> instrument_indices_;

  KeyTable<2 * kMaxShapes> shape_table_;
  std::vector<Shape> shapes_;
  std::vector<std::uint64_t> shape_of_;  // per record
  // The columns of the shapes, then times and running order ids, sorted by shape; sorted_stride_ apart.
  std::vector<std::uint64_t> sorted_;
  std::size_t sorted_stride_ = 0;
  std::vector<std::uint64_t> times_;
  bool has_reference_ = false;

  ColumnEncoder column_encoder_;
  ByteWriter directory_;
  ByteWriter data_;
  std::vector<std::uint8_t> payload_;
};

BlockEncoder::Impl::Survey BlockEncoder::Impl::Look(std::span<const Event> records) {
  std::uint32_t instruments = 0;
  std::size_t same_time = 0;
  std::size_t same_origin = 0;
  for (std::size_t i = 1; i < records.size(); ++i) {
    instruments |= records[i].instrument ^ records[0].instrument;
    const bool repeats = records[i].time == records[i - 1].time;
    same_time += repeats;
    same_origin += repeats && records[i].origin == records[i - 1].origin;
  }
  return {instruments == 0, same_time * 8 >= records.size(), same_origin * 8 >= records.size()};
}

// False when there are more instruments than a block of columns is made for.
bool BlockEncoder::Impl::NumberInstruments(std::span<const Event> records) {
  instrument_table_.Clear();
  instruments_.clear();
  std::array<std::uint32_t, 512> counts{};
  number_of_.resize(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    const std::uint32_t number = instrument_table_.Number(event.instrument);
    if (number == decltype(instrument_table_)::kFull) return false;
    if (number == instruments_.size()) instruments_.push_back(event.instrument);
    ++counts[number];
    number_of_[i] = static_cast<std::uint16_t>(number);
  }
  has_own_shapes_.resize(instruments_.size());
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    has_own_shapes_[i] = counts[i] * kOwnShapesPart >= records.size();
  }
  return true;
}

Shape BlockEncoder::Impl::MakeShape(const Event& event, std::uint8_t options) const {
  Shape shape;
  shape.kind_word = KindWord(event);
  shape.options = options;
  if (SetsReference(event.kind)) shape.options |= shape_option::kSetsReference;
  if ((options & shape_option::kAnyInstrument) == 0) shape.instrument = event.instrument;
  return shape;
}

// False when there are too many shapes.
bool BlockEncoder::Impl::AssignShapes(std::span<const Event> records, const Survey& survey) {
  shape_table_.Clear();
  shapes_.clear();
  instrument_indices_.clear();
  times_.resize(records.size());
  std::size_t times = 0;
  has_reference_ = false;
  shape_of_.resize((records.size() + 7) / 8 * 8);
  std::uint64_t last_key = ~std::uint64_t{0};
  std::uint32_t last_number = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    std::uint8_t options = 0;
    if (i > 0 && survey.times_repeat && event.time == records[i - 1].time) {
      options = shape_option::kSameTime;
      if (survey.origins_repeat && event.origin == records[i - 1].origin)
        options |= shape_option::kSameOrigin;
    }
    std::uint64_t own = 0;
    if (!survey.one_instrument) {
      const std::uint16_t number = number_of_[i];
      if (has_own_shapes_[number]) {
        own = number + std::uint64_t{1};
      } else {
        options |= shape_option::kAnyInstrument;
        instrument_indices_.push_back(number);
      }
    }
    if ((options & shape_option::kSameTime) == 0) times_[times++] = static_cast<std::uint64_t>(event.time);
    const std::uint64_t key = KindWord(event) | std::uint64_t{options} << 32 | own << 40;
    if (key != last_key) {
      last_key = key;
      last_number = shape_table_.Number(key);
      if (last_number == decltype(shape_table_)::kFull) return false;
      if (last_number == shapes_.size()) shapes_.push_back(MakeShape(event, options));
    }
    ++shapes_[last_number].count;
    shape_of_[i] = last_number;
  }
  times_.resize(times);
  std::uint32_t first = 0;
  for (Shape& shape : shapes_) {
    shape.first = first;
    first += shape.count;
    has_reference_ |= (shape.options & shape_option::kSetsReference) != 0;
  }
  return true;
}

void BlockEncoder::Impl::SortByShape(std::span<const Event> records) {
  // An odd number of cache lines apart: the same place of two columns falls into different sets of the cache.
  sorted_stride_ = (records.size() + 7) / 8 * 8 + 9 * 8;
  sorted_.resize(sorted_stride_ * kSortedColumns);
  std::uint64_t* const sorted = sorted_.data();
  const std::size_t stride = sorted_stride_;
  std::array<std::uint32_t, kMaxShapes> next;
  std::array<std::uint8_t, kMaxShapes> options;
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    next[s] = shapes_[s].first;
    options[s] = shapes_[s].options;
  }
  std::uint64_t reference = 0;
  std::uint64_t previous_origin = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    const std::uint64_t shape = shape_of_[i];
    const std::uint32_t at = next[shape]++;
    const bool same_origin = (options[shape] & shape_option::kSameOrigin) != 0;
    sorted[at] = event.origin - (same_origin ? previous_origin : 0);
    for (std::size_t slot = 0; slot < 4; ++slot) {
      sorted[(slot + 1) * stride + at] = static_cast<std::uint64_t>(event.body[slot]);
    }
    sorted[kTimeColumn * stride + at] = static_cast<std::uint64_t>(event.time);
    if (has_reference_) sorted[kReferenceColumn * stride + at] = reference;
    if ((options[shape] & shape_option::kSetsReference) != 0) {
      reference = static_cast<std::uint64_t>(event.body[kOrderIdSlot]);
    }
    previous_origin = event.origin;
  }
}

void BlockEncoder::Impl::WriteShape(const Shape& shape) {
  directory_.Byte(shape.options);
  directory_.Varint(shape.kind_word);
  if ((shape.options & shape_option::kAnyInstrument) == 0) directory_.Varint(shape.instrument);
  directory_.Varint(shape.count);
  const auto part = [&](std::size_t column) {
    return std::span<const std::uint64_t>(sorted_).subspan(column * sorted_stride_ + shape.first,
                                                           shape.count);
  };
  const std::span<const std::uint64_t> none;
  const auto reference = has_reference_ ? part(kReferenceColumn) : none;
  const auto time = (shape.options & shape_option::kSameOrigin) != 0 ? none : part(kTimeColumn);
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
  const std::size_t instruments = instrument_indices_.empty() ? 0 : instruments_.size();
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
  const Survey survey = Look(records);
  if (!survey.one_instrument && !NumberInstruments(records)) return raw;
  if (!AssignShapes(records, survey)) return raw;
  SortByShape(records);
  Write(records);
  const std::span<const std::uint8_t> payload = Assemble();
  return payload.size() < records.size_bytes() ? EncodedBlock{Codec::kColumns, payload} : raw;
}

BlockEncoder::BlockEncoder() : impl_(std::make_unique<Impl>()) {}
BlockEncoder::~BlockEncoder() = default;
EncodedBlock BlockEncoder::Encode(std::span<const Event> records) { return impl_->Encode(records); }

}  // namespace crucible::journal
