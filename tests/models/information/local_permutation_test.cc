#include "framework/models/information/local_permutation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace crucible::information {
namespace {

struct Triplet {
  std::vector<double> x, y;
  std::vector<std::vector<double>> z;
};

// X and Y share Z; with `coupling` Y also depends on X, nonlinearly.
Triplet Make(std::size_t n, double coupling, std::uint64_t seed) {
  RandomStream stream(seed, "triplet");
  Triplet t{std::vector<double>(n), std::vector<double>(n), {std::vector<double>(n)}};
  for (std::size_t i = 0; i < n; ++i) {
    t.z[0][i] = stream.Normal();
    t.x[i] = t.z[0][i] + stream.Normal();
    t.y[i] = t.z[0][i] * t.z[0][i] + coupling * t.x[i] * t.x[i] + stream.Normal();
  }
  return t;
}

PermutationResult Judge(const Triplet& t, double alpha, std::uint64_t seed) {
  const ConditionalInformation estimator(t.x, t.y, t.z, t.x.size() / 10, Scaling::kRanks);
  PermutationOptions options;
  options.draws = 199;
  options.alpha = alpha;
  return TestByPermutation(estimator, t.x, options, RandomStream(seed, "test"));
}

TEST(LocalPermutationTest, StoppingEarlyNeverChangesTheDecision) {
  std::size_t draws = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Triplet t = Make(120, seed % 3 == 0 ? 0.5 : 0.0, seed);
    const PermutationResult all = Judge(t, 0, seed), early = Judge(t, 0.05, seed);
    EXPECT_EQ(all.p <= 0.05, early.p <= 0.05) << seed;
    EXPECT_EQ(all.draws, 199U);
    draws += early.draws;
  }
  EXPECT_LT(draws, 30U * 199 * 2 / 3);
}

TEST(LocalPermutationTest, RejectsTheNullAsOftenAsItsLevelSays) {
  int rejected = 0;
  for (std::uint64_t seed = 100; seed < 300; ++seed)
    rejected += Judge(Make(80, 0, seed), 0.1, seed).p <= 0.1 ? 1 : 0;
  // Binomial(200, 0.1) lies in 9 .. 34 with probability 0.999.
  EXPECT_GE(rejected, 9);
  EXPECT_LE(rejected, 34);
}

TEST(LocalPermutationTest, FindsANonlinearCoupling) { EXPECT_LE(Judge(Make(300, 0.8, 5), 0.05, 5).p, 0.05); }

TEST(LocalPermutationTest, BlocksAreLongerForSlowerSeries) {
  RandomStream stream(1, "blocks");
  std::vector<double> fast(1000), slow(1000);
  double level = 0;
  for (std::size_t i = 0; i < fast.size(); ++i) {
    fast[i] = stream.Normal();
    slow[i] = level = 0.95 * level + stream.Normal();
  }
  EXPECT_LE(BlockRowsFor(fast), 3U);
  EXPECT_GE(BlockRowsFor(slow), 40U);
  EXPECT_LE(BlockRowsFor(slow), 250U);
}

TEST(LocalPermutationTest, ShufflingBlocksKeepsEveryRowOnce) {
  RandomStream stream(2, "blocks");
  std::vector<std::uint32_t> order;
  for (const std::size_t block_rows : std::vector<std::size_t>{1, 7, 50, 101}) {
    ShuffleBlocks(101, block_rows, stream, order);
    std::vector<std::uint32_t> sorted = order;
    std::ranges::sort(sorted);
    for (std::uint32_t i = 0; i < 101; ++i) EXPECT_EQ(sorted[i], i);
  }
}

}  // namespace
}  // namespace crucible::information
