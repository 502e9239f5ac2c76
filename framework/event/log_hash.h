// The running 128-bit hash of a stream: with the count of records, the stream's identity.
//
// Over canonical records only, so it does not depend on block cuts, codec, compaction or build. Defined in
// docs/formats/records.md; the value is stored in files, so it can never change for record schema 1.
#pragma once

#include <cstddef>
#include <cstring>
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
    // Word by word from the record: a copy of it would go through memory.
    const auto word = [&](std::size_t i) {
      std::uint64_t w;
      std::memcpy(&w, reinterpret_cast<const char*>(&event) + i * sizeof w, sizeof w);
      return w ^ kPrime[i];
    };
    const std::uint64_t a = Fold(word(0), word(1)) + Fold(word(2), word(3));
    const std::uint64_t b = Fold(word(4), word(5)) + Fold(word(6), word(7));
    low_ = Fold(low_ ^ a, kPrime[8]) + b;
    high_ = Fold(high_ ^ b, kPrime[9]) + a;
  }
  void Add(std::span<const Event> events) {
    LogHash hash = *this;  // in registers
    for (const Event& event : events) hash.Add(event);
    *this = hash;
  }
  Hash128 value() const { return {low_, high_}; }

 private:
  std::uint64_t low_ = hash_internal::kPrime[8];
  std::uint64_t high_ = hash_internal::kPrime[9];
};
static_assert(std::endian::native == std::endian::little, "records are hashed and stored little-endian");

}  // namespace crucible
