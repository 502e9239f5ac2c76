// The figures of a run in one place: what the engine feeds while it runs, and the report reads at the end.
//
//   Performance performance(config, &account);
//   performance.Start(now);
//   performance.Before(now);                         // before each event is handled: samples the grid
//   performance.OnMid(instrument, now, mid);         // mid changed: marks the account, resolves markouts
//   performance.OnFill(fill);                        // applies it to the account
//   const Metrics metrics = performance.Finish(now, orders.counts());
//
// Owns nothing but its statistics; the account must outlive it. Memory does not grow with the run's length.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/trading/account.h"
#include "framework/trading/equity_curve.h"
#include "framework/trading/markout.h"
#include "framework/trading/order_table.h"
#include "framework/trading/round_trips.h"
#include "framework/trading/time_to_target.h"

namespace crucible::trading {

struct PerformanceConfig {
  EquityCurveConfig curve;
  MarkoutConfig markouts;
  std::optional<TargetConfig> target;
  absl::Status Validate() const;
};

// Amounts are in money units of the account; figures are defined in docs/metrics.md.
struct Metrics {
  EquityStatistics equity;
  RoundTripStatistics trips;
  std::vector<MarkoutStatistics> markouts;
  std::uint64_t markouts_dropped = 0, markouts_without_mid = 0;
  std::optional<TargetOutcome> target;
  OrderCounts orders;
  FeeTotals fees;
  Money realised, unrealised, net_profit;  // net: end equity minus start equity
  Money max_drawdown;                      // sampled at fills and on the grid
  Int128 turnover = 0;
  std::uint64_t fills = 0;
  std::uint64_t fills_refused = 0;  // amounts that do not fit Money
  double fill_rate = 0;             // orders with a fill / orders submitted (n = orders.submitted)
  double cancel_rate = 0;           // orders cancelled / orders submitted
  double reject_rate = 0;
  double exposure_time = 0;        // share of the run with any holding
  double turnover_per_equity = 0;  // turnover / start equity; 0 when that is not positive
};

class Performance {
 public:
  // REQUIRES: config.Validate().ok().
  Performance(const PerformanceConfig& config, Account* account);

  void Start(Nanos at);
  // True when a grid sample was taken: the account then stands as at sampled_at().
  bool Before(Nanos now) {
    if (!curve_.Due(now)) return false;
    TakeSample(now);
    return true;
  }
  Nanos sampled_at() const { return sampled_at_; }
  void OnMid(InstrumentId instrument, Nanos at, Mid mid) {
    account_->Mark(instrument, mid);
    markouts_.OnMid(instrument, at, mid);
  }
  FillResult OnFill(const Fill& fill);
  void OnFunding(Money paid, Nanos at);
  Metrics Finish(Nanos end, const OrderCounts& orders);

 private:
  void TakeSample(Nanos now);

  PerformanceConfig config_;
  Account* account_;
  EquityCurve curve_;
  RoundTrips trips_;
  MarkoutTracker markouts_;
  std::optional<TimeToTarget> target_;
  Nanos sampled_at_;
  std::uint64_t fills_refused_ = 0;
};

}  // namespace crucible::trading
