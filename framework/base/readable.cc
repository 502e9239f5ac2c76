#include "framework/base/readable.h"

#include <algorithm>

#include "framework/base/decimal.h"

namespace crucible {

std::string GroupDigits(std::string text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > sign + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string ReadableDecimal(std::int64_t units, int decimals, int shown) {
  std::string text = FormatDecimal(units, decimals);
  const std::size_t point = text.find('.');
  if (point != std::string::npos) {
    std::size_t keep = std::max(text.find_last_not_of('0') + 1, point + 1 + static_cast<std::size_t>(shown));
    if (keep == point + 1) keep = point;
    text.resize(std::min(keep, text.size()));
  }
  return GroupDigits(std::move(text));
}

}  // namespace crucible
