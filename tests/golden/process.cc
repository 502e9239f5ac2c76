// A process of its own: golden_process CONFIGURATION OUTPUT runs into the file OUTPUT, executes that run
// again, compares every record, and prints the log hash.

#include <cstdio>
#include <cstdlib>

#include "framework/runs/run_file.h"

namespace crucible::golden {
namespace {

absl::StatusOr<Hash128> RunAndReplay(const std::string& configuration, const std::string& output) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(configuration));
  std::vector<std::string> sessions = config.sessions;
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup,
                            runs::RunSetup::Create(std::move(config), std::move(sessions)));
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunOutcome run, runs::RunJournaled(setup, output, {}));
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun stored, runs::OpenRun(output, {}));
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::ReplayOutcome replay, runs::Replay(stored, {}));
  if (replay.divergence)
    return absl::DataLossError("record " + std::to_string(replay.divergence->seq) + " differs");
  return run.log_hash;
}

}  // namespace
}  // namespace crucible::golden

int main(int argc, char** argv) {
  if (argc != 3) return EXIT_FAILURE;
  const auto hash = crucible::golden::RunAndReplay(argv[1], argv[2]);
  if (!hash.ok()) {
    std::fprintf(stderr, "%s\n", hash.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  std::printf("%s\n", crucible::ToHex(*hash).c_str());
  return EXIT_SUCCESS;
}
