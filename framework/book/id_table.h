// From hashed ids to indices: open addressing in buckets of eight, one cache line each.
//
// A bucket is searched with two vector comparisons and no branch per slot, because a walk of unpredictable
// length costs more than the search itself. An entry stands in the first bucket from its home on that had
// room; when a full bucket loses an entry, one that had to pass it comes back, so that there are no
// tombstones and a bucket with room ends every search.
//
// The table does not know the ids: it compares 32 bits of their hashes, and the caller confirms. Hashes must
// be good in their upper half. Memory: 16 to 32 bytes per entry at the peak.
#pragma once

#include <emmintrin.h>

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "framework/book/prefetch.h"

namespace crucible::book {

class IdTable {
 public:
  static constexpr std::uint32_t kNone = 0;  // no entry has this index
  // Where an entry was found, or, with index kNone, where it would stand. Good until the next change.
  struct Place {
    std::uint32_t index = kNone;
    std::uint64_t slot = 0;
  };

  std::size_t size() const { return size_; }
  // True when one more entry fits without growing.
  bool HasRoom() const { return size_ < limit_; }

  // confirm(index) tells whether the entry at an index is the one that is sought.
  template <class Confirm>
  Place Locate(std::uint64_t hash, Confirm confirm) const {
    if (buckets_.empty()) return {};
    const std::uint32_t tag = TagOf(hash);
    for (std::uint64_t at = Home(hash);; at = (at + 1) & mask()) {
      const Bucket& bucket = buckets_[at];
      for (std::uint32_t bits = Match(bucket, tag); bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::uint32_t>(std::countr_zero(bits));
        if (confirm(bucket.index[lane])) return {bucket.index[lane], (at << 3) | lane};
      }
      const std::uint32_t vacant = Match(bucket, 0);
      if (vacant != 0) return {kNone, (at << 3) | static_cast<std::uint64_t>(std::countr_zero(vacant))};
    }
  }
  // REQUIRES: HasRoom(), and `place` is what Locate found for this hash, vacant.
  void Put(Place place, std::uint64_t hash, std::uint32_t index) {
    Bucket& bucket = buckets_[place.slot >> 3];
    bucket.tag[place.slot & 7] = TagOf(hash);
    bucket.index[place.slot & 7] = index;
    ++size_;
  }
  // The same with no place known; grows when it must.
  void Insert(std::uint64_t hash, std::uint32_t index);
  // REQUIRES: an entry stands at `slot`.
  void Erase(std::uint64_t slot) {
    Bucket& bucket = buckets_[slot >> 3];
    const bool was_full = Match(bucket, 0) == 0;
    bucket.tag[slot & 7] = 0;
    --size_;
    if (was_full) [[unlikely]]
      PullBack(slot);
  }
  void Reserve(std::size_t entries);

  CRUCIBLE_PREFETCH void Prefetch(std::uint64_t hash) const {
    if (!buckets_.empty()) __builtin_prefetch(&buckets_[Home(hash)]);
  }
  // The first index with this tag in its home bucket, unconfirmed; some other where there is none.
  CRUCIBLE_PREFETCH std::uint32_t Guess(std::uint64_t hash) const {
    if (buckets_.empty()) return kNone;
    const Bucket& bucket = buckets_[Home(hash)];
    return bucket.index[static_cast<std::size_t>(std::countr_zero(Match(bucket, TagOf(hash)) | 0x80U))];
  }
  std::size_t allocated_bytes() const { return buckets_.capacity() * sizeof(Bucket); }

 private:
  struct alignas(64) Bucket {
    std::array<std::uint32_t, 8> tag{};  // upper half of the hash, lowest bit set; 0 is vacant
    std::array<std::uint32_t, 8> index{};
  };

  static std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1U; }
  static std::uint64_t HashOfTag(std::uint32_t tag) { return std::uint64_t{tag} << 32; }
  // The lowest bit of a tag takes no part: there are at most 2^31 buckets.
  std::uint64_t Home(std::uint64_t hash) const { return hash >> shift_; }
  std::uint64_t mask() const { return buckets_.size() - 1; }
  // One bit per slot that holds the tag.
  static std::uint32_t Match(const Bucket& bucket, std::uint32_t tag) {
    const __m128i sought = _mm_set1_epi32(static_cast<int>(tag));
    const auto* lanes = reinterpret_cast<const __m128i*>(bucket.tag.data());
    const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(lanes), sought);
    const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(lanes + 1), sought);
    return static_cast<std::uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(low)) |
                                      (_mm_movemask_ps(_mm_castsi128_ps(high)) << 4));
  }
  void PullBack(std::uint64_t vacant);
  void Resize(std::size_t buckets);

  std::vector<Bucket> buckets_;  // none, or a power of two from 2 on
  int shift_ = 63;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;  // half of the slots
};

}  // namespace crucible::book
