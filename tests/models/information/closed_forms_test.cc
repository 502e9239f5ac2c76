#include "framework/models/information/closed_forms.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"
#include "tests/models/golden_json.h"

namespace crucible::information {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

TEST(ClosedFormsTest, GaussianInformationMatchesTheReference) {
  CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
  const Json golden = models_test::ReadJson(folder + "/ksg/gaussian_closed_forms.json");
  for (const Json& one : golden["cases"]) {
    std::vector<double> covariance;
    for (const Json& row : one["cov"]) {
      for (const Json& value : row) covariance.push_back(value);
    }
    const std::size_t n = one["cov"].size();
    std::vector<std::size_t> rest;
    for (std::size_t v = 2; v < n; ++v) rest.push_back(v);
    const auto expect = [&](double found, const char* key) {
      const double value = one[key];
      EXPECT_NEAR(found, value, 1e-9 * std::fabs(value) + 1e-15) << key;
    };
    expect(GaussianInformation(covariance, n, 0, 1), "mi_0_1");
    expect(GaussianInformation(covariance, n, 0, 1, rest), "cmi_0_1_given_rest");
    expect(GaussianEntropy(covariance, n), "entropy_joint");
  }
}

struct Pair {
  std::vector<double> x, y;
};

Pair Correlated(double rho, std::size_t n, std::uint64_t seed = 9) {
  RandomStream stream(seed, "pair");
  Pair pair{std::vector<double>(n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    pair.x[i] = stream.Normal();
    pair.y[i] = rho * pair.x[i] + std::sqrt(1 - rho * rho) * stream.Normal();
  }
  return pair;
}

TEST(ClosedFormsTest, TheCopulaSeesThroughAnyMonotoneTransform) {
  Pair pair = Correlated(0.6, 4000);
  const double truth = -0.5 * std::log(1 - 0.36);
  const double plain = GaussianCopulaInformation(pair.x, pair.y);
  EXPECT_NEAR(plain, truth, 0.03);
  for (double& value : pair.x) value = value * value * value;
  for (double& value : pair.y) value = -1 / (5 + value);
  EXPECT_NEAR(GaussianCopulaInformation(pair.x, pair.y), plain, 0.01);
  // A shared cause takes it all.
  const Pair shared = Correlated(0.8, 4000, 10);
  Pair children = Correlated(0.0, 4000);
  for (std::size_t i = 0; i < 4000; ++i) {
    children.x[i] = shared.x[i] + 0.5 * children.x[i];
    children.y[i] = shared.x[i] + 0.5 * children.y[i];
  }
  EXPECT_GT(GaussianCopulaInformation(children.x, children.y), 0.3);
  EXPECT_LT(GaussianCopulaInformation(children.x, children.y, {shared.x}), 0.01);
}

TEST(ClosedFormsTest, BinnedInformationIsNearTheTruthAndNearZeroForNone) {
  const Pair pair = Correlated(0.6, 20'000), none = Correlated(0.0, 20'000);
  EXPECT_NEAR(BinnedInformation(pair.x, pair.y, 12), -0.5 * std::log(1 - 0.36), 0.02);
  EXPECT_NEAR(BinnedInformation(none.x, none.y, 12), 0, 0.003);
}

TEST(ClosedFormsTest, ASingularCovarianceHasNoInformation) {
  const std::vector<double> covariance = {1, 1, 1, 1};
  EXPECT_TRUE(std::isnan(GaussianInformation(covariance, 2, 0, 1)));
}

}  // namespace
}  // namespace crucible::information
