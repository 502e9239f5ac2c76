#include "framework/engine/attacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::SizeIs;

constexpr std::int64_t kHunt = 1, kSpoof = 3;
constexpr std::int64_t kStrike = 1, kUnwind = 2, kDone = 4, kRuined = 5, kTrade = 6;

Event Action(std::int64_t at, std::uint64_t participant, std::int64_t kind, std::int64_t step,
             std::int64_t detail = 0, Side side = Side::kNone) {
  Event event;
  event.time = at;
  event.kind = Kind::kAgentAction;
  event.side = side;
  event.flags = flag::kGroupEnd;
  SetBody(event, AgentActionBody{participant, kind + 256 * step, detail, 0});
  return event;
}

std::vector<Attack> Collect(const std::vector<Event>& actions) {
  AttackCollector collector;
  for (const Event& action : actions) collector.Add(action);
  return collector.Take();
}

TEST(AttacksTest, AnAttackLastsFromItsStrikeUntilItsPredatorIsDone) {
  const std::vector<Event> actions = {Action(100, 7, kHunt, kStrike, 9'990, Side::kAsk),
                                      Action(150, 7, kHunt, kTrade, 41), Action(160, 7, kHunt, kTrade, 42),
                                      Action(200, 7, kHunt, kUnwind, 60),
                                      Action(240, 7, kHunt, kDone, 12'345)};
  const std::vector<Attack> attacks = Collect(actions);
  ASSERT_THAT(attacks, SizeIs(1));
  const Attack& attack = attacks.front();
  EXPECT_EQ(attack.kind, AttackKind::kStopHunt);
  EXPECT_EQ(attack.participant, 7U);
  EXPECT_EQ(attack.direction, Side::kAsk);
  EXPECT_EQ(attack.target.units, 9'990);
  EXPECT_EQ(attack.begin.since_epoch, 100);
  EXPECT_EQ(attack.way_out.since_epoch, 200);
  EXPECT_EQ(attack.end.since_epoch, 240);
  EXPECT_EQ(attack.earned.units, 12'345);
  EXPECT_THAT(attack.trades,
              ElementsAre(Field(&AttackTrade::trade_id, 41), Field(&AttackTrade::trade_id, 42)));
  EXPECT_FALSE(attack.ruined);
}

TEST(AttacksTest, OneThatNeverSaidThatItWasOverEndsOnItsWayOut) {
  const std::vector<Event> actions = {Action(100, 7, kSpoof, kStrike), Action(200, 7, kSpoof, kUnwind),
                                      Action(500, 7, kSpoof, kStrike)};
  const std::vector<Attack> attacks = Collect(actions);
  ASSERT_THAT(attacks, SizeIs(2));
  EXPECT_EQ(attacks[0].end.since_epoch, 200);
  EXPECT_EQ(attacks[1].end, kEndOfTime) << "the run ended before the attack did";
}

TEST(AttacksTest, PredatorsAttackSideBySide) {
  const std::vector<Event> actions = {Action(100, 7, kHunt, kStrike), Action(120, 8, kSpoof, kStrike),
                                      Action(130, 7, kHunt, kRuined, 500), Action(140, 8, kSpoof, kDone),
                                      Action(150, 7, kHunt, kTrade, 9)};
  const std::vector<Attack> attacks = Collect(actions);
  ASSERT_THAT(attacks, SizeIs(2));
  EXPECT_TRUE(attacks[0].ruined);
  EXPECT_EQ(attacks[0].end.since_epoch, 130);
  EXPECT_EQ(attacks[0].earned.units, 0) << "what a ruined predator says is its position";
  EXPECT_THAT(attacks[0].trades, SizeIs(0)) << "after its end";
  EXPECT_EQ(attacks[1].end.since_epoch, 140);
}

TEST(AttacksTest, ARunWithoutPredatorsHasNoAttack) { EXPECT_THAT(Collect({}), SizeIs(0)); }

}  // namespace
}  // namespace crucible::engine
