#include "framework/runs/simulated_market.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"
#include "simulators/agents/predators.h"

namespace crucible::runs {
namespace {

constexpr std::int64_t kMoneyPerPriceUnit = 1'000'000;  // 0.01 in units of 10^-8
constexpr Duration kPredatorLatency{100'000};
constexpr Duration kPredatorsComeAfter{60'000'000'000};

static_assert(MarketChoice::kPredatorKinds == agents::kPredatorKinds);

Duration Faster(Duration wait, double activity) {
  return {std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(wait.nanos) / activity))};
}

agents::AgentMarketConfig AgentsOf(const MarketChoice& market) {
  agents::AgentMarketConfig config;
  config.length = market.length;
  config.rules.opening = {100'000};
  config.market_makers = static_cast<int>(market.market_makers);
  config.value_traders = static_cast<int>(market.value_traders);
  config.momentum_traders = static_cast<int>(market.momentum_traders);
  config.noise_traders = static_cast<int>(market.noise_traders);
  config.stop_carriers = static_cast<int>(market.stop_carriers);
  config.zero_intelligence_traders = static_cast<int>(market.zero_intelligence_traders);
  config.market_maker.least_lots = market.market_maker_lots;
  for (Duration* wait :
       {&config.market_maker.wait, &config.value_wait, &config.momentum_wait, &config.noise_wait,
        &config.stop_carrier.mean_wait, &config.zero_intelligence.mean_wait}) {
    *wait = Faster(*wait, market.activity);
  }
  return config;
}

}  // namespace

Instrument SimulatedInstrument() {
  return {.venue = "simulated",
          .symbol = "SIM",
          .currency = "USD",
          .settle_currency = "USD",
          .price_decimals = 2};
}

absl::StatusOr<SimulatedMarket> MakeMarket(const MarketChoice& market, const trading::FeeConfig& fees,
                                           std::uint64_t seed) {
  SimulatedMarket made;
  const agents::AgentMarketConfig config = AgentsOf(market);
  CRUCIBLE_ASSIGN_OR_RETURN(made.agents, agents::AgentMarket::Create(config, seed));
  const Random random(seed);
  for (std::size_t i = 0; i < market.predators.size(); ++i) {
    const auto kind = static_cast<agents::PredatorKind>(i + 1);
    for (std::int64_t n = 0; n < market.predators[i]; ++n) {
      RandomStream stream = random.Stream(absl::StrFormat("agents/%s/%d", agents::Name(kind), n));
      auto predator =
          agents::MakePredator(kind, made.agents->rules(), {}, {}, kMoneyPerPriceUnit, std::move(stream));
      made.predators[i].push_back(
          made.agents->Add(std::move(predator), kPredatorLatency, config.start + kPredatorsComeAfter));
    }
  }
  exchange::MarketRules rules;
  rules.instrument = SimulatedInstrument();
  rules.fees = fees;
  CRUCIBLE_ASSIGN_OR_RETURN(made.venue, exchange::ExchangeVenue::Create({0}, rules, made.agents.get()));
  made.end = config.start + config.length;
  return made;
}

}  // namespace crucible::runs
