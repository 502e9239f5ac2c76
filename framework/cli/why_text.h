// How an explanation of an order is shown: sentences for people, a structure for machines. Prices, quantities
// and money are in the instrument's own units, as decimal text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "framework/engine/why.h"
#include "framework/event/kinds.h"
#include "framework/runs/run_setup.h"

namespace crucible::cli {

// What a line is about ("" continues the one before), and the line. `path` is what the run is called in
// commands.
std::vector<std::pair<std::string, std::string>> WhyText(const engine::Why& why, const runs::RunSetup& setup,
                                                         const std::string& path);
// The same as an object; docs/guides/why.md describes it.
nlohmann::ordered_json WhyJson(const engine::Why& why, const runs::RunSetup& setup);

// A slot of a record in its instrument's units; a plain number where it has none.
std::string SlotText(SlotType type, std::int64_t value, const Instrument& of);
// As the configuration names it; "?" for an ordinal that it does not have.
std::string StrategyName(const runs::RunSetup& setup, std::uint32_t ordinal);
// Who decided on the order: a strategy, the venue (a liquidation), or a roll of the run's.
std::string DeciderName(const engine::Why& why, const runs::RunSetup& setup);
// Whether a reply's fourth slot is a reason.
bool SaysReason(Kind kind);

}  // namespace crucible::cli
