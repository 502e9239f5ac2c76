// Numbers as people read them, in the units of their field.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/base/readable.h"
#include "framework/base/units.h"
#include "framework/event/instrument.h"

namespace crucible::report {

// 1234567 -> "1,234,567"
std::string Grouped(std::int64_t value);
// Two decimals, or as many as the first three digits of a small amount need.
std::string MoneyText(Money amount, int decimals, std::string_view currency);
// Fixed decimals with grouped thousands, "-0.00" being "0.00".
std::string Fixed(double value, int decimals);
std::string Percent(double share, int decimals = 1);

// Decimals of the tick at least, more where a price is off its grid.
int TickDecimals(const Instrument& of);
inline std::string PriceText(Price price, const Instrument& of) {
  return ReadableDecimal(price.units, of.price_decimals, TickDecimals(of));
}
inline std::string QuantityText(std::int64_t units, const Instrument& of) {
  return ReadableDecimal(units, of.quantity_decimals);
}

// The lines of a canonical configuration as (dotted key, value), in their order; entries of an array of
// tables are numbered from 1: ("strategy.1.parameters.gamma", "0.01"). Quotes are taken off.
std::vector<std::pair<std::string, std::string>> Parameters(std::string_view configuration);
// "" where there is none.
std::string Parameter(const std::vector<std::pair<std::string, std::string>>& parameters,
                      std::string_view key);

}  // namespace crucible::report
