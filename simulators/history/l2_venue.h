// Fill model for level-aggregated books (L2) with trades: estimated queue position.
//
// An arriving order stands behind everything displayed at its price; where nothing is displayed (inside the
// spread) it is first. It is filled
//   - kTookBook       on arrival, against displayed levels, if marketable (book_venue.h)
//   - kQueueReached   when trades at its price have consumed what stood ahead: by what a trade leaves over
//   - kTradedThrough  when a trade prints beyond its price: by that trade's quantity
//   - kBookThrough    when the opposite side of the book reaches its price (book_venue.h)
// A trade's quantity is used once: for what stands ahead and for our orders, best price and oldest first.
// Between trades the queue ahead shrinks when the level loses more than trades explain, by the share that the
// queue model (queue_model.h) puts before us, and never exceeds what is displayed.
//
// A trade without an aggressor side is matched against our bids, then our asks.
//
// Unrealistic: the queue ahead is an estimate, and its error grows with cancellations; a feed that shows the
// depth change before the trade that made it advances us twice; trades that the feed aggregates are one
// trade; own orders at one price count each other only by the order of their fills. Quotes beside depth are
// ignored.
//
// Cost: a level change where we have no order is one book update and two comparisons.
#pragma once

#include <cstdint>

#include "framework/book/l2_book.h"
#include "simulators/history/book_venue.h"
#include "simulators/history/queue_model.h"

namespace crucible::history {

class L2Venue final : public BookVenue<book::L2Book> {
 public:
  L2Venue(const VenueSetup& setup, const QueueModel& queue)
      : BookVenue(setup, book::L2Book(setup.instrument.tick_size), FillRule::kBookThrough), queue_(queue) {}

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;

 private:
  void JoinQueue(OwnOrder& order) override;

  void OnLevel(const Event& record);
  void OnWatchedLevel(Side side, const LevelBody& level);
  void OnOther(const Event& record);
  void Redefine(const Event& record);
  void OnTrade(const Event& record);
  std::int64_t MatchSide(Side side, Price price, std::int64_t left, CauseRef cause);
  std::int64_t FillThrough(Side side, std::int64_t rank, std::int64_t left, CauseRef cause);
  std::int64_t MatchQueue(Side side, std::int64_t rank, std::int64_t traded, std::int64_t left,
                          CauseRef cause);
  std::int64_t FillMaker(Slot slot, std::int64_t most, FillRule rule, CauseRef cause);
  void MoveUp(OwnOrder& order, std::int64_t before, std::int64_t after) const;
  void Resynchronise();

  QueueModel queue_;
  bool snapshot_ = false;  // within a group that began the book anew
  bool traded_ = false;    // within a group that held a trade
};

}  // namespace crucible::history
