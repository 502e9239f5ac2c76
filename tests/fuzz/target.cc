// A libFuzzer target: CRUCIBLE_FUZZ_ENTRY is the function that names its entry.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/entries.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crucible::fuzz::Entry entry = crucible::fuzz::CRUCIBLE_FUZZ_ENTRY();
  entry.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
