#include "framework/decode/lobster_message.h"

#include <array>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

std::string Wrong(std::string_view column, std::string_view value, std::string_view valid) {
  return absl::StrFormat("%s is '%s', expected %s", column, value, valid);
}

bool IsHalt(std::int64_t price) { return price >= -1 && price <= 1; }

}  // namespace

std::string ParseLobsterMessage(std::string_view line, LobsterMessage* message) {
  std::array<std::string_view, 6> fields;
  if (!SplitExactly(line, fields)) {
    return Wrong("the line", line.substr(0, 80), "6 columns: time,type,order id,size,price,direction");
  }
  const std::optional<SecondsOfDay> time = ParseSecondsOfDay(fields[0]);
  if (!time) return Wrong("time", fields[0], "seconds after midnight");
  int type = 0;
  if (!ParseInteger(fields[1], &type) || type < 1 || type > 7) return Wrong("type", fields[1], "1 to 7");
  message->time = time->time;
  message->exact_time = time->exact;
  message->type = static_cast<LobsterType>(type);
  if (!ParseInteger(fields[2], &message->order_id)) return Wrong("order id", fields[2], "an integer");
  std::int64_t& size = message->size.units;
  std::int64_t& price = message->price.units;
  constexpr std::int64_t kMax = std::int64_t{1} << 40;
  const bool halt = message->type == LobsterType::kHalt;
  if (!ParseInteger(fields[3], &size) || size < (halt ? 0 : 1) || size > kMax) {
    return Wrong("size", fields[3], "a positive number of shares");
  }
  if (!ParseInteger(fields[4], &price) || (halt ? !IsHalt(price) : price <= 0 || price > kMax)) {
    return Wrong("price", fields[4], halt ? "-1, 0 or 1 in a halt message" : "dollars x 10,000, above 0");
  }
  if (fields[5] != "1" && fields[5] != "-1") return Wrong("direction", fields[5], "1 (buy) or -1 (sell)");
  message->side = fields[5] == "1" ? Side::kBid : Side::kAsk;
  return "";
}

std::optional<LobsterFileName> ParseLobsterFileName(std::string_view base_name) {
  std::vector<std::string> parts = absl::StrSplit(absl::string_view(base_name.data(), base_name.size()), '_');
  if (parts.size() < 6) return std::nullopt;
  const std::size_t count = parts.size();
  LobsterFileName name;
  const std::string& kind = parts[count - 2];
  if (kind != "message" && kind != "orderbook") return std::nullopt;
  name.is_message = kind == "message";
  const std::string levels = parts[count - 1].substr(0, parts[count - 1].find('.'));
  const std::optional<CivilDate> date = ParseDate(parts[count - 5]);
  if (!date || !ParseInteger(levels, &name.levels) || name.levels < 0 || name.levels > 10'000)
    return std::nullopt;
  name.date = *date;
  name.symbol = parts[0];
  for (std::size_t i = 1; i + 5 < count; ++i) name.symbol += "_" + parts[i];
  return name;
}

}  // namespace crucible::decode
