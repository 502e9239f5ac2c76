#include "framework/cli/feature_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/cli/instrument_choice.h"

namespace crucible::cli {
namespace {

constexpr std::size_t kLeastRows = 20;
constexpr double kLevelCorrelation = 0.98;
constexpr double kTiedShare = 0.2;

// Of a CSV file; bars have the columns that were asked for.
absl::StatusOr<std::vector<const TableColumn*>> ChosenColumns(const Table& table,
                                                              const std::vector<std::string>& wanted,
                                                              const std::string& path) {
  std::vector<const TableColumn*> chosen;
  for (const TableColumn& column : table.columns) {
    if (wanted.empty() && !column.is_text() && !IsTimeName(column.name)) chosen.push_back(&column);
  }
  for (const std::string& name : wanted) {
    const TableColumn* column = table.Find(name);
    if (column == nullptr || column->is_text()) {
      return absl::InvalidArgumentError(absl::StrFormat("%s has no column \"%s\"%s; it has: %s", path, name,
                                                        column == nullptr ? "" : " of numbers",
                                                        table.Names()));
    }
    chosen.push_back(column);
  }
  if (chosen.empty()) return absl::InvalidArgumentError(absl::StrFormat("%s has no column of numbers", path));
  return chosen;
}

struct ColumnFacts {
  double deviation = 0, mean = 0, autocorrelation = 0, most_common = 0, most_common_share = 0;
};
ColumnFacts FactsOf(const FeatureTable& table, std::size_t column) {
  std::vector<double> x(table.rows);
  for (std::size_t t = 0; t < table.rows; ++t) x[t] = table.values[t * table.names.size() + column];
  ColumnFacts facts;
  const double n = static_cast<double>(table.rows);
  double squares = 0, products = 0;
  for (const double value : x) facts.mean += value / n;
  for (std::size_t t = 0; t < table.rows; ++t) {
    squares += (x[t] - facts.mean) * (x[t] - facts.mean);
    if (t > 0) products += (x[t] - facts.mean) * (x[t - 1] - facts.mean);
  }
  facts.deviation = std::sqrt(squares / n);
  facts.autocorrelation = squares > 0 ? products / squares : 0;
  std::ranges::sort(x);
  for (std::size_t from = 0, to = 0; from < x.size(); from = to) {
    while (to < x.size() && x[to] == x[from]) ++to;
    const double share = static_cast<double>(to - from) / n;
    if (share > facts.most_common_share) facts.most_common_share = share, facts.most_common = x[from];
  }
  return facts;
}

}  // namespace

absl::StatusOr<FeatureTable> ReadFeatureTable(const std::string& path, const FeatureRequest& request) {
  TableRequest of_bars;
  of_bars.features = request.columns.empty() ? std::vector<std::string>{"return"} : request.columns;
  CRUCIBLE_ASSIGN_OR_RETURN(const Table table, ReadTable(path, of_bars));
  FeatureTable chosen;
  if (table.from_bars()) {
    CRUCIBLE_ASSIGN_OR_RETURN(chosen.instrument_id, ChooseInstrument(table.instruments, request.instrument, "--instrument", path));
    chosen.instrument = table.instruments[chosen.instrument_id];
    chosen.input = table.input;
  }
  CRUCIBLE_ASSIGN_OR_RETURN(
      const std::vector<const TableColumn*> columns,
      ChosenColumns(table, table.from_bars() ? of_bars.features : request.columns, path));
  for (const TableColumn* column : columns) chosen.names.push_back(column->name);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.from_bars() && table.sources[row].instrument != chosen.instrument_id) continue;
    if (table.from_bars()) chosen.sources.push_back(table.sources[row]);
    for (const TableColumn* column : columns) {
      if (std::isnan(column->numbers[row])) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "%s, line %d: column %s is missing, expected a finite number; leave such rows out, or "
            "fill them",
            path, table.lines.empty() ? row + 1 : table.lines[row], column->name));
      }
      chosen.values.push_back(column->numbers[row]);
    }
    ++chosen.rows;
  }
  return chosen;
}

absl::StatusOr<std::vector<std::string>> CheckColumns(const FeatureTable& table) {
  if (table.rows < kLeastRows) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are %d rows, expected at least %d", table.rows, kLeastRows));
  }
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const ColumnFacts facts = FactsOf(table, i);
    if (!(facts.deviation > 1e-12 * std::abs(facts.mean))) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "column %s is constant (%g in all %d rows): it tells regimes nothing; leave it out with --columns",
          table.names[i], facts.mean, table.rows));
    }
    if (facts.autocorrelation > kLevelCorrelation) {
      warnings.push_back(
          absl::StrFormat("column %s looks like levels, not changes (lag-1 autocorrelation %.4f): regimes of "
                          "levels are stretches of "
                          "the path; take returns",
                          table.names[i], facts.autocorrelation));
    }
    if (facts.most_common_share > kTiedShare) {
      warnings.push_back(
          absl::StrFormat("column %s holds %g in %.0f %% of the rows: a Gaussian regime can shrink onto "
                          "ties; the variance floor stops "
                          "it, and log scores of such a regime are of the floor's making",
                          table.names[i], facts.most_common, 100 * facts.most_common_share));
    }
  }
  return warnings;
}

}  // namespace crucible::cli
