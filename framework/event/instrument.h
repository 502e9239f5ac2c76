// What an instrument is: identity, units and contract. The SQL table `instrument` is a projection of the
// definition records that carry this (ToRecords / FromRecords).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible {

enum class Contract : std::uint8_t {
  kLinear = 1,   // value = price x quantity x multiplier, in the quote currency
  kInverse = 2,  // value = quantity x multiplier / price, in the base currency (coin-margined)
};

struct Instrument {
  std::string venue;            // "nasdaq", "binance-usdm", ...
  std::string symbol;           // as the venue writes it
  std::string currency;         // prices are quoted in it
  std::string settle_currency;  // P&L is paid in it
  int price_decimals = 0;       // one Price unit is 10^-price_decimals
  int quantity_decimals = 0;
  int currency_decimals = 8;    // one Money unit is 10^-currency_decimals
  PriceDelta tick_size{1};      // in price units
  Quantity lot_size{1};         // in quantity units
  std::int64_t multiplier = 1;
  Contract contract = Contract::kLinear;

  friend bool operator==(const Instrument&, const Instrument&) = default;
};

// "venue:symbol", the name that users write and read.
std::string FullName(const Instrument& instrument);

// Text part of a definition, kept in the file's text stream.
std::string DefinitionText(const Instrument& instrument);
// The group of two records; `text` is the sequence of DefinitionText in the text stream.
std::array<Event, 2> DefinitionRecords(const Instrument& instrument, InstrumentId id, Nanos time, std::uint64_t text);
// kInvalidArgument names the slot and value that are out of range.
absl::StatusOr<Instrument> InstrumentFromRecords(const Event& definition, const Event& units, std::string_view text);

}  // namespace crucible
