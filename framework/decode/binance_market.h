// The three Binance markets: how to tell them apart, and what their instruments look like.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "framework/decode/importer.h"

namespace crucible::decode {

enum class BinanceMarket : std::uint8_t { kSpot = 1, kUsdMargined = 2, kCoinMargined = 3 };

std::string_view VenueName(BinanceMarket market);
std::optional<BinanceMarket> MarketFromVenue(std::string_view venue);
constexpr bool IsFutures(BinanceMarket market) { return market != BinanceMarket::kSpot; }

// By the fields that only one market sends: pair (COIN-M), pu or a futures ticker (USD-M), else spot. nullopt
// when no line is a Binance message.
std::optional<BinanceMarket> GuessMarket(std::span<const std::string_view> lines);

// Decimals, tick and lot of the most traded symbols; --price-decimals and friends are for the others.
InstrumentDefaults BinanceDefaults(BinanceMarket market, std::string_view symbol);

}  // namespace crucible::decode
