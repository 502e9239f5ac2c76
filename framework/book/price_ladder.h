// One side of a book: the levels of one instrument in price order, flat near the touch.
//
// Levels on the tick grid live in pages of 64 ticks. A directory maps page numbers to pages and spans at most
// kMaxSpan pages around the touch; a page is taken when its first level appears and reused when its last one
// goes. Prices off the grid, or too far from the touch for the directory, live in an ordered map ("loose"
// levels): correct, but slower. When the touch walks out of the directory, the directory moves after it.
//
//   find, make, remove    O(1) on the grid, O(log loose levels) elsewhere
//   best                  O(1), kept up to date
//   next, worst           O(1) within a page, else one bit scan over the directory
//
// A location names a level until it is removed, or until FindOrCreate reports that it moved. `Level` is a
// small trivially copyable struct; its content belongs to the caller. Memory: one page (64 levels) per
// occupied run of ticks at the peak, plus 4 bytes per 64 ticks spanned.
//
// Determinism: order and content depend only on the calls. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <type_traits>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/units.h"
#include "framework/book/prefetch.h"
#include "framework/book/tick_grid.h"

namespace crucible::book {

template <class Level>
class PriceLadder {
 public:
  static_assert(std::is_trivially_copyable_v<Level>);
  using Location = std::uint32_t;
  static constexpr Location kNone = UINT32_MAX;
  static constexpr std::uint64_t kMaxSpan = 1 << 15;  // pages: 2,097,152 ticks

  PriceLadder(Side side, PriceDelta tick_size) : grid_(side, tick_size), flip_(side == Side::kBid ? -1 : 0) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Side side() const { return flip_ != 0 ? Side::kBid : Side::kAsk; }
  const TickGrid& grid() const { return grid_; }

  // REQUIRES of at, PriceOf, Next, Remove: `location` names a level.
  Level& at(Location location) {
    return IsLoose(location) ? loose_->pool[location & ~kLooseBit].level
                             : pages_[location >> 6].levels[location & 63];
  }
  const Level& at(Location location) const { return const_cast<PriceLadder*>(this)->at(location); }
  Price PriceOf(Location location) const {
    if (IsLoose(location)) return PriceOfRank(loose_->pool[location & ~kLooseBit].rank);
    return PriceOfKey((pages_[location >> 6].number << 6) | (location & 63));
  }

  // kNone where there is no such level.
  Location best() const { return best_; }
  // REQUIRES: !empty().
  Price best_price() const { return PriceOfRank(best_rank_); }
  Location Find(Price price) const;
  // The next level in order from best to worst.
  Location Next(Location location) const;
  Location Worst() const;

  // The level at `price`; `made` tells whether it is new, and then its content is Level{}. Other levels may
  // change their location: on_move(from, to) is called after each has moved.
  struct Found {
    Level* level;
    Location location;
    bool made;
  };
  template <class OnMove>
  Found FindOrCreate(Price price, OnMove&& on_move) {
    Location location;
    if (Level* level = FindOnGrid(price, location)) return {level, location, false};
    return FindOrCreateSlowly(price, on_move);
  }
  // The common case of Find: nullptr unless there is such a level in a page.
  Level* FindOnGrid(Price price, Location& location) {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_) [[unlikely]]
      return nullptr;
    const std::uint32_t slot = directory_[index];
    if (slot == kNone || ((pages_[slot].occupied >> (key & 63)) & 1) == 0) return nullptr;
    location = (slot << 6) | static_cast<Location>(key & 63);
    return &pages_[slot].levels[key & 63];
  }
  void Remove(Location location);

  // Fast path of a feed of absolute levels: sets a level, or with present = false removes it, where it is
  // worse than the best one and no page appears or goes. False when this is not such a case; nothing has
  // happened then.
  bool TrySetBehindBest(Price price, const Level& level, bool present) {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_ || directory_[index] == kNone || key <= best_key_) return false;
    Page& page = pages_[directory_[index]];
    const std::uint64_t was = (page.occupied >> (key & 63)) & 1;
    const std::uint64_t now = std::uint64_t{present};
    const std::uint64_t after = page.occupied ^ ((was ^ now) << (key & 63));
    if (after == 0 || (was == 0 && (!present || loose_ != nullptr))) [[unlikely]]
      return false;
    size_ += now - was;
    page.occupied = after;
    page.levels[key & 63] = level;
    return true;
  }

  void Clear() { *this = PriceLadder(side(), grid_.tick_size()); }

  // True when the structure is consistent; for tests.
  bool InvariantsHold() const;
  std::size_t loose_levels() const { return loose_ == nullptr ? 0 : loose_->order.size(); }
  // Bytes held outside the object.
  std::size_t allocated_bytes() const;

  // Fetch what Find(price) will need: first the directory, then the level. Peek gives the cell of a price on
  // a present page, whether or not it holds a level.
  CRUCIBLE_PREFETCH void PrefetchDirectory(Price price) const {
    __builtin_prefetch(directory_.data() + ((KeyOf(price) >> 6) - base_));
  }
  CRUCIBLE_PREFETCH void PrefetchLevel(Price price) const { __builtin_prefetch(Peek(price), 1); }
  CRUCIBLE_PREFETCH const Level* Peek(Price price) const {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_ || directory_[index] == kNone) return nullptr;
    return &pages_[directory_[index]].levels[key & 63];
  }

 private:
  struct Page {
    std::uint64_t occupied = 0;
    std::uint64_t number = 0;  // key / 64
    std::array<Level, 64> levels;
  };
  struct LooseLevel {
    std::int64_t rank = 0;
    Level level{};
  };
  struct Loose {
    std::map<std::int64_t, Location> order;  // rank -> position in pool
    std::vector<LooseLevel> pool;
    std::vector<Location> free;
  };
  static constexpr Location kLooseBit = Location{1} << 31;
  static constexpr std::int64_t kNoRank = INT64_MAX;

  // Ranks order all prices of the side, keys those on the grid; smaller is better for both. A bid's rank is
  // its price negated, without a branch: sides alternate unpredictably.
  std::int64_t RankOf(Price price) const { return (price.units ^ flip_) - flip_; }
  Price PriceOfRank(std::int64_t rank) const { return {(rank ^ flip_) - flip_}; }
  // Above grid_.last() for a price off the grid.
  std::uint64_t KeyOf(Price price) const { return grid_.KeyOf(price); }
  Price PriceOfKey(std::uint64_t key) const { return grid_.PriceOf(key); }
  static bool IsLoose(Location location) { return (location & kLooseBit) != 0; }
  std::int64_t RankAt(Location location) const { return RankOf(PriceOf(location)); }

  void Occupy(Page& page, Location location, std::int64_t rank) {
    page.occupied |= std::uint64_t{1} << (location & 63);
    page.levels[location & 63] = Level{};
    NoteMade(location, rank);
  }
  void SetBest(Location location, std::int64_t rank) {
    best_ = location;
    best_rank_ = rank;
    best_key_ = location == kNone ? 0 : IsLoose(location) ? UINT64_MAX : KeyOf(PriceOfRank(rank));
  }
  void NoteMade(Location location, std::int64_t rank) {
    ++size_;
    if (rank < best_rank_) SetBest(location, rank);
  }
  template <class OnMove>
  Found FindOrCreateSlowly(Price price, OnMove& on_move);
  template <class OnMove>
  bool Cover(std::uint64_t number, std::int64_t rank, OnMove& on_move);
  template <class OnMove>
  void MoveTo(std::uint64_t number, OnMove& on_move);
  template <class OnMove>
  void Loosen(std::uint32_t slot, OnMove& on_move);
  void Resize(std::uint64_t base, std::uint64_t count);
  std::uint32_t TakePage(std::uint64_t number);
  void ReleasePage(std::uint32_t slot);
  void MarkPage(std::uint64_t index, std::uint32_t slot);
  Location MakeLoose(std::int64_t rank);
  void ReleaseLoose(Location location);
  Location FindLoose(std::int64_t rank) const;

  // First level of the first page at or after a directory index; last of the last.
  Location FirstFrom(std::uint64_t index) const;
  Location NextOnGrid(Location location) const;
  Location FirstOnGridBehind(std::int64_t rank) const;
  Location FirstLooseBehind(std::int64_t rank) const;
  Location LastOnGrid() const;
  Location Better(Location a, Location b) const;

  TickGrid grid_;
  std::int64_t flip_;  // -1 for bids: negates by complement, x ^ flip - flip
  Location best_ = kNone;
  std::int64_t best_rank_ = kNoRank;
  std::uint64_t best_key_ = 0;  // the largest number while the best level is loose
  std::size_t size_ = 0;
  std::uint64_t span_ = 0;                // pages in the directory
  std::uint64_t base_ = 0;                // page number of directory_[0]
  std::vector<std::uint32_t> directory_;  // position in pages_, or kNone
  std::vector<Page> pages_;
  std::vector<std::uint64_t> present_;  // one bit per directory entry
  std::vector<std::uint32_t> free_pages_;
  std::unique_ptr<Loose> loose_;  // null until the first loose level
};

template <class Level>
auto PriceLadder<Level>::Find(Price price) const -> Location {
  const std::uint64_t key = KeyOf(price);
  const std::uint64_t index = (key >> 6) - base_;
  if (index < span_ && directory_[index] != kNone) {
    if ((pages_[directory_[index]].occupied >> (key & 63)) & 1)
      return (directory_[index] << 6) | static_cast<Location>(key & 63);
  }
  return FindLoose(RankOf(price));
}

template <class Level>
void PriceLadder<Level>::Remove(Location location) {
  const Location next = location == best_ ? Next(location) : best_;
  --size_;
  if (IsLoose(location)) {
    ReleaseLoose(location);
  } else {
    Page& page = pages_[location >> 6];
    page.occupied &= ~(std::uint64_t{1} << (location & 63));
    if (page.occupied == 0) ReleasePage(location >> 6);
  }
  if (next == best_) return;
  SetBest(next, next == kNone ? kNoRank : RankAt(next));
}

template <class Level>
auto PriceLadder<Level>::Next(Location location) const -> Location {
  if (loose_ == nullptr) return NextOnGrid(location);
  const std::int64_t rank = RankAt(location);
  const Location on_grid = IsLoose(location) ? FirstOnGridBehind(rank) : NextOnGrid(location);
  return Better(on_grid, FirstLooseBehind(rank));
}

template <class Level>
auto PriceLadder<Level>::Worst() const -> Location {
  const Location on_grid = LastOnGrid();
  if (loose_ == nullptr || loose_->order.empty()) return on_grid;
  const Location loose = kLooseBit | loose_->order.rbegin()->second;
  return on_grid == kNone || RankAt(loose) > RankAt(on_grid) ? loose : on_grid;
}

template <class Level>
auto PriceLadder<Level>::Better(Location a, Location b) const -> Location {
  if (a == kNone || b == kNone) return a == kNone ? b : a;
  return RankAt(a) < RankAt(b) ? a : b;
}

template <class Level>
auto PriceLadder<Level>::NextOnGrid(Location location) const -> Location {
  const Page& page = pages_[location >> 6];
  const std::uint64_t rest = page.occupied & (~std::uint64_t{1} << (location & 63));
  if (rest != 0) return (location & ~Location{63}) | static_cast<Location>(std::countr_zero(rest));
  return FirstFrom(page.number - base_ + 1);
}

template <class Level>
auto PriceLadder<Level>::FirstFrom(std::uint64_t index) const -> Location {
  for (std::uint64_t word = index >> 6; word < present_.size(); ++word) {
    const std::uint64_t skip = word == index >> 6 ? ~std::uint64_t{0} << (index & 63) : ~std::uint64_t{0};
    const std::uint64_t bits = present_[word] & skip;
    if (bits == 0) continue;
    const std::uint32_t slot = directory_[(word << 6) | static_cast<std::uint64_t>(std::countr_zero(bits))];
    return (slot << 6) | static_cast<Location>(std::countr_zero(pages_[slot].occupied));
  }
  return kNone;
}

template <class Level>
auto PriceLadder<Level>::LastOnGrid() const -> Location {
  for (std::size_t word = present_.size(); word-- > 0;) {
    if (present_[word] == 0) continue;
    const std::uint32_t slot =
        directory_[(word << 6) | static_cast<std::uint64_t>(std::bit_width(present_[word]) - 1)];
    return (slot << 6) | static_cast<Location>(std::bit_width(pages_[slot].occupied) - 1);
  }
  return kNone;
}

template <class Level>
auto PriceLadder<Level>::FirstOnGridBehind(std::int64_t rank) const -> Location {
  const std::uint64_t key = grid_.KeyBehind(PriceOfRank(rank));
  if ((key >> 6) < base_) return FirstFrom(0);
  const std::uint64_t index = (key >> 6) - base_;
  if (index >= span_) return kNone;
  const std::uint32_t slot = directory_[index];
  if (slot == kNone) return FirstFrom(index + 1);
  const std::uint64_t rest = pages_[slot].occupied & (~std::uint64_t{0} << (key & 63));
  return rest == 0 ? FirstFrom(index + 1) : (slot << 6) | static_cast<Location>(std::countr_zero(rest));
}

template <class Level>
auto PriceLadder<Level>::FirstLooseBehind(std::int64_t rank) const -> Location {
  const auto it = loose_->order.upper_bound(rank);
  return it == loose_->order.end() ? kNone : kLooseBit | it->second;
}

template <class Level>
auto PriceLadder<Level>::FindLoose(std::int64_t rank) const -> Location {
  if (loose_ == nullptr) return kNone;
  const auto it = loose_->order.find(rank);
  return it == loose_->order.end() ? kNone : kLooseBit | it->second;
}

template <class Level>
auto PriceLadder<Level>::MakeLoose(std::int64_t rank) -> Location {
  if (loose_ == nullptr) loose_ = std::make_unique<Loose>();
  if (loose_->free.empty()) {
    loose_->free.push_back(static_cast<Location>(loose_->pool.size()));
    loose_->pool.emplace_back();
  }
  const Location position = loose_->free.back();
  loose_->free.pop_back();
  loose_->pool[position] = {rank, Level{}};
  loose_->order.emplace(rank, position);
  return kLooseBit | position;
}

template <class Level>
void PriceLadder<Level>::ReleaseLoose(Location location) {
  const Location position = location & ~kLooseBit;
  loose_->order.erase(loose_->pool[position].rank);
  loose_->free.push_back(position);
  if (loose_->order.empty()) loose_.reset();
}

template <class Level>
template <class OnMove>
[[gnu::noinline]] auto PriceLadder<Level>::FindOrCreateSlowly(Price price, OnMove& on_move) -> Found {
  const std::uint64_t key = KeyOf(price);
  const std::int64_t rank = RankOf(price);
  if (const Location found = FindLoose(rank); found != kNone) return {&at(found), found, false};
  if ((key >> 6) >= (grid_.last() >> 6) || !Cover(key >> 6, rank, on_move)) {
    const Location made = MakeLoose(rank);
    NoteMade(made, rank);
    return {&at(made), made, true};
  }
  std::uint32_t slot = directory_[(key >> 6) - base_];
  if (slot == kNone) slot = TakePage(key >> 6);
  const Location location = (slot << 6) | static_cast<Location>(key & 63);
  Occupy(pages_[slot], location, rank);
  return {&at(location), location, true};
}

// Makes the directory include a page. Refuses when the page is too far from the touch to deserve it.
template <class Level>
template <class OnMove>
bool PriceLadder<Level>::Cover(std::uint64_t number, std::int64_t rank, OnMove& on_move) {
  if (number - base_ < span_) return true;
  if (span_ == 0) {
    Resize(number - std::min<std::uint64_t>(number, 2), 8);
    return true;
  }
  const std::uint64_t first = std::min(base_, number);
  const std::uint64_t last = std::max(base_ + span_ - 1, number);
  if (last - first < kMaxSpan) {
    const std::uint64_t slack = std::min(kMaxSpan - (last - first + 1), (last - first + 1) / 2);
    Resize(number < base_ ? first - std::min(first, slack) : first, last - first + 1 + slack);
    return true;
  }
  const std::uint64_t best_key = rank < best_rank_ ? number << 6 : KeyOf(PriceOfRank(best_rank_));
  if (best_key > grid_.last()) return false;
  const std::uint64_t touch = best_key >> 6;
  if (std::max(touch, number) - std::min(touch, number) >= kMaxSpan / 4) return false;
  MoveTo(touch, on_move);
  return true;
}

// Centres the directory on a page; levels that no longer fit become loose.
template <class Level>
template <class OnMove>
void PriceLadder<Level>::MoveTo(std::uint64_t number, OnMove& on_move) {
  const std::uint64_t base = number - std::min(number, kMaxSpan / 2);
  for (std::uint32_t slot : std::vector<std::uint32_t>(directory_))
    if (slot != kNone && pages_[slot].number - base >= kMaxSpan) Loosen(slot, on_move);
  Resize(base, kMaxSpan);
}

template <class Level>
template <class OnMove>
void PriceLadder<Level>::Loosen(std::uint32_t slot, OnMove& on_move) {
  for (std::uint64_t bits = pages_[slot].occupied; bits != 0; bits &= bits - 1) {
    const Location from = (slot << 6) | static_cast<Location>(std::countr_zero(bits));
    const Location to = MakeLoose(RankAt(from));
    loose_->pool[to & ~kLooseBit].level = at(from);
    if (from == best_) SetBest(to, best_rank_);
    on_move(from, to);
  }
  pages_[slot].occupied = 0;
  ReleasePage(slot);
}

template <class Level>
void PriceLadder<Level>::Resize(std::uint64_t base, std::uint64_t count) {
  // Keys off the grid lie above the last page, so that the directory alone tells them apart.
  count = std::min(count, (grid_.last() >> 6) - base);
  base_ = base;
  directory_.assign(count, kNone);
  span_ = count;
  present_.assign((count + 63) / 64, 0);
  for (std::uint32_t slot = 0; slot < pages_.size(); ++slot)
    if (pages_[slot].occupied != 0) MarkPage(pages_[slot].number - base_, slot);
}

template <class Level>
void PriceLadder<Level>::MarkPage(std::uint64_t index, std::uint32_t slot) {
  directory_[index] = slot;
  present_[index >> 6] |= std::uint64_t{1} << (index & 63);
}

template <class Level>
std::uint32_t PriceLadder<Level>::TakePage(std::uint64_t number) {
  if (free_pages_.empty()) {
    free_pages_.push_back(static_cast<std::uint32_t>(pages_.size()));
    pages_.emplace_back();
  }
  const std::uint32_t slot = free_pages_.back();
  free_pages_.pop_back();
  pages_[slot].number = number;
  MarkPage(number - base_, slot);
  return slot;
}

template <class Level>
void PriceLadder<Level>::ReleasePage(std::uint32_t slot) {
  const std::uint64_t index = pages_[slot].number - base_;
  directory_[index] = kNone;
  present_[index >> 6] &= ~(std::uint64_t{1} << (index & 63));
  free_pages_.push_back(slot);
}

template <class Level>
bool PriceLadder<Level>::InvariantsHold() const {
  std::size_t count = loose_levels();
  for (std::uint64_t index = 0; index < span_; ++index) {
    const std::uint32_t slot = directory_[index];
    if (((present_[index >> 6] >> (index & 63)) & 1) != (slot == kNone ? 0U : 1U)) return false;
    if (slot == kNone) continue;
    if (pages_[slot].number != base_ + index || pages_[slot].occupied == 0) return false;
    count += static_cast<std::size_t>(std::popcount(pages_[slot].occupied));
  }
  if (count != size_ || (size_ == 0) != (best_ == kNone)) return false;
  if (size_ == 0) return best_rank_ == kNoRank;
  std::size_t walked = 1;
  std::int64_t rank = RankAt(best_);
  if (rank != best_rank_) return false;
  for (Location at = Next(best_); at != kNone; at = Next(at), ++walked) {
    if (RankAt(at) <= rank || walked > size_) return false;
    rank = RankAt(at);
  }
  return walked == size_ && rank == RankAt(Worst());
}

template <class Level>
std::size_t PriceLadder<Level>::allocated_bytes() const {
  const std::size_t loose =
      loose_ == nullptr ? 0 : loose_->pool.capacity() * sizeof(LooseLevel) + loose_->order.size() * 48;
  return directory_.capacity() * 4 + present_.capacity() * 8 + free_pages_.capacity() * 4 +
         pages_.capacity() * sizeof(Page) + loose;
}

}  // namespace crucible::book
