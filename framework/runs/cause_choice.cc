#include "framework/runs/cause_choice.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/runs/bar_instrument.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {

void ReadCauses(ConfigTable& table, CauseChoice& choice) {
  choice.given = true;
  table.Text("instrument", choice.instrument);
  table.Text("variables", choice.variables);
  table.Text("target", choice.target);
  table.Integer("max_lag", 1, 100, choice.max_lag);
  table.Integer("window", 1, 1'000'000'000, choice.window);
  table.Number("alpha", 0, 1, choice.alpha);
  table.Number("withdraw_alpha", 0, 1, choice.withdraw_alpha);
  table.Integer("test_bars", 1, 1'000'000'000, choice.test_bars);
  table.Integer("establish", 1, 1'000'000'000, choice.establish);
  table.Integer("withdraw", 1, 1'000'000'000, choice.withdraw);
}

std::string CanonicalText(const CauseChoice& choice) {
  if (!choice.given) return "";
  return absl::StrFormat(
      "[causes]\ninstrument = %s\nvariables = %s\ntarget = %s\nmax_lag = %d\nwindow = %d\nalpha = %.17g\n"
      "withdraw_alpha = %.17g\ntest_bars = %d\nestablish = %d\nwithdraw = %d\n",
      QuotedText(choice.instrument), QuotedText(choice.variables), QuotedText(choice.target), choice.max_lag,
      choice.window, choice.alpha, choice.withdraw_alpha, choice.test_bars, choice.establish,
      choice.withdraw);
}

std::vector<std::string> CauseVariables(const CauseChoice& choice) {
  return absl::StrSplit(choice.variables, absl::ByAnyChar(" ,"), absl::SkipEmpty());
}

absl::StatusOr<engine::CausalObserver> MakeCauses(const CauseChoice& choice,
                                                  const std::vector<Instrument>& instruments,
                                                  const std::vector<bool>& has_bars) {
  const std::vector<std::string> names = CauseVariables(choice);
  const auto target = std::ranges::find(names, choice.target);
  if (target == names.end()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("causes.target is \"%s\", expected one of the variables %s", choice.target,
                        absl::StrJoin(names, ", ")));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId instrument,
                            BarInstrument(choice.instrument, instruments, has_bars, "causes"));
  causal::LiveOptions options;
  options.max_lag = static_cast<std::size_t>(choice.max_lag);
  options.window_rows = static_cast<std::size_t>(choice.window);
  options.test_bars = static_cast<std::size_t>(choice.test_bars);
  options.establish_tests = static_cast<std::size_t>(choice.establish);
  options.withdraw_tests = static_cast<std::size_t>(choice.withdraw);
  options.withdraw_alpha = choice.withdraw_alpha;
  options.pcmci.alpha = choice.alpha;
  CRUCIBLE_ASSIGN_OR_RETURN(features::BarFeatures features, features::BarFeatures::Create(names));
  absl::StatusOr<features::CausalWatch> watch = features::CausalWatch::Create(
      names, static_cast<std::size_t>(target - names.begin()), std::move(options));
  if (!watch.ok()) {
    return absl::InvalidArgumentError(absl::StrFormat("causes: %s", std::string(watch.status().message())));
  }
  return engine::CausalObserver::Create(instrument, std::move(features), *std::move(watch));
}

}  // namespace crucible::runs
