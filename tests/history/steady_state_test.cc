// Counts allocations: once warm, a fill model makes none.
#include <gtest/gtest.h>

#include <vector>

#include "framework/base/random.h"
#include "simulators/flow/zero_intelligence.h"
#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"
#include "tests/history/market_script.h"
#include "tests/support/allocations.h"

namespace crucible::history {
namespace {

// Replaces a quote on each side: two cancellations, two orders, one amendment.
class Quoter {
 public:
  explicit Quoter(engine::Venue& venue) : venue_(venue) {}

  void Requote(std::int64_t bid, std::int64_t ask, engine::Outbox& outbox) {
    for (const Side side : {kBuy, kSell}) {
      const std::uint64_t id = ++last_id_;
      if (id > 2) venue_.OnCommand(CancelCommand(id - 2), {1}, outbox);
      trading::OrderTerms terms = Limit(side, side == kBuy ? bid : ask, 10, TimeInForce::kGoodTillDate);
      terms.expiry = {1'000 + static_cast<std::int64_t>(id)};
      venue_.OnCommand(SubmitCommand(id, terms), {1}, outbox);
      venue_.OnCommand(AmendCommand(id, terms.price.units, 5), {1}, outbox);
    }
  }

 private:
  engine::Venue& venue_;
  std::uint64_t last_id_ = 0;
};

TEST(SteadyStateTest, TheL2ModelDoesNotAllocate) {
  TradeIds trade_ids;
  L2Venue venue(TestSetup(trade_ids), *QueueModel::Parse("power3:3", {1}));
  Quoter quoter(venue);
  RandomStream random(1, "steady-l2");
  engine::Outbox outbox;
  std::uint64_t seq = 0;
  std::uint64_t counted = 0;
  for (int step = 0; step < 40'000; ++step) {
    const Side side = random() % 2 == 0 ? kBuy : kSell;
    const auto away = 1 + static_cast<std::int64_t>(random.UniformBelow(100));
    GroupWriter group;
    if (step % 8 == 0) {
      group.Trade(side, 1'000 + Sign(side), 30);
    } else {
      group.Level(side, 1'000 - Sign(side) * away,
                  away == 1 ? 9 : static_cast<std::int64_t>(random.UniformBelow(10)));
    }
    const std::vector<Event> events = group.Finish(seq, step);
    const std::uint64_t before = AllocationCount();
    outbox.Clear();
    venue.OnMarket(GroupOf(events, step), outbox);
    quoter.Requote(999, 1'001, outbox);
    if (step >= 20'000) counted += AllocationCount() - before;
  }
  EXPECT_GT(trade_ids.next, 1'000u);
  EXPECT_EQ(counted, 0U);
}

class MemorySink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    records_.insert(records_.end(), records.begin(), records.end());
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return 1; }
  Hash128 log_hash() const override { return {}; }
  std::vector<Event> records_;
};

TEST(SteadyStateTest, TheL3ModelAllocatesOnlyForANewPeakOfTheBook) {
  MemorySink session;
  ASSERT_TRUE(flow::Generate({}, session).ok());
  TradeIds trade_ids;
  L3Venue venue(TestSetup(trade_ids), 0);
  Quoter quoter(venue);
  engine::Outbox outbox;
  std::uint64_t counted = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < session.records_.size(); ++i) {
    if (!session.records_[i].EndsGroup()) continue;
    const std::uint64_t before = AllocationCount();
    const auto records = std::span(session.records_).subspan(start, i + 1 - start);
    outbox.Clear();
    venue.OnMarket({records, {3}, 1, {1}, {1}}, outbox);
    const book::Touch& touch = venue.book().touch();
    if (i % 4 == 0 && touch.HasBoth()) quoter.Requote(touch.bid_price.units, touch.ask_price.units, outbox);
    if (i >= session.records_.size() / 2) counted += AllocationCount() - before;
    start = i + 1;
  }
  EXPECT_GT(trade_ids.next, 1'000u);
  EXPECT_LT(counted, 10U) << "over 76,000 records and 95,000 commands";
}

}  // namespace
}  // namespace crucible::history
