#include "framework/cli/prey.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/runs/run_setup.h"
#include "framework/event/attack.h"
#include "framework/event/hash_sink.h"
#include "framework/event/order_codes.h"

namespace crucible::cli {
namespace {

// Counts what the metrics of a run do not say.
class CountingSink final : public HashSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    for (const Event& record : records) Count(record);
    return HashSink::Append(records);
  }
  std::int64_t stop_outs() const { return stop_outs_; }
  std::int64_t AttacksOf(std::uint64_t participant) const {
    const auto at = attacks_.find(participant);
    return at == attacks_.end() ? 0 : at->second;
  }

 private:
  void Count(const Event& record) {
    switch (record.kind) {
      case Kind::kIntent:
        last_order_ = As<IntentBody>(record).order_id.value;
        break;
      case Kind::kIntentTerms:
        if (((As<IntentTermsBody>(record).type_tif >> 16) & option::kReduceOnly) != 0)
          reducing_.insert(last_order_);
        break;
      case Kind::kTriggered:
        if (reducing_.contains(As<ReplyBody>(record).order_id.value)) ++stop_outs_;
        break;
      case Kind::kAgentAction: {
        const auto body = As<AgentActionBody>(record);
        const auto action = ParseAction(body.action);
        if (action && action->step == AttackStep::kStrike) ++attacks_[body.participant];
        break;
      }
      default:
        break;
    }
  }

  std::uint64_t last_order_ = 0;
  std::set<std::uint64_t> reducing_;
  std::map<std::uint64_t, std::int64_t> attacks_;
  std::int64_t stop_outs_ = 0;
};

double InCurrency(Int128 money, int decimals) {
  return static_cast<double>(money) / static_cast<double>(kPowersOfTen[static_cast<std::size_t>(decimals)]);
}

std::vector<HunterOutcome> HuntersOf(const runs::SimulatedMarket& market, const Instrument& instrument,
                                     const CountingSink& sink) {
  const exchange::Exchange& exchange = market.venue->exchange();
  std::vector<HunterOutcome> outcomes;
  for (const runs::SimulatedMarket::Hunter& hunter : market.predators) {
    const exchange::AccountState& account = exchange.ledger().account(hunter.owner);
    const Int128 held = Int128{account.position} * exchange.last_price().units * market.money_per_price_unit;
    outcomes.push_back({InCurrency(account.cash + held, instrument.currency_decimals),
                        sink.AttacksOf(hunter.owner), account.bought + account.sold});
  }
  return outcomes;
}

}  // namespace

runs::RunConfig Hunted(const runs::RunConfig& config, const std::vector<std::string>& genomes, std::int64_t seed) {
  runs::RunConfig chosen = config;
  chosen.seed = seed;
  chosen.market.predators = {};
  chosen.market.genomes = genomes;
  return chosen;
}

absl::StatusOr<PreyOutcome> RunPrey(const runs::RunConfig& config, const std::vector<std::string>& genomes,
                                    std::int64_t seed) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup, runs::RunSetup::Create(Hunted(config, genomes, seed), config.sessions));
  CountingSink sink;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, setup.MakeEngine(sink));
  CRUCIBLE_RETURN_IF_ERROR(engine->Run());
  const engine::EngineResult& result = engine->result();
  if (!result.strategy_error.empty()) {
    return absl::FailedPreconditionError(absl::StrFormat("seed %d: %s", seed, result.strategy_error));
  }
  const Instrument& instrument = setup.instruments().front();
  const trading::Metrics& metrics = result.metrics;
  PreyOutcome outcome;
  outcome.seed = seed;
  outcome.profit = InCurrency(metrics.net_profit.units, instrument.currency_decimals);
  outcome.drawdown = InCurrency(metrics.max_drawdown.units, instrument.currency_decimals);
  outcome.fills = static_cast<std::int64_t>(metrics.fills);
  outcome.stop_outs = sink.stop_outs();
  for (const trading::MarkoutStatistics& markout : metrics.markouts) {
    if (markout.n > 0) outcome.worst_markout_bps = std::min(outcome.worst_markout_bps, markout.mean_bps);
  }
  if (metrics.target) {
    outcome.target = metrics.target->result;
    outcome.target_after = metrics.target->after;
  }
  outcome.hunters = HuntersOf(setup.market(), instrument, sink);
  outcome.log_hash = sink.log_hash();
  return outcome;
}

absl::StatusOr<runs::RunConfig> ReadPrey(const std::string& path, const std::vector<runs::Override>& settings,
                                         const std::vector<std::string>& sessions) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(path, settings));
  if (!sessions.empty()) config.sessions = sessions;
  config.market.simulated |= !config.sessions.empty();
  if (config.market.simulated) return config;
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s has neither [market] nor [[session]]: a stress test needs a market that answers", path));
}

}  // namespace crucible::cli
