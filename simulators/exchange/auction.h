// The price of an auction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "framework/base/units.h"

namespace crucible::exchange {

struct AuctionLevel {
  Price price;
  std::int64_t quantity = 0;  // with what icebergs hide
};

// Everything that stands in an auction. Levels in any order; prices may repeat.
struct AuctionBook {
  std::span<const AuctionLevel> bids, asks;
  std::int64_t market_buys = 0;  // quantity without a limit
  std::int64_t market_sells = 0;
  Price reference{0};  // 0: none
};

struct Uncrossing {
  Price price;
  std::int64_t volume = 0;  // > 0
};

// The price among the limits in the book at which most trades; among several, where least is left over; among
// several, the highest if buyers are left over at each of them, the lowest if sellers are; else the one
// nearest to the reference, of two the higher (without a reference: the lowest). With market orders alone,
// the reference. nullopt: nothing would trade. The rules of Xetra's and Euronext's auctions. O(n log n).
std::optional<Uncrossing> FindUncrossing(const AuctionBook& book);

}  // namespace crucible::exchange
