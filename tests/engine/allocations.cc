#include "tests/engine/allocations.h"

#include <cstdlib>
#include <new>

namespace {
std::uint64_t count = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace crucible::engine {
std::uint64_t AllocationCount() { return count; }
}  // namespace crucible::engine
