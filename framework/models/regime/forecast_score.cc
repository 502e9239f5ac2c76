#include "framework/models/regime/forecast_score.h"

#include <algorithm>

#include "framework/base/check.h"
#include "framework/base/math.h"

namespace crucible::regime {
namespace {

constexpr double kLogTwoPi = 1.8378770664093454836;
constexpr double kDecay = 0.94;
constexpr std::size_t kBatches = 100;

double LogGaussian(double x, double mean, double variance) {
  return -0.5 * (kLogTwoPi + Log(variance) + (x - mean) * (x - mean) / variance);
}

// Marginal densities of one feature under every regime, of every row, divided by the row's largest.
class Marginals {
 public:
  Marginals(const GaussianHmm& emissions, const Observations& rows, std::size_t feature)
      : k_(emissions.regimes), log_(rows.rows() * k_), largest_(rows.rows()) {
    const std::size_t d = emissions.features;
    for (std::size_t t = 0; t < rows.rows(); ++t) {
      for (std::size_t k = 0; k < k_; ++k) {
        const double variance = emissions.Covariance(k)[feature * d + feature];
        log_[t * k_ + k] = LogGaussian(rows.At(t, feature), emissions.Mean(k)[feature], variance);
        largest_[t] = k == 0 ? log_[t * k_] : std::max(largest_[t], log_[t * k_ + k]);
      }
    }
    relative_ = log_;
    for (std::size_t t = 0; t < rows.rows(); ++t) {
      for (std::size_t k = 0; k < k_; ++k) relative_[t * k_ + k] -= largest_[t];
    }
    ExpEach(relative_.data(), relative_.size());
  }

  double Log(std::size_t row, std::size_t regime) const { return log_[row * k_ + regime]; }
  double LogMixture(std::size_t row, const double* weight) const {
    double sum = 0;
    for (std::size_t k = 0; k < k_; ++k) sum += weight[k] * relative_[row * k_ + k];
    // A mixture that gives the right regime no weight at all: the score of the least that a double holds.
    return crucible::Log(std::max(sum, 1e-300)) + largest_[row];
  }

 private:
  std::size_t k_;
  std::vector<double> log_, largest_, relative_;
};

struct Gaussian {
  double mean = 0, variance = 0;
};
Gaussian GaussianOf(const double* x, std::size_t count) {
  Gaussian result;
  for (std::size_t t = 0; t < count; ++t) result.mean += x[t];
  result.mean /= static_cast<double>(count);
  for (std::size_t t = 0; t < count; ++t) result.variance += (x[t] - result.mean) * (x[t] - result.mean);
  result.variance /= static_cast<double>(count);
  return result;
}

}  // namespace

MeanScore MeanByBatches(const std::vector<double>& values) {
  CRUCIBLE_CHECK(values.size() >= kBatches);
  MeanScore result;
  result.n = values.size();
  std::vector<double> means;
  for (std::size_t b = 0; b < kBatches; ++b) {
    const std::size_t from = b * values.size() / kBatches, to = (b + 1) * values.size() / kBatches;
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += values[i];
    means.push_back(sum / static_cast<double>(to - from));
    result.mean += sum;
  }
  result.mean /= static_cast<double>(values.size());
  const Gaussian of_batches = GaussianOf(means.data(), kBatches);
  result.half_width = 1.984 * Sqrt(of_batches.variance / static_cast<double>(kBatches - 1));
  return result;
}

std::vector<HorizonScores> ScoreForecasts(RegimeFilter& filter, const Observations& rows,
                                          std::size_t first_judged, std::size_t feature,
                                          std::size_t horizons) {
  CRUCIBLE_CHECK(rows.sequences() == 1 && first_judged >= 2 &&
                 first_judged + horizons + kBatches <= rows.rows());
  CRUCIBLE_CHECK(rows.features() == filter.inputs() && feature < filter.emissions().features);
  const Marginals marginals(filter.emissions(), rows, feature);
  const double* x = rows.Column(feature);
  const Gaussian past = GaussianOf(x, first_judged);
  // scores[horizon - 1][forecaster]
  std::vector<std::array<std::vector<double>, kForecasters>> scores(horizons);
  Filtered<RegimeForecast> forecast = NoForecast();
  std::vector<double> row(rows.features());
  double ewma = past.variance;
  filter.Reset();
  for (std::size_t t = 0; t + 1 < rows.rows(); ++t) {
    rows.CopyRow(t, row.data());
    const Filtered<RegimeState>& state = filter.Update(row);
    ewma = kDecay * ewma + (1 - kDecay) * x[t] * x[t];
    if (t + 1 < first_judged) continue;
    filter.Forecast(horizons, forecast);
    const std::size_t now = state->MostProbable();
    for (std::size_t h = 1; h <= horizons && t + h < rows.rows(); ++h) {
      auto& at = scores[h - 1];
      at[0].push_back(marginals.LogMixture(t + h, forecast->Ahead(h).data()));
      at[1].push_back(marginals.LogMixture(t + h, state->probability.data()));
      at[2].push_back(marginals.Log(t + h, now));
      at[3].push_back(LogGaussian(x[t + h], past.mean, past.variance));
      at[4].push_back(LogGaussian(x[t + h], 0, std::max(ewma, 1e-6 * past.variance)));
    }
  }
  std::vector<HorizonScores> result;
  for (std::size_t h = 1; h <= horizons; ++h) {
    HorizonScores one;
    one.horizon = h;
    for (std::size_t f = 0; f < kForecasters; ++f) {
      one.score[f] = MeanByBatches(scores[h - 1][f]);
      if (f == 0) continue;
      std::vector<double> gains = scores[h - 1][0];
      for (std::size_t i = 0; i < gains.size(); ++i) gains[i] -= scores[h - 1][f][i];
      one.gain[f] = MeanByBatches(gains);
    }
    result.push_back(one);
  }
  return result;
}

std::vector<RegimeChange> ChangesOf(const std::vector<std::size_t>& regime_by_row, std::size_t first) {
  std::vector<RegimeChange> changes;
  for (std::size_t t = first + 1; t < regime_by_row.size(); ++t) {
    if (regime_by_row[t] != regime_by_row[t - 1]) changes.push_back({t, regime_by_row[t]});
  }
  return changes;
}

SwapTiming TimeSwaps(const std::vector<RegimeChange>& changes, const std::vector<std::size_t>& regime_by_row,
                     const std::vector<std::size_t>& model_by_row, std::size_t first) {
  CRUCIBLE_CHECK(regime_by_row.size() == model_by_row.size());
  SwapTiming timing;
  const std::size_t rows = regime_by_row.size();
  std::size_t in_place = 0;
  for (std::size_t t = first; t < rows; ++t) {
    in_place += regime_by_row[t] == model_by_row[t] ? 1u : 0u;
    if (t > first) timing.swaps += model_by_row[t] != model_by_row[t - 1] ? 1u : 0u;
  }
  timing.rows_in_place = static_cast<double>(in_place) / static_cast<double>(rows - first);
  double leads = 0;
  for (std::size_t c = 0; c < changes.size(); ++c) {
    ++timing.changes;
    const std::size_t at = changes[c].row, next = c + 1 < changes.size() ? changes[c + 1].row : rows;
    const std::size_t before = c == 0 ? first : changes[c - 1].row;
    const std::size_t earliest = before + (at - before) / 2;
    std::size_t acts = at;
    if (model_by_row[at] == changes[c].to) {
      while (acts > earliest && model_by_row[acts - 1] == changes[c].to) --acts;
    } else {
      while (acts < next && model_by_row[acts] != changes[c].to) ++acts;
    }
    if (acts == next) {
      ++timing.missed;
      continue;
    }
    if (acts == earliest && (earliest == first || model_by_row[earliest - 1] == changes[c].to)) {
      ++timing.stayed;
      continue;
    }
    ++(acts <= at ? timing.ahead : timing.late);
    leads += static_cast<double>(at) - static_cast<double>(acts);
  }
  const std::size_t met = timing.ahead + timing.late;
  timing.mean_lead = met > 0 ? leads / static_cast<double>(met) : 0;
  return timing;
}

}  // namespace crucible::regime
