// The [margin] table of a run's configuration: leverage, maintenance margin, funding and liquidation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/instrument.h"
#include "simulators/history/margin_venue.h"

namespace crucible::runs {

class ConfigTable;

struct MarginTierChoice {
  std::string from_notional = "0";
  double maintenance_bps = 0;
  double max_leverage = 0;  // 0: that of the table
};

struct MarginChoice {
  bool given = false;
  double leverage = 0;
  double liquidation_fee_bps = 0;
  std::string funding_rate = "0";  // of the notional per interval
  Duration funding_interval;       // 0: none but what records say
  std::vector<MarginTierChoice> tiers;
};

void ReadMargin(ConfigTable& table, MarginChoice& choice);
// The table's canonical text; empty without one.
std::string CanonicalText(const MarginChoice& choice);

// `start`: of the market data. kInvalidArgument: instruments of several venues, which have no account in
// common; rates that no position could be held with.
absl::StatusOr<history::MarginSetup> MakeMargin(const MarginChoice& choice,
                                                const std::vector<Instrument>& instruments, Money cash,
                                                Nanos start, history::TradeIds* trade_ids);

}  // namespace crucible::runs
