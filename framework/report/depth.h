// Snapshots of a book's best levels on a regular grid: what the heat map around the touch is drawn from.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/book/book.h"

namespace crucible::report {

struct DepthColumn {
  Nanos at;
  std::vector<book::LevelView> bids, asks;  // best first
};

class Depth {
 public:
  static constexpr std::size_t kLevels = 10;  // per side
  static constexpr std::size_t kColumns = 3000;

  Depth() = default;
  Depth(Nanos start, Nanos end);
  // Call before `book` handles what happens at `now`: takes the column of every grid point that has passed.
  // A stretch without events gives one column, which stands until the next.
  void Before(Nanos now, const book::Book& book) {
    if (now.since_epoch >= next_) Take(now, book);
  }
  const std::vector<DepthColumn>& columns() const { return columns_; }
  // Boundaries of `bins` classes with equally many levels each: bins - 1 ascending quantities.
  std::vector<std::int64_t> Quantiles(std::size_t bins) const;

 private:
  void Take(Nanos now, const book::Book& book);

  std::int64_t start_ = 0, step_ = 1, next_ = INT64_MAX;
  std::vector<DepthColumn> columns_;
};

}  // namespace crucible::report
