#include "framework/engine/regime_observer.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::engine {

absl::StatusOr<RegimeObserver> RegimeObserver::Create(InstrumentId instrument, features::BarFeatures features,
                                                      features::RegimeWatch watch,
                                                      std::vector<std::string> route_names) {
  if (features.size() != watch.inputs()) {
    return absl::InvalidArgumentError(absl::StrFormat("%d features of bars for a regime model of %d inputs",
                                                      features.size(), watch.inputs()));
  }
  if (route_names.size() != watch.routes()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d names for %d routes", route_names.size(), watch.routes()));
  }
  return RegimeObserver(BarRows(instrument, std::move(features)), std::move(watch), std::move(route_names));
}

RegimeObserver::RegimeObserver(BarRows rows, features::RegimeWatch watch, std::vector<std::string> route_names)
    : rows_(std::move(rows)), watch_(std::move(watch)), route_names_(std::move(route_names)) {}

std::optional<RegimeObserver::Swap> RegimeObserver::Observe(const MarketGroup& group, CauseRef cause,
                                                            Nanos now, Recorder& recorder) {
  const std::vector<double>* row = rows_.Read(group);
  if (row == nullptr) return std::nullopt;
  watch_.Update(*row);
  const std::uint64_t seq = watch_.Record(now, rows_.instrument().value, cause,
                                          [&](const Event& event) { return recorder.Append(event); });
  if (seq == 0) return std::nullopt;
  const regime::ModelSwap& swap = *watch_.swap();
  return Swap{seq,
              {sizeof(crucible_regime_event_v1), rows_.instrument().value, now.since_epoch,
               static_cast<std::uint32_t>(swap.from), static_cast<std::uint32_t>(swap.to), swap.advantage}};
}

crucible_regime_v1 RegimeObserver::View() const {
  const regime::Filtered<regime::RegimeState>& state = watch_.state();
  const regime::Filtered<regime::RegimeForecast>& forecast = watch_.forecast();
  return {sizeof(crucible_regime_v1),
          rows_.instrument().value,
          static_cast<std::uint32_t>(watch_.active()),
          static_cast<std::uint32_t>(watch_.routes()),
          route_names_[watch_.active()].c_str(),
          static_cast<std::uint32_t>(state->probability.size()),
          static_cast<std::uint32_t>(watch_.horizon()),
          state->probability.data(),
          forecast->Ahead(watch_.horizon()).data(),
          state->rows};
}

}  // namespace crucible::engine
