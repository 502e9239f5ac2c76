// Worlds with planted regimes, and a twin of the recursions in plain logarithms.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

struct World {
  std::vector<double> rows;  // row-major
  std::vector<std::size_t> regime;
};

// Diagonal emissions only: standard deviations are the roots of the diagonal.
inline World DrawWorld(const GaussianHmm& model, std::size_t rows, std::uint64_t seed) {
  RandomStream random(seed, "planted-world");
  World world;
  const auto pick = [&](const double* p) {
    double left = random.Uniform01();
    for (std::size_t k = 0; k + 1 < model.regimes; ++k) {
      left -= p[k];
      if (left < 0) return k;
    }
    return model.regimes - 1;
  };
  for (std::size_t t = 0; t < rows; ++t) {
    const std::size_t k =
        pick(t == 0 ? model.start.data() : model.transition.data() + world.regime.back() * model.regimes);
    world.regime.push_back(k);
    for (std::size_t i = 0; i < model.features; ++i) {
      world.rows.push_back(model.Mean(k)[i] +
                           Sqrt(model.Covariance(k)[i * model.features + i]) * random.Normal());
    }
  }
  return world;
}

// Calm and wild returns without a mean: volatility 1 and `ratio`, each lasting `stay` rows on average.
inline GaussianHmm CalmAndWild(double ratio, double stay, std::size_t features = 1) {
  GaussianHmm model = EmptyModel(CovarianceShape::kDiagonal, 2, features);
  model.start = {0.5, 0.5};
  model.transition = {1 - 1 / stay, 1 / stay, 1 / stay, 1 - 1 / stay};
  for (std::size_t i = 0; i < features; ++i) {
    model.Covariance(0)[i * features + i] = 1;
    model.Covariance(1)[i * features + i] = ratio * ratio;
  }
  return model;
}

// A random valid model with correlated features.
inline GaussianHmm RandomModel(CovarianceShape shape, std::size_t k, std::size_t d, std::uint64_t seed,
                               bool forbid = false) {
  RandomStream random(seed, "random-model");
  GaussianHmm model = EmptyModel(shape, k, d);
  const auto fill = [&](double* p, bool zeros) {
    double sum = 0;
    for (std::size_t i = 0; i < k; ++i)
      sum += p[i] = zeros && random.Uniform01() < 0.4 ? 0 : random.Exponential();
    if (sum == 0) sum = p[random.UniformBelow(k)] = 1;
    for (std::size_t i = 0; i < k; ++i) p[i] /= sum;
  };
  fill(model.start.data(), forbid);
  for (std::size_t i = 0; i < k; ++i) fill(model.transition.data() + i * k, forbid);
  for (double& mean : model.mean) mean = 2 * random.Normal();
  std::vector<double> root(d * d), shared(d * d);
  for (std::size_t r = 0; r < k; ++r) {
    for (double& v : root) v = random.Normal() * (0.5 + random.Uniform01());
    const double scale = 0.2 + random.Exponential();
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        double sum = i == j ? 0.3 : 0;
        for (std::size_t m = 0; m < d; ++m) sum += root[i * d + m] * root[j * d + m];
        if (r == 0) shared[i * d + j] = sum;
        switch (shape) {
          case CovarianceShape::kFull:
            break;
          case CovarianceShape::kTied:
            sum = shared[i * d + j];
            break;
          case CovarianceShape::kDiagonal:
            sum = i == j ? sum : 0;
            break;
          case CovarianceShape::kSpherical:
            sum = i == j ? scale : 0;
            break;
        }
        model.Covariance(r)[i * d + j] = sum;
      }
    }
  }
  return model;
}

// Expected counts by textbook recursions on logarithms: slow, and sure.
struct LogDomainTwin {
  double log_likelihood = 0;
  std::vector<double> smoothed, filtered;  // [rows][regimes]
  std::vector<double> moves;               // [regimes][regimes]
};

inline double LogSumExp(const std::vector<double>& x) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const double v : x) most = std::max(most, v);
  if (std::isinf(most)) return most;
  for (const double v : x) sum += Exp(v - most);
  return most + Log(sum);
}

// Density by Gaussian elimination without a factorisation.
inline double LogNormal(const std::vector<double>& x, const double* mean, const double* covariance) {
  const std::size_t d = x.size();
  std::vector<double> m(covariance, covariance + d * d), y(d), z(d);
  for (std::size_t i = 0; i < d; ++i) z[i] = y[i] = x[i] - mean[i];
  double log_determinant = 0;
  for (std::size_t c = 0; c < d; ++c) {
    log_determinant += Log(m[c * d + c]);
    for (std::size_t r = c + 1; r < d; ++r) {
      const double f = m[r * d + c] / m[c * d + c];
      for (std::size_t j = c; j < d; ++j) m[r * d + j] -= f * m[c * d + j];
      z[r] -= f * z[c];
    }
  }
  double squares = 0;
  for (std::size_t c = d; c-- > 0;) {
    for (std::size_t j = c + 1; j < d; ++j) z[c] -= m[c * d + j] * z[j];
    z[c] /= m[c * d + c];
    squares += z[c] * y[c];
  }
  return -0.5 * (static_cast<double>(d) * 1.8378770664093454836 + log_determinant + squares);
}

inline LogDomainTwin RunTwin(const GaussianHmm& m, const Observations& x) {
  const std::size_t k = m.regimes;
  LogDomainTwin twin{0, std::vector<double>(x.rows() * k), std::vector<double>(x.rows() * k),
                     std::vector<double>(k * k)};
  const auto log_of = [](double p) { return p > 0 ? Log(p) : -std::numeric_limits<double>::infinity(); };
  for (std::size_t s = 0; s < x.sequences(); ++s) {
    const std::size_t n = x.Length(s), begin = x.Start(s);
    std::vector<std::vector<double>> b(n, std::vector<double>(k)), alpha = b, beta = b;
    for (std::size_t t = 0; t < n; ++t) {
      std::vector<double> row(x.features());
      x.CopyRow(begin + t, row.data());
      for (std::size_t j = 0; j < k; ++j) b[t][j] = LogNormal(row, m.Mean(j), m.Covariance(j));
    }
    for (std::size_t t = 0; t < n; ++t) {
      for (std::size_t j = 0; j < k; ++j) {
        std::vector<double> terms(k);
        for (std::size_t i = 0; i < k && t > 0; ++i) terms[i] = alpha[t - 1][i] + log_of(m.Transition(i, j));
        alpha[t][j] = b[t][j] + (t == 0 ? log_of(m.start[j]) : LogSumExp(terms));
      }
    }
    for (std::size_t t = n - 1; t-- > 0;) {
      for (std::size_t i = 0; i < k; ++i) {
        std::vector<double> terms(k);
        for (std::size_t j = 0; j < k; ++j)
          terms[j] = log_of(m.Transition(i, j)) + b[t + 1][j] + beta[t + 1][j];
        beta[t][i] = LogSumExp(terms);
      }
    }
    const double all = LogSumExp(alpha[n - 1]);
    twin.log_likelihood += all;
    for (std::size_t t = 0; t < n; ++t) {
      const double so_far = LogSumExp(alpha[t]);
      for (std::size_t i = 0; i < k; ++i) {
        twin.smoothed[(begin + t) * k + i] = Exp(alpha[t][i] + beta[t][i] - all);
        twin.filtered[(begin + t) * k + i] = Exp(alpha[t][i] - so_far);
        for (std::size_t j = 0; j < k && t + 1 < n; ++j)
          twin.moves[i * k + j] +=
              Exp(alpha[t][i] + log_of(m.Transition(i, j)) + b[t + 1][j] + beta[t + 1][j] - all);
      }
    }
  }
  return twin;
}

}  // namespace crucible::regime
