// A discovery as people, programs and Graphviz read it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "framework/cli/discover.h"

namespace crucible::cli {

// A table of the links into `target` (an index), or of all links.
void PrintDiscovery(const Discovery& discovery, std::optional<std::size_t> target);
// Everything, numbers in shortest exact form; the same bytes for the same analysis.
nlohmann::ordered_json DiscoveryJson(const Discovery& discovery);
// A directed graph for Graphviz: edges named by lag, as wide as their value, grey where they are rarely
// found.
std::string DiscoveryDot(const Discovery& discovery);

}  // namespace crucible::cli
