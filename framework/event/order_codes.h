// Codes that stand in the slots of order records. Values are part of the file format: append, never renumber.
#pragma once

#include <cstdint>
#include <string_view>

namespace crucible {

enum class OrderType : std::uint8_t { kMarket = 1, kLimit = 2, kStop = 3, kStopLimit = 4, kTrailingStop = 5 };

enum class TimeInForce : std::uint8_t {
  kGoodTillCancel = 1,
  kImmediateOrCancel = 2,
  kFillOrKill = 3,
  kGoodTillDate = 4,
};

// Bits of IntentTerms::options.
namespace option {
inline constexpr std::uint8_t kPostOnly = 1 << 0;    // Rejected rather than filled as taker.
inline constexpr std::uint8_t kReduceOnly = 1 << 1;  // May only bring the position towards zero.
}  // namespace option

// Why a venue refused a command, or why the order ended without a fill.
enum class Reason : std::uint8_t {
  kNone = 0,
  kRequested = 1,            // cancelled by its owner
  kWouldTake = 2,            // post-only order crosses the book
  kUnknownOrder = 3,         // the venue does not know the id (or not any more)
  kOffTick = 4,              // price is not on the tick grid
  kOffLot = 5,               // quantity is not a positive multiple of the lot size
  kNothingToMatch = 6,       // remainder of IOC or market order
  kNotFillable = 7,          // FOK could not be filled at once and in full
  kExpired = 8,              // good-till-date has passed
  kSessionEnd = 9,           // the recorded session ended
  kUnsupported = 10,         // the venue has no such order type
  kHalted = 11,
  kReduceOnly = 12,          // would increase the position
  kBelowFilled = 13,         // amend to a quantity not above what has been filled
  kDuplicateOrder = 14,
  kBadPrice = 15,            // missing, or not positive where it must be
  kRateLimit = 16,           // more messages than the venue takes in one interval
  kOutsideBand = 17,         // the price, or what was left of a market order, lies beyond the price band
  kSelfTrade = 18,           // would have traded with an order of its own participant
  kInsufficientMargin = 19,  // would need more initial margin than there is equity
  kLiquidation = 20,         // cancelled because the venue liquidates the account
};

// Stands in StatusBody::status.
enum class TradingStatus : std::uint8_t {
  kTrading = 1,
  kHalted = 2,
  kQuoting = 3,  // orders rest, nothing matches
};

// The rule by which a simulated venue gave a fill: stands in FillDetail::rule.
enum class FillRule : std::uint8_t {
  kNone = 0,
  kTookBook = 1,          // marketable on arrival: filled against displayed levels
  kQueueReached = 2,      // a recorded execution reached our place in the queue
  kTradedThrough = 3,     // a trade printed beyond our price
  kBookThrough = 4,       // the opposite side of the recorded book crossed our price
  kFrontOfQueue = 5,      // a recorded execution of an order behind us at our price (L3)
  kBarOpen = 6,           // bar: filled at the open (gap through the price, or market order)
  kBarRange = 7,          // bar: the limit or stop lies inside the bar's range
  kBarPessimistic = 8,    // bar: stop and target in one bar, the worse one happened
  kQuoteCross = 9,        // quote feed: the opposite quote reached our price
  kMatched = 10,             // simulated exchange: matched by price and time
  kAuction = 11,             // simulated exchange: traded in an auction, at its one price
  kTakenOver = 12,           // liquidation: the venue's insurance fund took what the market would not
};

std::string_view Name(OrderType type);
std::string_view Name(TimeInForce tif);
std::string_view Name(Reason reason);
std::string_view Name(FillRule rule);

}  // namespace crucible
