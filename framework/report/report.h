// One self-contained HTML file that shows runs and causal graphs: what `crucible report` writes.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(const std::string html, WriteReport({runs, graphs, results}, progress));
//
// Reads journals, computes nothing that the run decided, and re-executes nothing. The same files give the
// same bytes. A run whose sessions were not found is shown as far as its own records go, and the page says
// so.
//
// Threads: none of its own; one call uses its journals alone.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/report/results.h"
#include "framework/report/run_input.h"

namespace crucible::report {

struct ReportInput {
  std::vector<RunInput> runs;
  std::vector<GraphInput> graphs;
  std::vector<ResultInput> results;
};

// REQUIRES: at least one run or graph. kDataLoss, kFailedPrecondition: a file does not hold together, or
// holds no run or graph yet.
absl::StatusOr<std::string> WriteReport(const ReportInput& input, const Progress& progress);

}  // namespace crucible::report
