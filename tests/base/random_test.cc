#include "framework/base/random.h"

#include <gtest/gtest.h>

#include <boost/random/uniform_int_distribution.hpp>
#include <vector>

#include "framework/base/math.h"

namespace crucible {
namespace {

using Block = std::array<std::uint32_t, 4>;

TEST(PhiloxTest, GivesTheKnownAnswersOfItsAuthors) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

std::vector<std::uint64_t> Draws(RandomStream stream, int count) {
  std::vector<std::uint64_t> draws;
  for (int i = 0; i < count; ++i) draws.push_back(stream());
  return draws;
}

TEST(RandomStreamTest, TheSameSeedAndNameGiveTheSameDraws) {
  EXPECT_EQ(Draws(Random(42).Stream("latency/venue-a"), 100),
            Draws(Random(42).Stream("latency/venue-a"), 100));
}

TEST(RandomStreamTest, DrawsNeverChange) {
  EXPECT_EQ(
      Draws(Random(42).Stream("latency/venue-a"), 3),
      (std::vector<std::uint64_t>{6440174773705110624ull, 14826626776531157032ull, 5688627442086117499ull}));
}

TEST(RandomStreamTest, AnotherSeedOrNameGivesOtherDraws) {
  const auto draws = Draws(Random(42).Stream("latency/venue-a"), 10);
  EXPECT_NE(draws, Draws(Random(43).Stream("latency/venue-a"), 10));
  EXPECT_NE(draws, Draws(Random(42).Stream("latency/venue-b"), 10));
}

TEST(RandomStreamTest, SeekingToAPositionContinuesThere) {
  RandomStream stream(9, "seek");
  for (int taken = 0; taken < 20; ++taken) {
    RandomStream restored(9, "seek");
    restored.Seek(stream.position());
    EXPECT_EQ(Draws(restored, 5), Draws(stream, 5)) << "after " << taken;
    stream();
  }
}

TEST(RandomStreamTest, HashFollowsThePosition) {
  RandomStream stream(9, "hash");
  const auto hash = [&] {
    StateHasher hasher;
    stream.Hash(hasher);
    return hasher.value();
  };
  const Hash128 before = hash();
  stream();
  EXPECT_NE(hash(), before);
  stream.Seek(0);
  EXPECT_EQ(hash(), before);
}

TEST(RandomStreamTest, ServesBoostsDistributions) {
  RandomStream stream(9, "boost");
  boost::random::uniform_int_distribution<int> die(1, 6);
  std::array<int, 7> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen[static_cast<std::size_t>(die(stream))];
  for (std::size_t face = 1; face <= 6; ++face) EXPECT_NEAR(seen[face], 10'000, 500);
}

struct Moments {
  double mean = 0, variance = 0;
};
template <class Draw>
Moments Estimate(Draw draw) {
  constexpr int kDraws = 400'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, squares / kDraws - mean * mean};
}

TEST(RandomStreamTest, DistributionsHaveTheirMoments) {
  RandomStream stream(5, "moments");
  const Moments uniform = Estimate([&] { return stream.Uniform01(); });
  EXPECT_NEAR(uniform.mean, 0.5, 0.002);
  EXPECT_NEAR(uniform.variance, 1.0 / 12, 0.001);
  const Moments exponential = Estimate([&] { return stream.Exponential(); });
  EXPECT_NEAR(exponential.mean, 1, 0.008);
  EXPECT_NEAR(exponential.variance, 1, 0.03);
  const Moments normal = Estimate([&] { return stream.Normal(); });
  EXPECT_NEAR(normal.mean, 0, 0.008);
  EXPECT_NEAR(normal.variance, 1, 0.012);
}

TEST(RandomStreamTest, EachDistributionTakesOneDraw) {
  RandomStream stream(5, "one-draw");
  stream.Uniform01();
  stream.UniformOpen();
  stream.Exponential();
  stream.Normal();
  EXPECT_EQ(stream.position(), 4u);
}

TEST(NormalQuantileTest, InvertsTheNormalDistribution) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_EQ(NormalQuantile(0.5), 0);
  for (double p = 1e-300; p < 0.999; p = p < 0.01 ? p * 3 : p + 0.001) {
    const double back = Erfc(-NormalQuantile(p) / Sqrt(2)) / 2;
    ASSERT_NEAR(back / p, 1, 1e-12) << p;
  }
}

}  // namespace
}  // namespace crucible
