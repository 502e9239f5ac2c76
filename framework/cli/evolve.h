// Predators that evolve against strategies: trials over simulated markets, on several threads.
#pragma once

#include <functional>
#include <string>

#include "framework/base/status.h"
#include "framework/cli/hall_file.h"
#include "framework/runs/run_config.h"

namespace crucible::cli {

struct EvolveOptions {
  runs::RunConfig prey;         // its predators are left out
  std::string output;     // the search's file
  std::int64_t runs = 8;  // markets per trial, on the same training seeds for all
  std::int64_t batches = 20;
  std::size_t batch_size = 24;
  agents::SearchKind kind = agents::SearchKind::kEvolve;
  std::size_t threads = 1;
};

struct EvolveOutcome {
  Hash128 log_hash;                             // of all trials
  std::uint64_t trials = 0, trials_before = 0;  // before: found in the file
  std::vector<agents::PredatorTrial> hall;
};

// After each batch: trials so far, of how many, and the best so far (null before an attack). False stops with
// kCancelled; the file keeps what has been told.
using EvolveProgress =
    std::function<bool(std::uint64_t done, std::uint64_t total, const agents::PredatorTrial* best)>;

// Fitness is the prey's mean profit without predators less that with the genome, on the same seeds, less the
// predator's own mean loss; its profit is no merit, so that what evolves hunts and does not print money.
// Trials and their order do not depend on the number of threads.
absl::StatusOr<EvolveOutcome> Evolve(const EvolveOptions& options, const EvolveProgress& progress);

}  // namespace crucible::cli
