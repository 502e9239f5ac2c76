#include "framework/runs/venue_choice.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "simulators/history/fill_models.h"

namespace crucible::runs {

book::BookOptions BookOptionsFor(const Instrument& instrument, decode::Completeness completeness,
                                 int window_levels) {
  book::BookOptions options;
  options.tick_size = instrument.tick_size;
  switch (completeness) {
    case decode::Completeness::kFullL3:
      options.type = book::BookType::kL3;
      break;
    case decode::Completeness::kWindowedL3:
      options.type = book::BookType::kL3;
      options.window_levels = static_cast<std::uint32_t>(window_levels);
      break;
    case decode::Completeness::kL2:
      options.type = book::BookType::kL2;
      break;
    default:
      options.type = book::BookType::kQuotes;
  }
  return options;
}

// Every order of the simulated exchange is told, by ids that count from 1.
book::BookOptions ProducedBookOptions(const Instrument& instrument) {
  book::BookOptions options;
  options.type = book::BookType::kL3;
  options.tick_size = instrument.tick_size;
  options.dense_ids = true;
  return options;
}

absl::StatusOr<VenueChoice> MakeVenue(const RunConfig& config, const history::VenueSetup& setup,
                                      decode::Completeness completeness, int window_levels) {
  history::FillConfig fills;
  fills.model = config.fill_model;
  fills.queue = config.queue_model;
  fills.bars.slippage_ticks = config.slippage_ticks;
  fills.bars.volume_percent = config.volume_percent;
  fills.bars.limits_need_through = config.limits_need_through;
  VenueChoice choice;
  CRUCIBLE_ASSIGN_OR_RETURN(choice.venue, history::MakeVenue(setup, fills, completeness,
                                                             static_cast<std::uint32_t>(window_levels)));
  if (completeness == decode::Completeness::kWindowedL3) {
    choice.warnings.push_back(
        absl::StrFormat("%s shows only the best %d levels: queue positions deeper than that are not known, "
                        "and are given when a level "
                        "comes into view",
                        FullName(setup.instrument), window_levels));
  }
  return choice;
}

}  // namespace crucible::runs
