#include "framework/report/text.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/base/decimal.h"

namespace crucible::report {
namespace {

std::string Unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

std::string Grouped(std::int64_t value) { return GroupDigits(std::to_string(value)); }

std::string MoneyText(Money amount, int decimals, std::string_view currency) {
  const std::int64_t unit = kPowersOfTen[static_cast<std::size_t>(decimals)];
  const double value = static_cast<double>(amount.units) / static_cast<double>(unit);
  int shown = 2;
  for (double size = std::fabs(value); size > 0 && size < 1 && shown < decimals; size *= 10) ++shown;
  std::string text = Fixed(value, shown);
  if (!currency.empty()) text.append(1, ' ').append(currency);
  return text;
}

int TickDecimals(const Instrument& of) {
  int decimals = of.price_decimals;
  for (std::int64_t tick = of.tick_size.units; decimals > 0 && tick != 0 && tick % 10 == 0; tick /= 10)
    --decimals;
  return decimals;
}

std::string Fixed(double value, int decimals) {
  std::string text = absl::StrFormat("%.*f", decimals, value);
  if (text.find_first_of("123456789") == std::string::npos && text.starts_with('-')) text.erase(0, 1);
  return GroupDigits(std::move(text));
}

std::string Percent(double share, int decimals) { return Fixed(share * 100, decimals) + " %"; }

std::vector<std::pair<std::string, std::string>> Parameters(std::string_view configuration) {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::map<std::string, int> counts;  // entries of each array of tables
  std::string prefix;
  const std::string text(configuration);
  for (const absl::string_view part : absl::StrSplit(text, '\n')) {
    const std::string line = Trimmed({part.data(), part.size()});
    if (line.starts_with('[')) {
      const bool entry = line.starts_with("[[");
      const std::size_t skip = entry ? 2 : 1;
      std::string name = line.substr(skip, line.find(']') - skip);
      if (entry) absl::StrAppend(&name, ".", ++counts[name]);
      // A table inside the last entry of an array belongs to that entry.
      for (const auto& [array, count] : counts) {
        if (!entry && name.starts_with(array + ".")) name.insert(array.size(), absl::StrCat(".", count));
      }
      prefix = name + ".";
    } else if (const std::size_t equals = line.find('='); equals != std::string::npos) {
      parameters.emplace_back(prefix + Unquoted(Trimmed(line.substr(0, equals))),
                              Unquoted(Trimmed(line.substr(equals + 1))));
    }
  }
  return parameters;
}

std::string Parameter(const std::vector<std::pair<std::string, std::string>>& parameters,
                      std::string_view key) {
  const auto found =
      std::ranges::find(parameters, key, [](const auto& each) -> std::string_view { return each.first; });
  return found == parameters.end() ? "" : found->second;
}

}  // namespace crucible::report
