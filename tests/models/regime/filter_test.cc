#include "framework/models/regime/filter.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "framework/models/regime/viterbi.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

// What looked ahead cannot become what did not, by any conversion, and nobody but a filter makes a Filtered.
static_assert(!std::is_convertible_v<Smoothed<RegimeDistribution>, Filtered<RegimeDistribution>>);
static_assert(!std::is_constructible_v<Filtered<RegimeDistribution>, Smoothed<RegimeDistribution>>);
static_assert(!std::is_constructible_v<Filtered<RegimeDistribution>, RegimeDistribution>);
static_assert(!std::is_default_constructible_v<FilterKey>);
static_assert(!std::is_convertible_v<Smoothed<RegimePath>, RegimePath>);

TEST(HmmFilterTest, TruncatingTheRowsChangesNoFilteredValue) {
  const GaussianHmm model = RandomModel(CovarianceShape::kFull, 4, 3, 3);
  const World world = DrawWorld(model, 500, 3);
  const auto run = [&](std::size_t rows, std::vector<double> later) {
    HmmFilter filter(model);
    std::vector<double> trace;
    std::vector<double> data(world.rows.begin(), world.rows.begin() + static_cast<std::ptrdiff_t>(3 * rows));
    data.insert(data.end(), later.begin(), later.end());
    for (std::size_t t = 0; t < rows; ++t) {
      const RegimeState& now = filter.Update({data.data() + 3 * t, 3}).value();
      trace.insert(trace.end(), now.probability.begin(), now.probability.end());
      trace.push_back(now.log_score);
      for (const double p : filter.Predict(5).value()) trace.push_back(p);
    }
    return trace;
  };
  const std::vector<double> all = run(500, {});
  for (const std::size_t cut : {1u, 100u, 333u}) {
    const std::vector<double> some = run(cut, {99, 99, 99});
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << cut;
  }
}

TEST(HmmFilterTest, PredictionConvergesToTheStationaryShares) {
  const GaussianHmm model = RandomModel(CovarianceShape::kFull, 3, 1, 8);
  HmmFilter filter(model);
  filter.Update(std::vector<double>{0.4});
  const std::vector<double> far = filter.Predict(2000).value(), shares = StationaryDistribution(model);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(far[k], shares[k], 1e-9);
}

TEST(HmmFilterTest, ASkippedRowMovesTheChainOneStep) {
  const GaussianHmm model = RandomModel(CovarianceShape::kFull, 3, 1, 8);
  HmmFilter filter(model), skipping(model);
  EXPECT_EQ(filter.Predict(1).value(), model.start);
  filter.Update(std::vector<double>{0.4});
  skipping.Update(std::vector<double>{0.4});
  skipping.Skip();
  EXPECT_EQ(skipping.state()->probability, filter.Predict(1).value());
  EXPECT_EQ(skipping.state()->rows, 2u);
}

}  // namespace
}  // namespace crucible::regime
