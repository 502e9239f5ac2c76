// A run's configuration: read from TOML, written back as the canonical text that stands in the journal.
//
// Amounts stay decimal text here, because their scale is an instrument's. docs/guides/run-configuration.md
// lists every key; keep the two together.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/runs/calendar_choice.h"
#include "framework/runs/margin_choice.h"
#include "framework/runs/market_choice.h"
#include "framework/runs/overrides.h"
#include "framework/runs/cause_choice.h"
#include "framework/runs/regime_choice.h"
#include "framework/runs/roll_choice.h"
#include "simulators/latency/channel.h"

namespace crucible::runs {

using ParameterTexts = std::map<std::string, std::string>;  // by name

struct StrategyChoice {
  std::string plugin;    // name in the plugin path, or a path to a shared library
  std::string strategy;  // needed when the plugin has several
  ParameterTexts parameters;
  std::map<std::string, ParameterTexts> routes;  // what replaces some while a route is active
  friend bool operator==(const StrategyChoice&, const StrategyChoice&) = default;
};

// The order of strategies in a run: by name of plugin, strategy and parameters, never by their place in a
// file.
bool StrategyBefore(const StrategyChoice& a, const StrategyChoice& b);

struct FeeTierChoice {
  std::string from_turnover = "0";
  double maker_bps = 0;
  double taker_bps = 0;
};

// From record `at` on the run has other values: a branch (crucible fork).
struct ForkChoice {
  std::int64_t at = 0;
  std::string parent;  // log hash of the run that it branched off
  std::map<std::string, std::string> settings;
};

struct RunConfig {
  std::int64_t seed = 1;
  std::vector<std::string> sessions;  // paths; not part of the canonical text
  MarketChoice market;                // in place of sessions

  latency::LatencyConfig latency;  // feed, entry, reply

  std::string fill_model = "auto";       // auto, l3, l2, quotes, bars, responsive
  Duration impact_half_life{60'000'000'000};  // responsive, see simulators/responsive/anchor.h
  std::string queue_model = "power3:3";  // l2, see simulators/history/queue_model.h
  std::int64_t slippage_ticks = 0;       // bars: market and stop orders fill this much worse
  std::int64_t volume_percent = 100;     // bars: share of a bar's volume that we may take
  bool limits_need_through = false;      // bars: a limit fills only when the bar trades beyond it

  std::vector<FeeTierChoice> fee_tiers;
  std::string fee_per_trade = "0";
  std::string fee_per_unit = "0";

  MarginChoice margin;
  CalendarChoice calendar;

  std::string cash = "1000000";
  Duration equity_interval{};  // 0: a minute, an hour on bars
  bool equity_by_session = false;  // "session": at the calendar's closes
  std::string target_gain;     // time to target: money; empty: not measured
  std::string target_loss;

  std::string max_order_quantity, max_order_notional, max_position, max_gross_exposure;  // "": no limit
  std::int64_t collar_bps = 0;
  std::int64_t max_open_orders = 0;
  std::int64_t max_commands = 0;
  Duration command_interval{1'000'000'000};
  std::int64_t reserved_cancels = 0;

  std::int64_t checkpoint_records = 65'536;
  RegimeChoice regimes;
  std::vector<RollChoice> rolls;
  CauseChoice causes;
  std::vector<StrategyChoice> strategies;
  std::vector<ForkChoice> forks;  // ascending by `at`
};

// kNotFound: no such file. kInvalidArgument: file:line: key: what was found and what would be valid. Session
// paths are relative to the file's directory. `settings` replace what the file says.
absl::StatusOr<RunConfig> ReadRunConfig(const std::string& path, const std::vector<Override>& settings = {});
// The same from text; `name` stands for the file in messages.
absl::StatusOr<RunConfig> ParseRunConfig(std::string_view text, const std::string& name,
                                         const std::vector<Override>& settings = {});
// Every key with its value, in a fixed order, without paths of sessions and of the regime model, whose text
// stands there instead: equal for equal runs.
std::string CanonicalText(const RunConfig& config);

}  // namespace crucible::runs
