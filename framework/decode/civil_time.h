// Dates and clock times as market data files write them; no time zone database, no locale, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "framework/base/units.h"

namespace crucible::decode {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kNanosPerDay = 86'400 * kNanosPerSecond;
// Later times are refused, so that sums of times and offsets cannot overflow.
inline constexpr Nanos kLatestTime{std::int64_t{1} << 62};  // in the year 2116

struct CivilDate {
  int year = 1970;
  int month = 1;
  int day = 1;
  friend constexpr auto operator<=>(CivilDate, CivilDate) = default;
};

// "2012-06-21" or "20120621", 1970 to 2115; nullopt for anything else, also for a day that the month lacks.
std::optional<CivilDate> ParseDate(std::string_view text);
// Start of the day in UTC.
Nanos Midnight(CivilDate date);

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

// A moment: seconds, milliseconds, microseconds or nanoseconds since 1970 (10, 13, 16 or 19 digits, so from
// 2001 on), or a timestamp (base/time_text.h). A timestamp without a zone is `local_offset` ahead of UTC.
std::optional<Nanos> ParseMoment(std::string_view text, Duration local_offset);

}  // namespace crucible::decode
