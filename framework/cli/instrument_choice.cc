#include "framework/cli/instrument_choice.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace crucible::cli {

std::vector<std::string> InstrumentNames(const std::vector<Instrument>& instruments) {
  std::vector<std::string> names;
  for (const Instrument& instrument : instruments)
    names.push_back(instrument.venue + "/" + instrument.symbol);
  return names;
}

absl::StatusOr<std::uint32_t> ChooseInstrument(const std::vector<std::string>& names,
                                               const std::string& wanted, const std::string& option,
                                               const std::string& path) {
  std::vector<std::uint32_t> fitting;
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) return i;
    if (wanted.empty() || names[i].ends_with("/" + wanted)) fitting.push_back(i);
  }
  if (fitting.size() == 1) return fitting.front();
  std::string why;
  if (!wanted.empty())
    why = absl::StrFormat(" (\"%s\" is %s of them)", wanted, fitting.empty() ? "none" : "several");
  return absl::InvalidArgumentError(absl::StrFormat("%s holds %s; name one of them with %s%s", path,
                                                    absl::StrJoin(names, ", "), option, why));
}

}  // namespace crucible::cli
