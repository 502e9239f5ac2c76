// Fetching memory ahead of its use.
#pragma once

#include <cstdint>

// Must stand before functions that only prefetch: GCC finds that they change nothing and drops calls of them,
// unless they are inlined before it looks.
#define CRUCIBLE_PREFETCH [[gnu::always_inline]] inline

namespace crucible::book {

// Rounds of fetching memory ahead of its use (L3Book::Prefetch). kSlot and kDirectory need the book itself,
// kOrder needs what they fetched, and kQueue what kOrder fetched.
enum class PrefetchStep : std::uint8_t { kSlot, kDirectory, kOrder, kQueue };

}  // namespace crucible::book
