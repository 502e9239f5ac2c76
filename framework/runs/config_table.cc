#include "framework/runs/config_table.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/engine/parameters.h"

namespace crucible::runs {

namespace {

// The shortest spelling of the same number, so that equal amounts are equal texts; absent when it is none.
std::optional<std::string> PlainDecimal(const std::string& text) {
  DecimalResult result;
  if (ParseDecimal(text, 0, &result) != DecimalError::kNone) return std::nullopt;
  for (int decimals = 0; decimals <= kMaxDecimals; ++decimals) {
    if (ParseDecimal(text, decimals, &result) != DecimalError::kNone) break;
    if (result.exact) return FormatDecimal(result.units, decimals);
  }
  return text;
}

}  // namespace

ConfigTable::ConfigTable(const toml::table& table, std::string file, std::string name, absl::Status& error)
    : table_(table), file_(std::move(file)), name_(std::move(name)), error_(error) {}

std::string ScalarText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) return absl::StrFormat("%.17g", number->get());
  return "";
}

std::string QuotedText(const std::string& text) {
  std::ostringstream out;
  out << toml::toml_formatter(toml::value<std::string>(text));
  return out.str();
}

std::string ConfigTable::Where(const toml::node& node) const {
  const auto line = node.source().begin.line;
  return line == 0 ? file_ : absl::StrFormat("%s:%d", file_, line);
}

void ConfigTable::Fail(std::string_view key, const std::string& what) {
  if (!error_.ok()) return;
  const toml::node* node = key.empty() ? nullptr : table_.get(key);
  const std::string where = Where(node == nullptr ? static_cast<const toml::node&>(table_) : *node);
  std::string full = name_;
  if (!key.empty()) full += (name_.empty() ? "" : ".") + std::string(key);
  error_ = absl::InvalidArgumentError(full.empty() ? where + ": " + what : where + ": " + full + ": " + what);
}

const toml::node* ConfigTable::Find(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

bool ConfigTable::Has(std::string_view key) const { return table_.get(key) != nullptr; }

bool ConfigTable::IsText(std::string_view key, std::string_view text) const {
  const toml::node* node = table_.get(key);
  return node != nullptr && node->is_string() && node->as_string()->get() == text;
}

void ConfigTable::Text(std::string_view key, std::string& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  if (const auto* text = node->as_string()) {
    out = text->get();
  } else {
    Fail(key, absl::StrFormat("found %s, expected a text in quotes", ScalarText(*node)));
  }
}

void ConfigTable::Texts(std::string_view key, std::vector<std::string>& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr) return Fail(key, absl::StrFormat("found %s, expected a list of texts", ScalarText(*node)));
  for (const toml::node& each : *array) {
    const auto* text = each.as_string();
    if (text == nullptr) return Fail(key, absl::StrFormat("found %s in the list, expected texts", ScalarText(each)));
    out.push_back(text->get());
  }
}

void ConfigTable::Integer(std::string_view key, std::int64_t minimum, std::int64_t maximum,
                          std::int64_t& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const auto* integer = node->as_integer();
  if (integer != nullptr && integer->get() >= minimum && integer->get() <= maximum) {
    out = integer->get();
  } else {
    Fail(key, absl::StrFormat("found \"%s\", expected a whole number from %d to %d", ScalarText(*node),
                              minimum, maximum));
  }
}

void ConfigTable::Number(std::string_view key, double minimum, double maximum, double& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const std::optional<double> number = node->value<double>();
  if (number && *number >= minimum && *number <= maximum) {
    out = *number;
  } else {
    Fail(key, absl::StrFormat("found \"%s\", expected a number from %g to %g", ScalarText(*node), minimum,
                              maximum));
  }
}

void ConfigTable::Truth(std::string_view key, bool& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  if (const auto* truth = node->as_boolean()) {
    out = truth->get();
  } else {
    Fail(key, absl::StrFormat("found \"%s\", expected true or false", ScalarText(*node)));
  }
}

void ConfigTable::Duration(std::string_view key, crucible::Duration& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const absl::StatusOr<crucible::Duration> duration = ParseDuration(ScalarText(*node));
  if (duration.ok() && duration->nanos >= 0) {
    out = *duration;
  } else {
    Fail(key,
         absl::StrFormat("found \"%s\", expected a duration such as \"250ms\" or \"1m\"", ScalarText(*node)));
  }
}

void ConfigTable::Choice(std::string_view key, const std::vector<std::string>& choices, std::string& out) {
  std::string value = out;
  Text(key, value);
  if (std::ranges::find(choices, value) != choices.end()) {
    out = value;
    return;
  }
  const std::string near = engine::Nearest(value, choices);
  Fail(key, absl::StrFormat("found \"%s\", expected one of %s%s", value, absl::StrJoin(choices, ", "),
                            near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

void ConfigTable::Decimal(std::string_view key, std::string& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  std::string text = ScalarText(*node);
  if (const auto* number = node->as_floating_point()) {
    std::ostringstream shortest;  // that reads back as the same number
    shortest << toml::toml_formatter(toml::value<double>(number->get()));
    text = shortest.str();
  }
  if (const std::optional<std::string> plain = PlainDecimal(text)) {
    out = *plain;
  } else {
    Fail(key, absl::StrFormat("found \"%s\", expected a decimal number such as 0.25", text));
  }
}

void ConfigTable::Limit(std::string_view key, std::string& out) {
  Decimal(key, out);
  if (out.starts_with('-')) Fail(key, absl::StrFormat("found \"%s\", expected 0 or more", out));
}

void ConfigTable::Scalars(std::string_view key, std::map<std::string, std::string>& out) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) return Fail(key, "expected a table of values");
  for (const auto& [name, value] : *table) {
    if (value.is_table() || value.is_array())
      return Fail(key, absl::StrFormat("%s: expected a single value", name.str()));
    out[std::string(name.str())] = ScalarText(value);
  }
}

void ConfigTable::ScalarTables(std::string_view key,
                               std::map<std::string, std::map<std::string, std::string>>& out) {
  Table(key, [&](ConfigTable& inner) {
    for (const auto& [name, value] : inner.table_) inner.Scalars(name.str(), out[std::string(name.str())]);
  });
}

void ConfigTable::Table(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::table* table = node->as_table();
  if (table == nullptr) return Fail(key, absl::StrFormat("expected a table: [%s]", key));
  ConfigTable inner(*table, file_, name_.empty() ? std::string(key) : name_ + "." + std::string(key), error_);
  read(inner);
  inner.Finish();
}

void ConfigTable::Tables(std::string_view key, const std::function<void(ConfigTable&)>& read) {
  const toml::node* node = Find(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr || (!array->empty() && !array->is_homogeneous(toml::node_type::table))) {
    return Fail(key, absl::StrFormat("expected tables: [[%s]]", key));
  }
  for (const toml::node& element : *array) {
    ConfigTable inner(*element.as_table(), file_,
                      name_.empty() ? std::string(key) : name_ + "." + std::string(key), error_);
    read(inner);
    inner.Finish();
  }
}

void ConfigTable::Finish() {
  for (const auto& [name, value] : table_) {
    const std::string key(name.str());
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const std::string near = engine::Nearest(key, known_);
    Fail(key, near.empty() ? absl::StrFormat("no such key; known here: %s", absl::StrJoin(known_, ", "))
                           : absl::StrFormat("no such key; did you mean \"%s\"?", near));
  }
}

}  // namespace crucible::runs
