#include "framework/runs/regime_choice.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/runs/bar_instrument.h"
#include "framework/runs/config_table.h"
#include "framework/runs/regime_artefact.h"

namespace crucible::runs {
namespace {

absl::Status ReadWorth(const std::string& route, const std::string& text, std::size_t regimes,
                       std::vector<double>& worth) {
  const std::vector<std::string> words = absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
  for (const std::string& word : words) {
    double value = 0;
    if (!absl::SimpleAtod(word, &value)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("regimes.routes.%s is \"%s\": \"%s\" is not a number", route, text, word));
    }
    worth.push_back(value);
  }
  if (words.size() == regimes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "regimes.routes.%s is \"%s\", expected the worth of a bar in each of the %d regimes, such as "
      "\"1 0\"",
      route, text, regimes));
}

// Names of the routes; their worths go into `options`.
absl::StatusOr<std::vector<std::string>> ReadRoutes(const RegimeChoice& choice, std::size_t regimes,
                                                    regime::RouterOptions& options) {
  std::vector<std::string> names = RouteNames(choice, regimes);
  if (choice.routes.empty()) options.worth = regime::Router::OneModelPerRegime(regimes).worth;
  for (const auto& [name, worth] : choice.routes) {
    CRUCIBLE_RETURN_IF_ERROR(ReadWorth(name, worth, regimes, options.worth));
  }
  options.models = names.size();
  if (choice.first_route.empty()) return names;
  const auto first = std::ranges::find(names, choice.first_route);
  if (first == names.end()) {
    return absl::InvalidArgumentError(absl::StrFormat("regimes.first_route is \"%s\", expected one of %s",
                                                      choice.first_route, absl::StrJoin(names, ", ")));
  }
  options.first_model = static_cast<std::size_t>(first - names.begin());
  return names;
}

}  // namespace

std::vector<std::string> RouteNames(const RegimeChoice& choice, std::size_t regimes) {
  std::vector<std::string> names;
  for (const auto& [name, worth] : choice.routes) names.push_back(name);
  for (std::size_t k = 0; choice.routes.empty() && k < regimes; ++k) names.push_back(std::to_string(k));
  return names;
}

void ReadRegimes(ConfigTable& table, RegimeChoice& choice) {
  table.Text("model", choice.model);
  table.Text("model_text", choice.model_text);
  table.Text("instrument", choice.instrument);
  table.Integer("horizon", 1, 10'000, choice.horizon);
  table.Number("swap_cost", 0, 1e12, choice.swap_cost);
  table.Number("margin", 0, 1e12, choice.margin);
  table.Integer("least_stay", 1, 1'000'000'000, choice.least_stay);
  table.Scalars("routes", choice.routes);
  table.Text("first_route", choice.first_route);
  if (!choice.given()) table.Fail("", "model is missing: the file that crucible regimes fit wrote");
}

std::string CanonicalText(const RegimeChoice& choice) {
  if (!choice.given()) return "";
  std::string text = "[regimes]\n";
  absl::StrAppendFormat(&text, "model_text = %s\n", QuotedText(choice.model_text));
  absl::StrAppendFormat(&text, "instrument = %s\n", QuotedText(choice.instrument));
  absl::StrAppendFormat(&text, "horizon = %d\nswap_cost = %.17g\nmargin = %.17g\nleast_stay = %d\n",
                        choice.horizon, choice.swap_cost, choice.margin, choice.least_stay);
  absl::StrAppendFormat(&text, "first_route = %s\n[regimes.routes]\n", QuotedText(choice.first_route));
  for (const auto& [name, worth] : choice.routes) {
    absl::StrAppendFormat(&text, "%s = %s\n", QuotedText(name), QuotedText(worth));
  }
  return text;
}

absl::Status LoadModel(const std::string& directory, RegimeChoice& choice) {
  if (choice.model.empty()) return absl::OkStatus();
  const std::filesystem::path path = std::filesystem::path(directory) / choice.model;  // an absolute one wins
  CRUCIBLE_ASSIGN_OR_RETURN(const RegimeArtefact artefact, ReadRegimeArtefact(path.string()));
  choice.model_text = ToText(artefact);
  return absl::OkStatus();
}

absl::StatusOr<RunRegimes> MakeRegimes(const RegimeChoice& choice, const std::vector<Instrument>& instruments,
                                       const std::vector<bool>& has_bars) {
  CRUCIBLE_ASSIGN_OR_RETURN(
      const RegimeArtefact artefact,
      ParseRegimeArtefact(choice.model_text, choice.model.empty() ? "regimes.model_text" : choice.model));
  if (artefact.source != "bars") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "regimes: the model was fitted to columns of a CSV file (%s), which a run does not have; "
        "fit it to a session of bars",
        absl::StrJoin(artefact.columns(), ", ")));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId instrument,
                            BarInstrument(choice.instrument.empty() ? artefact.instrument : choice.instrument,
                                          instruments, has_bars, "regimes"));
  regime::RouterOptions options;
  options.horizon = static_cast<std::size_t>(choice.horizon);
  options.swap_cost = choice.swap_cost;
  options.margin = choice.margin;
  options.least_stay = static_cast<std::size_t>(choice.least_stay);
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<std::string> names,
                            ReadRoutes(choice, artefact.emissions().regimes, options));
  CRUCIBLE_ASSIGN_OR_RETURN(features::BarFeatures features,
                            features::BarFeatures::Create(artefact.columns()));
  CRUCIBLE_ASSIGN_OR_RETURN(features::RegimeWatch watch,
                            features::RegimeWatch::Create(artefact.MakeFilter(), std::move(options)));
  CRUCIBLE_ASSIGN_OR_RETURN(
      engine::RegimeObserver observer,
      engine::RegimeObserver::Create(instrument, std::move(features), std::move(watch), names));
  return RunRegimes{std::move(observer), std::move(names)};
}

}  // namespace crucible::runs
