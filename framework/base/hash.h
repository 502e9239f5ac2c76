// Hashes that mean the same on every machine: values may be stored and compared between builds.
//
// These detect differences; they do not resist an adversary (the journal's SHA-256 chain does).
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "framework/base/units.h"

namespace crucible {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend constexpr bool operator==(Hash128, Hash128) = default;
};

// 32 lower-case hexadecimal digits, high half first.
std::string ToHex(Hash128 hash);
// Back from that; nullopt for anything else.
std::optional<Hash128> HashFromHex(std::string_view text);

namespace hash_internal {
inline constexpr std::uint64_t kPrime[10] = {
    0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3,
    0x589965CC75374CC3, 0x1D8E4E27C47D124F, 0xEB44ACCAB455D165, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9};
// Folds the 128-bit product of two words into one.
inline std::uint64_t Fold(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
}  // namespace hash_internal

// Running hash of a sequence of words: a component's canonical state.
class StateHasher {
 public:
  void Add(std::uint64_t word) {
    using namespace hash_internal;
    low_ = Fold(low_ ^ word ^ kPrime[0], kPrime[1]);
    high_ = Fold(high_ ^ std::rotl(word, 32) ^ kPrime[2], kPrime[3]) + low_;
    ++words_;
  }
  void Add(std::int64_t word) { Add(static_cast<std::uint64_t>(word)); }
  void Add(double value) { Add(std::bit_cast<std::uint64_t>(value)); }
  void Add(std::string_view text);
  Hash128 value() const { return {low_, high_}; }
  // How many words were added: the cost of the hash.
  std::uint64_t words() const { return words_; }

 private:
  std::uint64_t low_ = hash_internal::kPrime[8];
  std::uint64_t high_ = hash_internal::kPrime[9];
  std::uint64_t words_ = 0;
};

}  // namespace crucible
