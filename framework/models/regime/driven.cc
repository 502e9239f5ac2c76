#include "framework/models/regime/driven.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/covariance_factor.h"
#include "framework/models/regime/filter.h"
#include "framework/models/regime/maximization.h"

namespace crucible::regime {
namespace {

// p[j] of one row of the transition matrix: softmax of weight[j] . (1, z).
void Softmax(const double* weight, const double* z, std::size_t regimes, std::size_t drivers, double* p) {
  double most = 0;
  for (std::size_t j = 0; j < regimes; ++j) {
    const double* w = weight + j * (1 + drivers);
    double score = w[0];
    for (std::size_t d = 0; d < drivers; ++d) score += w[1 + d] * z[d];
    p[j] = score;
    most = j == 0 ? score : std::max(most, score);
  }
  for (std::size_t j = 0; j < regimes; ++j) p[j] -= most;
  ExpEach(p, regimes);
  double sum = 0;
  for (std::size_t j = 0; j < regimes; ++j) sum += p[j];
  for (std::size_t j = 0; j < regimes; ++j) p[j] /= sum;
}

// Standardised drivers of all rows: [rows][drivers].
std::vector<double> Standardized(const DrivenHmm& model, const Observations& x) {
  std::vector<double> z(x.rows() * model.drivers);
  for (std::size_t t = 0; t < x.rows(); ++t) {
    for (std::size_t d = 0; d < model.drivers; ++d)
      z[t * model.drivers + d] = (x.At(t, model.emissions.features + d) - model.centre[d]) / model.scale[d];
  }
  return z;
}

struct DrivenCounts {
  double log_likelihood = 0;
  std::vector<double> start, gamma,
      moves;  // gamma: [rows][regimes]; moves into a row: [rows][regimes][regimes]
};

DrivenCounts DrivenPasses(const DrivenHmm& model, const Observations& x, const std::vector<double>& z,
                          bool backward) {
  const std::size_t k = model.emissions.regimes, m = model.drivers, rows = x.rows();
  const std::vector<double> log_density = Densities(model.emissions).LogDensities(x);
  DrivenCounts counts{0, std::vector<double>(k), std::vector<double>(rows * k),
                      std::vector<double>(rows * k * k)};
  std::vector<double> filtered(rows * k), factor(rows * k), predicted(k), one(k);
  for (std::size_t s = 0; s < x.sequences(); ++s) {
    const std::size_t begin = x.Start(s), end = begin + x.Length(s);
    for (std::size_t t = begin; t < end; ++t) {
      double* move = counts.moves.data() + t * k * k;
      if (t == begin) {
        predicted = model.emissions.start;
      } else {
        for (std::size_t i = 0; i < k; ++i)
          Softmax(model.weight.data() + i * k * (1 + m), z.data() + (t - 1) * m, k, m, move + i * k);
        MoveChain(filtered.data() + (t - 1) * k, move, k, predicted.data());
      }
      std::copy_n(log_density.data() + t * k, k, one.data());
      counts.log_likelihood += Condition(predicted.data(), one.data(), k, filtered.data() + t * k);
      for (std::size_t j = 0; j < k; ++j)
        factor[t * k + j] = predicted[j] > 0 ? filtered[t * k + j] / predicted[j] : 0;
    }
    if (!backward) continue;
    std::vector<double> beta(k, 1.0), before(k), v(k);
    for (std::size_t t = end; t-- > begin;) {
      for (std::size_t j = 0; j < k; ++j) {
        counts.gamma[t * k + j] = filtered[t * k + j] * beta[j];
        if (t == begin) counts.start[j] += counts.gamma[t * k + j];
        v[j] = factor[t * k + j] * beta[j];
      }
      if (t == begin) break;
      double* move = counts.moves.data() + t * k * k;
      for (std::size_t i = 0; i < k; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < k; ++j) {
          const double through = move[i * k + j] * v[j];
          sum += through;
          move[i * k + j] = filtered[(t - 1) * k + i] * through;
        }
        before[i] = std::min(sum, 1e300);
      }
      beta.swap(before);
    }
  }
  return counts;
}

// Newton's method on one row of logits: maximises sum over t, j of moves(t, j) log p(j | z) less the ridge.
class RowLogit {
 public:
  RowLogit(const Observations& x, const std::vector<double>& z, const std::vector<double>& moves,
           std::size_t regimes, std::size_t drivers, std::size_t from, double ridge)
      : x_(x), z_(z), moves_(moves), k_(regimes), m_(drivers), from_(from), ridge_(ridge) {}

  void Maximize(std::size_t steps, double* weight) {
    const std::size_t n = (k_ - 1) * (1 + m_);
    std::vector<double> gradient(n), hessian(n * n), factor(n * n);
    double objective = Derivatives(weight, gradient, hessian);
    for (std::size_t step = 0; step < steps; ++step) {
      std::vector<double> direction = gradient;
      if (!CholeskyFactor(hessian.data(), n, factor.data())) return;
      CholeskySolve(factor.data(), n, direction.data());
      double decrement = 0;
      for (std::size_t i = 0; i < n; ++i) decrement += gradient[i] * direction[i];
      if (decrement / 2 < 1e-9) return;
      double length = 1;
      for (int halving = 0;; ++halving, length /= 2) {
        if (halving == 40) return;
        std::vector<double> moved(weight, weight + k_ * (1 + m_));
        for (std::size_t i = 0; i < n; ++i) moved[Position(i)] += length * direction[i];
        const double reached = Derivatives(moved.data(), gradient, hessian);
        if (!(reached > objective)) continue;
        std::copy(moved.begin(), moved.end(), weight);
        objective = reached;
        break;
      }
    }
  }

 private:
  // Free weights skip the regime that is left: index i of them stands here.
  std::size_t Position(std::size_t i) const {
    const std::size_t j = i / (1 + m_);
    return (j < from_ ? j : j + 1) * (1 + m_) + i % (1 + m_);
  }

  // Objective, gradient, and the negated Hessian.
  double Derivatives(const double* weight, std::vector<double>& gradient,
                     std::vector<double>& hessian) const {
    const std::size_t n = gradient.size(), w = 1 + m_;
    std::ranges::fill(gradient, 0.0);
    std::ranges::fill(hessian, 0.0);
    double objective = 0;
    std::vector<double> p(k_), input(w, 1.0);
    for (std::size_t s = 0; s < x_.sequences(); ++s) {
      for (std::size_t t = x_.Start(s) + 1; t < x_.Start(s) + x_.Length(s); ++t) {
        const double* move = moves_.data() + (t * k_ + from_) * k_;
        double total = 0;
        for (std::size_t j = 0; j < k_; ++j) total += move[j];
        if (!(total > 1e-12)) continue;
        const double* z = z_.data() + (t - 1) * m_;
        Softmax(weight, z, k_, m_, p.data());
        for (std::size_t d = 0; d < m_; ++d) input[1 + d] = z[d];
        for (std::size_t j = 0; j < k_; ++j)
          objective += move[j] > 0 ? move[j] * Log(std::max(p[j], 1e-300)) : 0;
        for (std::size_t a = 0; a < n; ++a) {
          const std::size_t ja = Position(a) / w;
          gradient[a] += (move[ja] - total * p[ja]) * input[a % w];
          for (std::size_t b = 0; b <= a; ++b) {
            const std::size_t jb = Position(b) / w;
            hessian[a * n + b] +=
                total * p[ja] * ((ja == jb ? 1.0 : 0.0) - p[jb]) * input[a % w] * input[b % w];
          }
        }
      }
    }
    for (std::size_t a = 0; a < n; ++a) {
      const double value = weight[Position(a)];
      // Intercepts get a trace of a prior, so that a move that never happens has a finite weight.
      const double prior = a % w == 0 ? 1e-4 : ridge_;
      objective -= prior * value * value / 2;
      gradient[a] -= prior * value;
      hessian[a * n + a] += prior;
      for (std::size_t b = 0; b < a; ++b) hessian[b * n + a] = hessian[a * n + b];
    }
    return objective;
  }

  const Observations& x_;
  const std::vector<double>&z_, &moves_;
  std::size_t k_, m_, from_;
  double ridge_;
};

void ReportMeanMoves(const Observations& x, const std::vector<double>& moves, GaussianHmm& emissions) {
  const std::size_t size = emissions.regimes * emissions.regimes;
  std::vector<double> sum(size);
  for (std::size_t s = 0; s < x.sequences(); ++s) {
    for (std::size_t t = x.Start(s) + 1; t < x.Start(s) + x.Length(s); ++t) {
      for (std::size_t e = 0; e < size; ++e) sum[e] += moves[t * size + e];
    }
  }
  for (std::size_t k = 0; k < emissions.regimes; ++k) {
    NormalizeInto(sum.data() + k * emissions.regimes, emissions.regimes,
                  emissions.transition.data() + k * emissions.regimes);
  }
}

absl::StatusOr<DrivenHmm> StartDriven(const GaussianHmm& start, const Observations& rows) {
  if (start.regimes < 2) return absl::InvalidArgumentError("driven moves need at least two regimes");
  if (rows.features() <= start.features) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d columns hold %d features and no driver", rows.features(), start.features));
  }
  DrivenHmm model;
  model.emissions = start;
  model.drivers = rows.features() - start.features;
  const FeatureScale scale = ScaleOf(rows);
  for (std::size_t d = 0; d < model.drivers; ++d) {
    const double mean = scale.mean[start.features + d], deviation = scale.deviation[start.features + d];
    if (!(deviation > 1e-12 * std::abs(mean)))
      return absl::InvalidArgumentError(absl::StrFormat("driver %d is constant (%g)", d, mean));
    model.centre.push_back(mean);
    model.scale.push_back(deviation);
  }
  model.weight.assign(start.regimes * start.regimes * (1 + model.drivers), 0);
  for (std::size_t i = 0; i < start.regimes; ++i) {
    for (std::size_t j = 0; j < start.regimes; ++j) {
      const double odds = std::max(start.Transition(i, j), 1e-6) / std::max(start.Transition(i, i), 1e-6);
      model.weight[(i * start.regimes + j) * (1 + model.drivers)] = i == j ? 0 : Log(odds);
    }
  }
  return model;
}

}  // namespace

absl::Status DrivenHmm::Validate() const {
  CRUCIBLE_RETURN_IF_ERROR(emissions.Validate());
  if (drivers == 0 || centre.size() != drivers || scale.size() != drivers ||
      weight.size() != emissions.regimes * emissions.regimes * (1 + drivers)) {
    return absl::InvalidArgumentError(absl::StrFormat("sizes of the weights do not fit %d drivers", drivers));
  }
  for (const std::vector<double>* values : {&centre, &scale, &weight}) {
    for (const double v : *values) {
      if (!std::isfinite(v)) return absl::InvalidArgumentError("a weight is not a finite number");
    }
  }
  for (const double s : scale) {
    if (!(s > 0)) return absl::InvalidArgumentError(absl::StrFormat("a driver's scale is %g", s));
  }
  return absl::OkStatus();
}

Hash128 DrivenHmm::Hash() const {
  StateHasher hasher;
  hasher.Add(emissions.Hash().low);
  hasher.Add(emissions.Hash().high);
  for (const std::vector<double>* values : {&centre, &scale, &weight}) {
    for (const double v : *values) hasher.Add(v);
  }
  return hasher.value();
}

void DrivenHmm::Transition(const double* u, double* matrix) const {
  std::array<double, GaussianHmm::kMaxFeatures> z;
  for (std::size_t d = 0; d < drivers; ++d) z[d] = (u[d] - centre[d]) / scale[d];
  for (std::size_t i = 0; i < emissions.regimes; ++i) {
    Softmax(weight.data() + i * emissions.regimes * (1 + drivers), z.data(), emissions.regimes, drivers,
            matrix + i * emissions.regimes);
  }
}

absl::StatusOr<DrivenFit> FitDriven(const GaussianHmm& start, const Observations& rows,
                                    const DrivenOptions& options,
                                    const std::function<void(std::size_t, std::size_t)>& progress) {
  DrivenFit fit;
  CRUCIBLE_ASSIGN_OR_RETURN(fit.model, StartDriven(start, rows));
  const std::vector<double> z = Standardized(fit.model, rows);
  const Maximization maximization(rows, options.em);
  const std::size_t k = start.regimes, m = fit.model.drivers;
  for (std::size_t i = 0; i < options.em.max_iterations && !fit.converged; ++i) {
    const DrivenCounts counts = DrivenPasses(fit.model, rows, z, true);
    GaussianHmm& emissions = fit.model.emissions;
    MomentSums moments = MomentSums::For(emissions);
    moments.AddAll(rows, emissions.mean.data(), counts.gamma);
    NormalizeInto(counts.start.data(), k, emissions.start.data());
    for (std::size_t from = 0; from < k; ++from) {
      RowLogit(rows, z, counts.moves, k, m, from, options.ridge)
          .Maximize(options.newton_steps, fit.model.weight.data() + from * k * (1 + m));
    }
    ReportMeanMoves(rows, counts.moves, emissions);
    maximization.UpdateEmissions(moments, emissions);
    fit.converged = !fit.history.empty() && counts.log_likelihood - fit.history.back() < options.em.tolerance;
    fit.history.push_back(counts.log_likelihood);
    if (progress) progress(i + 1, options.em.max_iterations);
  }
  fit.log_likelihood = DrivenPasses(fit.model, rows, z, false).log_likelihood;
  return fit;
}

DrivenFilter::DrivenFilter(const DrivenHmm& model)
    : model_(model),
      densities_(model.emissions),
      moves_(model.emissions.regimes * model.emissions.regimes),
      predicted_(model.emissions.regimes),
      log_density_(model.emissions.regimes),
      state_(FilterKey(), {model.emissions.start, 0, 0}) {}

void DrivenFilter::Reset() { state_ = Filtered<RegimeState>(FilterKey(), {model_.emissions.start, 0, 0}); }

const Filtered<RegimeState>& DrivenFilter::Update(std::span<const double> row) {
  CRUCIBLE_CHECK(row.size() == inputs());
  const std::size_t k = model_.emissions.regimes;
  RegimeState& state = state_.Change(FilterKey());
  if (state.rows == 0) {
    predicted_ = model_.emissions.start;
  } else {
    MoveChain(state.probability.data(), moves_.data(), k, predicted_.data());
  }
  densities_.LogDensities(row.data(), log_density_.data());
  state.log_score = Condition(predicted_.data(), log_density_.data(), k, state.probability.data());
  ++state.rows;
  model_.Transition(row.data() + model_.emissions.features, moves_.data());
  return state_;
}

void DrivenFilter::Forecast(std::size_t steps, Filtered<RegimeForecast>& out) const {
  const std::size_t k = model_.emissions.regimes;
  RegimeForecast& forecast = out.Change(FilterKey());
  forecast.regimes = k;
  forecast.probability.resize(steps * k);
  const double* before = state_->probability.data();
  for (std::size_t s = 0; s < steps; ++s) {
    double* next = forecast.probability.data() + s * k;
    if (state_->rows == 0) {
      // No driver has been seen.
      if (s == 0) std::ranges::copy(model_.emissions.start, next);
      if (s > 0) MoveChain(before, model_.emissions.transition.data(), k, next);
    } else {
      MoveChain(before, moves_.data(), k, next);
    }
    before = next;
  }
}

}  // namespace crucible::regime
