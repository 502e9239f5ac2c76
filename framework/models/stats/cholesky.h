// Cholesky factorisation of a small symmetric matrix, row by row, with its pivots in sight.
//
// The matrix is row-major with a leading dimension; the lower triangle is read and overwritten by the factor.
// Sums run in index order, so the bits are fixed. n^3 / 6 multiplications, no allocation. Thread-safe.
#pragma once

#include <cstddef>

namespace crucible::stats {

// Factors rows [from, to) given that rows [0, from) are factored. Returns the smallest pivot met (the
// diagonal before its square root; +infinity when from == to). Stops before a pivot at or below
// `least_pivot`, which is then the value returned: the rows from there on are unfinished.
double FactorRows(double* matrix, std::size_t stride, std::size_t from, std::size_t to, double least_pivot);

// Replaces `x` of length n by the solution of L y = x.
void SolveLower(const double* factor, std::size_t stride, std::size_t n, double* x);

// Replaces `x` of length n by the solution of L' y = x.
void SolveLowerTransposed(const double* factor, std::size_t stride, std::size_t n, double* x);

}  // namespace crucible::stats
