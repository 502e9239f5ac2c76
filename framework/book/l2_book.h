// Price-aggregated book of one instrument, built from absolute level updates.
//
// Each level record says the quantity displayed at a price from now on; 0 removes the level. The book never
// matches and may be crossed for a moment.
//
// Determinism: the state depends only on the sequence of calls. Threads: thread-compatible.
// Allocation: none in steady state; memory grows with the peak of live levels (price_ladder.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "framework/base/hash.h"
#include "framework/book/book_types.h"
#include "framework/book/ladder_run.h"
#include "framework/book/price_ladder.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::book {

class L2Book {
 public:
  explicit L2Book(PriceDelta tick_size)
      : ladders_{Ladder(Side::kBid, tick_size), Ladder(Side::kAsk, tick_size)} {}

  // Sets the quantity displayed at a price; 0 removes the level. `order_count` is what the feed says, else 0.
  BookError Set(Side side, Price price, Quantity quantity, std::int64_t order_count);
  void Clear();
  // Lays the levels on another grid; what the book shows stays. O(levels). REQUIRES: tick_size > 0.
  void ChangeTick(PriceDelta tick_size);
  // Applies the market records of one group; kinds that change no level are passed over.
  ApplyResult Apply(std::span<const Event> group);
  // Applies level records from the front of `events`, as far as they are of one side, outside `watched`, and
  // need no new page. Returns how many; the caller applies the next one by itself.
  std::size_t ApplyRun(std::span<const Event> events, PriceRange watched);

  const Touch& touch() const { return touch_; }
  // Records were lost and no snapshot has come since.
  bool stale() const { return stale_; }
  bool empty() const { return ladders_[0].empty() && ladders_[1].empty(); }
  std::size_t level_count(Side side) const { return ladder(side).size(); }
  std::optional<LevelView> Best(Side side) const;
  // Level `n` from the touch, 0 is the best. O(n).
  std::optional<LevelView> LevelAt(Side side, std::size_t n) const;
  Quantity QuantityAt(Side side, Price price) const;
  // Fills `out` from the best level on; returns how many levels there were to fill.
  std::size_t Depth(Side side, std::span<LevelView> out) const;
  // Calls visit(LevelView) from best to worst until it returns false.
  template <class Visit>
  void ForEachLevel(Side side, Visit&& visit) const;

  const BookCounters& counters() const { return counters_; }
  PriceDelta tick_size() const { return ladders_[0].grid().tick_size(); }
  // Canonical: depends on the levels, not on how they came to be.
  void Hash(StateHasher& hasher) const;
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const {
    return ladders_[0].allocated_bytes() + ladders_[1].allocated_bytes() + counts_[0].allocated_bytes() +
           counts_[1].allocated_bytes();
  }

 private:
  using Ladder = PriceLadder<std::int64_t>;  // quantities

  // What the feed says of orders per level, by location. Most feeds are silent: then nothing is held.
  class OrderCounts {
   public:
    std::int64_t At(Ladder::Location location) const {
      const List& list = lists_[Ladder::IsLoose(location)];
      const std::size_t position = Ladder::Position(location);
      return position < list.size() ? list[position] : 0;
    }
    void Set(Ladder::Location location, std::int64_t count);
    std::size_t allocated_bytes() const { return (lists_[0].capacity() + lists_[1].capacity()) * 8; }

   private:
    using List = std::vector<std::int64_t>;
    std::array<List, 2> lists_;  // on the grid, loose
  };

  // By index and never by a branch: sides alternate unpredictably. REQUIRES: side is kBid or kAsk.
  Ladder& ladder(Side side) { return ladders_[static_cast<std::size_t>(side) - 1]; }
  const Ladder& ladder(Side side) const { return ladders_[static_cast<std::size_t>(side) - 1]; }
  BookError Refuse(Side side);
  void SetLevel(Ladder& levels, Price price, std::int64_t quantity) {
    bool done, reached_best;
    {
      Ladder::Run run(levels);
      done = run.TrySet(price, quantity, quantity != 0);
      reached_best = run.reached_best();
      counters_.unknown_levels += run.missed();
    }
    if (!done) return SetElsewhere(levels, price, quantity);
    if (reached_best) RefreshTouch(levels);
  }
  void SetElsewhere(Ladder& ladder, Price price, std::int64_t quantity);
  void SetCount(Side side, Price price, std::int64_t order_count);
  std::int64_t CountAt(const Ladder& ladder, Ladder::Location location) const {
    return has_counts_ ? counts_[ladder.side() == Side::kBid ? 0 : 1].At(location) : 0;
  }
  BookError ApplyOne(const Event& event);
  void RefreshTouch(const Ladder& ladder);
  LevelView ViewOf(const Ladder& ladder, Ladder::Location location) const;

  Touch touch_;
  bool stale_ = false;
  bool has_counts_ = false;        // the feed has given an order count
  std::array<Ladder, 2> ladders_;  // bid, ask
  BookCounters counters_;
  std::array<OrderCounts, 2> counts_;  // bid, ask
};

inline BookError L2Book::Set(Side side, Price price, Quantity quantity, std::int64_t order_count) {
  if (side == Side::kNone || quantity.units < 0) [[unlikely]]
    return Refuse(side);
  SetLevel(ladder(side), price, quantity.units);
  if (order_count != 0 || has_counts_) [[unlikely]]
    SetCount(side, price, order_count);
  return BookError::kNone;
}

template <class Visit>
void L2Book::ForEachLevel(Side side, Visit&& visit) const {
  const Ladder& levels = ladder(side);
  for (auto at = levels.best(); at != Ladder::kNone; at = levels.Next(at))
    if (!visit(ViewOf(levels, at))) return;
}

}  // namespace crucible::book
