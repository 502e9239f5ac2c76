#include "framework/book/order_store.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

// How a venue hands out ids.
enum class Ids { kSequence, kSequenceWithHoles, kRandom, kStrided, kJumps, kFewValues };

OrderId NextId(Ids ids, std::uint64_t n, Dice& dice) {
  switch (ids) {
    case Ids::kSequence:
      return {1'000 + n};
    case Ids::kSequenceWithHoles:
      return {n * 3 + static_cast<std::uint64_t>(dice.Below(40))};
    case Ids::kRandom:
      return {dice.Next()};
    case Ids::kStrided:
      return {n << 40};
    case Ids::kJumps:
      return {n + ((n / 1000) % 7) * 1'000'000'000'000};
    case Ids::kFewValues:
      return {static_cast<std::uint64_t>(dice.Below(500)) + (dice.OneIn(2) ? UINT64_MAX - 300 : 0)};
  }
  return {};
}

class OrderStoreTest : public testing::TestWithParam<std::tuple<bool, Ids>> {};

TEST_P(OrderStoreTest, FindsExactlyTheOrdersThatRest) {
  const auto [dense, ids] = GetParam();
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Dice dice(kSeed);
  OrderStore store(dense);
  std::map<std::uint64_t, OrderIndex> naive;
  for (std::uint64_t n = 0; n < 200'000; ++n) {
    const OrderId id = NextId(ids, n, dice);
    if (!naive.contains(id.value)) {
      ASSERT_EQ(store.Find(id), kNoOrder) << id.value;
      naive[id.value] = store.Make(id, store.Locate(id));
      store[naive[id.value]].side = Side::kBid;
    }
    while (naive.size() > 400 || (!naive.empty() && dice.OneIn(3))) {
      auto victim = naive.lower_bound(dice.OneIn(2) ? 0 : NextId(ids, n, dice).value);
      if (victim == naive.end()) victim = std::prev(victim);
      ASSERT_EQ(store.Find({victim->first}), victim->second);
      store.Erase(victim->second);
      ASSERT_EQ(store.Find({victim->first}), kNoOrder);
      naive.erase(victim);
    }
    if (n % 5'000 == 0) {
      ASSERT_TRUE(store.InvariantsHold()) << n;
    }
  }
  ASSERT_EQ(store.size(), naive.size());
  for (const auto& [id, index] : naive) EXPECT_EQ(store.Find({id}), index);
}

INSTANTIATE_TEST_SUITE_P(
    AllIds, OrderStoreTest,
    testing::Combine(testing::Bool(), testing::Values(Ids::kSequence, Ids::kSequenceWithHoles, Ids::kRandom,
                                                      Ids::kStrided, Ids::kJumps, Ids::kFewValues)));

TEST(OrderStoreMemoryTest, StaysProportionalToLiveOrdersWhileIdsRunOn) {
  for (bool dense : {false, true}) {
    OrderStore store(dense);
    std::vector<OrderIndex> live;
    Dice dice(5);
    for (std::uint64_t id = 1; id <= 1'000'000; ++id) {
      live.push_back(store.Make({id}, store.Locate({id})));
      store[live.back()].side = Side::kBid;
      if (live.size() <= 1'000) continue;
      // One order in a hundred stays for good, as far orders do.
      const auto victim = static_cast<std::size_t>(id % 100 == 0 ? dice.Below(1'000) : 990);
      store.Erase(live[victim]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    EXPECT_EQ(store.size(), 1'000U);
    EXPECT_LT(store.allocated_bytes(), 1'000U * 250) << "dense " << dense;
    EXPECT_TRUE(store.InvariantsHold());
  }
}

}  // namespace
}  // namespace crucible::book
