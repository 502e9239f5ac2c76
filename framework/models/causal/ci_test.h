// A test of X independent of Y given Z, over the sample of one analysis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "framework/models/causal/lagged_data.h"

namespace crucible::causal {

enum class CiOutcome : std::uint8_t {
  kTested,
  kConstant,       // X or Y does not vary: value 0, p 1
  kCollinear,      // X or Y is a linear function of Z to rounding, so Z leaves nothing to test: value 0, p 1
  kTooFewSamples,  // no degree of freedom left: value as computed, p NaN; counts as independent
};

struct CiResult {
  double value = 0;  // correlation, or information in nats
  double p = 1;
  CiOutcome outcome = CiOutcome::kTested;
};

struct CiDecision {
  double value = 0;
  bool dependent = false;  // p <= alpha
  CiOutcome outcome = CiOutcome::kTested;
};

// Threads: const functions may be called from several threads; results do not depend on who calls.
class CiTest {
 public:
  virtual ~CiTest() = default;

  virtual std::size_t variables() const = 0;
  virtual std::size_t max_lag() const = 0;

  virtual CiResult Test(Node x, Node y, std::span<const Node> z) const = 0;

  // Whether p <= alpha; a test may know this sooner than p.
  virtual CiDecision Decide(Node x, Node y, std::span<const Node> z, double alpha) const {
    const CiResult result = Test(x, y, z);
    return {result.value, result.p <= alpha, result.outcome};
  }

  // The p-value that a graph states for a link; a test may spend more on it than on a selection.
  virtual CiResult Confirm(Node x, Node y, std::span<const Node> z) const { return Test(x, y, z); }

  // Akaike's criterion of Y explained by its parents, lower is better; NaN where the test defines none.
  virtual double SelectionScore(Node, std::span<const Node>) const {
    return std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace crucible::causal
