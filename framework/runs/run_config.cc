#include "framework/runs/run_config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {
namespace {

constexpr std::int64_t kAnyCount = 1'000'000'000'000;

void ReadVenue(ConfigTable& table, RunConfig& config) {
  table.Choice("fill_model", {"auto", "l3", "l2", "quotes", "bars", "responsive"}, config.fill_model);
  table.Duration("impact_half_life", config.impact_half_life);
  table.Text("queue_model", config.queue_model);
  table.Integer("slippage_ticks", 0, 1'000'000, config.slippage_ticks);
  table.Integer("volume_percent", 1, 100, config.volume_percent);
  table.Truth("limits_need_through", config.limits_need_through);
  table.Table("latency", [&](ConfigTable& latency) {
    latency.Text("feed", config.latency.feed);
    latency.Text("entry", config.latency.entry);
    latency.Text("reply", config.latency.reply);
  });
}

void ReadFees(ConfigTable& table, RunConfig& config) {
  FeeTierChoice flat;
  const bool is_flat = table.Has("maker_bps") || table.Has("taker_bps");
  table.Number("maker_bps", -1000, 1000, flat.maker_bps);
  table.Number("taker_bps", -1000, 1000, flat.taker_bps);
  table.Decimal("per_trade", config.fee_per_trade);
  table.Decimal("per_unit", config.fee_per_unit);
  table.Tables("tier", [&](ConfigTable& tier) {
    if (is_flat) tier.Fail("", "tiers and a flat maker_bps or taker_bps exclude each other");
    FeeTierChoice& choice = config.fee_tiers.emplace_back();
    tier.Limit("from_turnover", choice.from_turnover);
    tier.Number("maker_bps", -1000, 1000, choice.maker_bps);
    tier.Number("taker_bps", -1000, 1000, choice.taker_bps);
  });
  if (is_flat) config.fee_tiers = {flat};
}

void ReadAccount(ConfigTable& table, RunConfig& config) {
  table.Limit("cash", config.cash);
  std::string interval;
  if (table.IsText("equity_interval", "session")) {
    table.Text("equity_interval", interval);
    config.equity_by_session = true;
  } else {
    table.Duration("equity_interval", config.equity_interval);
  }
  table.Limit("target_gain", config.target_gain);
  table.Limit("target_loss", config.target_loss);
  if (config.target_gain.empty() != config.target_loss.empty()) {
    table.Fail("", "target_gain and target_loss go together: one of them is missing");
  }
}

void ReadRisk(ConfigTable& table, RunConfig& config) {
  table.Limit("max_order_quantity", config.max_order_quantity);
  table.Limit("max_order_notional", config.max_order_notional);
  table.Limit("max_position", config.max_position);
  table.Limit("max_gross_exposure", config.max_gross_exposure);
  table.Integer("collar_bps", 0, 1'000'000, config.collar_bps);
  table.Integer("max_open_orders", 0, UINT32_MAX, config.max_open_orders);
  table.Integer("max_commands", 0, UINT32_MAX, config.max_commands);
  table.Duration("command_interval", config.command_interval);
  table.Integer("reserved_cancels", 0, UINT32_MAX, config.reserved_cancels);
}

void ReadStrategy(ConfigTable& table, RunConfig& config) {
  StrategyChoice& choice = config.strategies.emplace_back();
  table.Text("plugin", choice.plugin);
  table.Text("strategy", choice.strategy);
  table.Scalars("parameters", choice.parameters);
  table.ScalarTables("route", choice.routes);
  if (choice.plugin.empty())
    table.Fail("", "plugin is missing: a name such as \"order_flow_taker\", or a path");
}

void ReadFork(ConfigTable& table, RunConfig& config) {
  const std::int64_t earliest = config.forks.empty() ? 2 : config.forks.back().at + 1;
  ForkChoice& fork = config.forks.emplace_back();
  table.Integer("at", earliest, kAnyCount, fork.at);
  table.Text("parent", fork.parent);
  table.Scalars("set", fork.settings);
  if (fork.at == 0) table.Fail("", "at is missing: the first record that may differ");
}

void ReadRoot(ConfigTable& root, RunConfig& config) {
  root.Integer("seed", 0, INT64_MAX, config.seed);
  root.Integer("checkpoint_records", 1, kAnyCount, config.checkpoint_records);
  root.Tables("session", [&](ConfigTable& session) {
    std::string path;
    session.Text("path", path);
    if (path.empty()) session.Fail("", "path is missing");
    config.sessions.push_back(path);
  });
  root.Table("market", [&](ConfigTable& table) { ReadMarket(table, config.market); });
  root.Table("venue", [&](ConfigTable& table) { ReadVenue(table, config); });
  root.Table("fees", [&](ConfigTable& table) { ReadFees(table, config); });
  root.Table("margin", [&](ConfigTable& table) { ReadMargin(table, config.margin); });
  root.Table("calendar", [&](ConfigTable& table) { ReadCalendar(table, config.calendar); });
  root.Table("account", [&](ConfigTable& table) { ReadAccount(table, config); });
  root.Table("risk", [&](ConfigTable& table) { ReadRisk(table, config); });
  root.Table("regimes", [&](ConfigTable& table) { ReadRegimes(table, config.regimes); });
  root.Tables("roll", [&](ConfigTable& table) { ReadRoll(table, config.rolls); });
  root.Table("causes", [&](ConfigTable& table) { ReadCauses(table, config.causes); });
  root.Tables("strategy", [&](ConfigTable& table) { ReadStrategy(table, config); });
  root.Tables("fork", [&](ConfigTable& table) { ReadFork(table, config); });
  if (config.equity_by_session && !config.calendar.given())
    root.Fail("", "account.equity_interval is \"session\": whose? [calendar] is missing");
  root.Finish();
}

// A value that was set beside the file has no line in it.
absl::Status WithSettings(const absl::Status& error, const std::vector<Override>& settings) {
  if (settings.empty()) return error;
  std::string given;
  for (const Override& setting : settings) given += " " + setting.key + "=" + setting.value;
  return absl::Status(error.code(), std::string(error.message()) + " (with" + given + ")");
}

}  // namespace

bool StrategyBefore(const StrategyChoice& a, const StrategyChoice& b) {
  const auto key = [](const StrategyChoice& choice) {
    return std::tuple(std::filesystem::path(choice.plugin).stem().string(), choice.strategy,
                      choice.parameters, choice.routes, choice.plugin);
  };
  return key(a) < key(b);
}

absl::StatusOr<RunConfig> ParseRunConfig(std::string_view text, const std::string& name,
                                         const std::vector<Override>& settings) {
  toml::table parsed;
  try {
    parsed = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d: %s", name, error.source().begin.line, error.description()));
  }
  for (const Override& setting : settings) CRUCIBLE_RETURN_IF_ERROR(Apply(setting, parsed));
  RunConfig config;
  absl::Status error;
  ConfigTable root(parsed, name, "", error);
  ReadRoot(root, config);
  if (!error.ok()) return WithSettings(error, settings);
  std::ranges::sort(config.strategies, StrategyBefore);
  // A file is read when its directory is known.
  if (config.calendar.file.empty()) CRUCIBLE_RETURN_IF_ERROR(LoadCalendar("", config.calendar));
  return config;
}

absl::StatusOr<RunConfig> ReadRunConfig(const std::string& path, const std::vector<Override>& settings) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such configuration file", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config, ParseRunConfig(text, path, settings));
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  for (std::string& session : config.sessions) {
    if (std::filesystem::path(session).is_relative()) session = (directory / session).string();
  }
  CRUCIBLE_RETURN_IF_ERROR(LoadModel(directory.string(), config.regimes));
  CRUCIBLE_RETURN_IF_ERROR(LoadFlow(directory.string(), config.market));
  CRUCIBLE_RETURN_IF_ERROR(LoadCalendar(directory.string(), config.calendar));
  for (StrategyChoice& strategy : config.strategies) {
    const bool is_path = strategy.plugin.find('/') != std::string::npos;
    if (is_path && std::filesystem::path(strategy.plugin).is_relative()) {
      strategy.plugin = std::filesystem::absolute(directory / strategy.plugin).lexically_normal().string();
    }
  }
  return config;
}

std::string CanonicalText(const RunConfig& config) {
  std::ostringstream out;
  const auto text = [&](const char* key, const std::string& value) {
    out << key << " = " << QuotedText(value) << "\n";
  };
  const auto number = [&](const char* key, double value) {
    out << key << " = " << absl::StrFormat("%.17g", value) << "\n";
  };
  const auto count = [&](const char* key, std::int64_t value) { out << key << " = " << value << "\n"; };
  const auto duration = [&](const char* key, Duration value) { text(key, FormatDuration(value)); };
  count("seed", config.seed);
  count("checkpoint_records", config.checkpoint_records);
  out << "[venue]\n";
  text("fill_model", config.fill_model);
  if (config.fill_model == "responsive") duration("impact_half_life", config.impact_half_life);
  text("queue_model", config.queue_model);
  count("slippage_ticks", config.slippage_ticks);
  count("volume_percent", config.volume_percent);
  out << "limits_need_through = " << (config.limits_need_through ? "true" : "false") << "\n";
  out << "[venue.latency]\n";
  text("feed", config.latency.feed);
  text("entry", config.latency.entry);
  text("reply", config.latency.reply);
  out << CanonicalText(config.market);
  out << "[fees]\n";
  text("per_trade", config.fee_per_trade);
  text("per_unit", config.fee_per_unit);
  for (const FeeTierChoice& tier : config.fee_tiers) {
    out << "[[fees.tier]]\n";
    text("from_turnover", tier.from_turnover);
    number("maker_bps", tier.maker_bps);
    number("taker_bps", tier.taker_bps);
  }
  out << CanonicalText(config.margin);
  out << CanonicalText(config.calendar);
  out << "[account]\n";
  text("cash", config.cash);
  if (config.equity_by_session) {
    text("equity_interval", "session");
  } else {
    duration("equity_interval", config.equity_interval);
  }
  if (!config.target_gain.empty()) text("target_gain", config.target_gain);
  if (!config.target_loss.empty()) text("target_loss", config.target_loss);
  out << "[risk]\n";
  if (!config.max_order_quantity.empty()) text("max_order_quantity", config.max_order_quantity);
  if (!config.max_order_notional.empty()) text("max_order_notional", config.max_order_notional);
  if (!config.max_position.empty()) text("max_position", config.max_position);
  if (!config.max_gross_exposure.empty()) text("max_gross_exposure", config.max_gross_exposure);
  count("collar_bps", config.collar_bps);
  count("max_open_orders", config.max_open_orders);
  count("max_commands", config.max_commands);
  duration("command_interval", config.command_interval);
  count("reserved_cancels", config.reserved_cancels);
  out << CanonicalText(config.regimes);
  out << CanonicalText(config.rolls);
  out << CanonicalText(config.causes);
  const auto values = [&](const std::map<std::string, std::string>& parameters) {
    for (const auto& [name, value] : parameters)
      out << QuotedText(name) << " = " << QuotedText(value) << "\n";
  };
  for (const StrategyChoice& strategy : config.strategies) {
    out << "[[strategy]]\n";
    text("plugin", strategy.plugin);
    text("strategy", strategy.strategy);
    out << "[strategy.parameters]\n";
    values(strategy.parameters);
    for (const auto& [route, parameters] : strategy.routes) {
      out << "[strategy.route." << QuotedText(route) << "]\n";
      values(parameters);
    }
  }
  for (const ForkChoice& fork : config.forks) {
    out << "[[fork]]\n";
    count("at", fork.at);
    text("parent", fork.parent);
    out << "[fork.set]\n";
    for (const auto& [key, value] : fork.settings)
      out << QuotedText(key) << " = " << QuotedText(value) << "\n";
  }
  return out.str();
}

}  // namespace crucible::runs
