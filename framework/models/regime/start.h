// Where Baum-Welch starts: clusters of rows as regimes.
#pragma once

#include <cstdint>

#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

// The model of start `index`. k-means++ (Arthur and Vassilvitskii 2007), then at most 20 rounds of Lloyd's
// algorithm, on at most 20,000 evenly spaced rows. Even starts cluster the standardised rows; odd ones the
// logarithm of the mean squared standardised deviation over windows of 16 rows, because regimes of returns
// differ in volatility, not in mean. Each cluster's rows give its mean and covariance, shrunk by a tenth
// towards those of all rows; the chain starts anywhere and stays with probability 0.95. Regimes are in the
// order of their clusters' volatility.
//
// Random numbers: the stream "regime/start-<index>" of `seed`. REQUIRES: no feature is constant.
GaussianHmm StartingModel(const Observations& observations, std::size_t regimes, CovarianceShape shape,
                          std::uint64_t seed, std::size_t index);

}  // namespace crucible::regime
