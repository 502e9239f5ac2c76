#include "framework/base/trading_calendar.h"

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"

namespace crucible {
namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::int64_t kDay = 24 * kHour;

// Monday is 0; 1970-01-01 was a Thursday.
int Weekday(std::int32_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }

std::int32_t DayOf(Nanos time) {
  const std::int64_t whole = time.since_epoch / kDay;
  return static_cast<std::int32_t>(time.since_epoch % kDay < 0 ? whole - 1 : whole);
}

int YearOf(std::int32_t day) {
  int year = 1970 + static_cast<int>(day / 365.2425);
  while (DayNumber(year, 1, 1) > day) --year;
  while (DayNumber(year + 1, 1, 1) <= day) ++year;
  return year;
}

std::int32_t NthSunday(int year, int month, int n) {
  const std::int32_t first = DayNumber(year, month, 1);
  return first + (6 - Weekday(first)) + 7 * (n - 1);
}

std::int32_t LastSunday(int year, int month) {  // of March or October, which have 31 days
  const std::int32_t last = DayNumber(year, month, 31);
  return last - (Weekday(last) + 1) % 7;
}

// Whether clocks are an hour ahead of standard time.
bool IsDaylight(Nanos utc, Duration offset, Daylight rule) {
  const int year = YearOf(DayOf(utc + offset));
  switch (rule) {
    case Daylight::kNone:
      return false;
    case Daylight::kUs: {  // both ends in standard time
      const std::int64_t local = (utc + offset).since_epoch;
      return local >= NthSunday(year, 3, 2) * kDay + 2 * kHour &&
             local < NthSunday(year, 11, 1) * kDay + kHour;
    }
    case Daylight::kEu:
      return utc.since_epoch >= LastSunday(year, 3) * kDay + kHour &&
             utc.since_epoch < LastSunday(year, 10) * kDay + kHour;
  }
  return false;
}

}  // namespace

std::int32_t DayNumber(int year, int month, int day) { return DayOf(StartOfDay(year, month, day)); }

std::string FormatDay(std::int32_t day) { return FormatTimestamp({day * kDay}).substr(0, 10); }

absl::StatusOr<TradingCalendar> TradingCalendar::Create(CalendarRules rules) {
  TradingCalendar calendar(std::move(rules));
  const CalendarRules& given = calendar.rules_;
  if (given.close <= given.open || (given.close - given.open).nanos > kDay) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "a session from %s to %s, counted from midnight: expected more than nothing and at most a day",
        FormatDuration(given.open), FormatDuration(given.close)));
  }
  for (const auto& [day, close] : given.early_close) {
    if (close > given.open && close < given.close) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("the half day %s closes at %s, expected between %s and %s", FormatDay(day),
                        FormatDuration(close), FormatDuration(given.open), FormatDuration(given.close)));
  }
  std::int64_t sessions = 0;
  for (std::int32_t day = given.first_day; day <= given.last_day; ++day)
    sessions += calendar.IsTradingDay(day);
  if (sessions == 0) {
    return absl::InvalidArgumentError(absl::StrFormat("no trading day from %s to %s",
                                                      FormatDay(given.first_day), FormatDay(given.last_day)));
  }
  calendar.sessions_per_year_ =
      static_cast<double>(sessions) * 365.25 / static_cast<double>(given.last_day - given.first_day + 1);
  return calendar;
}

bool TradingCalendar::IsTradingDay(std::int32_t day) const {
  return rules_.weekdays[static_cast<std::size_t>(Weekday(day))] && !rules_.closed.contains(day);
}

Nanos TradingCalendar::ToUtc(std::int32_t day, Duration wall) const {
  const Nanos standard = Nanos{day * kDay} + wall - rules_.utc_offset;
  const Nanos daylight = standard - Duration{kHour};
  return IsDaylight(daylight, rules_.utc_offset, rules_.daylight) ? daylight : standard;
}

TradingCalendar::Session TradingCalendar::SessionOf(std::int32_t day) const {
  const auto half = rules_.early_close.find(day);
  return {day, ToUtc(day, rules_.open),
          ToUtc(day, half == rules_.early_close.end() ? rules_.close : half->second)};
}

TradingCalendar::Session TradingCalendar::At(Nanos time) const {
  // A session may begin a day before its own, and local days begin up to 14 hours from UTC ones.
  for (std::int32_t day = DayOf(time) - 2;; ++day) {
    if (!IsTradingDay(day)) continue;
    const Session session = SessionOf(day);
    if (session.close > time) return session;
  }
}

Nanos TradingCalendar::LastClose(Nanos time) const {
  for (std::int32_t day = DayOf(time) + 2;; --day) {
    if (!IsTradingDay(day)) continue;
    const Session session = SessionOf(day);
    if (session.close <= time) return session.close;
  }
}

}  // namespace crucible
