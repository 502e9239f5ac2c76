// The resting orders of one book: nodes in one slab, found by id, addressed by index and never by pointer.
//
// Arbitrary 64-bit ids go through an open-addressed table of 8 bytes per slot (32 bits of hash, 32 of index)
// with linear probing and without tombstones. With `dense_ids` a window of the id space is an array of 4
// bytes per id; it slides along as old ids die, and the few ids outside it go through the table. Any id is
// right in both modes.
//
// Memory: 32 bytes per order at the peak, plus 16 to 32 for the table, or 4 per id in the window, which grows
// to at most 16 times the orders that live in it. Freed nodes are reused, last freed first.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/book/prefetch.h"

namespace crucible::book {

using OrderIndex = std::uint32_t;
inline constexpr OrderIndex kNoOrder = UINT32_MAX;

// Orders of a level form a list from first to last. `previous` of the first is kNoOrder; `next` of the last
// is the first, so that a level needs to name only its last order.
struct alignas(32) OrderNode {
  std::uint64_t id = 0;
  std::int64_t quantity = 0;  // open, > 0
  OrderIndex previous = kNoOrder;
  OrderIndex next = kNoOrder;
  std::uint32_t location = 0;  // of its level, in its side's ladder
  Side side = Side::kNone;
  bool anonymous = false;  // stands for the orders of its level whose ids the feed never told
};
static_assert(sizeof(OrderNode) == 32);

class OrderStore {
 public:
  explicit OrderStore(bool dense_ids) : dense_(dense_ids) {}

  // Number of named orders.
  std::size_t size() const { return size_; }
  OrderNode& operator[](OrderIndex index) { return nodes_[index]; }
  const OrderNode& operator[](OrderIndex index) const { return nodes_[index]; }

  // Where an id was found, or where it will stand once made: spares Make and Erase a second search. Good
  // until the next Make, Erase or Reserve.
  struct Place {
    OrderIndex index = kNoOrder;  // kNoOrder: no order has this id
    std::uint64_t slot = 0;
  };
  Place Locate(OrderId id) const {
    if (InWindow(id)) return {window_[id.value - window_base_], 0};
    return LocateInTable(id);
  }
  // kNoOrder when no order has this id.
  OrderIndex Find(OrderId id) const { return Locate(id).index; }
  // A node with this id. REQUIRES: `place` is Locate(id), and empty.
  OrderIndex Make(OrderId id, Place place) {
    const OrderIndex index = TakeNode(id);
    ++size_;
    if (InWindow(id)) {
      window_[id.value - window_base_] = index;
    } else if (!dense_ && (table_used_ + 1) * 2 <= table_.size()) {
      ++table_used_;
      table_[place.slot] = SlotFor(id, index);
    } else {
      IndexSlowly(id, index);
    }
    return index;
  }
  // A node that no id finds.
  OrderIndex MakeAnonymous();
  // REQUIRES: the node is on no list, and is not anonymous; `place` is its place.
  void Erase(Place place) {
    const OrderId id{nodes_[place.index].id};
    if (InWindow(id)) {
      window_[id.value - window_base_] = kNoOrder;
    } else {
      EraseFromTable(place.slot);
    }
    --size_;
    ReturnNode(place.index);
  }
  // The same for any node.
  void Erase(OrderIndex index);

  void Clear() { *this = OrderStore(dense_); }
  void Reserve(std::size_t orders);
  // Fetches the lookup slot of an id; later, its node. Two steps, because the second needs the first.
  CRUCIBLE_PREFETCH void PrefetchSlot(OrderId id) const {
    if (dense_) {
      if (InWindow(id)) __builtin_prefetch(&window_[id.value - window_base_]);
    } else if (!table_.empty()) {
      __builtin_prefetch(&table_[Home(HashOf(id))]);
    }
  }
  CRUCIBLE_PREFETCH void PrefetchNode(OrderId id) const { PrefetchNode(Guess(id)); }
  CRUCIBLE_PREFETCH void PrefetchNode(OrderIndex index) const {
    __builtin_prefetch(nodes_.data() + index, 1);
  }
  CRUCIBLE_PREFETCH void PrefetchNeighbours(OrderId id) const {
    const OrderIndex index = Guess(id);
    if (index >= nodes_.size()) return;
    PrefetchNode(nodes_[index].previous);
    PrefetchNode(nodes_[index].next);
  }

  // Every index finds its node and every node its index; for tests.
  bool InvariantsHold() const;
  std::size_t allocated_bytes() const;

 private:
  // Bits 32-63: high half of the id's hash; bits 0-31: index + 1. Zero is empty.
  using Slot = std::uint64_t;

  bool InWindow(OrderId id) const { return id.value - window_base_ < window_size_; }
  static std::uint64_t HashOf(OrderId id) {
    return hash_internal::Fold(id.value ^ hash_internal::kPrime[2], hash_internal::kPrime[3]);
  }
  static Slot SlotFor(OrderId id, OrderIndex index) {
    return (HashOf(id) & 0xFFFFFFFF00000000) | (std::uint64_t{index} + 1);
  }
  std::uint64_t Home(std::uint64_t hash) const { return hash >> table_shift_; }
  std::uint64_t mask() const { return table_.size() - 1; }

  Place LocateInTable(OrderId id) const {
    if (table_.empty()) return {};
    const std::uint64_t hash = HashOf(id);
    for (std::uint64_t at = Home(hash);; at = (at + 1) & mask()) {
      const Slot slot = table_[at];
      if (slot == 0) return {kNoOrder, at};
      if (((slot ^ hash) >> 32) != 0) continue;
      const auto index = static_cast<OrderIndex>(slot) - 1;
      if (nodes_[index].id == id.value) return {index, at};
    }
  }
  // The node an id probably has, nothing compared; where it has none, the node that comes next.
  CRUCIBLE_PREFETCH OrderIndex Guess(OrderId id) const {
    OrderIndex index = kNoOrder;
    if (dense_) {
      if (InWindow(id)) index = window_[id.value - window_base_];
    } else if (!table_.empty()) {
      index = static_cast<OrderIndex>(table_[Home(HashOf(id))]) - 1;
    }
    return index == kNoOrder ? free_ : index;
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
  // Closes the gap by moving back each later slot of the run whose home is not behind it, so that no
  // tombstone is needed.
  void EraseFromTable(std::uint64_t gap) {
    for (std::uint64_t at = (gap + 1) & mask(); table_[at] != 0; at = (at + 1) & mask()) {
      if (((at - Home(table_[at])) & mask()) < ((at - gap) & mask())) continue;
      table_[gap] = table_[at];
      gap = at;
    }
    table_[gap] = 0;
    --table_used_;
  }
  OrderIndex NewNode();
  void IndexSlowly(OrderId id, OrderIndex index);
  void InsertInTable(Slot slot);
  void RehashTable(std::size_t slots);
  bool WindowReaches(OrderId id);
  void SlideWindow(std::size_t dropped);

  std::vector<OrderNode> nodes_;
  std::vector<Slot> table_;  // size is zero or a power of two
  int table_shift_ = 64;
  OrderIndex free_ = kNoOrder;  // list through `next`
  std::size_t table_used_ = 0;
  std::size_t size_ = 0;
  bool dense_;
  bool window_closed_ = false;  // an id beyond the window is in the table: the window must not grow over it
  std::uint64_t window_base_ = 0;
  std::uint64_t window_size_ = 0;  // zero unless ids are dense
  std::vector<OrderIndex> window_;
};

}  // namespace crucible::book
