#include "framework/models/causal/panel.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace crucible::causal {
namespace {

absl::Status CheckShape(const Panel& panel) {
  for (std::size_t s = 0; s < panel.sets.size(); ++s) {
    const DataSet& set = panel.sets[s];
    if (set.columns.size() != panel.variables()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("data set %d has %d columns, but there are %d variables", s, set.columns.size(),
                          panel.variables()));
    }
    if (!set.use_row.empty() && set.use_row.size() != set.rows()) {
      return absl::InvalidArgumentError(absl::StrFormat("the mask of data set %d has %d rows, its data %d", s,
                                                        set.use_row.size(), set.rows()));
    }
    for (std::size_t v = 0; v < panel.variables(); ++v) {
      if (set.columns[v].size() != set.rows()) {
        return absl::InvalidArgumentError(absl::StrFormat("%s has %d rows in data set %d, %s has %d",
                                                          panel.names[v], set.columns[v].size(), s,
                                                          panel.names[0], set.rows()));
      }
      for (std::size_t t = 0; t < set.rows(); ++t) {
        if (std::isinf(set.columns[v][t])) {
          return absl::InvalidArgumentError(
              absl::StrFormat("%s is infinite in row %d", panel.names[v], t + 1));
        }
      }
    }
  }
  return absl::OkStatus();
}

// By row: whether every variable has a value.
std::vector<std::uint8_t> CompleteRows(const DataSet& set) {
  std::vector<std::uint8_t> complete(set.rows(), 1);
  for (const std::vector<double>& column : set.columns) {
    for (std::size_t t = 0; t < column.size(); ++t) {
      if (std::isnan(column[t])) complete[t] = 0;
    }
  }
  return complete;
}

void AddRuns(const DataSet& set, std::size_t index, std::size_t window, Sample& sample) {
  const std::vector<std::uint8_t> complete = CompleteRows(set);
  std::size_t streak = 0;  // complete rows up to and including t
  bool open = false;
  for (std::size_t t = 0; t < set.rows(); ++t) {
    streak = complete[t] != 0 ? streak + 1 : 0;
    const bool used = streak > window && (set.use_row.empty() || set.use_row[t] != 0);
    if (used && !open) sample.runs.push_back({index, t, 0});
    open = used;
    if (!used) continue;
    ++sample.runs.back().rows;
    ++sample.rows;
  }
}

std::string WorstColumn(const Panel& panel) {
  std::size_t worst = 0, missing_most = 0;
  for (std::size_t v = 0; v < panel.variables(); ++v) {
    std::size_t missing = 0;
    for (const DataSet& set : panel.sets) {
      for (const double value : set.columns[v]) missing += std::isnan(value) ? 1U : 0U;
    }
    if (missing > missing_most) {
      worst = v;
      missing_most = missing;
    }
  }
  if (missing_most == 0) return "no value is missing";
  return absl::StrFormat("%s misses most values, %d", panel.names[worst], missing_most);
}

}  // namespace

absl::StatusOr<Sample> ChooseSample(const Panel& panel, std::size_t max_lag, std::size_t least_rows) {
  CRUCIBLE_RETURN_IF_ERROR(CheckShape(panel));
  Sample sample;
  std::size_t rows = 0;
  for (std::size_t s = 0; s < panel.sets.size(); ++s) {
    AddRuns(panel.sets[s], s, 2 * max_lag, sample);
    rows += panel.sets[s].rows();
  }
  if (sample.rows < least_rows) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%d of %d rows can be used, at least %d are needed: a row counts when it is not "
                        "masked and the %d rows before "
                        "it are complete (%s)",
                        sample.rows, rows, least_rows, 2 * max_lag, WorstColumn(panel)));
  }
  return sample;
}

}  // namespace crucible::causal
