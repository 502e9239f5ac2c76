// What a strategy side sends to a venue.
#pragma once

#include "framework/base/units.h"
#include "framework/event/order_codes.h"

namespace crucible::trading {

struct OrderTerms {
  Side side = Side::kNone;
  OrderType type = OrderType::kLimit;
  TimeInForce tif = TimeInForce::kGoodTillCancel;
  std::uint8_t options = 0;   // option::
  Price price;                // limit price; trailing stop: its distance; 0 for market and stop orders
  Price stop_price;           // trigger of stop and stop-limit orders, else 0
  Quantity quantity;          // total
  Quantity display;           // iceberg: shown part; 0 shows all
  Nanos expiry = kEndOfTime;  // good-till-date only
};

// Orders of a venue's own, such as liquidations, have ids from here on until the strategy side hears of them and
// gives them one of the run's.
inline constexpr std::uint64_t kFirstVenueOrder = std::uint64_t{1} << 40;

enum class CommandType : std::uint8_t { kSubmit = 1, kCancel = 2, kAmend = 3 };

struct Command {
  CommandType type{};
  InstrumentId instrument;  // run-level
  OrderId order_id;
  OrderTerms terms;  // kSubmit: all; kAmend: price and total quantity; kCancel: ignored
};

}  // namespace crucible::trading
