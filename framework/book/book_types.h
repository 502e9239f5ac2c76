// The words that all books share: levels, the touch, counters, refusals.
#pragma once

#include <cstdint>

#include "framework/base/units.h"
#include "framework/event/kinds.h"

namespace crucible::book {

// One price level as a reader sees it.
struct LevelView {
  Price price;
  Quantity quantity;  // displayed, > 0
  std::int64_t order_count =
      0;  // orders known by id (L3), or what the feed says (L2, quotes; 0 where it is silent)
  friend constexpr bool operator==(const LevelView&, const LevelView&) = default;
};

// Best prices and quantities. Quantity 0 means that the side is empty; its price is then 0 and means nothing.
struct Touch {
  Price bid_price;
  Quantity bid_quantity;
  Price ask_price;
  Quantity ask_quantity;

  constexpr bool HasBid() const { return bid_quantity.units > 0; }
  constexpr bool HasAsk() const { return ask_quantity.units > 0; }
  constexpr bool HasBoth() const { return HasBid() && HasAsk(); }
  // Best bid above best ask; a locked book (equal prices) is not crossed.
  constexpr bool IsCrossed() const { return HasBoth() && bid_price > ask_price; }
  constexpr bool IsLocked() const { return HasBoth() && bid_price == ask_price; }
  // Bid plus ask price: twice the mid, exact in integers. REQUIRES: HasBoth().
  constexpr std::int64_t mid_times_two() const { return bid_price.units + ask_price.units; }
  // Mid in price units. REQUIRES: HasBoth().
  constexpr double mid() const { return static_cast<double>(mid_times_two()) * 0.5; }
  constexpr Price price(Side side) const { return side == Side::kBid ? bid_price : ask_price; }
  constexpr Quantity quantity(Side side) const { return side == Side::kBid ? bid_quantity : ask_quantity; }
  constexpr void Set(Side side, Price price, Quantity quantity) {
    (side == Side::kBid ? bid_price : ask_price) = price;
    (side == Side::kBid ? bid_quantity : ask_quantity) = quantity;
  }
  friend constexpr bool operator==(const Touch&, const Touch&) = default;
};

// Prices from `low` on, `width` further ones included.
struct PriceRange {
  std::int64_t low = INT64_MAX;
  std::uint64_t width = 0;
  constexpr bool Contains(Price price) const {
    return static_cast<std::uint64_t>(price.units) - static_cast<std::uint64_t>(low) <= width;
  }
};

// Why a mutation was refused. Refusals are expected (feeds have gaps), so they are values; the caller decides
// whether one is fatal.
enum class BookError : std::uint8_t {
  kNone = 0,
  kDuplicateOrder,       // an order with this id rests already; the book is unchanged
  kUnknownOrder,         // no order with this id rests; anonymous quantity may have been taken instead
  kNonPositiveQuantity,  // the book is unchanged
  kNoSide,               // the record names neither bid nor ask; the book is unchanged
};

// What a book met since it was made. Counters are about the feed, not part of the book's state or hash.
struct BookCounters {
  std::uint64_t unknown_orders = 0;    // reduce, delete, execute or modify of an id that does not rest
  std::uint64_t duplicate_orders = 0;  // add of an id that rests
  std::uint64_t unknown_levels = 0;    // removal of a level that is not there
  std::uint64_t bad_records = 0;       // no side, or a quantity that cannot be
  std::uint64_t clamps = 0;            // more was taken than was there
  std::uint64_t size_mismatches = 0;   // a delete that names another quantity than the order had left
  std::uint64_t evicted_levels = 0;    // left the window
  std::uint64_t evicted_orders = 0;    // left with their level
  std::uint64_t reseeded_levels =
      0;  // the feed declared less than the known orders held: their ids were dropped
  std::uint64_t off_grid_levels = 0;  // levels made at a price off the tick grid
  std::uint64_t foreign_records = 0;  // book records of a kind that this type of book does not take
  friend constexpr bool operator==(const BookCounters&, const BookCounters&) = default;
};

// Kinds that change some type of book.
constexpr bool IsBookRecord(Kind kind) {
  switch (kind) {
    case Kind::kOrderAdd:
    case Kind::kOrderReduce:
    case Kind::kOrderDelete:
    case Kind::kOrderModify:
    case Kind::kOrderExecute:
    case Kind::kDepthHead:
    case Kind::kLevel:
    case Kind::kBookClear:
    case Kind::kQuote:
      return true;
    default:
      return false;
  }
}

// What applying a group did.
struct ApplyResult {
  bool touch_changed = false;  // price or quantity of either best level
  BookError error{};           // the first refusal of the group, kNone if there was none
};

}  // namespace crucible::book
