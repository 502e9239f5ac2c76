#include "framework/report/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crucible::report {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(TextTest, NumbersStandInTheUnitsOfTheirField) {
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Fixed(-0.001, 2), "0.00");
  EXPECT_EQ(MoneyText({-229'948'800'000}, 8, "USD"), "-2,299.49 USD");
  EXPECT_EQ(MoneyText({12'345}, 8, "BTC"), "0.000123 BTC");
  EXPECT_EQ(Percent(0.176), "17.6 %");
}

TEST(TextTest, APriceShowsTheTicksDecimalsAndWhatLiesBetweenTicks) {
  Instrument google;
  google.price_decimals = 4;
  google.tick_size = {100};
  EXPECT_EQ(PriceText({5'777'700}, google), "577.77");
  EXPECT_EQ(PriceText({5'777'750}, google), "577.775");
}

TEST(TextTest, AConfigurationBecomesItsKeys) {
  const auto parameters = Parameters(
      "seed = 1\n[venue.latency]\nentry = '1ms'\n[[strategy]]\nplugin = 'a'\n[strategy.parameters]\n'gamma' "
      "= '0.1'\n"
      "[[strategy]]\nplugin = 'b'\n[strategy.parameters]\n'gamma' = '0.2'\n");
  EXPECT_THAT(parameters,
              ElementsAre(Pair("seed", "1"), Pair("venue.latency.entry", "1ms"),
                          Pair("strategy.1.plugin", "a"), Pair("strategy.1.parameters.gamma", "0.1"),
                          Pair("strategy.2.plugin", "b"), Pair("strategy.2.parameters.gamma", "0.2")));
  EXPECT_EQ(Parameter(parameters, "strategy.2.plugin"), "b");
  EXPECT_EQ(Parameter(parameters, "nothing"), "");
}

}  // namespace
}  // namespace crucible::report
