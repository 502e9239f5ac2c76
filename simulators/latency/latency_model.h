// How long a message is on its way. One draw per message from the model's own random stream.
//
// Unrealistic: draws are independent of each other, of load and of volatility; real latency comes in bursts.
// Threads: thread-compatible.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/random.h"
#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::latency {

// No sample is longer: a draw beyond it is cut here.
inline constexpr Duration kMaxLatency{3'600'000'000'000};

class LatencyModel {
 public:
  virtual ~LatencyModel() = default;
  // Latency of a message sent at `at`: 0 to kMaxLatency.
  virtual Duration Sample(Nanos at) = 0;
  virtual void Hash(StateHasher& hasher) const = 0;
};

// shift + an exponential waiting time of the given mean: a floor set by the wire and a memoryless queue.
class ExponentialLatency final : public LatencyModel {
 public:
  ExponentialLatency(Duration mean, Duration shift, RandomStream stream);
  Duration Sample(Nanos at) override;
  void Hash(StateHasher& hasher) const override;

 private:
  Duration mean_, shift_;
  RandomStream stream_;
};

// shift + a lognormal time of the given median; sigma is the standard deviation of its logarithm.
class LognormalLatency final : public LatencyModel {
 public:
  LognormalLatency(Duration median, double sigma, Duration shift, RandomStream stream);
  Duration Sample(Nanos at) override;
  void Hash(StateHasher& hasher) const override;

 private:
  Duration median_, shift_;
  double sigma_;
  RandomStream stream_;
};

// shift + a measured distribution: `quantiles` are its values at equally spaced probabilities from 0
// (minimum) to 1 (maximum), linear in between.
class EmpiricalLatency final : public LatencyModel {
 public:
  // REQUIRES: at least two quantiles, not negative, ascending.
  EmpiricalLatency(std::vector<Duration> quantiles, Duration shift, RandomStream stream);
  Duration Sample(Nanos at) override;
  void Hash(StateHasher& hasher) const override;

 private:
  std::vector<Duration> quantiles_;
  Duration shift_;
  RandomStream stream_;
};

// What a specification says. `model` is null for a constant, and `shift` then is that constant.
struct LatencySpec {
  bool recorded = false;  // `shift` comes on top of the recorded receive time
  Duration shift;
  std::unique_ptr<LatencyModel> model;
};

// Reads one of
//   "1ms"                        constant
//   "recorded", "recorded+1ms"   as the session recorded it (feeds only), plus a constant
//   "exponential:500us+1ms"      mean, and optional shift
//   "lognormal:500us,0.4+1ms"    median, sigma, and optional shift
//   "empirical:1ms,2ms,9ms+1ms"  quantiles from minimum to maximum, and optional shift
// kInvalidArgument names the part that cannot be read, and what would be valid.
absl::StatusOr<LatencySpec> ParseLatency(std::string_view text, RandomStream stream);

}  // namespace crucible::latency
