// What the fills cost against the mid at the decision: in all, and in two parts that add up to it: how the
// mid moved until the fill, and how far from that mid the fill was.
#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"

namespace crucible::report {
namespace {

constexpr std::size_t kBins = 41;

struct Costs {
  std::vector<double> total, drift, spread;
  Json Take() {
    return {{"total", MeanJson(total)},
            {"drift", MeanJson(drift)},
            {"spread", MeanJson(spread)},
            {"histogram", HistogramJson(std::move(total), kBins)}};
  }
};

}  // namespace

Json SlippageSection(const RunView& view) {
  Costs maker, taker;
  for (std::size_t i = 0; i < view.run.fills.size(); ++i) {
    const std::optional<double> total = SlippageBps(view, i);
    if (!total || !view.market.fills[i].mid.known()) continue;
    const FillFact& fill = view.run.fills[i];
    const trading::Mid decided = view.market.orders[fill.order].mid;
    const double drift = static_cast<double>(Sign(fill.fill.side)) *
                         static_cast<double>(view.market.fills[i].mid.doubled - decided.doubled) /
                         static_cast<double>(decided.doubled) * 1e4;
    Costs& costs = fill.maker() ? maker : taker;
    costs.total.push_back(*total);
    costs.drift.push_back(drift);
    costs.spread.push_back(*total - drift);
  }
  if (maker.total.empty() && taker.total.empty()) return nullptr;
  return {{"maker", maker.Take()}, {"taker", taker.Take()}};
}

}  // namespace crucible::report
