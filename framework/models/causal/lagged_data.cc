#include "framework/models/causal/lagged_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "framework/base/math.h"
#include "framework/base/random.h"
#include "framework/models/stats/sums.h"

namespace crucible::causal {
namespace {

// Shift and scale of one variable over all its values, so that sums of products lose no digits.
void Standardise(std::vector<double*>& parts, const std::vector<std::size_t>& sizes) {
  std::vector<double> values;
  for (std::size_t s = 0; s < parts.size(); ++s) {
    std::copy_if(parts[s], parts[s] + sizes[s], std::back_inserter(values),
                 [](double v) { return !std::isnan(v); });
  }
  if (values.empty()) return;
  const auto n = static_cast<double>(values.size());
  const double mean = stats::Sum(values.data(), values.size()) / n;
  for (double& value : values) value -= mean;
  const double deviation = Sqrt(stats::Dot(values.data(), values.data(), values.size()) / n);
  const double scale = deviation > 0 ? 1 / deviation : 1;
  for (std::size_t s = 0; s < parts.size(); ++s) {
    for (std::size_t t = 0; t < sizes[s]; ++t) parts[s][t] = (parts[s][t] - mean) * scale;
  }
}

// Normal quantiles of the reference's ranks: u = 1/n ... 1, the last 1 - 1e-5.
std::vector<double> ScoresByRank(std::size_t n) {
  std::vector<double> scores(n);
  for (std::size_t p = 0; p < n; ++p) {
    const double u = static_cast<double>(p + 1) / static_cast<double>(n);
    scores[p] = NormalQuantile(p + 1 == n ? 1 - 1e-5 : u);
  }
  return scores;
}

struct Place {
  double value;
  std::size_t set;
  std::size_t row;
};

}  // namespace

absl::StatusOr<LaggedData> LaggedData::Create(const Panel& panel, const Options& options) {
  if (panel.variables() == 0) return absl::InvalidArgumentError("there is no variable");
  LaggedData data;
  data.variables_ = panel.variables();
  data.max_lag_ = options.max_lag;
  data.transform_ = options.transform;
  CRUCIBLE_ASSIGN_OR_RETURN(data.sample_, ChooseSample(panel, options.max_lag, options.least_rows));
  std::size_t start = 0;
  for (const Run& run : data.sample_.runs) {
    data.run_starts_.push_back(start);
    start += run.rows;
  }
  data.StandardiseSeries(panel);
  data.FindConstants();
  if (options.transform == Transform::kNormalScores) data.ScoreNodes();
  return data;
}

void LaggedData::StandardiseSeries(const Panel& panel) {
  for (const DataSet& set : panel.sets) series_.push_back(set.columns);
  for (std::size_t v = 0; v < variables_; ++v) {
    std::vector<double*> parts;
    std::vector<std::size_t> sizes;
    for (std::vector<std::vector<double>>& set : series_) {
      parts.push_back(set[v].data());
      sizes.push_back(set[v].size());
    }
    Standardise(parts, sizes);
  }
}

void LaggedData::FindConstants() {
  constant_.assign(nodes(), 1);
  for (std::size_t lag = 0; lag < lags(); ++lag) {
    for (std::size_t v = 0; v < variables_; ++v) {
      const Node node{static_cast<std::uint32_t>(v), static_cast<std::uint32_t>(lag)};
      const double first = *RunRows(node, 0);
      for (std::size_t run = 0; run < sample_.runs.size() && constant_[Index(node)] != 0; ++run) {
        const double* rows = RunRows(node, run);
        if (std::any_of(rows, rows + sample_.runs[run].rows, [&](double v2) { return v2 != first; })) {
          constant_[Index(node)] = 0;
        }
      }
    }
  }
}

void LaggedData::ScoreNodes() {
  const std::vector<double> by_rank = ScoresByRank(rows());
  // By data set and row: where the row stands in the sample; lagged rows stand where the row they explain
  // does.
  std::vector<std::vector<std::size_t>> position;
  for (const auto& set : series_) position.emplace_back(set[0].size(), rows());
  for (std::size_t run = 0; run < sample_.runs.size(); ++run) {
    const Run& r = sample_.runs[run];
    for (std::size_t k = 0; k < r.rows; ++k) position[r.set][r.first + k] = run_starts_[run] + k;
  }
  std::vector<std::vector<double>> scores(nodes(), std::vector<double>(rows()));
  for (std::size_t v = 0; v < variables_; ++v) {
    std::vector<Place> order;  // one sort serves all lags
    for (std::size_t s = 0; s < series_.size(); ++s) {
      for (std::size_t t = 0; t < series_[s][v].size(); ++t) order.push_back({series_[s][v][t], s, t});
    }
    std::erase_if(order, [](const Place& place) { return std::isnan(place.value); });
    std::ranges::stable_sort(order, {}, &Place::value);
    std::vector<std::size_t> tied;
    for (std::size_t lag = 0; lag < lags(); ++lag) {
      std::vector<double>& column = scores[lag * variables_ + v];
      std::size_t rank = 0;
      double last = 0;
      const auto settle = [&] {
        for (const std::size_t at : tied) column[at] = by_rank[rank - 1];
        tied.clear();
      };
      for (const Place& place : order) {
        const std::size_t effect = place.row + lag;
        if (effect >= position[place.set].size() || position[place.set][effect] == rows()) continue;
        if (!tied.empty() && place.value != last) settle();
        tied.push_back(position[place.set][effect]);
        last = place.value;
        ++rank;
      }
      if (!tied.empty()) settle();
    }
  }
  scores_ = std::move(scores);
}

const double* LaggedData::RunRows(Node node, std::size_t run) const {
  if (!scores_.empty()) return scores_[Index(node)].data() + run_starts_[run];
  const Run& r = sample_.runs[run];
  return series_[r.set][node.variable].data() + r.first - node.lag;
}

void LaggedData::Column(Node node, double* out) const {
  for (std::size_t run = 0; run < sample_.runs.size(); ++run) {
    out = std::copy_n(RunRows(node, run), sample_.runs[run].rows, out);
  }
}

}  // namespace crucible::causal
