#include "framework/book/order_store.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::book {
namespace {

constexpr std::size_t kFirstTable = 16;
constexpr std::size_t kFirstWindow = 64;
// An id this many windows ahead is a jump: it goes to the table.
constexpr std::uint64_t kLargestJump = 4;
// The window slides instead of growing when at most one in this many ids of its older half still lives.
constexpr std::size_t kSparse = 4;

}  // namespace

OrderIndex OrderStore::Make(OrderId id) {
  const OrderIndex index = TakeNode(id);
  Index(id, index);
  ++size_;
  return index;
}

OrderIndex OrderStore::MakeAnonymous() {
  const OrderIndex index = TakeNode({});
  nodes_[index].anonymous = true;
  return index;
}

OrderIndex OrderStore::TakeNode(OrderId id) {
  OrderIndex index = free_;
  if (index == kNoOrder) {
    CRUCIBLE_CHECK(nodes_.size() < kNoOrder - 1);
    index = static_cast<OrderIndex>(nodes_.size());
    nodes_.emplace_back();
  } else {
    free_ = nodes_[index].next;
  }
  nodes_[index] = {.id = id.value};
  return index;
}

void OrderStore::Erase(OrderIndex index) {
  OrderNode& node = nodes_[index];
  if (!node.anonymous) {
    const OrderId id{node.id};
    if (dense_ && InWindow(id)) {
      window_[id.value - window_base_] = kNoOrder;
    } else {
      EraseFromTable(id, index);
    }
    --size_;
  }
  node.side = Side::kNone;
  node.next = free_;
  free_ = index;
}

void OrderStore::Index(OrderId id, OrderIndex index) {
  if (dense_ && (InWindow(id) || WindowReaches(id))) {
    window_[id.value - window_base_] = index;
    return;
  }
  if (dense_ && id.value >= window_base_) window_closed_ = true;
  InsertInTable(SlotFor(id, index));
}

void OrderStore::InsertInTable(Slot slot) {
  if ((table_used_ + 1) * 4 > table_.size() * 3) RehashTable(std::max(kFirstTable, table_.size() * 2));
  std::uint64_t at = Home(slot);
  while (table_[at] != 0) at = (at + 1) & mask();
  table_[at] = slot;
  ++table_used_;
}

// Closes the gap by moving back each later slot of the run whose home is not behind it, so that no tombstone
// is needed.
void OrderStore::EraseFromTable(OrderId id, OrderIndex index) {
  const Slot slot = SlotFor(id, index);
  std::uint64_t gap = Home(slot);
  while (table_[gap] != slot) gap = (gap + 1) & mask();
  for (std::uint64_t at = (gap + 1) & mask(); table_[at] != 0; at = (at + 1) & mask()) {
    if (((at - Home(table_[at])) & mask()) < ((at - gap) & mask())) continue;
    table_[gap] = table_[at];
    gap = at;
  }
  table_[gap] = 0;
  --table_used_;
}

// The slot holds the half of the hash that chooses a home, so nodes stay untouched.
void OrderStore::RehashTable(std::size_t slots) {
  CRUCIBLE_CHECK(slots <= (std::size_t{1} << 32));
  std::vector<Slot> old(slots, 0);
  old.swap(table_);
  table_shift_ = 64 - std::countr_zero(slots);
  for (Slot slot : old) {
    if (slot == 0) continue;
    std::uint64_t at = Home(slot);
    while (table_[at] != 0) at = (at + 1) & mask();
    table_[at] = slot;
  }
}

// Makes the window include an id above it, if that is a small step.
bool OrderStore::WindowReaches(OrderId id) {
  if (window_closed_ || id.value >> 63 != 0 || (!window_.empty() && id.value < window_base_)) return false;
  if (window_.empty()) {
    window_base_ = id.value;
    window_.assign(kFirstWindow, kNoOrder);
    return true;
  }
  if (id.value - window_base_ >= kLargestJump * window_.size()) return false;
  while (!InWindow(id)) {
    const auto half = static_cast<std::ptrdiff_t>(window_.size() / 2);
    const auto dead = std::count(window_.begin(), window_.begin() + half, kNoOrder);
    if (static_cast<std::size_t>(half - dead) * kSparse <= static_cast<std::size_t>(half)) {
      SlideWindow(static_cast<std::size_t>(half));
    } else {
      window_.resize(window_.size() * 2, kNoOrder);
    }
  }
  return true;
}

// Forgets the oldest ids of the window; those that live move to the table.
void OrderStore::SlideWindow(std::size_t dropped) {
  for (std::size_t i = 0; i < dropped; ++i)
    if (window_[i] != kNoOrder) InsertInTable(SlotFor({window_base_ + i}, window_[i]));
  std::move(window_.begin() + static_cast<std::ptrdiff_t>(dropped), window_.end(), window_.begin());
  std::fill(window_.end() - static_cast<std::ptrdiff_t>(dropped), window_.end(), kNoOrder);
  window_base_ += dropped;
}

void OrderStore::Reserve(std::size_t orders) {
  nodes_.reserve(orders);
  const std::size_t slots = std::bit_ceil(std::max(kFirstTable, orders + orders / 2));
  if (!dense_ && slots > table_.size()) RehashTable(slots);
}

void OrderStore::PrefetchSlot(OrderId id) const {
  if (dense_ && InWindow(id)) {
    __builtin_prefetch(&window_[id.value - window_base_]);
  } else if (!table_.empty()) {
    __builtin_prefetch(&table_[Home(HashOf(id))]);
  }
}

OrderIndex OrderStore::PrefetchNode(OrderId id) const {
  OrderIndex index = free_;
  if (dense_ && InWindow(id)) {
    index = window_[id.value - window_base_];
  } else if (!table_.empty()) {
    const Slot slot = table_[Home(HashOf(id))];
    if (slot != 0) index = static_cast<OrderIndex>(slot) - 1;
  }
  if (index == kNoOrder) return kNoOrder;
  __builtin_prefetch(&nodes_[index], 1);
  return index;
}

bool OrderStore::InvariantsHold() const {
  std::size_t named = 0;
  for (OrderIndex index = 0; index < nodes_.size(); ++index) {
    const OrderNode& node = nodes_[index];
    if (node.side == Side::kNone || node.anonymous) continue;
    ++named;
    if (Find({node.id}) != index) return false;
  }
  return named == size_;
}

std::size_t OrderStore::allocated_bytes() const {
  return nodes_.capacity() * sizeof(OrderNode) + table_.capacity() * sizeof(Slot) + window_.capacity() * 4;
}

}  // namespace crucible::book
