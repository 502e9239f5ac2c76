// What a [market] table makes: an exchange with participants, ready to be an engine's venue.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/instrument.h"
#include "framework/runs/market_choice.h"
#include "framework/trading/fees.h"
#include "simulators/agents/agent_market.h"
#include "simulators/agents/predator_genome.h"
#include "simulators/exchange/exchange_venue.h"
#include "simulators/responsive/responsive_market.h"

namespace crucible::runs {

// The instrument that every simulated market trades: prices around 1,000.00, tick 0.01, lot 1.
Instrument SimulatedInstrument();
inline constexpr std::int64_t kMoneyPerPriceUnit = 1'000'000;  // 0.01 in units of 10^-8

// The predators that the table asks for, hand-written ones first.
absl::StatusOr<std::vector<agents::PredatorGenome>> PredatorsOf(const MarketChoice& market);

// Keep it as long as the engine.
struct SimulatedMarket {
  std::unique_ptr<agents::AgentMarket> agents;
  std::unique_ptr<responsive::ResponsiveMarket> flow;  // recorded sessions; null in a generated market
  std::unique_ptr<exchange::ExchangeVenue> venue;
  struct Hunter {
    exchange::Owner owner = 0;
    agents::PredatorGenome genome;
  };
  exchange::Owner flow_owner = 0;                          // of a fitted flow; 0: none
  std::vector<Hunter> predators;                           // hand-written ones by kind, then the genomes
  std::int64_t money_per_price_unit = kMoneyPerPriceUnit;  // of one unit of quantity
  Nanos end{INT64_MIN};  // of a generated market; that of a recorded one is its sessions'
};
// The run's seed is the market's. Predators come in the second minute.
absl::StatusOr<SimulatedMarket> MakeMarket(const MarketChoice& market, const trading::FeeConfig& fees,
                                           std::uint64_t seed);

// The recorded flow of a session that begins at `start` in place of ordinary participants; of `market` only
// the predators and the bars count. kInvalidArgument: predators cannot keep accounts in whole money units
// there.
absl::StatusOr<SimulatedMarket> MakeRecordedMarket(const MarketChoice& market,
                                                   const responsive::ResponsiveConfig& recorded, Nanos start,
                                                   const trading::FeeConfig& fees, std::uint64_t seed);

}  // namespace crucible::runs
