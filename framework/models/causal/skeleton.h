// The skeleton phase of PCMCI+: which links exist.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "framework/models/causal/pcmci_plus.h"

namespace crucible::causal {

// Tests of PCMCI+ condition on a set of contemporaneous neighbours and on the lagged parents of both ends.
class MomentaryTest {
 public:
  MomentaryTest(const CiTest& test, const PcmciPlusOptions& options,
                const std::vector<std::vector<Node>>& parents)
      : test_(test), options_(options), parents_(parents) {}

  CiResult operator()(Node cause, std::uint32_t effect, const std::vector<std::uint32_t>& neighbours) const;

 private:
  const CiTest& test_;
  const PcmciPlusOptions& options_;
  const std::vector<std::vector<Node>>& parents_;  // by effect, strongest first
};

struct Skeleton {
  CausalGraph graph;  // lag 0 is o-o, or directed where that is assumed
  // By (i, j), i < j: the neighbours at lag 0 that separated a pair; and by (i, lag, j).
  std::map<Triple, std::vector<std::uint32_t>> separating;
  std::uint64_t tests = 0;
};

// `graph` holds the selection of PC1: parents, and the values and p of what it removed.
Skeleton FindSkeleton(const MomentaryTest& test, const PcmciPlusOptions& options, double alpha,
                      CausalGraph graph, TaskPool& pool);

}  // namespace crucible::causal
