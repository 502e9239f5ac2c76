#include "framework/base/hash.h"

#include <gtest/gtest.h>

namespace crucible {
namespace {

Hash128 HashOf(std::string_view text) {
  StateHasher hasher;
  hasher.Add(text);
  return hasher.value();
}

// State hashes stand in journals: this value may never change.
TEST(StateHasherTest, EqualsTheStoredValue) {
  StateHasher hasher;
  hasher.Add(std::uint64_t{1});
  hasher.Add(std::int64_t{-2});
  hasher.Add(0.5);
  hasher.Add(std::string_view("queue/binance"));
  EXPECT_EQ(ToHex(hasher.value()), "6685bc4ab756d5d2791e60ad1cb1386b");
}

TEST(StateHasherTest, EveryBitOfAWordIsSeenInBothHalves) {
  const StateHasher empty;
  for (int bit = 0; bit < 64; ++bit) {
    StateHasher zero = empty;
    StateHasher one = empty;
    zero.Add(std::uint64_t{0});
    one.Add(std::uint64_t{1} << bit);
    EXPECT_NE(zero.value().low, one.value().low) << bit;
    EXPECT_NE(zero.value().high, one.value().high) << bit;
  }
}

TEST(StateHasherTest, OrderOfWordsMatters) {
  StateHasher a;
  a.Add(std::uint64_t{1});
  a.Add(std::uint64_t{2});
  StateHasher b;
  b.Add(std::uint64_t{2});
  b.Add(std::uint64_t{1});
  EXPECT_NE(a.value(), b.value());
}

TEST(StateHasherTest, ATextIsNotItsPaddedSelf) {
  EXPECT_NE(HashOf("a"), HashOf(std::string_view("a\0", 2)));
  EXPECT_NE(HashOf(""), HashOf(std::string_view("\0", 1)));
}

TEST(StateHasherTest, TextSplitsDiffer) {
  StateHasher a;
  a.Add(std::string_view("ab"));
  a.Add(std::string_view("c"));
  StateHasher b;
  b.Add(std::string_view("a"));
  b.Add(std::string_view("bc"));
  EXPECT_NE(a.value(), b.value());
}

TEST(ToHexTest, WritesTheHighHalfFirst) {
  EXPECT_EQ(ToHex({.low = 0xAB, .high = 0x1}), "000000000000000100000000000000ab");
}

}  // namespace
}  // namespace crucible
