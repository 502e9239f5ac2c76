#include <gtest/gtest.h>

#include "framework/models/regime/filter.h"
#include "framework/models/regime/forward_backward.h"
#include "framework/models/regime/hsmm.h"
#include "framework/models/regime/selection.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

Hsmm RandomDurations(std::size_t regimes, std::size_t ages, std::uint64_t seed) {
  Hsmm model = FromHmm(RandomModel(CovarianceShape::kDiagonal, regimes, 1, seed), ages);
  RandomStream random(seed, "hazards");
  for (double& h : model.hazard) h = 0.02 + 0.5 * random.Uniform01();
  return model;
}

// The hidden Markov model over (regime, age).
GaussianHmm Expanded(const Hsmm& model) {
  const std::size_t k = model.emissions.regimes, ages = model.ages;
  GaussianHmm big = EmptyModel(CovarianceShape::kDiagonal, k * ages, 1);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t a = 0; a < ages; ++a) {
      const std::size_t state = i * ages + a;
      const double h = model.hazard[state];
      big.start[state] = a == 0 ? model.emissions.start[i] : 0;
      big.mean[state] = model.emissions.mean[i];
      big.covariance[state] = model.emissions.covariance[i];
      big.Transition(state, i * ages + std::min(a + 1, ages - 1)) += 1 - h;
      for (std::size_t j = 0; j < k; ++j)
        big.Transition(state, j * ages) += h * model.emissions.Transition(i, j);
    }
  }
  return big;
}

TEST(HsmmTest, FilterAndForecastAreThoseOfTheChainOverRegimeAndAge) {
  for (const std::size_t ages : {1u, 2u, 7u}) {
    const Hsmm model = RandomDurations(3, ages, ages);
    ASSERT_TRUE(model.Validate().ok()) << model.Validate();
    const GaussianHmm big = Expanded(model);
    ASSERT_TRUE(big.Validate().ok()) << big.Validate();
    const World world = DrawWorld(big, 700, 4);
    HsmmFilter filter(model);
    HmmFilter twin(big);
    Filtered<RegimeForecast> forecast = NoForecast(), far = NoForecast();
    for (const double x : world.rows) {
      const RegimeState& now = filter.Update({&x, 1}).value();
      const RegimeState& expected = twin.Update({&x, 1}).value();
      EXPECT_NEAR(now.log_score, expected.log_score, 1e-9);
      filter.Forecast(4, forecast);
      twin.Forecast(4, far);
      for (std::size_t k = 0; k < 3; ++k) {
        double sum = 0, ahead = 0;
        for (std::size_t a = 0; a < ages; ++a) {
          sum += expected.probability[k * ages + a];
          ahead += far->Ahead(4)[k * ages + a];
        }
        EXPECT_NEAR(now.probability[k], sum, 1e-10);
        EXPECT_NEAR(forecast->Ahead(4)[k], ahead, 1e-10);
      }
    }
  }
}

TEST(HsmmTest, AConstantHazardIsAHiddenMarkovModel) {
  const GaussianHmm hmm = CalmAndWild(3, 25);
  const World world = DrawWorld(hmm, 1000, 6);
  const Observations x = *Observations::Create(world.rows, 1);
  HsmmFilter filter(FromHmm(hmm, 13));
  double sum = 0;
  for (const double row : world.rows) sum += filter.Update({&row, 1})->log_score;
  EXPECT_NEAR(sum, ForwardBackward(x, 2).LogLikelihood(hmm), 1e-8);
}

TEST(HsmmTest, EstimationRaisesTheLikelihoodAndCrossesBlocksAndSequences) {
  const Hsmm truth = RandomDurations(2, 9, 12);
  const World world = DrawWorld(Expanded(truth), 1200, 12);
  HsmmOptions options;
  options.ages = 9;
  options.hazard_prior_rows = 0;
  options.em.max_iterations = 25;
  options.em.tolerance = -1e300;
  options.em.floor = 0;
  for (const std::vector<std::size_t>& lengths :
       {std::vector<std::size_t>{1200}, std::vector<std::size_t>{256, 700, 244}}) {
    const Observations x = *Observations::Create(world.rows, 1, lengths);
    GaussianHmm start = truth.emissions;
    start.transition = {0.8, 0.2, 0.2, 0.8};
    const HsmmFit fit = FitHsmm(start, x, options);
    for (std::size_t i = 1; i < fit.history.size(); ++i)
      EXPECT_GE(fit.history[i], fit.history[i - 1] - 1e-7) << i;
    EXPECT_NEAR(fit.history[0], ForwardBackward(x, 2).LogLikelihood(start), 1e-7);
    EXPECT_TRUE(fit.model.Validate().ok()) << fit.model.Validate();
  }
}

// Regimes that last 15 to 25 rows: a Markov chain cannot say that an end is near, ages can.
World DrawFixedStays(std::size_t rows, std::uint64_t seed) {
  RandomStream random(seed, "stays");
  World world;
  std::size_t regime = 0, left = 0;
  for (std::size_t t = 0; t < rows; ++t) {
    if (left == 0) {
      regime = 1 - regime;
      left = 15 + random.UniformBelow(11);
    }
    --left;
    world.regime.push_back(regime);
    world.rows.push_back((regime == 0 ? 1.0 : 4.0) * random.Normal());
  }
  return world;
}

TEST(HsmmTest, PlantedDurationsAreRecoveredAndScoreBetterThanAMarkovChain) {
  const World world = DrawFixedStays(8000, 5);
  const Observations x = *Observations::Create(world.rows, 1);
  const Observations past = x.Slice(0, 6000);
  FitOptions options;
  options.shape = CovarianceShape::kDiagonal;
  const Fit hmm = *FitHmm(past, options);
  HsmmOptions explicit_options;
  explicit_options.ages = 40;
  const HsmmFit hsmm = FitHsmm(hmm.model, past, explicit_options);
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_NEAR(hsmm.model.MeanDuration(k), 20, 1.5) << k;
    const double* h = hsmm.model.hazard.data() + k * 40;
    EXPECT_LT(h[5], 0.02) << k;
    EXPECT_GT(h[21], 0.1) << k;
  }
  HsmmFilter with_ages(hsmm.model);
  HmmFilter without(hmm.model);
  EXPECT_GT(MeanLogScore(with_ages, x, 6000), MeanLogScore(without, x, 6000) + 0.02);
}

TEST(HsmmTest, TruncatingTheRowsChangesNoFilteredValue) {
  const Hsmm model = RandomDurations(3, 20, 2);
  const World world = DrawFixedStays(300, 5);
  HsmmFilter all(model), some(model);
  Filtered<RegimeForecast> a = NoForecast(), b = NoForecast();
  for (std::size_t t = 0; t < 200; ++t) {
    all.Update({&world.rows[t], 1});
    some.Update({&world.rows[t], 1});
    if (t % 3 == 0) some.Forecast(50, b);  // looking ahead leaves no trace
  }
  EXPECT_EQ(all.state()->probability, some.state()->probability);
  all.Forecast(5, a);
  some.Forecast(5, b);
  EXPECT_EQ(a->probability, b->probability);
}

}  // namespace
}  // namespace crucible::regime
