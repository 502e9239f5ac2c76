// Rounding, contract values and fees, against values worked out by hand and a slow twin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "framework/base/random.h"
#include "framework/trading/contract_math.h"
#include "framework/trading/fees.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

using ::testing::HasSubstr;

Instrument Linear(int price_decimals, int quantity_decimals) {
  Instrument instrument;
  instrument.venue = "test";
  instrument.symbol = "LIN";
  instrument.settle_currency = instrument.currency = "USDT";
  instrument.price_decimals = price_decimals;
  instrument.quantity_decimals = quantity_decimals;
  return instrument;
}

// BTCUSD_PERP of Binance COIN-M: contracts of 100 USD, prices in 0.1.
Instrument CoinMargined() {
  Instrument instrument = Linear(1, 0);
  instrument.symbol = "BTCUSD_PERP";
  instrument.currency = "USD";
  instrument.settle_currency = "BTC";
  instrument.multiplier = 100;
  instrument.contract = Contract::kInverse;
  return instrument;
}

ContractMath MathOf(const Instrument& instrument) { return ContractMath::Create(instrument).value(); }

// Rounds by definition: tries the two neighbours and compares distances.
Int128 NearestEven(Int128 numerator, Int128 divisor) {
  Int128 below = numerator / divisor;
  while (below * divisor > numerator) --below;
  const Int128 to_below = numerator - below * divisor;
  const Int128 to_above = (below + 1) * divisor - numerator;
  if (to_below != to_above) return to_below < to_above ? below : below + 1;
  return below % 2 == 0 ? below : below + 1;
}

TEST(RoundingTest, TiesGoToTheEvenNeighbour) {
  EXPECT_TRUE(DivideHalfEven(5, 2) == 2);
  EXPECT_TRUE(DivideHalfEven(7, 2) == 4);
  EXPECT_TRUE(DivideHalfEven(-5, 2) == -2);
  EXPECT_TRUE(DivideHalfEven(-7, 2) == -4);
  EXPECT_TRUE(DivideHalfEven(-1, 2) == 0);
  EXPECT_TRUE(DivideHalfEven(INT64_MIN, 1) == INT64_MIN);
  EXPECT_TRUE(DivideHalfEven(INT64_MAX, INT64_MAX) == 1);
}

TEST(RoundingTest, AgreesWithTheDefinitionForSmallAndWideNumbers) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  RandomStream random(kSeed, "rounding");
  for (int i = 0; i < 200'000; ++i) {
    const auto divisor = static_cast<std::int64_t>(1 + random.UniformBelow(i % 2 == 0 ? 20 : 1ull << 60));
    Int128 numerator = static_cast<std::int64_t>(random());
    if (i % 3 == 0) numerator %= 100;
    if (i % 5 == 0) numerator = numerator % 1000 * divisor + divisor / 2;
    ASSERT_TRUE(DivideHalfEven(numerator, divisor) == NearestEven(numerator, divisor)) << i;
  }
}

TEST(ContractMathTest, ALinearContractIsWorthPriceTimesQuantity) {
  // 0.005 BTC at 61,234.5 USDT = 306.1725 USDT.
  EXPECT_EQ(MathOf(Linear(1, 3)).Value(Price{612'345}, Quantity{5}), Money{30'617'250'000});
  // 100 shares at 101.25 USD, prices in 10^-4.
  EXPECT_EQ(MathOf(Linear(4, 0)).Value(Price{1'012'500}, Quantity{100}), Money{1'012'500'000'000});
}

TEST(ContractMathTest, TheMultiplierOfAFutureCounts) {
  Instrument future = Linear(2, 0);  // E-mini S&P: 50 USD a point
  future.multiplier = 50;
  EXPECT_EQ(MathOf(future).Value(Price{512'325}, Quantity{2}), Money{51'232'500'000'000});
}

TEST(ContractMathTest, ALinearValueRoundsHalfEvenOnce) {
  const ContractMath math = MathOf(Linear(5, 4));  // 10^-9 to 10^-8
  EXPECT_EQ(math.Value(Price{5}, Quantity{1}), Money{0});
  EXPECT_EQ(math.Value(Price{15}, Quantity{1}), Money{2});
  EXPECT_EQ(math.Value(Price{5}, Quantity{5}), Money{2});   // 2.5
  EXPECT_EQ(math.Value(Price{13}, Quantity{2}), Money{3});  // 2.6
  EXPECT_EQ(math.Value(Price{-15}, Quantity{1}), Money{-2});
}

TEST(ContractMathTest, AnInverseContractIsWorthContractsTimesMultiplierOverPrice) {
  const ContractMath math = MathOf(CoinMargined());
  // 10 contracts x 100 USD / 50,000 USD = 0.02 BTC.
  EXPECT_EQ(math.Value(Price{500'000}, Quantity{10}), Money{2'000'000});
  // 1 x 100 / 30,000 = 0.00333333.3 BTC.
  EXPECT_EQ(math.Value(Price{300'000}, Quantity{1}), Money{333'333});
}

TEST(ContractMathTest, AMidBetweenTwoPricesIsValuedExactly) {
  EXPECT_EQ(MathOf(Linear(2, 0)).Value(Mid::Of(Price{100}, Price{101}), Quantity{1}), Money{100'500'000});
  // 100 x 100 / 100.05 = 99.95002498... coins.
  EXPECT_EQ(MathOf(CoinMargined()).Value(Mid::Of(Price{1000}, Price{1001}), Quantity{100}),
            Money{9'995'002'499});
  EXPECT_EQ(MathOf(CoinMargined()).Value(Mid::At(Price{1000}), Quantity{100}), Money{10'000'000'000});
}

TEST(ContractMathTest, ThePriceOfAValueIsTheInverseOfTheValue) {
  EXPECT_EQ(MathOf(Linear(1, 3)).PriceOf(Money{30'617'250'000}, Quantity{5}), Price{612'345});
  EXPECT_EQ(MathOf(CoinMargined()).PriceOf(Money{2'000'000}, Quantity{10}), Price{500'000});
  EXPECT_EQ(MathOf(CoinMargined()).PriceOf(Money{0}, Quantity{10}), Price{0});
}

TEST(ContractMathTest, WhatDoesNotFitMoneyIsMarked) {
  EXPECT_EQ(MathOf(Linear(0, 0)).Value(Price{INT64_MAX}, Quantity{INT64_MAX}), kNotMoney);
  EXPECT_EQ(MathOf(Linear(0, 0)).Value(Price{1'000'000}, Quantity{1'000'000}), kNotMoney);
  EXPECT_EQ(MathOf(CoinMargined()).Value(Price{0}, Quantity{1}), kNotMoney);
  EXPECT_EQ(MathOf(CoinMargined()).Value(Price{-5}, Quantity{1}), kNotMoney);
}

TEST(ContractMathTest, ScalesThatDoNotFitAreRefusedByName) {
  Instrument instrument = Linear(18, 18);
  const absl::Status status = ContractMath::Create(instrument).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("test:LIN: 18 price, 18 quantity and 8 currency decimals"));
  instrument.price_decimals = -1;
  EXPECT_THAT(std::string(ContractMath::Create(instrument).status().message()),
              HasSubstr("price_decimals is -1"));
  EXPECT_EQ(Notional(instrument, Price{1}, Quantity{1}), kNotMoney);
  EXPECT_EQ(Notional(CoinMargined(), Price{500'000}, Quantity{10}), Money{2'000'000});
}

TEST(ContractMathTest, AgreesWithTheDefinitionOnRandomContracts) {
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE(kSeed);
  RandomStream random(kSeed, "contracts");
  int fitting = 0;
  for (int i = 0; i < 100'000; ++i) {
    Instrument instrument = i % 2 == 0 ? Linear(0, 0) : CoinMargined();
    instrument.price_decimals = static_cast<int>(random.UniformBelow(6));
    instrument.quantity_decimals = static_cast<int>(random.UniformBelow(6));
    instrument.multiplier = static_cast<std::int64_t>(1 + random.UniformBelow(100));
    const Price price{static_cast<std::int64_t>(1 + random.UniformBelow(10'000'000))};
    const Quantity quantity{static_cast<std::int64_t>(1 + random.UniformBelow(1'000'000))};
    const Int128 quantity_value = Int128{quantity.units} * instrument.multiplier * 100'000'000;
    const std::int64_t price_unit = PowerOfTen(instrument.price_decimals);
    const std::int64_t quantity_unit = PowerOfTen(instrument.quantity_decimals);
    const Int128 numerator = i % 2 == 0 ? quantity_value * price.units : quantity_value * price_unit;
    const Int128 divisor =
        i % 2 == 0 ? Int128{price_unit} * quantity_unit : Int128{price.units} * quantity_unit;
    const Int128 nearest = NearestEven(numerator, divisor);
    const Money expected = nearest < INT64_MAX ? Money{static_cast<std::int64_t>(nearest)} : kNotMoney;
    fitting += expected != kNotMoney;
    ASSERT_EQ(MathOf(instrument).Value(price, quantity), expected) << i;
  }
  EXPECT_GT(fitting, 50'000);
}

FeeSchedule ScheduleOf(const FeeConfig& config, const Instrument& instrument) {
  return FeeSchedule::Create(config, instrument).value();
}

TEST(FeeScheduleTest, MakerAndTakerPayTheirBasisPoints) {
  FeeSchedule fees = ScheduleOf(FeeConfig::MakerTaker(2, 5), Linear(1, 3));
  // 1 BTC at 60,000: 2 bp = 12, 5 bp = 30.
  EXPECT_EQ(fees.Charge(Price{600'000}, Quantity{1000}, true).total(), Money{1'200'000'000});
  EXPECT_EQ(fees.Charge(Price{600'000}, Quantity{1000}, false).total(), Money{3'000'000'000});
}

TEST(FeeScheduleTest, ANegativeRateIsARebate) {
  FeeSchedule fees = ScheduleOf(FeeConfig::MakerTaker(-0.25, 7.5), CoinMargined());
  // 0.02 BTC x -0.25 bp = -0.0000005 BTC.
  EXPECT_EQ(fees.Charge(Price{500'000}, Quantity{10}, true).total(), Money{-50});
}

TEST(FeeScheduleTest, FeesRoundHalfEven) {
  const FeeSchedule fees = ScheduleOf(FeeConfig::MakerTaker(1, -1), Linear(8, 0));
  EXPECT_EQ(fees.Quote(Price{5'000}, Quantity{1}, true).rate, Money{0});   // 0.5
  EXPECT_EQ(fees.Quote(Price{15'000}, Quantity{1}, true).rate, Money{2});  // 1.5
  EXPECT_EQ(fees.Quote(Price{15'000}, Quantity{1}, false).rate, Money{-2});
}

TEST(FeeScheduleTest, SharesPayPerUnitAndPerTrade) {
  FeeConfig config;
  config.per_unit = {300'000};  // 0.003 USD a share
  config.per_trade = {35'000'000};
  FeeSchedule fees = ScheduleOf(config, Linear(4, 0));
  EXPECT_EQ(fees.Quote(Price{1'012'500}, Quantity{200}, false).fixed, Money{95'000'000});
  EXPECT_EQ(fees.Quote(Price{1'012'500}, Quantity{200}, false).rate, Money{0});
  EXPECT_EQ(fees.Charge(Price{1'012'500}, Quantity{200}, false).total(), Money{95'000'000}) << "quoted and charged";
}

TEST(FeeScheduleTest, TheTierReachedBeforeTheFillApplies) {
  FeeConfig config;
  config.tiers = {{{}, FeeRate::FromBps(2), FeeRate::FromBps(5)},
                  {Money{100'000'000'000}, FeeRate::FromBps(1), FeeRate::FromBps(4)}};  // from 1,000
  FeeSchedule fees = ScheduleOf(config, Linear(0, 0));
  EXPECT_EQ(fees.Charge(Price{999}, Quantity{1}, false).total(), Money{49'950'000});
  EXPECT_EQ(fees.Charge(Price{1000}, Quantity{1}, false).total(), Money{50'000'000}) << "the crossing fill";
  EXPECT_EQ(fees.Charge(Price{1000}, Quantity{1}, false).total(), Money{40'000'000});
  EXPECT_EQ(fees.Charge(Price{1000}, Quantity{1}, true).total(), Money{10'000'000});
  EXPECT_TRUE(fees.turnover() == Int128{399'900'000'000});
}

TEST(FeeScheduleTest, ATierBeginsAtItsTurnover) {
  FeeConfig config;
  config.tiers = {{{}, {}, FeeRate::FromBps(5)}, {Money{100'000'000'000}, {}, FeeRate::FromBps(4)}};
  FeeSchedule fees = ScheduleOf(config, Linear(0, 0));
  fees.Charge(Price{1000}, Quantity{1}, false);
  EXPECT_EQ(fees.Quote(Price{1000}, Quantity{1}, false).total(), Money{40'000'000});
}

TEST(FeeScheduleTest, BadTiersAreRefusedByKey) {
  FeeConfig config;
  config.tiers = {{Money{5}, {}, {}}};
  EXPECT_THAT(std::string(config.Validate().message()),
              HasSubstr("fees.tiers[0].from_turnover is 5, expected 0"));
  config.tiers = {{{}, {}, {}}, {{}, {}, {}}};
  EXPECT_THAT(std::string(config.Validate().message()), HasSubstr("fees.tiers[1].from_turnover is 0"));
  config = FeeConfig::MakerTaker(0, 20'000);
  EXPECT_THAT(std::string(config.Validate().message()), HasSubstr("fees.tiers[0].taker is 200000000"));
}

}  // namespace
}  // namespace crucible::trading
