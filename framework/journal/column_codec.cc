#include "framework/journal/column_codec.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::journal {
namespace {

// A descriptor starts with the prediction and two bits that say what follows.
constexpr std::uint8_t kHasFactor = 1 << 2;
constexpr std::uint8_t kHasExceptions = 1 << 3;

// An exception costs its position (16 bits) and its high part.
constexpr std::uint64_t kPositionBits = 16;

// Values by which a prediction is chosen, and about how many a width is chosen by.
constexpr std::size_t kSamples = 12;
constexpr std::size_t kWidthSamples = 64;

int SignedWidth(std::uint64_t difference) { return BitWidth(ZigZag(difference)); }

std::uint64_t Magnitude(std::uint64_t difference) {
  return static_cast<std::int64_t>(difference) < 0 ? std::uint64_t{0} - difference : difference;
}

// gcd(a, b); the division first, because `a` is often the smaller one by far.
std::uint64_t CommonDivisor(std::uint64_t a, std::uint64_t b) {
  while (a != 0) b = std::exchange(a, b % a);
  return b;
}

// Inverse of an odd number modulo 2^64, by Newton's iteration.
std::uint64_t OddInverse(std::uint64_t odd) {
  std::uint64_t inverse = odd * 3 ^ 2;
  for (int i = 0; i < 4; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

// What a sample says about one way to predict a column.
class SampledCost {
 public:
  void Add(std::uint64_t difference) {
    const std::uint64_t magnitude = Magnitude(difference);
    bits_ += static_cast<std::uint64_t>(SignedWidth(difference));
    smallest_ = std::min(smallest_, magnitude - 1);
    magnitudes_[samples_++] = magnitude;
  }
  std::size_t samples() const { return samples_; }
  std::uint64_t bits() const { return bits_; }
  // The largest factor of all samples; 0 when they are all zero. Most candidates fall to 1 with the first
  // steps.
  std::uint64_t Factor() const {
    std::uint64_t factor = smallest_ + 1;
    for (std::size_t s = 0; s < samples_ && factor > 1; ++s) factor = CommonDivisor(factor, magnitudes_[s]);
    return factor;
  }
  // Bits of the sample after division by a factor.
  std::uint64_t BitsDividedBy(std::uint64_t factor) const {
    const std::uint64_t saved = factor > 1 ? samples_ * static_cast<std::uint64_t>(BitWidth(factor) - 1) : 0;
    return bits_ > saved ? bits_ - saved : 0;
  }

 private:
  std::uint64_t bits_ = 0;
  std::uint64_t smallest_ = ~std::uint64_t{0};  // magnitude that is not zero, minus one
  std::size_t samples_ = 0;
  std::array<std::uint64_t, kSamples> magnitudes_;
};

// Number of values by the width of their distance from two references: the smallest value, and a centre.
struct WidthHistogram {
  std::array<std::uint32_t, 65> above_minimum{};
  std::array<std::uint32_t, 65> around_centre{};
};

struct WidthChoice {
  int width = 64;
  std::uint64_t cost = 0;
  friend auto operator<=>(const WidthChoice& a, const WidthChoice& b) { return a.cost <=> b.cost; }
};

ExactDivisor DivisorOf(std::uint64_t factor) {
  const auto shift = static_cast<std::uint64_t>(std::countr_zero(factor));
  const std::uint64_t odd = factor >> shift;
  return {shift, OddInverse(odd), INT64_MAX / odd};
}

// The largest factor of all differences that divides `factor`; 0 divides into everything.
std::uint64_t CommonFactor(std::span<const std::uint64_t> differences, std::uint64_t factor) {
  ExactDivisor divisor = factor == 0 ? ExactDivisor{} : DivisorOf(factor);
  for (const std::uint64_t difference : differences) {
    if (factor == 0 ? difference == 0 : IsDivisible(difference, divisor)) continue;
    factor = CommonDivisor(factor, Magnitude(difference));
    if (factor == 1) break;
    divisor = DivisorOf(factor);
  }
  return factor;
}

// The median of a few differences spread over the column; `other` is what is subtracted, null for nothing.
std::uint64_t MiddlingDifference(std::span<const std::uint64_t> values, const std::uint64_t* other) {
  constexpr std::size_t kCount = 9;
  std::array<std::int64_t, kCount> sample;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::size_t at = i * (values.size() - 1) / (kCount - 1);
    sample[i] = static_cast<std::int64_t>(values[at] - (other == nullptr ? 0 : other[at]));
  }
  std::nth_element(sample.begin(), sample.begin() + kCount / 2, sample.end());
  return static_cast<std::uint64_t>(sample[kCount / 2]);
}

// The width with the smallest cost, when values of more bits become exceptions of `exception_bits` - width.
WidthChoice CheapestWidth(std::span<const std::uint32_t, 65> counts, int widest,
                          std::uint64_t exception_bits) {
  std::uint64_t total = 0;
  for (const std::uint32_t count : counts) total += count;
  WidthChoice best{64, total * 64};
  std::uint64_t above = 0;
  for (int width = widest; width >= 0; --width) {
    const std::uint64_t exception = kPositionBits + exception_bits - static_cast<std::uint64_t>(width);
    const std::uint64_t cost = total * static_cast<std::uint64_t>(width) + above * exception;
    if (cost < best.cost && IsPackedWidth(width)) best = {width, cost};
    above += counts[static_cast<std::size_t>(width)];
  }
  return best;
}

// Lowers `width` where a few exceptions are cheaper than wide values. On entry `origin` is the minimum and
// `width` holds the whole range; the other origin to consider lets small residuals of both signs fit.
void ConsiderExceptions(std::span<const std::uint64_t> residuals, int& width, std::uint64_t& origin) {
  const std::size_t stride = std::max<std::size_t>(1, residuals.size() / kWidthSamples);
  WidthHistogram histogram;
  for (std::size_t i = 0; i < residuals.size(); i += stride) {
    ++histogram.above_minimum[static_cast<std::size_t>(BitWidth(residuals[i] - origin))];
    ++histogram.around_centre[static_cast<std::size_t>(SignedWidth(residuals[i]))];
  }
  const int widest = std::min(64, width + 1);
  const auto exception_bits = static_cast<std::uint64_t>(widest);
  const WidthChoice above = CheapestWidth(histogram.above_minimum, width, exception_bits);
  const WidthChoice around = CheapestWidth(histogram.around_centre, widest, exception_bits);
  width = std::min(above, around).width;
  if (above <= around) return;
  origin = width == 0 ? 0 : std::uint64_t{0} - (std::uint64_t{1} << (width - 1));
}

}  // namespace

absl::Status DamagedPayload(std::string_view what) {
  return absl::DataLossError(absl::StrFormat("payload is damaged: %s", what));
}

std::uint8_t ByteReader::Byte() {
  if (at_ == end_) {
    failed_ = true;
    return 0;
  }
  return *at_++;
}

std::uint64_t ByteReader::Varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = Byte();
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return failed_ ? 0 : value;
  }
  failed_ = true;
  return 0;
}

const std::uint8_t* ByteReader::Take(std::size_t count) {
  if (failed_ || left() < kPackSlack || left() - kPackSlack < count) {
    failed_ = true;
    at_ = end_;
    return nullptr;
  }
  const std::uint8_t* taken = at_;
  at_ += count;
  return taken;
}

void ByteWriter::Varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
  Byte(static_cast<std::uint8_t>(value));
}

std::uint8_t* ByteWriter::Extend(std::size_t count) {
  const std::size_t before = bytes_.size();
  bytes_.reserve(std::max(bytes_.capacity(), before + count + kPackSlack));
  bytes_.resize(before + count);
  return bytes_.data() + before;
}

ColumnEncoder::ColumnEncoder() : kernels_(Kernels()) {}

ColumnEncoder::Choice ColumnEncoder::Choose(std::span<const std::uint64_t> values,
                                            const Predictors& predictors) const {
  std::array<SampledCost, 4> costs;
  auto& [plain, delta, relative, reference] = costs;
  const std::size_t steps = std::min(kSamples, values.size() - 1);
  std::size_t before = 0;
  for (std::size_t s = 1; s <= steps; ++s) {
    const std::size_t i = s * (values.size() - 1) / steps;
    const std::uint64_t change = values[i] - values[before];
    plain.Add(change);
    delta.Add(values[i] - values[i - 1]);
    if (!predictors.relative.empty())
      relative.Add(change - predictors.relative[i] + predictors.relative[before]);
    if (!predictors.reference.empty())
      reference.Add(change - predictors.reference[i] + predictors.reference[before]);
    before = i;
  }
  Choice best;
  std::uint64_t fewest = ~std::uint64_t{0};
  for (std::size_t p = 0; p < costs.size(); ++p) {
    if (costs[p].samples() == 0) continue;
    const std::uint64_t factor = costs[p].Factor();
    const std::uint64_t bits = costs[p].BitsDividedBy(factor);
    if (bits >= fewest) continue;
    fewest = bits;
    best = {static_cast<Prediction>(p), factor};
  }
  return best;
}

// Residuals of a prediction, less a middling one (except for deltas), which becomes the base.
void ColumnEncoder::Predict(std::span<const std::uint64_t> values, const Predictors& predictors,
                            Column& column) {
  const std::size_t count = values.size();
  // Grows only: a shrinking vector would be cleared again for the next, longer column.
  if (const std::size_t padded = (count + 7) / 8 * 8; residuals_.size() < padded) residuals_.resize(padded);
  std::uint64_t* out = residuals_.data();
  const std::uint64_t* other = nullptr;
  switch (column.prediction) {
    case Prediction::kDelta:
      kernels_.subtract_both(values.data() + 1, values.data(), count - 1, 0, out + 1);
      out[0] = count > 1 ? out[1] : 0;
      return;
    case Prediction::kRelative:
      other = predictors.relative.data();
      break;
    case Prediction::kReference:
      other = predictors.reference.data();
      break;
    case Prediction::kPlain:
      break;
  }
  column.base = MiddlingDifference(values, other);
  if (other == nullptr) {
    kernels_.subtract(values.data(), count, column.base, out);
  } else {
    kernels_.subtract_both(values.data(), other, count, column.base, out);
  }
}

// Divides the residuals by their common factor, a divisor of `factor` (0: not known).
void ColumnEncoder::DivideByFactor(Column& column, std::uint64_t factor) {
  if (factor == 1) return;
  const std::span<std::uint64_t> residuals = std::span(residuals_).first(column.count);
  if (factor == 0 || !kernels_.all_divisible(residuals.data(), residuals.size(), DivisorOf(factor)))
    factor = CommonFactor(residuals, factor);
  if (factor <= 1) return;
  column.factor = factor;
  kernels_.divide(residuals.data(), residuals.size(), DivisorOf(factor));
}

// Moves the residuals so that the packed ones start at zero; `base` follows.
void ColumnEncoder::ChooseWidth(Column& column) {
  const std::span<std::uint64_t> residuals = std::span(residuals_).first(column.count);
  const SignedBounds bounds = kernels_.bounds(residuals.data(), residuals.size());
  const auto low = static_cast<std::uint64_t>(bounds.low);
  const auto high = static_cast<std::uint64_t>(bounds.high);
  std::uint64_t origin = low;
  int width = BitWidth(high - low);
  if (width > 3 && column.count >= 16) ConsiderExceptions(residuals, width, origin);
  column.width = static_cast<std::uint8_t>(PackedWidth(width));
  has_exceptions_ = width < BitWidth(high - low);
  column.base += origin * column.factor;
  kernels_.subtract(residuals.data(), residuals.size(), origin, residuals.data());
}

void ColumnEncoder::SplitExceptions(Column& column) {
  const std::uint64_t mask = LowBits(column.width);
  if (exception_positions_.size() < column.count) exception_positions_.resize(column.count);
  std::size_t exceptions = 0;
  for (std::size_t i = 0; i < column.count; ++i) {
    exception_positions_[exceptions] = static_cast<std::uint16_t>(i);
    exceptions += (residuals_[i] & ~mask) != 0;
  }
  exception_highs_.assign((exceptions + 7) / 8 * 8, 0);
  std::uint64_t all = 0;
  for (std::size_t e = 0; e < exceptions; ++e) {
    std::uint64_t& residual = residuals_[exception_positions_[e]];
    const std::int64_t high = static_cast<std::int64_t>(residual) >> column.width;
    exception_highs_[e] = ZigZag(static_cast<std::uint64_t>(high));
    all |= exception_highs_[e];
    residual &= mask;
  }
  column.exceptions = static_cast<std::uint32_t>(exceptions);
  column.exception_width = static_cast<std::uint8_t>(PackedWidth(BitWidth(all)));
}

void ColumnEncoder::Write(const Column& column, ByteWriter& directory, ByteWriter& data) {
  directory.Byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(column.prediction) |
                                           (column.factor != 1 ? kHasFactor : 0) |
                                           (column.exceptions != 0 ? kHasExceptions : 0)));
  directory.Byte(column.width);
  directory.Varint(ZigZag(column.base));
  if (column.prediction == Prediction::kDelta) directory.Varint(ZigZag(column.start));
  if (column.factor != 1) directory.Varint(column.factor);
  PackBits(residuals_.data(), column.count, column.width,
           data.Extend(PackedBytes(column.count, column.width)));
  if (column.exceptions == 0) return;
  directory.Varint(column.exceptions);
  directory.Byte(column.exception_width);
  std::memcpy(data.Extend(2 * column.exceptions), exception_positions_.data(), 2 * column.exceptions);
  PackBits(exception_highs_.data(), column.exceptions, column.exception_width,
           data.Extend(PackedBytes(column.exceptions, column.exception_width)));
}

bool ColumnEncoder::AllEqual(std::span<const std::uint64_t> values) const {
  // Most columns that vary do so between these; it spares them a pass.
  const bool may_be_equal = values.front() == values[values.size() / 2] && values.front() == values.back();
  return may_be_equal && kernels_.all_equal(values.data(), values.size());
}

void ColumnEncoder::EncodeEqual(std::span<const std::uint64_t> values, ByteWriter& directory,
                                ByteWriter& data) {
  Column column;
  column.count = static_cast<std::uint32_t>(values.size());
  column.base = values[0];
  Write(column, directory, data);
}

void ColumnEncoder::Encode(std::span<const std::uint64_t> values, const Predictors& predictors,
                           const Choice& choice, ByteWriter& directory, ByteWriter& data) {
  if (AllEqual(values)) return EncodeEqual(values, directory, data);
  EncodeVarying(values, predictors, choice, directory, data);
}

void ColumnEncoder::Encode(std::span<const std::uint64_t> values, const Predictors& predictors,
                           ByteWriter& directory, ByteWriter& data) {
  if (AllEqual(values)) return EncodeEqual(values, directory, data);
  EncodeVarying(values, predictors, Choose(values, predictors), directory, data);
}

void ColumnEncoder::EncodeVarying(std::span<const std::uint64_t> values, const Predictors& predictors,
                                  const Choice& choice, ByteWriter& directory, ByteWriter& data) {
  Column column;
  column.count = static_cast<std::uint32_t>(values.size());
  column.prediction = choice.prediction;
  Predict(values, predictors, column);
  DivideByFactor(column, choice.factor);
  ChooseWidth(column);
  for (std::size_t i = values.size(); i % 8 != 0; ++i) residuals_[i] = 0;
  // The first delta is free to choose: it is equal to the second, and `start` makes up for it.
  if (column.prediction == Prediction::kDelta)
    column.start = values[0] - column.base - residuals_[0] * column.factor;
  if (has_exceptions_ && column.width < 64) SplitExceptions(column);
  Write(column, directory, data);
}

absl::Status ReadColumn(ByteReader& directory, std::uint32_t count, Column& column) {
  const std::uint8_t tag = directory.Byte();
  column.count = count;
  column.prediction = static_cast<Prediction>(tag & 3);
  column.width = directory.Byte();
  column.base = UnZigZag(directory.Varint());
  if (column.prediction == Prediction::kDelta) column.start = UnZigZag(directory.Varint());
  if ((tag & kHasFactor) != 0) column.factor = directory.Varint();
  if ((tag & kHasExceptions) != 0) {
    column.exceptions = static_cast<std::uint32_t>(std::min<std::uint64_t>(directory.Varint(), UINT32_MAX));
    column.exception_width = directory.Byte();
  }
  const bool sane = tag < 16 && IsPackedWidth(column.width) && IsPackedWidth(column.exception_width) &&
                    column.exceptions <= count && (column.exceptions == 0 || column.width <= kMaxPackedWidth);
  if (directory.failed() || !sane) return absl::DataLossError("column descriptor is damaged");
  return absl::OkStatus();
}

void LocateColumn(ByteReader& data, Column& column) {
  column.packed = data.Take(PackedBytes(column.count, column.width));
  if (column.exceptions == 0) return;
  column.exception_positions = data.Take(2 * std::size_t{column.exceptions});
  column.exception_highs = data.Take(PackedBytes(column.exceptions, column.exception_width));
}

// Adds the high parts of the next `count` residuals, times `factor`.
bool ColumnReader::Patch(std::size_t count, std::uint64_t factor, std::uint64_t* values) {
  const int width = column_.exception_width;
  std::array<std::uint64_t, 8> highs;
  while (next_exception_ < column_.exceptions) {
    const std::uint32_t group = next_exception_ / 8;
    kernels_->unpack(column_.exception_highs + std::size_t{group} * static_cast<std::size_t>(width), 8, width,
                     highs.data());
    for (const std::uint32_t end = std::min(column_.exceptions, 8 * group + 8); next_exception_ < end;
         ++next_exception_) {
      std::uint16_t position;
      std::memcpy(&position, column_.exception_positions + 2 * std::size_t{next_exception_}, sizeof position);
      if (position >= done_ + count) return true;
      if (position < done_) return false;
      values[position - done_] += (UnZigZag(highs[next_exception_ % 8]) << column_.width) * factor;
    }
  }
  return true;
}

bool ColumnReader::Next(std::size_t count, std::uint64_t* out) {
  const std::uint8_t* const packed = column_.packed + PackedBytes(done_, column_.width);
  bool ordered = true;
  if (column_.prediction == Prediction::kDelta) {
    kernels_->unpack(packed, count, column_.width, out);
    if (column_.exceptions != 0) ordered = Patch(count, 1, out);
    previous_ = kernels_->sum_up(out, count, column_.base, column_.factor, previous_);
  } else {
    kernels_->unpack_scaled(packed, count, column_.width, column_.base, column_.factor, out);
    if (column_.exceptions != 0) ordered = Patch(count, column_.factor, out);
  }
  done_ += static_cast<std::uint32_t>(count);
  return ordered;
}

}  // namespace crucible::journal
