// The orientation phases of PCMCI+: colliders and Meek's rules on contemporaneous links.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/models/causal/skeleton.h"

namespace crucible::causal {

// Orients unshielded colliders of the skeleton and lists ambiguous triples. Returns the number of tests.
std::uint64_t OrientColliders(const MomentaryTest& test, const PcmciPlusOptions& options, double alpha,
                              Skeleton& skeleton, TaskPool& pool);

// Meek (1995), rules 1 to 3 on contemporaneous links until none applies; ambiguous triples are left alone.
void ApplyMeekRules(bool mark_conflicts, CausalGraph& graph);

// Parents at all lags by effect in one directed graph of the class, without conflicting links: repeatedly,
// the first variable in `order` whose undirected neighbours form a clique becomes their effect (Colombo and
// Maathuis 2014, lemma 7.6).
std::vector<std::vector<Node>> ParentsInMember(const CausalGraph& graph,
                                               const std::vector<std::size_t>& order);

}  // namespace crucible::causal
