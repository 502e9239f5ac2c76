// Room-internal: the parts of a run's report. Each is one file with one function that returns what the page
// of the same name (page/sections/NAME.js) shows; null where the run has nothing of it, and the page then
// shows nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/why_text.h"
#include "framework/report/json.h"
#include "framework/report/market_facts.h"
#include "framework/report/run_facts.h"
#include "framework/report/run_input.h"
#include "framework/report/text.h"

namespace crucible::report {

struct RunView {
  const RunInput& input;
  const RunFacts& run;
  const MarketFacts& market;
  std::vector<std::pair<std::string, std::string>> parameters;

  // Of a market that is not there, prices and quantities are counts of unknown units.
  const Instrument& instrument(std::uint32_t id) const {
    static const Instrument kUnknown;
    return id < market.instruments.size() ? market.instruments[id].instrument : kUnknown;
  }
  // The run knew market data later than it was recorded to arrive, so books of its decisions are not at hand.
  bool hears_late() const {
    const std::string feed = Parameter(parameters, "venue.latency.feed");
    return !input.has_own_market() && !feed.empty() && feed != "recorded";
  }
};

Json IdentitySection(const RunView& view);
Json HeadlineSection(const RunView& view);
Json PriceSection(const RunView& view);     // per instrument: touch, depth, orders, position
Json AccountSection(const RunView& view);   // equity, drawdown, fees
Json AttacksSection(const RunView& view);   // of predators, and what they did to us
absl::StatusOr<Json> RegimesSection(const RunView& view);  // what a regime model said, and what it swapped
absl::StatusOr<Json> GraphSection(const RunView& view);    // a live causal graph, and what changed in it
Json FeaturesSection(const RunView& view);  // values that decisions read
Json FillsSection(const RunView& view);     // one row per fill
Json MarkoutsSection(const RunView& view);
Json SlippageSection(const RunView& view);
Json QueueSection(const RunView& view);
Json LatencySection(const RunView& view);
absl::StatusOr<Json> CausesSection(const RunView& view);  // chains of the orders that were filled, by order id

// Price in basis points of the mid at the decision, signed so that more is worse for us; nothing without a
// mid.
std::optional<double> SlippageBps(const RunView& view, std::size_t fill);

}  // namespace crucible::report
