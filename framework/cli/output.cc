#include "framework/cli/output.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/base/readable.h"
#include "framework/base/time_text.h"
#include "framework/cli/progress.h"

namespace crucible::cli {
namespace {

using trading::Metrics;

// "1,234.5" from "1234.500000": thousands, and no more zeros than two decimals need.
std::string Readable(std::string text) {
  const std::size_t least = text.find('.') + 3;
  while (text.size() > least && text.back() == '0') text.pop_back();
  return GroupDigits(std::move(text));
}

std::string MoneyText(Money money, int decimals, const std::string& currency) {
  return ReadableDecimal(money.units, decimals, 2) + (currency.empty() ? "" : " " + currency);
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", 100 * share); }

std::string Ratio(const std::optional<double>& value) {
  return value ? absl::StrFormat("%.2f", *value) : "undefined";
}

void Row(const char* name, const std::string& value) { std::printf("  %-22s %s\n", name, value.c_str()); }

void PrintInputs(const runs::RunSetup& setup) {
  for (const runs::Session& session : setup.sessions()) {
    Row("session", absl::StrFormat("%s (%s, %s records)", session.path, decode::Name(session.completeness),
                                   WithThousands(session.head.last_seq)));
  }
  for (const runs::StrategyChoice& strategy : setup.config().strategies) Row("strategy", strategy.strategy);
  for (const std::string& warning : setup.warnings()) Row("warning", warning);
}

// "12 (10 order_quantity, 2 message_rate)"
std::string DenialsText(const engine::EngineResult& result) {
  std::uint64_t all = 0;
  std::vector<std::string> rules;
  for (const auto& [rule, count] : result.denials) {
    all += count;
    rules.push_back(absl::StrFormat("%s %s", WithThousands(count), trading::Name(rule)));
  }
  return absl::StrFormat("%s (%s)", WithThousands(all), absl::StrJoin(rules, ", "));
}

void PrintOrders(const engine::EngineResult& result) {
  const Metrics& metrics = result.metrics;
  const trading::OrderCounts& orders = metrics.orders;
  Row("orders", absl::StrFormat("%s sent, %s with a fill (%s), %s cancelled, %s rejected",
                                WithThousands(orders.submitted), WithThousands(orders.with_fill),
                                Percent(metrics.fill_rate), WithThousands(orders.canceled),
                                WithThousands(orders.rejected)));
  if (!result.denials.empty()) Row("denied by risk gate", DenialsText(result));
  Row("fills", WithThousands(metrics.fills));
  if (metrics.fills_refused > 0) Row("fills refused", WithThousands(metrics.fills_refused));
}

void PrintMoney(const Metrics& metrics, int decimals, const std::string& currency) {
  const auto money = [&](Money amount) { return MoneyText(amount, decimals, currency); };
  Row("net profit", money(metrics.net_profit));
  Row("  realised", money(metrics.realised));
  Row("  unrealised", money(metrics.unrealised));
  std::string kinds =
      absl::StrFormat("maker %s, taker %s, fixed %s, rebates %s", money(metrics.fees.maker),
                      money(metrics.fees.taker), money(metrics.fees.fixed), money(metrics.fees.rebates));
  if (metrics.fees.funding != Money{}) kinds += ", funding " + money(metrics.fees.funding);
  if (metrics.fees.liquidation != Money{}) kinds += ", liquidation " + money(metrics.fees.liquidation);
  Row("  fees", absl::StrFormat("%s (%s)", money(metrics.fees.total()), kinds));
  Row("max drawdown", absl::StrFormat("%s (%s of the peak)", money(metrics.max_drawdown),
                                      Percent(metrics.equity.max_drawdown_fraction)));
  Row("turnover", absl::StrFormat("%.2f x equity", metrics.turnover_per_equity));
  Row("time in market", Percent(metrics.exposure_time));
  const std::string sampling = absl::StrFormat("n = %d returns of %s", metrics.equity.returns,
                                               FormatDuration(metrics.equity.interval));
  Row("Sharpe, Sortino", absl::StrFormat("%s, %s annualised (%s)", Ratio(metrics.equity.sharpe),
                                         Ratio(metrics.equity.sortino), sampling));
}

void PrintMarkouts(const Metrics& metrics) {
  if (metrics.fills == 0) return;
  for (const trading::MarkoutStatistics& markout : metrics.markouts) {
    if (markout.n == 0) continue;
    Row("markout", absl::StrFormat("%+.3f bps after %s (n = %d, sd %.3f, %s positive)", markout.mean_bps,
                                   FormatDuration(markout.horizon), markout.n, markout.deviation_bps,
                                   Percent(markout.share_positive)));
  }
}

void PrintTarget(const Metrics& metrics) {
  if (!metrics.target) return;
  static constexpr const char* kResults[] = {"neither, censored", "reached the gain", "hit the loss first"};
  Row("time to target",
      absl::StrFormat("%s after %s", kResults[static_cast<std::size_t>(metrics.target->result)],
                      FormatDuration(metrics.target->after)));
}

}  // namespace

void PrintError(Terminal& terminal, const absl::Status& status) {
  if (terminal.json) {
    const nlohmann::ordered_json json = {{"error", std::string(status.message())},
                                         {"code", absl::StatusCodeToString(status.code())}};
    std::printf("%s\n", json.dump(2).c_str());
  }
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  terminal.exit_code = 2;
}

absl::Status CheckReplaceable(const std::string& path, std::string_view beginning, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::OkStatus();
  std::string found(beginning.size(), '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (file.gcount() == 0 || found == beginning) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrFormat("%s is there and is no %s; choose another output, or remove it", path, what));
}

void PrintReport(const decode::ImportReport& report) {
  std::printf("%s, %s\n", report.format.c_str(), std::string(decode::Name(report.completeness)).c_str());
  for (const Instrument& instrument : report.instruments) {
    Row("instrument", absl::StrFormat("%s, tick %s, lot %s %s", FullName(instrument),
                                      FormatDecimal(instrument.tick_size.units, instrument.price_decimals),
                                      FormatDecimal(instrument.lot_size.units, instrument.quantity_decimals),
                                      instrument.contract == Contract::kInverse ? "(inverse)" : ""));
  }
  if (!report.passed_over.empty()) Row("passed over", absl::StrJoin(report.passed_over, ", "));
  if (report.records > 0)
    Row("time", FormatTimestamp(report.first_time) + " to " + FormatTimestamp(report.last_time));
  Row("records", WithThousands(report.records));
  for (const auto& count : report.counts) Row(("  " + count.kind).c_str(), WithThousands(count.count));
  if (report.clock_offset_estimated) {
    Row("clock offset", FormatDuration(report.clock_offset) + " (receive minus exchange clock; re-based)");
  }
  if (report.max_feed_latency.nanos > 0) {
    Row("feed latency",
        FormatDuration(report.min_feed_latency) + " to " + FormatDuration(report.max_feed_latency));
  }
  for (const auto& measure : report.measures) {
    Row(measure.name.c_str(), Readable(std::to_string(measure.value)));
  }
  std::printf(report.findings.empty() ? "  no findings\n" : "findings\n");
  for (const auto& finding : report.findings) {
    std::printf("  %-8s %-18s %s times, first at %s: %s\n           %s\n",
                std::string(decode::Name(finding.severity)).c_str(), finding.name.c_str(),
                WithThousands(finding.count).c_str(), decode::ToString(finding.first).c_str(),
                finding.detail.c_str(), finding.advice.c_str());
  }
}

namespace {

// Of each instrument whose recorded flow was submitted again.
template <class Visit>
void ForEachFlow(const runs::RunSetup& setup, Visit&& visit) {
  for (std::size_t i = 0; i < setup.instruments().size(); ++i)
    if (const auto* flow = setup.flow(i)) visit(setup.instruments()[i], flow->counts());
}

void PrintFlows(const runs::RunSetup& setup) {
  ForEachFlow(setup, [](const Instrument& instrument, const responsive::ResponsiveCounts& counts) {
    std::printf("recorded flow of %s at the exchange\n", FullName(instrument).c_str());
    Row("records", WithThousands(counts.records) + ", forced " + WithThousands(counts.forced()));
    Row("executions", WithThousands(counts.executions) + ", of the recorded order " +
                          WithThousands(counts.hit + counts.ahead) + ", of another " +
                          WithThousands(counts.stood_in) + ", with intruders " +
                          WithThousands(counts.intruded) + ", dropped " + WithThousands(counts.dropped));
    Row("cancels", WithThousands(counts.cancels) + ", order gone " + WithThousands(counts.cancels_gone));
    Row("add would cross", WithThousands(counts.posted) + " posted at the touch");
  });
}

nlohmann::ordered_json FlowsJson(const runs::RunSetup& setup) {
  nlohmann::ordered_json flows = nlohmann::ordered_json::array();
  ForEachFlow(setup, [&](const Instrument& instrument, const responsive::ResponsiveCounts& counts) {
    flows.push_back({{"instrument", FullName(instrument)},
                     {"records", counts.records},
                     {"forced", counts.forced()},
                     {"revealed", counts.revealed},
                     {"cut", counts.cut},
                     {"posted", counts.posted},
                     {"refused", counts.refused},
                     {"executions", counts.executions},
                     {"hit", counts.hit},
                     {"ahead", counts.ahead},
                     {"stood_in", counts.stood_in},
                     {"intruded", counts.intruded},
                     {"gone", counts.gone},
                     {"dropped", counts.dropped},
                     {"cancels_gone", counts.cancels_gone},
                     {"unknown", counts.unknown},
                     {"outlived", counts.outlived},
                     {"calls", counts.calls}});
  });
  return flows;
}

}  // namespace

void PrintResult(const runs::RunSetup& setup, const runs::RunOutcome& outcome) {
  const engine::EngineResult& result = outcome.result;
  const Instrument& first = setup.instruments().front();
  std::printf("run\n");
  PrintInputs(setup);
  Row("time", FormatTimestamp(result.first_time) + " to " + FormatTimestamp(result.last_time));
  std::printf("result\n");
  PrintOrders(result);
  PrintMoney(result.metrics, first.currency_decimals, first.settle_currency);
  PrintMarkouts(result.metrics);
  PrintTarget(result.metrics);
  PrintFlows(setup);
  for (const std::string& line : result.prints) Row("strategy says", line);
  if (!result.strategy_error.empty()) Row("ENDED EARLY", result.strategy_error);
  std::printf("identity\n");
  Row("market records", WithThousands(result.market_records));
  Row("run records", WithThousands(result.records));
  Row("log hash", ToHex(outcome.log_hash));
}

nlohmann::ordered_json ResultJson(const runs::RunSetup& setup, const runs::RunOutcome& outcome) {
  const engine::EngineResult& result = outcome.result;
  const Metrics& metrics = result.metrics;
  const Instrument& first = setup.instruments().front();
  const auto money = [&](Money amount) { return FormatDecimal(amount.units, first.currency_decimals); };
  const auto optional = [](const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
  };
  nlohmann::ordered_json json;
  json["identity"] = ToHex(setup.identity());
  json["log_hash"] = ToHex(outcome.log_hash);
  json["market_records"] = result.market_records;
  json["records"] = result.records;
  json["first_time"] = FormatTimestamp(result.first_time);
  json["last_time"] = FormatTimestamp(result.last_time);
  json["strategy_error"] = result.strategy_error;
  json["warnings"] = setup.warnings();
  if (setup.flow(0) != nullptr) json["recorded_flow"] = FlowsJson(setup);
  json["resumed_at"] = outcome.resumed_at;
  json["currency"] = first.settle_currency;
  json["net_profit"] = money(metrics.net_profit);
  json["realised"] = money(metrics.realised);
  json["unrealised"] = money(metrics.unrealised);
  json["fees"] = {{"total", money(metrics.fees.total())},
                  {"maker", money(metrics.fees.maker)},
                  {"taker", money(metrics.fees.taker)},
                  {"fixed", money(metrics.fees.fixed)},
                  {"rebates", money(metrics.fees.rebates)},
                  {"funding", money(metrics.fees.funding)},
                  {"liquidation", money(metrics.fees.liquidation)}};
  json["max_drawdown"] = money(metrics.max_drawdown);
  json["orders"] = {{"submitted", metrics.orders.submitted},
                    {"with_fill", metrics.orders.with_fill},
                    {"canceled", metrics.orders.canceled},
                    {"rejected", metrics.orders.rejected},
                    {"cancel_requests", metrics.orders.cancel_requests}};
  json["risk_denials"] = nlohmann::ordered_json::object();
  for (const auto& [rule, count] : result.denials)
    json["risk_denials"][std::string(trading::Name(rule))] = count;
  json["fills"] = metrics.fills;
  json["fill_rate"] = metrics.fill_rate;
  json["cancel_rate"] = metrics.cancel_rate;
  json["exposure_time"] = metrics.exposure_time;
  json["turnover_per_equity"] = metrics.turnover_per_equity;
  json["sharpe"] = {{"value", optional(metrics.equity.sharpe)},
                    {"sortino", optional(metrics.equity.sortino)},
                    {"n", metrics.equity.returns},
                    {"interval", FormatDuration(metrics.equity.interval)},
                    {"periods_per_year", metrics.equity.periods_per_year}};
  for (const auto& markout : metrics.markouts) {
    json["markouts"].push_back({{"horizon", FormatDuration(markout.horizon)},
                                {"n", markout.n},
                                {"censored", markout.censored},
                                {"mean_bps", markout.mean_bps},
                                {"deviation_bps", markout.deviation_bps}});
  }
  return json;
}

}  // namespace crucible::cli
