#include "framework/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace crucible {

void CheckFailed(const char* file, int line, const char* condition) noexcept {
  std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace crucible
