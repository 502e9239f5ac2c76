#include "framework/decode/binance_market.h"

#include <array>
#include <string>

namespace crucible::decode {
namespace {

// A receive time, a space and a JSON object.
bool LooksLikeCapture(std::string_view line) {
  const std::size_t space = line.find(' ');
  return space >= 16 && space <= 19 && line.find_first_not_of("0123456789") == space &&
         line.substr(space + 1).starts_with('{');
}

bool Has(std::string_view line, std::string_view field) { return line.find(field) != std::string_view::npos; }

bool IsBinanceMessage(std::string_view line) {
  return Has(line, "@depth") || Has(line, "@trade") || Has(line, "@aggTrade") || Has(line, "@bookTicker") ||
         Has(line, "\"lastUpdateId\":") || Has(line, "\"e\":\"depthUpdate\"");
}

bool IsFuturesTicker(std::string_view line) { return Has(line, "@bookTicker") && Has(line, "\"T\":"); }
bool IsFuturesTrade(std::string_view line) { return Has(line, "@trade") && Has(line, "\"X\":"); }

// "BTCUSDT" -> {"BTC", "USDT"}; the longest known quote currency wins.
struct Currencies {
  std::string base;
  std::string quote;
};
Currencies SplitSymbol(std::string_view symbol) {
  constexpr std::array<std::string_view, 12> kQuotes = {"FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD",
                                                        "EUR",   "TRY",  "BTC",  "ETH",  "BNB",  "GBP"};
  for (const std::string_view quote : kQuotes) {
    if (symbol.size() > quote.size() && symbol.ends_with(quote)) {
      return {std::string(symbol.substr(0, symbol.size() - quote.size())), std::string(quote)};
    }
  }
  return {std::string(symbol), "USD"};
}

}  // namespace

std::string_view VenueName(BinanceMarket market) {
  switch (market) {
    case BinanceMarket::kSpot:
      return "binance-spot";
    case BinanceMarket::kUsdMargined:
      return "binance-usdm";
    case BinanceMarket::kCoinMargined:
      return "binance-coinm";
  }
  return "?";
}

std::optional<BinanceMarket> MarketFromVenue(std::string_view venue) {
  using enum BinanceMarket;
  for (const BinanceMarket market : {kSpot, kUsdMargined, kCoinMargined}) {
    if (venue == VenueName(market)) return market;
  }
  return std::nullopt;
}

std::optional<BinanceMarket> GuessMarket(std::span<const std::string_view> lines) {
  bool any = false;
  bool futures = false;
  for (const std::string_view line : lines) {
    if (!LooksLikeCapture(line) || !IsBinanceMessage(line)) continue;
    if (Has(line, "\"ps\":") || Has(line, "\"pair\":")) return BinanceMarket::kCoinMargined;
    any = true;
    futures |= Has(line, "\"pu\":") || IsFuturesTicker(line) || IsFuturesTrade(line);
  }
  if (!any) return std::nullopt;
  return futures ? BinanceMarket::kUsdMargined : BinanceMarket::kSpot;
}

InstrumentDefaults BinanceDefaults(BinanceMarket market, std::string_view symbol) {
  const Currencies currencies = SplitSymbol(symbol.substr(0, symbol.find('_')));
  InstrumentDefaults defaults;
  defaults.venue = std::string(VenueName(market));
  defaults.symbol = std::string(symbol);
  defaults.currency = currencies.quote;
  switch (market) {
    case BinanceMarket::kSpot:
      defaults.price_decimals = 8;
      defaults.quantity_decimals = 8;
      defaults.tick_size = "0.01";
      defaults.lot_size = "0.00001";
      break;
    case BinanceMarket::kUsdMargined:
      defaults.price_decimals = 2;
      defaults.quantity_decimals = 3;
      defaults.tick_size = "0.1";
      defaults.lot_size = "0.001";
      break;
    case BinanceMarket::kCoinMargined:
      defaults.settle_currency = currencies.base;
      defaults.price_decimals = 1;
      defaults.tick_size = "0.1";
      defaults.multiplier = currencies.base == "BTC" ? 100 : 10;  // USD per contract
      defaults.contract = Contract::kInverse;
      break;
  }
  return defaults;
}

}  // namespace crucible::decode
