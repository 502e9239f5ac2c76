// Participants who hunt others.
//
// A predator is an agent like every other: it has latency, pays fees, and sees public quotes, public depth
// and its own fills. From these it infers the rest (PredatorView): where stops should stand, not where they
// do. When its genome's expression says so it strikes, and gets out after a patience:
//
//   stop hunt            trades towards the guessed stops until the price is through them, with resting
//   orders
//                        beyond that take what the stops throw on the market, and leaves when the price
//                        recovers
//   liquidity vacuum     shows depth on both sides, takes it away at once, and trades into the hole
//   spoofing             shows depth on one side, and trades the other way once the price has followed
//   momentum ignition    trades in one direction until others follow, then trades back with them
//   quote stuffing       floods the exchange with orders far from the market and cancels them
//
// It may lose at most its capital, hold at most its inventory limit, and trade no more than participants of
// recorded markets were seen to (PredatorLimits). Whatever it does is a fact of the run: agent_action records
// for each step, and one for each of its trades (docs/guides/stress.md).
//
// What each is known for: D. Leinweber, A. Madhavan, "Three hundred years of stock market manipulation"
// (Journal of Investing 10, 2001); E. J. Lee, K. S. Eom, K. S. Park, "Microstructure-based manipulation"
// (Journal of Financial Markets 16, 2013).
#pragma once

#include <cstdint>
#include <memory>

#include "simulators/agents/agent.h"
#include "simulators/agents/predator_genome.h"
#include "simulators/agents/traders.h"

namespace crucible::agents {

using PredatorStep = AttackStep;

// How much one participant may do. The shares are what was recorded on NASDAQ on 2012-06-21 (AAPL): 99 % of
// minutes had no single aggressive order above 30 % of their volume, and 99 % of ten minutes were one-sided
// by no more than 39 % of theirs. docs/guides/stress.md says how they were taken.
struct PredatorLimits {
  Money capital{1'000'000'000'000};  // what it may lose, currency units of 10^-8
  std::int64_t inventory = 5'000;
  double blow_share = 0.30;  // of the last minute's volume, in one order
  double share = 0.39;       // of the volume of the last ten minutes, in all orders that take
};

// `money_per_price_unit`: what one unit of quantity is worth per unit of price, in money units.
std::unique_ptr<Agent> MakePredator(const PredatorGenome& genome, const TraderRules& rules,
                                    const PredatorLimits& limits, std::int64_t money_per_price_unit,
                                    RandomStream random);

}  // namespace crucible::agents
