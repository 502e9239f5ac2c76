// The chain of causes of every order that was filled: the lines of `crucible why RUN ORDER`.
#include <algorithm>
#include <string>

#include "framework/engine/why_text.h"
#include "framework/report/sections/sections.h"
#include "framework/report/why_sources.h"

namespace crucible::report {
namespace {

// A fill may be one of thousands; beyond this many chains a page only names the command.
constexpr std::size_t kMaxChains = 4'000;

// Of how many orders, from the first, the page holds the chains.
std::size_t OrdersWithin(const RunFacts& run, std::size_t chains) {
  std::size_t order = 0;
  for (; order < run.orders.size(); ++order) {
    if (run.orders[order].fills.empty()) continue;
    if (chains-- == 0) break;
  }
  return order;
}

}  // namespace

absl::StatusOr<Json> CausesSection(const RunView& view) {
  const std::size_t orders = OrdersWithin(view.run, kMaxChains);
  const engine::WhyNames names = NamesOf(view);
  CRUCIBLE_ASSIGN_OR_RETURN(ReportSources sources, ReportSources::Create(view, orders));
  Json chains = Json::object();
  for (std::size_t i = 0; i < orders; ++i) {
    if (view.run.orders[i].fills.empty()) continue;
    sources.Turn(i);
    CRUCIBLE_ASSIGN_OR_RETURN(const engine::Why why,
                              engine::Explain(sources, view.run.stories[i], view.run.attacks));
    chains[std::to_string(view.run.orders[i].id())] = LinesJson(engine::WhyText(why, names));
  }
  return chains;
}

}  // namespace crucible::report
