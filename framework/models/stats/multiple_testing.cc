#include "framework/models/stats/multiple_testing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace crucible::stats {
namespace {

// Indices of the p-values that are numbers, ascending by value, equal ones by index.
std::vector<std::size_t> Ascending(std::span<const double> p) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!std::isnan(p[i])) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  return order;
}

std::vector<double> StepUp(std::span<const double> p, double (*penalty)(double tests)) {
  std::vector<double> adjusted(p.begin(), p.end());
  const std::vector<std::size_t> order = Ascending(p);
  const auto tests = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t k = order.size(); k-- > 0;) {
    // The quotient first: the form whose rounding the reference values have.
    const double share = static_cast<double>(k + 1) / tests;
    least = std::min(least, p[order[k]] / (share / penalty(tests)));
    adjusted[order[k]] = least;
  }
  return adjusted;
}

double Harmonic(double tests) {
  double sum = 0;
  for (double i = tests; i >= 1; i -= 1) sum += 1 / i;
  return sum;
}

}  // namespace

std::vector<double> AdjustBenjaminiHochberg(std::span<const double> p) {
  return StepUp(p, [](double) { return 1.0; });
}

std::vector<double> AdjustBenjaminiYekutieli(std::span<const double> p) { return StepUp(p, Harmonic); }

std::vector<double> AdjustHolm(std::span<const double> p) {
  std::vector<double> adjusted(p.begin(), p.end());
  const std::vector<std::size_t> order = Ascending(p);
  double most = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    most = std::max(most, std::min(1.0, static_cast<double>(order.size() - k) * p[order[k]]));
    adjusted[order[k]] = most;
  }
  return adjusted;
}

std::vector<double> AdjustBonferroni(std::span<const double> p) {
  std::vector<double> adjusted(p.begin(), p.end());
  const auto tests = static_cast<double>(Ascending(p).size());
  for (double& value : adjusted) {
    if (!std::isnan(value)) value = std::min(1.0, value * tests);
  }
  return adjusted;
}

}  // namespace crucible::stats
