#include "framework/runs/calendar_choice.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/base/time_text.h"
#include "framework/runs/built_in_calendars.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {
namespace {

constexpr std::int64_t kDay = 86'400'000'000'000;
constexpr const char* kWeekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr const char* kDaylight[] = {"none", "us", "eu"};

// A calendar file, key by key.
class Reader {
 public:
  Reader(ConfigTable& table, CalendarRules& rules) : table_(table), rules_(rules) {}
  void Read() {
    std::string name, daylight = "none", weekdays = "mon tue wed thu fri";
    table_.Text("name", name);
    rules_.first_day = ReadDay("from");
    rules_.last_day = ReadDay("until");
    ReadOffset();
    table_.Choice("daylight", {kDaylight[0], kDaylight[1], kDaylight[2]}, daylight);
    rules_.daylight = static_cast<Daylight>(std::ranges::find(kDaylight, daylight) - std::begin(kDaylight));
    rules_.open = ReadTime("open");
    rules_.close = ReadTime("close");
    table_.Text("weekdays", weekdays);
    ReadWeekdays(weekdays);
    for (const std::int32_t day : ReadDays("closed")) rules_.closed.insert(day);
    const std::vector<std::int32_t> half_days = ReadDays("half_days");
    if (half_days.empty() && !table_.Has("half_day_close")) return table_.Finish();
    const Duration close = ReadTime("half_day_close");
    for (const std::int32_t day : half_days) rules_.early_close[day] = close;
    table_.Finish();
  }

 private:
  // A date of the file's, or 0 and an error.
  std::int32_t DayOf(const char* key, const std::string& text) {
    const absl::StatusOr<Nanos> time = ParseTimestamp(text);
    if (time.ok() && time->since_epoch % kDay == 0)
      return static_cast<std::int32_t>(time->since_epoch / kDay);
    table_.Fail(key, absl::StrFormat("is \"%s\", expected a date such as \"2024-12-25\"", text));
    return 0;
  }
  void ReadOffset() {
    std::string text;
    table_.Text("utc_offset", text);
    const absl::StatusOr<Duration> offset = ParseDuration(text);
    constexpr std::int64_t kMost = kDay / 24 * 14;
    if (offset.ok() && offset->nanos >= -kMost && offset->nanos <= kMost) {
      rules_.utc_offset = *offset;
    } else {
      table_.Fail("utc_offset", absl::StrFormat("is \"%s\", expected -14h to 14h, such as \"-5h\"", text));
    }
  }
  std::int32_t ReadDay(const char* key) {
    std::string text;
    table_.Text(key, text);
    return DayOf(key, text);
  }
  std::vector<std::int32_t> ReadDays(const char* key) {
    std::vector<std::string> texts;
    table_.Texts(key, texts);
    std::vector<std::int32_t> days;
    for (const std::string& text : texts) days.push_back(DayOf(key, text));
    return days;
  }
  // "09:30", or "-07:00" for 17:00 of the evening before.
  Duration ReadTime(const char* key) {
    std::string text;
    table_.Text(key, text);
    int hours = 0;
    int minutes = 0;
    const bool before = text.starts_with('-');
    const std::string_view digits = std::string_view(text).substr(before ? 1 : 0);
    const auto digit = [&](std::size_t at) {
      return at < digits.size() && digits[at] >= '0' && digits[at] <= '9';
    };
    if (digits.size() == 5 && digits[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
      hours = (digits[0] - '0') * 10 + digits[1] - '0';
      minutes = (digits[3] - '0') * 10 + digits[4] - '0';
    }
    const bool valid = digits.size() == 5 && minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0)) &&
                       FormatTime(before, hours, minutes) == text;
    if (!valid) {
      table_.Fail(
          key,
          absl::StrFormat(
              "is \"%s\", expected a local time such as \"16:00\", or \"-07:00\" for 17:00 the day before",
              text));
    }
    const Duration time{(std::int64_t{hours} * 60 + minutes) * 60'000'000'000};
    return before ? Duration{-time.nanos} : time;
  }
  static std::string FormatTime(bool before, int hours, int minutes) {
    return absl::StrFormat("%s%02d:%02d", before ? "-" : "", hours, minutes);
  }
  void ReadWeekdays(const std::string& text) {
    rules_.weekdays.fill(false);
    for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' ', absl::SkipEmpty()))) {
      const auto* found = std::ranges::find(kWeekdays, word);
      if (found == std::end(kWeekdays)) {
        return table_.Fail("weekdays", absl::StrFormat("has \"%s\", expected days among %s", word,
                                                       absl::StrJoin(kWeekdays, " ")));
      }
      rules_.weekdays[static_cast<std::size_t>(found - std::begin(kWeekdays))] = true;
    }
  }

  ConfigTable& table_;
  CalendarRules& rules_;
};

std::string TimeText(Duration time) {
  const std::int64_t minutes = (time.nanos < 0 ? -time.nanos : time.nanos) / 60'000'000'000;
  return absl::StrFormat("%s%02d:%02d", time.nanos < 0 ? "-" : "", minutes / 60, minutes % 60);
}

template <class Days, class DayOf>
std::string DayList(const Days& days, DayOf day_of) {
  return absl::StrJoin(days, ", ", [&](std::string* out, const auto& each) {
    out->append(QuotedText(FormatDay(day_of(each))));
  });
}

}  // namespace

void ReadCalendar(ConfigTable& table, CalendarChoice& choice) {
  table.Text("name", choice.name);
  table.Text("file", choice.file);
  table.Text("text", choice.text);
  const int given = static_cast<int>(!choice.name.empty()) + static_cast<int>(!choice.file.empty()) +
                    static_cast<int>(!choice.text.empty());
  if (given > 1) table.Fail("", "name, file and text exclude each other");
  if (!choice.given())
    table.Fail("", absl::StrFormat("name or file is missing; built in: %s", BuiltInCalendarNames()));
}

std::string CanonicalText(const CalendarChoice& choice) {
  return choice.given() ? "[calendar]\ntext = " + QuotedText(choice.text) + "\n" : "";
}

absl::Status LoadCalendar(const std::string& directory, CalendarChoice& choice) {
  std::string source = "calendar.text";
  if (!choice.name.empty()) {
    source = choice.name;
    CRUCIBLE_ASSIGN_OR_RETURN(choice.text, BuiltInCalendar(choice.name));
  } else if (!choice.file.empty()) {
    std::filesystem::path path(choice.file);
    if (path.is_relative()) path = std::filesystem::path(directory) / path;
    source = path.string();
    std::ifstream file(path, std::ios::binary);
    if (!file) return absl::NotFoundError(absl::StrFormat("calendar.file: %s: no such file", source));
    choice.text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  } else if (choice.text.empty()) {
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const TradingCalendar calendar, ParseCalendar(choice.text, source));
  choice = {{}, {}, CalendarText(calendar)};
  return absl::OkStatus();
}

absl::StatusOr<TradingCalendar> ParseCalendar(const std::string& text, const std::string& source) {
  toml::table parsed;
  try {
    parsed = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d: %s", source, error.source().begin.line, error.description()));
  }
  absl::Status error;
  CalendarRules rules;
  ConfigTable table(parsed, source, "", error);
  Reader(table, rules).Read();
  CRUCIBLE_RETURN_IF_ERROR(error);
  absl::StatusOr<TradingCalendar> calendar = TradingCalendar::Create(std::move(rules));
  if (calendar.ok()) return calendar;
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", source, calendar.status().message()));
}

std::string CalendarText(const TradingCalendar& calendar) {
  const CalendarRules& rules = calendar.rules();
  std::ostringstream out;
  std::vector<std::string> weekdays;
  for (std::size_t i = 0; i < rules.weekdays.size(); ++i) {
    if (rules.weekdays[i]) weekdays.emplace_back(kWeekdays[i]);
  }
  out << "from = \"" << FormatDay(rules.first_day) << "\"\nuntil = \"" << FormatDay(rules.last_day) << "\"\n";
  out << "utc_offset = \"" << FormatDuration(rules.utc_offset) << "\"\n";
  out << "daylight = \"" << kDaylight[static_cast<std::size_t>(rules.daylight)] << "\"\n";
  out << "open = \"" << TimeText(rules.open) << "\"\nclose = \"" << TimeText(rules.close) << "\"\n";
  out << "weekdays = \"" << absl::StrJoin(weekdays, " ") << "\"\n";
  out << "closed = [" << DayList(rules.closed, [](std::int32_t day) { return day; }) << "]\n";
  if (rules.early_close.empty()) return out.str();
  out << "half_day_close = \"" << TimeText(rules.early_close.begin()->second) << "\"\n";
  out << "half_days = [" << DayList(rules.early_close, [](const auto& half) { return half.first; }) << "]\n";
  return out.str();
}

absl::Status CheckCovers(const TradingCalendar& calendar, Nanos first, Nanos last) {
  const CalendarRules& rules = calendar.rules();
  const auto day = [&](Nanos time) {
    const Nanos local = time + rules.utc_offset;
    return static_cast<std::int32_t>(local.since_epoch / kDay - (local.since_epoch % kDay < 0 ? 1 : 0));
  };
  if (day(first) >= rules.first_day && day(last) <= rules.last_day) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "the calendar states holidays from %s until %s; the sessions last from %s until %s",
      FormatDay(rules.first_day), FormatDay(rules.last_day), FormatDay(day(first)), FormatDay(day(last))));
}

}  // namespace crucible::runs
