// A one-way road for messages: each arrives after its latency, and none overtakes an earlier one.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(Channels channels, MakeChannels(config, random, "nasdaq"));
//   const Nanos received = channels.feed.Deliver(exchange_time, recorded_time);
//   const Nanos at_venue = channels.entry.Deliver(decided);
//
// A constant latency costs an addition and a comparison. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "framework/base/hash.h"
#include "framework/base/random.h"
#include "framework/base/status.h"
#include "framework/base/units.h"
#include "simulators/latency/latency_model.h"

namespace crucible::latency {

class Channel {
 public:
  // Arrival is immediate.
  Channel() = default;
  explicit Channel(LatencySpec spec)
      : recorded_(spec.recorded), shift_(spec.shift), model_(std::move(spec.model)) {}

  // When a message sent at `sent` arrives: never before `sent`, never before the previous arrival.
  // REQUIRES: !uses_recorded_times().
  Nanos Deliver(Nanos sent) {
    const Duration latency = model_ == nullptr ? shift_ : model_->Sample(sent);
    last_ = std::max(last_, sent + latency);
    return last_;
  }
  // As above for a feed whose session also recorded when the message was received. A recorded time before
  // `sent` counts as `sent`.
  Nanos Deliver(Nanos sent, Nanos recorded) {
    if (!recorded_) return Deliver(sent);
    last_ = std::max(last_, std::max(sent, recorded) + shift_);
    return last_;
  }

  // Another latency for what is sent from now on; nothing overtakes what is on its way.
  void Change(LatencySpec spec) {
    recorded_ = spec.recorded;
    shift_ = spec.shift;
    model_ = std::move(spec.model);
  }

  bool uses_recorded_times() const { return recorded_; }
  void Hash(StateHasher& hasher) const;

 private:
  bool recorded_ = false;
  Duration shift_;
  std::unique_ptr<LatencyModel> model_;  // null: constant
  Nanos last_{INT64_MIN};
};

// The three legs between us and one venue, as specifications (ParseLatency).
struct LatencyConfig {
  std::string feed = "recorded";  // venue to us: market data
  std::string entry = "0";        // us to venue: orders
  std::string reply = "0";        // venue to us: replies
};

struct Channels {
  Channel feed, entry, reply;
};

// Streams are named "latency/<venue>/feed|entry|reply". kInvalidArgument names leg and value.
absl::StatusOr<Channels> MakeChannels(const LatencyConfig& config, const Random& random,
                                      std::string_view venue);

}  // namespace crucible::latency
