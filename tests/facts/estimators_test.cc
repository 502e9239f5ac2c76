// Each estimator on a planted truth, and on the null.
#include "framework/facts/estimators.h"

#include <gtest/gtest.h>

#include "framework/base/math.h"
#include "framework/base/random.h"

namespace crucible::facts {
namespace {

TEST(TailTest, FindsTheExponentOfParetoDraws) {
  for (const double alpha : {2.0, 3.0, 5.0}) {
    RandomStream random(1, "pareto");
    Tail tail;
    for (int i = 0; i < 40'000; ++i) tail.Add(Pow(random.UniformOpen(), -1 / alpha));
    EXPECT_NEAR(*tail.Exponent(), alpha, 0.1 * alpha);
  }
}

TEST(TailTest, ExponentialDrawsLookThinnerTheFurtherOut) {
  RandomStream random(1, "exponential");
  Tail tail;
  for (int i = 0; i < 40'000; ++i) tail.Add(random.Exponential());
  EXPECT_GT(*tail.Exponent(), 3.0);  // log(20), and no power law
}

TEST(TailTest, KeepsTheLargestWhateverTheirOrder) {
  Tail up, down;
  for (int i = 1; i <= 100'000; ++i) {
    up.Add(i);
    down.Add(100'001 - i);
  }
  EXPECT_EQ(up.Exponent(), down.Exponent());
  EXPECT_FALSE(Tail().Exponent().has_value());
}

TEST(AutocorrelationTest, FindsAnAutoregressionAndNothingInNoise) {
  RandomStream random(2, "ar");
  Autocorrelation planted, noise;
  double x = 0;
  for (int i = 0; i < 50'000; ++i) {
    const double shock = random.Normal();
    x = 0.6 * x + shock;
    planted.Add(x + 10);  // the mean must not matter
    noise.Add(shock + 10);
  }
  EXPECT_NEAR(*planted.At(1), 0.6, 0.02);
  EXPECT_NEAR(*planted.At(3), 0.216, 0.03);
  EXPECT_NEAR(*noise.At(1), 0, 0.02);
  EXPECT_NEAR(*noise.At(64), 0, 0.02);
  EXPECT_FALSE(noise.At(65).has_value());
}

TEST(AutocorrelationTest, EqualsTheDefinition) {
  RandomStream random(3, "naive");
  std::vector<double> values;
  Autocorrelation streaming;
  for (int i = 0; i < 500; ++i) streaming.Add(values.emplace_back(random.Uniform01()));
  double mean = 0, variance = 0, covariance = 0;
  for (const double value : values) mean += value / 500;
  for (const double value : values) variance += (value - mean) * (value - mean);
  for (std::size_t i = 7; i < values.size(); ++i) covariance += (values[i] - mean) * (values[i - 7] - mean);
  EXPECT_NEAR(*streaming.At(7), covariance / variance, 1e-9);
}

TEST(MomentsTest, NormalDrawsHaveNoExcessKurtosisAndExponentialOnesSix) {
  RandomStream random(4, "moments");
  Moments normal, exponential;
  for (int i = 0; i < 400'000; ++i) {
    normal.Add(5 + 2 * random.Normal());
    exponential.Add(random.Exponential());
  }
  EXPECT_NEAR(normal.mean(), 5, 0.02);
  EXPECT_NEAR(normal.variance(), 4, 0.05);
  EXPECT_NEAR(*normal.ExcessKurtosis(), 0, 0.05);
  EXPECT_NEAR(*exponential.ExcessKurtosis(), 6, 0.6);
}

// Signs of metaorders whose lengths have a Pareto tail of exponent a: H = (3 - a) / 2 (Lillo, Mike and
// Farmer, "Theory for long memory in supply and demand", Physical Review E 71, 2005).
TEST(LongMemoryTest, FindsPlantedMemoryOfSignsAndNoneInCoins) {
  RandomStream random(5, "signs");
  LongMemory planted, coins;
  for (int count = 0; count < 1'000'000;) {
    const double sign = random.Uniform01() < 0.5 ? -1 : 1;
    const auto length = static_cast<int>(Pow(random.UniformOpen(), -1 / 1.5));
    for (int i = 0; i < length && count < 1'000'000; ++i, ++count) planted.Add(sign);
  }
  for (int i = 0; i < 1'000'000; ++i) coins.Add(random.Uniform01() < 0.5 ? -1 : 1);
  EXPECT_NEAR(*planted.Hurst(), 0.75, 0.07);
  EXPECT_NEAR(*coins.Hurst(), 0.5, 0.03);
}

TEST(CorrelationTest, FindsAPlantedOneAndNoneInNoise) {
  RandomStream random(6, "correlation");
  Correlation planted, none;
  for (int i = 0; i < 50'000; ++i) {
    const double x = random.Normal(), y = random.Normal();
    planted.Add(x, 0.6 * x + 0.8 * y);
    none.Add(x, y);
  }
  EXPECT_NEAR(*planted.Value(), 0.6, 0.02);
  EXPECT_NEAR(*none.Value(), 0, 0.02);
}

TEST(QuantilesTest, AreWithinACellOfTheTruth) {
  RandomStream random(7, "quantiles");
  Quantiles quantiles;
  for (int i = 0; i < 100'000; ++i) quantiles.Add(random.Exponential());
  EXPECT_NEAR(*quantiles.At(0.5), 0.6931, 0.03);
  EXPECT_NEAR(*quantiles.At(0.9), 2.3026, 0.08);
}

TEST(PowerLawTest, FindsASquareRootUnderNoiseAndZeroWhereSizeDoesNotMatter) {
  RandomStream random(8, "impact");
  PowerLaw root, flat;
  for (int i = 0; i < 200'000; ++i) {
    const double size = Pow(random.UniformOpen(), -0.7);
    root.Add(size, Sqrt(size) + random.Normal());
    flat.Add(size, 1 + random.Normal());
  }
  EXPECT_NEAR(*root.Exponent(), 0.5, 0.04);
  EXPECT_NEAR(*flat.Exponent(), 0, 0.03);
}

}  // namespace
}  // namespace crucible::facts
