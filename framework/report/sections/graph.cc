// A run's live causal graph: what holds at the end, and every change with what lies behind it.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "framework/report/causal_graph.h"
#include "framework/report/sections/sections.h"
#include "framework/report/why_sources.h"

namespace crucible::report {
namespace {

constexpr std::size_t kMaxTold =
    200;  // changes that are told with their causes, the last: as many as the page lists

// The keys of the run's table [causes], by the names that a file of crucible discover --live has.
Json MethodJson(const RunView& view) {
  Json method = {{"method", "live-pcmci"}, {"test", "ParCorr"}, {"errors", "student"}};
  method["target"] = Parameter(view.parameters, "causes.target");
  for (const auto& [key, name] : {std::pair{"max_lag", "max_lag"},
                                  {"window", "window"},
                                  {"alpha", "alpha"},
                                  {"withdraw_alpha", "withdraw_alpha"},
                                  {"test_bars", "test_rows"},
                                  {"establish", "establish"},
                                  {"withdraw", "withdraw"}}) {
    const std::string text = Parameter(view.parameters, std::string("causes.") + key);
    double value = 0;
    if (absl::SimpleAtod(text, &value)) method[name] = value;
  }
  return method;
}

}  // namespace

absl::StatusOr<Json> GraphSection(const RunView& view) {
  const CausalFacts& facts = view.run.causal;
  if (facts.variables.empty()) return Json(nullptr);
  Json json = LinksJson(facts);
  json["name"] = view.input.name;
  json["method"] = MethodJson(view);
  json["live"] = true;
  json["counts_rows"] = false;
  CRUCIBLE_ASSIGN_OR_RETURN(ReportSources sources, ReportSources::Create(view, 0));
  const engine::WhyNames names = NamesOf(view);
  const std::size_t listed = json["changes"].size();
  for (std::size_t i = listed - std::min(listed, kMaxTold); i < listed; ++i) {
    const LinkFact& fact = facts.changes[facts.changes.size() - listed + i];
    CRUCIBLE_ASSIGN_OR_RETURN(const engine::WhyCause cause, engine::CausesOf(sources, {0, fact.change.seq}));
    json["changes"][i]["causes"] = LinesJson(engine::CauseText(cause, names));
  }
  return json;
}

}  // namespace crucible::report
