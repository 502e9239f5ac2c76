// Information that has a formula: Gaussian variables, a Gaussian copula, bins on ranks. In nats.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace crucible::information {

// Of jointly normal variables with the row-major covariance matrix of `n` variables:
//   I(A; B | C) = 1/2 log( |AC| |BC| / (|C| |ABC|) ),  h = 1/2 log( (2 pi e)^n |S| )
// NaN when a determinant is not positive.
double GaussianEntropy(std::span<const double> covariance, std::size_t n);
// Between variables `a` and `b` alone, and given `given`. REQUIRES: different indices below n.
double GaussianInformation(std::span<const double> covariance, std::size_t n, std::size_t a, std::size_t b,
                           std::span<const std::size_t> given = {});

// The variables' dependence is that of a normal copula, whatever their distributions: a lower bound of the
// true information. Ince et al., Human Brain Mapping 38 (2017). Normal scores of (rank - 1/2) / n, ties at
// their mean rank.
double GaussianCopulaInformation(std::span<const double> x, std::span<const double> y,
                                 const std::vector<std::vector<double>>& z = {});

// Counts in `bins` x `bins` cells of equally many rows per bin, without the bias (bins - 1)^2 / (2 n) of that
// count (Miller 1955). A cheap screen: O(n log n), misses structure finer than a bin. REQUIRES: 2 <= bins <=
// n.
double BinnedInformation(std::span<const double> x, std::span<const double> y, std::size_t bins);

}  // namespace crucible::information
