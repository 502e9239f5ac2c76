#include "framework/models/information/ksg.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"
#include "framework/models/information/baseline.h"
#include "framework/models/stats/distributions.h"
#include "tests/models/golden_json.h"

namespace crucible::information {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

TEST(KsgTest, EveryEstimateMatchesTheReference) {
  CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
  const Json golden = models_test::ReadJson(folder + "/ksg/expected.json");
  int compared = 0;
  for (const Json& one : golden["cases"]) {
    const auto columns = models_test::ReadColumns(folder + "/ksg/" + one["data"].get<std::string>());
    for (const auto& [k, expected] : one["mi_by_k"].items()) {
      const double information = KsgInformation(columns[0], columns[1], std::stoul(k));
      EXPECT_NEAR(std::max(0.0, information), expected.get<double>(), 1e-10) << one["name"] << " k " << k;
      if (one.contains("mi_unclipped_by_k") && one["mi_unclipped_by_k"].contains(k)) {
        EXPECT_NEAR(information, one["mi_unclipped_by_k"][k].get<double>(), 1e-10)
            << one["name"] << " k " << k;
      }
      ++compared;
    }
  }
  EXPECT_GE(compared, 40);
}

// The definition, point by point.
double Naive(const std::vector<double>& x, const std::vector<double>& y, std::size_t k) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> distances;
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (j != i) distances.push_back(std::max(std::fabs(x[j] - x[i]), std::fabs(y[j] - y[i])));
    }
    std::ranges::sort(distances);
    const double radius = std::nextafter(distances[k - 1], 0.0);
    double in_x = 0, in_y = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      in_x += j != i && std::fabs(x[j] - x[i]) <= radius ? 1 : 0;
      in_y += j != i && std::fabs(y[j] - y[i]) <= radius ? 1 : 0;
    }
    sum += stats::Digamma(in_x + 1) + stats::Digamma(in_y + 1);
  }
  const auto n = static_cast<double>(x.size());
  return stats::Digamma(n) + stats::Digamma(static_cast<double>(k)) - sum / n;
}

TEST(KsgTest, EqualsItsDefinitionOnSmoothTiedConstantAndUnequallyScaledValues) {
  RandomStream stream(3, "ksg");
  for (int round = 0; round < 40; ++round) {
    const std::size_t n = 10 + stream.UniformBelow(300), k = 1 + stream.UniformBelow(9);
    const double grid = round % 3 == 0 ? 1e-9 : round % 3 == 1 ? 0.25 : 1.0;
    const double scale = round % 4 < 2 ? 1 : round % 4 == 2 ? 1.0 / 1024 : 1024;
    std::vector<double> x(n), y(n);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = std::round(stream.Normal() / grid) * grid;
      y[i] = round == 5 ? 1 : scale * std::round((0.5 * x[i] + stream.Normal()) / grid) * grid;
    }
    EXPECT_NEAR(KsgInformation(x, y, k), Naive(x, y, k), 1e-12) << round;
  }
}

TEST(KsgTest, ABaselineTellsInformationFromNone) {
  RandomStream stream(4, "baseline");
  std::vector<double> x(600), related(600), unrelated(600);
  double level = 0, other = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = level = 0.9 * level + stream.Normal();
    unrelated[i] = other = 0.9 * other + stream.Normal();
    related[i] = x[i] * x[i] + stream.Normal();
  }
  const auto estimator = [](std::span<const double> a, std::span<const double> b) {
    return KsgInformation(a, b, 5);
  };
  EXPECT_LE(CompareWithShuffled(x, related, estimator, 60, 1).p, 2.0 / 61);
  const Baseline none = CompareWithShuffled(x, unrelated, estimator, 60, 1);
  EXPECT_GT(none.p, 0.05);
  EXPECT_GT(none.deviation, 0);
  EXPECT_NEAR(none.estimate, none.mean, 4 * none.deviation);
}

}  // namespace
}  // namespace crucible::information
