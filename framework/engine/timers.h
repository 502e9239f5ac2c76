// Timers of strategies, in the order (due, id). Few at a time: a heap in one vector.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/event/event.h"

namespace crucible::engine {

struct Timer {
  Nanos due;
  std::uint64_t id = 0;
  std::uint32_t strategy = 0;  // ordinal, 1, 2, ...
  std::int64_t payload = 0;
  CauseRef cause;  // what was being handled when it was set
};

class Timers {
 public:
  // Timers that may wait at once: more is a strategy that has lost count.
  static constexpr std::size_t kMax = 65'536;

  // 0 when full.
  std::uint64_t Set(Nanos due, std::uint32_t strategy, std::int64_t payload, CauseRef cause) {
    if (heap_.size() >= kMax) return 0;
    heap_.push_back({due, ++last_id_, strategy, payload, cause});
    std::push_heap(heap_.begin(), heap_.end(), Later);
    return last_id_;
  }
  // False when there is none of that id, or it belongs to another strategy.
  bool Cancel(std::uint64_t id, std::uint32_t strategy) {
    const auto found = std::find_if(heap_.begin(), heap_.end(),
                                    [&](const Timer& timer) { return timer.id == id && timer.strategy == strategy; });
    if (found == heap_.end()) return false;
    heap_.erase(found);
    std::make_heap(heap_.begin(), heap_.end(), Later);
    return true;
  }
  Nanos next_due() const { return heap_.empty() ? kEndOfTime : heap_.front().due; }
  // REQUIRES: a timer waits.
  Timer Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    const Timer timer = heap_.back();
    heap_.pop_back();
    return timer;
  }
  // Sorts in place, without allocating: what is sorted is a heap too.
  void Hash(StateHasher& hasher) {
    std::sort(heap_.begin(), heap_.end(), [](const Timer& a, const Timer& b) { return Later(b, a); });
    for (const Timer& timer : heap_) {
      hasher.Add(timer.due.since_epoch);
      hasher.Add(timer.id);
      hasher.Add(timer.payload);
    }
  }

 private:
  static bool Later(const Timer& a, const Timer& b) {
    return a.due != b.due ? a.due > b.due : a.id > b.id;
  }
  std::vector<Timer> heap_;
  std::uint64_t last_id_ = 0;
};

}  // namespace crucible::engine
