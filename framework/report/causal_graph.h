// Room-internal: a causal graph as the page shows it, of a run or of a file of crucible discover.
#pragma once

#include "framework/base/status.h"
#include "framework/report/causal_facts.h"
#include "framework/report/json.h"
#include "framework/report/run_input.h"

namespace crucible::report {

// Of more changes, a page lists the last.
inline constexpr std::size_t kMaxLinkChanges = 2'000;

// {"variables", "links": those that hold at the end, "changes": the last of all additions and withdrawals,
// "changes_in_all"}. Times are microseconds since 1970; numbers are null where they were not computed.
Json LinksJson(const CausalFacts& facts);

// Of a file: LinksJson, "name", "method": how the graph was found, by the names of the document in the file;
// "live"; and "counts_rows" where changes name rows of a table and not records of a session. kDataLoss: the
// stream does not hold together. kFailedPrecondition: it names no variables.
absl::StatusOr<Json> GraphJson(const GraphInput& input);

}  // namespace crucible::report
