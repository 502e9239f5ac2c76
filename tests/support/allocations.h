// Counts calls of the global operator new in the test binary that lists allocations.cc among its sources.
#pragma once

#include <cstdint>

namespace crucible {
std::uint64_t AllocationCount();
}  // namespace crucible
