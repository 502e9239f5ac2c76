#include "framework/book/id_table.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

// How many different upper bytes the hashes have: few make buckets overflow, one makes them all meet.
class IdTableTest : public testing::TestWithParam<std::int64_t> {};

TEST_P(IdTableTest, FindsExactlyWhatStandsInItHoweverTheHashesCrowd) {
  constexpr std::uint64_t kSeed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Dice dice(kSeed);
  IdTable table;
  std::vector<std::uint64_t> hash_of(1);            // by index
  std::map<std::uint64_t, std::uint32_t> standing;  // by hash
  const auto locate = [&](std::uint64_t hash) {
    return table.Locate(hash, [&](std::uint32_t index) { return hash_of[index] == hash; });
  };
  for (int step = 0; step < 30'000; ++step) {
    const std::uint64_t crowd = static_cast<std::uint64_t>(dice.Below(GetParam())) << 56;
    const std::uint64_t hash = crowd | (dice.Next() >> 8);
    if (standing.size() < 60 || dice.OneIn(2)) {
      ASSERT_EQ(locate(hash).index, IdTable::kNone);
      hash_of.push_back(hash);
      standing[hash] = static_cast<std::uint32_t>(hash_of.size() - 1);
      table.Insert(hash, standing[hash]);
    }
    if (standing.size() > 100 || dice.OneIn(2)) {
      auto victim = standing.lower_bound(hash);
      if (victim == standing.end()) victim = standing.begin();
      const IdTable::Place place = locate(victim->first);
      ASSERT_EQ(place.index, victim->second);
      table.Erase(place.slot);
      standing.erase(victim);
    }
    if (step % 10 == 0) {
      for (const auto& [key, index] : standing) ASSERT_EQ(locate(key).index, index) << "step " << step;
    }
  }
  EXPECT_EQ(table.size(), standing.size());
}

INSTANTIATE_TEST_SUITE_P(Crowds, IdTableTest, testing::Values(1, 2, 3, 17, 256));

TEST(IdTableMemoryTest, TakesAtMostThirtyTwoBytesPerEntryOnceGrown) {
  IdTable table;
  Dice dice(1);
  for (std::uint32_t index = 1; index <= 100'000; ++index) table.Insert(dice.Next(), index);
  EXPECT_LE(table.allocated_bytes(), 100'000U * 32);
}

}  // namespace
}  // namespace crucible::book
