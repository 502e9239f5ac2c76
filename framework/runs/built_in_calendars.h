// The calendars of schemas/calendars/, compiled in.
#pragma once

#include <string>

#include "framework/base/status.h"

namespace crucible::runs {

// The text of a calendar file. kNotFound names those that there are.
absl::StatusOr<std::string> BuiltInCalendar(const std::string& name);
std::string BuiltInCalendarNames();

}  // namespace crucible::runs
