#include "framework/models/regime/baum_welch.h"

#include <algorithm>
#include <mutex>

#include "absl/strings/str_format.h"
#include "framework/models/regime/labels.h"
#include "framework/models/regime/maximization.h"
#include "framework/models/regime/start.h"

namespace crucible::regime {
namespace {

absl::Status CheckFit(const Observations& x, const FitOptions& options) {
  const GaussianHmm size = EmptyModel(options.shape, options.regimes, x.features());
  if (options.regimes == 0 || options.regimes > GaussianHmm::kMaxRegimes ||
      x.features() > GaussianHmm::kMaxFeatures) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d regimes of %d features, expected 1 to %d of at most %d", options.regimes,
                        x.features(), GaussianHmm::kMaxRegimes, GaussianHmm::kMaxFeatures));
  }
  const std::size_t parameters = size.FreeParameters() + options.regimes * options.regimes;
  if (x.rows() < 2 * parameters) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d rows for %d parameters: %d regimes of %d features need at least %d rows",
                        x.rows(), parameters, options.regimes, x.features(), 2 * parameters));
  }
  const FeatureScale scale = ScaleOf(x);
  for (std::size_t i = 0; i < x.features(); ++i) {
    const double magnitude = std::max(scale.mean[i], -scale.mean[i]);
    if (!(scale.deviation[i] > 1e-12 * magnitude))
      return absl::InvalidArgumentError(absl::StrFormat("feature %d is constant (%g)", i, scale.mean[i]));
  }
  if (!options.allowed.empty() && options.allowed.size() != options.regimes * options.regimes) {
    return absl::InvalidArgumentError(absl::StrFormat("the mask of allowed moves has %d entries, expected %d",
                                                      options.allowed.size(),
                                                      options.regimes * options.regimes));
  }
  if (options.starts == 0) return absl::InvalidArgumentError("0 starts, expected at least 1");
  return absl::OkStatus();
}

// Takes forbidden moves out of a start; a row of the mask without any move is an error.
absl::Status Forbid(const std::vector<bool>& allowed, GaussianHmm& model) {
  if (allowed.empty()) return absl::OkStatus();
  for (std::size_t i = 0; i < model.regimes; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < model.regimes; ++j) {
      if (!allowed[i * model.regimes + j]) model.Transition(i, j) = 0;
      sum += model.Transition(i, j);
    }
    if (!(sum > 0))
      return absl::InvalidArgumentError(absl::StrFormat("no move is allowed from regime %d", i));
    for (std::size_t j = 0; j < model.regimes; ++j) model.Transition(i, j) /= sum;
  }
  return absl::OkStatus();
}

}  // namespace

EmResult BaumWelch(GaussianHmm model, const Observations& observations, const EmOptions& options,
                   TaskPool* pool) {
  ForwardBackward passes(observations, model.regimes);
  const Maximization maximization(observations, options);
  EmResult result;
  for (std::size_t i = 0; i < options.max_iterations && !result.converged; ++i) {
    const Expectation expectation = passes.Expect(model, pool);
    if (maximization.Update(expectation, model)) ++result.floored;
    if (!result.history.empty() && expectation.log_likelihood - result.history.back() < options.tolerance)
      result.converged = true;
    result.history.push_back(expectation.log_likelihood);
  }
  result.log_likelihood = passes.LogLikelihood(model);
  result.model = std::move(model);
  return result;
}

absl::StatusOr<Fit> FitHmm(const Observations& observations, const FitOptions& options, TaskPool* pool,
                           const std::function<void(std::size_t, std::size_t)>& progress) {
  CRUCIBLE_RETURN_IF_ERROR(CheckFit(observations, options));
  const std::size_t starts = options.regimes == 1 ? 1 : options.starts;
  std::vector<GaussianHmm> models;
  for (std::size_t s = 0; s < starts; ++s) {
    models.push_back(StartingModel(observations, options.regimes, options.shape, options.seed, s));
    CRUCIBLE_RETURN_IF_ERROR(Forbid(options.allowed, models.back()));
  }
  EmOptions screening = options.em;
  screening.max_iterations = std::min(options.screening_iterations, options.em.max_iterations);
  std::vector<EmResult> screened(starts);
  std::mutex mutex;
  std::size_t done = 0;
  const auto screen = [&](std::size_t s, std::size_t) {
    screened[s] = BaumWelch(std::move(models[s]), observations, screening);
    if (!progress) return;
    const std::lock_guard lock(mutex);
    progress(++done, starts);
  };
  if (pool != nullptr && starts > 1) {
    pool->Run(starts, screen);
  } else {
    for (std::size_t s = 0; s < starts; ++s) screen(s, 0);
  }
  Fit fit;
  for (std::size_t s = 0; s < starts; ++s) {
    fit.start_log_likelihoods.push_back(screened[s].log_likelihood);
    if (screened[s].log_likelihood > screened[fit.best_start].log_likelihood) fit.best_start = s;
  }
  EmResult best = std::move(screened[fit.best_start]);
  if (!best.converged && options.em.max_iterations > screening.max_iterations) {
    EmOptions rest = options.em;
    rest.max_iterations -= screening.max_iterations;
    EmResult polished = BaumWelch(std::move(best.model), observations, rest, pool);
    best.history.insert(best.history.end(), polished.history.begin(), polished.history.end());
    polished.history = std::move(best.history);
    polished.floored += best.floored;
    best = std::move(polished);
  }
  static_cast<EmResult&>(fit) = std::move(best);
  if (options.allowed.empty())
    fit.model = Reordered(fit.model, OrderByVolatility(fit.model, ScaleOf(observations)));
  return fit;
}

}  // namespace crucible::regime
