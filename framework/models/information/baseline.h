// What an estimator says of series that share nothing: the same Y against X with its blocks shuffled, which
// keeps both series' own dependence in time. An estimate means something beside its baseline only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace crucible::information {

struct Baseline {
  double estimate = 0;
  double mean = 0;       // of the shuffled series
  double deviation = 0;  // their sample standard deviation
  double p = 1;          // (1 + shuffles at or above the estimate) / (1 + shuffles)
};

using Estimator = std::function<double(std::span<const double> x, std::span<const double> y)>;

// `block_rows` 0: as the autocorrelation of X asks for (local_permutation.h). REQUIRES: shuffles >= 2.
Baseline CompareWithShuffled(std::span<const double> x, std::span<const double> y, const Estimator& estimator,
                             std::size_t shuffles, std::uint64_t seed, std::size_t block_rows = 0);

}  // namespace crucible::information
