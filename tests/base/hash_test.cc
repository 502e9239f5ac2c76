#include "framework/base/hash.h"

#include <gtest/gtest.h>

namespace crucible {
namespace {

Hash128 HashOf(std::string_view text) {
  StateHasher hasher;
  hasher.Add(text);
  return hasher.value();
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
