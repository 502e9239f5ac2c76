// CMIknn: conditional independence by nearest-neighbour information, for links of any shape. Runge, AISTATS
// (2018).
//
// The value is the conditional information in nats (framework/models/information/conditional.h), p that of
// the local permutation test, drawn only as long as the decision is open (local_permutation.h). Each test
// draws from its own stream, named by its variables, so results depend neither on the order of tests nor on
// threads.
//
// Cost: rows^2 (|Z| + 2) small-integer operations for each draw; hundreds of rows to a few thousand.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/models/causal/ci_test.h"
#include "framework/models/information/conditional.h"
#include "framework/models/information/local_permutation.h"

namespace crucible::causal {

class InformationTest final : public CiTest {
 public:
  struct Options {
    double neighbours = 0.2;  // of the estimator: a share of the rows below 1, else a number
    information::Scaling scaling = information::Scaling::kRanks;
    information::PermutationOptions permutation;  // its alpha is the level of Test(); Decide() has its own
    std::uint64_t seed = 1;
  };
  // Keeps a reference. REQUIRES: 1 <= neighbours < rows; at most 32,767 rows with ranks.
  InformationTest(const LaggedData& data, const Options& options);

  std::size_t variables() const override { return data_.variables(); }
  std::size_t max_lag() const override { return data_.max_lag(); }
  CiResult Test(Node x, Node y, std::span<const Node> z) const override;
  CiDecision Decide(Node x, Node y, std::span<const Node> z, double alpha) const override;

 private:
  CiResult TestAt(Node x, Node y, std::span<const Node> z, double alpha) const;

  const LaggedData& data_;
  Options options_;
  std::size_t neighbours_;
};

}  // namespace crucible::causal
