#include "simulators/latency/channel.h"

#include "absl/strings/str_format.h"

namespace crucible::latency {
namespace {

absl::StatusOr<Channel> MakeChannel(std::string_view spec, std::string_view leg, const Random& random,
                                    std::string_view venue) {
  absl::StatusOr<LatencySpec> parsed =
      ParseLatency(spec, random.Stream(absl::StrFormat("latency/%s/%s", venue, leg)));
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(absl::StrFormat("%s %s", leg, std::string(parsed.status().message())));
  }
  if (parsed->recorded && leg != "feed") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s latency \"%s\": only the feed has recorded times; write for example \"1ms\"", leg, spec));
  }
  return Channel(*std::move(parsed));
}

}  // namespace

void Channel::Hash(StateHasher& hasher) const {
  hasher.Add(last_.since_epoch);
  if (model_ != nullptr) model_->Hash(hasher);
}

absl::StatusOr<Channels> MakeChannels(const LatencyConfig& config, const Random& random,
                                      std::string_view venue) {
  Channels channels;
  CRUCIBLE_ASSIGN_OR_RETURN(channels.feed, MakeChannel(config.feed, "feed", random, venue));
  CRUCIBLE_ASSIGN_OR_RETURN(channels.entry, MakeChannel(config.entry, "entry", random, venue));
  CRUCIBLE_ASSIGN_OR_RETURN(channels.reply, MakeChannel(config.reply, "reply", random, venue));
  return channels;
}

}  // namespace crucible::latency
