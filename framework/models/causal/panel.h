// Time series as causal discovery takes them: one or more data sets (days, symbols) of the same variables.
//
// Every conditional independence test of one analysis uses the same sample, whatever lags it reads: the rows
// t whose whole window [t - 2 max_lag, t] lies inside one data set and holds no missing value, and whose row
// t is not masked. That is what lets one lagged covariance serve all tests. (A mask that selects a regime
// selects the time t of the effect; causes may lie before the regime began.) Dropping whole windows is
// listwise deletion: it is unbiased when values are missing at random, and costs rows when one variable is
// often missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"

namespace crucible::causal {

// One series of rows, oldest first. NaN is missing.
struct DataSet {
  std::vector<std::vector<double>> columns;  // by variable, equally long
  std::vector<std::uint8_t> use_row;         // by row, 0 = masked; empty = all are used

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
};

struct Panel {
  std::vector<std::string> names;  // by variable
  std::vector<DataSet> sets;

  std::size_t variables() const { return names.size(); }
};

// Consecutive rows of one data set.
struct Run {
  std::size_t set = 0;
  std::size_t first = 0;
  std::size_t rows = 0;
};

// The rows t that every test uses.
struct Sample {
  std::vector<Run> runs;
  std::size_t rows = 0;
};

// kInvalidArgument names a column with another length or an infinite value; kFailedPrecondition says which
// variable leaves too few rows (at least `least_rows` are needed).
absl::StatusOr<Sample> ChooseSample(const Panel& panel, std::size_t max_lag, std::size_t least_rows);

}  // namespace crucible::causal
