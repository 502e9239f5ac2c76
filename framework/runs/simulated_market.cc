#include "framework/runs/simulated_market.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/base/random.h"
#include "framework/runs/flow_artefact.h"
#include "simulators/agents/hawkes_trader.h"
#include "simulators/agents/predators.h"

namespace crucible::runs {
namespace {

constexpr Duration kPredatorLatency{100'000};
// Predators come a minute after the start, when the market has found its feet, and then at any moment of the next:
// in a recorded market, which is one for all seeds, that is what a seed changes.
constexpr Duration kPredatorsComeAfter{60'000'000'000};
constexpr double kPredatorsComeWithin = 60e9;

static_assert(MarketChoice::kPredatorKinds == agents::kPredatorKinds);

Duration Faster(Duration wait, double activity) {
  return {std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(wait.nanos) / activity))};
}

// The same kinds in a market where attacks can work: makers who leave when the price jumps, followers who act
// on a few looks, stops at round prices and beyond the last extremes (docs/guides/stress.md).
void MakeFragile(agents::AgentMarketConfig& config) {
  config.fundamental.volatility_per_sqrt_second = 1.5;
  config.value_wait = {20'000'000'000};
  config.value_noise = 10;
  config.noise_wait = {30'000'000'000};
  config.deep_makers = 2;
  config.deep_maker.volume_share = 0;
  config.momentum_wait = {5'000'000'000};
  config.momentum = {.few = 2, .more = 6, .threshold_ticks = 4, .most_lots = 20};
  config.market_maker = {.wait = {1'000'000'000},
                         .levels = 10,
                         .volume_share = 0.02,
                         .inventory_limit = 2'000,
                         .withdraw_ticks = 15,
                         .withdraw_wakes = 3};
  config.stop_carrier = {
      .mean_wait = {20'000'000'000}, .stop_ticks = 15, .round_ticks = 25, .extreme_share = 0.5};
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
  if (market.preset == "fragile") MakeFragile(config);
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

absl::StatusOr<std::vector<agents::PredatorGenome>> PredatorsOf(const MarketChoice& market) {
  std::vector<agents::PredatorGenome> genomes;
  for (std::size_t i = 0; i < market.predators.size(); ++i) {
    genomes.insert(genomes.end(), static_cast<std::size_t>(market.predators[i]),
                   agents::HandWritten(static_cast<agents::PredatorKind>(i + 1)));
  }
  for (const std::string& text : market.genomes) {
    CRUCIBLE_ASSIGN_OR_RETURN(genomes.emplace_back(), agents::ParseGenome(text));
  }
  return genomes;
}

namespace {

absl::Status AddPredators(const MarketChoice& market, Nanos start, std::uint64_t seed,
                          SimulatedMarket& made) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<agents::PredatorGenome> genomes, PredatorsOf(market));
  for (const agents::PredatorGenome& genome : genomes) {
    const std::string name = absl::StrFormat("agents/predator/%d", made.predators.size());
    auto predator = agents::MakePredator(genome, made.agents->rules(), {}, made.money_per_price_unit,
                                         Random(seed).Stream(name));
    const double within = kPredatorsComeWithin * Random(seed).Stream(name + "/place").Uniform01();
    const Nanos first = start + kPredatorsComeAfter + Duration{static_cast<std::int64_t>(within)};
    made.predators.push_back({made.agents->Add(std::move(predator), kPredatorLatency, first), genome});
  }
  return absl::OkStatus();
}

absl::Status AddFlow(const MarketChoice& market, Nanos start, std::uint64_t seed, SimulatedMarket& made) {
  if (market.flow_text.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(flow::FlowModel model,
                            ParseFlow(market.flow_text, market.flow.empty() ? "market.flow_text" : market.flow));
  for (double& rate : model.process.base) rate *= market.activity;  // time passes so much faster
  for (double& rate : model.process.decay) rate *= market.activity;
  const Random random(seed);
  auto trader = std::make_unique<agents::HawkesTrader>(made.agents->rules(), std::move(model), start,
                                                       random.Stream("agents/hawkes/events"),
                                                       random.Stream("agents/hawkes/orders"));
  made.flow_owner = made.agents->Add(std::move(trader), Duration{}, start);
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> MoneyPerPriceUnit(const Instrument& instrument) {
  const int decimals =
      instrument.currency_decimals - instrument.price_decimals - instrument.quantity_decimals;
  if (instrument.contract == Contract::kLinear && decimals >= 0)
    return instrument.multiplier * kPowersOfTen[static_cast<std::size_t>(decimals)];
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is %s with %d price and %d quantity decimals: predators need a linear contract "
                      "with at most %d of both",
                      FullName(instrument), instrument.contract == Contract::kLinear ? "linear" : "inverse",
                      instrument.price_decimals, instrument.quantity_decimals, instrument.currency_decimals));
}

}  // namespace

absl::StatusOr<SimulatedMarket> MakeRecordedMarket(const MarketChoice& market,
                                                   const responsive::ResponsiveConfig& recorded, Nanos start,
                                                   const trading::FeeConfig& fees, std::uint64_t seed) {
  SimulatedMarket made;
  const Instrument& instrument = recorded.instrument;
  agents::AgentMarketConfig config;
  config.start = start;
  config.length = {INT64_MAX / 4};
  config.rules.tick = instrument.tick_size;
  config.rules.lot = instrument.lot_size.units;
  config.rules.opening = {100 * instrument.tick_size.units};
  config.market_makers = config.value_traders = config.momentum_traders = config.noise_traders = 0;
  CRUCIBLE_ASSIGN_OR_RETURN(made.agents, agents::AgentMarket::Create(config, seed));
  if (market.has_predators()) {
    CRUCIBLE_ASSIGN_OR_RETURN(made.money_per_price_unit, MoneyPerPriceUnit(instrument));
  }
  CRUCIBLE_RETURN_IF_ERROR(AddPredators(market, start, seed, made));
  made.flow = std::make_unique<responsive::ResponsiveMarket>(recorded, made.agents.get());
  exchange::MarketRules rules;
  rules.instrument = instrument;
  rules.fees = fees;
  rules.bar_length = market.bars;
  CRUCIBLE_ASSIGN_OR_RETURN(made.venue, exchange::ExchangeVenue::Create({0}, rules, made.flow.get()));
  return made;
}

absl::StatusOr<SimulatedMarket> MakeMarket(const MarketChoice& market, const trading::FeeConfig& fees,
                                           std::uint64_t seed) {
  SimulatedMarket made;
  const agents::AgentMarketConfig config = AgentsOf(market);
  CRUCIBLE_ASSIGN_OR_RETURN(made.agents, agents::AgentMarket::Create(config, seed));
  CRUCIBLE_RETURN_IF_ERROR(AddFlow(market, config.start, seed, made));
  CRUCIBLE_RETURN_IF_ERROR(AddPredators(market, config.start, seed, made));
  exchange::MarketRules rules;
  rules.instrument = SimulatedInstrument();
  rules.fees = fees;
  rules.bar_length = market.bars;
  if (market.preset == "fragile") {  // 1 % from the opening or the last auction
    rules.reference = config.rules.opening;
    rules.band = {config.rules.opening.units / 100};
    rules.halt_length = {5'000'000'000};
    rules.auction_length = {5'000'000'000};
  }
  CRUCIBLE_ASSIGN_OR_RETURN(made.venue, exchange::ExchangeVenue::Create({0}, rules, made.agents.get()));
  if (made.flow_owner != 0) made.venue->exchange().SetSelfTrade(made.flow_owner, exchange::SelfTrade::kAllow);
  made.end = config.start + config.length;
  return made;
}

}  // namespace crucible::runs
