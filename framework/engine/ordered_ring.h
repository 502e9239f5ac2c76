// A ring of items kept in order: for streams that are nearly sorted already, where a heap would cost more.
//
// Push walks back from the end to the item's place, so it costs the distance to it; Pop is O(1). Grows by
// doubling and never shrinks: no allocation in steady state.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "framework/base/check.h"

namespace crucible::engine {

// Less is a stateless strict weak order; items that are equal keep the order of their pushes.
template <class T, class Less>
class OrderedRing {
 public:
  explicit OrderedRing(std::size_t capacity = 64) : items_(capacity) {
    CRUCIBLE_CHECK((capacity & (capacity - 1)) == 0);
  }
  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  const T& front() const { return items_[head_ & mask()]; }

  void Push(const T& item) {
    if (size() == items_.size()) Grow();
    std::size_t at = tail_++;
    while (at != head_ && Less{}(item, items_[(at - 1) & mask()])) {
      items_[at & mask()] = items_[(at - 1) & mask()];
      --at;
    }
    items_[at & mask()] = item;
  }
  void Pop() { ++head_; }

 private:
  std::size_t mask() const { return items_.size() - 1; }
  void Grow() {
    std::vector<T> larger(items_.size() * 2);
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i) larger[i] = std::move(items_[(head_ + i) & mask()]);
    items_ = std::move(larger);
    head_ = 0;
    tail_ = count;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

}  // namespace crucible::engine
