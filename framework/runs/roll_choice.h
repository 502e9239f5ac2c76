// The [[roll]] tables of a run's configuration: contracts that follow each other as one series.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/rolls.h"
#include "framework/event/instrument.h"

namespace crucible::runs {

class ConfigTable;

struct RollChoice {
  std::string contracts;        // symbols, in the order in which they are held
  std::string rule = "volume";  // date, volume
  std::string at;               // date: a moment per roll
  Duration day{86'400'000'000'000};
  std::string positions = "move";  // move, tell
};

void ReadRoll(ConfigTable& table, std::vector<RollChoice>& rolls);
std::string CanonicalText(const std::vector<RollChoice>& rolls);

// kInvalidArgument: a contract that the run does not have, or that is no successor: another currency,
// multiplier or number of decimals; moments that do not fit the contracts.
absl::StatusOr<std::vector<engine::RollPlan>> MakeRolls(const std::vector<RollChoice>& rolls,
                                                        const std::vector<Instrument>& instruments);

}  // namespace crucible::runs
