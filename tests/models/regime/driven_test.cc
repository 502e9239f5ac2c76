#include "framework/models/regime/driven.h"

#include <gtest/gtest.h>

#include "framework/models/regime/filter.h"
#include "framework/models/regime/forecast_score.h"
#include "framework/models/regime/forward_backward.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

// Two volatilities; the move to the wild one comes when the driver, an autoregression, is high. Columns:
// return, driver.
struct DrivenWorld {
  DrivenHmm truth;
  std::vector<double> rows;
  std::vector<std::size_t> regime;
};
DrivenWorld DrawDriven(std::size_t rows, std::uint64_t seed, double slope) {
  DrivenWorld world;
  world.truth.emissions = CalmAndWild(4, 40);
  world.truth.drivers = 1;
  world.truth.centre = {0};
  world.truth.scale = {1};
  world.truth.weight = {0, 0, -4, slope, -3, 0, 0, 0};
  RandomStream random(seed, "driven");
  double u = 0;
  std::size_t k = 0;
  std::vector<double> p(4);
  for (std::size_t t = 0; t < rows; ++t) {
    if (t > 0) {
      world.truth.Transition(&u, p.data());
      k = random.Uniform01() < p[k * 2] ? 0 : 1;
    }
    u = 0.9 * u + Sqrt(1 - 0.81) * random.Normal();
    world.regime.push_back(k);
    world.rows.push_back((k == 0 ? 1 : 4) * random.Normal());
    world.rows.push_back(u);
  }
  return world;
}

TEST(DrivenTest, WithoutSlopesItIsAHiddenMarkovModel) {
  const GaussianHmm hmm = RandomModel(CovarianceShape::kDiagonal, 3, 1, 3);
  DrivenHmm model{hmm, 1, {0.3}, {2}, std::vector<double>(18)};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      model.weight[(i * 3 + j) * 2] = Log(hmm.Transition(i, j) / hmm.Transition(i, i));
  }
  ASSERT_TRUE(model.Validate().ok()) << model.Validate();
  DrivenFilter filter(model);
  HmmFilter twin(hmm);
  const World world = DrawWorld(hmm, 300, 8);
  Filtered<RegimeForecast> a = NoForecast(), b = NoForecast();
  for (const double x : world.rows) {
    const std::vector<double> row = {x, 7 * x};
    EXPECT_NEAR(filter.Update(row)->log_score, twin.Update({&x, 1})->log_score, 1e-10);
    filter.Forecast(3, a);
    twin.Forecast(3, b);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(a->Ahead(3)[k], b->Ahead(3)[k], 1e-10);
  }
}

TEST(DrivenTest, PlantedSlopesAreRecovered) {
  const DrivenWorld world = DrawDriven(20'000, 1, 2);
  const Observations x = *Observations::Create(world.rows, 2);
  const DrivenFit fit = *FitDriven(CalmAndWild(3, 30), x, {});
  EXPECT_TRUE(fit.converged);
  const DrivenHmm& m = fit.model;
  EXPECT_NEAR(m.weight[2] - m.weight[3] * m.centre[0] / m.scale[0], -4, 0.5);
  EXPECT_NEAR(m.weight[3] / m.scale[0], 2, 0.35);
  EXPECT_NEAR(m.weight[5] / m.scale[0], 0, 0.2);
  EXPECT_NEAR(m.emissions.Covariance(1)[0], 16, 1);
  for (std::size_t i = 1; i < fit.history.size(); ++i)
    EXPECT_GE(fit.history[i], fit.history[i - 1] - 1e-3) << i;
}

TEST(DrivenTest, ADriverThatSaysNothingGetsNoWeight) {
  // A world's slopes have a standard error of about 0.1.
  double into_wild = 0, into_calm = 0;
  constexpr std::size_t kWorlds = 8;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const DrivenWorld world = DrawDriven(6'000, seed, 0);
    const Observations x = *Observations::Create(world.rows, 2);
    const DrivenFit fit = *FitDriven(CalmAndWild(3, 30), x, {});
    into_wild += fit.model.weight[3] / kWorlds;
    into_calm += fit.model.weight[5] / kWorlds;
  }
  EXPECT_NEAR(into_wild, 0, 0.12);
  EXPECT_NEAR(into_calm, 0, 0.12);
}

TEST(DrivenTest, TheNextRowsForecastUsesTheLastDriverAndNothingLater) {
  const DrivenWorld world = DrawDriven(200, 3, 2);
  DrivenFilter filter(world.truth), other(world.truth);
  for (std::size_t t = 0; t < 100; ++t) {
    filter.Update({world.rows.data() + 2 * t, 2});
    // The last row alone has another driver.
    const std::vector<double> row = {world.rows[2 * t], world.rows[2 * t + 1] + (t == 99 ? 3 : 0)};
    other.Update(row);
  }
  EXPECT_EQ(filter.state()->probability, other.state()->probability);
  Filtered<RegimeForecast> a = NoForecast(), b = NoForecast();
  filter.Forecast(1, a);
  other.Forecast(1, b);
  EXPECT_GT(b->Ahead(1)[1], a->Ahead(1)[1]);
}

TEST(DrivenTest, ErrorsNameWhatIsMissing) {
  const World world = DrawWorld(CalmAndWild(3, 30), 100, 1);
  const Observations x = *Observations::Create(world.rows, 1);
  EXPECT_EQ(FitDriven(CalmAndWild(3, 30), x, {}).status().message(),
            "1 columns hold 1 features and no driver");
}

}  // namespace
}  // namespace crucible::regime
