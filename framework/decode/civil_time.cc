#include "framework/decode/civil_time.h"

#include <string>

#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kNanosPerHour = 3'600 * kNanosPerSecond;

// 0 is Sunday; 1970-01-01 was a Thursday.
int Weekday(CivilDate date) { return static_cast<int>((Midnight(date).since_epoch / kNanosPerDay + 4) % 7); }

// Day of the `nth` Sunday of a month.
int NthSunday(int year, int month, int nth) {
  return 1 + (7 - Weekday({year, month, 1})) % 7 + 7 * (nth - 1);
}

int LastSundayOfOctober(int year) { return 31 - Weekday({year, 10, 31}); }

std::optional<Nanos> Scaled(std::int64_t count, std::int64_t nanos_per_count) {
  if (count > kLatestTime.since_epoch / nanos_per_count) return std::nullopt;
  return Nanos{count * nanos_per_count};
}

std::optional<Nanos> EpochMoment(std::string_view text) {
  std::int64_t count = 0;
  if (!ParseInteger(text, &count) || count < 0) return std::nullopt;
  switch (text.size()) {
    case 10:
      return Scaled(count, kNanosPerSecond);
    case 13:
      return Scaled(count, 1'000'000);
    case 16:
      return Scaled(count, 1'000);
    case 19:
      return Scaled(count, 1);
    default:
      return std::nullopt;
  }
}

std::optional<Nanos> TimestampMoment(std::string_view text, Duration local_offset) {
  const absl::StatusOr<Nanos> moment = ParseTimestamp(text);
  if (!moment.ok() || *moment > kLatestTime || *moment < Nanos{0}) return std::nullopt;
  const bool has_zone = text.find_first_of("Z+-", 10) != std::string_view::npos;
  return has_zone ? *moment : *moment - local_offset;
}

}  // namespace

std::optional<CivilDate> ParseDate(std::string_view text) {
  std::string dashed(text);
  if (text.size() == 8) dashed.insert(6, "-").insert(4, "-");
  if (dashed.size() != 10 || !ParseTimestamp(dashed).ok()) return std::nullopt;
  CivilDate date;
  const std::string_view parts(dashed);
  const bool numbers = ParseInteger(parts.substr(0, 4), &date.year) &&
                       ParseInteger(parts.substr(5, 2), &date.month) &&
                       ParseInteger(parts.substr(8, 2), &date.day);
  if (!numbers || date.year < 1970 || date.year > 2115) return std::nullopt;
  return date;
}

Nanos Midnight(CivilDate date) { return StartOfDay(date.year, date.month, date.day); }

Duration NewYorkUtcOffset(CivilDate date) {
  // 15 U.S.C. 260a: since 2007 second Sunday of March to first of November; before, April to October.
  const bool since_2007 = date.year >= 2007;
  const CivilDate start{date.year, since_2007 ? 3 : 4,
                        NthSunday(date.year, since_2007 ? 3 : 4, since_2007 ? 2 : 1)};
  const CivilDate end = since_2007 ? CivilDate{date.year, 11, NthSunday(date.year, 11, 1)}
                                   : CivilDate{date.year, 10, LastSundayOfOctober(date.year)};
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
  if (text.size() >= 10 && text[4] == '-') return TimestampMoment(text, local_offset);
  return EpochMoment(text);
}

}  // namespace crucible::decode
