// How much of a market a session tells: a fill model refuses one that cannot carry it.
#pragma once

#include <cstdint>
#include <string_view>

namespace crucible {

enum class Completeness : std::uint8_t {
  kFullL3 = 1,      // every order of the book
  kWindowedL3 = 2,  // the orders of the best N levels; what leaves the window is changed unseen
  kL2 = 3,          // quantity per price
  kQuotes = 4,      // best bid and ask (and trades, where the source has them)
  kBars = 5,
  kTrades = 6,  // prints only
};

constexpr std::string_view Name(Completeness completeness) {
  switch (completeness) {
    case Completeness::kFullL3:
      return "full_l3";
    case Completeness::kWindowedL3:
      return "windowed_l3";
    case Completeness::kL2:
      return "l2";
    case Completeness::kQuotes:
      return "quotes";
    case Completeness::kBars:
      return "bars";
    case Completeness::kTrades:
      return "trades";
  }
  return "?";
}

}  // namespace crucible
