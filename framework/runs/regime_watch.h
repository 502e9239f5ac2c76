// A regime model at work on bars: filters each row, forecasts, routes, and says it in records.
//
// Only filtered quantities leave it: rows that come later change nothing that was said before.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "framework/event/event.h"
#include "framework/models/regime/regime_filter.h"
#include "framework/models/regime/router.h"
#include "framework/runs/regime_artefact.h"

namespace crucible::runs {

class RegimeWatch {
 public:
  // `router.worth` empty: one model per regime.
  static absl::StatusOr<RegimeWatch> Create(const RegimeArtefact& artefact, regime::RouterOptions router);

  // The next row, a value per column of the artefact.
  void Update(std::span<const double> row);

  const regime::Filtered<regime::RegimeState>& state() const { return filter_->state(); }
  const regime::Filtered<regime::RegimeForecast>& forecast() const { return forecast_; }
  std::size_t horizon() const { return router_.options().horizon; }
  std::size_t active() const { return router_.active(); }
  // Of the last row.
  const std::optional<regime::ModelSwap>& swap() const { return swap_; }

  // Records of the last row: a regime_forecast per regime, as a group, then a model_swap if there was one.
  // Sequences are left to whoever appends them.
  void AppendRecords(Nanos at, std::uint32_t instrument, CauseRef cause, std::vector<Event>& out) const;

 private:
  RegimeWatch(std::unique_ptr<regime::RegimeFilter> filter, regime::Router router)
      : filter_(std::move(filter)), router_(std::move(router)) {}

  std::unique_ptr<regime::RegimeFilter> filter_;
  regime::Router router_;
  regime::Filtered<regime::RegimeForecast> forecast_ = regime::NoForecast();
  std::optional<regime::ModelSwap> swap_;
};

}  // namespace crucible::runs
