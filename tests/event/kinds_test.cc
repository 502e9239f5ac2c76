#include "framework/event/kinds.h"

#include <algorithm>
#include <set>
#include <string>

#include "framework/event/order_codes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible {
namespace {

using ::testing::MatchesRegex;

TEST(KindsTest, NumbersAscendAndNamesAreUnique) {
  std::set<std::string_view> names;
  int last = 0;
  for (const KindInfo& info : AllKinds()) {
    EXPECT_GT(static_cast<int>(info.kind), last) << info.name;
    last = static_cast<int>(info.kind);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_THAT(std::string(info.name), MatchesRegex("[a-z][a-z0-9_]*"));
  }
}

TEST(KindsTest, EveryNumberIsFoundOrSaidToBeFree) {
  for (int number = 0; number < 256; ++number) {
    const auto kind = static_cast<Kind>(number);
    const auto expected = std::ranges::find(AllKinds(), kind, &KindInfo::kind);
    const KindInfo* found = FindKind(kind);
    if (expected == AllKinds().end()) {
      EXPECT_EQ(found, nullptr) << number;
      EXPECT_EQ(Name(kind), "?") << number;
    } else {
      ASSERT_NE(found, nullptr) << number;
      EXPECT_EQ(found->name, expected->name);
      EXPECT_EQ(KindFromName(found->name), kind);
    }
  }
  EXPECT_EQ(KindFromName("no_such_kind"), std::nullopt);
  EXPECT_EQ(KindFromName(""), std::nullopt);
}

TEST(KindsTest, UsedSlotsComeFirstAndHaveDistinctNames) {
  for (const KindInfo& info : AllKinds()) {
    std::set<std::string_view> names;
    bool ended = false;
    for (const SlotInfo& slot : info.slots) {
      ended = ended || slot.type == SlotType::kUnused;
      EXPECT_EQ(slot.type == SlotType::kUnused, ended) << info.name;
      EXPECT_EQ(slot.name.empty(), ended) << info.name;
      EXPECT_TRUE(ended || names.insert(slot.name).second) << info.name << " " << slot.name;
    }
  }
}

TEST(KindsTest, MarketDataAndRepliesCarryTheSourcesTimeAndTheRestItsCause) {
  for (const KindInfo& info : AllKinds()) {
    const bool detail = info.kind == Kind::kFillDetail || info.kind == Kind::kMarginDetail;
    const bool source = (IsMarketData(info.kind) || IsVenueReply(info.kind)) && !detail;
    EXPECT_EQ(info.origin == OriginMeaning::kSourceTime, source) << info.name;
    EXPECT_FALSE(IsMarketData(info.kind) && IsVenueReply(info.kind)) << info.name;
  }
}

TEST(KindsTest, EverySlotTypeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int type = 0; type <= static_cast<int>(SlotType::kDoubleBits); ++type) {
    names.insert(Name(static_cast<SlotType>(type)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(SlotType::kDoubleBits) + 1);
}

template <class Code>
void ExpectDistinctNames(int first, int last) {
  std::set<std::string_view> names{"?"};
  for (int code = first; code <= last; ++code) {
    EXPECT_TRUE(names.insert(Name(static_cast<Code>(code))).second) << code;
  }
  EXPECT_EQ(Name(static_cast<Code>(last + 1)), "?");
  EXPECT_EQ(Name(static_cast<Code>(255)), "?");
}

TEST(OrderCodesTest, EveryCodeHasItsOwnNameAndOthersNone) {
  ExpectDistinctNames<OrderType>(1, 5);
  ExpectDistinctNames<TimeInForce>(1, 4);
  ExpectDistinctNames<Reason>(0, 20);
  ExpectDistinctNames<FillRule>(0, 12);
}

}  // namespace
}  // namespace crucible
