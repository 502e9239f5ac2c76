#include "framework/report/activity.h"

#include <gtest/gtest.h>

#include <numeric>

#include "framework/event/kinds.h"

namespace crucible::report {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Event Execution(std::int64_t at, std::int64_t quantity, std::uint64_t trade) {
  Event event;
  event.time = at;
  event.kind = Kind::kOrderExecute;
  event.flags = flag::kGroupEnd;
  SetBody(event, ExecuteBody{{100}, {quantity}, {1}, trade});
  return event;
}
Event OfKind(Kind kind) {
  Event event;
  event.kind = kind;
  event.flags = flag::kGroupEnd;
  return event;
}

TEST(ActivityTest, EveryTradeCountsInItsStretchAndInTheTotal) {
  Activity activity({0}, {100 * kSecond});
  const absl::flat_hash_set<std::uint64_t> predators = {2};
  const std::vector<Event> trades = {Execution(0, 5, 1), Execution(99 * kSecond, 7, 2),
                                     Execution(100 * kSecond, 11, 3)};
  activity.OnMarket(trades, predators);
  activity.OnFill({99 * kSecond}, {7});
  EXPECT_EQ(activity.Total(Who::kAll), 23);
  EXPECT_EQ(activity.Total(Who::kPredators), 7);
  EXPECT_EQ(activity.Total(Who::kOurs), 7);
  EXPECT_EQ(activity.trades(), 3U);
  const auto& all = activity.volume()[0];
  EXPECT_LE(all.size(), Activity::kMaxBuckets + 1);
  EXPECT_EQ(all.front(), 5);
  EXPECT_EQ(all.back(), 11) << "the run's last moment";
  EXPECT_EQ(all[static_cast<std::size_t>(99 * kSecond / activity.bucket().nanos)], 7);
}

TEST(ActivityTest, MessagesAreCountedByWhatTheyDo) {
  Activity activity({0}, {kSecond});
  const std::vector<Event> messages = {OfKind(Kind::kOrderAdd), OfKind(Kind::kOrderAdd),
                                       OfKind(Kind::kOrderDelete), OfKind(Kind::kOrderReduce),
                                       OfKind(Kind::kTradingStatus)};
  activity.OnMarket(messages, {});
  EXPECT_EQ(activity.adds(), 2U);
  EXPECT_EQ(activity.cancels(), 2U);
  EXPECT_EQ(activity.trades(), 0U);
}

TEST(ActivityTest, AYearHasNoMoreStretchesThanADay) {
  const Activity year({0}, {365 * 86'400 * kSecond});
  EXPECT_LE(year.volume()[0].size(), Activity::kMaxBuckets + 1);
  const Activity decades({0}, {50LL * 365 * 86'400 * kSecond});
  EXPECT_GT(decades.volume()[0].size(), 1U);
}

}  // namespace
}  // namespace crucible::report
