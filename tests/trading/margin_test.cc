#include "framework/trading/margin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "framework/base/random.h"

namespace crucible::trading {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kBps = 10'000;  // of 10^-8

// Two decimals of money. The first three brackets of BTCUSDT as Binance published them: 0.40 % up to 50,000,
// 0.50 % up to 500,000 with a maintenance amount of 50, 1.00 % up to 10,000,000 with 2,550.
MarginConfig Brackets() {
  return {
      .initial_e8 = 100'000'000 / 20,
      .liquidation_fee_e8 = 125 * kBps,
      .tiers = {{{}, 40 * kBps, 0}, {{50'000'00}, 50 * kBps, 0}, {{500'000'00}, 100 * kBps, 1000 * kBps}}};
}

Instrument Perpetual(Contract contract) {
  return {.venue = "test",
          .symbol = "BTC",
          .currency = "USD",
          .settle_currency = contract == Contract::kInverse ? "BTC" : "USD",
          .price_decimals = 1,
          .quantity_decimals = contract == Contract::kInverse ? 0 : 3,
          .multiplier = contract == Contract::kInverse ? 100 : 1,
          .contract = contract};
}

std::int64_t Below(RandomStream& random, std::uint64_t bound) {
  return static_cast<std::int64_t>(random.UniformBelow(bound));
}

TEST(MarginRulesTest, MaintenanceIsThatOfThePublishedBracketsAndContinuousBetweenThem) {
  const auto rules = MarginRules::Create(Brackets());
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->Maintenance({40'000'00}), Money{160'00});
  EXPECT_EQ(rules->Maintenance({50'000'00}), Money{200'00});
  EXPECT_EQ(rules->Maintenance({100'000'00}), Money{500'00 - 50'00});
  EXPECT_EQ(rules->Maintenance({500'000'00}), Money{2'500'00 - 50'00});
  EXPECT_EQ(rules->Maintenance({1'000'000'00}), Money{10'000'00 - 2'550'00});
}

TEST(MarginRulesTest, LargePositionsOpenWithLessLeverage) {
  const auto rules = MarginRules::Create(Brackets());
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(rules->Initial({400'000'00}), Money{20'000'00});
  EXPECT_EQ(rules->Initial({600'000'00}), Money{60'000'00});
  EXPECT_EQ(rules->LiquidationFee({1'000'00}), Money{12'50});
}

TEST(MarginRulesTest, TiersThatMakeNoSenseAreRefusedByName) {
  MarginConfig config = Brackets();
  config.tiers[2].from_notional = {50'000'00};
  EXPECT_THAT(std::string(MarginRules::Create(config).status().message()), HasSubstr("margin.tier 3"));
  config = Brackets();
  config.tiers[1].maintenance_e8 = 30 * kBps;
  EXPECT_THAT(std::string(MarginRules::Create(config).status().message()),
              HasSubstr("maintenance_bps is 30 bps, expected 40 to 10000"));
  config.tiers.clear();
  EXPECT_FALSE(MarginRules::Create(config).ok());
}

TEST(FundingPaymentTest, IsTheNotionalTimesTheRateRoundedHalfToEven) {
  EXPECT_EQ(FundingPayment({1'000'00}, 100'000'000), Money{10});  // 0.01 %
  EXPECT_EQ(FundingPayment({5'000}, 100'000'000), Money{0});      // half a cent
  EXPECT_EQ(FundingPayment({15'000}, 100'000'000), Money{2});     // one and a half
  EXPECT_EQ(FundingPayment({1'000'00}, -100'000'000), Money{-10});
}

// Closing at the bankruptcy price leaves the account nothing, or what rounding to the price unit gives it;
// one unit worse and it would owe.
TEST(BankruptcyPriceTest, LeavesNothingAndOwesNothing) {
  RandomStream random = Random(7).Stream("bankruptcy");
  for (const Contract contract : {Contract::kLinear, Contract::kInverse}) {
    const auto math = ContractMath::Create(Perpetual(contract));
    ASSERT_TRUE(math.ok());
    int bankrupt = 0;
    for (int i = 0; i < 4'000; ++i) {
      const Mid mark = Mid::At({100'000 + Below(random, 900'000)});
      const std::int64_t size = 1'000 + Below(random, 1'000'000);
      const Position position{i % 2 == 0 ? size : -size};
      const Money value = math->Value(mark, Quantity{size});
      const Money equity{Below(random, 400) * (value.units / 1000) - value.units / 10};
      const auto price = BankruptcyPrice(*math, position, mark, equity);
      if (!price) continue;
      ++bankrupt;
      const std::int64_t direction = position.units < 0 ? -1 : 1;
      const auto left = [&](Price at) {
        const std::int64_t gain = math->Value(at, Quantity{size}).units - value.units;
        return equity.units + direction * math->sign() * gain;
      };
      ASSERT_GE(left(*price), 0) << "case " << i << " at " << price->units;
      ASSERT_LT(left({price->units - 2 * direction}), 0) << "case " << i << " at " << price->units;
    }
    EXPECT_GT(bankrupt, 3'000);
  }
}

TEST(BankruptcyPriceTest, APositionThatIsPaidInFullHasNone) {
  const auto math = ContractMath::Create(Perpetual(Contract::kLinear));
  ASSERT_TRUE(math.ok());
  const Mid mark = Mid::At({500'000});
  EXPECT_EQ(BankruptcyPrice(*math, {1'000}, mark, math->Value(mark, Quantity{1'000})), std::nullopt);
  EXPECT_NE(BankruptcyPrice(*math, {-1'000}, mark, math->Value(mark, Quantity{1'000})), std::nullopt);
}

}  // namespace
}  // namespace crucible::trading
