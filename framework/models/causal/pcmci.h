// PCMCI: causal discovery in autocorrelated time series. Runge, Nowack, Kretschmer, Flaxman, Sejdinovic,
// "Detecting and quantifying causal associations in large nonlinear time series datasets", Science Advances 5
// (2019).
//
// Two stages. PC1 (algorithm S1) selects lagged parents of each variable; MCI (algorithm S2) tests every link
// given the parents of the effect and the parents of the cause at its lag. Semantics follow tigramite 5.2;
// where it surprises, the header says so:
//   - every test uses the same rows, t >= 2 max_lag (panel.h);
//   - `kLagged`, the reference's correction, covers lagged links only; lag 0 keeps raw p-values;
//   - a link at lag 0 is o-o when both directions pass, an arrow when one does, which has no causal meaning.
//
// Assumes stationarity, no hidden common cause of two variables, and that causes precede effects (or lag 0 is
// excluded). Levels of prices break the first: use returns.
//
// Determinism: the same bits for any number of threads of the pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "framework/base/status.h"
#include "framework/base/task_pool.h"
#include "framework/models/causal/ci_test.h"
#include "framework/models/causal/graph.h"
#include "framework/models/causal/link_assumptions.h"

namespace crucible::causal {

inline constexpr std::size_t kNoLimit = SIZE_MAX;

enum class FalseDiscovery : std::uint8_t {
  kNone,
  kLagged,  // Benjamini-Hochberg over the lagged links: the reference's
  kAll,     // over all links; at lag 0 each pair counts once
};

// Selection of lagged parents (PC1).
struct SelectionOptions {
  std::size_t max_conditions = kNoLimit;
  std::size_t max_combinations = 1;  // of conditions that are tried at each size
};

struct PcmciOptions {
  std::size_t min_lag = 0;
  // Level of the selection; nullopt chooses of 0.05, 0.1, 0.2, 0.3, 0.4, 0.5 by AIC, for each effect.
  std::optional<double> pc_alpha = 0.05;
  double alpha = 0.01;  // level of the links
  SelectionOptions selection;
  std::size_t max_conditions_effect = kNoLimit;  // parents of the effect in MCI
  std::size_t max_conditions_cause = kNoLimit;   // parents of the cause
  FalseDiscovery false_discovery = FalseDiscovery::kNone;
  LinkAssumptions assumptions;
  // Called from the calling thread with the share done.
  std::function<void(double)> progress;
};

// kInvalidArgument: options outside of their range, or assumptions that do not fit.
absl::StatusOr<CausalGraph> RunPcmci(const CiTest& test, const PcmciOptions& options, TaskPool& pool);

// Applies a level and a correction to the p-values of a graph: marks and q.
void ApplyLevel(double alpha, FalseDiscovery correction, const PcmciOptions& options, CausalGraph& graph);

}  // namespace crucible::causal
