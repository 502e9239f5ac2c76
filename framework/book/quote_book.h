// The touch alone, for feeds that say no more.
//
// Quote records come as a pair, bid then ask; each sets its side, quantity 0 empties it.
// Determinism: the state depends only on the sequence of calls. Threads: thread-compatible. Never allocates.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "framework/base/hash.h"
#include "framework/book/book_types.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::book {

class QuoteBook {
 public:
  BookError Set(Side side, Price price, Quantity quantity, std::int64_t order_count);
  void Clear();
  // Applies the market records of one group; kinds that are no quote are passed over.
  ApplyResult Apply(std::span<const Event> group);

  const Touch& touch() const { return touch_; }
  static constexpr bool stale() { return false; }
  bool empty() const { return !touch_.HasBid() && !touch_.HasAsk(); }
  std::size_t level_count(Side side) const { return touch_.quantity(side).units > 0 ? 1 : 0; }
  std::optional<LevelView> Best(Side side) const;
  std::optional<LevelView> LevelAt(Side side, std::size_t n) const {
    return n == 0 ? Best(side) : std::nullopt;
  }
  Quantity QuantityAt(Side side, Price price) const;
  std::size_t Depth(Side side, std::span<LevelView> out) const;
  template <class Visit>
  void ForEachLevel(Side side, Visit&& visit) const {
    if (const auto best = Best(side)) visit(*best);
  }

  const BookCounters& counters() const { return counters_; }
  void Hash(StateHasher& hasher) const;
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const { return 0; }

 private:
  BookError ApplyOne(const Event& event);

  Touch touch_;
  std::array<std::int64_t, 2> order_counts_{};  // bid, ask
  BookCounters counters_;
};

}  // namespace crucible::book
