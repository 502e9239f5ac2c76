// What fuzzers call: everything that reads bytes which somebody else wrote. Each entry takes any bytes and
// returns, or ends the process where a promise is broken. The same functions run under libFuzzer (target.cc)
// and, compiled as usual, in the test suite (fuzz_test.cc).
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace crucible::fuzz {

struct Entry {
  std::string_view name;  // of the target and of its folder in corpus/
  void (*run)(std::string_view bytes);
  std::vector<std::string> (*seeds)();  // inputs to start from
};

// The first byte chooses the format, the rest is the file.
Entry ImportEntry();
// The journal's block decoder.
Entry BlockEntry();
// A run's TOML.
Entry ConfigurationEntry();
// The handshake with a plugin, and the image that the loader looks at.
Entry PluginEntry();

// Ends the process when a promise is broken.
inline void Require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace crucible::fuzz
