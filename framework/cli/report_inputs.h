// Runs and their sessions, opened for a report.
#pragma once

#include <memory>
#include <string>
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

// Sessions are looked for as OpenRun does; those that are nowhere are left out.
absl::StatusOr<std::unique_ptr<ReportedRun>> OpenReportedRun(const std::string& path,
                                                             const std::vector<std::string>& search);
// Executes the run again and notes the outcome. kNotFound: a session or a plugin of it is missing.
absl::Status VerifyReportedRun(const std::string& path, const std::vector<std::string>& search,
                               ReportedRun& run);

}  // namespace crucible::cli
