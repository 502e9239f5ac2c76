#include "framework/models/information/conditional.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"
#include "framework/models/information/local_permutation.h"
#include "framework/models/stats/distributions.h"
#include "tests/models/golden_json.h"

namespace crucible::information {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

Scaling ReadScaling(const std::string& text) {
  return text == "ranks" ? Scaling::kRanks : text == "standardize" ? Scaling::kStandardise : Scaling::kNone;
}

TEST(ConditionalTest, EveryEstimateMatchesTheReference) {
  CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
  const Json golden = models_test::ReadJson(folder + "/cmiknn/expected.json");
  int compared = 0;
  for (const Json& one : golden["cases"]) {
    auto columns = models_test::ReadColumns(folder + "/cmiknn/" + one["data"].get<std::string>());
    const std::vector<double> x = columns[0], y = columns[1];
    const std::vector<std::vector<double>> z(columns.begin() + 2, columns.end());
    for (const Json& value : one["values"]) {
      const ConditionalInformation estimator(x, y, z, value["k"], ReadScaling(value["transform"]));
      EXPECT_NEAR(estimator.Estimate(), value["cmi"].get<double>(), 1e-9) << one["name"] << value;
      ++compared;
    }
    if (!one.contains("shuffle_verdict_alpha_0.05")) continue;
    const ConditionalInformation tenth(x, y, z, x.size() / 10, Scaling::kRanks);
    PermutationOptions options;
    options.draws = 400;
    const PermutationResult result = TestByPermutation(tenth, x, options, RandomStream(1, "verdict"));
    EXPECT_EQ(result.p <= 0.05, one["shuffle_verdict_alpha_0.05"] == "dependent") << one["name"];
  }
  EXPECT_GE(compared, 50);
}

std::vector<double> Ranks(const std::vector<double>& x) {
  std::vector<double> ranks(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) ranks[i] += x[j] < x[i] || (x[j] == x[i] && j < i) ? 1 : 0;
  }
  return ranks;
}

// The definition, point by point, on values or on ranks.
double Naive(const std::vector<std::vector<double>>& columns, std::size_t k) {
  const std::size_t n = columns[0].size();
  double sum = 0;
  const auto distance = [&](std::size_t i, std::size_t j, std::size_t first, std::size_t second) {
    double most = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c >= 2 || c == first || c == second)
        most = std::max(most, std::fabs(columns[c][i] - columns[c][j]));
    }
    return most;
  };
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> joint;
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i) joint.push_back(distance(i, j, 0, 1));
    }
    std::ranges::sort(joint);
    const double radius = joint[k - 1] * 0.999999999;
    double xz = 0, yz = 0, z = 0;
    for (std::size_t j = 0; j < n; ++j) {
      xz += distance(i, j, 0, 0) <= radius ? 1 : 0;
      yz += distance(i, j, 1, 1) <= radius ? 1 : 0;
      z += columns.size() == 2 || distance(i, j, 9, 9) <= radius ? 1 : 0;
    }
    sum += stats::Digamma(xz) + stats::Digamma(yz) - stats::Digamma(z);
  }
  return stats::Digamma(static_cast<double>(k)) - sum / static_cast<double>(n);
}

TEST(ConditionalTest, EqualsItsDefinitionForAnyConditions) {
  RandomStream stream(6, "cmi");
  for (int round = 0; round < 28; ++round) {
    const std::size_t n = round < 4 ? 2 : 20 + stream.UniformBelow(120), k = round < 4 ? 1 : 1 + stream.UniformBelow(12);
    const double grid = round % 2 == 0 ? 1e-9 : 0.5;
    std::vector<std::vector<double>> columns(2 + stream.UniformBelow(4), std::vector<double>(n));
    for (auto& column : columns) {
      for (double& value : column) value = std::round(stream.Normal() / grid) * grid;
    }
    const std::vector<std::vector<double>> z(columns.begin() + 2, columns.end());
    EXPECT_NEAR(ConditionalInformation(columns[0], columns[1], z, k, Scaling::kNone).Estimate(),
                Naive(columns, k), 1e-12);
    const double ranked = ConditionalInformation(columns[0], columns[1], z, k, Scaling::kRanks).Estimate();
    for (auto& column : columns) column = Ranks(column);
    EXPECT_NEAR(ranked, Naive(columns, k), 1e-12);
  }
}

}  // namespace
}  // namespace crucible::information
