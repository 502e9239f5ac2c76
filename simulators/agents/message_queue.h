// Messages on their way, in order of arrival; of one moment, in the order in which they were sent.
//
// A 4-ary heap of small keys over a slab of messages: a message is written once and read once. O(log n) per
// message. No allocation in steady state. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "framework/base/units.h"

namespace crucible::agents {

template <class Message>
class MessageQueue {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  // kEndOfTime when empty.
  Nanos next() const { return heap_.empty() ? kEndOfTime : heap_.front().arrival; }
  std::uint64_t sent() const { return sent_; }

  // The message to be filled in place; valid until the next Push.
  Message& Push(Nanos arrival) {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(slab_.size());
      slab_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    heap_.emplace_back();
    SiftUp(heap_.size() - 1, {arrival, ++sent_, slot});
    return slab_[slot];
  }
  // REQUIRES: !empty().
  Message Pop() {
    const std::uint32_t slot = heap_.front().slot;
    free_.push_back(slot);
    const Key last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) SiftDown(last);
    return slab_[slot];
  }

 private:
  struct Key {
    Nanos arrival;
    std::uint64_t order = 0;
    std::uint32_t slot = 0;
    bool Before(const Key& other) const {
      return arrival != other.arrival ? arrival < other.arrival : order < other.order;
    }
  };

  void SiftUp(std::size_t at, Key key) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / 4;
      if (!key.Before(heap_[parent])) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = key;
  }
  void SiftDown(Key key) {
    std::size_t at = 0;
    for (;;) {
      const std::size_t first = 4 * at + 1;
      if (first >= heap_.size()) break;
      const std::size_t end = std::min(first + 4, heap_.size());
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child)
        if (heap_[child].Before(heap_[least])) least = child;
      if (!heap_[least].Before(key)) break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = key;
  }

  std::vector<Key> heap_;
  std::vector<Message> slab_;
  std::vector<std::uint32_t> free_;
  std::uint64_t sent_ = 0;
};

}  // namespace crucible::agents
