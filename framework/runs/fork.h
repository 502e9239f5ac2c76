// What a branch of a run may change, and how its configuration follows from the parent's.
#pragma once

#include "framework/base/status.h"
#include "framework/runs/run_config.h"

namespace crucible::runs {

// The configuration that the run begins with.
RunConfig Unforked(RunConfig config);

// `config`, which has no forks, as it is behind the fork. Strategy parameters, risk limits and latencies can
// change within a run; kInvalidArgument names the key that cannot.
absl::StatusOr<RunConfig> Forked(const RunConfig& config, const ForkChoice& fork);

}  // namespace crucible::runs
