// CRUCIBLE_CHECK(condition): a broken invariant of ours ends the process with its place and text.
// Always on; for cheap, vital facts. CRUCIBLE_DCHECK: debug builds only.
#pragma once

namespace crucible {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition) noexcept;
}  // namespace crucible

#define CRUCIBLE_CHECK(condition) \
  (__builtin_expect(static_cast<bool>(condition), 1) ? static_cast<void>(0) \
                                                     : ::crucible::CheckFailed(__FILE__, __LINE__, #condition))
#ifdef NDEBUG
#define CRUCIBLE_DCHECK(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#else
#define CRUCIBLE_DCHECK(condition) CRUCIBLE_CHECK(condition)
#endif
