// What PCMCI and PCMCI+ do alike with the p-values of their links, and the checks of their options.
#pragma once

#include <string_view>

#include "framework/base/status.h"
#include "framework/models/causal/pcmci.h"

namespace crucible::causal {

// q of all links from p (which is not yet symmetric at lag 0).
void CorrectLinks(FalseDiscovery correction, const LinkAssumptions& assumptions, CausalGraph& graph);

// Of the two tests of a pair at lag 0 the graph states the one with the larger p.
void SymmetriseLagZero(CausalGraph& graph);

absl::Status CheckLevel(std::string_view what, double level);
absl::Status CheckLags(std::size_t min_lag, std::size_t max_lag);

}  // namespace crucible::causal
