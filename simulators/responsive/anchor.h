// How far the simulated market has been moved away from the recorded one: recorded prices plus this offset
// are the prices at which recorded orders are submitted again.
//
// Rule. What an intruder's trade does to the mid is added to the displacement, and the displacement halves
// every `half_life`:
//
//   d(t) = sum over the intruder's trades i of  (mid after - mid before)_i  x  2^(-(t - t_i) / half_life)
//
// rounded to whole ticks, halves away from zero. It is the transient impact of Bouchaud, Gefen, Potters and
// Wyart, "Fluctuations and response in financial markets" (Quantitative Finance 4, 2004), equation 12, with
// an exponential kernel, applied to what the trade did to this book. Trades of the recorded flow move it not
// at all: without an intruder it is 0 for ever.
//
// Determinism: exponentials from framework/base/math.h. Threads: thread-compatible.
#pragma once

#include "framework/base/hash.h"
#include "framework/base/units.h"

namespace crucible::responsive {

class Anchor {
 public:
  // half_life 0: recorded orders come at their recorded prices, whatever the intruder does. kForever: what an
  // intruder did never decays. REQUIRES: tick > 0, half_life >= 0.
  static constexpr Duration kForever{INT64_MAX};
  Anchor(PriceDelta tick, Duration half_life) : tick_(tick), half_life_(half_life) {}

  // An intruder's trade moved the sum of best bid and best ask by `doubled_units`. Calls in time order.
  void Move(Nanos at, std::int64_t doubled_units);
  PriceDelta OffsetAt(Nanos at) const;
  void Hash(StateHasher& hasher) const;

 private:
  double DisplacementAt(Nanos at) const;

  PriceDelta tick_;
  Duration half_life_;
  double displacement_ = 0;  // price units, at since_
  Nanos since_;
};

}  // namespace crucible::responsive
