#include "framework/models/regime/hsmm.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/maximization.h"

namespace crucible::regime {
namespace {

constexpr double kLeastHazard = 1e-9;

// One row of the chain of (regime, age): where the mass goes before the row is seen.
void MoveAges(const Hsmm& model, const double* mass, double* next) {
  const std::size_t k = model.emissions.regimes, ages = model.ages;
  std::array<double, GaussianHmm::kMaxRegimes> ends;
  for (std::size_t i = 0; i < k; ++i) {
    const double *from = mass + i * ages, *hazard = model.hazard.data() + i * ages;
    double* to = next + i * ages;
    double end = 0;
    for (std::size_t a = 0; a < ages; ++a) end += from[a] * hazard[a];
    ends[i] = end;
    for (std::size_t a = 0; a + 1 < ages; ++a) to[a + 1] = from[a] * (1 - hazard[a]);
    const double stays = from[ages - 1] * (1 - hazard[ages - 1]);
    if (ages > 1) to[ages - 1] += stays;
    to[0] = ages > 1 ? 0 : stays;
  }
  for (std::size_t j = 0; j < k; ++j) {
    double arrives = 0;
    for (std::size_t i = 0; i < k; ++i) arrives += ends[i] * model.emissions.Transition(i, j);
    next[j * ages] += arrives;
  }
}

void StartAges(const Hsmm& model, double* mass) {
  std::fill_n(mass, model.emissions.regimes * model.ages, 0.0);
  for (std::size_t k = 0; k < model.emissions.regimes; ++k) mass[k * model.ages] = model.emissions.start[k];
}

// Mass by regime.
void SumAges(const Hsmm& model, const double* mass, double* by_regime) {
  for (std::size_t k = 0; k < model.emissions.regimes; ++k) {
    double sum = 0;
    for (std::size_t a = 0; a < model.ages; ++a) sum += mass[k * model.ages + a];
    by_regime[k] = sum;
  }
}

// Bayes' rule on predicted mass, in place: divides by its sum. `factor[k]` becomes what regime k's mass was
// multiplied by; `by_regime` the posterior. Returns the log of the row's predictive density.
double ConditionAges(const Hsmm& model, double* log_density, double* mass, double* by_regime,
                     double* factor) {
  const std::size_t k = model.emissions.regimes;
  std::array<double, GaussianHmm::kMaxRegimes> predicted{};
  SumAges(model, mass, predicted.data());
  const double score = Condition(predicted.data(), log_density, k, by_regime);
  for (std::size_t i = 0; i < k; ++i) {
    factor[i] = predicted[i] > 0 ? by_regime[i] / predicted[i] : 0;
    for (std::size_t a = 0; a < model.ages; ++a) mass[i * model.ages + a] *= factor[i];
  }
  return score;
}

// Expected counts of one pass over all sequences.
struct Counts {
  double log_likelihood = 0;
  std::vector<double> start, moves, ends, stays;  // ends, stays: [regimes][ages]
  std::vector<double> gamma;                      // [rows][regimes]
};

class HsmmPasses {
 public:
  HsmmPasses(const Hsmm& model, const Observations& x)
      : model_(model),
        x_(x),
        k_(model.emissions.regimes),
        size_(k_ * model.ages),
        log_density_(Densities(model.emissions).LogDensities(x)),
        states_((kBlockRows + 1) * size_),
        factors_(kBlockRows * k_),
        posterior_(k_) {
    counts_.start.assign(k_, 0);
    counts_.moves.assign(k_ * k_, 0);
    counts_.ends.assign(size_, 0);
    counts_.stays.assign(size_, 0);
    counts_.gamma.assign(x.rows() * k_, 0);
  }

  Counts Run(bool backward) {
    for (std::size_t s = 0; s < x_.sequences(); ++s) {
      Forward(s);
      if (backward) Backward(s);
    }
    return std::move(counts_);
  }

 private:
  // Rows [first, first + rows) from the state before them (states_[0]); `begins` says that there is none.
  double Block(std::size_t first, std::size_t rows, bool begins) {
    double score = 0;
    for (std::size_t t = 0; t < rows; ++t) {
      double* mass = states_.data() + (t + 1) * size_;
      if (begins && t == 0) {
        StartAges(model_, mass);
      } else {
        MoveAges(model_, mass - size_, mass);
      }
      std::array<double, GaussianHmm::kMaxRegimes> log_density;
      std::copy_n(log_density_.data() + (first + t) * k_, k_, log_density.data());
      score += ConditionAges(model_, log_density.data(), mass, posterior_.data(), factors_.data() + t * k_);
    }
    return score;
  }

  void Forward(std::size_t sequence) {
    const std::size_t begin = x_.Start(sequence), length = x_.Length(sequence);
    checkpoints_.clear();
    for (std::size_t first = 0; first < length; first += kBlockRows) {
      const std::size_t rows = std::min(kBlockRows, length - first);
      checkpoints_.insert(checkpoints_.end(), states_.begin(),
                          states_.begin() + static_cast<std::ptrdiff_t>(size_));
      counts_.log_likelihood += Block(begin + first, rows, first == 0);
      std::copy_n(states_.data() + rows * size_, size_, states_.data());
    }
  }

  // beta is scaled so that sum over states of mass x beta is 1 at every row.
  void Backward(std::size_t sequence) {
    const std::size_t begin = x_.Start(sequence), length = x_.Length(sequence), ages = model_.ages;
    std::vector<double> beta(size_, 1.0), before(size_);
    std::array<double, GaussianHmm::kMaxRegimes> fresh, arrive;
    for (std::size_t block = (length + kBlockRows - 1) / kBlockRows; block-- > 0;) {
      const std::size_t first = block * kBlockRows, rows = std::min(kBlockRows, length - first);
      std::copy_n(checkpoints_.data() + block * size_, size_, states_.data());
      Block(begin + first, rows, block == 0);
      for (std::size_t t = rows; t-- > 0;) {
        const double *mass = states_.data() + (t + 1) * size_, *last = mass - size_;
        for (std::size_t k = 0; k < k_; ++k) {
          double sum = 0;
          for (std::size_t a = 0; a < ages; ++a) sum += mass[k * ages + a] * beta[k * ages + a];
          counts_.gamma[(begin + first + t) * k_ + k] = sum;
          if (first + t == 0) counts_.start[k] += sum;
          fresh[k] = factors_[t * k_ + k] * beta[k * ages];
        }
        if (first + t == 0) break;
        for (std::size_t i = 0; i < k_; ++i) {
          const double *hazard = model_.hazard.data() + i * ages, *from = last + i * ages;
          double *ends = counts_.ends.data() + i * ages, *stays = counts_.stays.data() + i * ages;
          arrive[i] = 0;
          for (std::size_t j = 0; j < k_; ++j) arrive[i] += model_.emissions.Transition(i, j) * fresh[j];
          double ending = 0;
          for (std::size_t a = 0; a < ages; ++a) {
            const double older = factors_[t * k_ + i] * beta[i * ages + std::min(a + 1, ages - 1)];
            const double end = hazard[a] * arrive[i], stay = (1 - hazard[a]) * older;
            ending += from[a] * hazard[a];
            ends[a] += from[a] * end;
            stays[a] += from[a] * stay;
            before[i * ages + a] = std::min(end + stay, 1e300);
          }
          for (std::size_t j = 0; j < k_; ++j)
            counts_.moves[i * k_ + j] += ending * model_.emissions.Transition(i, j) * fresh[j];
        }
        beta.swap(before);
      }
    }
  }

  const Hsmm& model_;
  const Observations& x_;
  std::size_t k_, size_;
  std::vector<double> log_density_;
  std::vector<double> states_;       // [1 + block rows][regimes][ages]: before and after each row of a block
  std::vector<double> factors_;      // [block rows][regimes]
  std::vector<double> checkpoints_;  // the state before each block
  std::vector<double> posterior_;
  Counts counts_;
};

// Hazards from ends and stays, pulled towards the regime's overall rate.
void UpdateHazards(const Counts& counts, double prior_rows, Hsmm& model) {
  for (std::size_t k = 0; k < model.emissions.regimes; ++k) {
    const double *ends = counts.ends.data() + k * model.ages, *stays = counts.stays.data() + k * model.ages;
    double all_ends = 0, all = 0;
    for (std::size_t a = 0; a < model.ages; ++a) {
      all_ends += ends[a];
      all += ends[a] + stays[a];
    }
    if (!(all > 0)) continue;
    for (std::size_t a = 0; a < model.ages; ++a) {
      const double rows = ends[a] + stays[a] + prior_rows;
      if (!(rows > 0)) continue;
      const double hazard = (ends[a] + prior_rows * all_ends / all) / rows;
      model.hazard[k * model.ages + a] = std::min(std::max(hazard, kLeastHazard), 1.0);
    }
  }
}

}  // namespace

absl::Status Hsmm::Validate() const {
  CRUCIBLE_RETURN_IF_ERROR(emissions.Validate());
  if (emissions.regimes < 2)
    return absl::InvalidArgumentError("explicit durations need at least two regimes");
  if (ages == 0 || ages > kMaxAges || hazard.size() != emissions.regimes * ages)
    return absl::InvalidArgumentError(absl::StrFormat("%d hazards for %d ages", hazard.size(), ages));
  for (std::size_t k = 0; k < emissions.regimes; ++k) {
    if (emissions.Transition(k, k) != 0)
      return absl::InvalidArgumentError(
          absl::StrFormat("regime %d moves to itself; its duration says how long", k));
  }
  for (const double h : hazard) {
    if (!(h > 0) || !(h <= 1)) return absl::InvalidArgumentError(absl::StrFormat("a hazard is %g", h));
  }
  return absl::OkStatus();
}

Hash128 Hsmm::Hash() const {
  StateHasher hasher;
  hasher.Add(emissions.Hash().low);
  hasher.Add(emissions.Hash().high);
  for (const double h : hazard) hasher.Add(h);
  return hasher.value();
}

double Hsmm::MeanDuration(std::size_t regime) const {
  const double* h = hazard.data() + regime * ages;
  double survive = 1, mean = 0;
  for (std::size_t a = 0; a + 1 < ages; ++a) {
    mean += survive;
    survive *= 1 - h[a];
  }
  return mean + survive / h[ages - 1];
}

Hsmm FromHmm(const GaussianHmm& model, std::size_t ages) {
  CRUCIBLE_CHECK(model.regimes >= 2 && ages >= 1);
  Hsmm result{model, ages, {}};
  for (std::size_t i = 0; i < model.regimes; ++i) {
    const double leave = std::max(1 - model.Transition(i, i), kLeastHazard);
    result.hazard.insert(result.hazard.end(), ages, leave);
    double others = 0;
    for (std::size_t j = 0; j < model.regimes; ++j) others += i == j ? 0 : model.Transition(i, j);
    for (std::size_t j = 0; j < model.regimes; ++j) {
      const double even = 1 / static_cast<double>(model.regimes - 1);
      result.emissions.Transition(i, j) = i == j ? 0 : others > 0 ? model.Transition(i, j) / others : even;
    }
  }
  return result;
}

HsmmFit FitHsmm(const GaussianHmm& start, const Observations& observations, const HsmmOptions& options,
                const std::function<void(std::size_t, std::size_t)>& progress) {
  HsmmFit fit;
  fit.model = FromHmm(start, options.ages);
  const Maximization maximization(observations, options.em);
  for (std::size_t i = 0; i < options.em.max_iterations && !fit.converged; ++i) {
    const Counts counts = HsmmPasses(fit.model, observations).Run(true);
    GaussianHmm& emissions = fit.model.emissions;
    MomentSums moments = MomentSums::For(emissions);
    moments.AddAll(observations, emissions.mean.data(), counts.gamma);
    NormalizeInto(counts.start.data(), emissions.regimes, emissions.start.data());
    for (std::size_t k = 0; k < emissions.regimes; ++k) {
      NormalizeInto(counts.moves.data() + k * emissions.regimes, emissions.regimes,
                    emissions.transition.data() + k * emissions.regimes);
    }
    UpdateHazards(counts, options.hazard_prior_rows, fit.model);
    maximization.UpdateEmissions(moments, emissions);
    fit.converged = !fit.history.empty() && counts.log_likelihood - fit.history.back() < options.em.tolerance;
    fit.history.push_back(counts.log_likelihood);
    if (progress) progress(i + 1, options.em.max_iterations);
  }
  fit.log_likelihood = HsmmPasses(fit.model, observations).Run(false).log_likelihood;
  return fit;
}

HsmmFilter::HsmmFilter(const Hsmm& model)
    : model_(model),
      densities_(model.emissions),
      mass_(model.hazard.size()),
      next_(model.hazard.size()),
      ahead_(model.hazard.size()),
      after_(model.hazard.size()),
      log_density_(model.emissions.regimes),
      state_(FilterKey(), {model.emissions.start, 0, 0}) {
  StartAges(model_, mass_.data());
}

void HsmmFilter::Reset() {
  state_ = Filtered<RegimeState>(FilterKey(), {model_.emissions.start, 0, 0});
  StartAges(model_, mass_.data());
}

const Filtered<RegimeState>& HsmmFilter::Update(std::span<const double> row) {
  CRUCIBLE_CHECK(row.size() == inputs());
  RegimeState& state = state_.Change(FilterKey());
  if (state.rows > 0) {
    MoveAges(model_, mass_.data(), next_.data());
    mass_.swap(next_);
  }
  densities_.LogDensities(row.data(), log_density_.data());
  std::array<double, GaussianHmm::kMaxRegimes> factor;
  state.log_score =
      ConditionAges(model_, log_density_.data(), mass_.data(), state.probability.data(), factor.data());
  ++state.rows;
  return state_;
}

void HsmmFilter::Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const {
  const std::size_t k = model_.emissions.regimes;
  RegimeForecast& forecast = out.Change(FilterKey());
  forecast.regimes = k;
  forecast.probability.resize(steps * k);
  ahead_ = mass_;
  for (std::size_t s = 0; s < steps; ++s) {
    if (s > 0 || state_->rows > 0) {
      MoveAges(model_, ahead_.data(), after_.data());
      ahead_.swap(after_);
    }
    SumAges(model_, ahead_.data(), forecast.probability.data() + s * k);
  }
}

double HsmmFilter::ExpectedAge(std::size_t regime) const {
  const double* mass = mass_.data() + regime * model_.ages;
  double sum = 0, weighted = 0;
  for (std::size_t a = 0; a < model_.ages; ++a) {
    sum += mass[a];
    weighted += mass[a] * static_cast<double>(a + 1);
  }
  return sum > 0 ? weighted / sum : 0;
}

}  // namespace crucible::regime
