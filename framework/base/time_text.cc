#include "framework/base/time_text.h"

#include <array>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"

namespace crucible {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr int kFirstYear = 1678;  // 64-bit nanoseconds reach from 1677-09 to 2262-04
constexpr int kLastYear = 2261;

struct Unit {
  std::string_view suffix;
  std::int64_t nanos;
  int decimals;  // digits after the point that whole nanoseconds allow
};
// Longer suffixes first where one ends like another.
constexpr std::array<Unit, 7> kUnits = {{{"ns", 1, 0},
                                         {"us", 1'000, 3},
                                         {"ms", 1'000'000, 6},
                                         {"s", kSecond, 9},
                                         {"m", 60 * kSecond, 9},
                                         {"h", 3'600 * kSecond, 9},
                                         {"d", kDay, 9}}};

const Unit* FindUnit(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (text.ends_with(unit.suffix)) return &unit;
  }
  return nullptr;
}

absl::Status BadDuration(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrFormat("\"%s\" is no duration: %s; write for example 250us, 1.5ms, 1s or 5m", text, why));
}

absl::Status BadTimestamp(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrFormat("\"%s\" is no time: write for example 2012-06-21T13:30:00.000000000Z, years %d to %d",
                      text, kFirstYear, kLastYear));
}

// Consumes fixed-width fields of a timestamp from the front.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool Number(std::size_t digits, int low, int high, int& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value >= low && value <= high;
  }
  bool Literal(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // ".d" to ".ddddddddd"
  bool Fraction(std::int64_t& nanos) {
    std::int64_t unit = kSecond / 10;
    const std::size_t before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (unit == 0) return false;
      nanos += unit * (rest_.front() - '0');
      unit /= 10;
      rest_.remove_prefix(1);
    }
    return rest_.size() != before;
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

constexpr bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
constexpr int DaysIn(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool ReadDate(Fields& fields, Nanos& at) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!fields.Number(4, kFirstYear, kLastYear, year) || !fields.Literal('-')) return false;
  if (!fields.Number(2, 1, 12, month) || !fields.Literal('-')) return false;
  if (!fields.Number(2, 1, DaysIn(year, month), day)) return false;
  at = StartOfDay(year, month, day);
  return true;
}

bool ReadClock(Fields& fields, Nanos& at) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!fields.Number(2, 0, 23, hour) || !fields.Literal(':') || !fields.Number(2, 0, 59, minute))
    return false;
  if (fields.Literal(':') && !fields.Number(2, 0, 59, second)) return false;
  at.since_epoch += (hour * 3'600 + minute * 60 + second) * kSecond;
  return !fields.Literal('.') || fields.Fraction(at.since_epoch);
}

bool ReadOffset(Fields& fields, Nanos& at) {
  if (fields.AtEnd() || fields.Literal('Z')) return true;
  const std::int64_t sign = fields.Literal('+') ? 1 : fields.Literal('-') ? -1 : 0;
  int hours = 0;
  int minutes = 0;
  if (sign == 0 || !fields.Number(2, 0, 23, hours)) return false;
  fields.Literal(':');
  if (!fields.AtEnd() && !fields.Number(2, 0, 59, minutes)) return false;
  at.since_epoch -= sign * (hours * 60 + minutes) * 60 * kSecond;
  return true;
}

struct CivilDay {
  std::int64_t year;
  int month, day;
};

// Days since 1970-01-01 to a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
CivilDay CivilFromDays(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace

Nanos StartOfDay(int year, int month, int day) {
  const std::int64_t shifted_year = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
  const std::int64_t year_of_era = shifted_year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return {(era * 146'097 + day_of_era - 719'468) * kDay};
}

absl::StatusOr<Duration> ParseDuration(std::string_view text) {
  if (text == "0") return Duration{0};
  const Unit* const unit = FindUnit(text);
  if (unit == nullptr) return BadDuration(text, "it has no unit (ns us ms s m h d)");
  const std::string_view number = text.substr(0, text.size() - unit->suffix.size());
  DecimalResult value;
  const DecimalError error = ParseDecimal(number, unit->decimals, &value);
  if (error == DecimalError::kMalformed) return BadDuration(text, "its number cannot be read");
  const Int128 scaled = Int128{value.units} * unit->nanos;
  const std::int64_t one = kPowersOfTen[static_cast<std::size_t>(unit->decimals)];
  const Int128 nanos = scaled / one;
  if (error == DecimalError::kOverflow || nanos > INT64_MAX || nanos < INT64_MIN) {
    return BadDuration(text, "it is beyond 292 years");
  }
  if (!value.exact || scaled % one != 0) return BadDuration(text, "it is no whole number of nanoseconds");
  return Duration{static_cast<std::int64_t>(nanos)};
}

std::string FormatDuration(Duration duration) {
  if (duration.nanos == 0) return "0s";
  const auto bits = static_cast<std::uint64_t>(duration.nanos);
  const std::uint64_t magnitude = duration.nanos < 0 ? 0 - bits : bits;
  const Unit* unit = &kUnits[0];
  for (const Unit& candidate : kUnits) {
    if (candidate.suffix == "d" || magnitude < static_cast<std::uint64_t>(candidate.nanos)) break;
    unit = &candidate;
  }
  const auto unit_nanos = static_cast<std::uint64_t>(unit->nanos);
  if (unit_nanos > static_cast<std::uint64_t>(kSecond) && magnitude % unit_nanos != 0) {
    unit = &kUnits[3];  // thirds of minutes have no finite decimals
  }
  std::string text =
      FormatDecimal(static_cast<std::int64_t>(magnitude / static_cast<std::uint64_t>(unit->nanos)), 0);
  std::int64_t rest = static_cast<std::int64_t>(magnitude % static_cast<std::uint64_t>(unit->nanos));
  if (rest != 0) text += '.';
  for (std::int64_t digit = unit->nanos / 10; rest != 0; digit /= 10) {
    text += static_cast<char>('0' + rest / digit);
    rest %= digit;
  }
  return absl::StrFormat("%s%s%s", duration.nanos < 0 ? "-" : "", text, unit->suffix);
}

absl::StatusOr<Nanos> ParseTimestamp(std::string_view text) {
  Fields fields(text);
  Nanos at;
  if (!ReadDate(fields, at)) return BadTimestamp(text);
  if (fields.AtEnd()) return at;
  if (!fields.Literal('T') && !fields.Literal(' ')) return BadTimestamp(text);
  if (!ReadClock(fields, at) || !ReadOffset(fields, at) || !fields.AtEnd()) return BadTimestamp(text);
  return at;
}

std::string FormatTimestamp(Nanos at) {
  std::int64_t days = at.since_epoch / kDay;
  std::int64_t rest = at.since_epoch % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  const CivilDay date = CivilFromDays(days);
  const std::int64_t seconds = rest / kSecond;
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", date.year, date.month, date.day,
                         seconds / 3'600, seconds / 60 % 60, seconds % 60, rest % kSecond);
}

}  // namespace crucible
