#include "framework/trading/equity_curve.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::trading {
namespace {

double AsDouble(Money amount) { return static_cast<double>(amount.units); }

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<double> Annualised(double mean, double deviation, double periods_per_year) {
  if (!(deviation > 0)) return std::nullopt;
  return mean / deviation * std::sqrt(periods_per_year);
}

}  // namespace

absl::Status EquityCurveConfig::Validate() const {
  if (interval.nanos < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("metrics.interval is %d ns, expected at least 1 ns", interval.nanos));
  }
  if (year < interval) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "metrics.year is %d ns, expected at least metrics.interval (%d ns)", year.nanos, interval.nanos));
  }
  if (capital.units < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("metrics.capital is %d money units, expected 0 or more", capital.units));
  }
  return absl::OkStatus();
}

EquityCurve::EquityCurve(const EquityCurveConfig& config) : config_(config) {
  CRUCIBLE_CHECK(config.Validate().ok());
}

void EquityCurve::Start(Nanos at, Money equity) {
  start_at_ = last_at_ = peak_at_ = at;
  start_ = last_ = sampled_ = peak_ = equity;
  next_ = After(GridPoint(at)).since_epoch;
}

Nanos EquityCurve::After(Nanos point) const {
  return config_.calendar != nullptr ? config_.calendar->At(point).close : point + config_.interval;
}

Nanos EquityCurve::GridPoint(Nanos now) const {
  if (config_.calendar != nullptr) return config_.calendar->LastClose(now);
  return {FloorDivide(now.since_epoch, config_.interval.nanos) * config_.interval.nanos};
}

void EquityCurve::Sample(Nanos now, Money equity, Money gross_exposure) {
  const Nanos at = GridPoint(now);
  gaps_ += at.since_epoch > next_;
  next_ = After(at).since_epoch;
  AddReturn(equity);
  exposure_.Add(AsDouble(gross_exposure));
  TrackDrawdown(at, equity);
}

void EquityCurve::AddReturn(Money equity) {
  const Money base = config_.capital.units > 0 ? config_.capital : sampled_;
  const Money change = equity - sampled_;
  sampled_ = equity;
  if (base.units <= 0) {
    ++undefined_returns_;
    return;
  }
  const double value = AsDouble(change) / AsDouble(base);
  returns_.Add(value);
  if (value < 0) downside_squares_ += value * value;
}

// Equity is taken as constant between samples.
void EquityCurve::TrackDrawdown(Nanos at, Money equity) {
  if (under_water_) time_under_water_ = time_under_water_ + (at - last_at_);
  if (under_water_) longest_drawdown_ = std::max(longest_drawdown_, at - peak_at_);
  last_at_ = at;
  last_ = equity;
  under_water_ = equity < peak_;
  if (!under_water_) {
    peak_ = equity;
    peak_at_ = at;
    return;
  }
  const Money fall = peak_ - equity;
  max_drawdown_ = std::max(max_drawdown_, fall);
  if (peak_.units > 0)
    max_drawdown_fraction_ = std::max(max_drawdown_fraction_, AsDouble(fall) / AsDouble(peak_));
}

void EquityCurve::Finish(Nanos at, Money equity) { TrackDrawdown(at, equity); }

EquityStatistics EquityCurve::Statistics() const {
  EquityStatistics result;
  const std::uint64_t n = returns_.count();
  result.interval = config_.interval;
  result.periods_per_year =
      static_cast<double>(config_.year.nanos) / static_cast<double>(config_.interval.nanos);
  result.returns = n;
  result.undefined_returns = undefined_returns_;
  result.gaps = gaps_;
  result.mean_return = returns_.mean();
  result.return_deviation = returns_.deviation();
  if (n > 0) result.downside_deviation = std::sqrt(downside_squares_ / static_cast<double>(n));
  result.sharpe = Annualised(result.mean_return, result.return_deviation, result.periods_per_year);
  if (n > 1)
    result.sortino = Annualised(result.mean_return, result.downside_deviation, result.periods_per_year);
  result.start = start_;
  result.end = last_;
  result.peak = peak_;
  result.max_drawdown = max_drawdown_;
  result.max_drawdown_fraction = max_drawdown_fraction_;
  result.longest_drawdown = longest_drawdown_;
  result.time_under_water = time_under_water_;
  result.length = last_at_ - start_at_;
  result.mean_gross_exposure = exposure_.mean();
  return result;
}

}  // namespace crucible::trading
