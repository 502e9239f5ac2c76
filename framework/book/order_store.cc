#include "framework/book/order_store.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::book {
namespace {

constexpr std::size_t kFirstWindow = 64;
// An id this many windows ahead is a jump: it goes to the table.
constexpr std::uint64_t kLargestJump = 4;
// The window slides instead of growing when at most one in this many ids of its older half still lives.
constexpr std::size_t kSparse = 16;

}  // namespace

OrderIndex OrderStore::MakeAnonymous() {
  const OrderIndex index = TakeNode({});
  nodes_[index].anonymous = true;
  return index;
}

OrderIndex OrderStore::NewNode() {
  CRUCIBLE_CHECK(nodes_.size() < UINT32_MAX);
  nodes_.emplace_back();
  return static_cast<OrderIndex>(nodes_.size() - 1);
}

void OrderStore::Erase(OrderIndex index) {
  if (nodes_[index].anonymous) {
    ReturnNode(index);
  } else {
    Erase(Locate({nodes_[index].id}));
  }
}

// The id lies outside the window, or the table must grow.
void OrderStore::IndexSlowly(OrderId id, OrderIndex index) {
  if (dense_ && WindowReaches(id)) {
    window_[id.value - window_base_] = index;
    return;
  }
  if (dense_ && id.value >= window_base_) window_closed_ = true;
  table_.Insert(HashOf(id), index);
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
      window_.resize(2 * window_.size(), kNoOrder);
    }
  }
  return true;
}

// Forgets the oldest ids of the window; those that live move to the table.
void OrderStore::SlideWindow(std::size_t dropped) {
  for (std::size_t i = 0; i < dropped; ++i)
    if (window_[i] != kNoOrder) table_.Insert(HashOf({window_base_ + i}), window_[i]);
  std::move(window_.begin() + static_cast<std::ptrdiff_t>(dropped), window_.end(), window_.begin());
  std::fill(window_.end() - static_cast<std::ptrdiff_t>(dropped), window_.end(), kNoOrder);
  window_base_ += dropped;
}

void OrderStore::Reserve(std::size_t orders) {
  nodes_.reserve(orders);
  if (!dense_) table_.Reserve(orders);
}

bool OrderStore::InvariantsHold() const {
  std::size_t named = 0;
  for (OrderIndex index = 1; index < nodes_.size(); ++index) {
    const OrderNode& node = nodes_[index];
    if (node.side == Side::kNone || node.anonymous) continue;
    ++named;
    if (Find({node.id}) != index) return false;
  }
  return named == size_;
}

std::size_t OrderStore::allocated_bytes() const {
  return nodes_.capacity() * sizeof(OrderNode) + table_.allocated_bytes() + window_.capacity() * 4;
}

}  // namespace crucible::book
