// What a quantity at a price is worth, in the settle currency of its instrument.
//
//   linear    value = price x quantity x multiplier    (quote currency)
//   inverse   value = quantity x multiplier / price    (base currency: coin-margined)
//
// Computed exactly in 128 bits, then rounded half-even once to Money. A value that does not fit Money (and an
// inverse contract at a price that is not positive) is kNotMoney: larger than every limit, never wrapped.
//
// Immutable; any thread may read.
#pragma once

#include <optional>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/instrument.h"
#include "framework/trading/mid.h"

namespace crucible::trading {

inline constexpr Money kNotMoney{INT64_MAX};

class ContractMath {
 public:
  // kInvalidArgument when the decimals and the multiplier need a scale above 10^18.
  static absl::StatusOr<ContractMath> Create(const Instrument& instrument);

  // Negative only for a linear contract at a negative price. REQUIRES: quantity >= 0.
  Money Value(Price price, Quantity quantity) const {
    const std::optional<Money> value = QuickValue(price.units, quantity.units, quick_scale_);
    return value ? *value : ExactValue(price, quantity);
  }
  // The same at a mid, which may lie half a price unit between two prices.
  Money Value(Mid mid, Quantity quantity) const {
    const std::optional<Money> value = QuickValue(mid.doubled, quantity.units, quick_half_scale_);
    return value ? *value : ExactValue(mid, quantity);
  }
  // Price at which `quantity` is worth `value`, half-even; 0 when there is none. REQUIRES: quantity > 0.
  Price PriceOf(Money value, Quantity quantity) const;
  // +1 linear, -1 inverse: the sign of a long holding's value. A long inverse contract owes quantity x
  // multiplier / price of the base coin, and gains when that falls.
  std::int64_t sign() const { return inverse_ ? -1 : 1; }
  // `amount` of the base currency in the settle currency.
  Money FromBase(Money amount, Price price) const;
  int quantity_decimals() const { return quantity_decimals_; }

 private:
  ContractMath() = default;
  // Nothing when the product does not fit 64 bits, or `scale` is 0.
  static std::optional<Money> QuickValue(std::int64_t price, std::int64_t quantity, std::int64_t scale) {
    std::int64_t value = 0;
    if (scale == 0 || __builtin_mul_overflow(price, quantity, &value) ||
        __builtin_mul_overflow(value, scale, &value)) {
      return std::nullopt;
    }
    return Money{value};
  }
  Money ExactValue(Price price, Quantity quantity) const;
  Money ExactValue(Mid mid, Quantity quantity) const;

  std::int64_t scale_ = 1;    // multiplies
  std::int64_t divisor_ = 1;  // divides; one of the two is a bare power of ten or 1
  // For linear contracts where nothing is divided; otherwise 0.
  std::int64_t quick_scale_ = 0;
  std::int64_t quick_half_scale_ = 0;  // for a doubled price
  std::int64_t price_unit_ = 1;        // price units in 1.0
  int quantity_decimals_ = 0;
  bool inverse_ = false;
};

// For occasional use: builds the scale anew. kNotMoney also where Create would refuse the instrument.
Money Notional(const Instrument& instrument, Price price, Quantity quantity);

// 10^exponent. REQUIRES: 0 <= exponent <= 18.
std::int64_t PowerOfTen(int exponent);

}  // namespace crucible::trading
