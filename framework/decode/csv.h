// Fields of a comma-separated line without quotes, as market data files have them.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace crucible::decode {

// Cuts `line` into exactly N fields; false when it has another number of them.
template <std::size_t N>
bool SplitExactly(std::string_view line, std::array<std::string_view, N>& fields) {
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const char* const comma =
        static_cast<const char*>(std::memchr(at, ',', static_cast<std::size_t>(end - at)));
    if (comma == nullptr) return false;
    fields[i] = {at, static_cast<std::size_t>(comma - at)};
    at = comma + 1;
  }
  fields[N - 1] = {at, static_cast<std::size_t>(end - at)};
  return fields[N - 1].find(',') == std::string_view::npos;
}

// All of `text` as a decimal integer.
template <class Integer>
bool ParseInteger(std::string_view text, Integer* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace crucible::decode
