#include "framework/models/regime/router.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::regime {

absl::StatusOr<Router> Router::Create(RouterOptions options, std::size_t regimes) {
  if (options.models == 0) return absl::InvalidArgumentError("a router needs at least one model");
  if (options.worth.size() != options.models * regimes) {
    return absl::InvalidArgumentError(absl::StrFormat("worth has %d entries, expected %d models x %d regimes",
                                                      options.worth.size(), options.models, regimes));
  }
  for (const double worth : options.worth) {
    if (!std::isfinite(worth)) return absl::InvalidArgumentError("worth holds a value that is not finite");
  }
  if (options.horizon == 0 || options.horizon > 10'000)
    return absl::InvalidArgumentError(
        absl::StrFormat("horizon is %d rows, expected 1 to 10000", options.horizon));
  if (!(options.swap_cost >= 0) || !(options.margin >= 0)) {
    return absl::InvalidArgumentError(absl::StrFormat("swap cost %g and margin %g: neither may be negative",
                                                      options.swap_cost, options.margin));
  }
  if (options.first_model >= options.models) {
    return absl::InvalidArgumentError(
        absl::StrFormat("first model is %d, expected one below %d", options.first_model, options.models));
  }
  return Router(std::move(options), regimes);
}

RouterOptions Router::OneModelPerRegime(std::size_t regimes) {
  RouterOptions options;
  options.models = regimes;
  options.worth.assign(regimes * regimes, 0);
  for (std::size_t k = 0; k < regimes; ++k) options.worth[k * regimes + k] = 1;
  return options;
}

Router::Router(RouterOptions options, std::size_t regimes)
    : options_(std::move(options)), regimes_(regimes), active_(options_.first_model), expected_(regimes) {}

std::optional<ModelSwap> Router::Decide(const Filtered<RegimeForecast>& forecast) {
  CRUCIBLE_CHECK(forecast->regimes == regimes_ && forecast->steps() >= options_.horizon);
  ++rows_;
  for (std::size_t k = 0; k < regimes_; ++k) {
    expected_[k] = 0;
    for (std::size_t h = 1; h <= options_.horizon; ++h) expected_[k] += forecast->Ahead(h)[k];
  }
  const auto worth = [&](std::size_t model) {
    double sum = 0;
    for (std::size_t k = 0; k < regimes_; ++k) sum += options_.worth[model * regimes_ + k] * expected_[k];
    return sum;
  };
  const double now = worth(active_);
  std::size_t best = active_;
  double most = now;
  for (std::size_t m = 0; m < options_.models; ++m) {
    if (const double w = worth(m); w > most) most = w, best = m;
  }
  const bool rested = last_swap_ == 0 || rows_ - last_swap_ >= options_.least_stay;
  if (!rested || !(most - now > options_.swap_cost + options_.margin)) return std::nullopt;
  const ModelSwap swap{rows_, active_, best, most - now};
  active_ = best;
  last_swap_ = rows_;
  return swap;
}

std::optional<ModelSwap> ReactiveRouter::Decide(const Filtered<RegimeState>& state) {
  ++rows_;
  const std::size_t wanted = model_of_[state->MostProbable()];
  if (wanted == active_) return std::nullopt;
  const ModelSwap swap{rows_, active_, wanted, 0};
  active_ = wanted;
  return swap;
}

}  // namespace crucible::regime
