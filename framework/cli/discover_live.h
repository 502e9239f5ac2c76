// `crucible discover --live`: the causal graph over the last rows, followed row by row.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "framework/cli/commands.h"
#include "framework/cli/discover.h"
#include "framework/cli/table_file.h"
#include "framework/models/causal/live_graph.h"
#include "framework/models/causal/panel.h"

namespace crucible::cli {

struct LiveRequest {
  bool wanted = false;
  causal::LiveOptions options;  // window, tests; levels and lags come from DiscoverOptions
  std::string output;           // journal; "": none
  std::string file;             // names the input there
};

// Follows the rows of `panel`, prints what changed, and journals it. kInvalidArgument: options that the live
// graph does not have, several data sets, or too few rows.
absl::Status FollowLive(const Terminal& terminal, const LiveRequest& request, const DiscoverOptions& options,
                        const Table& table, const causal::Panel& panel, std::optional<std::size_t> target);

}  // namespace crucible::cli
