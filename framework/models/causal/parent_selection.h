// PC1: selection of the lagged parents of one effect (algorithm S1 of Runge et al. 2019).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/models/causal/pcmci.h"

namespace crucible::causal {

struct Selected {
  std::vector<Node> parents;     // strongest first
  std::vector<double> strength;  // smallest |value| seen, +infinity for a required link that was not tested
  // Of every link tried: its result with the largest p, by candidate order; only when asked for.
  struct Tested {
    Node node;
    CiResult result;
  };
  std::vector<Tested> tested;
  std::vector<Node> collinear;
  std::uint64_t tests = 0;
  double alpha = 0;
};

struct SelectionTask {
  std::uint32_t effect = 0;
  std::size_t min_lag = 1;  // >= 1
  SelectionOptions options;
  const LinkAssumptions* assumptions = nullptr;
  bool keep_tested = false;
};

// Starts with all lagged candidates, cause by cause, and removes those that are independent given the
// strongest other survivors, one more at each level. Removals take effect after a level (PC-stable).
Selected SelectParents(const CiTest& test, const SelectionTask& task, double alpha);

// The best of several levels by CiTest::SelectionScore; the first of equals.
Selected SelectParentsByScore(const CiTest& test, const SelectionTask& task, std::span<const double> alphas);

}  // namespace crucible::causal
