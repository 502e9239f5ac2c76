// A table of named columns, rows in time order: a CSV file, the bars of a session, or the rows of a query
// over a journal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/journal/journal.h"

namespace crucible::cli {

// Numbers (NaN where there is none), or texts when the first value is no number.
struct TableColumn {
  std::string name;
  std::vector<double> numbers;
  std::vector<std::string> texts;  // empty for a column of numbers

  bool is_text() const { return !texts.empty(); }
  std::size_t rows() const { return is_text() ? texts.size() : numbers.size(); }
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::uint64_t> lines;  // of a CSV file, by row

  // Of bars: where each row comes from.
  struct Source {
    std::uint64_t seq = 0;  // of the bar's last record
    Nanos time;
    std::uint32_t instrument = 0;  // file-local
  };
  std::vector<Source> sources;
  std::vector<std::string> instruments;  // "venue/symbol", by file-local id
  journal::InputRef input;               // of journals

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().rows(); }
  bool from_bars() const { return !instruments.empty(); }
  const TableColumn* Find(std::string_view name) const;
  // "a, b, c"
  std::string Names() const;
};

struct TableRequest {
  std::vector<std::string> features;  // of bars (framework/features/bar_features.h)
  std::string sql;                    // of a journal, in place of its bars
};

// A journal is told from text by its first bytes. A run without `sql` is read as the session that it ran over. CSV has one header line and is plain, .gz or .zst; empty
// cells, NaN, NA and null are missing. kInvalidArgument names the line and column of a cell that does not
// fit, or the features that there are; kNotFound: no file, no rows, no bars.
absl::StatusOr<Table> ReadTable(const std::string& path, const TableRequest& request);

// Times and places of a record, which are no variables.
bool IsTimeName(std::string_view name);

}  // namespace crucible::cli
