#include <gtest/gtest.h>

#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/filter.h"
#include "framework/models/regime/labels.h"
#include "framework/models/regime/start.h"
#include "framework/models/regime/viterbi.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

TEST(BaumWelchTest, TheLikelihoodNeverFalls) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const CovarianceShape shape = static_cast<CovarianceShape>(seed % 4);
    const World world = DrawWorld(RandomModel(CovarianceShape::kDiagonal, 3, 2, seed), 400, seed);
    const Observations x = *Observations::Create(world.rows, 2);
    EmOptions options;
    options.max_iterations = 30;
    options.tolerance = -1e300;
    options.floor = 0;
    const EmResult fit = BaumWelch(StartingModel(x, 3, shape, seed, 0), x, options);
    for (std::size_t i = 1; i < fit.history.size(); ++i) {
      EXPECT_GE(fit.history[i] - fit.history[i - 1], -1e-8 * std::abs(fit.history[i])) << seed << " " << i;
    }
  }
}

TEST(FitTest, PlantedVolatilityRegimesAreRecovered) {
  const GaussianHmm truth = CalmAndWild(3, 50);
  const World world = DrawWorld(truth, 5000, 3);
  const Observations x = *Observations::Create(world.rows, 1);
  FitOptions options;
  options.shape = CovarianceShape::kDiagonal;
  const Fit fit = *FitHmm(x, options);
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.model.Covariance(0)[0], 1, 0.1);
  EXPECT_NEAR(fit.model.Covariance(1)[0], 9, 0.9);
  EXPECT_NEAR(fit.model.Transition(0, 0), 0.98, 0.015);
  EXPECT_NEAR(fit.model.Transition(1, 1), 0.98, 0.015);
  const RegimePath path = MostProbablePath(fit.model, x).in_hindsight();
  std::size_t right = 0;
  for (std::size_t t = 0; t < world.regime.size(); ++t) right += path.regime[t] == world.regime[t] ? 1u : 0u;
  EXPECT_GT(right, 4600u);
}

TEST(FitTest, MoreStartsNeverGiveALowerLikelihood) {
  const World world = DrawWorld(RandomModel(CovarianceShape::kDiagonal, 4, 2, 21), 1500, 21);
  const Observations x = *Observations::Create(world.rows, 2);
  FitOptions options;
  options.regimes = 4;
  options.em.max_iterations = options.screening_iterations = 25;
  double before = -1e300;
  for (const std::size_t starts : {1u, 3u, 8u}) {
    options.starts = starts;
    const Fit fit = *FitHmm(x, options);
    EXPECT_GE(fit.log_likelihood, before);
    before = fit.log_likelihood;
  }
}

TEST(FitTest, ThreadsChangeNothing) {
  const World world = DrawWorld(RandomModel(CovarianceShape::kDiagonal, 3, 2, 22), 800, 22);
  const Observations x = *Observations::Create(world.rows, 2);
  FitOptions options;
  options.regimes = 3;
  const Fit alone = *FitHmm(x, options);
  TaskPool pool(2);
  std::size_t calls = 0;
  const Fit both = *FitHmm(x, options, &pool, [&](std::size_t, std::size_t total) {
    ++calls;
    EXPECT_EQ(total, options.starts);
  });
  EXPECT_EQ(alone.model.Hash(), both.model.Hash());
  EXPECT_EQ(alone.log_likelihood, both.log_likelihood);
  EXPECT_EQ(calls, options.starts);
}

TEST(FitTest, TheFloorKeepsARegimeFromCollapsingOntoOneRow) {
  std::vector<double> rows;
  RandomStream random(1, "collapse");
  for (int i = 0; i < 200; ++i) rows.push_back(random.Normal());
  rows[100] = 1000;  // alone: its own regime has no variance
  const Observations x = *Observations::Create(rows, 1);
  FitOptions options;
  options.shape = CovarianceShape::kDiagonal;
  options.em.floor = 1e-4;
  const FeatureScale scale = ScaleOf(x);
  const Fit fit = *FitHmm(x, options);
  ASSERT_TRUE(fit.model.Validate().ok()) << fit.model.Validate();
  EXPECT_GT(fit.floored, 0u);
  for (std::size_t k = 0; k < 2; ++k)
    EXPECT_GE(fit.model.Covariance(k)[0], 0.49e-4 * scale.deviation[0] * scale.deviation[0]);
}

TEST(FitTest, ForbiddenMovesStayForbidden) {
  const World world = DrawWorld(CalmAndWild(4, 40), 1000, 9);
  const Observations x = *Observations::Create(world.rows, 1);
  FitOptions options;
  options.shape = CovarianceShape::kDiagonal;
  options.allowed = {true, true, false, true};
  const Fit fit = *FitHmm(x, options);
  EXPECT_EQ(fit.model.Transition(1, 0), 0);
  EXPECT_EQ(fit.model.Transition(1, 1), 1);
  options.allowed = {true, true, false, false};
  EXPECT_EQ(FitHmm(x, options).status().message(), "no move is allowed from regime 1");
}

TEST(FitTest, ErrorsNameWhatWasFound) {
  const std::vector<double> constant(100, 0.1);
  const Observations x = *Observations::Create(constant, 1);
  EXPECT_EQ(FitHmm(x, {}).status().message(), "feature 0 is constant (0.1)");
  const Observations few = *Observations::Create(std::vector<double>{1, 2, 3}, 1);
  EXPECT_EQ(FitHmm(few, {}).status().message(),
            "3 rows for 8 parameters: 2 regimes of 1 features need at least 16 rows");
}

TEST(LabelsTest, ARefitKeepsTheNumbersOfItsPredecessor) {
  const GaussianHmm before = RandomModel(CovarianceShape::kFull, 5, 3, 31);
  const std::vector<std::size_t> shuffle = {3, 0, 4, 1, 2};
  GaussianHmm after = Reordered(before, shuffle);
  for (double& mean : after.mean) mean += 0.01;
  const GaussianHmm matched = Reordered(after, MatchRegimes(before, after));
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(matched.Mean(k)[0], before.Mean(k)[0] + 0.01, 1e-12) << k;
    EXPECT_EQ(matched.Transition(k, 2), before.Transition(k, 2)) << k;
  }
}

TEST(LabelsTest, NumbersOfAFreshFitDoNotDependOnTheSeed) {
  const World world = DrawWorld(CalmAndWild(4, 60), 3000, 10);
  const Observations x = *Observations::Create(world.rows, 1);
  FitOptions options;
  options.shape = CovarianceShape::kDiagonal;
  for (options.seed = 1; options.seed < 6; ++options.seed) {
    const Fit fit = *FitHmm(x, options);
    EXPECT_LT(fit.model.Covariance(0)[0], fit.model.Covariance(1)[0]) << options.seed;
  }
}

TEST(LabelsTest, AssignmentIsTheCheapestOfAll) {
  RandomStream random(4, "assignment");
  for (int round = 0; round < 50; ++round) {
    const std::size_t n = 1 + random.UniformBelow(6);
    std::vector<double> cost(n * n);
    for (double& c : cost) c = random.Uniform01();
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    double cheapest = 1e300;
    do {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += cost[i * n + order[i]];
      cheapest = std::min(cheapest, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    const std::vector<std::size_t> found = LeastCostAssignment(cost, n);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += cost[i * n + found[i]];
    EXPECT_NEAR(sum, cheapest, 1e-12);
  }
}

TEST(LabelsTest, HellingerDistanceHasItsClosedFormInOneDimension) {
  GaussianHmm model = EmptyModel(CovarianceShape::kFull, 2, 1);
  model.mean = {0, 3};
  model.covariance = {1, 4};
  const double affinity = Sqrt(2 * 1 * 2.0 / (1 + 4)) * Exp(-0.25 * 9 / 5);
  EXPECT_NEAR(HellingerDistance(model, 0, model, 1), Sqrt(1 - affinity), 1e-14);
  EXPECT_EQ(HellingerDistance(model, 0, model, 0), 0);
}

}  // namespace
}  // namespace crucible::regime
