// Room-internal: what only several runs together show.
#pragma once

#include <span>

#include "framework/base/status.h"
#include "framework/report/json.h"
#include "framework/report/run_input.h"

namespace crucible::report {

// Where each run's records first leave those of the first run; only of runs over the same inputs.
absl::StatusOr<Json> DivergencesJson(std::span<const RunInput> runs);

}  // namespace crucible::report
