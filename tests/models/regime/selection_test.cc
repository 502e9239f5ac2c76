#include "framework/models/regime/selection.h"

#include <gtest/gtest.h>

#include "framework/models/regime/filter.h"
#include "framework/models/stats/intervals.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

TEST(SelectionTest, OneRegimeIsChosenWhereThereIsOne) {
  ChoiceOptions options;
  options.most_regimes = 2;
  options.held_out_share = 0;
  options.fit.shape = CovarianceShape::kDiagonal;
  options.fit.starts = 4;
  options.fit.em.max_iterations = 60;
  std::size_t more = 0;
  constexpr std::size_t kWorlds = 60;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const World world = DrawWorld(CalmAndWild(1, 50), 500, seed);
    const Choice choice = *ChooseRegimes(*Observations::Create(world.rows, 1), options);
    more += choice.by_bic > 0 ? 1u : 0u;
  }
  // The stated rate is 5 %; the chance of more than 8 of 60 is below 1 % then.
  EXPECT_LE(more, 8u);
}

TEST(SelectionTest, ThePlantedNumberIsChosen) {
  GaussianHmm model = EmptyModel(CovarianceShape::kDiagonal, 3, 2);
  model.start = {1, 0, 0};
  model.transition = {0.97, 0.02, 0.01, 0.02, 0.96, 0.02, 0.01, 0.03, 0.96};
  model.mean = {0, 0, 0, 0, 0.5, -0.5};
  model.covariance = {1, 0, 0, 1, 9, 0, 0, 4, 40, 0, 0, 30};
  const World world = DrawWorld(model, 3000, 4);
  ChoiceOptions options;
  options.most_regimes = 4;
  options.fit.shape = CovarianceShape::kDiagonal;
  options.fit.starts = 4;
  const Choice choice = *ChooseRegimes(*Observations::Create(world.rows, 2), options);
  EXPECT_EQ(choice.candidates[choice.by_bic].regimes, 3u);
  EXPECT_GE(choice.candidates[choice.by_held_out].regimes, 3u);
  EXPECT_GT(choice.candidates[2].shortest_stay, 15);
  EXPECT_EQ(choice.candidates[2].parameters, 2u + 6u + 6u + 6u);
}

TEST(SelectionTest, FatTailsWithoutPersistenceShowAsShortStays) {
  RandomStream random(5, "fat");
  std::vector<double> rows;
  for (int t = 0; t < 3000; ++t) rows.push_back(random.Normal() * (random.Uniform01() < 0.1 ? 4 : 1));
  ChoiceOptions options;
  options.most_regimes = 2;
  options.held_out_share = 0;
  options.fit.shape = CovarianceShape::kDiagonal;
  const Choice choice = *ChooseRegimes(*Observations::Create(rows, 1), options);
  EXPECT_EQ(choice.candidates[choice.by_bic].regimes, 2u);
  EXPECT_LT(choice.candidates[1].shortest_stay, 2);
}

}  // namespace
}  // namespace crucible::regime
