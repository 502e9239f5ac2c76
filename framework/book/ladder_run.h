// A run of changes of one ladder (price_ladder.h), for feeds that declare levels by price.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/book/price_ladder.h"
#include "framework/book/tick_grid.h"

namespace crucible::book {

template <class Level>
class PriceLadder<Level>::Run {
 public:
  explicit Run(PriceLadder& ladder)
      : grid_(ladder.grid_),
        base_(ladder.base_),
        span_(ladder.span_),
        best_key_(ladder.best_key_),
        last_(ladder.last_),
        directory_(ladder.directory_.data()),
        cells_(ladder.cells_.data()),
        ladder_(ladder) {}
  ~Run() {
    ladder_.size_ += grown_;
    ladder_.last_ = last_;
    if (reached_best_) ladder_.SetBestKey(best_key_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // With present = false removes the level. False where the ladder itself must do it: nothing has happened.
  // Without a branch on what was there: it cannot be predicted.
  bool TrySet(Price price, const Level& level, bool present) {
    const std::uint64_t key = grid_.KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_) [[unlikely]]
      return false;
    Entry& entry = directory_[index];
    if (entry.first == kNone) [[unlikely]]
      return false;
    if (key <= best_key_) [[unlikely]] {
      if (ladder_.loose_ != nullptr) return false;
      FollowBest(key, present);
    }
    last_ = std::max(last_, index);
    const std::uint64_t was = (entry.occupied >> (key & 63)) & 1;
    const auto now = std::uint64_t{present};
    grown_ += now - was;
    missed_ += (was | now) ^ 1;
    entry.occupied ^= (was ^ now) << (key & 63);
    cells_[entry.At(key)] = level;
    return true;
  }
  // A level was set or removed at or before the best one.
  bool reached_best() const { return reached_best_; }
  // How many levels were to be removed that were not there.
  std::uint64_t missed() const { return missed_; }

 private:
  void FollowBest(std::uint64_t key, bool present) {
    reached_best_ = true;
    if (present) {
      best_key_ = key;
    } else if (key == best_key_) {
      best_key_ = ladder_.KeyFrom(key + 1);
    }
  }

  const TickGrid grid_;
  const std::uint64_t base_;
  const std::uint64_t span_;
  std::uint64_t best_key_;
  std::uint64_t last_;
  Entry* const directory_;
  Level* const cells_;
  std::size_t grown_ = 0;
  std::uint64_t missed_ = 0;
  bool reached_best_ = false;
  PriceLadder& ladder_;
};

}  // namespace crucible::book
