#include "framework/trading/markout.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::trading {
namespace {
constexpr std::size_t kFirstCapacity = 16;
}  // namespace

absl::Status MarkoutConfig::Validate() const {
  for (std::size_t i = 0; i < horizons.size(); ++i) {
    const std::int64_t above = i == 0 ? 0 : horizons[i - 1].nanos;
    if (horizons[i].nanos <= above) {
      return absl::InvalidArgumentError(
          absl::StrFormat("markouts.horizons[%d] is %d ns, expected more than %d ns (ascending)", i,
                          horizons[i].nanos, above));
    }
  }
  if (max_pending == 0) return absl::InvalidArgumentError("markouts.max_pending is 0, expected at least 1");
  return absl::OkStatus();
}

MarkoutTracker::MarkoutTracker(const MarkoutConfig& config) : config_(config), sums_(config.horizons.size()) {
  CRUCIBLE_CHECK(config.Validate().ok());
}

void MarkoutTracker::AddQueues(InstrumentId instrument) {
  queues_.resize(instrument.value + 1);
  for (Queue& queue : queues_) queue.done.resize(config_.horizons.size());
}

void MarkoutTracker::OnFill(const Fill& fill, Money notional) {
  if (config_.horizons.empty()) return;
  Queue& queue = QueueOf(fill.instrument);
  if (!queue.mid.known()) {
    ++without_mid_;
    return;
  }
  if (fill.at > queue.next_due) Resolve(queue, fill.at);
  const std::uint64_t waiting = queue.added - queue.done.back();
  if (waiting >= config_.max_pending) {
    ++dropped_;
    return;
  }
  if (waiting == queue.ring.size()) Grow(queue, std::max(kFirstCapacity, 2 * queue.ring.size()));
  const double weight = static_cast<double>(notional.units < 0 ? -notional.units : notional.units);
  queue.ring[queue.added & (queue.ring.size() - 1)] = {fill.at, Sign(fill.side), queue.mid, fill.price,
                                                       weight};
  ++queue.added;
  queue.next_due = std::min(queue.next_due, fill.at + config_.horizons.front());
}

void MarkoutTracker::Grow(Queue& queue, std::size_t capacity) {
  std::vector<Pending> ring(capacity);
  for (std::uint64_t i = queue.done.back(); i < queue.added; ++i) ring[i & (capacity - 1)] = At(queue, i);
  queue.ring.swap(ring);
}

void MarkoutTracker::Resolve(Queue& queue, Nanos now) {
  queue.next_due = kEndOfTime;
  for (std::size_t h = 0; h < config_.horizons.size(); ++h) {
    std::uint64_t& done = queue.done[h];
    for (; done < queue.added; ++done) {
      const Pending& fill = At(queue, done);
      const Nanos due = fill.at + config_.horizons[h];
      if (due >= now) {
        queue.next_due = std::min(queue.next_due, due);
        break;
      }
      Record(sums_[h], fill, queue.mid);
    }
  }
}

void MarkoutTracker::Record(Sums& sums, const Pending& fill, Mid mid) {
  const double base = static_cast<double>(fill.mid.doubled < 0 ? -fill.mid.doubled : fill.mid.doubled);
  const std::int64_t move = fill.sign * (mid.doubled - fill.mid.doubled);
  const double move_bps = 1e4 * static_cast<double>(move) / base;
  sums.move_bps.Add(move_bps);
  sums.weighted += move_bps * fill.notional;
  sums.weight += fill.notional;
  sums.from_price += 1e4 * static_cast<double>(fill.sign * (mid.doubled - 2 * fill.price.units)) / base;
  sums.positive += move > 0;
}

void MarkoutTracker::Finish(Nanos end) {
  for (Queue& queue : queues_) {
    Resolve(queue, end + Duration{1});
    for (std::size_t h = 0; h < sums_.size(); ++h) {
      sums_[h].censored += queue.added - queue.done[h];
      queue.done[h] = queue.added;
    }
    queue.next_due = kEndOfTime;
  }
}

std::vector<MarkoutStatistics> MarkoutTracker::Statistics() const {
  std::vector<MarkoutStatistics> result(sums_.size());
  for (std::size_t h = 0; h < sums_.size(); ++h) {
    const Sums& sums = sums_[h];
    MarkoutStatistics& out = result[h];
    out.horizon = config_.horizons[h];
    out.n = sums.move_bps.count();
    out.censored = sums.censored;
    out.mean_bps = sums.move_bps.mean();
    out.deviation_bps = sums.move_bps.deviation();
    if (sums.weight > 0) out.weighted_mean_bps = sums.weighted / sums.weight;
    if (out.n == 0) continue;
    out.mean_from_price_bps = sums.from_price / static_cast<double>(out.n);
    out.share_positive = static_cast<double>(sums.positive) / static_cast<double>(out.n);
  }
  return result;
}

}  // namespace crucible::trading
