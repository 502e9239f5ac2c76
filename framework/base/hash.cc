#include "framework/base/hash.h"

#include <charconv>

#include "absl/strings/str_format.h"

namespace crucible {

std::string ToHex(Hash128 hash) { return absl::StrFormat("%016x%016x", hash.high, hash.low); }

std::optional<Hash128> HashFromHex(std::string_view text) {
  constexpr std::size_t kDigits = 16;
  const auto half = [&](std::size_t from, std::uint64_t& value) {
    const char* end = text.data() + from + kDigits;
    return std::from_chars(text.data() + from, end, value, 16).ptr == end;
  };
  Hash128 hash;
  if (text.size() != 2 * kDigits || !half(0, hash.high) || !half(kDigits, hash.low)) return std::nullopt;
  return hash;
}

void StateHasher::Add(std::string_view text) {
  Add(static_cast<std::uint64_t>(text.size()));
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * (i % 8));
    if (i % 8 == 7 || i + 1 == text.size()) {
      Add(word);
      word = 0;
    }
  }
}

}  // namespace crucible
