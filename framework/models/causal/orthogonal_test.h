// Residuals on the rows themselves: what the tests do where the correlation matrix is too near to singular,
// and where they need every row's residual.
#pragma once

#include <span>
#include <vector>

#include "framework/models/causal/correlations.h"

namespace crucible::causal {

struct Residuals {
  std::vector<double> x, y;  // by row, centred
  bool collinear = false;    // x or y is a linear function of Z: its residual is below 1e-10 of its deviation
};

// Orthogonalises Z twice (modified Gram-Schmidt), leaving out members that depend on earlier ones, and takes
// it out of x and y. Allocates (|Z| + 2) columns.
Residuals ComputeResiduals(const LaggedData& data, Node x, Node y, std::span<const Node> z);

// The same from the regression coefficients of the correlation matrix: one pass over the rows and no
// orthogonalisation, for conditions that are well apart (least pivot above about 1e-7). Residuals are of
// variables scaled to unit length.
Residuals ComputeResidualsByRegression(const LaggedData& data, const Correlations& correlations, Node x,
                                       Node y, std::span<const Node> z);

// Correlation of the residuals.
double ResidualCorrelation(const Residuals& residuals);

// sum(x y) / sqrt(sum(x^2 y^2)): see Errors::kHeteroscedastic.
double HeteroscedasticScore(const Residuals& residuals);

}  // namespace crucible::causal
