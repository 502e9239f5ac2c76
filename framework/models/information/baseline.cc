#include "framework/models/information/baseline.h"

#include <vector>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/information/local_permutation.h"

namespace crucible::information {

Baseline CompareWithShuffled(std::span<const double> x, std::span<const double> y, const Estimator& estimator,
                             std::size_t shuffles, std::uint64_t seed, std::size_t block_rows) {
  CRUCIBLE_CHECK(shuffles >= 2);
  Baseline baseline;
  baseline.estimate = estimator(x, y);
  if (block_rows == 0) block_rows = BlockRowsFor(x);
  RandomStream stream = Random(seed).Stream("information/baseline");
  std::vector<double> shuffled(x.size());
  std::vector<std::uint32_t> order;
  double sum = 0, squares = 0, at_least = 0;
  for (std::size_t k = 0; k < shuffles; ++k) {
    ShuffleBlocks(x.size(), block_rows, stream, order);
    for (std::size_t i = 0; i < x.size(); ++i) shuffled[i] = x[order[i]];
    const double value = estimator(shuffled, y);
    sum += value;
    squares += value * value;
    if (value >= baseline.estimate) at_least += 1;
  }
  const auto n = static_cast<double>(shuffles);
  baseline.mean = sum / n;
  const double variance = (squares - n * baseline.mean * baseline.mean) / (n - 1);
  baseline.deviation = variance > 0 ? Sqrt(variance) : 0;
  baseline.p = (1 + at_least) / (1 + n);
  return baseline;
}

}  // namespace crucible::information
