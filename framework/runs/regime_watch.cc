#include "framework/runs/regime_watch.h"

#include <bit>

#include "framework/event/regime_records.h"

namespace crucible::runs {

absl::StatusOr<RegimeWatch> RegimeWatch::Create(const RegimeArtefact& artefact,
                                                regime::RouterOptions options) {
  const std::size_t regimes = artefact.emissions().regimes;
  if (options.worth.empty()) {
    regime::RouterOptions each = regime::Router::OneModelPerRegime(regimes);
    options.models = each.models;
    options.worth = std::move(each.worth);
  }
  CRUCIBLE_ASSIGN_OR_RETURN(regime::Router router, regime::Router::Create(std::move(options), regimes));
  return RegimeWatch(artefact.MakeFilter(), std::move(router));
}

void RegimeWatch::Update(std::span<const double> row) {
  filter_->Update(row);
  filter_->Forecast(horizon(), forecast_);
  swap_ = router_.Decide(forecast_);
}

void RegimeWatch::AppendRecords(Nanos at, std::uint32_t instrument, CauseRef cause,
                                std::vector<Event>& out) const {
  Event event;
  event.time = at.since_epoch;
  event.origin = cause.bits();
  event.instrument = instrument;
  event.kind = kRegimeForecast;
  const std::vector<double>& now = state()->probability;
  for (std::size_t k = 0; k < now.size(); ++k) {
    event.flags = k + 1 == now.size() ? flag::kGroupEnd : std::uint16_t{0};
    SetBody(event, RegimeForecastBody{k, std::bit_cast<std::int64_t>(now[k]),
                                      std::bit_cast<std::int64_t>(forecast_->Ahead(horizon())[k]),
                                      static_cast<std::int64_t>(horizon())});
    out.push_back(event);
  }
  if (!swap_) return;
  event.kind = kModelSwap;
  event.flags = flag::kGroupEnd;
  SetBody(event,
          ModelSwapBody{swap_->from, swap_->to, std::bit_cast<std::int64_t>(swap_->advantage), swap_->row});
  out.push_back(event);
}

}  // namespace crucible::runs
