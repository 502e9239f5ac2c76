// The [calendar] table of a run's configuration: a venue's trading days.
#pragma once

#include <memory>
#include <string>

#include "framework/base/status.h"
#include "framework/base/trading_calendar.h"

namespace crucible::runs {

class ConfigTable;

struct CalendarChoice {
  std::string name;  // one that is built in; not part of the canonical text
  std::string file;  // path; the same
  std::string text;  // what they stand for: a run carries its calendar, so that a replay needs no other file
  bool given() const { return !name.empty() || !file.empty() || !text.empty(); }
};

void ReadCalendar(ConfigTable& table, CalendarChoice& choice);
// The table's canonical text; empty without a calendar.
std::string CanonicalText(const CalendarChoice& choice);

// Replaces `name` and `file` by their text; a relative path is one from `directory`.
absl::Status LoadCalendar(const std::string& directory, CalendarChoice& choice);

// kInvalidArgument: `source`:line: key: what was found and what would be valid.
absl::StatusOr<TradingCalendar> ParseCalendar(const std::string& text, const std::string& source);
// In one spelling, without comments.
std::string CalendarText(const TradingCalendar& calendar);

// kInvalidArgument where the run's first or last day is not among those for which the holidays are stated.
absl::Status CheckCovers(const TradingCalendar& calendar, Nanos first, Nanos last);

}  // namespace crucible::runs
