// The running 128-bit hash of a stream: with the count of records, the stream's identity.
//
// Over canonical records only, so it does not depend on block cuts, codec, compaction or build. Defined in
// docs/formats/records.md; the value is stored in files, so it can never change for record schema 1.
#pragma once

#include <span>

#include "framework/base/hash.h"
#include "framework/event/event.h"

namespace crucible {

class LogHash {
 public:
  LogHash() = default;
  explicit LogHash(Hash128 at) : low_(at.low), high_(at.high) {}

  void Add(const Event& event) {
    using namespace hash_internal;
    const auto w = std::bit_cast<std::array<std::uint64_t, 8>>(event);
    const std::uint64_t a = Fold(w[0] ^ kPrime[0], w[1] ^ kPrime[1]) + Fold(w[2] ^ kPrime[2], w[3] ^ kPrime[3]);
    const std::uint64_t b = Fold(w[4] ^ kPrime[4], w[5] ^ kPrime[5]) + Fold(w[6] ^ kPrime[6], w[7] ^ kPrime[7]);
    low_ = Fold(low_ ^ a, kPrime[8]) + b;
    high_ = Fold(high_ ^ b, kPrime[9]) + a;
  }
  void Add(std::span<const Event> events) {
    for (const Event& event : events) Add(event);
  }
  Hash128 value() const { return {low_, high_}; }

 private:
  std::uint64_t low_ = hash_internal::kPrime[8];
  std::uint64_t high_ = hash_internal::kPrime[9];
};
static_assert(std::endian::native == std::endian::little, "records are hashed and stored little-endian");

}  // namespace crucible
