#include "framework/decode/capture_venue.h"

#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

std::optional<Nanos> InRange(Nanos time) {
  if (time > Nanos{0} && time < kLatestTime) return time;
  return std::nullopt;
}

}  // namespace

std::optional<Nanos> TimeFromIso(std::string_view text) {
  const absl::StatusOr<Nanos> time = ParseTimestamp(text);
  return time.ok() ? InRange(*time) : std::nullopt;
}

std::optional<Nanos> TimeFromCount(std::string_view text, std::int64_t nanos_per_count) {
  std::int64_t count = 0;
  if (!ParseInteger(text, &count) || count < 0 || count > kLatestTime.since_epoch / nanos_per_count) {
    return std::nullopt;
  }
  return InRange(Nanos{count * nanos_per_count});
}

std::optional<Nanos> TimeFromSeconds(std::string_view text) {
  DecimalResult nanos;
  if (ParseDecimal(text, 9, &nanos) != DecimalError::kNone) return std::nullopt;
  return InRange(Nanos{nanos.units});
}

void AddLevels(Side side, JsonNode rows, CaptureUpdate& update) {
  for (const JsonNode row : rows) {
    update.levels.push_back({side, row[std::size_t{0}].text(), row[std::size_t{1}].text()});
  }
}

Side SideFromText(std::string_view text) {
  const char first = text.empty() ? '\0' : text.front();
  if (first == 'B' || first == 'b') return Side::kBid;
  if (first == 'S' || first == 's' || first == 'A' || first == 'a') return Side::kAsk;
  return Side::kNone;
}

}  // namespace crucible::decode
