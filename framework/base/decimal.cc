#include "framework/base/decimal.h"

#include "framework/base/check.h"
#include "framework/base/units.h"

namespace crucible {
namespace {

constexpr int kFastDigits = 18;    // So many digits always fit 63 bits.
constexpr int kStoredDigits = 37;  // So many digits always fit 127 bits.
constexpr int kExponentLimit = 1'000'000;

constexpr bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// value = significand x 10^exponent, plus less than one unit of the significand when `sticky`.
struct Scanned {
  Uint128 significand = 0;
  int digits = 0;  // significant ones, all in `significand`
  int exponent = 0;
  bool negative = false;
  bool sticky = false;
};

Uint128 PowerOfTen(int exponent) {
  Uint128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

void TakeDigit(char c, bool after_point, Scanned& scanned) {
  if (scanned.digits == kStoredDigits) {
    scanned.sticky |= c != '0';
    scanned.exponent += after_point ? 0 : 1;
    return;
  }
  scanned.significand = scanned.significand * 10 + static_cast<unsigned>(c - '0');
  if (scanned.significand != 0) ++scanned.digits;
  scanned.exponent -= after_point ? 1 : 0;
}

// Reads digits[.digits]; returns the position after them, or `at` when there is no digit.
std::size_t ScanMantissa(std::string_view text, std::size_t at, Scanned& scanned) {
  const std::size_t start = at;
  bool any = false;
  bool after_point = false;
  for (; at < text.size(); ++at) {
    if (IsDigit(text[at])) {
      any = true;
      TakeDigit(text[at], after_point, scanned);
    } else if (text[at] == '.' && !after_point) {
      after_point = true;
    } else {
      break;
    }
  }
  return any ? at : start;
}

// Reads the signed integer that fills `text`; false when it is none. Saturates at kExponentLimit.
bool ScanExponent(std::string_view text, int& exponent) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  int value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
    value = value < kExponentLimit ? value * 10 + (c - '0') : value;
  }
  exponent += negative ? -value : value;
  return true;
}

bool Scan(std::string_view text, Scanned& scanned) {
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) scanned.negative = text[at++] == '-';
  const std::size_t mantissa_end = ScanMantissa(text, at, scanned);
  if (mantissa_end == at) return false;
  if (mantissa_end == text.size()) return true;
  if (text[mantissa_end] != 'e' && text[mantissa_end] != 'E') return false;
  return ScanExponent(text.substr(mantissa_end + 1), scanned.exponent);
}

DecimalError Store(bool negative, Uint128 magnitude, DecimalResult* result) {
  const Uint128 limit = (Uint128{1} << 63) - (negative ? 0 : 1);
  if (magnitude > limit) return DecimalError::kOverflow;
  const auto low = static_cast<std::uint64_t>(magnitude);
  result->units = static_cast<std::int64_t>(negative ? std::uint64_t{0} - low : low);
  return DecimalError::kNone;
}

// Rounds significand / 10^drop half to even.
DecimalError StoreRounded(const Scanned& scanned, int drop, DecimalResult* result) {
  const Uint128 divisor = PowerOfTen(drop);
  Uint128 quotient = scanned.significand / divisor;
  const Uint128 remainder = scanned.significand % divisor;
  const bool exact = remainder == 0 && !scanned.sticky;
  const Uint128 half = divisor / 2;  // divisor is even unless it is 1, and then remainder is 0
  const bool above = remainder > half || (remainder == half && scanned.sticky && drop > 0);
  const bool tie = drop > 0 && remainder == half && !scanned.sticky;
  const bool up = above || (tie && (quotient & 1) != 0);
  quotient += up ? 1 : 0;
  const DecimalError error = Store(scanned.negative, quotient, result);
  if (error != DecimalError::kNone) return error;
  result->exact = exact;
  const double missed = static_cast<double>(up ? divisor - remainder : remainder);
  result->relative_error = exact ? 0 : missed / static_cast<double>(scanned.significand);
  return DecimalError::kNone;
}

DecimalError StoreScaled(const Scanned& scanned, int scale, DecimalResult* result) {
  if (scanned.significand == 0) {
    *result = {};
    return DecimalError::kNone;
  }
  if (scale < -kStoredDigits) {
    *result = {.units = 0, .exact = false, .relative_error = 1};
    return DecimalError::kNone;
  }
  if (scale < 0) return StoreRounded(scanned, -scale, result);
  if (scanned.digits + scale > 20) return DecimalError::kOverflow;
  DecimalResult scaled{.units = 0, .exact = !scanned.sticky, .relative_error = 0};
  const DecimalError error = Store(scanned.negative, scanned.significand * PowerOfTen(scale), &scaled);
  if (error == DecimalError::kNone) *result = scaled;
  return error;
}

DecimalError ParseSlow(std::string_view text, int decimals, DecimalResult* result) {
  Scanned scanned;
  if (!Scan(text, scanned)) return DecimalError::kMalformed;
  return StoreScaled(scanned, scanned.exponent + decimals, result);
}

}  // namespace

DecimalError ParseDecimal(std::string_view text, int decimals, DecimalResult* result) {
  CRUCIBLE_DCHECK(decimals >= 0 && decimals <= kMaxDecimals);
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  const char* const first = at;
  std::uint64_t magnitude = 0;
  for (; at != end && IsDigit(*at); ++at) magnitude = magnitude * 10 + static_cast<unsigned char>(*at - '0');
  int fraction = 0;
  if (at != end && at != first && *at == '.') {
    const char* const point = at++;
    for (; at != end && IsDigit(*at); ++at)
      magnitude = magnitude * 10 + static_cast<unsigned char>(*at - '0');
    fraction = static_cast<int>(at - point) - 1;
  }
  // With too many digits `magnitude` has wrapped; the slow path reads the text again.
  const std::ptrdiff_t length = at - first;
  if (at != end || length == 0 || length > kFastDigits || length + decimals - fraction > kFastDigits) {
    return ParseSlow(text, decimals, result);
  }
  auto value = static_cast<std::int64_t>(magnitude);
  if (fraction > decimals) {
    const std::int64_t divisor = kPowersOfTen[static_cast<std::size_t>(fraction - decimals)];
    if (value % divisor != 0) return ParseSlow(text, decimals, result);
    value /= divisor;
  } else {
    value *= kPowersOfTen[static_cast<std::size_t>(decimals - fraction)];
  }
  *result = {.units = negative ? -value : value, .exact = true, .relative_error = 0};
  return DecimalError::kNone;
}

std::string FormatDecimal(std::int64_t units, int decimals) {
  CRUCIBLE_DCHECK(decimals >= 0 && decimals <= kMaxDecimals);
  char buffer[24];
  char* const end = buffer + sizeof(buffer);
  char* at = end;
  const auto bits = static_cast<std::uint64_t>(units);
  std::uint64_t magnitude = units < 0 ? 0 - bits : bits;
  for (int written = 0; magnitude != 0 || written <= decimals; ++written) {
    if (written == decimals && decimals > 0) *--at = '.';
    *--at = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  }
  if (units < 0) *--at = '-';
  return std::string(at, end);
}

std::string_view Name(DecimalError error) {
  switch (error) {
    case DecimalError::kNone:
      return "none";
    case DecimalError::kMalformed:
      return "not a decimal number";
    case DecimalError::kOverflow:
      return "too large for 64 bits in this unit";
  }
  return "?";
}

}  // namespace crucible
