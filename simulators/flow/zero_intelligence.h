// A market of no intelligence: limit orders, market orders and cancellations arrive at random around the
// touch.
//
// The model of M. G. Daniels, J. D. Farmer, L. Gillemot, G. Iori, E. Smith, "Quantitative model of price
// diffusion and market friction based on trading as a mechanistic random process" (Physical Review Letters
// 90, 2003), and E. Smith et al., "Statistical theory of the continuous double auction" (Quantitative Finance
// 3, 2003), with a finite band:
//   - limit orders arrive on each side as a Poisson process, uniformly over the ticks from one beyond the
//   opposite
//     best price to `band_ticks` beyond it
//   - market orders arrive on each side as a Poisson process, and execute against the oldest best orders
//   - each resting order is cancelled, in full or in part, at a constant rate
// Sizes are geometric. A market order leaves at least one order on the side it takes, so that there is a
// touch.
//
// The result is a complete L3 session: a definition, a snapshot of the opening book, then one group per
// message. It depends on the parameters only. Good for demonstrations and tests; order flow here has no
// memory, so volatility does not cluster and nobody reacts to anybody.
//
// Memory: proportional to `max_orders`, whatever the length.
#pragma once

#include <cstdint>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/instrument.h"
#include "framework/event/record_sink.h"

namespace crucible::flow {

struct ZeroIntelligence {
  std::uint64_t seed = 1;
  Instrument instrument{.venue = "demo",
                        .symbol = "ZI",
                        .currency = "USD",
                        .settle_currency = "USD",
                        .price_decimals = 2,
                        .quantity_decimals = 0,
                        .currency_decimals = 8,
                        .tick_size = {1},
                        .lot_size = {1},
                        .multiplier = 1,
                        .contract = Contract::kLinear};
  Nanos start{1'704'205'800'000'000'000};  // 2024-01-02T14:30:00Z
  Duration length{1'800'000'000'000};
  Duration feed_latency{200'000};       // receive time minus exchange time
  Price mid{10'000};                    // of the opening book
  int band_ticks = 40;                  // 2 to 10,000
  double limits_per_tick_second = 0.5;  // per side
  double markets_per_second = 1.5;      // per side
  double cancels_per_order_second = 0.1;
  double partial_cancel_share = 0.1;  // of cancellations, where there is more than a lot
  double mean_limit_lots = 4;
  double mean_market_lots = 6;
  std::uint32_t max_orders = 100'000;

  // kInvalidArgument names the parameter, its value and the valid range.
  absl::Status Validate() const;
};

// Writes the session to `sink`. Errors are Validate()'s or the sink's.
absl::Status Generate(const ZeroIntelligence& parameters, RecordSink& sink);

}  // namespace crucible::flow
