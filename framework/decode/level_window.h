// The best levels of a book as a source shows them whole each time, turned into changes.
//
// The book that the changes build is exactly the window: a level that is pushed out of it is removed (flagged
// synthetic, since the venue may still have it), because its changes would arrive unseen.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/decode/pending_group.h"

namespace crucible::decode {

struct ShownLevel {
  Price price;
  Quantity quantity;
  std::int64_t order_count = 0;
  friend bool operator==(const ShownLevel&, const ShownLevel&) = default;
};
using ShownLevels = std::vector<ShownLevel>;  // best first

class LevelWindow {
 public:
  // `max_levels`: as many as the source can show per side.
  explicit LevelWindow(std::size_t max_levels) : max_levels_(max_levels) {}

  // Adds a kLevel record for each difference between the side as it was and `levels`.
  void Update(Side side, const ShownLevels& levels, std::uint64_t update_id, PendingGroup& group);
  void Clear() { bids_.clear(), asks_.clear(); }

 private:
  std::size_t max_levels_;
  ShownLevels bids_;
  ShownLevels asks_;
};

}  // namespace crucible::decode
