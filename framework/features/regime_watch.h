// A regime model at work: filters each row, forecasts, routes, and says it in records.
//
// Only filtered quantities leave it: rows that come later change nothing that was said before.
// Allocation: none after the first row.
#pragma once

#include <bit>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"
#include "framework/models/regime/regime_filter.h"
#include "framework/models/regime/router.h"

namespace crucible::features {

class RegimeWatch {
 public:
  // `options.worth` empty: one route per regime. REQUIRES: filter is not null and has seen no row.
  static absl::StatusOr<RegimeWatch> Create(std::unique_ptr<regime::RegimeFilter> filter,
                                            regime::RouterOptions options);

  // The next row, a value per input of the model. REQUIRES: row.size() == inputs().
  void Update(std::span<const double> row);

  std::size_t inputs() const { return filter_->inputs(); }
  const regime::Filtered<regime::RegimeState>& state() const { return filter_->state(); }
  const regime::Filtered<regime::RegimeForecast>& forecast() const { return forecast_; }
  std::size_t horizon() const { return router_.options().horizon; }
  std::size_t routes() const { return router_.options().models; }
  std::size_t active() const { return router_.active(); }
  // Of the last row.
  const std::optional<regime::ModelSwap>& swap() const { return swap_; }
  // Of everything that decides what it will say next, as far as its outputs show it.
  void Hash(StateHasher& hasher) const;

  // Hands the records of the last row to `append`, which puts each into a stream and returns its sequence: a
  // regime_forecast per regime, a group, caused by `cause`; then a model_swap, if there was one, caused by
  // the forecast of the regime that is the most probable `horizon` rows ahead. Returns the swap's sequence,
  // or 0.
  template <class Append>
  std::uint64_t Record(Nanos at, std::uint32_t instrument, CauseRef cause, Append&& append) const;

 private:
  RegimeWatch(std::unique_ptr<regime::RegimeFilter> filter, regime::Router router);

  std::unique_ptr<regime::RegimeFilter> filter_;
  regime::Router router_;
  regime::Filtered<regime::RegimeForecast> forecast_ = regime::NoForecast();
  std::optional<regime::ModelSwap> swap_;
};

template <class Append>
std::uint64_t RegimeWatch::Record(Nanos at, std::uint32_t instrument, CauseRef cause, Append&& append) const {
  Event event;
  event.time = at.since_epoch;
  event.origin = cause.bits();
  event.instrument = instrument;
  event.kind = Kind::kRegimeForecast;
  const std::span<const double> now = state()->probability, ahead = forecast_->Ahead(horizon());
  double most = -1;
  std::uint64_t expected = 0;
  for (std::size_t k = 0; k < now.size(); ++k) {
    event.flags = k + 1 == now.size() ? flag::kGroupEnd : std::uint16_t{0};
    SetBody(event,
            RegimeForecastBody{k, std::bit_cast<std::int64_t>(now[k]), std::bit_cast<std::int64_t>(ahead[k]),
                               static_cast<std::int64_t>(horizon())});
    const std::uint64_t seq = append(event);
    if (ahead[k] > most) most = ahead[k], expected = seq;
  }
  if (!swap_) return 0;
  event.origin = CauseRef{0, expected}.bits();
  event.kind = Kind::kModelSwap;
  event.flags = flag::kGroupEnd;
  SetBody(event,
          ModelSwapBody{swap_->from, swap_->to, std::bit_cast<std::int64_t>(swap_->advantage), swap_->row});
  return append(event);
}

}  // namespace crucible::features
