#include "framework/cli/panel_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/math.h"

namespace crucible::cli {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

absl::StatusOr<const TableColumn*> FindNumbers(const Table& table, const std::string& name) {
  const TableColumn* column = table.Find(name);
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
std::vector<std::vector<std::size_t>> GroupRows(const Table& table, const TableColumn* group) {
  std::vector<std::vector<std::size_t>> sets;
  std::vector<std::string> values;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::string value = table.from_bars() ? table.instruments[table.sources[row].instrument] : "";
    if (group != nullptr) {
      value += group->is_text() ? group->texts[row] : absl::StrFormat("%.17g", group->numbers[row]);
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

absl::StatusOr<causal::Panel> MakePanel(const Table& table, const PanelChoice& choice) {
  const TableColumn* group = choice.group.empty() ? nullptr : table.Find(choice.group);
  if (!choice.group.empty() && group == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--group %s: there is no such column; there are %s", choice.group, table.Names()));
  }
  const TableColumn* mask = nullptr;
  if (!choice.mask.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(mask, FindNumbers(table, choice.mask));
  }
  std::vector<std::string> names = choice.columns;
  for (const TableColumn& column : table.columns) {
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
      CRUCIBLE_ASSIGN_OR_RETURN(const TableColumn* column, FindNumbers(table, name));
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
