#include "framework/runs/market_choice.h"

#include <sstream>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {

std::array<std::string_view, MarketChoice::kPredatorKinds> PredatorKeys() {
  return {"stop_hunt", "liquidity_vacuum", "spoofing", "momentum_ignition", "quote_stuffing"};
}

void ReadMarket(ConfigTable& table, MarketChoice& market) {
  market.simulated = true;
  table.Duration("length", market.length);
  table.Number("activity", 0.001, 1'000, market.activity);
  table.Integer("market_makers", 0, 10'000, market.market_makers);
  table.Integer("market_maker_lots", 1, 1'000'000, market.market_maker_lots);
  table.Integer("value_traders", 0, 10'000, market.value_traders);
  table.Integer("momentum_traders", 0, 10'000, market.momentum_traders);
  table.Integer("noise_traders", 0, 10'000, market.noise_traders);
  table.Integer("stop_carriers", 0, 10'000, market.stop_carriers);
  table.Integer("zero_intelligence_traders", 0, 10'000, market.zero_intelligence_traders);
  table.Table("predators", [&](ConfigTable& predators) {
    for (std::size_t i = 0; i < market.predators.size(); ++i) {
      predators.Integer(PredatorKeys()[i], 0, 20, market.predators[i]);
    }
  });
}

std::string CanonicalText(const MarketChoice& market) {
  if (!market.simulated) return "";
  std::ostringstream out;
  out << "[market]\n"
      << "length = \"" << FormatDuration(market.length) << "\"\n"
      << "activity = " << absl::StrFormat("%.17g", market.activity) << "\n"
      << "market_makers = " << market.market_makers << "\n"
      << "market_maker_lots = " << market.market_maker_lots << "\n"
      << "value_traders = " << market.value_traders << "\n"
      << "momentum_traders = " << market.momentum_traders << "\n"
      << "noise_traders = " << market.noise_traders << "\n"
      << "stop_carriers = " << market.stop_carriers << "\n"
      << "zero_intelligence_traders = " << market.zero_intelligence_traders << "\n"
      << "[market.predators]\n";
  for (std::size_t i = 0; i < market.predators.size(); ++i) {
    out << PredatorKeys()[i] << " = " << market.predators[i] << "\n";
  }
  return out.str();
}

}  // namespace crucible::runs
