#include "framework/models/causal/diagnostics.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"
#include "framework/models/stats/cholesky.h"

namespace crucible::causal {
namespace {

constexpr double kUnitRootCritical = -2.86;
constexpr double kManyTies = 0.2;

// Regression of the change on a constant, the level and the change before; the t-value of the level.
double DickeyFuller(const Panel& panel, std::size_t variable, double mean) {
  double normal[9] = {}, right[3] = {}, square = 0, rows = 0;
  for (const DataSet& set : panel.sets) {
    const std::vector<double>& x = set.columns[variable];
    for (std::size_t t = 2; t < x.size(); ++t) {
      const double change = x[t] - x[t - 1];
      const double regressors[3] = {1, x[t - 1] - mean, x[t - 1] - x[t - 2]};
      if (std::isnan(change) || std::isnan(regressors[2])) continue;
      rows += 1;
      square += change * change;
      for (std::size_t a = 0; a < 3; ++a) {
        right[a] += regressors[a] * change;
        for (std::size_t b = 0; b <= a; ++b) normal[3 * a + b] += regressors[a] * regressors[b];
      }
    }
  }
  if (rows < 20 || !(stats::FactorRows(normal, 3, 0, 3, 0) > 0)) return 0;
  stats::SolveLower(normal, 3, 3, right);
  double explained = 0;
  for (const double part : right) explained += part * part;
  const double variance = (square - explained) / (rows - 3);
  double level[3] = {0, 1, 0}, coefficients[3] = {right[0], right[1], right[2]};
  stats::SolveLowerTransposed(normal, 3, 3, coefficients);
  stats::SolveLower(normal, 3, 3, level);
  const double spread = level[0] * level[0] + level[1] * level[1] + level[2] * level[2];
  return variance > 0 ? coefficients[1] / Sqrt(variance * spread) : 0;
}

}  // namespace

SeriesFacts DescribeSeries(const Panel& panel, std::size_t variable) {
  SeriesFacts facts;
  std::vector<double> values;
  for (const DataSet& set : panel.sets) {
    for (const double value : set.columns[variable]) {
      if (std::isnan(value)) {
        ++facts.missing;
      } else {
        values.push_back(value);
      }
    }
  }
  facts.values = values.size();
  if (values.empty()) return facts;
  std::ranges::sort(values);
  double sum = 0;
  std::size_t most = 0;
  for (std::size_t first = 0; first < values.size();) {
    std::size_t end = first;
    while (end < values.size() && values[end] == values[first]) sum += values[end++];
    most = std::max(most, end - first);
    first = end;
  }
  facts.constant = most == values.size();
  facts.tied_share = static_cast<double>(most) / static_cast<double>(values.size());
  if (facts.constant) return facts;
  facts.unit_root_t = DickeyFuller(panel, variable, sum / static_cast<double>(values.size()));
  facts.looks_like_level = facts.values >= 100 && facts.unit_root_t > kUnitRootCritical;
  return facts;
}

std::vector<std::string> DescribeProblems(const Panel& panel, std::size_t usable_rows, std::size_t max_lag) {
  std::vector<std::string> problems;
  for (std::size_t v = 0; v < panel.variables(); ++v) {
    const SeriesFacts facts = DescribeSeries(panel, v);
    const std::string& name = panel.names[v];
    if (facts.values == 0) {
      problems.push_back(absl::StrFormat("%s holds no value", name));
    } else if (facts.constant) {
      problems.push_back(absl::StrFormat("%s is constant: it can have no link; leave it out", name));
    } else if (facts.looks_like_level) {
      problems.push_back(absl::StrFormat(
          "%s looks like a level (Dickey-Fuller t = %.2f, a unit root is not rejected above %.2f): links "
          "of levels are spurious; use --returns %s or --difference %s",
          name, facts.unit_root_t, kUnitRootCritical, name, name));
    } else if (facts.tied_share > kManyTies) {
      problems.push_back(
          absl::StrFormat("%s has one value in %.0f %% of its rows: p-values of tests on ranks are rough",
                          name, 100 * facts.tied_share));
    }
    if (facts.missing > 0) {
      problems.push_back(
          absl::StrFormat("%s misses %d values; each takes the %d rows whose windows hold it out", name,
                          facts.missing, 2 * max_lag + 1));
    }
  }
  const std::size_t wanted = 10 * panel.variables() * std::max<std::size_t>(1, max_lag);
  if (usable_rows < wanted) {
    problems.push_back(
        absl::StrFormat("%d rows are few for %d variables at %d lags: below %d, weak links stay unseen",
                        usable_rows, panel.variables(), max_lag, wanted));
  }
  return problems;
}

}  // namespace crucible::causal
