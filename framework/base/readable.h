// Exact numbers as people read them: thousands in groups, no zeros that say nothing.
#pragma once

#include <cstdint>
#include <string>

namespace crucible {

// "-1234567.8" -> "-1,234,567.8"
std::string GroupDigits(std::string text);
// "1,234.50" for (123450000000, 8, 2): at least `shown` decimals, more where digits would be lost.
// REQUIRES: 0 <= shown, 0 <= decimals <= kMaxDecimals.
std::string ReadableDecimal(std::int64_t units, int decimals, int shown = 0);

}  // namespace crucible
