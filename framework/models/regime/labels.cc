#include "framework/models/regime/labels.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/covariance_factor.h"

namespace crucible::regime {
namespace {

double LogRootDeterminant(const double* factor, std::size_t d) {
  double sum = 0;
  for (std::size_t i = 0; i < d; ++i) sum += Log(factor[i * d + i]);
  return sum;
}

}  // namespace

std::vector<std::size_t> OrderByVolatility(const GaussianHmm& model, const FeatureScale& scale) {
  std::vector<double> volatility(model.regimes);
  for (std::size_t k = 0; k < model.regimes; ++k) {
    for (std::size_t i = 0; i < model.features; ++i) {
      volatility[k] +=
          model.Covariance(k)[i * model.features + i] / (scale.deviation[i] * scale.deviation[i]);
    }
  }
  std::vector<std::size_t> order(model.regimes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return std::tuple(volatility[k], model.Mean(k)[0], k); });
  return order;
}

GaussianHmm Reordered(const GaussianHmm& model, const std::vector<std::size_t>& order) {
  CRUCIBLE_CHECK(order.size() == model.regimes);
  GaussianHmm result = model;
  for (std::size_t i = 0; i < model.regimes; ++i) {
    result.start[i] = model.start[order[i]];
    for (std::size_t j = 0; j < model.regimes; ++j)
      result.Transition(i, j) = model.Transition(order[i], order[j]);
    std::copy_n(model.Mean(order[i]), model.features, result.Mean(i));
    std::copy_n(model.Covariance(order[i]), model.features * model.features, result.Covariance(i));
  }
  return result;
}

double HellingerDistance(const GaussianHmm& a, std::size_t i, const GaussianHmm& b, std::size_t j) {
  const std::size_t d = a.features;
  std::vector<double> middle(d * d), factor(d * d), gap(d);
  for (std::size_t e = 0; e < d * d; ++e) middle[e] = 0.5 * (a.Covariance(i)[e] + b.Covariance(j)[e]);
  for (std::size_t m = 0; m < d; ++m) gap[m] = a.Mean(i)[m] - b.Mean(j)[m];
  CRUCIBLE_CHECK(CholeskyFactor(a.Covariance(i), d, factor.data()));
  double log_affinity = 0.5 * LogRootDeterminant(factor.data(), d);
  CRUCIBLE_CHECK(CholeskyFactor(b.Covariance(j), d, factor.data()));
  log_affinity += 0.5 * LogRootDeterminant(factor.data(), d);
  CRUCIBLE_CHECK(CholeskyFactor(middle.data(), d, factor.data()));
  log_affinity -= LogRootDeterminant(factor.data(), d);
  std::vector<double> solved = gap;
  CholeskySolve(factor.data(), d, solved.data());
  double squares = 0;
  for (std::size_t m = 0; m < d; ++m) squares += gap[m] * solved[m];
  return Sqrt(std::max(0.0, 1 - Exp(log_affinity - squares / 8)));
}

std::vector<std::size_t> MatchRegimes(const GaussianHmm& previous, const GaussianHmm& refit) {
  CRUCIBLE_CHECK(previous.regimes == refit.regimes && previous.features == refit.features);
  const std::size_t k = previous.regimes;
  std::vector<double> cost(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) cost[i * k + j] = HellingerDistance(previous, i, refit, j);
  }
  return LeastCostAssignment(cost, k);
}

// Shortest augmenting paths with dual prices, one row at a time; index 0 of the work arrays is a free column.
std::vector<std::size_t> LeastCostAssignment(const std::vector<double>& cost, std::size_t size) {
  std::vector<double> row_price(size + 1), column_price(size + 1);
  std::vector<std::size_t> row_of(size + 1), before(size + 1);
  for (std::size_t row = 1; row <= size; ++row) {
    std::vector<double> least(size + 1, std::numeric_limits<double>::infinity());
    std::vector<bool> used(size + 1);
    std::size_t column = 0;
    row_of[0] = row;
    do {
      used[column] = true;
      const std::size_t from = row_of[column];
      double delta = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= size; ++j) {
        if (used[j]) continue;
        const double reduced = cost[(from - 1) * size + j - 1] - row_price[from] - column_price[j];
        if (reduced < least[j]) least[j] = reduced, before[j] = column;
        if (least[j] < delta) delta = least[j], next = j;
      }
      for (std::size_t j = 0; j <= size; ++j) {
        if (used[j]) {
          row_price[row_of[j]] += delta;
          column_price[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      column = next;
    } while (row_of[column] != 0);
    for (; column != 0; column = before[column]) row_of[column] = row_of[before[column]];
  }
  std::vector<std::size_t> assigned(size);
  for (std::size_t j = 1; j <= size; ++j) assigned[row_of[j] - 1] = j - 1;
  return assigned;
}

}  // namespace crucible::regime
