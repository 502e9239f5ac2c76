// Parameters of a strategy: what the plugin declares, and the values a run gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "crucible/plugin.h"
#include "framework/base/status.h"

namespace crucible::engine {

struct ParameterValue {
  std::string name;
  std::string text;          // as given, or the default
  std::int64_t integer = 0;  // int, bool, duration (nanoseconds)
  double number = 0;         // int and double
};

// Values in the order of the plugin's declaration. kInvalidArgument names the key and value, the valid range, and
// for an unknown key the nearest declared one.
absl::StatusOr<std::vector<ParameterValue>> ResolveParameters(const crucible_strategy_v1& strategy,
                                                              const std::map<std::string, std::string>& given);

// By route of the regime model; one set without such a model.
using RouteParameters = std::vector<std::vector<ParameterValue>>;
// What a route does not replace has the value of `given`. `by_route` may be shorter than `routes`.
absl::StatusOr<RouteParameters> ResolveByRoute(const crucible_strategy_v1& strategy,
                                               const std::vector<std::map<std::string, std::string>>& by_route,
                                               const std::map<std::string, std::string>& given, std::size_t routes);

// The candidate with the smallest edit distance to `word`, "" when none is near.
std::string Nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace crucible::engine
