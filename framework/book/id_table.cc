#include "framework/book/id_table.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::book {

void IdTable::Insert(std::uint64_t hash, std::uint32_t index) {
  if (!HasRoom()) Resize(std::max<std::size_t>(2, buckets_.size() * 2));
  Put(Locate(hash, [](std::uint32_t) { return false; }), hash, index);
}

// A full bucket has a vacancy: searches for entries that had to pass it would now end there. Brings back the
// first such entry of each following bucket, until a bucket that had room, which nothing has passed.
void IdTable::PullBack(std::uint64_t vacant) {
  for (std::uint64_t at = ((vacant >> 3) + 1) & mask();; at = (at + 1) & mask()) {
    Bucket& bucket = buckets_[at];
    const bool was_full = Match(bucket, 0) == 0;
    const std::uint64_t passed = (at - (vacant >> 3)) & mask();
    for (std::uint64_t lane = 0; lane < 8; ++lane) {
      const std::uint32_t tag = bucket.tag[lane];
      if (tag == 0 || ((at - Home(HashOfTag(tag))) & mask()) < passed) continue;
      Bucket& earlier = buckets_[vacant >> 3];
      earlier.tag[vacant & 7] = tag;
      earlier.index[vacant & 7] = bucket.index[lane];
      bucket.tag[lane] = 0;
      vacant = (at << 3) | lane;
      break;
    }
    if (!was_full) return;
  }
}

void IdTable::Reserve(std::size_t entries) {
  const std::size_t buckets = std::bit_ceil(std::max<std::size_t>(2, (entries + 3) / 4));
  if (buckets > buckets_.size()) Resize(buckets);
}

// The tag holds the half of the hash that chooses a home, so that nothing outside the table is touched.
void IdTable::Resize(std::size_t buckets) {
  CRUCIBLE_CHECK(buckets <= (std::size_t{1} << 31));
  std::vector<Bucket> old(buckets);
  old.swap(buckets_);
  shift_ = 64 - std::countr_zero(buckets);
  limit_ = buckets * 4;
  size_ = 0;
  for (const Bucket& bucket : old)
    for (std::size_t lane = 0; lane < 8; ++lane)
      if (bucket.tag[lane] != 0) Insert(HashOfTag(bucket.tag[lane]), bucket.index[lane]);
}

}  // namespace crucible::book
