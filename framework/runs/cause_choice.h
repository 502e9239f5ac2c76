// The [causes] table of a run's configuration: a live causal graph over features of the run's bars.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/causal_observer.h"
#include "framework/event/instrument.h"

namespace crucible::runs {

class ConfigTable;

struct CauseChoice {
  bool given = false;
  std::string instrument;  // whose bars; "": the only one
  std::string variables = "return range volume_change";
  std::string target = "return";
  std::int64_t max_lag = 3;
  std::int64_t window = 1000;  // bars
  double alpha = 0.01;
  double withdraw_alpha = 0.05;
  std::int64_t test_bars = 1;
  std::int64_t establish = 3;  // tests in a row
  std::int64_t withdraw = 10;
};

void ReadCauses(ConfigTable& table, CauseChoice& choice);
// Names of the graph's variables, by number.
std::vector<std::string> CauseVariables(const CauseChoice& choice);
// The table's canonical text; empty where it was not given.
std::string CanonicalText(const CauseChoice& choice);

// `has_bars` by instrument. kInvalidArgument: no such instrument, variable or target, or a window that is too
// short for them.
absl::StatusOr<engine::CausalObserver> MakeCauses(const CauseChoice& choice,
                                                  const std::vector<Instrument>& instruments,
                                                  const std::vector<bool>& has_bars);

}  // namespace crucible::runs
