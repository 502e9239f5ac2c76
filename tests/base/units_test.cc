#include "framework/base/units.h"

#include <gtest/gtest.h>

#include <concepts>

namespace crucible {
namespace {

template <class A, class B>
concept Adds = requires(A a, B b) { a + b; };
template <class A, class B>
concept Compares = requires(A a, B b) { a < b; };

TEST(UnitsTest, WrongSentencesDoNotCompile) {
  EXPECT_FALSE((Adds<Price, Price>));
  EXPECT_FALSE((Adds<Price, Quantity>));
  EXPECT_FALSE((Adds<Nanos, Nanos>));
  EXPECT_FALSE((Adds<Money, Quantity>));
  EXPECT_FALSE((Adds<Price, std::int64_t>));
  EXPECT_FALSE((Compares<Price, Quantity>));
  EXPECT_FALSE((Compares<Price, PriceDelta>));
  EXPECT_FALSE((Compares<OrderId, InstrumentId>));
  EXPECT_FALSE((std::convertible_to<Price, std::int64_t>));
}

TEST(UnitsTest, PointsAndDifferencesReturnToWhereTheyBegan) {
  const Price bid{10'050};
  const Price ask{10'075};
  EXPECT_EQ(ask - bid, PriceDelta{25});
  EXPECT_EQ(bid + (ask - bid), ask);
  EXPECT_EQ(ask - (ask - bid), bid);
  const Nanos sent{1'000};
  const Nanos received{1'250};
  EXPECT_EQ(received - sent, Duration{250});
  EXPECT_EQ(sent + (received - sent), received);
  EXPECT_EQ(received - (received - sent), sent);
}

TEST(UnitsTest, MoneyIsSigned) {
  EXPECT_EQ(Money{3} - Money{5}, Money{-2});
  EXPECT_EQ(-(Money{3} - Money{5}), Money{2});
}

TEST(SideTest, SidesMirrorEachOther) {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    EXPECT_NE(Opposite(side), side);
    EXPECT_EQ(Opposite(Opposite(side)), side);
    EXPECT_EQ(Sign(side), -Sign(Opposite(side)));
  }
  EXPECT_EQ(Sign(kBuy), 1);
}

TEST(SideTest, AHigherBidAndALowerAskAreBetter) {
  EXPECT_TRUE(IsBetter(Side::kBid, Price{101}, Price{100}));
  EXPECT_FALSE(IsBetter(Side::kBid, Price{100}, Price{101}));
  EXPECT_TRUE(IsBetter(Side::kAsk, Price{100}, Price{101}));
  EXPECT_FALSE(IsBetter(Side::kAsk, Price{101}, Price{100}));
  EXPECT_FALSE(IsBetter(Side::kBid, Price{100}, Price{100}));
  EXPECT_FALSE(IsBetter(Side::kAsk, Price{100}, Price{100}));
}

}  // namespace
}  // namespace crucible
