// Run files: what a run writes, and its re-execution.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "framework/base/status.h"
#include "framework/engine/engine.h"
#include "framework/engine/sinks.h"
#include "framework/journal/journal.h"
#include "framework/runs/run_setup.h"

namespace crucible::runs {

inline constexpr std::string_view kRunStream = "run";

struct RunOutcome {
  engine::EngineResult result;
  Hash128 log_hash;
  std::uint64_t resumed_at = 0;  // records that an interrupted run had made durable
  bool was_there = false;        // the run had ended before; result is of the re-execution
};

// Runs without a journal: same hash, same figures.
absl::StatusOr<RunOutcome> RunUnjournaled(RunSetup& setup, const engine::Engine::Progress& progress);
// Runs into the file `output`. An interrupted run of the same configuration and inputs is executed again,
// compared with what is durable, and goes on; anything else in the file is kAlreadyExists.
absl::StatusOr<RunOutcome> RunJournaled(RunSetup& setup, const std::string& output,
                                        const engine::Engine::Progress& progress);

// A finished run, opened with its inputs for re-execution.
struct StoredRun {
  std::unique_ptr<journal::Journal> journal;
  journal::StreamHead head;
  RunSetup setup;
};
// Inputs are looked for at their recorded paths, beside the run file, and in `search`; they are accepted by
// content only. kNotFound names the input that is missing.
absl::StatusOr<StoredRun> OpenRun(const std::string& path, const std::vector<std::string>& search);

// The file that holds `input`, looked for as above; kNotFound names what is missing.
absl::StatusOr<std::string> FindInput(const journal::InputRef& input, const std::string& run_path,
                                      const std::vector<std::string>& search);

// Branches off `parent`: the same run up to record `fork.at` - 1, and then with the fork's settings. The shared
// beginning is executed again and compared with the parent's records. fork.parent is filled in. Otherwise as RunJournaled.
absl::StatusOr<RunOutcome> RunFork(StoredRun& parent, ForkChoice fork, const std::string& output,
                                   const engine::Engine::Progress& progress);

struct ReplayOutcome {
  engine::EngineResult result;
  Hash128 log_hash;
  std::uint64_t compared = 0;
  std::optional<engine::Divergence> divergence;
  bool interrupted = false;  // the run was not finished, and what there is of it is equal
};
// Re-executes and compares every record with the stored ones.
absl::StatusOr<ReplayOutcome> Replay(StoredRun& run, const engine::Engine::Progress& progress);

}  // namespace crucible::runs
