#include "framework/engine/why_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

using testing::HasSubstr;

// An order that the venue rejected as unsupported, told: the line about the rejection.
std::string Rejection(OrderType type, std::uint8_t options, std::int64_t shown,
                      Reason reason = Reason::kUnsupported) {
  Why why;
  why.order = {7};
  why.intent.event.kind = Kind::kIntent;
  why.intent.event.side = kSell;
  SetBody(why.intent.event, IntentBody{{15}, {50}, {7}, {}});
  why.terms.kind = Kind::kIntentTerms;
  SetBody(why.terms, IntentTermsBody{{shown}, {}, static_cast<std::int64_t>(type) | options << 16, 1});
  WhyStep& step = why.steps.emplace_back();
  step.record.event.kind = Kind::kRejected;
  SetBody(step.record.event, ReplyBody{{15}, {50}, {7}, static_cast<std::int64_t>(reason)});
  step.from_venue = Duration{1'000'000};
  WhyNames names;
  names.instruments.resize(1);
  names.strategies = {"trailer"};
  for (const WhyLine& line : WhyText(why, names))
    if (line.what == "rejected") return line.text;
  return "";
}

TEST(WhyTextTest, ARejectedTrailingStopNamesItsTypeTheVenueAndWhatIsValid) {
  EXPECT_THAT(
      Rejection(OrderType::kTrailingStop, 0, 0),
      HasSubstr(
          ": unsupported: no trailing stop over bars, which do not say whether the high or the low came "
          "first; valid there: market, limit, stop, stop-limit; heard 1ms later"));
  EXPECT_THAT(Rejection(OrderType::kTrailingStop, 0, 0, Reason::kBadPrice), HasSubstr(": bad price; heard"));
}

TEST(WhyTextTest, OtherUnsupportedTermsSayWhereTheyAreValid) {
  EXPECT_THAT(Rejection(OrderType::kMarket, option::kPostOnly, 0),
              HasSubstr(": unsupported: post-only is valid for a limit order that may rest; heard"));
  EXPECT_THAT(Rejection(OrderType::kTrailingStop, option::kPostOnly, 0),
              HasSubstr(": unsupported: post-only is valid for a limit order that may rest; heard"));
  EXPECT_THAT(Rejection(OrderType::kTrailingStop, 0, 5), HasSubstr(": unsupported: shows 5 of the order"));
  EXPECT_THAT(Rejection(OrderType::kLimit, 0, 5),
              HasSubstr(": unsupported: shows 5 of the order, which is valid in a simulated market"));
}

}  // namespace
}  // namespace crucible::engine
