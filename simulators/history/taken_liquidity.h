// Displayed quantity that we have already taken from recorded levels, which the recording cannot know: it is
// not there a second time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "simulators/history/own_orders.h"

namespace crucible::history {

class TakenLiquidity {
 public:
  bool empty() const { return levels_[0].empty() && levels_[1].empty(); }
  // Ranks of the best and the worst level of a side that we took from; low > high when there is none.
  OwnOrders::Range range(Side side) const {
    const auto& levels = Of(side);
    return levels.empty() ? OwnOrders::Range{} : OwnOrders::Range{levels.front().rank, levels.back().rank};
  }
  std::int64_t At(Side side, std::int64_t rank) const {
    const auto at = LowerBound(Of(side), rank);
    return at != Of(side).end() && at->rank == rank ? at->quantity : 0;
  }
  // `when` is the clock of the fill model.
  void Add(Side side, std::int64_t rank, std::int64_t quantity, std::uint64_t when) {
    auto& levels = Of(side);
    const auto at = LowerBound(levels, rank);
    if (at != levels.end() && at->rank == rank) {
      at->quantity += quantity;
      at->when = when;
    } else {
      levels.insert(at, {rank, quantity, when});
    }
  }
  // Quantity of orders that arrived before we took has left the recorded level.
  void Shrink(Side side, std::int64_t rank, std::int64_t by, std::uint64_t arrival) {
    auto& levels = Of(side);
    const auto at = LowerBound(levels, rank);
    if (at == levels.end() || at->rank != rank || arrival > at->when) return;
    at->quantity -= by;
    if (at->quantity <= 0) levels.erase(at);
  }
  // The level now holds no more than `total`; 0 forgets it.
  void Cap(Side side, std::int64_t rank, std::int64_t total) {
    auto& levels = Of(side);
    const auto at = LowerBound(levels, rank);
    if (at == levels.end() || at->rank != rank) return;
    at->quantity = std::min(at->quantity, total);
    if (at->quantity <= 0) levels.erase(at);
  }
  // Forgets the levels for which gone(side, price) is true.
  template <class Gone>
  void ForgetIf(Gone&& gone) {
    for (const Side side : {Side::kBid, Side::kAsk}) {
      std::erase_if(Of(side), [&](const Level& level) { return gone(side, PriceOfRank(side, level.rank)); });
    }
  }
  void ClearSide(Side side) { Of(side).clear(); }
  void Clear() {
    for (auto& levels : levels_) levels.clear();
  }

  void Hash(StateHasher& hasher) const {
    for (const auto& levels : levels_) {
      hasher.Add(std::uint64_t{levels.size()});
      for (const Level& level : levels) {
        hasher.Add(level.rank);
        hasher.Add(level.quantity);
      }
    }
  }

 private:
  struct Level {
    std::int64_t rank;
    std::int64_t quantity;
    std::uint64_t when;
  };
  using Levels = std::vector<Level>;  // ascending rank

  static Price PriceOfRank(Side side, std::int64_t rank) { return {side == Side::kBid ? -rank : rank}; }
  Levels& Of(Side side) { return levels_[side == Side::kBid ? 0 : 1]; }
  const Levels& Of(Side side) const { return levels_[side == Side::kBid ? 0 : 1]; }
  static Levels::iterator LowerBound(Levels& levels, std::int64_t rank) {
    return std::ranges::lower_bound(levels, rank, {}, &Level::rank);
  }
  static Levels::const_iterator LowerBound(const Levels& levels, std::int64_t rank) {
    return std::ranges::lower_bound(levels, rank, {}, &Level::rank);
  }

  std::array<Levels, 2> levels_;
};

}  // namespace crucible::history
