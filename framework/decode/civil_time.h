// Dates and clock times in files, as UTC nanoseconds; no time zone database, no locale, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "framework/base/units.h"

namespace crucible::decode {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kNanosPerDay = 86'400 * kNanosPerSecond;

struct CivilDate {
  int year = 1970;
  int month = 1;
  int day = 1;
  friend constexpr auto operator<=>(CivilDate, CivilDate) = default;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t DaysSinceEpoch(CivilDate date);
Nanos Midnight(CivilDate date);

// "2012-06-21" or "20120621"; nullopt for anything else, also for a day that the month does not have.
std::optional<CivilDate> ParseDate(std::string_view text);

// New York minus UTC at noon of `date`: -5 h, or -4 h in daylight saving time by the rules in force since
// 1987. Exact for exchange sessions: the clocks change at 2 o'clock on Sundays.
Duration NewYorkUtcOffset(CivilDate date);

// "34200.015105074": seconds as nanoseconds, half to even where there are more than 9 decimals (`exact` is
// then false). nullopt when malformed, negative or above two days.
struct SecondsOfDay {
  Duration time;
  bool exact = true;
};
std::optional<SecondsOfDay> ParseSecondsOfDay(std::string_view text);

// A moment: seconds, milliseconds, microseconds or nanoseconds since 1970 (10, 13, 16 or 19 digits, so 2001
// to 2116), or ISO 8601 "2012-02-01 00:00:00.123+00:00" ('T' or space, fraction and zone optional, 'Z'
// allowed). A text without a zone is `local_offset` ahead of UTC.
std::optional<Nanos> ParseMoment(std::string_view text, Duration local_offset);

}  // namespace crucible::decode
