#include "framework/decode/civil_time.h"

#include <array>
#include <charconv>

#include "framework/base/decimal.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kNanosPerHour = 3'600 * kNanosPerSecond;
constexpr std::int64_t kLatestNanos = std::int64_t{1} << 62;  // year 2116

bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && IsLeap(year) ? 1 : 0);
}

// 0 is Sunday.
int Weekday(CivilDate date) { return static_cast<int>((DaysSinceEpoch(date) + 4) % 7); }

// Day of the `nth` Sunday of a month; nth = 0 is the last one.
int NthSunday(int year, int month, int nth) {
  const int first = 1 + (7 - Weekday({year, month, 1})) % 7;
  if (nth > 0) return first + 7 * (nth - 1);
  return first + 7 * ((DaysInMonth(year, month) - first) / 7);
}

// All of `text` as digits.
std::optional<std::int64_t> Digits(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.front() == '-' || text.front() == '+') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "015105074" -> 15105074: digits after a decimal point, as nanoseconds.
std::optional<std::int64_t> Fraction(std::string_view text) {
  std::optional<std::int64_t> value = Digits(text);
  if (!value || text.size() > 9) return std::nullopt;
  for (std::size_t i = text.size(); i < 9; ++i) *value *= 10;
  return value;
}

// "hh:mm" or "hh:mm:ss" with optional fraction.
std::optional<std::int64_t> ClockNanos(std::string_view text) {
  if (text.size() < 5 || text[2] != ':' || (text.size() > 5 && (text.size() < 8 || text[5] != ':')))
    return std::nullopt;
  const auto hour = Digits(text.substr(0, 2));
  const auto minute = Digits(text.substr(3, 2));
  const auto second = text.size() > 5 ? Digits(text.substr(6, 2)) : 0;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const std::int64_t whole = (*hour * 3600 + *minute * 60 + *second) * kNanosPerSecond;
  if (text.size() <= 8) return whole;
  const auto fraction = text[8] == '.' ? Fraction(text.substr(9)) : std::nullopt;
  if (!fraction) return std::nullopt;
  return whole + *fraction;
}

// "Z", "+02:00", "-0500"; empty: `local_offset`.
std::optional<std::int64_t> ZoneNanos(std::string_view text, Duration local_offset) {
  if (text.empty()) return local_offset.nanos;
  if (text == "Z") return 0;
  if (text.size() < 3 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto hours = Digits(text.substr(1, 2));
  const std::string_view rest = text.substr(3);
  const auto minutes = rest.empty() ? 0 : Digits(rest.substr(rest.front() == ':' ? 1 : 0));
  if (!hours || !minutes || *hours > 18 || *minutes > 59) return std::nullopt;
  const std::int64_t nanos = *hours * kNanosPerHour + *minutes * (kNanosPerHour / 60);
  return text.front() == '-' ? -nanos : nanos;
}

std::optional<Nanos> IsoMoment(std::string_view text, Duration local_offset) {
  const std::optional<CivilDate> date = ParseDate(text.substr(0, 10));
  if (!date || date->year > 2115) return std::nullopt;
  const Nanos midnight = Midnight(*date);
  if (text.size() == 10) return midnight - local_offset;
  if (text[10] != ' ' && text[10] != 'T') return std::nullopt;
  const std::string_view rest = text.substr(11);
  const std::size_t zone_at = rest.find_first_of("Z+-");
  const auto clock = ClockNanos(rest.substr(0, zone_at));
  const auto zone = ZoneNanos(zone_at == std::string_view::npos ? "" : rest.substr(zone_at), local_offset);
  if (!clock || !zone) return std::nullopt;
  return Nanos{midnight.since_epoch + *clock - *zone};
}

std::optional<Nanos> EpochMoment(std::string_view text) {
  const auto value = Digits(text);
  if (!value) return std::nullopt;
  switch (text.size()) {
    case 10:
      return *value > kLatestNanos / kNanosPerSecond ? std::nullopt
                                                     : std::optional(Nanos{*value * kNanosPerSecond});
    case 13:
      return *value > kLatestNanos / 1'000'000 ? std::nullopt : std::optional(Nanos{*value * 1'000'000});
    case 16:
      return *value > kLatestNanos / 1'000 ? std::nullopt : std::optional(Nanos{*value * 1'000});
    case 19:
      return *value > kLatestNanos ? std::nullopt : std::optional(Nanos{*value});
    default:
      return std::nullopt;
  }
}

}  // namespace

std::int64_t DaysSinceEpoch(CivilDate date) {
  // Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

Nanos Midnight(CivilDate date) { return {DaysSinceEpoch(date) * kNanosPerDay}; }

std::optional<CivilDate> ParseDate(std::string_view text) {
  std::array<char, 8> digits{};
  std::size_t count = 0;
  const bool dashed = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!dashed && text.size() != 8) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (dashed && (i == 4 || i == 7)) continue;
    digits[count++] = text[i];
  }
  const std::string_view all(digits.data(), digits.size());
  const auto year = Digits(all.substr(0, 4));
  const auto month = Digits(all.substr(4, 2));
  const auto day = Digits(all.substr(6, 2));
  if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
  const CivilDate date{static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day)};
  if (date.year > 2115 || date.day > DaysInMonth(date.year, date.month)) return std::nullopt;
  return date;
}

Duration NewYorkUtcOffset(CivilDate date) {
  // 15 U.S.C. 260a: since 2007 second Sunday of March to first of November; before, April to October.
  const bool since_2007 = date.year >= 2007;
  const CivilDate start = since_2007 ? CivilDate{date.year, 3, NthSunday(date.year, 3, 2)}
                                     : CivilDate{date.year, 4, NthSunday(date.year, 4, 1)};
  const CivilDate end = since_2007 ? CivilDate{date.year, 11, NthSunday(date.year, 11, 1)}
                                   : CivilDate{date.year, 10, NthSunday(date.year, 10, 0)};
  const bool saving = date >= start && date < end;
  return {(saving ? -4 : -5) * kNanosPerHour};
}

std::optional<SecondsOfDay> ParseSecondsOfDay(std::string_view text) {
  DecimalResult nanos;
  if (ParseDecimal(text, 9, &nanos) != DecimalError::kNone) return std::nullopt;
  if (nanos.units < 0 || nanos.units >= 2 * kNanosPerDay) return std::nullopt;
  return SecondsOfDay{{nanos.units}, nanos.exact};
}

std::optional<Nanos> ParseMoment(std::string_view text, Duration local_offset) {
  if (text.size() >= 10 && text[4] == '-') return IsoMoment(text, local_offset);
  return EpochMoment(text);
}

}  // namespace crucible::decode
