// Which regime is which: numbering that survives a refit.
//
// The likelihood is the same for every numbering of the regimes. A fresh fit is numbered by volatility, calm
// first; a refit is matched to the model that it replaces.
#pragma once

#include <cstddef>
#include <vector>

#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

// `order[new] = old`: ascending mean over features of variance / variance in the data; ties by the mean of
// the first feature, then by the old number.
std::vector<std::size_t> OrderByVolatility(const GaussianHmm& model, const FeatureScale& scale);

GaussianHmm Reordered(const GaussianHmm& model, const std::vector<std::size_t>& order);

// Hellinger distance of two Gaussians, 0 to 1 (Pardo 2006, equation 1.22 with s = 1/2).
double HellingerDistance(const GaussianHmm& a, std::size_t regime_a, const GaussianHmm& b,
                         std::size_t regime_b);

// `order[old number of previous] = number in refit` with the least sum of Hellinger distances (assignment
// problem). REQUIRES: equal numbers of regimes and features.
std::vector<std::size_t> MatchRegimes(const GaussianHmm& previous, const GaussianHmm& refit);

// The assignment column[row] of least total cost, cost [size][size] row-major; O(size^3), Jonker and
// Volgenant 1987.
std::vector<std::size_t> LeastCostAssignment(const std::vector<double>& cost, std::size_t size);

}  // namespace crucible::regime
