#include "simulators/history/fill_models.h"

#include "absl/strings/str_format.h"
#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"
#include "simulators/history/quote_venue.h"

namespace crucible::history {
namespace {

absl::Status CheckOptions(const BarOptions& options) {
  if (options.slippage_ticks < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("bars.slippage_ticks is %d, expected 0 or more", options.slippage_ticks));
  }
  if (options.volume_percent < 1 || options.volume_percent > 100) {
    return absl::InvalidArgumentError(
        absl::StrFormat("bars.volume_percent is %d, expected 1 to 100", options.volume_percent));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<HistoryVenue>> MakeL2(const VenueSetup& setup, const FillConfig& config) {
  CRUCIBLE_ASSIGN_OR_RETURN(const QueueModel queue,
                            QueueModel::Parse(config.queue, setup.instrument.lot_size));
  return std::make_unique<L2Venue>(setup, queue);
}

absl::StatusOr<std::unique_ptr<HistoryVenue>> MakeBars(const VenueSetup& setup, const FillConfig& config) {
  CRUCIBLE_RETURN_IF_ERROR(CheckOptions(config.bars));
  return std::make_unique<BarVenue>(setup, config.bars);
}

}  // namespace

std::string_view Name(FillModel model) {
  switch (model) {
    case FillModel::kL3:
      return "l3";
    case FillModel::kL2:
      return "l2";
    case FillModel::kQuotes:
      return "quotes";
    case FillModel::kBars:
      return "bars";
  }
  return "?";
}

absl::StatusOr<FillModel> BestModel(Completeness completeness) {
  switch (completeness) {
    case Completeness::kFullL3:
    case Completeness::kWindowedL3:
      return FillModel::kL3;
    case Completeness::kL2:
      return FillModel::kL2;
    case Completeness::kQuotes:
      return FillModel::kQuotes;
    case Completeness::kBars:
      return FillModel::kBars;
    case Completeness::kTrades:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("no fill model runs on a session of completeness %s: it needs bars, quotes, l2 or l3",
                      Name(completeness)));
}

absl::Status Check(FillModel model, Completeness completeness) {
  CRUCIBLE_ASSIGN_OR_RETURN(const FillModel best, BestModel(completeness));
  if (best == model) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrFormat("fill model \"%s\" cannot run on a session of completeness %s; \"%s\" can", Name(model),
                      Name(completeness), Name(best)));
}

absl::StatusOr<FillModel> ParseModel(std::string_view text) {
  for (const FillModel model : {FillModel::kL3, FillModel::kL2, FillModel::kQuotes, FillModel::kBars}) {
    if (text == Name(model)) return model;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("fill.model is \"%s\", expected auto, l3, l2, quotes or bars", text));
}

absl::StatusOr<std::unique_ptr<HistoryVenue>> MakeVenue(const VenueSetup& setup, const FillConfig& config,
                                                        Completeness completeness,
                                                        std::uint32_t window_levels) {
  CRUCIBLE_ASSIGN_OR_RETURN(const FillModel model,
                            config.model == "auto" ? BestModel(completeness) : ParseModel(config.model));
  CRUCIBLE_RETURN_IF_ERROR(Check(model, completeness));
  switch (model) {
    case FillModel::kL3:
      return std::make_unique<L3Venue>(setup, window_levels);
    case FillModel::kL2:
      return MakeL2(setup, config);
    case FillModel::kQuotes:
      return std::make_unique<QuoteVenue>(setup, config.quote_sizes_unknown);
    case FillModel::kBars:
      return MakeBars(setup, config);
  }
  return absl::InternalError("unreachable");
}

}  // namespace crucible::history
