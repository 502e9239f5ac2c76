// Accounts: examples worked out by hand, and random fills against a twin that recomputes everything from the
// list of fills.
#include "framework/trading/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/base/random.h"
#include "framework/event/kinds.h"

namespace crucible::trading {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kOne = 100'000'000;  // 1.0 of a currency

Instrument Share() {
  Instrument instrument;
  instrument.venue = "nasdaq";
  instrument.symbol = "GOOG";
  instrument.currency = instrument.settle_currency = "USD";
  instrument.price_decimals = 2;
  return instrument;
}

Instrument CoinMargined() {
  Instrument instrument = Share();
  instrument.venue = "binance-coinm";
  instrument.symbol = "BTCUSD_PERP";
  instrument.settle_currency = "BTC";
  instrument.price_decimals = 1;
  instrument.multiplier = 100;
  instrument.contract = Contract::kInverse;
  return instrument;
}

// One instrument, whole-number prices unless a test says otherwise.
class AccountTest : public ::testing::Test {
 protected:
  explicit AccountTest(const Instrument& instrument = Share(), Money cash = {10'000 * kOne})
      : account_({cash}) {
    EXPECT_TRUE(account_.AddInstrument(id_, instrument).ok());
  }
  FillResult Trade(Side side, std::int64_t quantity, double price, std::int64_t fee = 0, bool maker = true) {
    Fill fill;
    fill.instrument = id_;
    fill.side = side;
    fill.quantity = {quantity};
    fill.price = At(price);
    fill.fee = {fee};
    fill.maker = maker;
    fill.at = now_;
    return account_.ApplyFill(fill);
  }
  FillResult Buy(std::int64_t quantity, double price, std::int64_t fee = 0) {
    return Trade(kBuy, quantity, price, fee);
  }
  FillResult Sell(std::int64_t quantity, double price, std::int64_t fee = 0) {
    return Trade(kSell, quantity, price, fee);
  }
  void Mark(double price) { account_.Mark(id_, Mid::At(At(price))); }
  Price At(double price) const { return {static_cast<std::int64_t>(price * price_unit_ + 0.5)}; }
  Position Held() const { return account_.holding(id_).position; }

  const InstrumentId id_{3};
  double price_unit_ = 100;
  Nanos now_;
  Account account_;
};

TEST_F(AccountTest, ARoundTripEarnsTheDifference) {
  Buy(10, 100);
  EXPECT_EQ(account_.cash(), Money{9'000 * kOne});
  EXPECT_EQ(account_.balance(), Money{10'000 * kOne});
  Mark(103);
  EXPECT_EQ(account_.unrealised(), Money{30 * kOne});
  EXPECT_EQ(account_.equity(), Money{10'030 * kOne});
  const FillResult close = Sell(10, 105);
  EXPECT_EQ(close.realised, Money{50 * kOne});
  EXPECT_EQ(account_.realised(), Money{50 * kOne});
  EXPECT_EQ(account_.cash(), Money{10'050 * kOne});
  EXPECT_EQ(account_.position_value(), Money{});
  EXPECT_EQ(account_.AveragePrice(id_), Price{});
}

TEST_F(AccountTest, APartialCloseReleasesTheAverageCost) {
  Buy(10, 100);
  Buy(30, 104);
  EXPECT_EQ(account_.AveragePrice(id_), At(103));
  EXPECT_EQ(Sell(10, 110).realised, Money{70 * kOne});
  EXPECT_EQ(account_.AveragePrice(id_), At(103)) << "a close does not move the average";
  EXPECT_EQ(Sell(30, 100).realised, Money{-90 * kOne});
  EXPECT_EQ(account_.realised(), Money{-20 * kOne});
}

TEST_F(AccountTest, AFillThroughZeroClosesThenOpens) {
  Buy(10, 100);
  const FillResult flip = Sell(25, 110);
  EXPECT_EQ(flip.realised, Money{100 * kOne});
  EXPECT_EQ(flip.closed, Quantity{10});
  EXPECT_EQ(flip.before, Position{10});
  EXPECT_EQ(flip.after, Position{-15});
  EXPECT_EQ(account_.AveragePrice(id_), At(110));
  EXPECT_EQ(Buy(15, 108).realised, Money{30 * kOne});
}

TEST_F(AccountTest, AShortGainsWhenThePriceFalls) {
  Sell(10, 100);
  Mark(90);
  EXPECT_EQ(account_.unrealised(), Money{100 * kOne});
  EXPECT_EQ(account_.position_value(), Money{-900 * kOne});
  EXPECT_EQ(account_.net_exposure(), Money{-900 * kOne});
  EXPECT_EQ(account_.gross_exposure(), Money{900 * kOne});
}

TEST_F(AccountTest, FeesAreKeptByKindAndLeaveTheBalance) {
  Trade(kBuy, 1, 100, 7, true);
  Trade(kBuy, 1, 100, 11, false);
  Trade(kSell, 1, 100, -3, true);
  EXPECT_EQ(account_.fees().maker, Money{7});
  EXPECT_EQ(account_.fees().taker, Money{11});
  EXPECT_EQ(account_.fees().rebates, Money{3});
  EXPECT_EQ(account_.fees().total(), Money{15});
  EXPECT_EQ(account_.balance(), Money{10'000 * kOne - 15});
}

TEST_F(AccountTest, FixedFeesAreToldFromRates) {
  FeeConfig config;
  config.per_unit = {300'000};
  ASSERT_TRUE(account_.AddInstrument(id_, Share(), config).ok());
  Buy(100, 10, 30'000'000 + 500);
  EXPECT_EQ(account_.fees().fixed, Money{30'000'000});
  EXPECT_EQ(account_.fees().maker, Money{500});
  Sell(100, 10, 30'000'000 - 200);
  EXPECT_EQ(account_.fees().rebates, Money{200});
}

TEST_F(AccountTest, AFeeInTheBaseCurrencyIsConvertedAtTheFill) {
  Fill fill{id_, kBuy, At(25), Quantity{1}, Money{kOne / 100}, true};
  EXPECT_EQ(account_.ApplyFill(fill).fee, Money{kOne / 4});
}

TEST_F(AccountTest, DrawdownIsSampledAtFillsAndSamples) {
  Buy(10, 100);
  Mark(120);
  account_.Sample({});
  EXPECT_EQ(account_.peak(), Money{10'200 * kOne});
  Mark(50);  // not sampled
  Mark(110);
  account_.Sample({});
  EXPECT_EQ(account_.max_drawdown(), Money{100 * kOne});
  Mark(105);
  Sell(1, 105);
  EXPECT_EQ(account_.max_drawdown(), Money{150 * kOne});
}

TEST_F(AccountTest, TimeInMarketRunsWhileAnythingIsHeld) {
  now_ = {100};
  Buy(1, 10);
  now_ = {250};
  Sell(1, 10);
  now_ = {900};
  Sell(1, 10);
  account_.Sample({1000});
  EXPECT_EQ(account_.time_in_market(), Duration{250});
}

TEST_F(AccountTest, AFillWhoseAmountsDoNotFitChangesNothing) {
  Buy(1, 100);
  StateHasher before;
  account_.Hash(before);
  EXPECT_FALSE(Buy(INT64_MAX, 100).ok);
  EXPECT_FALSE(Buy(1, 1e14).ok);
  StateHasher after;
  account_.Hash(after);
  EXPECT_EQ(before.value(), after.value());
}

TEST_F(AccountTest, AMarkBeyondMoneyIsReported) {
  Buy(1'000'000, 100);
  EXPECT_FALSE(account_.overflowed());
  Mark(1e9);
  EXPECT_TRUE(account_.overflowed());
}

TEST_F(AccountTest, AnInstrumentOfAnotherCurrencyIsRefused) {
  const absl::Status status = account_.AddInstrument({1}, CoinMargined());
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("settles in BTC with 8 decimals"));
  EXPECT_FALSE(account_.Knows({1}));
}

TEST_F(AccountTest, AFillIsReadFromItsTwoRecords) {
  Event fill, detail;
  fill.kind = Kind::kFill;
  fill.instrument = 3;
  fill.side = kSell;
  fill.time = 77;
  fill.flags = flag::kMaker;
  SetBody(fill, FillBody{Price{5}, Quantity{6}, OrderId{7}, 8});
  SetBody(detail, FillDetailBody{Money{9}, 1, 0, 0});
  const Fill read = FillFrom(fill, detail);
  EXPECT_EQ(read.instrument, InstrumentId{3});
  EXPECT_EQ(read.side, kSell);
  EXPECT_EQ(read.price, Price{5});
  EXPECT_EQ(read.quantity, Quantity{6});
  EXPECT_EQ(read.fee, Money{9});
  EXPECT_TRUE(read.fee_in_base);
  EXPECT_TRUE(read.maker);
  EXPECT_EQ(read.at, Nanos{77});
}

class InverseAccountTest : public AccountTest {
 protected:
  InverseAccountTest() : AccountTest(CoinMargined(), {kOne}) { price_unit_ = 10; }
};

TEST_F(InverseAccountTest, ALongEarnsCoinsWhenThePriceRises) {
  // 100 contracts of 100 USD: 10,000 / 40,000 - 10,000 / 50,000 = 0.25 - 0.2 = 0.05 BTC.
  Buy(100, 40'000);
  Mark(50'000);
  EXPECT_EQ(account_.unrealised(), Money{5'000'000});
  EXPECT_EQ(account_.equity(), Money{kOne + 5'000'000});
  EXPECT_EQ(account_.net_exposure(), Money{20'000'000});
  EXPECT_EQ(account_.AveragePrice(id_), At(40'000));
  EXPECT_EQ(Sell(100, 50'000).realised, Money{5'000'000});
  EXPECT_EQ(account_.cash(), Money{kOne + 5'000'000});
}

TEST_F(InverseAccountTest, TheAveragePriceIsHarmonic) {
  Buy(100, 40'000);
  Buy(100, 60'000);
  // 20,000 USD / (0.25 + 0.16666667) BTC = 48,000.
  EXPECT_EQ(account_.AveragePrice(id_), At(48'000));
}

TEST_F(InverseAccountTest, AShortThroughZeroEarnsOnBothLegs) {
  Sell(100, 50'000);                                       // 0.2 BTC
  EXPECT_EQ(Buy(150, 40'000).realised, Money{5'000'000});  // closes 0.25 - 0.2
  EXPECT_EQ(Held(), Position{50});
  EXPECT_EQ(Sell(50, 50'000).realised, Money{2'500'000});  // 0.125 - 0.1
  EXPECT_EQ(account_.balance(), Money{kOne + 7'500'000});
}

// ---- the twin: everything from the list of fills, with exact fractions where they exist ----

Int128 Abs(Int128 x) { return x < 0 ? -x : x; }

// Half-even by looking at twice the remainder of the floor.
Int128 Round(Int128 numerator, Int128 divisor) {
  Int128 floor = numerator / divisor;
  if (floor * divisor > numerator) --floor;
  const Int128 twice = 2 * (numerator - floor * divisor);
  if (twice == divisor) return floor % 2 == 0 ? floor : floor + 1;
  return twice > divisor ? floor + 1 : floor;
}

struct Twin {
  Instrument instrument;
  std::vector<Fill> fills;

  // P&L form of value: what a long holding is worth up to a constant.
  Int128 Value(Price price, Int128 quantity) const {
    const Int128 scaled = quantity * instrument.multiplier * 100'000'000;
    Int128 unit = 1;
    for (int i = 0; i < instrument.price_decimals; ++i) unit *= 10;
    Int128 lot = 1;
    for (int i = 0; i < instrument.quantity_decimals; ++i) lot *= 10;
    if (instrument.contract == Contract::kLinear) return Round(scaled * price.units, unit * lot);
    return -Round(scaled * unit, Int128{price.units} * lot);
  }
  struct State {
    Int128 position = 0, cost = 0, realised = 0, paid = 0, fees = 0;
  };
  State Replay() const {
    State s;
    for (const Fill& fill : fills) {
      const Int128 sign = fill.side == kBuy ? 1 : -1;
      s.paid += sign * Value(fill.price, fill.quantity.units);
      s.fees += fill.fee.units;
      Int128 left = fill.quantity.units;
      Int128 left_value = Value(fill.price, left);
      if (s.position * sign < 0) {
        const Int128 closing = std::min(Abs(s.position), left);
        const Int128 value = closing == left ? left_value : Value(fill.price, closing);
        const Int128 released = Round(s.cost * closing, Abs(s.position));
        s.realised += -sign * value - released;
        s.cost -= released;
        s.position += sign * closing;
        left -= closing;
        left_value -= value;
      }
      s.cost += sign * left_value;
      s.position += sign * left;
    }
    return s;
  }
};

void CompareWithTwin(const Instrument& instrument, std::int64_t base_price, std::uint64_t seed) {
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  RandomStream random(seed, "account");
  const InstrumentId id{0};
  const Money cash{1'000 * kOne};
  Account account({cash});
  ASSERT_TRUE(account.AddInstrument(id, instrument).ok());
  Twin twin{instrument, {}};
  for (int i = 0; i < 400; ++i) {
    Fill fill;
    fill.instrument = id;
    fill.side = random.UniformBelow(2) == 0 ? kBuy : kSell;
    fill.price = {base_price + static_cast<std::int64_t>(random.UniformBelow(2001)) - 1000};
    fill.quantity = {static_cast<std::int64_t>(1 + random.UniformBelow(50))};
    fill.fee = {static_cast<std::int64_t>(random.UniformBelow(2001)) - 1000};
    fill.maker = random.UniformBelow(2) == 0;
    const Money realised_before = account.realised();
    const FillResult result = account.ApplyFill(fill);
    ASSERT_TRUE(result.ok);
    ASSERT_EQ(account.realised() - realised_before, result.realised);
    twin.fills.push_back(fill);
    const Twin::State expected = twin.Replay();
    const Holding& holding = account.holding(id);
    ASSERT_TRUE(holding.position.units == expected.position) << i;
    ASSERT_TRUE(holding.cost.units == expected.cost) << i;
    ASSERT_TRUE(account.realised().units == expected.realised) << i;
    ASSERT_TRUE(account.cash().units == cash.units - expected.paid - expected.fees) << i;
    ASSERT_TRUE(account.fees().total().units == expected.fees) << i;

    const Price mark{base_price + static_cast<std::int64_t>(random.UniformBelow(2001)) - 1000};
    account.Mark(id, Mid::At(mark));
    const Int128 sign = expected.position < 0 ? -1 : 1;
    const Int128 value = sign * twin.Value(mark, Abs(expected.position));
    ASSERT_TRUE(account.position_value().units == value) << i;
    // Conservation, from both sides of the book.
    ASSERT_EQ(account.equity(), account.cash() + account.position_value());
    ASSERT_EQ(account.equity(), account.balance() + account.unrealised());
    ASSERT_EQ(account.cash() + holding.cost, account.balance()) << "cash plus positions at cost";
    ASSERT_EQ(account.unrealised(), account.Unrealised(id));
  }
}

TEST(AccountPropertyTest, LinearFillsAgreeWithTheTwin) {
  Instrument instrument = Share();
  instrument.quantity_decimals = 3;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) CompareWithTwin(instrument, 6'123'450, seed);
}

TEST(AccountPropertyTest, FillsThatRoundAgreeWithTheTwin) {
  Instrument instrument = Share();
  instrument.price_decimals = 6;
  instrument.quantity_decimals = 5;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) CompareWithTwin(instrument, 1'500, seed);
}

TEST(AccountPropertyTest, InverseFillsAgreeWithTheTwin) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) CompareWithTwin(CoinMargined(), 612'345, seed);
}

TEST(AccountPropertyTest, NegativePricesAgreeWithTheTwin) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) CompareWithTwin(Share(), -3'700, seed);
}

TEST(AccountPropertyTest, ExposureIsTheSumOverInstruments) {
  constexpr std::uint64_t kSeed = 5;
  SCOPED_TRACE(kSeed);
  RandomStream random(kSeed, "exposure");
  Account account({});
  for (std::uint32_t i = 0; i < 5; ++i) ASSERT_TRUE(account.AddInstrument({i}, Share()).ok());
  for (int step = 0; step < 5000; ++step) {
    const InstrumentId id{static_cast<std::uint32_t>(random.UniformBelow(5))};
    const Price price{static_cast<std::int64_t>(1000 + random.UniformBelow(100))};
    if (random.UniformBelow(2) == 0) {
      account.Mark(id, Mid{2 * price.units + 1});
    } else {
      const auto quantity = static_cast<std::int64_t>(1 + random.UniformBelow(9));
      account.ApplyFill({id, random.UniformBelow(2) == 0 ? kBuy : kSell, price, Quantity{quantity}});
    }
    Money gross, net;
    for (std::uint32_t i = 0; i < 5; ++i) {
      const Money value = account.holding({i}).value;
      gross = gross + Money{value.units < 0 ? -value.units : value.units};
      net = net + value;
    }
    ASSERT_EQ(account.gross_exposure(), gross);
    ASSERT_EQ(account.net_exposure(), net);
    ASSERT_EQ(account.position_value(), net);
  }
}

}  // namespace
}  // namespace crucible::trading
