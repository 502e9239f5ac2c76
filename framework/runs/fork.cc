#include "framework/runs/fork.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::runs {
namespace {

// `to` with everything that may change within a run as in `from`.
RunConfig WithChangeableOf(RunConfig to, const RunConfig& from) {
  to.latency = from.latency;
  to.max_order_quantity = from.max_order_quantity;
  to.max_order_notional = from.max_order_notional;
  to.max_position = from.max_position;
  to.max_gross_exposure = from.max_gross_exposure;
  to.collar_bps = from.collar_bps;
  to.max_open_orders = from.max_open_orders;
  to.max_commands = from.max_commands;
  to.command_interval = from.command_interval;
  to.reserved_cancels = from.reserved_cancels;
  for (std::size_t i = 0; i < to.strategies.size() && i < from.strategies.size(); ++i)
    to.strategies[i].parameters = from.strategies[i].parameters;
  return to;
}

// Strategies are ordered by their parameters too: with two of one kind, a change could exchange them.
bool HasTwins(const RunConfig& config) {
  const auto same = [](const StrategyChoice& a, const StrategyChoice& b) {
    return a.plugin == b.plugin && a.strategy == b.strategy;
  };
  return std::ranges::adjacent_find(config.strategies, same) != config.strategies.end();
}

}  // namespace

RunConfig Unforked(RunConfig config) {
  config.forks.clear();
  return config;
}

absl::StatusOr<RunConfig> Forked(const RunConfig& config, const ForkChoice& fork) {
  const std::string name = absl::StrFormat("fork at record %d", fork.at);
  RunConfig changed = config;
  for (const auto& [key, value] : fork.settings) {
    CRUCIBLE_ASSIGN_OR_RETURN(changed, ParseRunConfig(CanonicalText(changed), name, {{key, value}}));
    if (CanonicalText(WithChangeableOf(changed, config)) != CanonicalText(config)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: %s is decided before a run begins; a fork changes strategy parameters, risk "
                          "limits and latencies "
                          "(crucible run --set changes the rest)",
                          name, key));
    }
    if (key.starts_with("strategy.") && HasTwins(config)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s: %s could mean two strategies of one kind", name, key));
    }
  }
  return changed;
}

}  // namespace crucible::runs
