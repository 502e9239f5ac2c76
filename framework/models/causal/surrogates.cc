#include "framework/models/causal/surrogates.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "framework/base/random.h"
#include "framework/models/stats/cholesky.h"

namespace crucible::causal {
namespace {

struct Autoregression {
  double mean = 0;
  std::vector<double> weights;  // by lag - 1
};

// Least squares on the rows whose window is complete; no weights where the series is constant or too short.
Autoregression Fit(const Panel& panel, std::size_t variable, std::size_t order) {
  Autoregression fit;
  double count = 0;
  for (const DataSet& set : panel.sets) {
    for (const double value : set.columns[variable]) {
      if (std::isnan(value)) continue;
      fit.mean += value;
      count += 1;
    }
  }
  fit.mean = count > 0 ? fit.mean / count : 0;
  const std::size_t n = order;
  std::vector<double> normal(n * n, 0.0), right(n, 0.0), window(n + 1);
  double rows = 0;
  for (const DataSet& set : panel.sets) {
    const std::vector<double>& x = set.columns[variable];
    for (std::size_t t = n; t < x.size(); ++t) {
      bool complete = true;
      for (std::size_t lag = 0; lag <= n; ++lag) {
        window[lag] = x[t - lag] - fit.mean;
        complete = complete && !std::isnan(window[lag]);
      }
      if (!complete) continue;
      rows += 1;
      for (std::size_t a = 0; a < n; ++a) {
        right[a] += window[0] * window[a + 1];
        for (std::size_t b = 0; b <= a; ++b) normal[a * n + b] += window[a + 1] * window[b + 1];
      }
    }
  }
  const double least = n > 0 ? 1e-10 * normal[0] : 0;
  if (n == 0 || rows < 3 * static_cast<double>(n) ||
      !(stats::FactorRows(normal.data(), n, 0, n, least) > least)) {
    return fit;
  }
  stats::SolveLower(normal.data(), n, n, right.data());
  stats::SolveLowerTransposed(normal.data(), n, n, right.data());
  fit.weights = right;
  return fit;
}

// Mean-free prediction from the values before t; a missing one counts as the mean.
double Predict(const Autoregression& fit, const std::vector<double>& x, std::size_t t) {
  double sum = 0;
  for (std::size_t lag = 1; lag <= fit.weights.size() && lag <= t; ++lag) {
    if (!std::isnan(x[t - lag])) sum += fit.weights[lag - 1] * (x[t - lag] - fit.mean);
  }
  return sum;
}

void Resample(const Autoregression& fit, RandomStream stream, std::vector<double>& x) {
  const std::vector<double> original = x;
  std::uint64_t signs = 0;
  for (std::size_t t = 0; t < x.size(); ++t) {
    if (t % 64 == 0) signs = stream();
    const double sign = ((signs >> (t % 64)) & 1) != 0 ? 1.0 : -1.0;
    if (std::isnan(original[t])) continue;
    const double residual = original[t] - fit.mean - Predict(fit, original, t);
    x[t] = fit.mean + Predict(fit, x, t) + sign * residual;
  }
}

}  // namespace

Panel MakeSurrogate(const Panel& panel, std::size_t order, std::uint64_t seed, std::uint64_t index) {
  Panel surrogate = panel;
  for (std::size_t v = 0; v < panel.variables(); ++v) {
    const Autoregression fit = Fit(panel, v, order);
    for (std::size_t s = 0; s < panel.sets.size(); ++s) {
      const std::string name =
          "surrogate/" + std::to_string(index) + "/" + std::to_string(s) + "/" + std::to_string(v);
      Resample(fit, Random(seed).Stream(name), surrogate.sets[s].columns[v]);
    }
  }
  return surrogate;
}

absl::StatusOr<FalsePositives> EstimateFalsePositives(const Panel& panel, std::size_t max_lag, double alpha,
                                                      std::size_t count, std::uint64_t seed,
                                                      const PanelAnalysis& analyse,
                                                      const std::function<void(double)>& progress) {
  FalsePositives found;
  for (std::size_t k = 0; k < count; ++k) {
    if (progress) progress(static_cast<double>(k) / static_cast<double>(count));
    CRUCIBLE_ASSIGN_OR_RETURN(const CausalGraph graph, analyse(MakeSurrogate(panel, max_lag, seed, k)));
    for (std::size_t i = 0; i < graph.variables(); ++i) {
      for (std::size_t j = 0; j < graph.variables(); ++j) {
        for (std::size_t lag = 1; i != j && lag <= graph.max_lag(); ++lag) {
          if (std::isnan(graph.p.at(i, j, lag))) continue;
          ++found.tests;
          if (graph.p.at(i, j, lag) <= alpha) ++found.positives;
        }
      }
    }
  }
  return found;
}

}  // namespace crucible::causal
