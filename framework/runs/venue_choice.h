// Which fill model answers for an instrument, given what its session can carry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/book/book.h"
#include "framework/decode/report.h"
#include "framework/engine/venue.h"
#include "framework/runs/run_config.h"
#include "simulators/history/history_venue.h"
#include "simulators/responsive/responsive_market.h"

namespace crucible::runs {

struct VenueChoice {
  std::unique_ptr<responsive::ResponsiveMarket> flow;  // whose recorded orders trade at `venue`; outlives it
  std::unique_ptr<engine::Venue> venue;
  history::HistoryVenue* fill_model = nullptr;  // the same one, where it fills from history
  std::vector<std::string> warnings;  // downgrades
};

// kFailedPrecondition: the chosen model cannot work on such a session; the message says which can. `fees` are
// for a venue that matches, those of `setup` for one that fills from history.
absl::StatusOr<VenueChoice> MakeVenue(const RunConfig& config, const history::VenueSetup& setup,
                                      const trading::FeeConfig& fees, decode::Completeness completeness,
                                      int window_levels);

// For responsive replay. kFailedPrecondition: the session has no order book.
absl::StatusOr<responsive::ResponsiveConfig> RecordedFlowOf(const RunConfig& config, const Instrument& instrument,
                                                            decode::Completeness completeness,
                                                            int window_levels);

// The book that the session's records build.
book::BookOptions BookOptionsFor(const Instrument& instrument, decode::Completeness completeness,
                                 int window_levels);
// The book that the records of a venue which makes its own market build.
book::BookOptions ProducedBookOptions(const Instrument& instrument);

}  // namespace crucible::runs
