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

std::vector<InstrumentId> InstrumentsNamed(const std::string& name, const std::vector<Instrument>& instruments) {
  std::vector<InstrumentId> named;
  for (std::uint32_t i = 0; i < instruments.size(); ++i) {
    if (IsNamed(instruments[i], name)) named.push_back({i});
  }
  return named;
}

absl::StatusOr<InstrumentId> BarInstrument(const std::string& wanted,
                                           const std::vector<Instrument>& instruments,
                                           const std::vector<bool>& has_bars, const std::string& table) {
  std::vector<std::string> names;
  std::vector<InstrumentId> fitting;
  for (std::uint32_t i = 0; i < instruments.size(); ++i) {
    if (!has_bars[i]) continue;
    if (wanted.empty() || IsNamed(instruments[i], wanted)) fitting.push_back({i});
    names.push_back(FullName(instruments[i]));
  }
  if (fitting.size() == 1) return fitting.front();
  const std::string asked =
      wanted.empty() ? "one instrument" : wanted + (fitting.empty() ? "" : ", which several are called");
  return absl::InvalidArgumentError(
      absl::StrFormat("%s: the model reads bars of %s; %s", table, asked,
                      names.empty() ? "the run's sessions have no bars"
                                    : absl::StrFormat("the run has bars of %s; say which with %s.instrument",
                                                      absl::StrJoin(names, ", "), table)));
}

}  // namespace crucible::runs
