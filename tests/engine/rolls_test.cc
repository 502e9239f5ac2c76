// Contracts that follow each other: when it is decided, what strategies hear, and how a position goes over.

#include "framework/engine/rolls.h"

#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using testing::ElementsAre;

constexpr InstrumentId kOld{0}, kNew{1};

// ---- when ----

// Trades of `quantity` in an instrument at `time`.
std::vector<std::string> RollsOf(
    const RollPlan& plan, const std::vector<std::tuple<std::int64_t, std::uint32_t, std::int64_t>>& trades) {
  Rolls rolls({plan});
  std::vector<std::string> made;
  for (const auto& [time, instrument, quantity] : trades) {
    Event trade{.kind = Kind::kTrade};
    SetBody(trade, TradeBody{{100}, {quantity}, 1, {}});
    rolls.Observe({{&trade, 1}, {instrument}, 1, {time}, {time}}, {time});
    while (const auto roll = rolls.Next())
      made.push_back(absl::StrFormat("%d->%d @%d", roll->from.value, roll->to.value, time));
  }
  return made;
}

TEST(RollsTest, ByDateAtTheFirstRecordNotBeforeTheMoment) {
  const RollPlan plan{.contracts = {{0}, {1}, {2}}, .at = {{50}, {80}}};
  EXPECT_THAT(RollsOf(plan, {{10, 0, 1}, {49, 0, 1}, {55, 2, 1}, {60, 0, 1}, {80, 0, 1}, {99, 0, 1}}),
              ElementsAre("0->1 @55", "1->2 @80"));
  // A gap in the data passes both moments.
  EXPECT_THAT(RollsOf(plan, {{10, 0, 1}, {99, 2, 1}}), ElementsAre("0->1 @99", "1->2 @99"));
}

TEST(RollsTest, ByVolumeWhenTheDayHasEndedInWhichTheNextContractTradedMore) {
  const RollPlan plan{.contracts = {{0}, {1}}, .at = {}, .day = {100}};
  EXPECT_THAT(RollsOf(plan, {{10, 0, 5}, {20, 1, 4}, {110, 0, 5}, {120, 1, 6}, {199, 1, 1}, {205, 0, 1}}),
              ElementsAre("0->1 @205"));
  EXPECT_THAT(RollsOf(plan, {{10, 0, 5}, {20, 1, 5}, {110, 0, 5}}), ElementsAre());
  // The new contract trades more, but nobody can say so before its day has ended.
  EXPECT_THAT(RollsOf(plan, {{10, 1, 500}, {99, 0, 1}}), ElementsAre());
}

TEST(RollsTest, AContractAfterTheLastOneDoesNotExist) {
  const RollPlan plan{.contracts = {{0}, {1}}, .at = {}, .day = {100}};
  EXPECT_THAT(RollsOf(plan, {{10, 1, 5}, {110, 0, 9}, {210, 0, 9}, {310, 0, 1}}), ElementsAre("0->1 @110"));
}

// ---- what happens ----

class RollRunTest : public testing::Test {
 protected:
  RollRunTest() : run_({TestInstrument("H4"), TestInstrument("M4")}) {
    for (ScriptedVenue* venue : {&old_, &new_}) {
      venue->on_command = [this, venue](const trading::Command& command, Nanos at, Outbox& outbox) {
        const bool market = command.terms.type == OrderType::kMarket;
        const std::int64_t most = std::exchange(at_most_, 1'000);
        const std::int64_t fills = std::min(command.terms.quantity.units, most);
        if (command.type == trading::CommandType::kCancel) {
          trading::Command resting = command;
          resting.terms.quantity = {4};
          return venue->Reply(Kind::kCanceled, resting, at, 1, outbox);
        }
        if (command.terms.price == Price{50}) return venue->Reply(Kind::kAccepted, command, at, 0, outbox);
        venue->Fill(command.order_id, command.terms.side, venue == &old_ ? 100 : 110, fills, at, {}, outbox,
                    market ? 2 : 0);
        if (fills < command.terms.quantity.units) {
          trading::Command rest = command;
          rest.terms.quantity = {command.terms.quantity.units - fills};
          venue->Reply(Kind::kCanceled, rest, at, 6, outbox);
        }
      };
    }
    tape_.For(0).Touch(10, 10, 99, 101).For(1).Touch(11, 11, 109, 111).For(0).Touch(20, 20, 98, 102);
    probe_.on_book = [this](const crucible_book_event_v1& event) {
      if (event.time == 20) probe_.Limit(CRUCIBLE_BUY, 101, 7);
      if (event.time == 20) probe_.Limit(CRUCIBLE_BUY, 50, 4);  // rests
      return true;
    };
    probe_.on_roll = [this](const crucible_roll_event_v1& event) {
      heard_.push_back(absl::StrFormat("roll %d->%d gap %d%s, holds %d @%d", event.from, event.to, event.gap,
                                       event.gap_known != 0 ? "" : "?", event.position, event.time));
      return true;
    };
    probe_.on_order = [this](const crucible_order_event_v1& event) {
      if (event.what == CRUCIBLE_CANCELED)
        heard_.push_back(absl::StrFormat("canceled %d @%d", event.order_id, event.time));
      return true;
    };
    probe_.on_fill = [this](const crucible_fill_event_v1& event) {
      heard_.push_back(absl::StrFormat("%s %d of %d by order %d @%d",
                                       event.side == CRUCIBLE_BUY ? "bought" : "sold", event.quantity,
                                       event.instrument, event.order_id, event.time));
      return true;
    };
  }
  void Go(const RollPlan& plan) {
    rolls_.emplace(std::vector<RollPlan>{plan});
    run_.config.rolls = &*rolls_;
    run_.Session(tape_, {{0}, {1}}).At(old_).At(new_).With(probe_).Latency("recorded", "2ns", "1ns").Go();
    ASSERT_TRUE(run_.status.ok()) << run_.status;
    ExpectWellFormed(run_.sink.records);
  }

  ScriptedVenue old_{nullptr, 0}, new_{nullptr, 1};
  std::int64_t at_most_ = 1'000;  // of the next order
  Probe probe_;
  Tape tape_;
  TestRun run_;
  std::optional<Rolls> rolls_;
  Log heard_;
};

TEST_F(RollRunTest, OrdersAreCancelledThenThePositionGoesOverAtTheMarketAndItsFees) {
  tape_.For(1)
      .Touch(50, 50, 108, 112)
      .For(0)
      .Touch(60, 60, 98, 102)
      .Touch(70, 70, 98, 102)
      .Touch(90, 90, 98, 102);
  Go({.contracts = {kOld, kNew}, .at = {{50}}});
  EXPECT_THAT(heard_,
              ElementsAre("bought 7 of 0 by order 1 @23", "roll 0->1 gap 10, holds 7 @50", "canceled 2 @53",
                          "sold 7 of 0 by order 3 @63", "bought 7 of 1 by order 4 @66"));
  EXPECT_EQ(run_.result.metrics.fees.total(), Money{4});
  EXPECT_EQ(run_.result.metrics.realised, Money{0});  // bought and sold at 100
  // Causes: the market record, the roll, the fill.
  const Event roll = run_.Of(Kind::kRoll).at(0);
  EXPECT_EQ(CauseRef::FromBits(roll.origin).input, 1);
  const auto intents = run_.Of(Kind::kIntent);
  EXPECT_EQ(CauseRef::FromBits(intents.at(2).origin), (CauseRef{0, roll.seq}));
  EXPECT_EQ(CauseRef::FromBits(intents.at(3).origin), (CauseRef{0, run_.Of(Kind::kFill).at(1).seq}));
}

TEST_F(RollRunTest, OnlyWhatWasClosedIsOpenedAndTheRestIsTriedAgain) {
  tape_.For(1).Touch(50, 50, 108, 112).For(0).Touch(60, 60, 98, 102);
  const std::int64_t second = 1'000'000'000;
  tape_.Touch(second, second, 98, 102)
      .Touch(2 * second, 2 * second, 98, 102)
      .Touch(3 * second, 3 * second, 98, 102);
  probe_.on_roll = [this](const crucible_roll_event_v1&) {
    at_most_ = 1'000;
    return true;
  };
  old_.on_market = [this](const MarketGroup& group, Outbox&) {
    if (group.exchange_time == Nanos{60}) at_most_ = 3;
  };
  Go({.contracts = {kOld, kNew}, .at = {{50}}});
  EXPECT_THAT(heard_,
              ElementsAre("bought 7 of 0 by order 1 @23", "canceled 2 @53", "sold 3 of 0 by order 3 @63",
                          "bought 3 of 1 by order 4 @66", "sold 4 of 0 by order 5 @2000000003",
                          "bought 4 of 1 by order 6 @2000000006"));
}

TEST_F(RollRunTest, StrategiesThatAreOnlyToldKeepTheirOrdersAndPositions) {
  tape_.For(1).Touch(50, 50, 108, 112).For(0).Touch(60, 60, 98, 102);
  Go({.contracts = {kOld, kNew}, .at = {{50}}, .moves_positions = false});
  EXPECT_THAT(heard_, ElementsAre("bought 7 of 0 by order 1 @23", "roll 0->1 gap 10, holds 7 @50"));
}

}  // namespace
}  // namespace crucible::engine
