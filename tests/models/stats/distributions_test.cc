#include "framework/models/stats/distributions.h"

#include <gtest/gtest.h>

#include "framework/models/stats/intervals.h"
#include "tests/models/golden_json.h"

namespace crucible::stats {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

TEST(DistributionsTest, CorrelationPValuesMatchTheReference) {
  CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
  const Json golden = models_test::ReadJson(folder + "/fdr/t_pvalues.json");
  for (const Json& one : golden["cases"]) {
    const double r = one["r"], dof = one["dof"], p = one["p"];
    EXPECT_NEAR(CorrelationPValue(r, dof), p, 1e-9 * p + 1e-290) << r << " " << dof;
  }
}

TEST(DistributionsTest, TheThresholdOfACorrelationIsWhereThePValueCrosses) {
  for (const double dof : {1.0, 2.0, 5.0, 30.0, 197.5, 991.0, 9988.0, 1e6}) {
    for (const double alpha : {0.5, 0.2, 0.05, 0.01, 1e-4, 1e-9}) {
      const double r = CorrelationThreshold(alpha, dof);
      // With one or two degrees of freedom small p-values are at 1 - r of some rounding errors.
      const double tolerance = alpha > 1e-4 * dof || dof > 2 ? 1e-8 : 1e9;
      EXPECT_NEAR(CorrelationPValue(r, dof) / alpha, 1, tolerance) << dof << " " << alpha;
      EXPECT_LT(CorrelationPValue(r * (1 + 1e-9), dof), CorrelationPValue(r * (1 - 1e-9), dof));
    }
  }
}

TEST(DistributionsTest, CorrelationsWithoutDegreesOfFreedomHaveNoPValue) {
  EXPECT_TRUE(std::isnan(CorrelationPValue(0.5, 0)));
  EXPECT_EQ(CorrelationPValue(1, 10), 0);
  EXPECT_EQ(CorrelationPValue(-1, 10), 0);
  EXPECT_EQ(CorrelationPValue(0, 10), 1);
}

TEST(DistributionsTest, DigammaHasItsKnownValues) {
  EXPECT_NEAR(Digamma(1), -0.57721566490153286, 1e-14);
  EXPECT_NEAR(Digamma(0.5), -1.9635100260214235, 1e-13);
  EXPECT_NEAR(Digamma(10.5), 2.303001034297687, 1e-14);
  const std::vector<double> table = DigammaTable(5000);
  for (const std::size_t k : std::vector<std::size_t>{1, 2, 63, 64, 65, 1000, 5000}) {
    EXPECT_NEAR(table[k], Digamma(static_cast<double>(k)), 2e-15 * (1 + table[k]));
  }
}

TEST(DistributionsTest, LogGammaHasItsKnownValues) {
  EXPECT_NEAR(LogGamma(0.5), 0.57236494292470009, 1e-14);
  EXPECT_NEAR(LogGamma(1), 0, 1e-14);
  EXPECT_NEAR(LogGamma(101), 363.73937555556349, 1e-11);
}

TEST(DistributionsTest, TheIncompleteBetaFunctionIsABinomialTail) {
  // P(X >= 3), X ~ Binomial(5, 0.3) = I_0.3(3, 3)
  EXPECT_NEAR(IncompleteBeta(3, 3, 0.3), 0.16308, 1e-12);
  EXPECT_NEAR(IncompleteBetaInverse(3, 3, 0.16308), 0.3, 1e-12);
}

TEST(DistributionsTest, StudentAgreesWithTheNormalForManyDegreesOfFreedom) {
  EXPECT_NEAR(StudentTwoSided(1.959963984540054, 1e9), 0.05, 1e-8);
  EXPECT_NEAR(NormalTwoSided(1.959963984540054), 0.05, 1e-15);
  EXPECT_NEAR(StudentTwoSided(12.7062047361747, 1), 0.05, 1e-13);
}

TEST(IntervalsTest, ABinomialIntervalIsClopperPearsons) {
  const Interval interval = BinomialInterval(5, 20, 0.95);
  EXPECT_NEAR(interval.low, 0.0865714691, 1e-9);
  EXPECT_NEAR(interval.high, 0.4910458717, 1e-9);
  EXPECT_EQ(BinomialInterval(0, 10, 0.95).low, 0);
  EXPECT_EQ(BinomialInterval(10, 10, 0.95).high, 1);
}

}  // namespace
}  // namespace crucible::stats
