// Fetching memory ahead of its use.
#pragma once

#include <cstddef>
#include <cstdint>

// Must stand before functions that only prefetch: GCC finds that they change nothing and drops calls of them,
// unless they are inlined before it looks.
#define CRUCIBLE_PREFETCH [[gnu::always_inline]] inline

namespace crucible::book {

// Rounds of fetching memory ahead of its use; each needs what the one before it fetched (Book::Prefetch).
enum class PrefetchStep : std::uint8_t { kLookup, kOrder, kQueue };

// Every line of an object, without what it points at.
template <class T>
CRUCIBLE_PREFETCH void PrefetchObject(const T& object) {
  const char* at = reinterpret_cast<const char*>(&object);
  for (std::size_t line = 0; line < sizeof(T); line += 64) __builtin_prefetch(at + line, 1);
}

}  // namespace crucible::book
