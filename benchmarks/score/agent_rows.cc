// An agent market of ABIDES' reference shape, journal included.

#include <filesystem>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "framework/engine/engine.h"
#include "framework/journal/journal.h"
#include "simulators/agents/agent_market.h"
#include "simulators/exchange/exchange_venue.h"

namespace crucible::score {
namespace {

struct AgentRun {
  double seconds = 0;
  std::uint64_t messages = 0;
  std::uint64_t records = 0;
};

absl::StatusOr<AgentRun> RunAgents(const Options& options, Duration length) {
  const std::string path = options.scratch + "/agents.run";
  std::filesystem::remove(path);
  const double start = CpuSeconds();
  agents::AgentMarketConfig config;  // 2 market makers, 102 value, 12 momentum, 1000 noise traders
  config.length = length;
  config.rules.opening = {100'000};
  CRUCIBLE_ASSIGN_OR_RETURN(auto market, agents::AgentMarket::Create(config, 1));
  exchange::MarketRules rules;
  rules.instrument = {.venue = "simulated",
                      .symbol = "SIM",
                      .currency = "USD",
                      .settle_currency = "USD",
                      .price_decimals = 2};
  CRUCIBLE_ASSIGN_OR_RETURN(auto venue, exchange::ExchangeVenue::Create({0}, rules, market.get()));
  engine::EngineConfig run;
  run.desk.instruments.push_back(
      {rules.instrument, {.type = book::BookType::kL3, .dense_ids = true}, {}, {}});
  run.venues = {venue.get()};
  run.latency = {"1ms", "1ms", "1ms"};
  run.until = config.start + length;
  CRUCIBLE_ASSIGN_OR_RETURN(auto journal,
                            journal::Journal::Create(path, {"benchmark", "running", 1, "", "{}"}));
  CRUCIBLE_ASSIGN_OR_RETURN(auto appender, journal.OpenAppender("run", journal::AppendMode::kContinue));
  engine::NoSource source;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, engine::Engine::Create(run, source, *appender));
  CRUCIBLE_RETURN_IF_ERROR(engine->Run());
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  return AgentRun{CpuSeconds() - start, market->messages(), engine->result().records};
}

}  // namespace

Rows AgentRows(Options& options) {
  Rows rows;
  if (!Wanted(options, "agents/rmsc04")) return rows;
  const double hours = options.smoke ? 0.5 : 36;
  AgentRun run;
  bool ok = true;
  const double seconds = Best(options.smoke ? 1 : 3, [&] {
    const auto found = RunAgents(options, {static_cast<std::int64_t>(hours * 3.6e12)});
    ok = ok && found.ok();
    if (found.ok()) run = *found;
    return found.ok() ? found->seconds : 0;
  });
  if (!ok) return rows;
  const double nanos = seconds * 1e9 / static_cast<double>(run.messages);
  // ABIDES' best on such a machine, as stated for it: 38 thousand messages a second. Wanted: 3 million.
  rows.push_back(RatioAtLeast(
      "agents/rmsc04/messages", nanos, "ns/message", "ABIDES, stated", 1e9 / 38'000, 3'000'000 / 38'000.0,
      absl::StrFormat("1 exchange, 2 market makers, 102 value, 12 momentum, 1000 noise agents; %d "
                      "messages, %.2f M a second, %d journaled records, %.1f simulated hours",
                      run.messages, 1e3 / nanos, run.records, hours)));
  rows.push_back(
      AtMost("agents/rmsc04/simulated-hour", seconds / hours * 1000, "ms CPU/hour", 100,
             absl::StrFormat("%.0f messages a simulated hour", static_cast<double>(run.messages) / hours)));
  return rows;
}

}  // namespace crucible::score
