#include "framework/decode/feed_options.h"

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/decode/civil_time.h"

namespace crucible::decode {
namespace {

constexpr Duration kMaxOffset{366 * kNanosPerDay};
constexpr Duration kMaxFloor{3'600 * kNanosPerSecond};

}  // namespace

absl::StatusOr<FeedChannels> ChooseChannels(const ImportOptions& options) {
  if (options.channels.empty()) return FeedChannels{};
  FeedChannels channels{false, false, false, false};
  for (const std::string& channel : options.channels) {
    if (channel != "depth" && channel != "trade" && channel != "quote" && channel != "mark") {
      return absl::InvalidArgumentError(
          absl::StrFormat("channel is '%s', expected depth, trade, quote or mark", channel));
    }
    channels.depth |= channel == "depth";
    channels.trades |= channel == "trade";
    channels.quotes |= channel == "quote";
    channels.marks |= channel == "mark";
  }
  return channels;
}

absl::Status CheckClockOptions(const ImportOptions& options) {
  const Duration offset = options.clock_offset.value_or(Duration{});
  if (offset < Duration{-kMaxOffset.nanos} || offset > kMaxOffset) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--clock-offset is %s, expected within a year", FormatDuration(offset)));
  }
  if (options.latency_floor < Duration{} || options.latency_floor > kMaxFloor) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--latency-floor is %s, expected 0 to an hour", FormatDuration(options.latency_floor)));
  }
  return absl::OkStatus();
}

}  // namespace crucible::decode
