// Equity sampled on a fixed grid, and what follows from it: returns, Sharpe, Sortino, drawdown, time under
// water.
//
//   EquityCurve curve(config);
//   curve.Start(now, account.equity());
//   if (curve.Due(now)) curve.Sample(now, account.equity(), account.gross_exposure());  // before handling
//   `now`
//
// The grid is the multiples of `interval` since 1970, or the closes of a trading calendar. A sample taken before the first event at or after a
// grid point is the equity at that point. Grid points that pass without an event (nights, gaps) give one
// sample: the change over the gap is one return. Statistics are kept, not samples: memory does not grow.
// Figures are defined in docs/metrics.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "framework/base/status.h"
#include "framework/base/trading_calendar.h"
#include "framework/base/units.h"
#include "framework/trading/moments.h"

namespace crucible::trading {

struct EquityCurveConfig {
  Duration interval{60'000'000'000};
  // Samples at the closes of its sessions; `interval` is then a day and `year` as many as it has sessions. Null: none.
  std::shared_ptr<const TradingCalendar> calendar = nullptr;
  Duration year{365LL * 86'400'000'000'000};  // of trading time; 252 x 6.5 h for US shares
  Money capital;                              // what returns are relative to; 0: the equity before
  // kInvalidArgument names the key and its valid range.
  absl::Status Validate() const;
};

struct EquityStatistics {
  Duration interval;
  double periods_per_year = 0;
  std::uint64_t returns = 0;            // n of the three means below
  std::uint64_t undefined_returns = 0;  // equity before was not positive
  std::uint64_t gaps = 0;               // samples that span more than one interval
  double mean_return = 0;
  double return_deviation = 0;    // sample, n - 1
  double downside_deviation = 0;  // against zero, divided by n
  std::optional<double> sharpe;   // annualised; nothing when n < 2 or there is no deviation
  std::optional<double> sortino;
  Money start, end, peak;
  Money max_drawdown;
  double max_drawdown_fraction = 0;  // of the peak before it; peaks that are not positive give none
  Duration longest_drawdown;         // from a peak to its recovery, or to the end
  Duration time_under_water;         // below the peak, summed
  Duration length;
  double mean_gross_exposure = 0;  // money units, over grid samples
};

class EquityCurve {
 public:
  // REQUIRES: config.Validate().ok().
  explicit EquityCurve(const EquityCurveConfig& config);

  void Start(Nanos at, Money equity);
  bool Due(Nanos now) const { return now.since_epoch >= next_; }
  // The grid point that a Sample() now belongs to.
  Nanos GridPoint(Nanos now) const;
  void Sample(Nanos now, Money equity, Money gross_exposure);
  // Closes the curve: the part since the last grid point counts for drawdown, not as a return.
  void Finish(Nanos at, Money equity);
  EquityStatistics Statistics() const;

 private:
  Nanos After(Nanos point) const;  // the next grid point
  void AddReturn(Money equity);
  void TrackDrawdown(Nanos at, Money equity);

  EquityCurveConfig config_;
  std::int64_t next_ = INT64_MAX;
  Nanos start_at_, last_at_;
  Money start_, last_, sampled_, peak_;
  Nanos peak_at_;
  bool under_water_ = false;
  Moments returns_;
  Moments exposure_;
  double downside_squares_ = 0;
  std::uint64_t undefined_returns_ = 0;
  std::uint64_t gaps_ = 0;
  Money max_drawdown_;
  double max_drawdown_fraction_ = 0;
  Duration longest_drawdown_, time_under_water_;
};

}  // namespace crucible::trading
