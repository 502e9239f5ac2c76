// The resting orders of one book: nodes in one slab, found by id, addressed by index and never by pointer.
//
// Arbitrary 64-bit ids go through a hash table (id_table.h). With `dense_ids` a window of the id space is an
// array of 4 bytes per id; it slides along as old ids die, and the few ids outside it go through the table.
// Any id is right in both modes.
//
// Memory: 32 bytes per order at the peak, plus 16 to 32 for the table, or 4 per id in the window, which grows
// to at most 64 times the orders that live in it. Freed nodes are reused, last freed first.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/book/id_table.h"
#include "framework/book/prefetch.h"

namespace crucible::book {

using OrderIndex = std::uint32_t;
inline constexpr OrderIndex kNoOrder = IdTable::kNone;

struct alignas(32) OrderNode {
  std::uint64_t id = 0;
  std::int64_t quantity = 0;       // open, > 0
  OrderIndex previous = kNoOrder;  // in its queue
  OrderIndex next = kNoOrder;
  std::uint32_t location = 0;  // of its level, in its side's ladder
  Side side = Side::kNone;
  bool anonymous = false;   // stands for the orders of its level whose ids the feed never told
  std::uint16_t owner = 0;  // whose it is, where somebody matches orders; books of a feed leave it 0
};
static_assert(sizeof(OrderNode) == 32);

// The orders of a level, first to last.
struct OrderQueue {
  OrderIndex first = kNoOrder;
  OrderIndex last = kNoOrder;
  bool empty() const { return first == kNoOrder; }
};

class alignas(64) OrderStore {
 public:
  explicit OrderStore(bool dense_ids) : nodes_(1), dense_(dense_ids) {}

  // Number of named orders.
  std::size_t size() const { return size_; }
  OrderNode& operator[](OrderIndex index) { return nodes_[index]; }
  const OrderNode& operator[](OrderIndex index) const { return nodes_[index]; }

  // Where an id was found, or where it will stand once made: spares Make and Erase a second search. Good
  // until the next Make, Erase or Reserve.
  struct Place {
    OrderIndex index = kNoOrder;
    bool in_window = false;
    std::uint64_t slot = 0;  // of the window or the table
  };
  Place Locate(OrderId id) const {
    const std::uint64_t offset = id.value - window_base_;
    if (offset < window_.size()) return {window_[offset], true, offset};
    const IdTable::Place place =
        table_.Locate(HashOf(id), [&](OrderIndex index) { return nodes_[index].id == id.value; });
    return {place.index, false, place.slot};
  }
  // kNoOrder when no order has this id.
  OrderIndex Find(OrderId id) const { return Locate(id).index; }
  // A node with this id. REQUIRES: `place` is Locate(id), and empty.
  OrderIndex Make(OrderId id, Place place) {
    const OrderIndex index = TakeNode(id);
    ++size_;
    if (place.in_window) {
      window_[place.slot] = index;
    } else if (!dense_ && table_.HasRoom()) {
      table_.Put({place.index, place.slot}, HashOf(id), index);
    } else {
      IndexSlowly(id, index);
    }
    return index;
  }
  // Make needs no memory, and no change of the window.
  bool HasRoom(const Place& place) const {
    return free_ != kNoOrder && (place.in_window || (!dense_ && table_.HasRoom()));
  }
  // REQUIRES: HasRoom(place), too.
  OrderIndex MakeInRoom(OrderId id, Place place) {
    const OrderIndex index = free_;
    OrderNode& node = nodes_[index];
    free_ = node.next;
    node.id = id.value;
    node.anonymous = false;
    ++size_;
    if (place.in_window) {
      window_[place.slot] = index;
    } else {
      table_.Put({place.index, place.slot}, HashOf(id), index);
    }
    return index;
  }
  // A node that no id finds.
  OrderIndex MakeAnonymous();
  // REQUIRES: the node is on no list, and is not anonymous; `place` is its place.
  void Erase(Place place) {
    if (place.in_window) {
      window_[place.slot] = kNoOrder;
    } else {
      table_.Erase(place.slot);
    }
    --size_;
    ReturnNode(place.index);
  }
  // The same for any node.
  void Erase(OrderIndex index);

  // Queues change without a branch on where in them an order stands, which would be mispredicted, and late:
  // before the first order and after the last stands node 0, whose links mean nothing.
  void PushBack(OrderQueue& queue, OrderIndex index) {
    OrderNode& node = nodes_[index];
    node.previous = queue.last;
    node.next = kNoOrder;
    nodes_[queue.last].next = index;
    queue.first = queue.first == kNoOrder ? index : queue.first;
    queue.last = index;
  }
  void PushFront(OrderQueue& queue, OrderIndex index) {
    OrderNode& node = nodes_[index];
    node.previous = kNoOrder;
    node.next = queue.first;
    nodes_[queue.first].previous = index;
    queue.last = queue.last == kNoOrder ? index : queue.last;
    queue.first = index;
  }
  // REQUIRES: it stands in the queue.
  void Unlink(OrderQueue& queue, OrderIndex index) {
    const OrderIndex previous = nodes_[index].previous;
    const OrderIndex next = nodes_[index].next;
    nodes_[previous].next = next;
    nodes_[next].previous = previous;
    queue.first = previous == kNoOrder ? next : queue.first;
    queue.last = next == kNoOrder ? previous : queue.last;
  }

  void Clear() { *this = OrderStore(dense_); }
  void Reserve(std::size_t orders);
  // Fetches the lookup slot of an id; later, its node. Two steps, because the second needs the first.
  CRUCIBLE_PREFETCH void PrefetchSelf() const {
    __builtin_prefetch(this, 1);
    __builtin_prefetch(&table_, 1);
  }
  CRUCIBLE_PREFETCH void PrefetchSlot(OrderId id) const {
    if (!window_.empty()) {
      __builtin_prefetch(window_.data() + (id.value - window_base_), 1);
    } else {
      table_.Prefetch(HashOf(id));
    }
  }
  CRUCIBLE_PREFETCH void PrefetchNode(OrderId id) const { PrefetchNode(Guess(id)); }
  CRUCIBLE_PREFETCH void PrefetchNode(OrderIndex index) const {
    __builtin_prefetch(nodes_.data() + index, 1);
  }
  CRUCIBLE_PREFETCH void PrefetchNeighbours(OrderId id) const {
    const OrderNode& node = nodes_[InSlab(Guess(id))];
    PrefetchNode(node.previous);
    PrefetchNode(node.next);
  }

  // Every index finds its node and every node its index; for tests.
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const;

 private:
  bool InWindow(OrderId id) const { return id.value - window_base_ < window_.size(); }
  static std::uint64_t HashOf(OrderId id) {
    return hash_internal::Fold(id.value ^ hash_internal::kPrime[2], hash_internal::kPrime[3]);
  }
  // The node an id probably has, nothing compared; kNoOrder where it has none.
  CRUCIBLE_PREFETCH OrderIndex Guess(OrderId id) const {
    if (!window_.empty()) return InWindow(id) ? window_[id.value - window_base_] : kNoOrder;
    return table_.Guess(HashOf(id));
  }
  // Any index made a valid one, without a branch: the guess may be of an order that has gone.
  CRUCIBLE_PREFETCH std::size_t InSlab(OrderIndex index) const {
    return index & (std::size_t{0} - static_cast<std::size_t>(index < nodes_.size()));
  }
  OrderIndex TakeNode(OrderId id) {
    OrderIndex index = free_;
    if (index != kNoOrder) [[likely]] {
      free_ = nodes_[index].next;
    } else {
      index = NewNode();
    }
    nodes_[index].id = id.value;
    nodes_[index].anonymous = false;
    return index;
  }
  void ReturnNode(OrderIndex index) {
    OrderNode& node = nodes_[index];
    node.side = Side::kNone;
    node.next = free_;
    free_ = index;
  }
  OrderIndex NewNode();
  void IndexSlowly(OrderId id, OrderIndex index);
  bool WindowReaches(OrderId id);
  void SlideWindow(std::size_t dropped);

  // In the order of their use: dense ids need the first line of the cache, others the second too.
  std::vector<OrderNode> nodes_;    // the first stands for none
  std::vector<OrderIndex> window_;  // empty unless ids are dense
  std::uint64_t window_base_ = 0;
  OrderIndex free_ = kNoOrder;  // list through `next`
  std::uint32_t size_ = 0;
  IdTable table_;
  bool dense_;
  bool window_closed_ = false;  // an id beyond the window is in the table: the window must not grow over it
};

}  // namespace crucible::book
