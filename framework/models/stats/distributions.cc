#include "framework/models/stats/distributions.h"

#include <cmath>
#include <limits>

#include "framework/base/check.h"
#include "framework/base/math.h"

namespace crucible::stats {
namespace {

constexpr double kPi = 3.14159265358979323846;

// Gamma(a + 1/2) / Gamma(a), from its asymptotic series after a recurrence to a >= 40.
double GammaHalfRatio(double a) {
  double factor = 1;
  for (; a < 40; a += 1) factor *= a / (a + 0.5);
  const double u = 1 / a;
  const double series =
      1 +
      u * (-1.0 / 8 +
           u * (1.0 / 128 + u * (5.0 / 1024 + u * (-21.0 / 32768 +
                                                   u * (-399.0 / 262144 +
                                                        u * (869.0 / 4194304 + u * (39325.0 / 33554432)))))));
  return factor * Sqrt(a) * series;
}

// DLMF 8.17.22 by the modified Lentz method; converges for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto keep = [](double v) { return std::fabs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / keep(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m <= 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    const double change = d * c;
    h *= change;
    if (std::fabs(change - 1) < 1e-16) break;
  }
  return h;
}

// x^a y^b / (a B(a, b)) with y = 1 - x, both given so that neither loses digits.
double BetaFront(double a, double b, double log_x, double log_y) {
  if (b == 0.5) return Exp(a * log_x + b * log_y) * GammaHalfRatio(a) / (a * Sqrt(kPi));
  if (a == 0.5) return Exp(a * log_x + b * log_y) * GammaHalfRatio(b) / (a * Sqrt(kPi));
  return Exp(a * log_x + b * log_y + LogGamma(a + b) - LogGamma(a) - LogGamma(b)) / a;
}

double Beta(double a, double b, double x, double y, double log_x, double log_y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x < (a + 1) / (a + b + 2)) return BetaFront(a, b, log_x, log_y) * BetaFraction(a, b, x);
  return 1 - BetaFront(b, a, log_y, log_x) * BetaFraction(b, a, y);
}

}  // namespace

double Digamma(double x) {
  CRUCIBLE_CHECK(x > 0);
  double shift = 0;
  for (; x < 10; x += 1) shift += 1 / x;
  const double u = 1 / (x * x);
  const double series =
      u *
      (1.0 / 12 -
       u * (1.0 / 120 - u * (1.0 / 252 - u * (1.0 / 240 - u * (1.0 / 132 - u * (691.0 / 32760 - u / 12))))));
  return Log(x) - 0.5 / x - series - shift;
}

std::vector<double> DigammaTable(std::size_t n) {
  std::vector<double> table(n + 1, 0.0);
  // Two sums of unlike size would lose digits over a long recurrence; a fresh value every 64 keeps 1e-15.
  for (std::size_t k = 1; k <= n; ++k) {
    table[k] = k % 64 == 1 ? Digamma(static_cast<double>(k)) : table[k - 1] + 1 / static_cast<double>(k - 1);
  }
  return table;
}

double LogGamma(double x) {
  CRUCIBLE_CHECK(x > 0);
  double product = 1;
  for (; x < 15; x += 1) product *= x;
  const double u = 1 / (x * x);
  const double series =
      (1.0 / 12 -
       u * (1.0 / 360 - u * (1.0 / 1260 - u * (1.0 / 1680 - u * (1.0 / 1188 - u * (691.0 / 360360)))))) /
      x;
  return (x - 0.5) * Log(x) - x + 0.5 * Log(2 * kPi) + series - Log(product);
}

double IncompleteBeta(double a, double b, double x) {
  CRUCIBLE_CHECK(a > 0 && b > 0 && x >= 0 && x <= 1);
  return Beta(a, b, x, 1 - x, Log(x), Log1p(-x));
}

double IncompleteBetaInverse(double a, double b, double probability) {
  CRUCIBLE_CHECK(probability >= 0 && probability <= 1);
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (IncompleteBeta(a, b, middle) < probability ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double NormalCdf(double x) { return 0.5 * Erfc(-x * 0.70710678118654752440); }

double NormalTwoSided(double z) { return Erfc(std::fabs(z) * 0.70710678118654752440); }

double StudentTwoSided(double t, double dof) {
  const double square = t * t;
  const double x = dof / (dof + square), y = square / (dof + square);
  return Beta(dof / 2, 0.5, x, y, -Log1p(square / dof), Log(y));
}

double CorrelationPValue(double r, double dof) {
  if (!(dof >= 1) || std::isnan(r)) return std::numeric_limits<double>::quiet_NaN();
  const double y = r * r;
  if (y >= 1) return 0;
  return Beta(dof / 2, 0.5, 1 - y, y, Log1p(-y), Log(y));
}

double CorrelationThreshold(double alpha, double dof) {
  if (!(dof >= 1)) return std::numeric_limits<double>::infinity();
  if (alpha <= 0) return 1;
  if (alpha >= 1) return 0;
  // Newton's method on log p, which is concave in r, from the normal approximation; bisection guards it.
  double low = 0, high = 1;
  double r = Sqrt(-2 * Log(alpha) / (dof + 2));
  if (r >= 1) r = 0.5;
  const double density = 2 * GammaHalfRatio(dof / 2) / Sqrt(kPi);
  for (int i = 0; i < 100; ++i) {
    const double p = CorrelationPValue(r, dof);
    (p > alpha ? low : high) = r;
    const double slope = density * Exp((dof / 2 - 1) * Log1p(-r * r));
    double next = p > 0 ? r + p * (Log(p) - Log(alpha)) / slope : 0.5 * (low + high);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::fabs(next - r) <= 1e-15 * next) return next;
    r = next;
  }
  return r;
}

}  // namespace crucible::stats
