// Room-internal: one column of a block: up to kMaxBlockRecords integers, predicted and bit-packed.
//
// With r[i] the packed residuals, g the common factor and all arithmetic modulo 2^64:
//   kPlain      v[i] = base + r[i] * g
//   kDelta      v[i] = v[i-1] + base + r[i] * g, with v[-1] = start
//   kRelative   v[i] = x[i] + base + r[i] * g, where x is another field of the same record
//   kReference  the same, where x is the block's running order id
// Residuals have `width` bits; those that need more are exceptions, which carry the missing high part.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/bit_pack.h"
#include "framework/journal/column_kernels.h"

namespace crucible::journal {

// kDataLoss: a payload does not hold what its header announces.
absl::Status DamagedPayload(std::string_view what);

enum class Prediction : std::uint8_t { kPlain = 0, kDelta = 1, kRelative = 2, kReference = 3 };

// Decoded in steps of this many values, a multiple of eight.
inline constexpr std::size_t kColumnStep = 128;

struct Column {
  Prediction prediction = Prediction::kPlain;
  std::uint8_t width = 0;
  std::uint8_t exception_width = 0;
  std::uint32_t exceptions = 0;
  std::uint32_t count = 0;
  std::uint64_t base = 0;
  std::uint64_t start = 0;
  std::uint64_t factor = 1;
  const std::uint8_t* packed = nullptr;
  const std::uint8_t* exception_positions = nullptr;  // u16 each, ascending
  const std::uint8_t* exception_highs = nullptr;

  // Every value is `base` (plus what it is predicted from).
  bool IsConstant() const { return width == 0 && exceptions == 0 && prediction != Prediction::kDelta; }
};

// Reads a payload from the front; never beyond its end. After a failure all reads give zero.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  std::uint8_t Byte();
  std::uint64_t Varint();
  // A view of the next `count` bytes, behind which at least kPackSlack bytes of the payload follow.
  const std::uint8_t* Take(std::size_t count);
  bool failed() const { return failed_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool failed_ = false;
};

// Appends to a payload.
class ByteWriter {
 public:
  void Clear() { bytes_.clear(); }
  void Byte(std::uint8_t value) { bytes_.push_back(value); }
  void Varint(std::uint64_t value);
  // Room for `count` bytes at the end, and kPackSlack behind them that do not count.
  std::uint8_t* Extend(std::size_t count);
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

// Candidates of what a column may be predicted from, besides itself; empty where there is none.
struct Predictors {
  std::span<const std::uint64_t> relative;
  std::span<const std::uint64_t> reference;
};

class ColumnEncoder {
 public:
  struct Choice {
    Prediction prediction = Prediction::kPlain;
    std::uint64_t factor = 1;  // of the sample: the true factor divides it
  };
  ColumnEncoder();
  // What a sample of the values says. `values` may not be empty.
  Choice Choose(std::span<const std::uint64_t> values, const Predictors& predictors) const;
  // Descriptor to `directory`, packed values to `data`.
  void Encode(std::span<const std::uint64_t> values, const Predictors& predictors, const Choice& choice,
              ByteWriter& directory, ByteWriter& data);
  // The same with what Choose() says, which is not asked where all values are equal.
  void Encode(std::span<const std::uint64_t> values, const Predictors& predictors, ByteWriter& directory,
              ByteWriter& data);

 private:
  bool AllEqual(std::span<const std::uint64_t> values) const;
  void EncodeEqual(std::span<const std::uint64_t> values, ByteWriter& directory, ByteWriter& data);
  void EncodeVarying(std::span<const std::uint64_t> values, const Predictors& predictors, const Choice& choice,
                     ByteWriter& directory, ByteWriter& data);
  void Predict(std::span<const std::uint64_t> values, const Predictors& predictors, Column& column);
  void DivideByFactor(Column& column, std::uint64_t factor);
  void ChooseWidth(Column& column);
  void SplitExceptions(Column& column);
  void Write(const Column& column, ByteWriter& directory, ByteWriter& data);

  const ColumnKernels& kernels_;
  std::vector<std::uint64_t> residuals_;  // of this column, rounded up to a multiple of eight; may be longer
  bool has_exceptions_ = false;           // some residual may need more than the chosen width
  std::vector<std::uint16_t> exception_positions_;
  std::vector<std::uint64_t> exception_highs_;
};

// Reads a descriptor; the places of the data are found by LocateColumn, in the same order.
absl::Status ReadColumn(ByteReader& directory, std::uint32_t count, Column& column);
void LocateColumn(ByteReader& data, Column& column);

// Steps through a column.
class ColumnReader {
 public:
  ColumnReader() = default;
  explicit ColumnReader(const Column& column)
      : kernels_(&Kernels()), column_(column), previous_(column.start) {}
  const Column& column() const { return column_; }
  // Writes the next `count` values to `out`, which has room for `count` rounded up to a multiple of eight;
  // what a value is predicted from in its record is not added. `count` is a multiple of eight, or what is
  // left. False when the exceptions are not in order.
  bool Next(std::size_t count, std::uint64_t* out);

 private:
  bool Patch(std::size_t count, std::uint64_t factor, std::uint64_t* values);

  const ColumnKernels* kernels_ = nullptr;
  Column column_;
  std::uint64_t previous_ = 0;
  std::uint32_t done_ = 0;
  std::uint32_t next_exception_ = 0;
};

}  // namespace crucible::journal
