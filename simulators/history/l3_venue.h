// Fill model for order-by-order books (L3), full or windowed: exact first-in-first-out queue position.
//
// An arriving order stands behind the orders that rest at its price at that moment. Changes of those orders
// move us; what arrives later is behind us. An order is filled
//   - kTookBook       on arrival, against displayed levels, if marketable (book_venue.h)
//   - kFrontOfQueue   when an order behind us, or a hidden one, executes at our price: by its quantity, for
//   in the
//                     market's queue we would have been before it
//   - kQueueReached   when an execution of orders that the feed never named leaves something over
//   - kTradedThrough  when anything executes beyond our price: by that quantity
//   - kBookThrough    when the opposite side of the book reaches our price (book_venue.h)
// An execution's quantity is used once across our orders, best price and oldest first.
//
// Orders whose ids the feed never told (present at the start, or revealed by a window) count as older than
// ours. In a windowed feed an order deeper than the window has no known place (-1 in replies); it gets one,
// behind all that is displayed, when its price comes into view.
//
// Unrealistic: the recorded executions happened without us: after our fill the orders behind us execute all
// the same. Venues that match by pro rata or with other priorities need another model.
//
// Cost: where we have no order, one book update.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/book/l3_book.h"
#include "simulators/history/book_venue.h"

namespace crucible::history {

class L3Venue final : public BookVenue<book::L3Book> {
 public:
  // `window_levels`: levels per side that the feed shows; 0 for a full feed.
  L3Venue(const VenueSetup& setup, std::uint32_t window_levels);

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;

 private:
  // Quantity that leaves a level, and when its order had arrived; 0 for one that the feed never named.
  struct Departure {
    std::int64_t quantity = 0;
    std::uint64_t arrival = 0;
  };

  void JoinQueue(OwnOrder& order) override;
  std::uint64_t clock() const override { return clock_; }

  void OnRecord(const Event& record);
  void OnAdd(const Event& record);
  void OnDeparture(const Event& record);
  void OnExecution(const Event& record);
  void OnModify(const Event& record);
  void OnHiddenTrade(const Event& record);
  void OnLevel(const Event& record);
  void Stamp(book::OrderIndex index);

  Departure DepartureOf(const Event& record) const;
  void Leave(Side side, Price price, const Departure& departure);
  std::int64_t FillThrough(Side side, std::int64_t rank, std::int64_t left, CauseRef cause);
  void FillBefore(Side side, std::int64_t rank, std::int64_t left, const Departure& departure,
                  CauseRef cause);
  std::int64_t FillMaker(Slot slot, std::int64_t most, FillRule rule, CauseRef cause);
  bool Shows(Side side, Price price) const;
  void CapQueues(Side side, Price price);
  void AfterWindow();
  void Resynchronise();

  std::uint32_t window_levels_;
  std::uint64_t clock_ = 0;              // counts arrivals, theirs and ours
  std::vector<std::uint64_t> arrivals_;  // by book::OrderIndex
  std::uint64_t levels_gone_ = 0;        // of the book, when AfterWindow last looked
  bool places_unknown_ = false;          // an order of ours may have no known place
  bool snapshot_ = false;                // within a group that began the book anew
  bool traded_ = false;                  // within a group that held a trade
};

}  // namespace crucible::history
