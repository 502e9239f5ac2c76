#include "framework/features/regime_watch.h"

#include <utility>

namespace crucible::features {

absl::StatusOr<RegimeWatch> RegimeWatch::Create(std::unique_ptr<regime::RegimeFilter> filter,
                                                regime::RouterOptions options) {
  const std::size_t regimes = filter->emissions().regimes;
  if (options.worth.empty()) {
    regime::RouterOptions each = regime::Router::OneModelPerRegime(regimes);
    options.models = each.models;
    options.worth = std::move(each.worth);
  }
  CRUCIBLE_ASSIGN_OR_RETURN(regime::Router router, regime::Router::Create(std::move(options), regimes));
  return RegimeWatch(std::move(filter), std::move(router));
}

RegimeWatch::RegimeWatch(std::unique_ptr<regime::RegimeFilter> filter, regime::Router router)
    : filter_(std::move(filter)), router_(std::move(router)) {
  filter_->Forecast(horizon(), forecast_);
}

void RegimeWatch::Update(std::span<const double> row) {
  filter_->Update(row);
  filter_->Forecast(horizon(), forecast_);
  swap_ = router_.Decide(forecast_);
}

void RegimeWatch::Hash(StateHasher& hasher) const {
  hasher.Add(state()->rows);
  hasher.Add(static_cast<std::uint64_t>(active()));
  for (const double p : state()->probability) hasher.Add(p);
  for (const double p : forecast_->probability) hasher.Add(p);
}

}  // namespace crucible::features
