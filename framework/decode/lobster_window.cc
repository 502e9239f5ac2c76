#include "framework/decode/lobster_window.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMaxUnits = std::int64_t{1} << 40;

// Reads one integer and the comma behind it. By hand: a row has four numbers per level.
inline bool TakeNumber(const char*& at, const char* end, std::int64_t* value) {
  const bool negative = at != end && *at == '-';
  const char* const first = at += negative ? 1 : 0;
  std::uint64_t magnitude = 0;
  for (; at != end && static_cast<unsigned char>(*at - '0') < 10; ++at) {
    magnitude = magnitude * 10 + static_cast<unsigned char>(*at - '0');
  }
  if (at == first || at - first > 18 || (at != end && *at != ',')) return false;
  at += at == end ? 0 : 1;
  *value = static_cast<std::int64_t>(magnitude);
  if (negative) *value = -*value;
  return true;
}

bool TakeLevel(const char*& at, const char* end, WindowLevels& levels) {
  WindowLevel level;
  if (!TakeNumber(at, end, &level.price.units) || !TakeNumber(at, end, &level.quantity.units)) return false;
  if (level.quantity.units == 0) return true;
  if (level.quantity.units < 0 || level.quantity.units > kMaxUnits) return false;
  if (level.price.units <= 0 || level.price.units > kMaxUnits) return false;
  levels.push_back(level);
  return true;
}

bool BestFirst(Side side, const WindowLevels& levels) {
  return std::adjacent_find(levels.begin(), levels.end(), [side](const WindowLevel& a, const WindowLevel& b) {
           return !IsBetter(side, a.price, b.price);
         }) == levels.end();
}

WindowLevels::iterator FirstNotBetter(Side side, WindowLevels& levels, Price price) {
  return std::find_if(levels.begin(), levels.end(),
                      [&](const WindowLevel& level) { return !IsBetter(side, level.price, price); });
}

bool AddToLevel(Side side, Price price, Quantity quantity, std::size_t max_levels, WindowLevels& levels) {
  const auto at = FirstNotBetter(side, levels, price);
  if (at != levels.end() && at->price == price) {
    at->quantity = at->quantity + quantity;
    return true;
  }
  const bool shown = static_cast<std::size_t>(at - levels.begin()) < max_levels;
  if (shown) levels.insert(at, {price, quantity});
  if (levels.size() > max_levels) levels.pop_back();
  return shown;
}

bool TakeFromLevel(Side side, Price price, Quantity quantity, WindowLevels& levels) {
  const auto at = FirstNotBetter(side, levels, price);
  if (at == levels.end() || at->price != price) return false;
  const bool enough = at->quantity >= quantity;
  at->quantity = at->quantity - quantity;
  if (at->quantity.units <= 0) levels.erase(at);
  return enough;
}

bool TakesFromBook(LobsterType type) {
  return type == LobsterType::kReduce || type == LobsterType::kDelete || type == LobsterType::kExecute;
}

// The general case of CompareWindow: both lists merged in price order. Levels of one list below the last of
// the other are outside what both show.
void MergeDifferences(Side side, const WindowLevels& expected, const WindowLevels& actual,
                      WindowDifference* difference) {
  std::size_t e = 0;
  std::size_t a = 0;
  while (a < actual.size() || e < expected.size()) {
    const bool has_expected = e < expected.size();
    const bool has_actual = a < actual.size();
    if (has_expected && has_actual && expected[e].price == actual[a].price) {
      if (expected[e] != actual[a]) {
        difference->equal = false;
        difference->corrections.push_back(actual[a]);
      }
      ++e;
      ++a;
    } else if (has_actual && (!has_expected || IsBetter(side, actual[a].price, expected[e].price))) {
      difference->equal &= !has_expected;
      difference->revealed += has_expected ? 0 : 1;
      difference->corrections.push_back(actual[a++]);
    } else {
      difference->equal &= !has_actual;
      difference->corrections.push_back({expected[e++].price, Quantity{0}});
    }
  }
}

}  // namespace

std::string ParseWindowRow(std::string_view line, WindowRow* row) {
  row->asks.clear();
  row->bids.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  while (at != end) {
    if (!TakeLevel(at, end, row->asks) || !TakeLevel(at, end, row->bids)) {
      return absl::StrFormat(
          "column %d of the orderbook row is not a price or size; expected columns ask price, "
          "ask size, bid price, bid size per level",
          1 + std::count(line.data(), at, ','));
    }
  }
  if (!BestFirst(Side::kAsk, row->asks) || !BestFirst(Side::kBid, row->bids)) {
    return "the levels of the orderbook row are not in order of price, best first";
  }
  return "";
}

bool ApplyToWindow(const LobsterMessage& message, std::size_t max_levels, WindowRow* row) {
  WindowLevels& levels = row->of(message.side);
  if (message.type == LobsterType::kAdd) {
    return AddToLevel(message.side, message.price, message.size, max_levels, levels);
  }
  if (TakesFromBook(message.type)) return TakeFromLevel(message.side, message.price, message.size, levels);
  return true;
}

void UndoInWindow(const LobsterMessage& message, WindowRow* row) {
  WindowLevels& levels = row->of(message.side);
  if (message.type == LobsterType::kAdd) {
    TakeFromLevel(message.side, message.price, message.size, levels);
  } else if (TakesFromBook(message.type)) {
    AddToLevel(message.side, message.price, message.size, levels.size() + 1, levels);
  }
}

void CompareWindow(Side side, const WindowLevels& expected, const WindowLevels& actual,
                   WindowDifference* difference) {
  difference->equal = true;
  difference->revealed = 0;
  difference->corrections.clear();
  const std::size_t both = std::min(expected.size(), actual.size());
  if (!std::equal(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(both), actual.begin())) {
    MergeDifferences(side, expected, actual, difference);
    return;
  }
  difference->revealed = actual.size() - both;
  for (std::size_t i = both; i < actual.size(); ++i) difference->corrections.push_back(actual[i]);
  for (std::size_t i = both; i < expected.size(); ++i)
    difference->corrections.push_back({expected[i].price, {}});
}

}  // namespace crucible::decode
