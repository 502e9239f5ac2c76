#include "framework/runs/bar_instrument.h"

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace crucible::runs {
namespace {

bool IsNamed(const Instrument& instrument, const std::string& name) {
  return name == instrument.symbol || name == FullName(instrument) ||
         name == instrument.venue + "/" + instrument.symbol;
}

}  // namespace

absl::StatusOr<InstrumentId> BarInstrument(const std::string& wanted,
                                           const std::vector<Instrument>& instruments,
                                           const std::vector<bool>& has_bars, const std::string& table) {
  std::vector<std::string> names;
  InstrumentId only{};
  for (std::uint32_t i = 0; i < instruments.size(); ++i) {
    if (!has_bars[i]) continue;
    if (IsNamed(instruments[i], wanted)) return InstrumentId{i};
    names.push_back(FullName(instruments[i]));
    only = {i};
  }
  if (wanted.empty() && names.size() == 1) return only;
  return absl::InvalidArgumentError(
      absl::StrFormat("%s: the model reads bars of %s; %s", table, wanted.empty() ? "one instrument" : wanted,
                      names.empty() ? "the run's sessions have no bars"
                                    : absl::StrFormat("the run has bars of %s; say which with %s.instrument",
                                                      absl::StrJoin(names, ", "), table)));
}

}  // namespace crucible::runs
