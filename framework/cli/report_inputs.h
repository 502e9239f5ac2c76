// Runs with their sessions, and causal graphs, opened for a report.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "framework/base/status.h"
#include "framework/report/run_input.h"
#include "framework/runs/session_file.h"

namespace crucible::cli {

// Owns what `input` refers to.
struct ReportedRun {
  std::unique_ptr<journal::Journal> journal;
  std::vector<runs::Session> sessions;
  report::RunInput input;
};

struct ReportedGraph {
  std::unique_ptr<journal::Journal> journal;
  report::GraphInput input;
};
using ReportedFile = std::variant<std::unique_ptr<ReportedRun>, std::unique_ptr<ReportedGraph>>;

// A run, or what crucible discover wrote. Sessions are looked for as OpenRun does; those that are nowhere are
// left out. kFailedPrecondition names what another file is.
absl::StatusOr<ReportedFile> OpenReportedFile(const std::string& path,
                                              const std::vector<std::string>& search);
// Executes the run again and notes the outcome. kNotFound: a session or a plugin of it is missing.
absl::Status VerifyReportedRun(const std::string& path, const std::vector<std::string>& search,
                               ReportedRun& run);

}  // namespace crucible::cli
