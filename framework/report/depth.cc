#include "framework/report/depth.h"

#include <algorithm>
#include <array>

namespace crucible::report {

Depth::Depth(Nanos start, Nanos end)
    : start_(start.since_epoch),
      step_(std::max<std::int64_t>((end - start).nanos / static_cast<std::int64_t>(kColumns), 1)),
      next_(start.since_epoch + step_) {}

void Depth::Take(Nanos now, const book::Book& book) {
  DepthColumn column{{next_}, {}, {}};
  next_ = start_ + ((now.since_epoch - start_) / step_ + 1) * step_;
  if (book.stale()) return;
  std::array<book::LevelView, kLevels> levels;
  const auto best = [&](Side side) {
    const std::size_t count = book.Depth(side, levels);
    return std::vector(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(count));
  };
  column.bids = best(Side::kBid);
  column.asks = best(Side::kAsk);
  columns_.push_back(std::move(column));
}

std::vector<std::int64_t> Depth::Quantiles(std::size_t bins) const {
  std::vector<std::int64_t> quantities;
  for (const DepthColumn& column : columns_) {
    for (const book::LevelView& level : column.bids) quantities.push_back(level.quantity.units);
    for (const book::LevelView& level : column.asks) quantities.push_back(level.quantity.units);
  }
  std::sort(quantities.begin(), quantities.end());
  std::vector<std::int64_t> bounds;
  for (std::size_t i = 1; i < bins && !quantities.empty(); ++i) {
    bounds.push_back(quantities[quantities.size() * i / bins]);
  }
  return bounds;
}

}  // namespace crucible::report
