#include "framework/models/causal/graph.h"

#include <array>

namespace crucible::causal {

std::string_view ToText(Mark mark) {
  constexpr std::array<std::string_view, 5> kTexts = {"", "-->", "<--", "o-o", "x-x"};
  return kTexts[static_cast<std::size_t>(mark)];
}

Mark Reverse(Mark mark) {
  if (mark == Mark::kForward) return Mark::kBackward;
  return mark == Mark::kBackward ? Mark::kForward : mark;
}

}  // namespace crucible::causal
