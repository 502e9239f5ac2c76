// A table of named columns, rows in time order: from a CSV file with a header line, or from the bars of a
// session.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/journal/journal.h"

namespace crucible::cli {

struct FeatureTable {
  std::vector<std::string> names;
  std::vector<double> values;  // [rows][names]
  std::size_t rows = 0;

  // Of sessions: where each row comes from, and of what.
  struct Source {
    std::uint64_t seq = 0;  // of the bar's last record
    Nanos time;
  };
  std::vector<Source> sources;
  std::string instrument;  // "venue/symbol"
  std::uint32_t instrument_id = 0;
  journal::InputRef input;

  bool from_bars() const { return !sources.empty(); }
};

struct TableRequest {
  std::vector<std::string> columns;  // empty: all numeric columns of a CSV file; "return" of bars
  std::string instrument;            // of sessions with several: symbol, or venue/symbol
};

// Reads `path`; a journal is told from text by its first bytes. Errors name the line and column, or the
// instruments and features that there are.
absl::StatusOr<FeatureTable> ReadFeatureTable(const std::string& path, const TableRequest& request);

// What makes a column hard to model, in a sentence each: levels instead of changes (lag-1 autocorrelation
// above 0.98), ties (more than a fifth of the rows hold one value). A constant column, too few rows or a
// missing value is an error.
absl::StatusOr<std::vector<std::string>> CheckColumns(const FeatureTable& table);

}  // namespace crucible::cli
