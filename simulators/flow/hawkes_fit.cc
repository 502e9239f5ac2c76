#include "simulators/flow/hawkes_fit.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"

namespace crucible::flow {
namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

constexpr double kLeast = 1e-9;  // of a branching entry: smaller ones are as good as none
constexpr int kWarmSteps = 12;
constexpr int kNewtonSteps = 60;
constexpr std::size_t kLeastEvents = 10;

// Lower triangle L of a = L L'; nullopt unless positive definite.
std::optional<Matrix> Cholesky(const Matrix& a) {
  Matrix lower = a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      if (i == j) {
        if (!(sum > 0)) return std::nullopt;
        lower[i][i] = Sqrt(sum);
      } else {
        lower[i][j] = sum / lower[j][j];
      }
    }
  }
  return lower;
}

Vector SolveWith(const Matrix& lower, Vector b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= lower[i][k] * b[k];
    b[i] /= lower[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= lower[k][i] * b[k];
    b[i] /= lower[i][i];
  }
  return b;
}

// One row of the model: parameters are base, branching by source, decay.
struct Row {
  double base = 0, decay = 0;
  Vector branching;

  std::size_t size() const { return branching.size() + 2; }
  double& at(std::size_t i) { return i == 0 ? base : i <= branching.size() ? branching[i - 1] : decay; }
  double at(std::size_t i) const { return const_cast<Row*>(this)->at(i); }
};

struct Curvature {
  double value = 0;
  Vector gradient;
  Matrix hessian;
};

// The likelihood of one target type.
class RowLikelihood {
 public:
  RowLikelihood(std::span<const HawkesEvent> events, std::size_t types, double length, std::uint32_t target)
      : events_(events), types_(types), length_(length), target_(target) {}

  double Value(const Row& row) const {
    double sum = -Compensator(row);
    ForEachTarget(row.decay, false, [&](const Sums& sums) { sum += Log(RateOf(row, sums)); });
    return sum;
  }

  // Expectation-maximisation at a fixed decay: shares each event among its possible causes.
  void Improve(Row& row) const {
    double by_base = 0;
    Vector by_source(types_, 0);
    ForEachTarget(row.decay, false, [&](const Sums& sums) {
      const double rate = RateOf(row, sums);
      by_base += row.base / rate;
      for (std::size_t j = 0; j < types_; ++j)
        by_source[j] += row.branching[j] * row.decay * sums.weight[j] / rate;
    });
    const Sums mass = Exposure(row.decay);
    row.base = std::max(by_base, 1e-6) / length_;
    for (std::size_t j = 0; j < types_; ++j)
      row.branching[j] = std::max(kLeast, by_source[j] / std::max(mass.weight[j], kLeast));
  }

  // Value, gradient and second derivatives in the parameters themselves.
  Curvature At(const Row& row) const {
    const std::size_t n = row.size();
    Curvature at{-Compensator(row), Vector(n, 0), Matrix(n, Vector(n, 0))};
    Vector slope(n, 1);
    ForEachTarget(row.decay, true, [&](const Sums& sums) { AddEvent(row, sums, slope, at); });
    SubtractCompensator(row, at);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) at.hessian[j][i] = at.hessian[i][j];
    return at;
  }

  double Compensator(const Row& row) const {
    const Sums mass = Exposure(row.decay);
    double sum = row.base * length_;
    for (std::size_t j = 0; j < types_; ++j) sum += row.branching[j] * mass.weight[j];
    return sum;
  }

  // Compensated waiting times between the events of the target type.
  Vector Residuals(const Row& row) const {
    Vector residuals;
    Vector weight(types_, 0);
    std::vector<std::uint32_t> now;
    double before = 0, sum = 0;
    for (const HawkesEvent& event : events_) {
      if (event.at > before) {
        for (const std::uint32_t type : now) weight[type] += 1;
        now.clear();
        const double keep = Exp(-row.decay * (event.at - before));
        sum += row.base * (event.at - before);
        for (std::size_t j = 0; j < types_; ++j) {
          sum += row.branching[j] * weight[j] * (1 - keep);
          weight[j] *= keep;
        }
        before = event.at;
      }
      now.push_back(event.type);
      if (event.type != target_) continue;
      residuals.push_back(sum);
      sum = 0;
    }
    return residuals;
  }

 private:
  // By source: sums over its earlier events of exp(-decay u), u exp(-decay u), u^2 exp(-decay u).
  struct Sums {
    Vector weight, moment, second;
  };

  double RateOf(const Row& row, const Sums& sums) const {
    double excited = 0;
    for (std::size_t j = 0; j < types_; ++j) excited += row.branching[j] * sums.weight[j];
    return row.base + row.decay * excited;
  }

  template <class Visit>
  void ForEachTarget(double decay, bool with_moments, Visit&& visit) const {
    Sums sums{Vector(types_, 0), Vector(types_, 0), Vector(types_, 0)};
    std::vector<std::uint32_t> now;  // types of the moment's events, which excite only what comes later
    double before = 0;
    for (const HawkesEvent& event : events_) {
      const double passed = event.at - before;
      if (passed > 0) {
        for (const std::uint32_t type : now) sums.weight[type] += 1;
        now.clear();
        before = event.at;
        LetPass(sums, passed, Exp(-decay * passed), with_moments);
      }
      if (event.type == target_) visit(static_cast<const Sums&>(sums));
      now.push_back(event.type);
    }
  }
  void LetPass(Sums& sums, double passed, double keep, bool with_moments) const {
    for (std::size_t j = 0; j < types_; ++j) {
      if (with_moments) {
        sums.second[j] = keep * (sums.second[j] + passed * (2 * sums.moment[j] + passed * sums.weight[j]));
        sums.moment[j] = keep * (sums.moment[j] + passed * sums.weight[j]);
      }
      sums.weight[j] *= keep;
    }
  }

  // By source: sums of 1 - exp(-decay u) with u up to the end, and of its derivatives in the decay.
  Sums Exposure(double decay) const {
    Sums mass{Vector(types_, 0), Vector(types_, 0), Vector(types_, 0)};
    for (const HawkesEvent& event : events_) {
      const double left = length_ - event.at;
      const double keep = Exp(-decay * left);
      mass.weight[event.type] += 1 - keep;
      mass.moment[event.type] += left * keep;
      mass.second[event.type] -= left * left * keep;
    }
    return mass;
  }

  void AddEvent(const Row& row, const Sums& sums, Vector& slope, Curvature& at) const {
    const std::size_t last = types_ + 1;
    const double beta = row.decay;
    double by_decay = 0, by_decay_twice = 0;
    for (std::size_t j = 0; j < types_; ++j) {
      slope[j + 1] = beta * sums.weight[j];
      by_decay += row.branching[j] * (sums.weight[j] - beta * sums.moment[j]);
      by_decay_twice += row.branching[j] * (beta * sums.second[j] - 2 * sums.moment[j]);
    }
    slope[last] = by_decay;
    const double rate = RateOf(row, sums);
    at.value += Log(rate);
    for (std::size_t i = 0; i <= last; ++i) {
      const double scaled = slope[i] / rate;
      at.gradient[i] += scaled;
      for (std::size_t k = 0; k <= i; ++k) at.hessian[i][k] -= scaled * (slope[k] / rate);
    }
    for (std::size_t j = 0; j < types_; ++j)
      at.hessian[last][j + 1] += (sums.weight[j] - beta * sums.moment[j]) / rate;
    at.hessian[last][last] += by_decay_twice / rate;
  }

  void SubtractCompensator(const Row& row, Curvature& at) const {
    const std::size_t last = types_ + 1;
    const Sums mass = Exposure(row.decay);
    at.gradient[0] -= length_;
    for (std::size_t j = 0; j < types_; ++j) {
      at.gradient[j + 1] -= mass.weight[j];
      at.gradient[last] -= row.branching[j] * mass.moment[j];
      at.hessian[last][j + 1] -= mass.moment[j];
      at.hessian[last][last] -= row.branching[j] * mass.second[j];
    }
  }

  std::span<const HawkesEvent> events_;
  std::size_t types_;
  double length_;
  std::uint32_t target_;
};

// Gradient and information in the logarithms of the parameters.
struct LogCurvature {
  Vector gradient;
  Matrix information;
};
LogCurvature InLogarithms(const Curvature& at, const Row& row) {
  const std::size_t n = row.size();
  LogCurvature log{Vector(n), Matrix(n, Vector(n))};
  for (std::size_t i = 0; i < n; ++i) {
    log.gradient[i] = row.at(i) * at.gradient[i];
    for (std::size_t j = 0; j < n; ++j) log.information[i][j] = -row.at(i) * row.at(j) * at.hessian[i][j];
    log.information[i][i] -= log.gradient[i];
  }
  return log;
}

// The best of several decays after a few steps of expectation-maximisation.
Row Start(const RowLikelihood& likelihood, std::size_t types, double rate, double total_rate) {
  Row best;
  double best_value = -std::numeric_limits<double>::infinity();
  for (const double factor : {0.1, 1.0, 10.0, 100.0}) {
    Row row{0.5 * rate, factor * total_rate, Vector(types, 0.5 / static_cast<double>(types))};
    for (int step = 0; step < kWarmSteps; ++step) likelihood.Improve(row);
    const double value = likelihood.Value(row);
    if (value <= best_value) continue;
    best_value = value;
    best = row;
  }
  return best;
}

// One step; false when the gradient has vanished or nothing improves any more.
bool NewtonStep(const RowLikelihood& likelihood, Row& row, double& value, double& damping, bool& vanished) {
  const Curvature at = likelihood.At(row);
  const LogCurvature log = InLogarithms(at, row);
  value = at.value;
  double steepest = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool at_bound = row.at(i) <= 2 * kLeast && log.gradient[i] <= 0;
    if (!at_bound) steepest = std::max({steepest, log.gradient[i], -log.gradient[i]});
  }
  vanished = steepest < 1e-4;
  if (vanished) return false;
  for (; damping < 1e12; damping *= 10) {
    Matrix damped = log.information;
    for (std::size_t i = 0; i < row.size(); ++i) damped[i][i] += damping;
    const std::optional<Matrix> lower = Cholesky(damped);
    if (!lower) continue;
    const Vector step = SolveWith(*lower, log.gradient);
    Row next = row;
    for (std::size_t i = 0; i < row.size(); ++i) {
      next.at(i) = row.at(i) * Exp(std::clamp(step[i], -2.0, 2.0));
      if (i > 0 && i <= row.branching.size()) next.at(i) = std::max(next.at(i), kLeast);
    }
    if (likelihood.Value(next) <= value) continue;
    row = next;
    damping = std::max(damping / 30, 1e-9);
    return true;
  }
  return false;
}

struct RowFit {
  Row row;
  Vector errors;
  double value = 0;
  bool converged = false;
};

// From the inverse of the observed information; parameters at their bound take no part.
Vector StandardErrors(const RowLikelihood& likelihood, const Row& row) {
  const Matrix information = InLogarithms(likelihood.At(row), row).information;
  std::vector<std::size_t> inner;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row.at(i) > 10 * kLeast) inner.push_back(i);
  Matrix reduced(inner.size(), Vector(inner.size()));
  for (std::size_t i = 0; i < inner.size(); ++i)
    for (std::size_t j = 0; j < inner.size(); ++j) reduced[i][j] = information[inner[i]][inner[j]];
  Vector errors(row.size(), 0);
  const std::optional<Matrix> lower = Cholesky(reduced);
  if (!lower) return errors;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    Vector unit(inner.size(), 0);
    unit[i] = 1;
    errors[inner[i]] = row.at(inner[i]) * Sqrt(SolveWith(*lower, unit)[i]);
  }
  return errors;
}

RowFit FitRow(const RowLikelihood& likelihood, std::size_t types, double rate, double total_rate) {
  RowFit fit;
  fit.row = Start(likelihood, types, rate, total_rate);
  double damping = 1;
  for (int step = 0; step < kNewtonSteps; ++step) {
    if (!NewtonStep(likelihood, fit.row, fit.value, damping, fit.converged)) break;
  }
  fit.errors = StandardErrors(likelihood, fit.row);
  return fit;
}

// Probability that Kolmogorov and Smirnov's distance is larger by chance (M. A. Stephens, Journal of the
// Royal Statistical Society B 32, 1970).
double KolmogorovTail(double distance, double n) {
  const double x = distance * (Sqrt(n) + 0.12 + 0.11 / Sqrt(n));
  if (x < 0.2) return 1;
  double sum = 0;
  for (int k = 1; k <= 100; ++k) sum += (k % 2 == 1 ? 2 : -2) * Exp(-2.0 * k * k * x * x);
  return std::clamp(sum, 0.0, 1.0);
}

RescalingTest TestRescaling(Vector residuals) {
  std::ranges::sort(residuals);
  const auto n = static_cast<double>(residuals.size());
  double distance = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const double cumulative = -Expm1(-residuals[i]);
    distance = std::max(
        {distance, cumulative - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - cumulative});
  }
  return {distance, KolmogorovTail(distance, n), residuals.size()};
}

absl::Status Check(std::span<const HawkesEvent> events, std::size_t types, double length) {
  std::vector<std::size_t> counts(types, 0);
  double before = 0;
  for (const HawkesEvent& event : events) {
    if (event.type >= types || event.at < before || event.at > length) {
      return absl::InvalidArgumentError(
          absl::StrFormat("event of type %d at %g s: expected types below %d, times ascending and up to %g s",
                          event.type, event.at, types, length));
    }
    before = event.at;
    ++counts[event.type];
  }
  for (std::size_t type = 0; type < types; ++type) {
    if (counts[type] >= kLeastEvents) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("type %d has %d events, expected at least %d", type, counts[type], kLeastEvents));
  }
  return absl::OkStatus();
}

}  // namespace

double Estimate::Low() const {
  return standard_error > 0 ? value * Exp(-1.959964 * standard_error / value) : value;
}
double Estimate::High() const {
  return standard_error > 0 ? value * Exp(1.959964 * standard_error / value) : value;
}

absl::StatusOr<HawkesFit> FitHawkes(std::span<const HawkesEvent> events, std::size_t types, double length,
                                    const FitProgress& progress) {
  CRUCIBLE_RETURN_IF_ERROR(Check(events, types, length));
  HawkesFit fit;
  fit.events = events.size();
  fit.converged = true;
  Vector counts(types, 0);
  for (const HawkesEvent& event : events) ++counts[event.type];
  for (std::uint32_t type = 0; type < types; ++type) {
    const RowLikelihood likelihood(events, types, length, type);
    const RowFit row =
        FitRow(likelihood, types, counts[type] / length, static_cast<double>(events.size()) / length);
    fit.converged = fit.converged && row.converged;
    fit.log_likelihood += row.value;
    fit.model.base.push_back(row.row.base);
    fit.model.decay.push_back(row.row.decay);
    fit.model.branching.push_back(row.row.branching);
    fit.base.push_back({row.row.base, row.errors.front()});
    fit.decay.push_back({row.row.decay, row.errors.back()});
    fit.branching.emplace_back();
    for (std::size_t j = 0; j < types; ++j)
      fit.branching.back().push_back({row.row.branching[j], row.errors[j + 1]});
    fit.rescaling.push_back(TestRescaling(likelihood.Residuals(row.row)));
    if (progress) progress(type + 1);
  }
  fit.branching_ratio = fit.model.BranchingRatio();
  return fit;
}

double LogLikelihood(const HawkesModel& model, std::span<const HawkesEvent> events, double length) {
  double sum = 0;
  for (std::uint32_t type = 0; type < model.types(); ++type) {
    sum += RowLikelihood(events, model.types(), length, type)
               .Value({model.base[type], model.decay[type], model.branching[type]});
  }
  return sum;
}

}  // namespace crucible::flow
