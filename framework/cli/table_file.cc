#include "framework/cli/table_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/decode/line_reader.h"
#include "framework/features/bar_features.h"
#include "framework/journal/query.h"
#include "framework/runs/run_file.h"
#include "framework/runs/session_file.h"

namespace crucible::cli {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

bool IsMissing(std::string_view cell) {
  constexpr std::array<std::string_view, 6> kWords = {"", "NaN", "nan", "NA", "null", "NULL"};
  return std::ranges::find(kWords, cell) != kWords.end();
}

// Overwrites `cells`.
void Split(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  while (true) {
    const std::size_t comma = line.find(',');
    std::string_view cell = line.substr(0, comma);
    while (!cell.empty() && absl::ascii_isspace(static_cast<unsigned char>(cell.front())))
      cell.remove_prefix(1);
    while (!cell.empty() && absl::ascii_isspace(static_cast<unsigned char>(cell.back())))
      cell.remove_suffix(1);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    cells.push_back(cell);
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

absl::Status CheckHeader(const std::string& path, const std::vector<std::string_view>& names) {
  std::set<std::string_view> seen;
  for (const std::string_view name : names) {
    double number = 0;
    if (name.empty() || absl::SimpleAtod(ToAbsl(name), &number)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: the first line must name the columns; found \"%s\" among them", path, name));
    }
    if (!seen.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrFormat("%s: two columns are named %s", path, name));
    }
  }
  return absl::OkStatus();
}

// False for a cell that does not fit its column, whose kind the first value that is not missing decides.
bool AddCell(std::string_view cell, TableColumn& column) {
  double number = kMissing;
  const bool is_number =
      IsMissing(cell) || (absl::SimpleAtod(ToAbsl(cell), &number) && std::isfinite(number));
  if (column.is_text()) {
    column.texts.emplace_back(cell);
  } else if (is_number) {
    column.numbers.push_back(number);
  } else if (std::ranges::all_of(column.numbers, [](double v) { return std::isnan(v); })) {
    column.texts.assign(column.numbers.size(), "");
    column.numbers.clear();
    column.texts.emplace_back(cell);
  } else {
    return false;
  }
  return true;
}

std::string BadCell(std::string_view cell, const TableColumn& column) {
  return absl::StrFormat("%s is \"%s\", expected a number or an empty cell", column.name, cell);
}

absl::StatusOr<Table> ReadCsv(const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto source, decode::ByteSource::OpenFile(path));
  decode::LineReader reader(std::move(source), path);
  std::string_view line;
  std::vector<std::string_view> cells;
  Table table;
  if (reader.Next(&line)) {
    Split(line, cells);
    CRUCIBLE_RETURN_IF_ERROR(CheckHeader(path, cells));
    for (const std::string_view name : cells) table.columns.push_back({std::string(name), {}, {}});
  }
  while (reader.Next(&line)) {
    if (line.empty()) continue;
    Split(line, cells);
    if (cells.size() != table.columns.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s, line %d: %d cells, but the header names %d columns", path, reader.line(),
                          cells.size(), table.columns.size()));
    }
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (AddCell(cells[c], table.columns[c])) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("%s, line %d: %s", path, reader.line(), BadCell(cells[c], table.columns[c])));
    }
    table.lines.push_back(reader.line());
  }
  CRUCIBLE_RETURN_IF_ERROR(reader.status());
  if (table.rows() == 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s holds no rows: expected a header line, and a line of numbers per row", path));
  }
  return table;
}

absl::StatusOr<Table> ReadQuery(const std::string& path, const std::string& sql) {
  Table table;
  absl::Status problem;
  std::uint64_t row = 0;
  const auto add = [&](std::span<const std::string> columns, std::span<const journal::QueryValue> values) {
    ++row;
    if (table.columns.empty()) {
      for (const std::string& name : columns) table.columns.push_back({name, {}, {}});
    }
    for (std::size_t c = 0; c < values.size() && problem.ok(); ++c) {
      TableColumn& column = table.columns[c];
      const auto* real = std::get_if<double>(&values[c]);
      const auto* integer = std::get_if<std::int64_t>(&values[c]);
      const auto* text = std::get_if<std::string>(&values[c]);
      if (!column.is_text() && (real != nullptr || integer != nullptr)) {
        column.numbers.push_back(real != nullptr ? *real : static_cast<double>(*integer));
      } else if (const std::string_view cell = text != nullptr ? *text : ""; !AddCell(cell, column)) {
        problem = absl::InvalidArgumentError(absl::StrFormat("row %d: %s", row, BadCell(cell, column)));
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

absl::Status NoBars(const std::string& path) {
  return absl::NotFoundError(absl::StrFormat(
      "%s holds no bars: give a session of bars or a CSV file; crucible discover also takes columns "
      "by --sql, such as --sql \"select price, quantity from trades\"",
      path));
}

// A session is itself; a run stands for the session that it ran over.
absl::StatusOr<std::string> SessionPath(const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal file, journal::Journal::Open(path));
  const std::vector<journal::InputRef> inputs = file.inputs();
  if (file.manifest().kind != "backtest" || inputs.empty()) return path;
  if (inputs.size() == 1) return runs::FindInput(inputs.front(), path, {});
  const auto name = [](std::string* out, const journal::InputRef& input) { out->append(input.path_hint); };
  return absl::InvalidArgumentError(absl::StrFormat("%s is a run over %d sessions; give one of them: %s", path,
                                                    inputs.size(), absl::StrJoin(inputs, ", ", name)));
}

absl::StatusOr<Table> ReadBars(const std::string& file, const std::vector<std::string>& names) {
  CRUCIBLE_ASSIGN_OR_RETURN(const features::BarFeatures fresh, features::BarFeatures::Create(names));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string path, SessionPath(file));
  const absl::StatusOr<runs::Session> session = runs::OpenSession(path);
  if (absl::IsFailedPrecondition(session.status())) return NoBars(path);
  CRUCIBLE_RETURN_IF_ERROR(session.status());
  if (session->completeness != decode::Completeness::kBars) return NoBars(path);
  Table table;
  for (const std::string& name : names) table.columns.push_back({name, {}, {}});
  for (const Instrument& instrument : session->instruments)
    table.instruments.push_back(instrument.venue + "/" + instrument.symbol);
  table.input = {1, std::filesystem::absolute(path).string(), session->journal->uuid(),
                 session->head.last_seq, session->head.log_hash};
  std::vector<features::BarFeatures> of(table.instruments.size(), fresh);
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, session->journal->Read(runs::kMarketStream));
  BarBody bar{};
  std::vector<double> row;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) return table;
    for (const Event& event : events) {
      if (event.kind == Kind::kBar) bar = As<BarBody>(event);
      if (event.kind != Kind::kBarVolume) continue;
      if (!of[event.instrument].Update(bar, As<BarVolumeBody>(event), row)) continue;
      for (std::size_t c = 0; c < row.size(); ++c) table.columns[c].numbers.push_back(row[c]);
      table.sources.push_back({event.seq, event.at(), event.instrument});
    }
  }
}

absl::StatusOr<bool> HoldsJournal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such file", path));
  std::array<char, 15> start{};
  file.read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == "SQLite format 3";
}

}  // namespace

const TableColumn* Table::Find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &TableColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

std::string Table::Names() const {
  return absl::StrJoin(columns, ", ",
                       [](std::string* out, const TableColumn& column) { out->append(column.name); });
}

bool IsTimeName(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(name));
  constexpr std::array<std::string_view, 8> kNames = {"t",        "time",          "timestamp", "date",
                                                      "datetime", "timestamp_utc", "seq",       "origin"};
  return std::ranges::find(kNames, lower) != kNames.end();
}

absl::StatusOr<Table> ReadTable(const std::string& path, const TableRequest& request) {
  CRUCIBLE_ASSIGN_OR_RETURN(const bool journal, HoldsJournal(path));
  if (journal) return request.sql.empty() ? ReadBars(path, request.features) : ReadQuery(path, request.sql);
  if (request.sql.empty()) return ReadCsv(path);
  return absl::InvalidArgumentError(
      absl::StrFormat("--sql is for session and run files, and %s is none", path));
}

}  // namespace crucible::cli
