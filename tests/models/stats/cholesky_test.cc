#include "framework/models/stats/cholesky.h"

#include <gtest/gtest.h>

#include <vector>

namespace crucible::stats {
namespace {

TEST(CholeskyTest, SolvesWithTheFactor) {
  std::vector<double> a = {4, 0, 0, 2, 5, 0, 1, 3, 6};
  EXPECT_DOUBLE_EQ(FactorRows(a.data(), 3, 0, 3, 0), 4.0);
  std::vector<double> x = {7, 10, 10};  // of (1, 1, 1)
  SolveLower(a.data(), 3, 3, x.data());
  SolveLowerTransposed(a.data(), 3, 3, x.data());
  for (const double value : x) EXPECT_NEAR(value, 1, 1e-14);
}

TEST(CholeskyTest, RowsCanBeAddedToAFactor) {
  const std::vector<double> matrix = {4, 0, 0, 2, 5, 0, 1, 3, 6};
  std::vector<double> whole = matrix, grown = matrix;
  FactorRows(whole.data(), 3, 0, 3, 0);
  FactorRows(grown.data(), 3, 0, 1, 0);
  FactorRows(grown.data(), 3, 1, 3, 0);
  EXPECT_EQ(whole, grown);
}

TEST(CholeskyTest, StopsAtAPivotThatIsTooSmall) {
  std::vector<double> a = {1, 0, 1, 1};
  EXPECT_LE(FactorRows(a.data(), 2, 0, 2, 1e-10), 1e-10);
}

}  // namespace
}  // namespace crucible::stats
