// Durations and UTC timestamps as text, without libc's clock, locale or time zone tables.
#pragma once

#include <string>
#include <string_view>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible {

// "250us", "1.5ms", "-1s", "5m", "2h", "1d", "10ns", "0": a decimal number and a unit, no spaces.
// kInvalidArgument where the text is none, or the value is no whole number of nanoseconds.
absl::StatusOr<Duration> ParseDuration(std::string_view text);
// The shortest of the forms above in the largest unit up to hours that keeps at least one whole: "1.5ms".
std::string FormatDuration(Duration duration);

// "2012-06-21", "2012-06-21T13:30:00Z", "2012-06-21 13:30:00.004241176", "... +02:00": UTC unless an offset
// says otherwise, at most nine digits of a second. kInvalidArgument names what was found.
absl::StatusOr<Nanos> ParseTimestamp(std::string_view text);
// "2012-06-21T13:30:00.004241176Z": always nine digits.
std::string FormatTimestamp(Nanos at);

// Midnight UTC of a proleptic Gregorian day. REQUIRES: a valid date of the years 1678 to 2261.
Nanos StartOfDay(int year, int month, int day);

}  // namespace crucible
