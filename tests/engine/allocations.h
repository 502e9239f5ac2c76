// Counts calls of the global operator new in this test binary.
#pragma once

#include <cstdint>

namespace crucible::engine {
std::uint64_t AllocationCount();
}  // namespace crucible::engine
