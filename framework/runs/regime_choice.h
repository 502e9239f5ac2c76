// The [regimes] table of a run's configuration: a regime model that reads the run's bars, and what its router
// swaps.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/regime_observer.h"
#include "framework/event/instrument.h"

namespace crucible::runs {

class ConfigTable;

struct RegimeChoice {
  std::string model;       // path; not part of the canonical text
  std::string model_text;  // what stands there: a run carries its model, so that a replay needs no other file
  std::string instrument;  // whose bars; "": the one that the model was fitted to
  std::int64_t horizon = 10;
  double swap_cost = 1;
  double margin = 0.5;
  std::int64_t least_stay = 1;
  // Worth of a bar in regime 0, 1, ... by route; empty: one route per regime, "0", "1", ...
  std::map<std::string, std::string> routes;
  std::string first_route;  // "": the first one

  bool given() const { return !model.empty() || !model_text.empty(); }
};

void ReadRegimes(ConfigTable& table, RegimeChoice& choice);
// The table's canonical text; empty without a model.
std::string CanonicalText(const RegimeChoice& choice);

// Replaces `model` by what the file holds; a relative path is one from `directory`.
absl::Status LoadModel(const std::string& directory, RegimeChoice& choice);

// By number: as `choice` names them, or one per regime, "0", "1", ...
std::vector<std::string> RouteNames(const RegimeChoice& choice, std::size_t regimes);

struct RunRegimes {
  engine::RegimeObserver observer;
  std::vector<std::string> routes;  // by number
};
// `has_bars` by instrument. kInvalidArgument: a model that does not read bars, or of none of the instruments;
// a route that is not worth something in every regime.
absl::StatusOr<RunRegimes> MakeRegimes(const RegimeChoice& choice, const std::vector<Instrument>& instruments,
                                       const std::vector<bool>& has_bars);

}  // namespace crucible::runs
