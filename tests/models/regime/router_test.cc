#include "framework/models/regime/router.h"

#include <gtest/gtest.h>

#include <concepts>

#include "framework/models/regime/filter.h"
#include "framework/models/regime/forecast_score.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

// What looked ahead does not get into a router.
template <typename T>
concept Routes = requires(Router router, T forecast) { router.Decide(forecast); };
static_assert(Routes<Filtered<RegimeForecast>>);
static_assert(!Routes<Smoothed<RegimeForecast>>);
static_assert(!Routes<RegimeForecast>);

// Forecasts of a filter over planted rows.
std::vector<ModelSwap> RouteAll(RouterOptions options, const GaussianHmm& model,
                                const std::vector<double>& rows,
                                std::vector<std::size_t>* model_by_row = nullptr) {
  Router router = *Router::Create(std::move(options), model.regimes);
  HmmFilter filter(model);
  Filtered<RegimeForecast> forecast = NoForecast();
  std::vector<ModelSwap> swaps;
  for (const double x : rows) {
    if (model_by_row != nullptr) model_by_row->push_back(router.active());
    filter.Update({&x, 1});
    filter.Forecast(router.options().horizon, forecast);
    if (const auto swap = router.Decide(forecast)) swaps.push_back(*swap);
  }
  return swaps;
}

TEST(RouterTest, SwapsToTheModelOfTheRegimeThatIsForecast) {
  const GaussianHmm model = CalmAndWild(4, 100);
  std::vector<double> rows(40, 0.5);
  rows.insert(rows.end(), 20, 8.0);
  const std::vector<ModelSwap> swaps = RouteAll(Router::OneModelPerRegime(2), model, rows);
  ASSERT_EQ(swaps.size(), 1u);
  EXPECT_EQ(swaps[0].from, 0u);
  EXPECT_EQ(swaps[0].to, 1u);
  EXPECT_EQ(swaps[0].row, 41u);
  EXPECT_GT(swaps[0].advantage, 1.5);
}

TEST(RouterTest, ADearerSwapHappensLessOften) {
  const GaussianHmm model = CalmAndWild(2.5, 20);
  const World world = DrawWorld(model, 3000, 6);
  std::size_t before = SIZE_MAX;
  for (const double cost : {0.0, 1.0, 2.5, 5.0}) {
    RouterOptions options = Router::OneModelPerRegime(2);
    options.swap_cost = cost;
    const std::size_t swaps = RouteAll(options, model, world.rows).size();
    EXPECT_LT(swaps, before) << cost;
    before = swaps;
  }
  EXPECT_EQ(before, 0u);  // five rows ahead can never be worth more than five
}

TEST(RouterTest, HysteresisKeepsEvenOddsFromSwappingToAndFro) {
  // Regimes that cannot be told apart: the forecast hovers around one half.
  GaussianHmm model = CalmAndWild(1.05, 3);
  const World world = DrawWorld(model, 2000, 7);
  RouterOptions options = Router::OneModelPerRegime(2);
  options.swap_cost = 0;
  options.margin = 0;
  EXPECT_GT(RouteAll(options, model, world.rows).size(), 100u);
  options.margin = 0.5;
  EXPECT_EQ(RouteAll(options, model, world.rows).size(), 0u);
}

TEST(RouterTest, ALeastStayHoldsTheNextSwapBack) {
  const GaussianHmm model = CalmAndWild(4, 10);
  const World world = DrawWorld(model, 2000, 8);
  RouterOptions options = Router::OneModelPerRegime(2);
  options.swap_cost = 0;
  options.least_stay = 30;
  const std::vector<ModelSwap> swaps = RouteAll(options, model, world.rows);
  ASSERT_GT(swaps.size(), 10u);
  for (std::size_t i = 1; i < swaps.size(); ++i) EXPECT_GE(swaps[i].row - swaps[i - 1].row, 30u);
}

TEST(RouterTest, TruncatingTheRowsChangesNoSwap) {
  const GaussianHmm model = CalmAndWild(3, 25);
  const World world = DrawWorld(model, 1000, 9);
  const std::vector<ModelSwap> all = RouteAll(Router::OneModelPerRegime(2), model, world.rows);
  for (const std::size_t cut : {137u, 500u}) {
    const std::vector<ModelSwap> some =
        RouteAll(Router::OneModelPerRegime(2), model,
                 {world.rows.begin(), world.rows.begin() + static_cast<std::ptrdiff_t>(cut)});
    ASSERT_LE(some.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(i < some.size(), all[i].row <= cut);
      if (i < some.size()) {
        EXPECT_EQ(some[i].advantage, all[i].advantage);
      }
    }
  }
}

TEST(RouterTest, ErrorsNameWhatIsWrong) {
  RouterOptions options = Router::OneModelPerRegime(2);
  EXPECT_EQ(Router::Create(options, 3).status().message(),
            "worth has 4 entries, expected 2 models x 3 regimes");
  options.swap_cost = -1;
  EXPECT_EQ(Router::Create(options, 2).status().message(),
            "swap cost -1 and margin 0.5: neither may be negative");
}

TEST(ForecastScoreTest, TheTruthBeatsEveryBaselineOnPlantedRegimes) {
  const GaussianHmm model = CalmAndWild(4, 50);
  const World world = DrawWorld(model, 8000, 11);
  const Observations x = *Observations::Create(world.rows, 1);
  HmmFilter filter(model);
  const std::vector<HorizonScores> scores = ScoreForecasts(filter, x, 3000, 0, 10);
  for (const HorizonScores& at : scores) {
    for (std::size_t f = 1; f < kForecasters; ++f) {
      EXPECT_GT(at.gain[f].mean, -1e-4) << at.horizon << " " << kForecasterNames[f];
    }
    EXPECT_GT(at.gain[3].mean, at.gain[3].half_width) << at.horizon;
  }
  EXPECT_GT(scores[9].gain[1].mean, 0.02);  // persistence is wrong ten rows on
}

TEST(ForecastScoreTest, OnOneRegimeNothingIsGainedOverOneGaussian) {
  const World world = DrawWorld(CalmAndWild(1, 50), 8000, 12);
  const Observations x = *Observations::Create(world.rows, 1);
  HmmFilter filter(CalmAndWild(2, 50));  // a model that sees regimes where none are
  const std::vector<HorizonScores> scores = ScoreForecasts(filter, x, 3000, 0, 2);
  EXPECT_LT(scores[0].gain[3].mean, 0);
}

TEST(ForecastScoreTest, TheIntervalCoversTheMeanOfDependentValues) {
  std::size_t covered = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed, "ar");
    std::vector<double> values;
    double x = 0;
    for (int t = 0; t < 10'000; ++t) values.push_back(x = 0.8 * x + random.Normal());
    const MeanScore score = MeanByBatches(values);
    covered += std::abs(score.mean) <= score.half_width ? 1u : 0u;
  }
  EXPECT_GE(covered, 180u);
  EXPECT_LE(covered, 198u);
}

TEST(ForecastScoreTest, SwapsAreCountedAheadLateAndMissed) {
  //                                       0  1  2  3  4  5  6  7  8  9
  const std::vector<std::size_t> regime = {0, 0, 0, 0, 1, 1, 1, 0, 0, 1};
  const std::vector<std::size_t> active = {0, 0, 0, 1, 1, 1, 1, 1, 0, 0};
  const SwapTiming timing = TimeSwaps(ChangesOf(regime, 0), regime, active, 0);
  EXPECT_EQ(timing.changes, 3u);
  EXPECT_EQ(timing.ahead, 1u);   // row 3 for the change at 4
  EXPECT_EQ(timing.late, 1u);    // row 8 for the change at 7
  EXPECT_EQ(timing.missed, 1u);  // never for the change at 9
  EXPECT_EQ(timing.swaps, 2u);
  EXPECT_EQ(timing.mean_lead, 0);
  EXPECT_NEAR(timing.rows_in_place, 0.7, 1e-12);
}

TEST(ForecastScoreTest, ARouterThatNeverSwapsIsNeverAhead) {
  const std::vector<std::size_t> regime = {0, 0, 1, 1, 0, 0, 1, 1, 0, 0};
  const SwapTiming timing = TimeSwaps(ChangesOf(regime, 0), regime, std::vector<std::size_t>(10, 1), 0);
  EXPECT_EQ(timing.ahead, 0u);
  EXPECT_EQ(timing.stayed, 2u);
  EXPECT_EQ(timing.missed, 2u);
}

}  // namespace
}  // namespace crucible::regime
