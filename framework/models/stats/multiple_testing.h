// Corrections of p-values for the number of tests. Each returns adjusted values in the order given: rejecting
// those at most q controls the family. NaN stays NaN and does not count as a test. O(n log n).
#pragma once

#include <span>
#include <vector>

namespace crucible::stats {

// False discovery rate. Benjamini and Hochberg (1995): independent or positively dependent tests;
// Benjamini and Yekutieli (2001): any dependence.
std::vector<double> AdjustBenjaminiHochberg(std::span<const double> p);
std::vector<double> AdjustBenjaminiYekutieli(std::span<const double> p);
// Family-wise error rate. Holm (1979) is never worse than Bonferroni.
std::vector<double> AdjustHolm(std::span<const double> p);
std::vector<double> AdjustBonferroni(std::span<const double> p);

}  // namespace crucible::stats
