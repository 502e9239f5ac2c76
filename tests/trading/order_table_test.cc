// Orders: their states, messages in any order, and bounded memory.
#include "framework/trading/order_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "framework/base/random.h"
#include "framework/event/kinds.h"
#include "tests/support/allocations.h"

namespace crucible::trading {
namespace {

Event Reply(Kind kind, std::uint64_t id, std::int64_t quantity = 0, std::int64_t reason = 0,
            std::int64_t price = 0) {
  Event event;
  event.kind = kind;
  event.flags = flag::kGroupEnd;
  SetBody(event, ReplyBody{Price{price}, Quantity{quantity}, OrderId{id}, reason});
  return event;
}
Event Accepted(std::uint64_t id, std::int64_t queue_ahead = 40) {
  return Reply(Kind::kAccepted, id, 0, queue_ahead);
}
Event Canceled(std::uint64_t id, std::int64_t left, Reason reason = Reason::kRequested) {
  return Reply(Kind::kCanceled, id, left, static_cast<std::int64_t>(reason));
}
Event CancelRejected(std::uint64_t id, Reason reason = Reason::kUnknownOrder) {
  return Reply(Kind::kCancelRejected, id, 0, static_cast<std::int64_t>(reason));
}
Event Filled(std::uint64_t id, std::int64_t quantity, std::uint64_t trade) {
  Event event;
  event.kind = Kind::kFill;
  SetBody(event, FillBody{Price{100}, Quantity{quantity}, OrderId{id}, trade});
  return event;
}
Event At(Event event, std::uint64_t venue_time) {
  event.origin = venue_time;
  return event;
}

class OrderTableTest : public ::testing::Test {
 protected:
  // Sends a buy of 10 at 100.
  OrderId Send(std::int64_t quantity = 10, Side side = kBuy, std::uint32_t instrument = 0) {
    Command command{CommandType::kSubmit, {instrument}, {++last_id_}, {}};
    command.terms.side = side;
    command.terms.price = {100};
    command.terms.quantity = {quantity};
    table_.Submit(command, {});
    return command.order_id;
  }
  OrderState State(OrderId id) const { return table_.Find(id)->state(); }
  std::int64_t OpenBuys() const { return table_.open(InstrumentId{0}).buy.units; }

  std::uint64_t last_id_ = 0;
  OrderTable table_;
};

TEST_F(OrderTableTest, AnOrderLivesFromSubmissionToItsCancel) {
  const OrderId id = Send();
  EXPECT_EQ(State(id), OrderState::kPendingNew);
  EXPECT_EQ(table_.OnReply(Accepted(1)).effect, ReplyEffect::kApplied);
  EXPECT_EQ(State(id), OrderState::kWorking);
  EXPECT_EQ(table_.Find(id)->queue_ahead, Quantity{40});
  EXPECT_EQ(table_.Cancel(id), RequestError::kNone);
  EXPECT_EQ(State(id), OrderState::kPendingCancel);
  EXPECT_EQ(OpenBuys(), 10) << "it may still fill";
  const OrderChange change = table_.OnReply(Canceled(1, 10));
  EXPECT_TRUE(change.closed);
  EXPECT_EQ(change.order->state(), OrderState::kCanceled);
  EXPECT_EQ(change.order->reason, Reason::kRequested) << "readable until the next submission";
  EXPECT_EQ(table_.Find(id), nullptr);
  EXPECT_EQ(OpenBuys(), 0);
}

TEST_F(OrderTableTest, FillsAddUpUntilTheOrderIsFilled) {
  const OrderId id = Send();
  table_.OnReply(Accepted(1));
  EXPECT_EQ(table_.OnReply(Filled(1, 4, 900)).filled, Quantity{4});
  EXPECT_EQ(State(id), OrderState::kPartiallyFilled);
  EXPECT_EQ(OpenBuys(), 6);
  const OrderChange change = table_.OnReply(Filled(1, 6, 901));
  EXPECT_EQ(change.order->state(), OrderState::kFilled);
  EXPECT_TRUE(change.closed);
  EXPECT_EQ(table_.Find(id), nullptr);
}

TEST_F(OrderTableTest, ARejectedOrderLeavesAtOnce) {
  Send();
  const OrderChange change =
      table_.OnReply(Reply(Kind::kRejected, 1, 0, static_cast<std::int64_t>(Reason::kOffTick)));
  EXPECT_EQ(change.order->state(), OrderState::kRejected);
  EXPECT_EQ(change.order->reason, Reason::kOffTick);
  EXPECT_EQ(OpenBuys(), 0);
  EXPECT_EQ(table_.OnReply(Accepted(1)).effect, ReplyEffect::kDuplicate);
}

TEST_F(OrderTableTest, AFillBeforeTheAcknowledgementCounts) {
  const OrderId id = Send();
  table_.OnReply(Filled(1, 10, 1));
  ASSERT_NE(table_.Find(id), nullptr) << "its acknowledgement is still on its way";
  EXPECT_EQ(State(id), OrderState::kFilled);
  EXPECT_EQ(table_.live_count(), 0u);
  const OrderChange late = table_.OnReply(Accepted(1));
  EXPECT_EQ(late.effect, ReplyEffect::kApplied);
  EXPECT_FALSE(late.closed) << "it was closed before";
  EXPECT_EQ(table_.Find(id), nullptr);
}

TEST_F(OrderTableTest, TheSameTradeTwiceIsOneFill) {
  Send();
  table_.OnReply(Accepted(1));
  for (const std::uint64_t trade : {5u, 3u, 5u, 4u, 3u, 4u}) table_.OnReply(Filled(1, 2, trade));
  EXPECT_EQ(OpenBuys(), 4);
  EXPECT_EQ(table_.counts().duplicates, 3u);
  EXPECT_EQ(table_.counts().fills, 3u);
}

TEST_F(OrderTableTest, ACancelAcknowledgementWithFillsOnTheirWayKeepsThemOpen) {
  const OrderId id = Send();
  table_.OnReply(Accepted(1));
  ASSERT_EQ(table_.Cancel(id), RequestError::kNone);
  table_.OnReply(Canceled(1, 7));
  EXPECT_EQ(State(id), OrderState::kCanceled);
  EXPECT_EQ(OpenBuys(), 3);
  EXPECT_TRUE(table_.OnReply(Filled(1, 3, 1)).closed);
  EXPECT_EQ(table_.Find(id), nullptr);
}

TEST_F(OrderTableTest, ACancelThatCrossesTheLastFillIsRejectedWithoutHarm) {
  const OrderId id = Send();
  table_.OnReply(Accepted(1));
  ASSERT_EQ(table_.Cancel(id), RequestError::kNone);
  table_.OnReply(Filled(1, 10, 1));
  EXPECT_EQ(State(id), OrderState::kFilled);
  EXPECT_EQ(table_.Cancel(id), RequestError::kClosed);
  table_.OnReply(CancelRejected(1));
  EXPECT_EQ(table_.Find(id), nullptr);
}

TEST_F(OrderTableTest, AnOrderThatTheVenueDoesNotKnowIsUnknownAndStaysExposed) {
  const OrderId id = Send();
  table_.OnReply(At(Accepted(1), 50));
  ASSERT_EQ(table_.Cancel(id), RequestError::kNone);
  table_.OnReply(At(CancelRejected(1), 60));
  EXPECT_EQ(State(id), OrderState::kUnknown);
  EXPECT_EQ(OpenBuys(), 10);
  table_.OnReply(At(Filled(1, 10, 1), 55));
  EXPECT_EQ(OpenBuys(), 0);
}

TEST_F(OrderTableTest, ALaterSignOfLifeEndsTheDoubt) {
  const OrderId id = Send();
  ASSERT_EQ(table_.Cancel(id), RequestError::kNone);
  table_.OnReply(At(CancelRejected(1), 60));  // the cancel overtook the order
  EXPECT_EQ(State(id), OrderState::kUnknown);
  table_.OnReply(At(Accepted(1), 61));
  EXPECT_EQ(State(id), OrderState::kWorking);
}

TEST_F(OrderTableTest, ASilentOrderIsUnknownUntilTheVenueSpeaks) {
  const OrderId id = Send();
  EXPECT_TRUE(table_.MarkOverdue(id));
  EXPECT_EQ(State(id), OrderState::kUnknown);
  EXPECT_EQ(OpenBuys(), 10);
  table_.OnReply(Accepted(1));
  EXPECT_EQ(State(id), OrderState::kWorking);
  EXPECT_FALSE(table_.MarkOverdue({9}));
}

TEST_F(OrderTableTest, AnAmendCountsAtItsLargerQuantityUntilAnswered) {
  const OrderId id = Send();
  table_.OnReply(Accepted(1));
  ASSERT_EQ(table_.Amend(id, {101}, {15}), RequestError::kNone);
  EXPECT_EQ(State(id), OrderState::kPendingAmend);
  EXPECT_EQ(OpenBuys(), 15);
  EXPECT_EQ(table_.Amend(id, {102}, {16}), RequestError::kAmendInFlight);
  table_.OnReply(Reply(Kind::kAmended, 1, 15, 3, 101));
  EXPECT_EQ(table_.Find(id)->terms.price, Price{101});
  EXPECT_EQ(table_.Find(id)->queue_ahead, Quantity{3});
  ASSERT_EQ(table_.Amend(id, {101}, {5}), RequestError::kNone);
  EXPECT_EQ(OpenBuys(), 15);
  table_.OnReply(Reply(Kind::kAmendRejected, 1));
  EXPECT_EQ(OpenBuys(), 15);
  ASSERT_EQ(table_.Amend(id, {101}, {5}), RequestError::kNone);
  table_.OnReply(Reply(Kind::kAmended, 1, 5, 3, 101));
  EXPECT_EQ(OpenBuys(), 5);
  EXPECT_EQ(table_.counts().amends, 2u);
}

TEST_F(OrderTableTest, AnOrderFilledWhileALargerAmendIsOutIsNotYetClosed) {
  const OrderId id = Send();
  table_.OnReply(Accepted(1));
  ASSERT_EQ(table_.Amend(id, {100}, {15}), RequestError::kNone);
  EXPECT_FALSE(table_.OnReply(Filled(1, 10, 1)).closed);
  EXPECT_EQ(State(id), OrderState::kPendingAmend);
  EXPECT_EQ(OpenBuys(), 5);
  EXPECT_TRUE(table_.OnReply(Reply(Kind::kAmendRejected, 1)).closed);
  EXPECT_EQ(table_.Find(id), nullptr);
}

TEST_F(OrderTableTest, FillsBeyondTheOrderAreAppliedAndReported) {
  const OrderId id = Send();
  const OrderChange change = table_.OnReply(Filled(1, 12, 1));
  EXPECT_TRUE(change.overfilled);
  EXPECT_EQ(change.filled, Quantity{12});
  EXPECT_EQ(OpenBuys(), 0);
  EXPECT_EQ(table_.Find(id)->filled, Quantity{12});
  EXPECT_EQ(table_.counts().overfills, 1u);
}

TEST_F(OrderTableTest, MessagesAboutNothingOfOursAreCounted) {
  EXPECT_EQ(table_.OnReply(Accepted(5)).effect, ReplyEffect::kUnknownOrder);
  EXPECT_EQ(table_.Cancel({5}), RequestError::kUnknownOrder);
  EXPECT_EQ(table_.counts().unknown, 1u);
  Event detail;
  detail.kind = Kind::kFillDetail;
  EXPECT_EQ(table_.OnReply(detail).effect, ReplyEffect::kNone);
}

TEST_F(OrderTableTest, ARejectionAfterAFillContradictsIt) {
  Send();
  table_.OnReply(Filled(1, 1, 1));
  EXPECT_EQ(table_.OnReply(Reply(Kind::kRejected, 1)).effect, ReplyEffect::kUnexpected);
  EXPECT_EQ(OpenBuys(), 9);
}

TEST_F(OrderTableTest, LiveOrdersAreVisitedInTheOrderOfTheirIds) {
  for (int i = 0; i < 200; ++i) Send();
  for (std::uint64_t id = 1; id <= 200; id += 3) {
    table_.OnReply(Accepted(id));
    table_.OnReply(Filled(id, 10, id));
  }
  Send();
  std::vector<std::uint64_t> seen;
  table_.ForEachLive([&](const Order& order) { seen.push_back(order.id.value); });
  EXPECT_EQ(seen.size(), 200u - 67 + 1);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 201u);
}

TEST_F(OrderTableTest, OpenQuantityIsKeptBySideAndInstrument) {
  Send(10, kBuy, 0);
  Send(20, kSell, 0);
  Send(30, kSell, 4);
  EXPECT_EQ(table_.open(InstrumentId{0}).buy, Quantity{10});
  EXPECT_EQ(table_.open(InstrumentId{0}).sell, Quantity{20});
  EXPECT_EQ(table_.open(InstrumentId{4}).sell, Quantity{30});
  EXPECT_EQ(table_.open(InstrumentId{9}).buy, Quantity{0});
}

TEST(OrderTableMemoryTest, ClosedOrdersWhoseAnswersNeverComeAreBounded) {
  OrderTable table(8);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    Command command{CommandType::kSubmit, {}, {id}, {}};
    command.terms.quantity = {1};
    command.terms.side = kSell;
    table.Submit(command, {});
    table.OnReply(Filled(id, 1, id));
    ASSERT_TRUE(table.InvariantsHold());
  }
  EXPECT_EQ(table.counts().unsettled_dropped, 92u);
  EXPECT_EQ(table.Find({92}), nullptr);
  EXPECT_NE(table.Find({93}), nullptr);
}

TEST(OrderTableMemoryTest, ALongRunAllocatesNothingOnceWarm) {
  OrderTable table;
  std::uint64_t id = 0;
  const auto live_one_life = [&] {
    Command command{CommandType::kSubmit, {}, {++id}, {}};
    command.terms.quantity = {2};
    command.terms.side = kBuy;
    table.Submit(command, {});
    if (id <= 50) return;
    const std::uint64_t old = id - 50;  // fifty are alive at any time
    table.OnReply(Accepted(old));
    table.OnReply(Filled(old, 1, id));
    static_cast<void>(table.Cancel({old}));
    table.OnReply(Canceled(old, 1));
  };
  for (int i = 0; i < 1000; ++i) live_one_life();
  const std::uint64_t before = AllocationCount();
  for (int i = 0; i < 1'000'000; ++i) live_one_life();
  EXPECT_EQ(AllocationCount(), before);
  EXPECT_EQ(table.live_count(), 50u);
}

// ---- any order of messages ----

struct Story {
  const char* name;
  bool cancels;
  bool amends;
  std::vector<Event> messages;
  OrderState end;
  std::int64_t filled;
};

void PrintTo(const Story& story, std::ostream* out) { *out << story.name; }

class AnyOrderTest : public ::testing::TestWithParam<Story> {};

// All permutations; a second order stands beside the first and must not notice.
TEST_P(AnyOrderTest, EveryOrderOfMessagesEndsInTheSameState) {
  const Story& story = GetParam();
  std::vector<std::size_t> order(story.messages.size());
  std::iota(order.begin(), order.end(), 0u);
  std::optional<Hash128> first_hash;
  int permutations = 0;
  do {
    OrderTable table;
    for (const std::uint64_t id : {1u, 2u}) {
      Command command{CommandType::kSubmit, {}, {id}, {}};
      command.terms.side = kBuy;
      command.terms.quantity = {10};
      table.Submit(command, {});
    }
    const RequestError amend = story.amends ? table.Amend({1}, {101}, {8}) : RequestError::kNone;
    const RequestError cancel = story.cancels ? table.Cancel({1}) : RequestError::kNone;
    ASSERT_EQ(amend, RequestError::kNone);
    ASSERT_EQ(cancel, RequestError::kNone);
    std::int64_t filled = 0;
    int closings = 0;
    std::optional<OrderState> last;
    for (const std::size_t i : order) {
      const OrderChange change = table.OnReply(story.messages[i]);
      ASSERT_NE(change.effect, ReplyEffect::kUnknownOrder);
      filled += change.filled.units;
      closings += change.closed;
      if (change.order != nullptr) last = change.order->state();
      ASSERT_TRUE(table.InvariantsHold());
    }
    EXPECT_EQ(filled, story.filled);
    EXPECT_EQ(closings, 1);
    EXPECT_EQ(last, story.end);
    EXPECT_EQ(table.Find({1}), nullptr) << "nothing is on its way any more";
    EXPECT_EQ(table.open(InstrumentId{0}).buy, Quantity{10}) << "the other order";
    EXPECT_EQ(table.counts().duplicates, 1u);
    StateHasher hasher;
    table.Hash(hasher);
    if (!first_hash) first_hash = hasher.value();
    EXPECT_EQ(hasher.value(), *first_hash);
    ++permutations;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_GE(permutations, 120);
}

INSTANTIATE_TEST_SUITE_P(
    Stories, AnyOrderTest,
    ::testing::Values(Story{"cancel after two fills",
                            true,
                            false,
                            {Accepted(1), Filled(1, 3, 11), Filled(1, 2, 12), Canceled(1, 5),
                             Filled(1, 3, 11)},
                            OrderState::kCanceled,
                            5},
                      Story{"cancel acknowledged twice",
                            true,
                            false,
                            {Accepted(1), Filled(1, 3, 11), Filled(1, 2, 12), Canceled(1, 5), Canceled(1, 5)},
                            OrderState::kCanceled,
                            5},
                      Story{"filled before the cancel came",
                            true,
                            false,
                            {At(Accepted(1), 1), At(Filled(1, 3, 11), 2), At(Filled(1, 7, 12), 3),
                             At(CancelRejected(1), 4), At(Filled(1, 7, 12), 3)},
                            OrderState::kFilled,
                            10},
                      Story{"remainder of an IOC order",
                            false,
                            false,
                            {Accepted(1), Filled(1, 3, 11), Filled(1, 2, 12),
                             Canceled(1, 5, Reason::kNothingToMatch), Accepted(1)},
                            OrderState::kCanceled,
                            5},
                      Story{"expired while a cancel was on its way",
                            true,
                            false,
                            {Accepted(1), Filled(1, 3, 11), Canceled(1, 7, Reason::kExpired),
                             CancelRejected(1), Filled(1, 3, 11)},
                            OrderState::kCanceled,
                            3},
                      Story{"amended down, filled, cancelled",
                            true,
                            true,
                            {Accepted(1), Filled(1, 3, 11), Reply(Kind::kAmended, 1, 5, 0, 101),
                             Filled(1, 1, 12), Canceled(1, 4), Filled(1, 1, 12)},
                            OrderState::kCanceled,
                            4},
                      Story{"amend rejected, filled",
                            false,
                            true,
                            {Accepted(1), Filled(1, 3, 11), Reply(Kind::kAmendRejected, 1), Filled(1, 7, 12),
                             Filled(1, 3, 11)},
                            OrderState::kFilled,
                            10}));

// ---- random traffic against a model that remembers every message ----

struct Plan {
  std::vector<Event> messages;  // what the venue will say, in its own order
  bool cancel = false;
};

// A life of an order of 10 as a venue would tell it.
Plan RandomLife(std::uint64_t id, std::uint64_t& trade, RandomStream& random) {
  Plan plan;
  if (random.UniformBelow(10) == 0) {
    plan.messages.push_back(Reply(Kind::kRejected, id));
    return plan;
  }
  plan.messages.push_back(Accepted(id));
  std::int64_t left = 10;
  while (left > 0 && random.UniformBelow(4) != 0) {
    const auto quantity =
        static_cast<std::int64_t>(1 + random.UniformBelow(static_cast<std::uint64_t>(left)));
    plan.messages.push_back(Filled(id, quantity, ++trade));
    left -= quantity;
  }
  plan.cancel = left > 0 || random.UniformBelow(2) == 0;
  if (plan.cancel) plan.messages.push_back(left > 0 ? Canceled(id, left) : CancelRejected(id));
  for (std::size_t i = plan.messages.size(); i-- > 0;) {
    if (random.UniformBelow(5) == 0) plan.messages.push_back(plan.messages[i]);
  }
  return plan;
}

// What may still fill, from all messages that were delivered.
std::int64_t NaiveOpen(const std::vector<Event>& delivered) {
  std::set<std::uint64_t> trades;
  std::int64_t open = 10;
  bool ended = false;
  for (const Event& event : delivered) {
    if (event.kind == Kind::kRejected) return 0;
    if (event.kind == Kind::kFill && trades.insert(As<FillBody>(event).trade_id).second) {
      open -= As<FillBody>(event).quantity.units;
    }
    if (event.kind == Kind::kCanceled && !ended) {
      ended = true;
      open -= As<ReplyBody>(event).quantity.units;
    }
  }
  return open;
}

TEST(OrderTablePropertyTest, ShuffledAndDoubledTrafficAgreesWithTheNaiveModel) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    RandomStream random(seed, "orders");
    OrderTable table(100'000);
    std::vector<Event> wire;  // delivered at random
    std::map<std::uint64_t, std::vector<Event>> delivered;
    std::uint64_t id = 0, trade = 0;
    for (int step = 0; step < 6000; ++step) {
      if (step < 4000 && random.UniformBelow(4) == 0) {
        Command command{CommandType::kSubmit, {}, {++id}, {}};
        command.terms.side = random.UniformBelow(2) == 0 ? kBuy : kSell;
        command.terms.quantity = {10};
        table.Submit(command, {});
        const Plan plan = RandomLife(id, trade, random);
        if (plan.cancel) {
          ASSERT_EQ(table.Cancel({id}), RequestError::kNone);
        }
        wire.insert(wire.end(), plan.messages.begin(), plan.messages.end());
        delivered[id];
      }
      if (wire.empty()) continue;
      std::swap(wire[random.UniformBelow(wire.size())], wire.back());
      const Event event = wire.back();
      wire.pop_back();
      delivered[As<ReplyBody>(event).order_id.value].push_back(event);
      table.OnReply(event);
      if (step % 50 != 0) continue;
      ASSERT_TRUE(table.InvariantsHold());
      for (const auto& [known, messages] : delivered) {
        const Order* order = table.Find({known});
        ASSERT_EQ(order == nullptr ? 0 : order->open().units, NaiveOpen(messages)) << known;
      }
    }
    for (const Event& event : wire) table.OnReply(event);
    EXPECT_EQ(table.live_count(), 0u);
    for (std::uint64_t known = 1; known <= id; ++known) EXPECT_EQ(table.Find({known}), nullptr) << known;
  }
}

}  // namespace
}  // namespace crucible::trading
