// One self-contained HTML file that shows runs: what `crucible report` writes.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(const std::string html, WriteReport(runs, {}, progress));
//
// Reads journals, computes nothing that the run decided, and re-executes nothing. The same files give the
// same bytes. A run whose sessions were not found is shown as far as its own records go, and the page says
// so.
//
// Threads: none of its own; one call uses its journals alone.
#pragma once

#include <span>
#include <string>

#include "framework/base/status.h"
#include "framework/report/results.h"
#include "framework/report/run_input.h"

namespace crucible::report {

// REQUIRES: at least one run. `results` stand beside the runs. kDataLoss, kFailedPrecondition: a file does
// not hold together, or holds no run yet.
absl::StatusOr<std::string> WriteReport(std::span<const RunInput> runs, std::span<const ResultInput> results,
                                        const Progress& progress);

}  // namespace crucible::report
