// When a venue trades: a session per trading day, with weekends, holidays, half days and daylight saving
// time.
//
// The rules are data that a run carries with it, and daylight saving is one of three rules below, so no
// system file of time zones is asked: its next version cannot change a result (tests compare the rules with
// it).
//
//   kUs   second Sunday of March 02:00 to first Sunday of November 02:00, local wall time; since 2007
//         (Energy Policy Act of 2005, section 110)
//   kEu   last Sunday of March to last Sunday of October, 01:00 UTC; since 1996 (Directive 2000/84/EC)
//
// Days are counted from 1970-01-01. Immutable; any thread may read.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible {

enum class Daylight : std::uint8_t { kNone = 0, kUs = 1, kEu = 2 };

struct CalendarRules {
  std::int32_t first_day = 0, last_day = 0;  // for which the holidays are stated, both included
  Duration utc_offset;                       // of standard time
  Daylight daylight = Daylight::kNone;
  // Wall time from midnight of the trading day; an `open` below zero lies in the evening before.
  Duration open, close;
  std::array<bool, 7> weekdays{true, true, true, true, true, false, false};  // Monday first
  std::set<std::int32_t> closed;                                             // holidays
  std::map<std::int32_t, Duration> early_close;                              // half days
};

class TradingCalendar {
 public:
  struct Session {
    std::int32_t day = 0;
    Nanos open, close;
    friend bool operator==(const Session&, const Session&) = default;
  };

  // kInvalidArgument names what is wrong: a session that closes before it opens, or runs into the next.
  static absl::StatusOr<TradingCalendar> Create(CalendarRules rules);

  bool IsTradingDay(std::int32_t day) const;
  // REQUIRES: IsTradingDay(day).
  Session SessionOf(std::int32_t day) const;
  // Whether sessions around `time` have times of their own: the years 1680 to 2259.
  static constexpr bool Covers(Nanos time) {
    constexpr std::int64_t kMost = INT64_MAX - 1'000 * 86'400'000'000'000;
    return time.since_epoch > -kMost && time.since_epoch < kMost;
  }
  // The first session that closes after `time`: the one under way, or the next. It may lie beyond the days
  // for which holidays are stated, where weekdays alone decide. REQUIRES: Covers(time).
  Session At(Nanos time) const;
  // The latest close that is not after `time`. REQUIRES: Covers(time).
  Nanos LastClose(Nanos time) const;
  // Sessions per 365.25 days, over the days stated.
  double sessions_per_year() const { return sessions_per_year_; }
  const CalendarRules& rules() const { return rules_; }

 private:
  explicit TradingCalendar(CalendarRules rules) : rules_(std::move(rules)) {}
  Nanos ToUtc(std::int32_t day, Duration wall) const;

  CalendarRules rules_;
  double sessions_per_year_ = 0;
};

// The day of a date. REQUIRES: a valid date of the years 1678 to 2261.
std::int32_t DayNumber(int year, int month, int day);
// "2024-03-11"
std::string FormatDay(std::int32_t day);

}  // namespace crucible
