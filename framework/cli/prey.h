// What becomes of strategies in a simulated market, and of those who hunt them there: one unjournaled run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/runs/run_config.h"
#include "framework/trading/time_to_target.h"

namespace crucible::cli {

struct HunterOutcome {
  double profit = 0;         // account currency, position at the last trade's price, fees paid
  std::int64_t attacks = 0;  // strikes
  std::int64_t traded = 0;   // lots, bought and sold
};

// Amounts in the account's currency.
struct PreyOutcome {
  std::int64_t seed = 0;
  double profit = 0, drawdown = 0;
  double worst_markout_bps = 0;  // the lowest mean over the horizons; 0 without fills
  std::int64_t stop_outs = 0;    // own reduce-only stops that were elected
  std::int64_t fills = 0;
  trading::TargetResult target = trading::TargetResult::kCensored;
  Duration target_after;
  std::vector<HunterOutcome> hunters;  // in the order of the market's predators
  Hash128 log_hash;

  double hunters_profit() const {
    double sum = 0;
    for (const HunterOutcome& hunter : hunters) sum += hunter.profit;
    return sum;
  }
};

// `config` with the seed, and with the genomes as the only predators. Thread-safe, as far as the strategies
// are: a plugin that shares state between its instances is not.
runs::RunConfig Hunted(const runs::RunConfig& config, const std::vector<std::string>& genomes, std::int64_t seed);
// kFailedPrecondition: a strategy failed; the message names the seed.
absl::StatusOr<PreyOutcome> RunPrey(const runs::RunConfig& config, const std::vector<std::string>& genomes,
                                    std::int64_t seed);

// Reads the configuration of a stress test, whose market is simulated: with sessions, the file's or `sessions` in
// their place, made of their recorded orders. kInvalidArgument when it has neither.
absl::StatusOr<runs::RunConfig> ReadPrey(const std::string& path, const std::vector<runs::Override>& settings,
                                         const std::vector<std::string>& sessions = {});

}  // namespace crucible::cli
