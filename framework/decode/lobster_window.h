// The visible window of a LOBSTER orderbook file: what a message makes of one row, compared with the next
// row.
//
// Row n is the book after message n, its best levels only. When a level leaves the window, the row shows at
// the bottom a level that no message announced: it is "revealed", and its quantity is taken from the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/units.h"
#include "framework/decode/lobster_message.h"

namespace crucible::decode {

struct WindowLevel {
  Price price;
  Quantity quantity;
  friend bool operator==(const WindowLevel&, const WindowLevel&) = default;
};
using WindowLevels = std::vector<WindowLevel>;  // best first

struct WindowRow {
  WindowLevels asks;
  WindowLevels bids;
  WindowLevels& of(Side side) { return side == Side::kBid ? bids : asks; }
  const WindowLevels& of(Side side) const { return side == Side::kBid ? bids : asks; }
};

// Empty on success, else what is wrong with the line. Slots without a level (size 0) are left out.
std::string ParseWindowRow(std::string_view line, WindowRow* row);

// The effect of `message` on a row of at most `max_levels` per side. False when the row cannot carry it: the
// level is not in the window, or has less than what goes.
bool ApplyToWindow(const LobsterMessage& message, std::size_t max_levels, WindowRow* row);
// The row before the message, as far as the row after it can tell.
void UndoInWindow(const LobsterMessage& message, WindowRow* row);

// What `actual` shows that `expected` does not.
struct WindowDifference {
  bool equal = true;         // on the levels that both show
  std::size_t revealed = 0;  // levels below the last expected one
  WindowLevels
      corrections;  // levels to set, 0 where `actual` has none: the revealed ones and, if !equal, others
};
// `difference` is overwritten; its vector keeps its memory.
void CompareWindow(Side side, const WindowLevels& expected, const WindowLevels& actual,
                   WindowDifference* difference);

}  // namespace crucible::decode
