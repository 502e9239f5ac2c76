// Participants who hunt others.
//
// A predator is an agent like every other: it has latency, pays fees, sees only public quotes and its own
// fills, and infers the rest (where stops should stand, not where they do). It may lose at most its capital,
// hold at most its inventory limit, and send at most a share of the volume that has traded. Whatever it does
// it notes as a fact of the run (agent_action), so that a run can say which attack did what.
//
//   stop hunt            pushes the price through the nearest round price, where stops should stand, and
//   trades back liquidity vacuum     quotes large sizes, takes them away at once, and takes what is left of
//   the thin side spoofing             layers large orders on one side, fills a small order on the other, and
//   cancels the layers momentum ignition    trades in one direction until others follow, then sells to them
//   quote stuffing       floods the exchange with orders far from the market and cancels them
//
// What each is known for: D. Leinweber, A. Madhavan, "Three hundred years of stock market manipulation"
// (Journal of Investing 10, 2001); E. J. Lee, K. S. Eom, K. S. Park, "Microstructure-based manipulation"
// (Journal of Financial Markets 16, 2013).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "simulators/agents/agent.h"
#include "simulators/agents/traders.h"

namespace crucible::agents {

enum class PredatorKind : std::uint8_t {
  kStopHunt = 1,
  kLiquidityVacuum = 2,
  kSpoofing = 3,
  kMomentumIgnition = 4,
  kQuoteStuffing = 5,
};
inline constexpr int kPredatorKinds = 5;
// "stop-hunt", ...
std::string_view Name(PredatorKind kind);
std::optional<PredatorKind> PredatorFromName(std::string_view name);

// agent_action: kind + 256 x step.
enum class PredatorStep : std::uint8_t { kStrike = 1, kUnwind = 2, kWithdraw = 3, kDone = 4, kRuined = 5 };

// How one attacks. The genes of a predator.
struct PredatorGenome {
  std::int64_t size = 200;           // of one blow
  int blows = 5;                     // per attack, or layers
  std::int64_t reach_ticks = 15;     // how far from the market a target may lie
  std::int64_t round_ticks = 10;     // where stops are expected
  Duration patience{2'000'000'000};  // from the strike to the way out
  Duration pause{20'000'000'000};    // between attacks
  Duration look{250'000'000};        // between looks at the market
};

struct PredatorLimits {
  Money capital{1'000'000'000'000};  // what it may lose, currency units of 10^-8
  std::int64_t inventory = 5'000;
  double participation = 0.2;  // of the volume traded so far; its first blow is free
};

// What one unit of quantity is worth per unit of price, in money units.
std::unique_ptr<Agent> MakePredator(PredatorKind kind, const TraderRules& rules, const PredatorGenome& genome,
                                    const PredatorLimits& limits, std::int64_t money_per_price_unit,
                                    RandomStream random);

}  // namespace crucible::agents
