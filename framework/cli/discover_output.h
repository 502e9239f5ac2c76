// A discovery as people, programs and Graphviz read it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "framework/cli/discover.h"
#include "framework/cli/model_journal.h"
#include "framework/cli/table_file.h"
#include "framework/features/link_records.h"

namespace crucible::cli {

struct FoundLink {
  std::size_t i = 0, j = 0, lag = 0;
  causal::Mark mark = causal::Mark::kNone;
  double value = 0, p = 1, q = 1;
  std::optional<double> frequency;
};
// Links of the graph, or those into `target`, smallest q first; a pair at lag 0 once, from its cause where
// that is known.
std::vector<FoundLink> LinksOf(const Discovery& discovery, std::optional<std::size_t> target);

// The variables and all links as records.
void RecordDiscovery(const Discovery& discovery, const features::LinkPlace& place, const features::AppendText& text,
                     const features::AppendRecord& append);
// A table of the links into `target` (an index), or of all links.
void PrintDiscovery(const Discovery& discovery, std::optional<std::size_t> target);
// Everything, numbers in shortest exact form; the same bytes for the same analysis.
nlohmann::ordered_json DiscoveryJson(const Discovery& discovery);
// A directed graph for Graphviz: edges named by lag, as wide as their value, grey where they are rarely
// found.
std::string DiscoveryDot(const Discovery& discovery);

// Of the journal's records.
inline constexpr std::string_view kCausalStream = "causal";

// Of the journal that says what was found in `file`; `document` is the whole answer as JSON.
ModelJournal::Head DiscoverHead(const std::string& file, const Table& table, std::uint64_t seed, std::string document,
                                Nanos first_time);

}  // namespace crucible::cli
