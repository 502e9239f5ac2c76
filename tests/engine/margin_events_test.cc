// What a venue that knows margin tells: marks, funding, liquidations.

#include <gmock/gmock.h>

#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using testing::ElementsAre;

TEST(MarginEventsTest, StrategiesHearOfMarksFundingAndLiquidationsAndTheAccountFollows) {
  ScriptedVenue venue;
  Probe probe;
  std::vector<std::string> heard;
  const auto position = [&probe] {
    crucible_position_v1 held{};
    held.size = sizeof held;
    EXPECT_EQ(probe.host->position(probe.engine, 0, &held), CRUCIBLE_OK);
    return absl::StrFormat("holds %d, fees %d", held.quantity, held.fees);
  };
  probe.on_mark = [&](const crucible_mark_event_v1& event) {
    heard.push_back(absl::StrFormat("mark %d @%d of %d, rate %d at %d", event.mark, event.time,
                                    event.exchange_time, event.funding_rate_e12, event.next_funding));
    return probe.Limit(CRUCIBLE_BUY, 100, 3) != 0;
  };
  probe.on_funding = [&](const crucible_funding_event_v1& event) {
    heard.push_back(
        absl::StrFormat("paid %d on %d @%d; %s", event.paid, event.position, event.time, position()));
    return true;
  };
  probe.on_liquidation = [&](const crucible_liquidation_event_v1& event) {
    heard.push_back(
        absl::StrFormat("liquidation order %d of %d @%d", event.order_id, event.quantity, event.time));
    return true;
  };
  probe.on_fill = [&](const crucible_fill_event_v1& event) {
    heard.push_back(absl::StrFormat("fill %d @%d; %s", event.order_id, event.time, position()));
    return true;
  };
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    venue.Fill(command.order_id, kBuy, 100, 3, at, {}, outbox);
    Event told;
    told.origin = static_cast<std::uint64_t>(at.since_epoch);
    told.kind = Kind::kFunding;
    SetBody(told, FundingBody{{7}, {3}, 5, 0});
    outbox.Reply(told);
    told.kind = Kind::kMarginDetail;
    told.flags = flag::kGroupEnd;
    SetBody(told, MarginDetailBody{{90}, {1}, {2}, 0});
    outbox.Reply(told);
    const Event detail = told;
    told.kind = Kind::kLiquidation;
    told.side = kSell;
    told.flags = 0;
    SetBody(told, LiquidationBody{{80}, {3}, {trading::kFirstVenueOrder}, {90}});
    outbox.Reply(told);
    outbox.Reply(detail);
    venue.Fill({trading::kFirstVenueOrder}, kSell, 85, 3, at, {}, outbox, 4);
  };
  Tape tape;
  tape.Record(10, 15, Kind::kMarkPrice, Side::kNone, MarkPriceBody{{95}, {94}, 100, {50}});
  tape.Touch(40, 40, 95, 105);
  TestRun run;
  run.Session(tape).At(venue).With(probe).Latency("recorded", "2ns", "3ns").Go();
  ASSERT_TRUE(run.status.ok()) << run.status;
  EXPECT_THAT(heard, ElementsAre("mark 95 @15 of 10, rate 100 at 50", "fill 1 @20; holds 3, fees 0",
                                 "paid 7 on 3 @20; holds 3, fees 7", "liquidation order 2 of 3 @20",
                                 "fill 2 @20; holds 0, fees 11"));
  // The venue's order is one of the run's: an intent of nobody's strategy, caused by the liquidation.
  const Event liquidation = run.Of(Kind::kLiquidation).at(0);
  EXPECT_EQ(As<LiquidationBody>(liquidation).order_id, OrderId{2});
  const Event intent = run.Of(Kind::kIntent).at(1);
  EXPECT_EQ(As<IntentBody>(intent).order_id, OrderId{2});
  EXPECT_EQ(CauseRef::FromBits(intent.origin), (CauseRef{0, liquidation.seq}));
  EXPECT_EQ(As<IntentTermsBody>(run.Of(Kind::kIntentTerms).at(1)).strategy, 0);
  EXPECT_EQ(run.result.metrics.fees.funding, Money{7});
  ExpectWellFormed(run.sink.records);
}

}  // namespace
}  // namespace crucible::engine
