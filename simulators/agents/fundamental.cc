#include "simulators/agents/fundamental.h"

#include "framework/base/math.h"

namespace crucible::agents {

double Fundamental::At(Nanos now) {
  if (now <= at_) return value_;
  const double seconds = static_cast<double>((now - at_).nanos) * 1e-9;
  at_ = now;
  const double kappa = spec_.reversion_per_second;
  const double keep = Exp(-kappa * seconds);
  const double variance = kappa > 0 ? -Expm1(-2 * kappa * seconds) / (2 * kappa) : seconds;
  value_ = spec_.mean + (value_ - spec_.mean) * keep +
           spec_.volatility_per_sqrt_second * Sqrt(variance) * random_.Normal();
  return value_;
}

void Fundamental::Hash(StateHasher& hasher) const {
  hasher.Add(at_.since_epoch);
  hasher.Add(value_);
  random_.Hash(hasher);
}

}  // namespace crucible::agents
