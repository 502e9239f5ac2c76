#include "framework/models/regime/filter.h"

#include <algorithm>

#include "framework/base/check.h"
#include "framework/base/math.h"

namespace crucible::regime {

std::size_t RegimeState::MostProbable() const {
  return static_cast<std::size_t>(std::ranges::max_element(probability) - probability.begin());
}

void MoveChain(const double* p, const double* transition, std::size_t regimes, double* next) {
  for (std::size_t j = 0; j < regimes; ++j) next[j] = p[0] * transition[j];
  for (std::size_t i = 1; i < regimes; ++i) {
    const double* row = transition + i * regimes;
    for (std::size_t j = 0; j < regimes; ++j) next[j] += p[i] * row[j];
  }
}

double Condition(const double* predicted, double* log_density, std::size_t regimes, double* posterior) {
  double shift = 0;
  bool reachable = false;
  for (std::size_t k = 0; k < regimes; ++k) {
    if (!(predicted[k] > 0) || (reachable && log_density[k] <= shift)) continue;
    shift = log_density[k];
    reachable = true;
  }
  CRUCIBLE_CHECK(reachable);
  for (std::size_t k = 0; k < regimes; ++k) log_density[k] = predicted[k] > 0 ? log_density[k] - shift : 0;
  ExpEach(log_density, regimes);
  double sum = 0;
  for (std::size_t k = 0; k < regimes; ++k) {
    posterior[k] = predicted[k] * log_density[k];
    sum += posterior[k];
  }
  CRUCIBLE_CHECK(sum > 0);
  for (std::size_t k = 0; k < regimes; ++k) posterior[k] /= sum;
  return Log(sum) + shift;
}

Filtered<RegimeForecast> NoForecast() { return {FilterKey(), RegimeForecast()}; }

HmmFilter::HmmFilter(const GaussianHmm& model)
    : model_(model),
      densities_(model),
      state_(FilterKey(), {model.start, 0, 0}),
      predicted_(model.regimes),
      log_density_(model.regimes) {}

void HmmFilter::Reset() { state_ = Filtered<RegimeState>(FilterKey(), {model_.start, 0, 0}); }

void HmmFilter::Move() {
  const RegimeState& last = state_.value();
  if (last.rows == 0) {
    predicted_ = model_.start;
  } else {
    MoveChain(last.probability.data(), model_.transition.data(), model_.regimes, predicted_.data());
  }
}

const Filtered<RegimeState>& HmmFilter::Update(std::span<const double> row) {
  CRUCIBLE_CHECK(row.size() == model_.features);
  Move();
  densities_.LogDensities(row.data(), log_density_.data());
  RegimeState& state = state_.Change(FilterKey());
  state.log_score =
      Condition(predicted_.data(), log_density_.data(), model_.regimes, state.probability.data());
  ++state.rows;
  return state_;
}

const Filtered<RegimeState>& HmmFilter::Skip() {
  Move();
  RegimeState& state = state_.Change(FilterKey());
  state.probability.swap(predicted_);
  state.log_score = 0;
  ++state.rows;
  return state_;
}

void HmmFilter::Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const {
  const std::size_t k = model_.regimes;
  RegimeForecast& forecast = out.Change(FilterKey());
  forecast.regimes = k;
  forecast.probability.resize(steps * k);
  const double* before = state_->probability.data();
  for (std::size_t s = 0; s < steps; ++s) {
    double* next = forecast.probability.data() + s * k;
    if (s == 0 && state_->rows == 0) {
      std::ranges::copy(model_.start, next);
    } else {
      MoveChain(before, model_.transition.data(), k, next);
    }
    before = next;
  }
}

Filtered<RegimeDistribution> HmmFilter::Predict(std::size_t steps) const {
  if (steps == 0) return {FilterKey(), state_->probability};
  Filtered<RegimeForecast> forecast = NoForecast();
  Forecast(steps, forecast);
  const auto last = forecast->Ahead(steps);
  return {FilterKey(), RegimeDistribution(last.begin(), last.end())};
}

}  // namespace crucible::regime
