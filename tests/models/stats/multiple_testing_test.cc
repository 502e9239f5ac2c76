#include "framework/models/stats/multiple_testing.h"

#include <gtest/gtest.h>

#include "tests/models/golden_json.h"

namespace crucible::stats {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

void ExpectAdjusted(const Json& expected, const std::vector<double>& q, const std::string& what) {
  ASSERT_EQ(q.size(), expected["q"].size()) << what;
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double value = expected["q"][i];
    EXPECT_NEAR(q[i], value, 1e-12 * value) << what << " " << i;
    EXPECT_EQ(q[i] <= 0.05, expected["reject_at_0_05"][i].get<bool>()) << what << " " << i;
  }
}

TEST(MultipleTestingTest, AdjustedPValuesMatchTheReference) {
  CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
  const Json golden = models_test::ReadJson(folder + "/fdr/expected.json");
  for (const Json& one : golden["cases"]) {
    const std::vector<double> p = one["p"];
    const std::string name = one["name"];
    ExpectAdjusted(one["fdr_bh"], AdjustBenjaminiHochberg(p), name + " bh");
    ExpectAdjusted(one["fdr_by"], AdjustBenjaminiYekutieli(p), name + " by");
    ExpectAdjusted(one["holm"], AdjustHolm(p), name + " holm");
    ExpectAdjusted(one["bonferroni"], AdjustBonferroni(p), name + " bonferroni");
  }
}

TEST(MultipleTestingTest, WhatWasNotTestedDoesNotCount) {
  const double nan = std::nan("");
  const std::vector<double> q = AdjustBenjaminiHochberg(std::vector<double>{0.01, nan, 0.04});
  EXPECT_DOUBLE_EQ(q[0], 0.02);
  EXPECT_TRUE(std::isnan(q[1]));
  EXPECT_DOUBLE_EQ(q[2], 0.04);
}

}  // namespace
}  // namespace crucible::stats
