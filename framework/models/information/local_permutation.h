// The permutation test of conditional independence: Runge, "Conditional independence testing based on a
// nearest-neighbor estimator of conditional mutual information", AISTATS (2018).
//
// Under the null a row's X may come from any row with a like Z: each row, in random order, takes the X of one
// of its `neighbours` nearest rows in Z, an unused one if there is one. Without Z, blocks of X are shuffled,
// as long as its autocorrelation asks for (Carlstein 1986).
//
// p = (1 + exceedances) / (1 + draws) over at most `draws` permutations. Drawing stops as soon as the
// decision at `alpha` that all draws would give is certain (a curtailed test: it never changes the decision),
// so a clear null costs alpha * draws / p draws instead of all. p of a curtailed test is exceedances / draws
// so far (Besag and Clifford 1991).
//
// Determinism: draws come from the stream given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/random.h"
#include "framework/models/information/conditional.h"

namespace crucible::information {

struct PermutationOptions {
  std::size_t draws = 1000;
  std::size_t neighbours = 5;
  double alpha = 0.05;         // the decision that draws are spent on; 0 spends all
  std::size_t block_rows = 0;  // without Z; 0: by the autocorrelation of X
};

struct PermutationResult {
  double information = 0;
  double p = 1;
  std::size_t draws = 0;  // done
};

// `x` as given to `estimator`; it chooses the blocks where there is no Z.
PermutationResult TestByPermutation(const ConditionalInformation& estimator, std::span<const double> x,
                                    const PermutationOptions& options, RandomStream stream);

// Rows of a block that keeps the dependence of a first-order autoregression: n^(1/3) (sqrt(6) |r| / (1 -
// r^2))^(2/3) with its autocorrelation r at lag 1, at least 1 and at most n / 4.
std::size_t BlockRowsFor(std::span<const double> x);

// A random order of `rows` that moves whole blocks, cut at a random offset. The last block may be shorter.
void ShuffleBlocks(std::size_t rows, std::size_t block_rows, RandomStream& stream,
                   std::vector<std::uint32_t>& order);

}  // namespace crucible::information
