#include "framework/trading/time_to_target.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::trading {

absl::Status TargetConfig::Validate() const {
  if (gain.units > 0 && loss.units > 0) return absl::OkStatus();
  const bool bad_gain = gain.units <= 0;
  return absl::InvalidArgumentError(absl::StrFormat("target.%s is %d money units, expected more than 0",
                                                    bad_gain ? "gain" : "loss",
                                                    bad_gain ? gain.units : loss.units));
}

TimeToTarget::TimeToTarget(const TargetConfig& config, Nanos start, Money equity)
    : start_(start), target_(equity + config.gain), floor_(equity - config.loss) {
  CRUCIBLE_CHECK(config.Validate().ok());
}

void TimeToTarget::OnEquity(Nanos at, Money equity) {
  if (outcome_.result != TargetResult::kCensored) return;
  outcome_.after = at - start_;
  if (equity >= target_) outcome_.result = TargetResult::kReached;
  if (equity <= floor_) outcome_.result = TargetResult::kLost;
}

TargetSummary Summarise(std::span<const TargetOutcome> outcomes, std::span<const double> quantiles) {
  TargetSummary summary;
  summary.n = outcomes.size();
  for (const double q : quantiles) summary.quantiles.push_back({q, std::nullopt});
  std::vector<TargetOutcome> sorted(outcomes.begin(), outcomes.end());
  std::ranges::sort(sorted, {}, &TargetOutcome::after);

  double surviving = 1;  // share that has neither reached nor lost, just before the current time
  for (std::size_t i = 0; i < sorted.size();) {
    const Duration time = sorted[i].after;
    const double at_risk = static_cast<double>(sorted.size() - i);
    std::uint64_t reached = 0, lost = 0, censored = 0;
    for (; i < sorted.size() && sorted[i].after == time; ++i) {
      reached += sorted[i].result == TargetResult::kReached;
      lost += sorted[i].result == TargetResult::kLost;
      censored += sorted[i].result == TargetResult::kCensored;
    }
    summary.reached += reached;
    summary.lost += lost;
    summary.censored += censored;
    summary.incidence += surviving * static_cast<double>(reached) / at_risk;
    surviving *= 1 - static_cast<double>(reached + lost) / at_risk;
    // Sums of shares may fall short of a share by a few units in the last place.
    for (TargetSummary::Quantile& quantile : summary.quantiles) {
      if (!quantile.time && summary.incidence >= quantile.q - 1e-12) quantile.time = time;
    }
  }
  return summary;
}

}  // namespace crucible::trading
