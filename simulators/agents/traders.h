// The ordinary participants of an agent market.
//
// Noise, value, momentum and market makers follow the roles of ABIDES' reference configuration RMSC04
// (Amrouni, Moulin, Vann, Vyetrenko, Balch, Veloso: "ABIDES-Gym", ICAIF 2021) in simplified form: each wakes,
// asks for the quote, and acts on the answer when it comes. Stop carriers hold positions with stops at
// obvious places, so that there are clusters of stops. Zero-intelligence traders act at random around the
// quote.
#pragma once

#include <cstdint>
#include <vector>

#include "simulators/agents/agent.h"
#include "simulators/agents/fundamental.h"

namespace crucible::agents {

// What all traders of a market share.
struct TraderRules {
  PriceDelta tick{1};
  std::int64_t lot = 1;
  std::int64_t mean_lots = 30;  // of an order: exponential, at least 1
  Price opening;                // where an empty side is quoted around
  Nanos end = kEndOfTime;       // nobody wakes after it
};

// Best bid and ask, with empty sides filled in around what is known.
struct Touch {
  Price bid, ask;
  std::int64_t doubled_mid() const { return bid.units + ask.units; }
};
Touch TouchOf(const Quote& quote, const TraderRules& rules);

// Wakes at random times of a given mean distance, and buys at the ask or sells at the bid by a coin's toss.
class NoiseTrader final : public Agent {
 public:
  NoiseTrader(const TraderRules& rules, Duration mean_wait, RandomStream random)
      : Agent(std::move(random)), rules_(rules), mean_wait_(mean_wait) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  const TraderRules& rules_;
  Duration mean_wait_;
};

// Observes the fundamental value with noise, believes in a running estimate of it, and trades towards it; one
// time in ten at the quote, else up to `depth` spreads inside its own side.
class ValueTrader final : public Agent {
 public:
  ValueTrader(const TraderRules& rules, Duration mean_wait, double observation_noise,
              Fundamental& fundamental, RandomStream random)
      : Agent(std::move(random)),
        rules_(rules),
        mean_wait_(mean_wait),
        noise_(observation_noise),
        fundamental_(fundamental),
        estimate_(fundamental.spec().mean) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  void HashMemory(StateHasher& hasher) const override;
  const TraderRules& rules_;
  Duration mean_wait_;
  double noise_;
  Fundamental& fundamental_;
  double estimate_;
  double uncertainty_ = 1e12;  // variance of the estimate
  Nanos looked_{INT64_MIN};
};

// Buys when the mean of its last few mids is above the mean of more of them by a threshold, sells when below.
class MomentumTrader final : public Agent {
 public:
  struct Spec {
    std::size_t few = 20, more = 50;  // looks
    std::int64_t threshold_ticks = 0;
    std::int64_t most_lots = 10;  // of an order: uniform from 1
  };
  MomentumTrader(const TraderRules& rules, Duration mean_wait, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), mean_wait_(mean_wait), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  void HashMemory(StateHasher& hasher) const override;
  const TraderRules& rules_;
  Duration mean_wait_;
  Spec spec_;
  std::vector<std::int64_t> sums_{0};  // of doubled mids
};

// Cancels and quotes anew at each wake: `levels` prices on each side of the mid, each a share of recent
// volume. Leans against its position, and stops quoting a side beyond its inventory limit. After a mid that has
// moved by `withdraw_ticks` between two wakes it quotes nothing for `withdraw_wakes`: depth is gone when it is
// wanted most, as in May 2010 (Kirilenko, Kyle, Samadi, Tuzun, "The Flash Crash", Journal of Finance 72, 2017).
class MarketMaker final : public Agent {
 public:
  struct Spec {
    Duration wait{10'000'000'000};
    int levels = 10;
    std::int64_t step_ticks = 1;  // between levels
    double volume_share = 0.025;
    std::int64_t least_lots = 1;
    std::int64_t inventory_limit = 20'000;
    std::int64_t withdraw_ticks = 0;  // 0: never withdraws
    int withdraw_wakes = 3;
  };
  MarketMaker(const TraderRules& rules, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  void HashMemory(StateHasher& hasher) const override;
  const TraderRules& rules_;
  Spec spec_;
  std::int64_t volume_before_ = 0;
  std::int64_t doubled_mid_before_ = 0;
  int away_ = 0;  // wakes without quotes that are left
};

// Enters in either direction and leaves a reduce-only stop where the textbooks put it: at the next round price
// beyond a distance, or, for a share of them, just beyond the recent extreme when that is near enough. Enters
// again after the stop has done its work. Clusters at round prices: C. Osler, "Stop-loss orders and price
// cascades in currency markets" (Journal of International Money and Finance 24, 2005).
class StopCarrier final : public Agent {
 public:
  struct Spec {
    Duration mean_wait{60'000'000'000};
    std::int64_t stop_ticks = 20;   // at least so far from the entry
    std::int64_t round_ticks = 10;  // stops stand at multiples of it
    double extreme_share = 0;       // of the stops that stand beyond the recent low or high
  };
  StopCarrier(const TraderRules& rules, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;
  void OnFill(Side side, Price price, std::int64_t quantity, Port& port) override;

 private:
  void HashMemory(StateHasher& hasher) const override;
  Price StopFor(Side side, Price entry);

  const TraderRules& rules_;
  Spec spec_;
  Price low_, high_;  // of the last quote seen
};

// Limit orders at uniform distances within a band, market orders and cancellations, each at its own rate:
// Smith, Farmer, Gillemot, Krishnamurthy, "Statistical theory of the continuous double auction" (Quantitative
// Finance 3, 2003).
class ZeroIntelligenceTrader final : public Agent {
 public:
  struct Spec {
    Duration mean_wait{1'000'000'000};
    int band_ticks = 40;
    double market_share = 0.1;
    double cancel_share = 0.4;
  };
  ZeroIntelligenceTrader(const TraderRules& rules, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  const TraderRules& rules_;
  Spec spec_;
};

}  // namespace crucible::agents
