// Words of scenario files: prices, times, orders, and their texts.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/trading/command.h"
#include "simulators/exchange/rules.h"

namespace crucible::exchange {

using Words = std::vector<std::string>;

inline constexpr std::int64_t kScenarioDay = 1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z

inline absl::Status Unreadable(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("cannot read \"", what, "\""));
}

inline std::string PriceText(Price price) {
  return absl::StrFormat("%s%d.%02d", price.units < 0 ? "-" : "", std::abs(price.units) / 100,
                         std::abs(price.units) % 100);
}

// Cents, and what lies below them where there is anything.
inline std::string MoneyText(Int128 units) {
  const bool negative = units < 0;
  const auto magnitude = static_cast<std::int64_t>(negative ? -units : units);
  const std::int64_t cents = magnitude / 1'000'000;
  std::string text = absl::StrFormat("%s%d.%02d", negative ? "-" : "", cents / 100, cents % 100);
  if (magnitude % 1'000'000 != 0) absl::StrAppendFormat(&text, "%06d", magnitude % 1'000'000);
  return text;
}

inline absl::StatusOr<std::int64_t> ReadNumber(const std::string& text) {
  std::int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return Unreadable(text);
  return value;
}

// 10, 10.05
inline absl::StatusOr<std::int64_t> ReadPrice(const std::string& text) {
  const Words parts = absl::StrSplit(text, '.');
  if (parts.size() > 2 || (parts.size() == 2 && parts[1].size() != 2)) return Unreadable(text);
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t whole, ReadNumber(parts[0]));
  if (parts.size() == 1) return whole * 100;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t cents, ReadNumber(parts[1]));
  return whole * 100 + cents;
}

// 10:00:05
inline absl::StatusOr<Nanos> ReadClock(const std::string& text) {
  const Words parts = absl::StrSplit(text, ':');
  if (parts.size() != 3) return Unreadable(text);
  std::int64_t seconds = 0;
  for (const std::string& part : parts) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t value, ReadNumber(part));
    seconds = seconds * 60 + value;
  }
  return Nanos{kScenarioDay + seconds * 1'000'000'000};
}

// 5s
inline absl::StatusOr<Duration> ReadSeconds(const std::string& text) {
  if (!text.ends_with("s")) return Unreadable(text);
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t value, ReadNumber(text.substr(0, text.size() - 1)));
  return Duration{value * 1'000'000'000};
}

// -1bps
inline absl::StatusOr<double> ReadBps(const std::string& text) {
  double value = 0;
  if (!text.ends_with("bps") || !absl::SimpleAtod(text.substr(0, text.size() - 3), &value))
    return Unreadable(text);
  return value;
}

inline absl::StatusOr<SelfTrade> ReadSelfTrade(const std::string& text) {
  if (text == "allow") return SelfTrade::kAllow;
  if (text == "cancel-newest") return SelfTrade::kCancelNewest;
  if (text == "cancel-oldest") return SelfTrade::kCancelOldest;
  if (text == "decrement") return SelfTrade::kDecrement;
  return Unreadable(text);
}

// One option of an order that takes a value; false if `word` is none.
inline absl::StatusOr<bool> ReadOptionWithValue(const std::string& word, const std::string& value,
                                                trading::OrderTerms& terms) {
  if (word == "until") {
    terms.tif = TimeInForce::kGoodTillDate;
    CRUCIBLE_ASSIGN_OR_RETURN(terms.expiry, ReadClock(value));
  } else if (word == "showing") {
    CRUCIBLE_ASSIGN_OR_RETURN(terms.display.units, ReadNumber(value));
  } else if (word == "stop") {
    terms.type = terms.type == OrderType::kMarket ? OrderType::kStop : OrderType::kStopLimit;
    CRUCIBLE_ASSIGN_OR_RETURN(terms.stop_price.units, ReadPrice(value));
  } else if (word == "trailing") {
    terms.type = OrderType::kTrailingStop;
    CRUCIBLE_ASSIGN_OR_RETURN(terms.price.units, ReadPrice(value));
  } else {
    return false;
  }
  return true;
}

inline absl::Status ReadOptions(const Words& words, std::size_t from, trading::OrderTerms& terms) {
  for (std::size_t i = from; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "ioc") {
      terms.tif = TimeInForce::kImmediateOrCancel;
    } else if (word == "fok") {
      terms.tif = TimeInForce::kFillOrKill;
    } else if (word == "post-only") {
      terms.options |= option::kPostOnly;
    } else if (word == "reduce-only") {
      terms.options |= option::kReduceOnly;
    } else {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool known,
                                ReadOptionWithValue(word, i + 1 < words.size() ? words[i + 1] : "", terms));
      if (!known) return Unreadable(word);
      ++i;
    }
  }
  return absl::OkStatus();
}

// alice buys 100 @ 10.00 as a1 [options]; "at market" instead of "@ 10.00".
inline absl::StatusOr<trading::OrderTerms> ReadOrder(const Words& words) {
  if (words.size() < 7 || words[5] != "as")
    return Unreadable("an order: WHO buys|sells QUANTITY @ PRICE as NAME");
  trading::OrderTerms terms;
  terms.side = words[1] == "buys" ? kBuy : kSell;
  CRUCIBLE_ASSIGN_OR_RETURN(terms.quantity.units, ReadNumber(words[2]));
  terms.type = words[4] == "market" ? OrderType::kMarket : OrderType::kLimit;
  if (terms.type == OrderType::kLimit) {
    CRUCIBLE_ASSIGN_OR_RETURN(terms.price.units, ReadPrice(words[4]));
  }
  CRUCIBLE_RETURN_IF_ERROR(ReadOptions(words, 7, terms));
  return terms;
}

}  // namespace crucible::exchange
