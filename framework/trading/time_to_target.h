// Velocity (TTT, time to target): how long an equity curve takes to gain X before it loses Y. A curve that
// does neither is censored at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"

namespace crucible::trading {

struct TargetConfig {
  Money gain;  // X, above the starting equity
  Money loss;  // Y, below it
  // kInvalidArgument names the key and its valid range.
  absl::Status Validate() const;
};

enum class TargetResult : std::uint8_t { kCensored = 0, kReached = 1, kLost = 2 };

struct TargetOutcome {
  TargetResult result = TargetResult::kCensored;
  Duration after;  // since the start: when it reached, lost, or was last seen
};

// Follows one curve.
class TimeToTarget {
 public:
  // REQUIRES: config.Validate().ok().
  TimeToTarget(const TargetConfig& config, Nanos start, Money equity);
  // Equity is judged where it is given, not between: call at fills and at equity samples.
  void OnEquity(Nanos at, Money equity);
  const TargetOutcome& outcome() const { return outcome_; }

 private:
  Nanos start_;
  Money target_, floor_;
  TargetOutcome outcome_;
};

// Many curves. The distribution is the cumulative incidence of reaching the target, with losing as a
// competing end and censored curves counted at risk until they were last seen (Aalen and Johansen 1978);
// without censoring, F(t) is the share of all curves that reached the target by t.
struct TargetSummary {
  std::uint64_t n = 0, reached = 0, lost = 0, censored = 0;
  double incidence = 0;  // F at the latest time observed
  struct Quantile {
    double q = 0;
    std::optional<Duration> time;  // first t with F(t) >= q; nothing when F does not get there
  };
  std::vector<Quantile> quantiles;
};
// REQUIRES: every q is above 0 and at most 1.
TargetSummary Summarise(std::span<const TargetOutcome> outcomes, std::span<const double> quantiles);

}  // namespace crucible::trading
