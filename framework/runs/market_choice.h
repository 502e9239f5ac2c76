// The [market] table of a run's configuration: a simulated market in place of recorded sessions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::runs {

class ConfigTable;

struct MarketChoice {
  static constexpr std::size_t kPredatorKinds = 5;

  bool simulated = false;
  std::string preset = "rmsc04";  // what the participants below are by default, and how the kinds behave
  std::string flow;       // path of a fitted flow, which is one more participant; not part of the canonical text
  std::string flow_text;  // the flow itself, as flow_artefact.h writes it; empty: none
  Duration length{1'800'000'000'000};
  double activity = 1;  // all but predators and patient makers act so many times as often
  std::int64_t market_makers = 2, value_traders = 102, momentum_traders = 12, noise_traders = 1000;
  std::int64_t stop_carriers = 0, zero_intelligence_traders = 0;
  std::int64_t market_maker_lots = 1;       // least quantity of a market maker's quote
  crucible::Duration bars{60'000'000'000};  // the venue publishes bars of that length; 0: none
  std::array<std::int64_t, kPredatorKinds>
      predators{};                   // how many hand-written ones of each kind, in the order of PredatorKeys
  std::vector<std::string> genomes;  // one predator each, in canonical order

  bool has_predators() const;
};

// Keys of [market.predators].
std::array<std::string_view, MarketChoice::kPredatorKinds> PredatorKeys();
void ReadMarket(ConfigTable& table, MarketChoice& market);
// Reads `market.flow`, relative to `directory`, into `flow_text`.
absl::Status LoadFlow(const std::string& directory, MarketChoice& market);
// Keeps `genomes` in canonical order and spelling. kInvalidArgument: one of them is none.
absl::Status SetGenomes(std::vector<std::string> genomes, MarketChoice& market);
// The table's canonical text; empty without a simulated market.
std::string CanonicalText(const MarketChoice& market);

}  // namespace crucible::runs
