// Distribution functions of the tests. Relative error about 1e-13 unless stated; tails to 1e-300.
// Thread-safe.
//
// Sources: Abramowitz and Stegun 6.3 (digamma), 6.1 (gamma), 26.5 (beta); the continued fraction is
// DLMF 8.17.22, evaluated by Lentz's method. The normal quantile is in framework/base/random.h.
#pragma once

#include <cstddef>
#include <vector>

namespace crucible::stats {

// Digamma function. REQUIRES: x > 0.
double Digamma(double x);
// Digamma at 1, 2, ..., n, by the exact recurrence psi(k + 1) = psi(k) + 1/k; [0] is unused.
std::vector<double> DigammaTable(std::size_t n);

// Logarithm of the gamma function. REQUIRES: x > 0.
double LogGamma(double x);

// Regularised incomplete beta function. REQUIRES: a > 0, b > 0, 0 <= x <= 1.
double IncompleteBeta(double a, double b, double x);
// The x at which it equals `probability`, to about 1e-14 absolute.
double IncompleteBetaInverse(double a, double b, double probability);

double NormalCdf(double x);
// P(|Z| >= |z|)
double NormalTwoSided(double z);
// P(|T| >= |t|), Student's t with `dof` degrees of freedom (any positive number).
double StudentTwoSided(double t, double dof);

// P(|R| >= |r|) for the correlation of independent normal samples: t = r sqrt(dof / (1 - r^2)).
// NaN for dof < 1, 0 for |r| >= 1.
double CorrelationPValue(double r, double dof);
// The |r| whose p-value is `alpha`: |r| >= this exactly when p <= alpha, up to rounding. Infinity when dof
// < 1.
double CorrelationThreshold(double alpha, double dof);

}  // namespace crucible::stats
