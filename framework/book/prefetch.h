// Fetching memory ahead of its use.
#pragma once

#include <cstdint>

// Must stand before functions that only prefetch: GCC finds that they change nothing and drops calls of them,
// unless they are inlined before it looks.
#define CRUCIBLE_PREFETCH [[gnu::always_inline]] inline

namespace crucible::book {

// Rounds of fetching memory ahead of its use; each needs what the one before it fetched (Book::Prefetch).
enum class PrefetchStep : std::uint8_t { kLookup, kOrder, kQueue };

}  // namespace crucible::book
