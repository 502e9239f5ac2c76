#include "framework/models/regime/forward_backward.h"

#include <gtest/gtest.h>

#include "framework/models/regime/filter.h"
#include "tests/models/regime/planted.h"

namespace crucible::regime {
namespace {

// Sizes on both sides of what is compiled unrolled, lengths on both sides of a block's end.
struct Size {
  CovarianceShape shape;
  std::size_t regimes, features;
  std::vector<std::size_t> lengths;
  bool forbid;
};

class TwinTest : public testing::TestWithParam<std::size_t> {
 protected:
  static Size SizeOf(std::size_t i) {
    const CovarianceShape shape = static_cast<CovarianceShape>(i % 4);
    static const std::vector<std::vector<std::size_t>> kLengths = {{1},   {2, 1, 300}, {255},
                                                                   {256}, {257, 3},    {513}};
    return {shape, 1 + i % 11, 1 + (i * 5) % 8, kLengths[i % kLengths.size()], i % 3 == 0};
  }
};

TEST_P(TwinTest, EverySumIsThatOfPlainLogarithms) {
  const Size size = SizeOf(GetParam());
  const GaussianHmm model = RandomModel(size.shape, size.regimes, size.features, GetParam(), size.forbid);
  ASSERT_TRUE(model.Validate().ok()) << model.Validate();
  std::size_t rows = 0;
  for (const std::size_t length : size.lengths) rows += length;
  World world = DrawWorld(model, rows, GetParam());
  // Outliers far beyond what an exponential can hold.
  for (std::size_t i = 0; i < world.rows.size(); i += 97) world.rows[i] += 60;
  const Observations x = *Observations::Create(world.rows, size.features, size.lengths);
  const LogDomainTwin twin = RunTwin(model, x);
  ForwardBackward passes(x, model.regimes);
  const Expectation e = passes.Expect(model);
  EXPECT_NEAR(e.log_likelihood, twin.log_likelihood, 1e-10 * std::abs(twin.log_likelihood));
  EXPECT_EQ(e.log_likelihood, passes.LogLikelihood(model));
  const std::vector<double> smoothed = passes.Smooth(model).in_hindsight();
  HmmFilter filter(model);
  const std::size_t d = size.features, k = size.regimes;
  std::vector<double> row(d), weight(k), first(k * d), second(k * d * d);
  for (std::size_t t = 0, s = 0; t < rows; ++t) {
    if (s < x.sequences() && t == x.Start(s)) filter.Reset(), ++s;
    x.CopyRow(t, row.data());
    const RegimeState& now = filter.Update(row).value();
    for (std::size_t j = 0; j < k; ++j) {
      const double p = twin.smoothed[t * k + j];
      EXPECT_NEAR(smoothed[t * k + j], p, 1e-8) << t;
      EXPECT_NEAR(now.probability[j], twin.filtered[t * k + j], 1e-8) << t;
      weight[j] += p;
      for (std::size_t a = 0; a < d; ++a) {
        first[j * d + a] += p * (row[a] - model.Mean(j)[a]);
        for (std::size_t b = 0; b <= a; ++b)
          second[(j * d + a) * d + b] += p * (row[a] - model.Mean(j)[a]) * (row[b] - model.Mean(j)[b]);
      }
    }
  }
  for (std::size_t j = 0; j < k; ++j) {
    EXPECT_NEAR(e.moments.Weight(j), weight[j], 1e-7);
    for (std::size_t i = 0; i < k; ++i) EXPECT_NEAR(e.transition[i * k + j], twin.moves[i * k + j], 1e-7);
    for (std::size_t a = 0; a < d; ++a) {
      EXPECT_NEAR(e.moments.First(j)[a], first[j * d + a], 1e-6);
      for (std::size_t b = e.moments.diagonal() ? a : 0; b <= a; ++b)
        EXPECT_NEAR(e.moments.Second(j, a, b), second[(j * d + a) * d + b], 1e-4);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, TwinTest, testing::Range(std::size_t{0}, std::size_t{66}));

TEST(ForwardBackwardTest, ARowThatOnlyAForbiddenRegimeExplainsKeepsAFiniteLikelihood) {
  // From regime 0 the chain never leaves; the row at 60 is 60 deviations away from it, and on top of
  // regime 1.
  GaussianHmm model = EmptyModel(CovarianceShape::kDiagonal, 2, 1);
  model.start = {1, 0};
  model.transition = {1, 0, 0, 1};
  model.mean = {0, 60};
  model.covariance = {1, 1};
  const std::vector<double> rows = {0.1, -0.3, 60, 0.2};
  const Observations x = *Observations::Create(rows, 1);
  ForwardBackward passes(x, 2);
  EXPECT_NEAR(passes.LogLikelihood(model), RunTwin(model, x).log_likelihood, 1e-9);
  for (std::size_t t = 0; t < 4; ++t) EXPECT_EQ(passes.Smooth(model).in_hindsight()[2 * t], 1) << t;
  const Expectation e = passes.Expect(model);
  EXPECT_EQ(e.transition[1], 0);
  EXPECT_NEAR(e.transition[0], 3, 1e-12);
}

TEST(ForwardBackwardTest, TheSumsDoNotDependOnTheNumberOfThreads) {
  const GaussianHmm model = RandomModel(CovarianceShape::kFull, 3, 2, 5);
  const World world = DrawWorld(model, 3000, 5);
  const Observations x =
      *Observations::Create(world.rows, 2, std::vector<std::size_t>{700, 1, 999, 600, 700});
  ForwardBackward passes(x, 3);
  const Expectation alone = passes.Expect(model);
  for (const std::size_t threads : {1u, 2u, 3u}) {
    TaskPool pool(threads);
    const Expectation e = passes.Expect(model, &pool);
    EXPECT_EQ(e.log_likelihood, alone.log_likelihood);
    EXPECT_EQ(e.start, alone.start);
    EXPECT_EQ(e.transition, alone.transition);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(e.moments.Second(k, 1, 0), alone.moments.Second(k, 1, 0));
  }
}

TEST(ForwardBackwardTest, GivesTheStoredBits) {
  // Equal with both compilers and at every level of optimisation: a sum that changed its order shows here.
  const GaussianHmm model = RandomModel(CovarianceShape::kFull, 4, 4, 7);
  const World world = DrawWorld(model, 2000, 7);
  const Observations x = *Observations::Create(world.rows, 4);
  const Expectation e = ForwardBackward(x, 4).Expect(model);
  StateHasher hasher;
  hasher.Add(e.log_likelihood);
  for (const double v : e.transition) hasher.Add(v);
  for (std::size_t k = 0; k < 4; ++k) {
    hasher.Add(e.moments.Weight(k));
    for (std::size_t i = 0; i < 4; ++i) {
      hasher.Add(e.moments.First(k)[i]);
      for (std::size_t j = 0; j <= i; ++j) hasher.Add(e.moments.Second(k, i, j));
    }
  }
  EXPECT_EQ(ToHex(hasher.value()), "27b11bf6c7679fc82deac004bc0a624c");
}

TEST(ObservationsTest, ErrorsNameTheValue) {
  const std::vector<double> rows = {1, 2, 3, std::nan("")};
  EXPECT_EQ(Observations::Create(rows, 2).status().message(),
            "row 1, feature 1 is nan, expected a finite number");
  EXPECT_EQ(Observations::Create(rows, 3).status().message(), "4 values do not make rows of 3 features");
  EXPECT_EQ(
      Observations::Create(std::vector<double>{1, 2}, 1, std::vector<std::size_t>{1}).status().message(),
      "sequences have 1 rows, the data 2");
}

}  // namespace
}  // namespace crucible::regime
