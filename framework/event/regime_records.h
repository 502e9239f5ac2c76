// Kinds 80 and 81: forecasts of hidden regimes, and the swaps of models that follow from them. Rows of the table in
// kinds.cc like any other kind; they stand apart because nothing below the program's own regime verb reads them.
#pragma once

#include "framework/event/kinds.h"

namespace crucible {

// RegimeForecastBody, one per regime: a group. Given the bars up to the cause.
inline constexpr Kind kRegimeForecast = static_cast<Kind>(80);
// ModelSwapBody: another model is active from the next bar on.
inline constexpr Kind kModelSwap = static_cast<Kind>(81);

// Probabilities as bits of doubles.
struct RegimeForecastBody { std::uint64_t regime; std::int64_t now_bits, ahead_bits, horizon; };
// advantage: expected worth of `to` less that of `from` over the router's horizon, bits of a double.
struct ModelSwapBody { std::uint64_t from, to; std::int64_t advantage_bits; std::uint64_t row; };

}  // namespace crucible
