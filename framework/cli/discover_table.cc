#include "framework/cli/discover_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/base/math.h"
#include "framework/decode/line_reader.h"
#include "framework/journal/query.h"

namespace crucible::cli {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

bool IsMissing(std::string_view cell) {
  constexpr std::array<std::string_view, 6> kWords = {"", "NaN", "nan", "NA", "null", "NULL"};
  return std::ranges::find(kWords, cell) != kWords.end();
}

std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells = absl::StrSplit(ToAbsl(line), ',');
  for (std::string& cell : cells) {
    absl::StripAsciiWhitespace(&cell);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  }
  return cells;
}

absl::Status CheckHeader(const std::string& path, const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    double number = 0;
    if (name.empty() || absl::SimpleAtod(name, &number)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: the first line must name the columns; found \"%s\" among them", path, name));
    }
    if (!seen.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrFormat("%s: two columns are named %s", path, name));
    }
  }
  return absl::OkStatus();
}

// Adds a cell to its column, whose kind the first value that is not missing decides.
absl::Status AddCell(const std::string& cell, std::uint64_t line, DiscoverColumn& column) {
  double number = kMissing;
  const bool is_number = IsMissing(cell) || absl::SimpleAtod(cell, &number);
  if (column.is_text()) {
    column.texts.push_back(cell);
  } else if (is_number) {
    column.numbers.push_back(number);
  } else if (std::ranges::all_of(column.numbers, [](double v) { return std::isnan(v); })) {
    column.texts.assign(column.numbers.size(), "");
    column.numbers.clear();
    column.texts.push_back(cell);
  } else {
    return absl::InvalidArgumentError(absl::StrFormat(
        "line %d: %s is \"%s\", expected a number or an empty cell", line, column.name, cell));
  }
  return absl::OkStatus();
}

bool IsTimeName(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  constexpr std::array<std::string_view, 7> kNames = {"time",          "timestamp", "date",  "datetime",
                                                      "timestamp_utc", "seq",       "origin"};
  return std::ranges::find(kNames, lower) != kNames.end();
}

absl::StatusOr<const DiscoverColumn*> FindNumbers(const DiscoverTable& table, const std::string& name) {
  const DiscoverColumn* column = table.Find(name);
  if (column == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there is no column %s; there are %s", name, table.Names()));
  }
  if (column->is_text()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "column %s holds texts such as \"%s\", expected numbers", name, column->texts.back()));
  }
  return column;
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// The rows of each data set, in order of first appearance.
std::vector<std::vector<std::size_t>> GroupRows(const DiscoverTable& table, const DiscoverColumn* group) {
  std::vector<std::vector<std::size_t>> sets;
  std::vector<std::string> values;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::string value;
    if (group != nullptr) {
      value = group->is_text() ? group->texts[row] : absl::StrFormat("%.17g", group->numbers[row]);
    }
    std::size_t at = values.size();
    for (std::size_t k = values.size(); k-- > 0 && at == values.size();) {
      if (values[k] == value) at = k;
    }
    if (at == values.size()) {
      values.push_back(value);
      sets.emplace_back();
    }
    sets[at].push_back(row);
  }
  return sets;
}

absl::Status ToChanges(const std::string& name, bool logarithmic, std::vector<double>& values) {
  double before = kMissing;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double now = values[t];
    if (logarithmic && now <= 0) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "--returns %s: row %d holds %g, and returns need levels above 0", name, t + 1, now));
    }
    values[t] = logarithmic ? Log(now) - Log(before) : now - before;
    if (std::isnan(now) || std::isnan(before)) values[t] = kMissing;
    before = now;
  }
  return absl::OkStatus();
}

}  // namespace

const DiscoverColumn* DiscoverTable::Find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &DiscoverColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

std::string DiscoverTable::Names() const {
  return absl::StrJoin(columns, ", ",
                       [](std::string* out, const DiscoverColumn& column) { out->append(column.name); });
}

bool HoldsJournal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 15> start{};
  file.read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == "SQLite format 3";
}

absl::StatusOr<DiscoverTable> ReadDiscoverCsv(const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto source, decode::ByteSource::OpenFile(path));
  decode::LineReader reader(std::move(source), path);
  std::string_view line;
  DiscoverTable table;
  if (reader.Next(&line)) {
    const std::vector<std::string> names = Cells(line);
    CRUCIBLE_RETURN_IF_ERROR(CheckHeader(path, names));
    for (const std::string& name : names) table.columns.push_back({name, {}, {}});
  }
  while (reader.Next(&line)) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = Cells(line);
    if (cells.size() != table.columns.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s, line %d: %d cells, but the header names %d columns", path, reader.line(),
                          cells.size(), table.columns.size()));
    }
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const absl::Status added = AddCell(cells[c], reader.line(), table.columns[c]);
      if (!added.ok()) return absl::InvalidArgumentError(absl::StrFormat("%s, %s", path, added.message()));
    }
  }
  CRUCIBLE_RETURN_IF_ERROR(reader.status());
  if (table.rows() == 0) return absl::InvalidArgumentError(absl::StrFormat("%s holds no rows", path));
  return table;
}

absl::StatusOr<DiscoverTable> QueryDiscoverTable(const std::string& path, const std::string& sql) {
  DiscoverTable table;
  absl::Status problem;
  std::uint64_t row = 0;
  const auto add = [&](std::span<const std::string> columns, std::span<const journal::QueryValue> values) {
    ++row;
    if (table.columns.empty()) {
      for (const std::string& name : columns) table.columns.push_back({name, {}, {}});
    }
    for (std::size_t c = 0; c < values.size() && problem.ok(); ++c) {
      DiscoverColumn& column = table.columns[c];
      if (const auto* real = std::get_if<double>(&values[c]); real != nullptr && !column.is_text()) {
        column.numbers.push_back(*real);
      } else if (const auto* integer = std::get_if<std::int64_t>(&values[c]);
                 integer != nullptr && !column.is_text()) {
        column.numbers.push_back(static_cast<double>(*integer));
      } else {
        const auto* text = std::get_if<std::string>(&values[c]);
        problem = AddCell(text != nullptr ? *text : "", row, column);
      }
    }
    return problem.ok();
  };
  CRUCIBLE_RETURN_IF_ERROR(journal::Query(path, sql, add));
  CRUCIBLE_RETURN_IF_ERROR(problem);
  if (table.rows() == 0)
    return absl::NotFoundError(absl::StrFormat("%s: the query gives no rows: %s", path, sql));
  return table;
}

absl::StatusOr<DiscoverTable> ReadBarFeatures(const std::string& path) {
  absl::StatusOr<DiscoverTable> bars =
      QueryDiscoverTable(path, "SELECT instrument, high, low, close, volume FROM bars ORDER BY instrument, seq");
  if (absl::IsNotFound(bars.status())) {
    return absl::NotFoundError(
        absl::StrFormat("%s holds no bars: say which columns with --sql, such as --sql \"select price, "
                        "quantity from trades\"",
                        path));
  }
  CRUCIBLE_RETURN_IF_ERROR(bars.status());
  const std::vector<double>& instrument = bars->columns[0].numbers;
  const std::vector<double>&high = bars->columns[1].numbers, &low = bars->columns[2].numbers;
  const std::vector<double>&close = bars->columns[3].numbers, &volume = bars->columns[4].numbers;
  DiscoverTable features;
  for (const char* name : {"instrument", "ret", "range", "volume_change"})
    features.columns.push_back({name, {}, {}});
  for (std::size_t t = 0; t < close.size(); ++t) {
    const bool first = t == 0 || instrument[t] != instrument[t - 1];
    features.columns[0].numbers.push_back(instrument[t]);
    features.columns[1].numbers.push_back(first ? kMissing : Log(close[t] / close[t - 1]));
    features.columns[2].numbers.push_back(Log(high[t] / low[t]));
    features.columns[3].numbers.push_back(first ? kMissing : Log1p(volume[t]) - Log1p(volume[t - 1]));
  }
  return features;
}

absl::StatusOr<causal::Panel> MakePanel(const DiscoverTable& table, const PanelChoice& choice) {
  const DiscoverColumn* group = choice.group.empty() ? nullptr : table.Find(choice.group);
  if (!choice.group.empty() && group == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--group %s: there is no such column; there are %s", choice.group, table.Names()));
  }
  const DiscoverColumn* mask = nullptr;
  if (!choice.mask.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(mask, FindNumbers(table, choice.mask));
  }
  std::vector<std::string> names = choice.columns;
  for (const DiscoverColumn& column : table.columns) {
    const bool other = column.is_text() || IsTimeName(column.name) || &column == group || &column == mask;
    if (choice.columns.empty() && !other) names.push_back(column.name);
  }
  for (const std::vector<std::string>* changed : {&choice.returns, &choice.differences}) {
    for (const std::string& name : *changed) {
      if (!Contains(names, name)) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "%s is to be differenced, but is not among the variables %s", name, absl::StrJoin(names, ", ")));
      }
    }
  }
  causal::Panel panel;
  panel.names = names;
  for (const std::vector<std::size_t>& rows : GroupRows(table, group)) {
    causal::DataSet set;
    for (const std::string& name : names) {
      CRUCIBLE_ASSIGN_OR_RETURN(const DiscoverColumn* column, FindNumbers(table, name));
      std::vector<double> values;
      for (const std::size_t row : rows) values.push_back(column->numbers[row]);
      if (Contains(choice.returns, name)) CRUCIBLE_RETURN_IF_ERROR(ToChanges(name, true, values));
      if (Contains(choice.differences, name)) CRUCIBLE_RETURN_IF_ERROR(ToChanges(name, false, values));
      set.columns.push_back(std::move(values));
    }
    for (const std::size_t row : mask != nullptr ? rows : std::vector<std::size_t>{}) {
      set.use_row.push_back(mask->numbers[row] != 0 && !std::isnan(mask->numbers[row]) ? 1 : 0);
    }
    panel.sets.push_back(std::move(set));
  }
  return panel;
}

}  // namespace crucible::cli
