// Bagged graphs: how often a link is found when the sample is drawn again. Debeire, Gerhardus, Runge, Eyring,
// "Bootstrap aggregation and confidence measures to improve time series causal discovery", CLeaR (2024).
//
// Rows of the sample are drawn in blocks with replacement (Kuensch 1989); a row carries its lags, so a block
// never mixes windows. Moments of blocks are computed once and added up with their counts: a bootstrap sample
// costs additions of matrices, and never touches the data again. Memory: blocks x nodes^2 doubles, at most
// 128 blocks.
//
// Determinism: sample k draws from the stream "bagging/k" of the seed, so the result does not depend on
// threads.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"

namespace crucible::causal {

struct BaggingOptions {
  std::size_t samples = 100;
  std::size_t block_rows = 0;  // 0: rows / 128, at least rows^(1/3) and the window of a test
  std::uint64_t seed = 1;
  std::function<void(double)> progress;  // share done, from the calling thread
};

struct BaggedGraph {
  std::size_t samples = 0;
  LinkTable<std::array<std::uint32_t, 5>> counts;  // of each Mark

  // Share of samples in which the link exists, whatever its direction.
  double Frequency(std::size_t i, std::size_t j, std::size_t lag) const;
  // The mark of most samples; of equal ones, the absence of a link, then the one that claims less (x-x, o-o).
  Mark Majority(std::size_t i, std::size_t j, std::size_t lag) const;
};

using GraphFinder = std::function<absl::StatusOr<CausalGraph>(LinearTest& test, TaskPool& pool)>;

// `find` is called for each sample, from several threads, with a test without rows and a pool of one thread.
absl::StatusOr<BaggedGraph> BagGraphs(const LaggedData& data, const GraphFinder& find,
                                      const BaggingOptions& options, TaskPool& pool);

}  // namespace crucible::causal
