// Factors of covariance matrices, row-major, with a fixed order of operations.
#pragma once

#include <cstddef>

namespace crucible::regime {

// Lower factor L of `matrix` = L L', zeros above the diagonal. False, and `factor` undefined, when a pivot is
// not a positive finite number.
bool CholeskyFactor(const double* matrix, std::size_t size, double* factor);
// Inverse of a lower triangular matrix.
void InvertLower(const double* lower, std::size_t size, double* inverse);
// Solves L L' x = b in place, given L.
void CholeskySolve(const double* factor, std::size_t size, double* b);

}  // namespace crucible::regime
