// The gate: each rule at its edge, and that it sees what is in flight.
#include "framework/trading/risk_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/event/kinds.h"

namespace crucible::trading {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kOne = 100'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

class RiskGateTest : public ::testing::Test {
 protected:
  RiskGateTest() : account_({}) {
    Instrument instrument;
    instrument.venue = "test";
    instrument.symbol = "A";
    instrument.price_decimals = 2;
    for (std::uint32_t i = 0; i < 2; ++i) EXPECT_TRUE(account_.AddInstrument({i}, instrument).ok());
    reference_ = Mid::Of(Price{9'999}, Price{10'001});  // 100.00
  }
  void Configure(const RiskConfig& config) { gate_ = RiskGate(config); }
  Command Order(Side side, std::int64_t quantity, std::int64_t price = 10'000,
                OrderType type = OrderType::kLimit) {
    Command command{CommandType::kSubmit, {}, {last_id_ + 1}, {}};
    command.terms.side = side;
    command.terms.type = type;
    command.terms.quantity = {quantity};
    if (type == OrderType::kLimit || type == OrderType::kStopLimit) command.terms.price = {price};
    if (type == OrderType::kStop || type == OrderType::kStopLimit) command.terms.stop_price = {price};
    return command;
  }
  std::optional<Denial> Check(const Command& command) {
    return gate_.Check(command, {now_, &account_, &orders_, reference_, reference_at_});
  }
  // Checks, and sends what passes.
  std::optional<Denial> Send(const Command& command) {
    const std::optional<Denial> denial = Check(command);
    if (denial) return denial;
    orders_.Submit(command, now_);
    ++last_id_;
    return std::nullopt;
  }
  std::optional<Denial> Cancel(std::uint64_t id) { return Check({CommandType::kCancel, {}, {id}, {}}); }
  void Hold(Side side, std::int64_t quantity, std::uint32_t instrument = 0) {
    account_.ApplyFill({{instrument}, side, Price{10'000}, Quantity{quantity}});
  }
  void ExpectDenied(const std::optional<Denial>& denial, RiskRule rule, std::int64_t value,
                    std::int64_t limit) {
    ASSERT_TRUE(denial.has_value());
    EXPECT_EQ(denial->rule, rule) << Name(denial->rule);
    EXPECT_EQ(denial->value, value);
    EXPECT_EQ(denial->limit, limit);
  }

  Account account_;
  OrderTable orders_;
  RiskGate gate_{RiskConfig{}};
  Mid reference_;
  Nanos reference_at_;
  Nanos now_;
  std::uint64_t last_id_ = 0;
};

TEST_F(RiskGateTest, WithoutLimitsEverythingPasses) {
  reference_ = {};
  EXPECT_FALSE(Check(Order(kBuy, INT64_MAX)));
  EXPECT_FALSE(Check(Order(kSell, 1, 0, OrderType::kMarket)));
}

TEST_F(RiskGateTest, AnOrderMayBeAsLargeAsTheLimit) {
  RiskConfig config;
  config.defaults.max_order_quantity = {10};
  Configure(config);
  EXPECT_FALSE(Check(Order(kBuy, 10)));
  ExpectDenied(Check(Order(kBuy, 11)), RiskRule::kOrderQuantity, 11, 10);
}

TEST_F(RiskGateTest, LimitsOfOneInstrumentReplaceTheDefaults) {
  RiskConfig config;
  config.defaults.max_order_quantity = {10};
  Configure(config);
  InstrumentLimits limits;
  limits.max_order_quantity = {100};
  gate_.SetLimits({1}, limits);
  Command other = Order(kBuy, 50);
  EXPECT_TRUE(Check(other));
  other.instrument = {1};
  EXPECT_FALSE(Check(other));
}

TEST_F(RiskGateTest, NotionalIsTakenAtTheOrdersPriceOrTheMid) {
  RiskConfig config;
  config.defaults.max_order_notional = {1000 * kOne};
  Configure(config);
  EXPECT_FALSE(Check(Order(kBuy, 10, 10'000)));
  ExpectDenied(Check(Order(kBuy, 10, 10'001)), RiskRule::kOrderNotional, 1000 * kOne + kOne / 10,
               1000 * kOne);
  EXPECT_FALSE(Check(Order(kBuy, 10, 0, OrderType::kMarket)));
  EXPECT_TRUE(Check(Order(kBuy, 11, 0, OrderType::kMarket)));
  EXPECT_TRUE(Check(Order(kBuy, 10, 10'001, OrderType::kStop)));
  EXPECT_TRUE(Check(Order(kBuy, INT64_MAX, INT64_MAX))) << "a value that does not fit is above every limit";
}

TEST_F(RiskGateTest, PositionCountsEverythingInFlightOnTheOrdersSide) {
  RiskConfig config;
  config.defaults.max_position = {10};
  Configure(config);
  Hold(kBuy, 4);
  EXPECT_FALSE(Send(Order(kBuy, 5)));
  ExpectDenied(Check(Order(kBuy, 2)), RiskRule::kPosition, 11, 10);
  EXPECT_FALSE(Send(Order(kSell, 14))) << "the other side is judged from the holding";
  EXPECT_TRUE(Check(Order(kSell, 1)));
}

TEST_F(RiskGateTest, UnknownAndPendingCancelOrdersCountAsIfFilled) {
  RiskConfig config;
  config.defaults.max_position = {10};
  Configure(config);
  ASSERT_FALSE(Send(Order(kBuy, 5)));
  ASSERT_FALSE(Send(Order(kBuy, 5)));
  ASSERT_TRUE(orders_.MarkOverdue({1}));
  ASSERT_EQ(orders_.Cancel({2}), RequestError::kNone);
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kPosition, 11, 10);
}

TEST_F(RiskGateTest, AnOrderThatReducesTooLargeAHoldingPasses) {
  RiskConfig config;
  config.defaults.max_position = {10};
  Configure(config);
  Hold(kBuy, 30);
  EXPECT_FALSE(Check(Order(kSell, 30)));
  EXPECT_TRUE(Check(Order(kBuy, 1)));
}

TEST_F(RiskGateTest, GrossExposureSumsTheWorseSideOfEveryInstrument) {
  RiskConfig config;
  config.max_gross_exposure = {3000 * kOne};
  Configure(config);
  Hold(kSell, 10, 1);  // 1,000
  Command other = Order(kSell, 5);
  other.instrument = {1};
  ASSERT_FALSE(Send(other));            // 1,500 if filled
  ASSERT_FALSE(Send(Order(kBuy, 10)));  // 2,500
  EXPECT_FALSE(Check(Order(kBuy, 5)));
  ExpectDenied(Check(Order(kBuy, 6)), RiskRule::kGrossExposure, 3100 * kOne, 3000 * kOne);
  EXPECT_FALSE(Check(Order(kSell, 10))) << "not the worse side: nothing grows";
  EXPECT_TRUE(Check(Order(kSell, 16)));
}

TEST_F(RiskGateTest, AnOrderThatCannotRaiseTheExposurePassesAboveTheLimit) {
  RiskConfig config;
  config.max_gross_exposure = {3000 * kOne};
  Configure(config);
  Hold(kBuy, 40);
  EXPECT_FALSE(Check(Order(kSell, 80))) << "at most as much short as now long";
  EXPECT_TRUE(Check(Order(kSell, 81)));
  EXPECT_TRUE(Check(Order(kBuy, 1)));
}

TEST_F(RiskGateTest, AnAmendOfAPartlyFilledOrderAddsOnlyWhatIsNew) {
  RiskConfig config;
  config.defaults.max_position = {10};
  Configure(config);
  ASSERT_FALSE(Send(Order(kBuy, 8)));
  Event fill;
  fill.kind = Kind::kFill;
  SetBody(fill, FillBody{Price{10'000}, Quantity{5}, OrderId{1}, 1});
  orders_.OnReply(fill);
  Hold(kBuy, 5);
  Command amend = Order(kBuy, 10);
  amend.type = CommandType::kAmend;
  amend.order_id = {1};
  EXPECT_FALSE(Check(amend)) << "5 held, 3 open, 2 more";
  amend.terms.quantity = {11};
  ExpectDenied(Check(amend), RiskRule::kPosition, 11, 10);
}

TEST_F(RiskGateTest, TheCollarStopsAggressivePricesOnly) {
  RiskConfig config;
  config.defaults.collar_bps = 50;  // 100.50 and 99.50
  Configure(config);
  EXPECT_FALSE(Check(Order(kBuy, 1, 10'050)));
  ExpectDenied(Check(Order(kBuy, 1, 10'051)), RiskRule::kPriceCollar, 10'051, 10'050);
  EXPECT_FALSE(Check(Order(kSell, 1, 9'950)));
  ExpectDenied(Check(Order(kSell, 1, 9'949)), RiskRule::kPriceCollar, 9'949, 9'950);
  EXPECT_FALSE(Check(Order(kBuy, 1, 5'000)));
  EXPECT_FALSE(Check(Order(kSell, 1, 20'000)));
}

TEST_F(RiskGateTest, ACollarIsExactAtHalfAPriceUnit) {
  RiskConfig config;
  config.defaults.collar_bps = 1;
  Configure(config);
  reference_ = Mid{20'001};  // 100.005; the collar ends at 100.0150005
  EXPECT_FALSE(Check(Order(kBuy, 1, 10'001)));
  EXPECT_TRUE(Check(Order(kBuy, 1, 10'002)));
}

TEST_F(RiskGateTest, AStopLimitIsHeldAgainstItsStopPrice) {
  RiskConfig config;
  config.defaults.collar_bps = 50;
  Configure(config);
  Command stop = Order(kBuy, 1, 12'000, OrderType::kStopLimit);
  EXPECT_FALSE(Check(stop));
  stop.terms.price = {12'061};
  EXPECT_TRUE(Check(stop));
  EXPECT_FALSE(Check(Order(kBuy, 1, 12'000, OrderType::kStop)));
}

TEST_F(RiskGateTest, ATrailingStopIsValuedAtTheMidAndHeldAgainstNoPrice) {
  RiskConfig config;
  config.defaults.collar_bps = 50;
  config.defaults.max_order_notional = {1'000 * kOne};
  Configure(config);
  Command trailing = Order(kSell, 10, 0, OrderType::kTrailingStop);
  trailing.terms.price = {25};  // its distance, not a price
  EXPECT_FALSE(Check(trailing)) << "10 at 100.00";
  trailing.terms.quantity = {11};
  ExpectDenied(Check(trailing), RiskRule::kOrderNotional, 1'100 * kOne, 1'000 * kOne);
  reference_ = {};
  ExpectDenied(Check(trailing), RiskRule::kNoReference, -1, 0);
}

TEST_F(RiskGateTest, AStaleOrMissingReferenceDeniesWhatNeedsIt) {
  RiskConfig config;
  config.defaults.collar_bps = 50;
  config.defaults.max_reference_age = {kSecond};
  Configure(config);
  now_ = {kSecond};
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  now_ = {kSecond + 1};
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kNoReference, kSecond + 1, kSecond);
  EXPECT_TRUE(Check(Order(kBuy, 1, 0, OrderType::kMarket)));
  EXPECT_FALSE(Check(Order(kBuy, 1, 9'000, OrderType::kStop))) << "a stop names its own price";
  reference_ = {};
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kNoReference, -1, kSecond);
}

TEST_F(RiskGateTest, OpenOrdersAreLimited) {
  RiskConfig config;
  config.max_open_orders = 2;
  Configure(config);
  EXPECT_FALSE(Send(Order(kBuy, 1)));
  EXPECT_FALSE(Send(Order(kSell, 1)));
  ExpectDenied(Send(Order(kBuy, 1)), RiskRule::kOpenOrders, 3, 2);
  Event rejected;
  rejected.kind = Kind::kRejected;
  SetBody(rejected, ReplyBody{{}, {}, OrderId{1}, 0});
  orders_.OnReply(rejected);
  EXPECT_FALSE(Send(Order(kBuy, 1)));
}

TEST_F(RiskGateTest, CommandsAreLimitedPerIntervalAndRefillEvenly) {
  RiskConfig config;
  config.max_commands = 4;
  Configure(config);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(Check(Order(kBuy, 1)));
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kMessageRate, 0, 1);
  now_ = {kSecond / 4 - 1};
  EXPECT_TRUE(Check(Order(kBuy, 1)));
  now_ = {kSecond / 4};
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  EXPECT_TRUE(Check(Order(kBuy, 1)));
  now_ = {100 * kSecond};
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(Check(Order(kBuy, 1))) << "no more than a full bucket";
  EXPECT_TRUE(Check(Order(kBuy, 1)));
}

TEST_F(RiskGateTest, CancelsHaveReservedTokens) {
  RiskConfig config;
  config.max_commands = 3;
  config.reserved_cancels = 2;
  Configure(config);
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kMessageRate, 2, 3);
  EXPECT_FALSE(Cancel(1));
  EXPECT_FALSE(Cancel(1));
  ExpectDenied(Cancel(1), RiskRule::kMessageRate, 0, 1);
}

TEST_F(RiskGateTest, ADeniedCommandUsesNoToken) {
  RiskConfig config;
  config.max_commands = 1;
  config.defaults.max_order_quantity = {10};
  Configure(config);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Check(Order(kBuy, 11)));
  EXPECT_FALSE(Check(Order(kBuy, 10)));
}

TEST_F(RiskGateTest, EqualSubmitsInARowAreThrottled) {
  RiskConfig config;
  config.max_duplicates = 2;
  Configure(config);
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  EXPECT_FALSE(Check(Order(kSell, 1))) << "the sides are counted apart";
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kDuplicateOrder, 3, 2);
  EXPECT_FALSE(Check(Order(kBuy, 1, 10'001))) << "another price";
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  EXPECT_FALSE(Check(Order(kBuy, 1)));
  now_ = {kSecond};
  EXPECT_FALSE(Check(Order(kBuy, 1))) << "the window has passed";
}

TEST_F(RiskGateTest, AnAmendIsJudgedByWhatItAdds) {
  RiskConfig config;
  config.defaults.max_position = {10};
  config.defaults.max_order_quantity = {9};
  config.defaults.collar_bps = 50;
  Configure(config);
  ASSERT_FALSE(Send(Order(kBuy, 4)));
  ASSERT_FALSE(Send(Order(kBuy, 4)));
  Command amend = Order(kBuy, 6, 10'010);
  amend.type = CommandType::kAmend;
  amend.order_id = {1};
  EXPECT_FALSE(Check(amend));
  amend.terms.quantity = {7};
  ExpectDenied(Check(amend), RiskRule::kPosition, 11, 10);
  amend.terms.quantity = {4};
  amend.terms.price = {10'060};
  ExpectDenied(Check(amend), RiskRule::kPriceCollar, 10'060, 10'050);
  amend.order_id = {77};
  ExpectDenied(Check(amend), RiskRule::kUnknownOrder, 77, 0);
}

TEST_F(RiskGateTest, TheKillSwitchStaysUntilRearmedAndLetsCancelsPass) {
  gate_.Kill(42);
  gate_.Kill(43);
  ExpectDenied(Check(Order(kBuy, 1)), RiskRule::kKilled, 42, 0);
  EXPECT_FALSE(Cancel(1));
  gate_.Rearm();
  EXPECT_FALSE(Check(Order(kBuy, 1)));
}

TEST_F(RiskGateTest, AnInstrumentOutsideTheAccountIsDenied) {
  RiskConfig config;
  config.max_open_orders = 5;
  Configure(config);
  Command command = Order(kBuy, 1);
  command.instrument = {9};
  ExpectDenied(Check(command), RiskRule::kUnknownInstrument, 9, 0);
}

TEST_F(RiskGateTest, TheFirstRuleInTheListIsTheOneReported) {
  RiskConfig config;
  config.defaults.max_order_quantity = {1};
  config.defaults.max_position = {1};
  config.max_gross_exposure = {1};
  Configure(config);
  EXPECT_EQ(Check(Order(kBuy, 5))->rule, RiskRule::kOrderQuantity);
}

TEST(RiskConfigTest, BadValuesAreRefusedByKeyAndRange) {
  RiskConfig config;
  EXPECT_TRUE(config.Validate().ok());
  config.reserved_cancels = 4;
  config.max_commands = 4;
  EXPECT_THAT(std::string(config.Validate().message()),
              HasSubstr("risk.reserved_cancels is 4, expected 0 to 3"));
  config = {};
  config.defaults.collar_bps = -1;
  EXPECT_THAT(std::string(config.Validate().message()),
              HasSubstr("risk.collar_bps is -1, expected 0 to 10000"));
  config = {};
  config.rate_interval = {0};
  EXPECT_THAT(std::string(config.Validate().message()), HasSubstr("risk.rate_interval is 0"));
}

}  // namespace
}  // namespace crucible::trading
