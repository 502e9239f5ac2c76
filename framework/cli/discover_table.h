// Tables of features, as `crucible discover` reads them: a CSV file, or the result of a query on a journal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/causal/panel.h"

namespace crucible::cli {

// One column: numbers (NaN where there is none), or texts when its first value is no number.
struct DiscoverColumn {
  std::string name;
  std::vector<double> numbers;
  std::vector<std::string> texts;  // empty for a column of numbers

  bool is_text() const { return !texts.empty(); }
  std::size_t rows() const { return is_text() ? texts.size() : numbers.size(); }
};

struct DiscoverTable {
  std::vector<DiscoverColumn> columns;

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().rows(); }
  const DiscoverColumn* Find(std::string_view name) const;
  // "a, b, c"
  std::string Names() const;
};

// CSV with one header line, plain, .gz or .zst. Empty cells, NaN, NA and null are missing. kInvalidArgument
// names the line and column of a cell that does not fit.
absl::StatusOr<DiscoverTable> ReadDiscoverCsv(const std::string& path);
// Rows of one SQL statement over a session or run file.
absl::StatusOr<DiscoverTable> QueryDiscoverTable(const std::string& path, const std::string& sql);
// Of the bars of a session or run file, by instrument: ret, the logarithm of close over the close before;
// range, of high over low; volume_change, the difference of log(1 + volume). kNotFound when there are none.
absl::StatusOr<DiscoverTable> ReadBarFeatures(const std::string& path);
bool HoldsJournal(const std::string& path);

// Which columns become variables, and how.
struct PanelChoice {
  std::vector<std::string> columns;  // empty: all numbers but time, group and mask
  std::vector<std::string> returns;  // become logarithmic returns
  std::vector<std::string> differences;
  std::string group;  // rows of one value are one data set, in their order
  std::string mask;   // rows where it is not 0 are used as times of effects
};
// kInvalidArgument names a column that is not there, or a level that is not positive.
absl::StatusOr<causal::Panel> MakePanel(const DiscoverTable& table, const PanelChoice& choice);

}  // namespace crucible::cli
