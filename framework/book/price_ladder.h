// One side of a book: the levels of one instrument in price order, flat near the touch.
//
// Levels on the tick grid live in pages of 64 ticks. A directory says which ticks of a page hold levels and
// where the page is, and spans at most kMaxSpan pages around the touch: finding a level touches one entry of
// the directory and the level itself. A page is taken when its first level appears; empty pages stay where
// they are until a page is needed elsewhere. Prices off the grid, or too far from the touch for the
// directory, live in an ordered map ("loose" levels): correct, but slower. When the touch walks out of the
// directory, the directory moves after it.
//
//   find, make, remove    O(1) on the grid, O(log loose levels) elsewhere
//   best                  O(1), kept up to date
//   next, worst           O(1) within a page, else one bit scan over the directory
//
// A location names a level until it is removed, or until FindOrCreate reports that it moved. `Level` is a
// small trivially copyable type; its content belongs to the caller. Memory: at most two pages (of 64 levels)
// per page that was occupied at the peak, plus 16 bytes per 64 ticks spanned.
//
// Determinism: order and content depend only on the calls. Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/units.h"
#include "framework/book/loose_levels.h"
#include "framework/book/prefetch.h"
#include "framework/book/tick_grid.h"

namespace crucible::book {

template <class Level>
class alignas(64) PriceLadder {
 public:
  static_assert(std::is_trivially_copyable_v<Level>);
  using Location = std::uint32_t;
  static constexpr Location kNone = UINT32_MAX;
  static constexpr std::uint64_t kMaxSpan = 1 << 15;  // pages: 2,097,152 ticks

  PriceLadder(Side side, PriceDelta tick_size) : grid_(side, tick_size), flip_(side == Side::kBid ? -1 : 0) {}

  std::size_t size() const { return size_; }
  bool empty() const { return best_ == kNone; }
  Side side() const { return flip_ != 0 ? Side::kBid : Side::kAsk; }
  const TickGrid& grid() const { return grid_; }

  // REQUIRES of at, PriceOf, Next, Remove: `location` names a level.
  Level& at(Location location) {
    return IsLoose(location) ? loose_->at(location & ~kLooseBit) : cells_[location];
  }
  const Level& at(Location location) const { return const_cast<PriceLadder*>(this)->at(location); }
  Price PriceOf(Location location) const {
    if (IsLoose(location)) return PriceOfRank(loose_->rank(location & ~kLooseBit));
    return PriceOfKey((numbers_[location >> 6] << 6) | (location & 63));
  }

  // Loose or not, and a small number that tells it from the others of its sort.
  static bool IsLoose(Location location) { return (location & kLooseBit) != 0; }
  static std::size_t Position(Location location) { return location & ~kLooseBit; }

  // kNone where there is no such level.
  Location best() const { return best_; }
  // REQUIRES: !empty().
  Price best_price() const { return best_price_; }
  Location Find(Price price) const;
  // The next level in order from best to worst.
  Location Next(Location location) const;
  Location Worst() const {
    if (loose_ != nullptr || best_ == kNone) [[unlikely]]
      return WorstOfAll();
    const Entry& entry = directory_[LastHolding()];
    return entry.first | static_cast<Location>(std::bit_width(entry.occupied) - 1);
  }

  // The level at `price`; `made` tells whether it is new, and then its content is Level{}. Other levels may
  // change their location: on_move(from, to) is called after each has moved.
  struct Found {
    Level* level;
    Location location;
    bool made;
  };
  template <class OnMove>
  Found FindOrCreate(Price price, OnMove&& on_move);
  // The common case: the level at a price whose page is there; nullptr, and nothing happens, elsewhere.
  Level* FindOrMakeOnGrid(Price price, Location& location) {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_) [[unlikely]]
      return nullptr;
    const Entry& entry = directory_[index];
    location = entry.At(key);
    if (!entry.Holds(key)) {
      if (entry.first == kNone || loose_ != nullptr) [[unlikely]]
        return nullptr;
      Occupy(key, index);
      ++size_;
      cells_[location] = Level{};
      if (key < best_key_) {
        best_ = location;
        best_price_ = price;
        best_key_ = key;
      }
    }
    return &cells_[location];
  }
  void Remove(Location location) {
    if (loose_ != nullptr) [[unlikely]]
      return RemoveSlowly(location);
    const std::uint64_t index = numbers_[location >> 6] - base_;
    Entry& entry = directory_[index];
    entry.occupied &= ~(std::uint64_t{1} << (location & 63));
    --size_;
    if (location == best_) SetBestKey(KeyFrom(best_key_ + 1));
    if (entry.occupied == 0 && index == last_) LowerLast();
  }

  // Sets and removes levels that a feed declares by price, where their pages are there. Keeps in registers
  // what each needs of the ladder, which must not be used otherwise while the run lives.
  class Run;

  // Removes every level; memory is kept.
  void Clear();

  // True when the structure is consistent; for tests.
  bool InvariantsHold() const;
  std::size_t loose_levels() const { return loose_ == nullptr ? 0 : loose_->size(); }
  // Bytes held outside the object.
  std::size_t allocated_bytes() const;

  // Fetch what Find(price) will need: first the ladder itself, then the directory, then the level. Peek gives
  // the cell of a price on a present page, whether or not it holds a level.
  CRUCIBLE_PREFETCH void PrefetchSelf() const {
    __builtin_prefetch(this, 1);
    __builtin_prefetch(&grid_);
    __builtin_prefetch(&last_, 1);
  }
  CRUCIBLE_PREFETCH void PrefetchDirectory(Price price) const {
    __builtin_prefetch(directory_.data() + ((KeyOf(price) >> 6) - base_), 1);
  }
  CRUCIBLE_PREFETCH void PrefetchLevel(Price price) const {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_) [[unlikely]]
      return;
    __builtin_prefetch(cells_.data() + directory_[index].At(key), 1);
  }
  CRUCIBLE_PREFETCH const Level* Peek(Price price) const {
    const std::uint64_t key = KeyOf(price);
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_ || directory_[index].first == kNone) return nullptr;
    return &cells_[directory_[index].At(key)];
  }

 private:
  struct Entry {                 // of the directory
    std::uint64_t occupied = 0;  // one bit per tick
    Location first = kNone;      // of the page; kNone where there is none, and nothing is occupied
    Location At(std::uint64_t key) const { return first | static_cast<Location>(key & 63); }
    bool Holds(std::uint64_t key) const { return ((occupied >> (key & 63)) & 1) != 0; }
  };
  static constexpr Location kLooseBit = Location{1} << 31;  // kNone has it too
  static constexpr std::int64_t kNoRank = INT64_MAX;

  // Ranks order all prices of the side, keys those on the grid; smaller is better for both. A bid's rank is
  // its price negated, without a branch: sides alternate unpredictably.
  std::int64_t RankOf(Price price) const { return (price.units ^ flip_) - flip_; }
  Price PriceOfRank(std::int64_t rank) const { return {(rank ^ flip_) - flip_}; }
  // Above grid_.last() for a price off the grid.
  std::uint64_t KeyOf(Price price) const { return grid_.KeyOf(price); }
  Price PriceOfKey(std::uint64_t key) const { return grid_.PriceOf(key); }
  std::int64_t RankAt(Location location) const { return RankOf(PriceOf(location)); }

  std::int64_t best_rank() const { return best_ == kNone ? kNoRank : RankOf(best_price_); }

  bool Covers(std::uint64_t key) const { return (key >> 6) - base_ < span_; }
  Entry& EntryOf(Location location) { return directory_[numbers_[location >> 6] - base_]; }
  const Entry& EntryOf(Location location) const { return directory_[numbers_[location >> 6] - base_]; }
  void SetBest(Location location, std::int64_t rank) {
    best_ = location;
    best_price_ = PriceOfRank(rank);
    best_key_ = location == kNone || IsLoose(location) ? UINT64_MAX : KeyOf(best_price_);
  }
  // UINT64_MAX: there is none.
  void SetBestKey(std::uint64_t key) {
    if (key == UINT64_MAX) return SetBest(kNone, kNoRank);
    best_ = directory_[(key >> 6) - base_].At(key);
    best_price_ = PriceOfKey(key);
    best_key_ = key;
  }
  // The first occupied key from `key` on, UINT64_MAX where there is none. REQUIRES: no level is loose, and
  // `key` is not before the directory.
  std::uint64_t KeyFrom(std::uint64_t key) const {
    const std::uint64_t index = (key >> 6) - base_;
    if (index >= span_) return UINT64_MAX;
    const std::uint64_t rest = directory_[index].occupied & (~std::uint64_t{0} << (key & 63));
    if (rest != 0) return (key & ~std::uint64_t{63}) | static_cast<std::uint64_t>(std::countr_zero(rest));
    const Location next = FirstFrom(index + 1);
    return next == kNone ? UINT64_MAX : (numbers_[next >> 6] << 6) | (next & 63);
  }
  // REQUIRES: the page of `key`, directory_[index], is present.
  void Occupy(std::uint64_t key, std::uint64_t index) {
    directory_[index].occupied |= std::uint64_t{1} << (key & 63);
    last_ = std::max(last_, index);
  }
  void RemoveSlowly(Location location);
  void LowerLast();
  template <class OnMove>
  bool Cover(std::uint64_t number, std::int64_t rank, OnMove& on_move);
  template <class OnMove>
  void MoveTo(std::uint64_t number, OnMove& on_move);
  template <class OnMove>
  void Loosen(std::uint64_t index, OnMove& on_move);
  template <class OnMove>
  void Resize(std::uint64_t base, std::uint64_t count, OnMove& on_move);
  template <class OnMove>
  void Gather(OnMove& on_move);
  Location PlaceOnGrid(std::uint64_t key);
  void TakePage(std::uint64_t index);
  void ReleasePage(std::uint64_t index);
  void MarkPage(std::uint64_t index, const Entry& entry);
  void FreeEmptyPages();
  void AddPages();
  Location MakeLoose(std::int64_t rank, const Level& level);
  void ReleaseLoose(Location location);

  // First level of the first page at or after a directory index; last of the last.
  Location FirstFrom(std::uint64_t index) const;
  Location NextOnGrid(Location location) const;
  Location FirstOnGridBehind(std::int64_t rank) const;
  Location WorstOfAll() const;
  // The last entry up to `last_` that holds a level, 0 where none does.
  std::uint64_t LastHolding() const { return directory_[last_].occupied != 0 ? last_ : LastHoldingBefore(); }
  std::uint64_t LastHoldingBefore() const;
  Location LastOnGrid() const;
  Location Better(Location a, Location b) const;

  // In the order of their use: a line of the cache finds an order's level, two the level of a price.
  std::vector<Level> cells_;  // 64 a page
  Location best_ = kNone;
  Price best_price_;
  std::uint64_t base_ = 0;               // page number of directory_[0]
  std::uint64_t span_ = 0;               // pages in the directory
  std::uint64_t best_key_ = UINT64_MAX;  // the largest number also while there is none, or it is loose
  TickGrid grid_;
  std::vector<Entry> directory_;
  // What making and removing levels needs besides.
  std::uint64_t last_ = 0;  // no level on the grid lies beyond directory_[last_]
  std::int64_t flip_;       // -1 for bids: negates by complement, x ^ flip - flip
  std::size_t size_ = 0;
  std::vector<std::uint64_t> numbers_;         // key / 64, by page
  std::unique_ptr<LooseLevels<Level>> loose_;  // null while there is none

  std::vector<std::uint64_t> present_;  // which entries of the directory have a page, one bit each
  std::vector<std::uint32_t> free_pages_;
};

template <class Level>
auto PriceLadder<Level>::Find(Price price) const -> Location {
  const std::uint64_t key = KeyOf(price);
  const std::uint64_t index = (key >> 6) - base_;
  if (index < span_ && directory_[index].Holds(key)) return directory_[index].At(key);
  return loose_ == nullptr ? kNone : kLooseBit | loose_->Find(RankOf(price));
}

template <class Level>
[[gnu::noinline]] void PriceLadder<Level>::RemoveSlowly(Location location) {
  const Location next = location == best_ ? Next(location) : best_;
  --size_;
  if (IsLoose(location)) {
    ReleaseLoose(location);
  } else {
    EntryOf(location).occupied &= ~(std::uint64_t{1} << (location & 63));
  }
  if (next == best_) return;
  SetBest(next, next == kNone ? kNoRank : RankAt(next));
}

template <class Level>
auto PriceLadder<Level>::Next(Location location) const -> Location {
  if (loose_ == nullptr) return NextOnGrid(location);
  const std::int64_t rank = RankAt(location);
  const Location on_grid = IsLoose(location) ? FirstOnGridBehind(rank) : NextOnGrid(location);
  return Better(on_grid, kLooseBit | loose_->FirstBehind(rank));
}

template <class Level>
auto PriceLadder<Level>::WorstOfAll() const -> Location {
  const Location on_grid = LastOnGrid();
  if (loose_ == nullptr) return on_grid;
  const Location loose = kLooseBit | loose_->Worst();
  return on_grid == kNone || RankAt(loose) > RankAt(on_grid) ? loose : on_grid;
}

template <class Level>
auto PriceLadder<Level>::Better(Location a, Location b) const -> Location {
  if (a == kNone || b == kNone) return a == kNone ? b : a;
  return RankAt(a) < RankAt(b) ? a : b;
}

template <class Level>
auto PriceLadder<Level>::NextOnGrid(Location location) const -> Location {
  const std::uint64_t rest = EntryOf(location).occupied & (~std::uint64_t{1} << (location & 63));
  if (rest != 0) return (location & ~Location{63}) | static_cast<Location>(std::countr_zero(rest));
  return FirstFrom(numbers_[location >> 6] - base_ + 1);
}

template <class Level>
auto PriceLadder<Level>::FirstFrom(std::uint64_t index) const -> Location {
  std::uint64_t skip = ~std::uint64_t{0} << (index & 63);
  for (std::uint64_t word = index >> 6; word < present_.size(); ++word) {
    for (std::uint64_t bits = present_[word] & skip; bits != 0; bits &= bits - 1) {
      const Entry& entry = directory_[(word << 6) | static_cast<std::uint64_t>(std::countr_zero(bits))];
      if (entry.occupied == 0) continue;
      return entry.first | static_cast<Location>(std::countr_zero(entry.occupied));
    }
    skip = ~std::uint64_t{0};
  }
  return kNone;
}

template <class Level>
[[gnu::noinline]] std::uint64_t PriceLadder<Level>::LastHoldingBefore() const {
  std::uint64_t index = last_;
  while (index > 0 && directory_[index].occupied == 0) {
    // Over the absent pages of one word at a time.
    const std::uint64_t before = present_[index >> 6] & ~(~std::uint64_t{0} << (index & 63));
    index = before != 0
                ? (index & ~std::uint64_t{63}) | static_cast<std::uint64_t>(std::bit_width(before) - 1)
                : std::max<std::uint64_t>(index & ~std::uint64_t{63}, 1) - 1;
  }
  return index;
}

template <class Level>
[[gnu::noinline]] void PriceLadder<Level>::LowerLast() {
  last_ = LastHolding();
}

template <class Level>
auto PriceLadder<Level>::LastOnGrid() const -> Location {
  if (span_ == 0) return kNone;
  const Entry& entry = directory_[LastHolding()];
  if (entry.occupied == 0) return kNone;
  return entry.first | static_cast<Location>(std::bit_width(entry.occupied) - 1);
}

template <class Level>
auto PriceLadder<Level>::FirstOnGridBehind(std::int64_t rank) const -> Location {
  const std::uint64_t key = grid_.KeyBehind(PriceOfRank(rank));
  if ((key >> 6) < base_) return FirstFrom(0);
  const std::uint64_t index = (key >> 6) - base_;
  if (index >= span_) return kNone;
  const Entry& entry = directory_[index];
  const std::uint64_t rest = entry.occupied & (~std::uint64_t{0} << (key & 63));
  return rest == 0 ? FirstFrom(index + 1) : entry.first | static_cast<Location>(std::countr_zero(rest));
}

template <class Level>
auto PriceLadder<Level>::MakeLoose(std::int64_t rank, const Level& level) -> Location {
  if (loose_ == nullptr) loose_ = std::make_unique<LooseLevels<Level>>();
  return kLooseBit | loose_->Make(rank, level);
}

template <class Level>
void PriceLadder<Level>::ReleaseLoose(Location location) {
  loose_->Release(location & ~kLooseBit);
  if (loose_->empty()) loose_.reset();
}

template <class Level>
template <class OnMove>
[[gnu::noinline]] auto PriceLadder<Level>::FindOrCreate(Price price, OnMove&& on_move) -> Found {
  Location at_once;
  const std::size_t before = size_;
  if (Level* const level = FindOrMakeOnGrid(price, at_once)) return {level, at_once, size_ != before};
  const std::uint64_t key = KeyOf(price);
  const std::int64_t rank = RankOf(price);
  if (const Location found = Find(price); found != kNone) return {&at(found), found, false};
  if ((key >> 6) >= (grid_.last() >> 6) || !Cover(key >> 6, rank, on_move)) {
    const Location made = MakeLoose(rank, Level{});
    ++size_;
    if (rank < best_rank()) SetBest(made, rank);
    return {&at(made), made, true};
  }
  const Location location = PlaceOnGrid(key);
  Level& level = at(location) = Level{};
  ++size_;
  if (rank < best_rank()) SetBest(location, rank);
  return {&level, location, true};
}

// Makes the directory include a page. Refuses when the page is too far from the touch to deserve it.
template <class Level>
template <class OnMove>
bool PriceLadder<Level>::Cover(std::uint64_t number, std::int64_t rank, OnMove& on_move) {
  if (number - base_ < span_) return true;
  if (span_ == 0) {
    Resize(number - std::min<std::uint64_t>(number, 2), 8, on_move);
    return true;
  }
  const std::uint64_t first = std::min(base_, number);
  const std::uint64_t last = std::max(base_ + span_ - 1, number);
  if (last - first < kMaxSpan) {
    const std::uint64_t slack = std::min(kMaxSpan - (last - first + 1), (last - first + 1) / 2);
    Resize(number < base_ ? first - std::min(first, slack) : first, last - first + 1 + slack, on_move);
    return true;
  }
  const std::uint64_t best_key = rank < best_rank() ? number << 6 : KeyOf(PriceOfRank(best_rank()));
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
  for (std::uint64_t index = 0; index < span_; ++index)
    if (directory_[index].first != kNone && base_ + index - base >= kMaxSpan) Loosen(index, on_move);
  Resize(base, kMaxSpan, on_move);
}

template <class Level>
template <class OnMove>
void PriceLadder<Level>::Loosen(std::uint64_t index, OnMove& on_move) {
  Entry& entry = directory_[index];
  for (; entry.occupied != 0; entry.occupied &= entry.occupied - 1) {
    const Location from = entry.first | static_cast<Location>(std::countr_zero(entry.occupied));
    const Location to = MakeLoose(RankAt(from), at(from));
    if (from == best_) SetBest(to, best_rank());
    on_move(from, to);
  }
  ReleasePage(index);
}

// REQUIRES: every entry that has a page stays inside.
template <class Level>
template <class OnMove>
void PriceLadder<Level>::Resize(std::uint64_t base, std::uint64_t count, OnMove& on_move) {
  // Keys off the grid lie above the last page, so that the directory alone tells them apart.
  count = std::min(count, (grid_.last() >> 6) - base);
  const std::vector<Entry> before = std::exchange(directory_, std::vector<Entry>(count));
  const std::uint64_t first = std::exchange(base_, base);
  span_ = count;
  present_.assign((count + 63) / 64, 0);
  last_ = 0;
  for (std::uint64_t index = 0; index < before.size(); ++index) {
    if (before[index].first == kNone) continue;
    MarkPage(first + index - base_, before[index]);
    if (before[index].occupied != 0) last_ = first + index - base_;
  }
  if (loose_ != nullptr) Gather(on_move);
}

// Brings loose levels that the directory now covers into pages.
template <class Level>
template <class OnMove>
void PriceLadder<Level>::Gather(OnMove& on_move) {
  std::vector<Location> covered;
  loose_->ForEach([&](std::int64_t rank, Location position) {
    if (Covers(KeyOf(PriceOfRank(rank)))) covered.push_back(kLooseBit | position);
  });
  for (const Location from : covered) {
    const Price price = PriceOf(from);
    const Level level = at(from);
    ReleaseLoose(from);
    const Location to = PlaceOnGrid(KeyOf(price));
    at(to) = level;
    if (from == best_) SetBest(to, best_rank());
    on_move(from, to);
  }
}

// REQUIRES: the directory covers `key`, and holds no level there.
template <class Level>
auto PriceLadder<Level>::PlaceOnGrid(std::uint64_t key) -> Location {
  const std::uint64_t index = (key >> 6) - base_;
  if (directory_[index].first == kNone) TakePage(index);
  Occupy(key, index);
  return directory_[index].At(key);
}

template <class Level>
void PriceLadder<Level>::MarkPage(std::uint64_t index, const Entry& entry) {
  directory_[index] = entry;
  present_[index >> 6] |= std::uint64_t{1} << (index & 63);
}

template <class Level>
void PriceLadder<Level>::TakePage(std::uint64_t index) {
  if (free_pages_.empty()) FreeEmptyPages();
  if (free_pages_.empty()) AddPages();
  const std::uint32_t slot = free_pages_.back();
  free_pages_.pop_back();
  numbers_[slot] = base_ + index;
  MarkPage(index, {0, slot << 6});
}

template <class Level>
void PriceLadder<Level>::ReleasePage(std::uint64_t index) {
  free_pages_.push_back(directory_[index].first >> 6);
  directory_[index] = {};
  present_[index >> 6] &= ~(std::uint64_t{1} << (index & 63));
}

// Frees empty pages if they are a quarter of all, so that each page that is taken pays for a few that are
// looked at. REQUIRES: all pages are in the directory.
template <class Level>
void PriceLadder<Level>::FreeEmptyPages() {
  const auto empty = [this](std::uint64_t number) { return directory_[number - base_].occupied == 0; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(numbers_, empty));
  if (4 * count < numbers_.size()) return;
  for (const std::uint64_t number : numbers_)
    if (empty(number)) ReleasePage(number - base_);
}

template <class Level>
void PriceLadder<Level>::AddPages() {
  const std::size_t before = numbers_.size();
  const std::size_t count = before + std::max<std::size_t>(1, before / 2);
  cells_.reserve(count * 64);
  cells_.resize(count * 64);
  numbers_.resize(count);
  for (std::size_t slot = count; slot-- > before;) free_pages_.push_back(static_cast<std::uint32_t>(slot));
}

template <class Level>
void PriceLadder<Level>::Clear() {
  for (Entry& entry : directory_) entry.occupied = 0;
  loose_.reset();
  size_ = 0;
  last_ = 0;
  SetBest(kNone, kNoRank);
}

template <class Level>
bool PriceLadder<Level>::InvariantsHold() const {
  std::size_t count = loose_levels();
  for (std::uint64_t index = 0; index < span_; ++index) {
    const Entry& entry = directory_[index];
    if (((present_[index >> 6] >> (index & 63)) & 1) != (entry.first == kNone ? 0U : 1U)) return false;
    if (entry.first == kNone && entry.occupied != 0) return false;
    if (entry.first != kNone && numbers_[entry.first >> 6] != base_ + index) return false;
    count += static_cast<std::size_t>(std::popcount(entry.occupied));
  }
  bool all_outside = true;
  const auto check = [&](std::int64_t loose, Location) { all_outside &= !Covers(KeyOf(PriceOfRank(loose))); };
  if (loose_ != nullptr) loose_->ForEach(check);
  if (!all_outside) return false;
  if (count != size_ || (size_ == 0) != (best_ == kNone)) return false;
  if (size_ == 0) return best_rank() == kNoRank;
  std::size_t walked = 1;
  std::int64_t rank = RankAt(best_);
  if (rank != best_rank()) return false;
  for (Location at = Next(best_); at != kNone; at = Next(at), ++walked) {
    if (RankAt(at) <= rank || walked > size_) return false;
    rank = RankAt(at);
  }
  return walked == size_ && rank == RankAt(Worst());
}

template <class Level>
std::size_t PriceLadder<Level>::allocated_bytes() const {
  const std::size_t loose = loose_ == nullptr ? 0 : loose_->allocated_bytes();
  return directory_.capacity() * sizeof(Entry) + present_.capacity() * 8 + free_pages_.capacity() * 4 +
         numbers_.capacity() * 8 + cells_.capacity() * sizeof(Level) + loose;
}

}  // namespace crucible::book
