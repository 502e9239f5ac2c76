#include "framework/engine/parameters.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"

namespace crucible::engine {
namespace {

const char* TypeName(std::uint32_t type) {
  switch (type) {
    case CRUCIBLE_PARAMETER_INT: return "a whole number";
    case CRUCIBLE_PARAMETER_DOUBLE: return "a number";
    case CRUCIBLE_PARAMETER_BOOL: return "true or false";
    case CRUCIBLE_PARAMETER_DURATION: return "a duration such as 250ms";
    default: return "a text";
  }
}

bool Parse(std::uint32_t type, const std::string& text, ParameterValue& value) {
  value.text = text;
  switch (type) {
    case CRUCIBLE_PARAMETER_INT:
      if (!absl::SimpleAtoi(text, &value.integer)) return false;
      value.number = static_cast<double>(value.integer);
      return true;
    case CRUCIBLE_PARAMETER_DOUBLE: return absl::SimpleAtod(text, &value.number) && std::isfinite(value.number);
    case CRUCIBLE_PARAMETER_BOOL:
      value.integer = text == "true" ? 1 : 0;
      return text == "true" || text == "false";
    case CRUCIBLE_PARAMETER_DURATION: {
      const absl::StatusOr<Duration> duration = ParseDuration(text);
      if (!duration.ok()) return false;
      value.integer = duration->nanos;
      value.number = static_cast<double>(value.integer);
      return true;
    }
    default: return true;
  }
}

bool Less(std::uint32_t type, const ParameterValue& a, const ParameterValue& b) {
  return type == CRUCIBLE_PARAMETER_DOUBLE ? a.number < b.number : a.integer < b.integer;
}

bool WithinBounds(const crucible_parameter_v1& parameter, const ParameterValue& value) {
  ParameterValue bound;
  const std::string minimum = parameter.minimum_text, maximum = parameter.maximum_text;
  if (!minimum.empty() && Parse(parameter.type, minimum, bound) && Less(parameter.type, value, bound)) return false;
  return maximum.empty() || !Parse(parameter.type, maximum, bound) || !Less(parameter.type, bound, value);
}

std::string Range(const crucible_parameter_v1& parameter) {
  const std::string minimum = parameter.minimum_text, maximum = parameter.maximum_text;
  if (minimum.empty() && maximum.empty()) return TypeName(parameter.type);
  if (maximum.empty()) return absl::StrFormat("%s of at least %s", TypeName(parameter.type), minimum);
  if (minimum.empty()) return absl::StrFormat("%s of at most %s", TypeName(parameter.type), maximum);
  return absl::StrFormat("%s from %s to %s", TypeName(parameter.type), minimum, maximum);
}

absl::StatusOr<ParameterValue> Resolve(const crucible_strategy_v1& strategy, const crucible_parameter_v1& parameter,
                                       const std::string& text) {
  ParameterValue value;
  if (!Parse(parameter.type, text, value) || !WithinBounds(parameter, value)) {
    return absl::InvalidArgumentError(absl::StrFormat("strategy %s: parameter %s is \"%s\", expected %s (%s)",
                                                      strategy.name, parameter.name, text, Range(parameter),
                                                      parameter.description));
  }
  value.name = parameter.name;
  return value;
}

}  // namespace

absl::StatusOr<RouteParameters> ResolveByRoute(const crucible_strategy_v1& strategy,
                                               const std::vector<std::map<std::string, std::string>>& by_route,
                                               const std::map<std::string, std::string>& given, std::size_t routes) {
  RouteParameters resolved(routes);
  for (std::size_t route = 0; route < routes; ++route) {
    std::map<std::string, std::string> values;
    if (route < by_route.size()) values = by_route[route];
    values.insert(given.begin(), given.end());
    CRUCIBLE_ASSIGN_OR_RETURN(resolved[route], ResolveParameters(strategy, values));
  }
  return resolved;
}

std::string Nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0U : 1U);
        diagonal = row[j];
        row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

absl::StatusOr<std::vector<ParameterValue>> ResolveParameters(const crucible_strategy_v1& strategy,
                                                              const std::map<std::string, std::string>& given) {
  std::vector<ParameterValue> values;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < strategy.parameter_count; ++i) {
    const crucible_parameter_v1& parameter = *strategy.parameters[i];
    names.emplace_back(parameter.name);
    const auto found = given.find(parameter.name);
    CRUCIBLE_ASSIGN_OR_RETURN(
        ParameterValue value,
        Resolve(strategy, parameter, found == given.end() ? std::string(parameter.default_text) : found->second));
    values.push_back(std::move(value));
  }
  for (const auto& [name, text] : given) {
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string near = Nearest(name, names);
    return absl::InvalidArgumentError(absl::StrFormat("strategy %s has no parameter \"%s\"%s", strategy.name, name,
                                                      near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  return values;
}

}  // namespace crucible::engine
