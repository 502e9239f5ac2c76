#include "framework/base/trading_calendar.h"

#include <gtest/gtest.h>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "framework/base/time_text.h"

namespace crucible {
namespace {

constexpr Duration kMinute{60'000'000'000};
Duration Minutes(std::int64_t count) { return {count * kMinute.nanos}; }

CalendarRules Rules(Duration offset, Daylight daylight, Duration open, Duration close) {
  CalendarRules rules;
  rules.first_day = DayNumber(2007, 1, 1);
  rules.last_day = DayNumber(2037, 12, 31);
  rules.utc_offset = offset;
  rules.daylight = daylight;
  rules.open = open;
  rules.close = close;
  return rules;
}
CalendarRules NewYork() { return Rules(Minutes(-300), Daylight::kUs, Minutes(570), Minutes(960)); }

TradingCalendar Make(CalendarRules rules) {
  auto calendar = TradingCalendar::Create(std::move(rules));
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return *std::move(calendar);
}
Nanos At(const char* text) { return *ParseTimestamp(text); }

std::string Text(const TradingCalendar::Session& session) {
  return FormatDay(session.day) + " " + FormatTimestamp(session.open).substr(0, 16) + " " +
         FormatTimestamp(session.close).substr(0, 16);
}

TEST(TradingCalendarTest, SessionsFollowDaylightSavingTime) {
  const TradingCalendar calendar = Make(NewYork());
  EXPECT_EQ(Text(calendar.At(At("2024-03-08T15:00:00Z"))), "2024-03-08 2024-03-08T14:30 2024-03-08T21:00");
  EXPECT_EQ(Text(calendar.At(At("2024-03-08T21:00:00Z"))), "2024-03-11 2024-03-11T13:30 2024-03-11T20:00");
  EXPECT_EQ(Text(calendar.At(At("2024-11-01T20:00:00Z"))), "2024-11-04 2024-11-04T14:30 2024-11-04T21:00");
}

TEST(TradingCalendarTest, HolidaysAndHalfDays) {
  CalendarRules rules = NewYork();
  rules.closed = {DayNumber(2024, 11, 28)};
  rules.early_close = {{DayNumber(2024, 11, 29), Minutes(780)}};
  const TradingCalendar calendar = Make(rules);
  EXPECT_EQ(Text(calendar.At(At("2024-11-27T21:00:00Z"))), "2024-11-29 2024-11-29T14:30 2024-11-29T18:00");
  EXPECT_EQ(calendar.LastClose(At("2024-11-29T17:59:59Z")), At("2024-11-27T21:00:00Z"));
  EXPECT_EQ(calendar.LastClose(At("2024-11-29T18:00:00Z")), At("2024-11-29T18:00:00Z"));
}

TEST(TradingCalendarTest, ASessionMayBeginTheEveningBefore) {
  // Globex: 17:00 to 16:00 in Chicago; Monday's session begins on Sunday.
  const TradingCalendar calendar = Make(Rules(Minutes(-360), Daylight::kUs, Minutes(-420), Minutes(960)));
  EXPECT_EQ(Text(calendar.At(At("2023-12-24T22:59:00Z"))), "2023-12-25 2023-12-24T23:00 2023-12-25T22:00");
  EXPECT_EQ(Text(calendar.At(At("2023-12-22T22:00:00Z"))), "2023-12-25 2023-12-24T23:00 2023-12-25T22:00");
}

TEST(TradingCalendarTest, TheNextCloseAndTheLastOneAreNeighbours) {
  const TradingCalendar calendar = Make(NewYork());
  for (Nanos time = At("2012-01-01"); time < At("2014-01-01");
       time = time + Duration{7 * 3'600'000'000'000 + 1}) {
    const Nanos last = calendar.LastClose(time);
    ASSERT_LE(last, time);
    ASSERT_GT(calendar.At(time).close, time);
    ASSERT_EQ(calendar.At(last).close, calendar.At(time).close);
  }
}

TEST(TradingCalendarTest, CountsItsSessionsInAYear) {
  EXPECT_NEAR(Make(NewYork()).sessions_per_year(), 365.25 * 5 / 7, 0.1);
}

TEST(TradingCalendarTest, WhatCannotBeASessionIsRefused) {
  CalendarRules rules = NewYork();
  rules.close = rules.open;
  EXPECT_FALSE(TradingCalendar::Create(rules).ok());
  rules = NewYork();
  rules.open = rules.close - Minutes(1'441);
  EXPECT_FALSE(TradingCalendar::Create(rules).ok());
  rules = NewYork();
  rules.early_close = {{DayNumber(2024, 11, 29), Minutes(961)}};
  EXPECT_NE(std::string(TradingCalendar::Create(rules).status().message()).find("2024-11-29"),
            std::string::npos);
  rules = NewYork();
  rules.weekdays.fill(false);
  EXPECT_FALSE(TradingCalendar::Create(rules).ok());
}

// The rules written here against the system's tables, for as long as the rules have held and are planned.
class DaylightTest : public testing::TestWithParam<std::tuple<const char*, int, Daylight>> {};

TEST_P(DaylightTest, AgreesWithTheTimeZoneDatabase) {
  const auto& [name, offset_minutes, rule] = GetParam();
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) GTEST_SKIP() << "no time zone database with " << name;
  CalendarRules rules = Rules(Minutes(offset_minutes), rule, Minutes(570), Minutes(960));
  rules.weekdays.fill(true);
  const TradingCalendar calendar = Make(rules);
  for (std::int32_t day = DayNumber(2007, 1, 1); day <= DayNumber(2036, 12, 31); ++day) {
    const absl::CivilDay civil = absl::CivilDay(1970, 1, 1) + day;
    const absl::Time open = absl::FromCivil(absl::CivilMinute(civil) + 570, zone);
    ASSERT_EQ(calendar.SessionOf(day).open.since_epoch, absl::ToUnixNanos(open)) << FormatDay(day);
  }
}

INSTANTIATE_TEST_SUITE_P(Zones, DaylightTest,
                         testing::Values(std::tuple{"America/New_York", -300, Daylight::kUs},
                                         std::tuple{"America/Chicago", -360, Daylight::kUs},
                                         std::tuple{"Europe/Berlin", 60, Daylight::kEu},
                                         std::tuple{"Europe/London", 0, Daylight::kEu},
                                         std::tuple{"Asia/Tokyo", 540, Daylight::kNone}));

}  // namespace
}  // namespace crucible
