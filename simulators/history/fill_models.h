// From a configuration and a session's completeness to a fill model.
//
//   model = "auto"     the most exact model that the session carries
//   "l3"      l3_venue.h      full or windowed L3
//   "l2"      l2_venue.h      L2
//   "quotes"  quote_venue.h   quotes
//   "bars"    bar_venue.h     bars
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "framework/base/status.h"
#include "framework/engine/venue.h"
#include "framework/event/completeness.h"
#include "simulators/history/bar_venue.h"
#include "simulators/history/history_venue.h"

namespace crucible::history {

enum class FillModel : std::uint8_t { kL3 = 1, kL2 = 2, kQuotes = 3, kBars = 4 };
std::string_view Name(FillModel model);

struct FillConfig {
  std::string model = "auto";
  std::string queue = "power3:3";  // l2: QueueModel::Parse
  bool quote_sizes_unknown = false;
  BarOptions bars = {};
};

// The most exact model that such a session carries. kFailedPrecondition for one that carries none.
absl::StatusOr<FillModel> BestModel(Completeness completeness);

// kFailedPrecondition when a session of this completeness lacks what the model needs; the message names both
// and the model that would do.
absl::Status Check(FillModel model, Completeness completeness);

// kInvalidArgument names the key and its valid values.
absl::StatusOr<FillModel> ParseModel(std::string_view text);

// The venue of one instrument. `window_levels`: of a windowed L3 session, else 0. Errors as above.
absl::StatusOr<std::unique_ptr<HistoryVenue>> MakeVenue(const VenueSetup& setup, const FillConfig& config,
                                                        Completeness completeness,
                                                        std::uint32_t window_levels);

}  // namespace crucible::history
