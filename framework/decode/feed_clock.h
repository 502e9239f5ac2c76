// Two clocks of one capture: re-bases receive times to the exchange's clock and keeps feed latency figures.
//
// The exchange's clock is taken as UTC, because orders meet the book there. The offset is the receive clock
// minus the exchange clock; when it is estimated, the fastest message is given the latency floor, since no
// single capture can tell a slow line from a wrong clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "framework/base/units.h"

namespace crucible::decode {

class FeedClock {
 public:
  struct Times {
    Nanos receive;
    Nanos exchange;
  };

  // Estimation: the smallest receive minus exchange time, over records that carry both.
  void Observe(Nanos receive, Nanos exchange) { smallest_ = std::min(smallest_, receive - exchange); }
  // Fixes the offset from what was observed; without observations the clocks are taken as equal.
  void Estimate(Duration floor) {
    floor_ = floor;
    if (observed()) offset_ = smallest_ - floor;
  }
  void Declare(Duration offset, Duration floor) {
    offset_ = offset;
    floor_ = floor;
  }

  // Both times of a record on the exchange's clock. A record without an exchange time happened at the latest
  // moment it can have: the latency floor before it was received. That keeps its channel in order and lets no
  // fill see it early.
  Times At(Nanos receive, std::optional<Nanos> exchange) {
    const Nanos rebased = receive - offset_;
    if (!exchange) return {rebased, rebased - floor_};
    const Duration latency = rebased - *exchange;
    min_latency_ = std::min(min_latency_, latency);
    max_latency_ = std::max(max_latency_, latency);
    return {rebased, *exchange};
  }

  Duration offset() const { return offset_; }
  // Observe() was called.
  bool observed() const { return smallest_ != kNothing; }
  // Zero when no record carried both times.
  Duration min_latency() const { return min_latency_ == kNothing ? Duration{} : min_latency_; }
  Duration max_latency() const { return max_latency_; }

 private:
  static constexpr Duration kNothing{INT64_MAX};
  Duration smallest_ = kNothing;
  Duration offset_;
  Duration floor_;
  Duration min_latency_ = kNothing;
  Duration max_latency_{0};
};

}  // namespace crucible::decode
