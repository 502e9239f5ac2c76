// Strong types for the numbers that must not be mixed up.
//
// Price and Quantity are integer counts of an instrument's own decimal unit: 10^-price_decimals and
// 10^-quantity_decimals (framework/event/instrument.h). Tick and lot sizes are given in the same units,
// because real feeds also print off the tick grid. Money counts 10^-decimals of a currency, 8 by default.
// double begins where statistics begin.
#pragma once

#include <compare>
#include <cstdint>

namespace crucible {

// The difference of two prices.
struct PriceDelta {
  std::int64_t units = 0;
  friend constexpr auto operator<=>(PriceDelta, PriceDelta) = default;
};

// A point on the price axis: prices subtract to a PriceDelta, and do not add.
struct Price {
  std::int64_t units = 0;
  friend constexpr auto operator<=>(Price, Price) = default;
  friend constexpr PriceDelta operator-(Price a, Price b) { return {a.units - b.units}; }
  friend constexpr Price operator+(Price p, PriceDelta d) { return {p.units + d.units}; }
  friend constexpr Price operator-(Price p, PriceDelta d) { return {p.units - d.units}; }
};

// Never negative; direction is a Side.
struct Quantity {
  std::int64_t units = 0;
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.units + b.units}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.units - b.units}; }
};

// Signed holding: positive long, negative short.
struct Position {
  std::int64_t units = 0;
  friend constexpr auto operator<=>(Position, Position) = default;
};

// Signed amount of one currency, in units of 10^-8 unless the currency declares otherwise.
struct Money {
  std::int64_t units = 0;
  friend constexpr auto operator<=>(Money, Money) = default;
  friend constexpr Money operator+(Money a, Money b) { return {a.units + b.units}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.units - b.units}; }
  friend constexpr Money operator-(Money a) { return {-a.units}; }
};

// A span of simulated time.
struct Duration {
  std::int64_t nanos = 0;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.nanos + b.nanos}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.nanos - b.nanos}; }
};

// A moment in UTC nanoseconds since 1970-01-01, taken from events and never from a clock.
struct Nanos {
  std::int64_t since_epoch = 0;
  friend constexpr auto operator<=>(Nanos, Nanos) = default;
  friend constexpr Duration operator-(Nanos a, Nanos b) { return {a.since_epoch - b.since_epoch}; }
  friend constexpr Nanos operator+(Nanos t, Duration d) { return {t.since_epoch + d.nanos}; }
  friend constexpr Nanos operator-(Nanos t, Duration d) { return {t.since_epoch - d.nanos}; }
};
inline constexpr Nanos kEndOfTime{INT64_MAX};

// Side of a book, or direction of an order: a buy order rests on the bid side.
enum class Side : std::uint8_t { kNone = 0, kBid = 1, kAsk = 2 };
inline constexpr Side kBuy = Side::kBid;
inline constexpr Side kSell = Side::kAsk;
constexpr Side Opposite(Side side) { return side == Side::kBid ? Side::kAsk : Side::kBid; }
// +1 for bid/buy, -1 for ask/sell.
constexpr std::int64_t Sign(Side side) { return side == Side::kBid ? 1 : -1; }
// True when price `a` has priority over `b` on `side`: higher for bids, lower for asks.
constexpr bool IsBetter(Side side, Price a, Price b) { return side == Side::kBid ? a > b : a < b; }

// Identifies an order of ours within a run (1, 2, 3, ...), or a venue's order within a feed.
struct OrderId {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(OrderId, OrderId) = default;
};

// Position of an instrument in its file's or run's list; mapped by (venue, symbol) when files meet.
struct InstrumentId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(InstrumentId, InstrumentId) = default;
};

// 128-bit signed integer for products of prices and quantities.
__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

}  // namespace crucible
