// The value that informed participants believe in: a mean-reverting process (Ornstein-Uhlenbeck), sampled
// exactly at the moments at which somebody looks.
//
//   dv = reversion (mean - v) dt + volatility dW
//
// Byrd, Hybinette, Balch, "ABIDES: towards high-fidelity multi-agent market simulation" (PADS 2020),
// section 4.2.
#pragma once

#include "framework/base/hash.h"
#include "framework/base/random.h"
#include "framework/base/units.h"

namespace crucible::agents {

struct FundamentalSpec {
  double mean = 100'000;  // price units
  double reversion_per_second = 1.67e-7;
  double volatility_per_sqrt_second = 1.6;  // price units
};

class Fundamental {
 public:
  Fundamental(const FundamentalSpec& spec, Nanos start, RandomStream random)
      : spec_(spec), at_(start), value_(spec.mean), random_(std::move(random)) {}
  // REQUIRES: calls in time order.
  double At(Nanos now);
  const FundamentalSpec& spec() const { return spec_; }
  void Hash(StateHasher& hasher) const;

 private:
  FundamentalSpec spec_;
  Nanos at_;
  double value_;
  RandomStream random_;
};

}  // namespace crucible::agents
