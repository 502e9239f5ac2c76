// The verbs of the program. Each Add* declares its options and what happens when it is called; the callback's
// status becomes the exit code (0 good, 1 the answer is no, 2 the request was wrong).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"

namespace CLI {
class App;
}

namespace crucible::cli {

// Shared by all verbs.
struct Terminal {
  bool json = false;
  int exit_code = 0;
};

// Prints the story of an order of the run file.
absl::Status ExplainOrder(const Terminal& terminal, const std::string& run, std::uint64_t order);

void AddCalibrate(CLI::App& app, Terminal& terminal);
void AddImport(CLI::App& app, Terminal& terminal);
void AddInspect(CLI::App& app, Terminal& terminal);
void AddFork(CLI::App& app, Terminal& terminal);
void AddRun(CLI::App& app, Terminal& terminal);
void AddReplay(CLI::App& app, Terminal& terminal);
void AddWhy(CLI::App& app, Terminal& terminal);
// Writes the report of the runs at these paths to `output`; `search` as for OpenRun.
absl::Status WriteReportFile(const std::vector<std::string>& runs, const std::vector<std::string>& search, bool verify,
                             const std::string& output);

void AddReport(CLI::App& app, Terminal& terminal);
void AddSql(CLI::App& app, Terminal& terminal);
void AddStress(CLI::App& app, Terminal& terminal);
void AddCompact(CLI::App& app, Terminal& terminal);
void AddDiff(CLI::App& app, Terminal& terminal);
void AddExport(CLI::App& app, Terminal& terminal);
void AddFacts(CLI::App& app, Terminal& terminal);
void AddFollow(CLI::App& app, Terminal& terminal);
void AddPrune(CLI::App& app, Terminal& terminal);
void AddVerify(CLI::App& app, Terminal& terminal);
void AddSweep(CLI::App& app, Terminal& terminal);
void AddBounds(CLI::App& app, Terminal& terminal);
void AddNewStrategy(CLI::App& app, Terminal& terminal);
void AddRegimes(CLI::App& app, Terminal& terminal);
void AddDemo(CLI::App& app, Terminal& terminal);
void AddEvolve(CLI::App& app, Terminal& terminal);
void AddDiscover(CLI::App& app, Terminal& terminal);

}  // namespace crucible::cli
