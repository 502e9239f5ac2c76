// PCMCI+: causal discovery with contemporaneous links. Runge, "Discovering contemporaneous and lagged causal
// relations in autocorrelated nonlinear time series datasets", UAI (2020).
//
// Four phases: PC1 selects lagged parents; the skeleton tests surviving lagged links and all pairs at lag 0
// given subsets of contemporaneous neighbours and the lagged parents of both ends; colliders are oriented;
// then Meek's rules. Semantics follow tigramite 5.2:
//   - a link at lag 0 that is removed disappears at once for its own pair, but neighbour lists change after a
//   level;
//   - a link states the (value, p) of its largest p; links removed by PC1 keep those of PC1;
//   - the correction for many tests changes q, never the graph;
//   - order of variables matters unless the rule is majority or conservative and conflicts are marked.
//
// Determinism: the same bits for any number of threads of the pool.
#pragma once

#include "framework/models/causal/pcmci.h"

namespace crucible::causal {

// When an unshielded triple i - k - j is a collider i -> k <- j.
enum class ColliderRule : std::uint8_t {
  kMajority,  // k is in less than half of the separating sets of i and j; exactly half, or no set: ambiguous
  kConservative,  // k is in none; some but not all, or no set: ambiguous
  kNone,          // k is not in the one set that removed the link
};

struct PcmciPlusOptions {
  std::size_t min_lag = 0;
  // Level of all phases; nullopt chooses of 0.001, 0.005, 0.01, 0.025, 0.05 by AIC of a member of the class.
  std::optional<double> pc_alpha = 0.01;
  ColliderRule collider_rule = ColliderRule::kMajority;
  bool mark_conflicts = true;             // x-x where rules disagree; else the first orientation stays
  bool reset_lagged_links = false;        // tests all lagged links again, not only those that PC1 kept
  SelectionOptions selection;             // of PC1
  std::size_t max_conditions = kNoLimit;  // contemporaneous ones; default: the number of variables
  std::size_t max_conditions_effect = kNoLimit;
  std::size_t max_conditions_cause = kNoLimit;
  std::size_t max_conditions_lagged_cause = kNoLimit;  // default: max_conditions_cause
  FalseDiscovery false_discovery = FalseDiscovery::kNone;
  LinkAssumptions assumptions;
  std::function<void(double)> progress;
};

// kInvalidArgument: options outside of their range, or assumptions that do not fit.
absl::StatusOr<CausalGraph> RunPcmciPlus(const CiTest& test, const PcmciPlusOptions& options, TaskPool& pool);

}  // namespace crucible::causal
