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

namespace crucible::runs {

struct VenueChoice {
  std::unique_ptr<engine::Venue> venue;
  std::vector<std::string> warnings;  // downgrades
};

// kFailedPrecondition: the chosen model cannot work on such a session; the message says which can.
absl::StatusOr<VenueChoice> MakeVenue(const RunConfig& config, const history::VenueSetup& setup,
                                      decode::Completeness completeness, int window_levels);

// The book that the session's records build.
book::BookOptions BookOptionsFor(const Instrument& instrument, decode::Completeness completeness,
                                 int window_levels);
// The book that the records of a venue which makes its own market build.
book::BookOptions ProducedBookOptions(const Instrument& instrument);

}  // namespace crucible::runs
