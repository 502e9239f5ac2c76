#include "framework/runs/venue_choice.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "simulators/exchange/exchange_venue.h"
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

namespace {

// A feed that shows takers as orders, before it tells what they took.
bool ShowsTakers(const Instrument& instrument) { return instrument.venue == "bitstamp"; }

}  // namespace

absl::StatusOr<responsive::ResponsiveConfig> RecordedFlowOf(const RunConfig& config,
                                                            const Instrument& instrument,
                                                            decode::Completeness completeness,
                                                            int window_levels) {
  const book::BookOptions book = BookOptionsFor(instrument, completeness, window_levels);
  if (book.type != book::BookType::kQuotes)
    return responsive::ResponsiveConfig{instrument, book, config.impact_half_life, ShowsTakers(instrument)};
  return absl::FailedPreconditionError(
      absl::StrFormat("a responsive market replays the orders of a book; %s is a session of %s, "
                      "expected full_l3, windowed_l3 or l2",
                      FullName(instrument), decode::Name(completeness)));
}

namespace {

absl::StatusOr<VenueChoice> MakeResponsive(const RunConfig& config, const history::VenueSetup& setup,
                                           const trading::FeeConfig& fees, decode::Completeness completeness,
                                           int window_levels) {
  const Instrument& instrument = setup.instrument;
  CRUCIBLE_ASSIGN_OR_RETURN(const responsive::ResponsiveConfig recorded,
                            RecordedFlowOf(config, instrument, completeness, window_levels));
  VenueChoice choice;
  choice.flow = std::make_unique<responsive::ResponsiveMarket>(recorded);
  exchange::MarketRules rules;
  rules.instrument = instrument;
  rules.fees = fees;
  CRUCIBLE_ASSIGN_OR_RETURN(choice.venue,
                            exchange::ExchangeVenue::Create(setup.id, rules, choice.flow.get()));
  if (completeness == decode::Completeness::kL2) {
    choice.warnings.push_back(absl::StrFormat(
        "%s names no orders: a level that grows is taken for one order, one that shrinks loses its youngest",
        FullName(instrument)));
  }
  return choice;
}

}  // namespace

absl::StatusOr<VenueChoice> MakeVenue(const RunConfig& config, const history::VenueSetup& setup,
                                      const trading::FeeConfig& fees, decode::Completeness completeness,
                                      int window_levels) {
  if (config.fill_model == "responsive")
    return MakeResponsive(config, setup, fees, completeness, window_levels);
  history::FillConfig fills;
  fills.model = config.fill_model;
  fills.queue = config.queue_model;
  fills.bars.slippage_ticks = config.slippage_ticks;
  fills.bars.volume_percent = config.volume_percent;
  fills.bars.limits_need_through = config.limits_need_through;
  VenueChoice choice;
  CRUCIBLE_ASSIGN_OR_RETURN(std::unique_ptr<history::HistoryVenue> fill_model,
                            history::MakeVenue(setup, fills, completeness,
                                               static_cast<std::uint32_t>(window_levels)));
  choice.fill_model = fill_model.get();
  choice.venue = std::move(fill_model);
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
