// What a predator knows of the market: features of the public quotes that it has asked for, and a guess of
// where the stops of others stand.
//
// The guess is an inference, not a look: whoever trades is assumed to open a position, half of the volume
// long and half short, and to protect it where the textbooks say, at the first multiple of `round` that is at
// least `stop_distance` away. What the price has touched is gone, and the rest fades as positions are closed.
//
// Determinism: additions, multiplications and comparisons of doubles. Allocation: none in steady state.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "simulators/agents/agent.h"
#include "simulators/agents/predator_genome.h"

namespace crucible::agents {

// Volume of the last minute and of the last ten minutes, kept in parts of ten seconds.
class VolumeWindow {
 public:
  void Add(Nanos now, std::int64_t quantity);
  std::int64_t LastMinute(Nanos now) const { return Sum(now, 6); }
  std::int64_t LastTenMinutes(Nanos now) const { return Sum(now, kParts); }
  void Hash(StateHasher& hasher) const;

 private:
  static constexpr std::int64_t kPart = 10'000'000'000;
  static constexpr std::int64_t kParts = 60;
  std::int64_t Sum(Nanos now, std::int64_t parts) const;
  struct Part {
    std::int64_t number = INT64_MIN;
    std::int64_t quantity = 0;
  };
  std::array<Part, kParts> parts_;
};

class PredatorView {
 public:
  PredatorView(const PredatorGenome& genome, PriceDelta tick);

  // REQUIRES: quote.HasBoth(), asked for with depth; in time order.
  void Update(const Quote& quote, Nanos now);
  void AttackEnded(Nanos now) { attack_ended_ = now; }

  // By PredatorFeatures(). Distances in ticks, quantities in lots of the market.
  std::span<const double> values() const { return values_; }
  // Where the guessed stops of longs (below) and shorts (above) are worth most; 0: nowhere within reach.
  Price below() const { return below_; }
  Price above() const { return above_; }
  const VolumeWindow& volume() const { return volume_; }
  void Hash(StateHasher& hasher) const;

 private:
  static constexpr std::size_t kMoments = 8;  // looks back of `momentum`
  struct Guess {
    std::int64_t price = 0;
    double quantity = 0;
  };
  void GuessStops(const Quote& quote, double traded);
  static void AddGuess(std::vector<Guess>& guesses, std::int64_t price, double quantity);
  double Best(const std::vector<Guess>& guesses, std::int64_t touch, Price& best) const;
  void Measure(const Quote& quote, double traded, Nanos now);

  std::int64_t tick_, reach_, round_, stop_distance_;  // price units
  std::vector<Guess> longs_, shorts_;                  // by price; stops of longs stand below the market
  VolumeWindow volume_;
  std::array<double, 15> values_{};
  std::array<double, kMoments> mids_{};
  std::uint64_t looks_ = 0;
  double slow_mid_ = 0, volatility_ = 0, usual_volume_ = 0;
  std::int64_t volume_before_ = 0;
  Price below_, above_;
  double stops_below_ = 0, stops_above_ = 0;
  Nanos attack_ended_{INT64_MIN};
};

}  // namespace crucible::agents
