#include "framework/event/event.h"

#include "framework/event/kinds.h"
#include "gtest/gtest.h"

namespace crucible {
namespace {

TEST(EventTest, BodiesReadBackAsWritten) {
  Event event;
  SetBody(event, L3Body{Price{-5}, Quantity{7}, OrderId{UINT64_MAX}, 9});
  const auto body = As<L3Body>(event);
  EXPECT_EQ(body.price, Price{-5});
  EXPECT_EQ(body.quantity, Quantity{7});
  EXPECT_EQ(body.order_id, OrderId{UINT64_MAX});
  EXPECT_EQ(body.venue_seq, 9U);
}

TEST(EventTest, SlotsStandInTheOrderOfTheBodysFields) {
  Event event;
  SetBody(event, BarBody{Price{1}, Price{4}, Price{2}, Price{3}});
  EXPECT_EQ(event.body, (std::array<std::int64_t, 4>{1, 4, 2, 3}));
}

TEST(EventTest, OnlyTheGroupEndFlagEndsAGroup) {
  Event event;
  event.flags = static_cast<std::uint16_t>(~flag::kGroupEnd);
  EXPECT_FALSE(event.EndsGroup());
  event.flags = flag::kGroupEnd;
  EXPECT_TRUE(event.EndsGroup());
}

TEST(CauseRefTest, RoundTripsAtItsLimits) {
  constexpr std::uint64_t kLastSeq = (std::uint64_t{1} << 48) - 1;
  for (const CauseRef cause : {CauseRef{0, 0}, CauseRef{0, kLastSeq}, CauseRef{UINT16_MAX, 0},
                               CauseRef{UINT16_MAX, kLastSeq}, CauseRef{3, 17}}) {
    EXPECT_EQ(CauseRef::FromBits(cause.bits()), cause);
  }
  EXPECT_EQ((CauseRef{1, 2}.bits()), (std::uint64_t{1} << 48) + 2);
}

}  // namespace
}  // namespace crucible
