#include "framework/decode/level_window.h"

#include <algorithm>

namespace crucible::decode {
namespace {

bool Shows(const ShownLevels& levels, Price price) {
  return std::any_of(levels.begin(), levels.end(),
                     [&](const ShownLevel& level) { return level.price == price; });
}

}  // namespace

void LevelWindow::Update(Side side, const ShownLevels& levels, std::uint64_t update_id, PendingGroup& group) {
  ShownLevels& before = side == Side::kBid ? bids_ : asks_;
  for (const ShownLevel& level : before) {
    if (Shows(levels, level.price)) continue;
    const bool pushed_out = levels.size() == max_levels_ && IsBetter(side, levels.back().price, level.price);
    group.Add(Kind::kLevel, side, pushed_out ? flag::kSynthetic : std::uint16_t{0},
              LevelBody{level.price, {}, update_id, 0});
  }
  for (const ShownLevel& level : levels) {
    if (std::find(before.begin(), before.end(), level) != before.end()) continue;
    group.Add(Kind::kLevel, side, 0, LevelBody{level.price, level.quantity, update_id, level.order_count});
  }
  before = levels;
}

}  // namespace crucible::decode
