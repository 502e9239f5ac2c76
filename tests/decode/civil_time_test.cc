#include "framework/decode/civil_time.h"

#include <gtest/gtest.h>

namespace crucible::decode {
namespace {

constexpr std::int64_t kHour = 3'600 * kNanosPerSecond;

Duration Offset(const char* date) { return NewYorkUtcOffset(ParseDate(date).value()); }

TEST(CivilTimeTest, DatesAreReadWithAndWithoutDashes) {
  EXPECT_EQ(ParseDate("2012-06-21"), (CivilDate{2012, 6, 21}));
  EXPECT_EQ(ParseDate("20120621"), (CivilDate{2012, 6, 21}));
  EXPECT_EQ(ParseDate("2012-02-29"), (CivilDate{2012, 2, 29}));
  for (const char* wrong : {"2013-02-29", "2012-13-01", "2012-00-10", "2012/06/21", "12-06-21", "",
                            "2012-6-21", "1969-12-31", "2116-01-01", "201206211"}) {
    EXPECT_FALSE(ParseDate(wrong)) << wrong;
  }
}

TEST(CivilTimeTest, NewYorkKeepsDaylightSavingTimeByTheRuleOfTheYear) {
  EXPECT_EQ(Offset("2012-06-21"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2012-01-10"), Duration{-5 * kHour});
  // 2012: 11 March to 4 November.
  EXPECT_EQ(Offset("2012-03-10"), Duration{-5 * kHour});
  EXPECT_EQ(Offset("2012-03-11"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2012-11-03"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2012-11-04"), Duration{-5 * kHour});
  // 2015: March and November start on a Sunday.
  EXPECT_EQ(Offset("2015-03-07"), Duration{-5 * kHour});
  EXPECT_EQ(Offset("2015-03-08"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2015-10-31"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2015-11-01"), Duration{-5 * kHour});
  // 2006: 2 April to 29 October.
  EXPECT_EQ(Offset("2006-04-01"), Duration{-5 * kHour});
  EXPECT_EQ(Offset("2006-04-02"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2006-10-28"), Duration{-4 * kHour});
  EXPECT_EQ(Offset("2006-10-29"), Duration{-5 * kHour});
}

TEST(CivilTimeTest, SecondsOfTheDayAreExactWhateverTheNumberOfDecimals) {
  EXPECT_EQ(ParseSecondsOfDay("34200.015105074")->time, Duration{34'200'015'105'074});
  EXPECT_EQ(ParseSecondsOfDay("34200.05990197")->time, Duration{34'200'059'901'970});
  EXPECT_EQ(ParseSecondsOfDay("57599")->time, Duration{57'599'000'000'000});
  const auto residue = ParseSecondsOfDay("35821.088778456004");
  EXPECT_EQ(residue->time, Duration{35'821'088'778'456});
  EXPECT_FALSE(residue->exact);
  EXPECT_TRUE(ParseSecondsOfDay("35821.088778456000")->exact);
  for (const char* wrong : {"", "abc", "-1", "1.2.3", "172800", "1e9"})
    EXPECT_FALSE(ParseSecondsOfDay(wrong)) << wrong;
}

TEST(CivilTimeTest, MomentsAreToldApartByTheirDigits) {
  const Nanos expected{1'420'070'400'000'000'000};
  for (const char* text : {"1420070400", "1420070400000", "1420070400000000", "1420070400000000000",
                           "2015-01-01", "2015-01-01 00:00:00", "2015-01-01T00:00:00Z",
                           "2015-01-01 02:00:00+02:00", "2015-01-01 00:00:00.000000+00:00"}) {
    EXPECT_EQ(ParseMoment(text, {}), expected) << text;
  }
  for (const char* wrong : {"", "142007040", "14200704000", "-420070400", "9999999999999999999",
                            "9999999999999999", "2015-01-01 25:00:00", "2015-01-32", "noon"}) {
    EXPECT_FALSE(ParseMoment(wrong, {})) << wrong;
  }
}

TEST(CivilTimeTest, OnlyATimestampWithoutZoneIsLocal) {
  const Duration offset{-5 * kHour};
  EXPECT_EQ(ParseMoment("2015-01-01 00:00:00", offset), Nanos{1'420'070'400'000'000'000 + 5 * kHour});
  EXPECT_EQ(ParseMoment("2015-01-01 00:00:00Z", offset), Nanos{1'420'070'400'000'000'000});
  EXPECT_EQ(ParseMoment("1420070400", offset), Nanos{1'420'070'400'000'000'000});
}

}  // namespace
}  // namespace crucible::decode
