// Markouts: how far the mid has moved, signed by our side, a fixed time after each of our fills. Positive
// means that the market went our way; a maker whose markouts are negative is being picked off.
//
//   MarkoutTracker markouts({horizons});
//   markouts.OnMid(instrument, now, mid);      // every change of the mid
//   markouts.OnFill(fill, notional);
//   markouts.Finish(end);
//
// The mid at a horizon is the last one at or before that moment. A fill whose horizon lies after the end of
// the run gives no value there and is counted as censored. Fills wait in one queue per instrument, of at most
// `max_pending`; when it is full, further fills are dropped and counted.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/trading/account.h"
#include "framework/trading/mid.h"
#include "framework/trading/moments.h"

namespace crucible::trading {

struct MarkoutConfig {
  std::vector<Duration> horizons{
      {10'000'000}, {100'000'000}, {1'000'000'000}, {10'000'000'000}, {60'000'000'000}};
  std::uint32_t max_pending = 65'536;
  // kInvalidArgument names the key and its valid range.
  absl::Status Validate() const;
};

struct MarkoutStatistics {
  Duration horizon;
  std::uint64_t n = 0;
  std::uint64_t censored = 0;  // the run ended before the horizon
  double mean_bps = 0;         // mid move relative to the mid at the fill; each fill counts once
  double deviation_bps = 0;
  double weighted_mean_bps = 0;    // each fill counts by its notional
  double mean_from_price_bps = 0;  // the same from the fill's price: includes the spread earned or paid
  double share_positive = 0;
};

class MarkoutTracker {
 public:
  // REQUIRES: config.Validate().ok().
  explicit MarkoutTracker(const MarkoutConfig& config = {});

  // REQUIRES: times do not decrease, over both calls.
  void OnMid(InstrumentId instrument, Nanos at, Mid mid) {
    Queue& queue = QueueOf(instrument);
    if (at > queue.next_due) Resolve(queue, at);
    queue.mid = mid;
  }
  void OnFill(const Fill& fill, Money notional);
  void Finish(Nanos end);

  std::vector<MarkoutStatistics> Statistics() const;
  std::uint64_t dropped() const { return dropped_; }          // the queue was full
  std::uint64_t without_mid() const { return without_mid_; }  // no mid was known at the fill

 private:
  struct Pending {
    Nanos at;
    std::int64_t sign = 0;
    Mid mid;
    Price price;
    double notional = 0;
  };
  // A ring of fills, and per horizon the count of fills that it has seen the end of.
  struct Queue {
    Mid mid;
    Nanos next_due = kEndOfTime;
    std::vector<Pending> ring;
    std::vector<std::uint64_t> done;
    std::uint64_t added = 0;
  };
  struct Sums {
    Moments move_bps;
    double weighted = 0, weight = 0, from_price = 0;
    std::uint64_t positive = 0, censored = 0;
  };
  Queue& QueueOf(InstrumentId instrument) {
    if (instrument.value >= queues_.size()) AddQueues(instrument);
    return queues_[instrument.value];
  }
  void AddQueues(InstrumentId instrument);
  // Records every horizon that ended before `now` with the queue's mid.
  void Resolve(Queue& queue, Nanos now);
  static void Record(Sums& sums, const Pending& fill, Mid mid);
  static void Grow(Queue& queue, std::size_t capacity);
  static const Pending& At(const Queue& queue, std::uint64_t ordinal) {
    return queue.ring[ordinal & (queue.ring.size() - 1)];
  }

  MarkoutConfig config_;  // horizons ascending
  std::vector<Queue> queues_;
  std::vector<Sums> sums_;
  std::uint64_t dropped_ = 0;
  std::uint64_t without_mid_ = 0;
};

}  // namespace crucible::trading
