// What people read: results, reports, errors.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/base/status.h"
#include "framework/cli/commands.h"
#include "framework/decode/report.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {

// "error: ..." on standard error; remembers the exit code.
void PrintError(Terminal& terminal, const absl::Status& status);
void PrintReport(const decode::ImportReport& report);
void PrintResult(const runs::RunSetup& setup, const runs::RunOutcome& outcome);
nlohmann::ordered_json ResultJson(const runs::RunSetup& setup, const runs::RunOutcome& outcome);
// Whether `path` may be written whole: there is no such file, or it begins with `beginning` and so is an
// older `what` ("report"). kAlreadyExists otherwise, so that no input is lost to a typing error.
absl::Status CheckReplaceable(const std::string& path, std::string_view beginning, std::string_view what);

}  // namespace crucible::cli
