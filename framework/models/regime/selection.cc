#include "framework/models/regime/selection.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/filter.h"

namespace crucible::regime {

double Bic(const GaussianHmm& model, double log_likelihood, std::size_t rows) {
  return -2 * log_likelihood + static_cast<double>(model.FreeParameters()) * Log(static_cast<double>(rows));
}

double ShortestStay(const GaussianHmm& model) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < model.regimes; ++k) least = std::min(least, 1 / (1 - model.Transition(k, k)));
  return least;
}

double MeanLogScore(RegimeFilter& filter, const Observations& observations, std::size_t from) {
  CRUCIBLE_CHECK(from < observations.rows());
  std::vector<double> row(observations.features());
  double sum = 0;
  filter.Reset();
  for (std::size_t t = 0; t < observations.rows(); ++t) {
    observations.CopyRow(t, row.data());
    const double score = filter.Update(row)->log_score;
    if (t >= from) sum += score;
  }
  return sum / static_cast<double>(observations.rows() - from);
}

absl::StatusOr<Choice> ChooseRegimes(const Observations& observations, const ChoiceOptions& options,
                                     TaskPool* pool,
                                     const std::function<void(std::size_t, std::size_t)>& progress) {
  CRUCIBLE_CHECK(observations.sequences() == 1);
  const bool hold_out = options.held_out_share > 0;
  const std::size_t rows = observations.rows();
  const auto kept = static_cast<std::size_t>(static_cast<double>(rows) * (1 - options.held_out_share));
  if (hold_out && (kept == 0 || kept >= rows)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("holding out %g of %d rows leaves %d to fit and %d to judge", options.held_out_share,
                        rows, kept, rows - kept));
  }
  Choice choice;
  const std::size_t total = options.most_regimes * (hold_out ? 2 : 1);
  for (std::size_t k = 1; k <= options.most_regimes; ++k) {
    FitOptions fit_options = options.fit;
    fit_options.regimes = k;
    fit_options.allowed.clear();
    absl::StatusOr<Fit> fit = FitHmm(observations, fit_options, pool);
    if (!fit.ok()) {
      if (k == 1) return fit.status();
      break;
    }
    if (progress) progress(choice.candidates.size() * (hold_out ? 2 : 1) + 1, total);
    Candidate candidate{
        k, fit->model.FreeParameters(), fit->log_likelihood, Bic(fit->model, fit->log_likelihood, rows),
        0, ShortestStay(fit->model),    fit->converged,      fit->model};
    if (hold_out) {
      const absl::StatusOr<Fit> past = FitHmm(observations.Slice(0, kept), fit_options, pool);
      if (!past.ok()) {
        if (k == 1) return past.status();
        break;
      }
      HmmFilter filter(past->model);
      candidate.held_out = MeanLogScore(filter, observations, kept);
      if (progress) progress(2 * (choice.candidates.size() + 1), total);
    }
    choice.candidates.push_back(std::move(candidate));
  }
  for (std::size_t i = 1; i < choice.candidates.size(); ++i) {
    if (choice.candidates[i].bic < choice.candidates[choice.by_bic].bic) choice.by_bic = i;
    if (choice.candidates[i].held_out > choice.candidates[choice.by_held_out].held_out)
      choice.by_held_out = i;
  }
  return choice;
}

}  // namespace crucible::regime
