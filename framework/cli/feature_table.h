// What a regime model is fitted to and reads: complete rows of numbers in time order, of a CSV file or of the
// bars of one instrument.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/cli/table_file.h"

namespace crucible::cli {

struct FeatureTable {
  std::vector<std::string> names;
  std::vector<double> values;  // [rows][names]
  std::size_t rows = 0;

  // Of bars.
  std::vector<Table::Source> sources;  // by row
  std::string instrument;              // "venue/symbol"; "" of a CSV file
  std::uint32_t instrument_id = 0;
  journal::InputRef input;

  bool from_bars() const { return !instrument.empty(); }
};

struct FeatureRequest {
  std::vector<std::string> columns;  // empty: all numeric columns of a CSV file; "return" of bars
  std::string instrument;            // of sessions with several: symbol, or venue/symbol
};

// Errors are those of ReadTable, and name the line of a missing value, or the columns and instruments there
// are.
absl::StatusOr<FeatureTable> ReadFeatureTable(const std::string& path, const FeatureRequest& request);

// What makes a column hard to model, in a sentence each: levels instead of changes (lag-1 autocorrelation
// above 0.98), ties (more than a fifth of the rows hold one value). A constant column or too few rows is an
// error.
absl::StatusOr<std::vector<std::string>> CheckColumns(const FeatureTable& table);

}  // namespace crucible::cli
