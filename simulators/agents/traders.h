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
  const TraderRules& rules_;
  Duration mean_wait_;
  double noise_;
  Fundamental& fundamental_;
  double estimate_;
  double uncertainty_ = 1e12;  // variance of the estimate
  Nanos looked_{INT64_MIN};
};

// Buys when the mean of the last 20 mids is above the mean of the last 50, sells when below.
class MomentumTrader final : public Agent {
 public:
  MomentumTrader(const TraderRules& rules, Duration mean_wait, RandomStream random)
      : Agent(std::move(random)), rules_(rules), mean_wait_(mean_wait) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  static constexpr std::size_t kShort = 20, kLong = 50;
  const TraderRules& rules_;
  Duration mean_wait_;
  std::vector<std::int64_t> sums_{0};  // of doubled mids
};

// Cancels and quotes anew at each wake: `levels` prices on each side of the mid, each a share of recent
// volume. Leans against its position, and stops quoting a side beyond its inventory limit.
class MarketMaker final : public Agent {
 public:
  struct Spec {
    Duration wait{10'000'000'000};
    int levels = 10;
    double volume_share = 0.025;
    std::int64_t least_lots = 1;
    std::int64_t inventory_limit = 20'000;
  };
  MarketMaker(const TraderRules& rules, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;

 private:
  const TraderRules& rules_;
  Spec spec_;
  std::int64_t volume_before_ = 0;
};

// Enters in either direction and leaves a reduce-only stop at the next round price beyond a distance; enters
// again after the stop has done its work.
class StopCarrier final : public Agent {
 public:
  struct Spec {
    Duration mean_wait{60'000'000'000};
    std::int64_t stop_ticks = 20;   // at least so far from the entry
    std::int64_t round_ticks = 10;  // stops stand at multiples of it
  };
  StopCarrier(const TraderRules& rules, const Spec& spec, RandomStream random)
      : Agent(std::move(random)), rules_(rules), spec_(spec) {}
  void OnWake(Port& port) override;
  void OnQuote(const Quote& quote, Port& port) override;
  void OnFill(Side side, Price price, std::int64_t quantity, Port& port) override;

 private:
  const TraderRules& rules_;
  Spec spec_;
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
