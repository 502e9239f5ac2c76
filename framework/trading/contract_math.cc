#include "framework/trading/contract_math.h"

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

constexpr int kMaxExponent = 18;

Money ToMoney(Int128 value) { return FitsInt64(value) ? Money{static_cast<std::int64_t>(value)} : kNotMoney; }

// numerator x scale / divisor, or kNotMoney. REQUIRES: scale, divisor > 0.
Money Scaled(Int128 numerator, std::int64_t scale, std::int64_t divisor) {
  if (!FitsInt64(numerator)) {
    constexpr Int128 kLimit = static_cast<Int128>((~Uint128{0}) >> 1);
    const Int128 bound = kLimit / scale;
    if (numerator > bound || numerator < -bound) return kNotMoney;
  }
  const Int128 scaled = numerator * scale;
  return ToMoney(divisor == 1 ? scaled : DivideHalfEven(scaled, divisor));
}

absl::Status CheckDecimals(const Instrument& instrument, const char* name, int decimals) {
  if (decimals >= 0 && decimals <= kMaxExponent) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s: %s is %d, expected 0 to %d", FullName(instrument), name, decimals, kMaxExponent));
}

absl::Status CannotScale(const Instrument& instrument, int exponent) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s: %d price, %d quantity and %d currency decimals with multiplier %d need the scale 10^%d; "
      "between 10^-18 and 10^18 (multiplier included) is possible",
      FullName(instrument), instrument.price_decimals, instrument.quantity_decimals,
      instrument.currency_decimals, instrument.multiplier, exponent));
}

}  // namespace

std::int64_t PowerOfTen(int exponent) {
  CRUCIBLE_CHECK(exponent >= 0 && exponent <= kMaxExponent);
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

absl::StatusOr<ContractMath> ContractMath::Create(const Instrument& instrument) {
  CRUCIBLE_RETURN_IF_ERROR(CheckDecimals(instrument, "price_decimals", instrument.price_decimals));
  CRUCIBLE_RETURN_IF_ERROR(CheckDecimals(instrument, "quantity_decimals", instrument.quantity_decimals));
  CRUCIBLE_RETURN_IF_ERROR(CheckDecimals(instrument, "currency_decimals", instrument.currency_decimals));
  ContractMath math;
  math.inverse_ = instrument.contract == Contract::kInverse;
  math.quantity_decimals_ = instrument.quantity_decimals;
  const int price_exponent = math.inverse_ ? instrument.price_decimals : -instrument.price_decimals;
  const int exponent = instrument.currency_decimals - instrument.quantity_decimals + price_exponent;
  if (exponent < -kMaxExponent || exponent > kMaxExponent) return CannotScale(instrument, exponent);
  const std::int64_t up = PowerOfTen(exponent > 0 ? exponent : 0);
  math.divisor_ = PowerOfTen(exponent < 0 ? -exponent : 0);
  if (instrument.multiplier < 1 || instrument.multiplier > INT64_MAX / up)
    return CannotScale(instrument, exponent);
  math.scale_ = instrument.multiplier * up;
  if (!math.inverse_ && math.divisor_ == 1) {
    math.quick_scale_ = math.scale_;
    math.quick_half_scale_ = math.scale_ % 2 == 0 ? math.scale_ / 2 : 0;
  }
  math.price_unit_ = PowerOfTen(instrument.price_decimals);
  return math;
}

Money ContractMath::ExactValue(Price price, Quantity quantity) const {
  if (!inverse_) return Scaled(Int128{price.units} * quantity.units, scale_, divisor_);
  if (price.units <= 0) return kNotMoney;
  return ToMoney(DivideHalfEven(Int128{quantity.units} * scale_, Int128{price.units} * divisor_));
}

Money ContractMath::ExactValue(Mid mid, Quantity quantity) const {
  if (mid.doubled % 2 == 0) return ExactValue(Price{mid.doubled / 2}, quantity);
  if (!inverse_) return Scaled(Int128{mid.doubled} * quantity.units, scale_, 2 * divisor_);
  if (mid.doubled <= 0 || quantity.units > INT64_MAX / 2) return kNotMoney;
  return ToMoney(DivideHalfEven(Int128{2 * quantity.units} * scale_, Int128{mid.doubled} * divisor_));
}

Price ContractMath::PriceOf(Money value, Quantity quantity) const {
  if (!inverse_) {
    return {Saturate(DivideHalfEven(Int128{value.units} * divisor_, Int128{quantity.units} * scale_))};
  }
  if (value.units <= 0) return {};
  return {Saturate(DivideHalfEven(Int128{quantity.units} * scale_, Int128{value.units} * divisor_))};
}

Money ContractMath::FromBase(Money amount, Price price) const {
  return inverse_ ? amount : Scaled(Int128{amount.units} * price.units, 1, price_unit_);
}

Money Notional(const Instrument& instrument, Price price, Quantity quantity) {
  const absl::StatusOr<ContractMath> math = ContractMath::Create(instrument);
  return math.ok() ? math->Value(price, quantity) : kNotMoney;
}

}  // namespace crucible::trading
