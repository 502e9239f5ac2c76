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
  explicit OrderedRing(std::size_t capacity = 64) : items_(capacity), mask_(capacity - 1) {
    CRUCIBLE_CHECK((capacity & mask_) == 0);
  }
  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  // Stays where it is until Pop() and the next Open().
  const T& front() const { return items_[head_ & mask_]; }
  T& front() { return items_[head_ & mask_]; }

  void Push(const T& item) {
    Open() = item;
    Close();
  }
  // An item to be filled in place, which spares the hot path a copy; Close() puts it where it belongs. Until then
  // it is not in the ring.
  T& Open() {
    if (size() > mask_) Grow();
    return items_[tail_ & mask_];
  }
  void Close() {
    const std::size_t at = tail_++;
    if (at != head_ && Less{}(items_[at & mask_], items_[(at - 1) & mask_])) Sink(at);
  }
  void Pop() { ++head_; }

 private:
  void Sink(std::size_t at) {
    const T item = items_[at & mask_];
    do {
      items_[at & mask_] = items_[(at - 1) & mask_];
      --at;
    } while (at != head_ && Less{}(item, items_[(at - 1) & mask_]));
    items_[at & mask_] = item;
  }
  void Grow() {
    std::vector<T> larger(items_.size() * 2);
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i) larger[i] = std::move(items_[(head_ + i) & mask_]);
    items_ = std::move(larger);
    mask_ = items_.size() - 1;
    head_ = 0;
    tail_ = count;
  }

  std::vector<T> items_;
  std::size_t mask_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

}  // namespace crucible::engine
