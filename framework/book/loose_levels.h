// The levels of one side that stand in no page (price_ladder.h): an ordered map, for the few prices off the
// grid or far from the touch.
//
// A position names a level until it is released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace crucible::book {

template <class Level>
class LooseLevels {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  bool empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }
  Level& at(std::uint32_t position) { return pool_[position].level; }
  std::int64_t rank(std::uint32_t position) const { return pool_[position].rank; }

  // kNone where there is no such level.
  std::uint32_t Find(std::int64_t rank) const { return PositionAt(order_.find(rank)); }
  std::uint32_t FirstBehind(std::int64_t rank) const { return PositionAt(order_.upper_bound(rank)); }
  std::uint32_t Worst() const { return order_.empty() ? kNone : order_.rbegin()->second; }
  // Calls visit(rank, position) from the best to the worst.
  template <class Visit>
  void ForEach(Visit&& visit) const {
    for (const auto& [rank, position] : order_) visit(rank, position);
  }

  // REQUIRES: there is no level of this rank.
  std::uint32_t Make(std::int64_t rank, const Level& level) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(pool_.size()));
      pool_.emplace_back();
    }
    const std::uint32_t position = free_.back();
    free_.pop_back();
    pool_[position] = {rank, level};
    order_.emplace(rank, position);
    return position;
  }
  void Release(std::uint32_t position) {
    order_.erase(pool_[position].rank);
    free_.push_back(position);
  }
  std::size_t allocated_bytes() const {
    return pool_.capacity() * sizeof(Entry) + free_.capacity() * 4 + order_.size() * kNodeBytes;
  }

 private:
  static constexpr std::size_t kNodeBytes = 48;  // of the map, as libstdc++ lays it out
  struct Entry {
    std::int64_t rank = 0;
    Level level{};
  };
  using Order = std::map<std::int64_t, std::uint32_t>;  // rank -> position
  std::uint32_t PositionAt(Order::const_iterator at) const { return at == order_.end() ? kNone : at->second; }

  Order order_;
  std::vector<Entry> pool_;
  std::vector<std::uint32_t> free_;
};

}  // namespace crucible::book
