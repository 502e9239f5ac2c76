#include "framework/runs/overrides.h"

#include <filesystem>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace crucible::runs {
namespace {

absl::Status BadKey(const Override& setting, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrFormat("%s=%s: %s", setting.key, setting.value, why));
}

std::string PluginOf(const toml::node& strategy) {
  return std::filesystem::path(strategy.as_table()->at_path("plugin").value_or(std::string()))
      .stem()
      .string();
}

// The table that `strategy.` means, and how many words of the key name it: `strategy` alone when there is
// one.
absl::StatusOr<toml::table*> StrategyTable(const Override& setting, toml::table& root,
                                           std::vector<std::string>& words) {
  toml::array* strategies = root["strategy"].as_array();
  if (strategies == nullptr || strategies->empty() || !strategies->is_homogeneous(toml::node_type::table)) {
    return BadKey(setting, "the configuration has no [[strategy]]");
  }
  std::vector<std::string> plugins;
  for (const toml::node& strategy : *strategies) plugins.push_back(PluginOf(strategy));
  for (std::size_t i = 0; words.size() > 2 && i < plugins.size(); ++i) {
    if (plugins[i] != words[1]) continue;
    words.erase(words.begin(), words.begin() + 2);
    return strategies->get_as<toml::table>(i);
  }
  if (strategies->size() > 1) {
    return BadKey(setting,
                  absl::StrFormat("there are %d strategies; say which: strategy.NAME.%s, NAME one of %s",
                                  strategies->size(), absl::StrJoin(words.begin() + 1, words.end(), "."),
                                  absl::StrJoin(plugins, ", ")));
  }
  words.erase(words.begin());
  return strategies->get_as<toml::table>(0);
}

void SetValue(toml::table& table, const std::string& key, const std::string& value) {
  try {
    toml::table parsed = toml::parse("value = " + value);
    if (parsed.size() == 1) {
      table.insert_or_assign(key, std::move(*parsed.get("value")));
      return;
    }
  } catch (const toml::parse_error&) {
    // No TOML value: a text.
  }
  table.insert_or_assign(key, value);
}

}  // namespace

absl::StatusOr<Override> ParseOverride(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrFormat("found \"%s\", expected KEY=VALUE such as venue.latency.entry=2ms", assignment));
  }
  return Override{std::string(assignment.substr(0, equals)), std::string(assignment.substr(equals + 1))};
}

absl::StatusOr<std::vector<Override>> ParseOverrides(const std::vector<std::string>& assignments) {
  std::vector<Override> settings;
  for (const std::string& assignment : assignments) {
    CRUCIBLE_ASSIGN_OR_RETURN(Override setting, ParseOverride(assignment));
    settings.push_back(std::move(setting));
  }
  return settings;
}

absl::Status Apply(const Override& setting, toml::table& root) {
  std::vector<std::string> words = absl::StrSplit(setting.key, '.');
  toml::table* table = &root;
  if (words.size() > 1 && words.front() == "strategy") {
    CRUCIBLE_ASSIGN_OR_RETURN(table, StrategyTable(setting, root, words));
  }
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    toml::node* next = table->get(words[i]);
    if (next == nullptr) next = &table->insert_or_assign(words[i], toml::table()).first->second;
    table = next->as_table();
    if (table == nullptr) {
      return BadKey(setting, absl::StrFormat("%s is %s in the configuration; only single values can be set",
                                             words[i], next->is_array() ? "a list" : "a value"));
    }
  }
  const toml::node* old = table->get(words.back());
  if (old != nullptr && (old->is_table() || old->is_array())) {
    return BadKey(setting,
                  absl::StrFormat("%s is a table or list; only single values can be set", words.back()));
  }
  SetValue(*table, words.back(), setting.value);
  return absl::OkStatus();
}

}  // namespace crucible::runs
