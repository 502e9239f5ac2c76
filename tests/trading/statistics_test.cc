// The figures of docs/metrics.md, against values worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "framework/base/random.h"
#include "framework/trading/equity_curve.h"
#include "framework/trading/markout.h"
#include "framework/trading/performance.h"
#include "framework/trading/round_trips.h"
#include "framework/trading/time_to_target.h"

namespace crucible::trading {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kOne = 100'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

Nanos Minute(std::int64_t n) { return {n * kMinute}; }
Money Of(std::int64_t amount) { return {amount * kOne}; }

EquityCurve CurveOf(std::vector<std::int64_t> equity, EquityCurveConfig config = {}) {
  EquityCurve curve(config);
  curve.Start(Minute(0), Of(equity[0]));
  for (std::size_t i = 1; i < equity.size(); ++i) {
    curve.Sample(Minute(static_cast<std::int64_t>(i)), Of(equity[i]), Of(10));
  }
  return curve;
}

TEST(EquityCurveTest, SharpeAndSortinoFollowTheirDefinitions) {
  const EquityStatistics s = CurveOf({100, 110, 99, 99}).Statistics();
  // Returns 0.1, -0.1, 0: mean 0, so add one of +0.2 below for a sign.
  EXPECT_EQ(s.returns, 3u);
  EXPECT_NEAR(s.mean_return, 0, 1e-15);
  EXPECT_NEAR(s.return_deviation, 0.1, 1e-15);
  EXPECT_NEAR(s.downside_deviation, 0.1 / std::sqrt(3.0), 1e-15);
  EXPECT_EQ(s.periods_per_year, 525'600);

  const EquityStatistics t = CurveOf({100, 110, 99, 99, 118}).Statistics();
  const double last = 19.0 / 99;
  const double mean = last / 4;
  double squares = 0;
  for (const double r : {0.1, -0.1, 0.0, last}) squares += (r - mean) * (r - mean);
  EXPECT_NEAR(*t.sharpe, mean / std::sqrt(squares / 3) * std::sqrt(525'600.0), 1e-9);
  EXPECT_NEAR(*t.sortino, mean / std::sqrt(0.01 / 4) * std::sqrt(525'600.0), 1e-9);
}

TEST(EquityCurveTest, RatiosWithoutDeviationAreNotNumbers) {
  EXPECT_FALSE(CurveOf({100}).Statistics().sharpe.has_value());
  EXPECT_FALSE(CurveOf({100, 101}).Statistics().sharpe.has_value());
  EXPECT_FALSE(CurveOf({100, 100, 100}).Statistics().sharpe.has_value());
  EXPECT_FALSE(CurveOf({100, 101, 103}).Statistics().sortino.has_value());
}

TEST(EquityCurveTest, ReturnsMayBeRelativeToFixedCapital) {
  EquityCurveConfig config;
  config.capital = Of(1000);
  const EquityStatistics s = CurveOf({0, 10, 30}, config).Statistics();
  EXPECT_NEAR(s.mean_return, 0.015, 1e-15);
  EXPECT_EQ(s.undefined_returns, 0u);
  EXPECT_EQ(CurveOf({0, 10, 30}).Statistics().undefined_returns, 1u);
}

TEST(EquityCurveTest, DrawdownHasAmountFractionAndDuration) {
  //                                     0    1    2   3    4    5   6   7
  const EquityStatistics s = CurveOf({100, 120, 90, 110, 120, 130, 104, 125}).Statistics();
  EXPECT_EQ(s.max_drawdown, Of(30));
  EXPECT_NEAR(s.max_drawdown_fraction, 0.25, 1e-15);
  EXPECT_EQ(s.longest_drawdown, Duration{3 * kMinute}) << "from the peak at 1 to the recovery at 4";
  EXPECT_EQ(s.time_under_water, Duration{3 * kMinute}) << "2 to 4 and 6 to 7";
  EXPECT_EQ(s.peak, Of(130));
  EXPECT_EQ(s.length, Duration{7 * kMinute});
}

TEST(EquityCurveTest, AnOpenDrawdownRunsToTheEnd) {
  EquityCurve curve = CurveOf({100, 120, 110});
  curve.Finish(Minute(9), Of(115));
  EXPECT_EQ(curve.Statistics().longest_drawdown, Duration{8 * kMinute});
  EXPECT_EQ(curve.Statistics().end, Of(115));
  EXPECT_EQ(curve.Statistics().returns, 2u) << "the part after the grid is no return";
}

TEST(EquityCurveTest, SamplesStandOnTheGridAndGapsGiveOne) {
  EquityCurve curve({});
  curve.Start({kMinute / 2}, Of(100));
  EXPECT_FALSE(curve.Due({kMinute - 1}));
  EXPECT_TRUE(curve.Due({kMinute}));
  EXPECT_EQ(curve.GridPoint({5 * kMinute + 7}), Minute(5));
  EXPECT_EQ(curve.GridPoint({-1}), Minute(-1));
  curve.Sample({5 * kMinute + 7}, Of(101), {});
  EXPECT_FALSE(curve.Due({6 * kMinute - 1}));
  EXPECT_TRUE(curve.Due(Minute(6)));
  EXPECT_EQ(curve.Statistics().returns, 1u);
  EXPECT_EQ(curve.Statistics().gaps, 1u);
}

TEST(EquityCurveTest, BadConfigurationIsRefusedByKey) {
  EquityCurveConfig config;
  config.interval = {0};
  EXPECT_THAT(std::string(config.Validate().message()), HasSubstr("metrics.interval is 0 ns"));
  config = {};
  config.year = {1};
  EXPECT_THAT(std::string(config.Validate().message()), HasSubstr("metrics.year is 1 ns"));
}

class RoundTripsTest : public ::testing::Test {
 protected:
  RoundTripsTest() : account_({}) { EXPECT_TRUE(account_.AddInstrument({0}, Instrument{}).ok()); }
  void Trade(Side side, std::int64_t quantity, std::int64_t price, std::int64_t fee = 0) {
    Fill fill{{0}, side, Price{price}, Quantity{quantity}, Money{fee * kOne}};
    fill.at = {now_ += 10};
    trips_.OnFill(fill, account_.ApplyFill(fill));
  }
  const RoundTripStatistics& Stats() const { return trips_.statistics(); }

  std::int64_t now_ = 0;
  Account account_;
  RoundTrips trips_;
};

TEST_F(RoundTripsTest, ATradeRunsFromFlatToFlat) {
  Trade(kBuy, 2, 100, 1);
  Trade(kBuy, 2, 110, 1);
  Trade(kSell, 3, 120, 1);
  EXPECT_EQ(Stats().trips, 0u);
  Trade(kSell, 1, 100, 1);
  EXPECT_EQ(Stats().trips, 1u);
  EXPECT_EQ(Stats().wins, 1u);
  EXPECT_EQ(Stats().best, Of(36));  // 460 - 420 - 4
  EXPECT_TRUE(Stats().held_nanos == 30);
  EXPECT_EQ(Stats().average(), 36.0 * kOne);
}

TEST_F(RoundTripsTest, AFillThroughZeroSplitsItsFee) {
  Trade(kBuy, 10, 100);
  Trade(kSell, 30, 100, 3);
  EXPECT_EQ(Stats().trips, 1u);
  EXPECT_EQ(Stats().worst, Of(-1));
  Trade(kBuy, 20, 99, 0);
  EXPECT_EQ(Stats().trips, 2u);
  EXPECT_EQ(Stats().best, Of(18));  // 20 gained, 2 of the fee
  EXPECT_EQ(Stats().win_rate(), 0.5);
}

TEST_F(RoundTripsTest, ProfitsOfAllTripsAddUpToTheAccount) {
  constexpr std::uint64_t kSeed = 3;
  SCOPED_TRACE(kSeed);
  RandomStream random(kSeed, "trips");
  for (int i = 0; i < 10'000; ++i) {
    Trade(random.UniformBelow(2) == 0 ? kBuy : kSell, static_cast<std::int64_t>(1 + random.UniformBelow(5)),
          static_cast<std::int64_t>(90 + random.UniformBelow(20)),
          static_cast<std::int64_t>(random.UniformBelow(3)));
  }
  const std::int64_t held = account_.holding({0}).position.units;
  if (held != 0) Trade(held > 0 ? kSell : kBuy, held > 0 ? held : -held, 100);
  EXPECT_TRUE(Stats().profit + Stats().loss == account_.balance().units);
  EXPECT_GT(Stats().trips, 50u);
}

class MarkoutTest : public ::testing::Test {
 protected:
  void Mid(std::int64_t at, std::int64_t doubled) { tracker_.OnMid({0}, {at}, {doubled}); }
  void Filled(std::int64_t at, Side side, std::int64_t price, std::int64_t notional = 1) {
    Fill fill{{0}, side, Price{price}, Quantity{1}};
    fill.at = {at};
    tracker_.OnFill(fill, Money{notional});
  }
  MarkoutStatistics At(std::size_t horizon) const { return tracker_.Statistics().at(horizon); }

  MarkoutTracker tracker_{MarkoutConfig{{{10}, {100}}, 4}};
};

TEST_F(MarkoutTest, TheMidAtTheHorizonIsTheLastOneNotLater) {
  Mid(0, 20'000);
  Filled(5, kBuy, 9'999);
  Mid(15, 20'100);  // at the horizon itself: counts
  Mid(16, 30'000);
  EXPECT_NEAR(At(0).mean_bps, 50, 1e-12);
  EXPECT_NEAR(At(0).mean_from_price_bps, 51, 1e-12) << "half the spread earned on top";
  EXPECT_EQ(At(0).n, 1u);
  EXPECT_EQ(At(1).n, 0u);
}

TEST_F(MarkoutTest, TheSignIsOurSide) {
  Mid(0, 20'000);
  Filled(1, kSell, 10'000);
  Mid(5, 19'800);
  Mid(50, 20'000);
  EXPECT_NEAR(At(0).mean_bps, 100, 1e-12);
  EXPECT_EQ(At(0).share_positive, 1);
}

TEST_F(MarkoutTest, FillsAfterTheEndAreCensoredNotZero) {
  Mid(0, 20'000);
  Filled(1, kBuy, 10'000);
  Mid(8, 20'200);
  tracker_.Finish({11});
  EXPECT_EQ(At(0).n, 1u) << "the horizon ends with the run";
  EXPECT_NEAR(At(0).mean_bps, 100, 1e-12);
  EXPECT_EQ(At(1).n, 0u);
  EXPECT_EQ(At(1).censored, 1u);
}

TEST_F(MarkoutTest, LargeFillsCountByTheirNotionalInTheWeightedMean) {
  Mid(0, 20'000);
  Filled(1, kBuy, 10'000, 3);
  Filled(1, kSell, 10'000, 1);
  Mid(5, 20'200);
  Mid(50, 20'200);
  EXPECT_NEAR(At(0).mean_bps, 0, 1e-12);
  EXPECT_NEAR(At(0).weighted_mean_bps, 50, 1e-12);
}

TEST_F(MarkoutTest, WaitingFillsAreBoundedAndTheRestCounted) {
  Filled(0, kBuy, 10'000);
  EXPECT_EQ(tracker_.without_mid(), 1u);
  Mid(0, 20'000);
  for (int i = 0; i < 6; ++i) Filled(1, kBuy, 10'000);
  EXPECT_EQ(tracker_.dropped(), 2u);
  Mid(200, 20'000);
  Filled(201, kBuy, 10'000);
  EXPECT_EQ(tracker_.dropped(), 2u) << "the queue has room again";
}

TEST_F(MarkoutTest, AgreesWithALiteralModelOnRandomTraffic) {
  constexpr std::uint64_t kSeed = 9;
  SCOPED_TRACE(kSeed);
  RandomStream random(kSeed, "markouts");
  const std::vector<std::int64_t> horizons{7, 30, 200};
  MarkoutTracker tracker({{{7}, {30}, {200}}, 100'000});
  struct Tick {
    std::int64_t at, doubled;
  };
  struct Ours {
    std::int64_t at, sign, doubled;
  };
  std::vector<Tick> ticks{{0, 20'000}};
  std::vector<Ours> fills;
  tracker.OnMid({0}, {0}, {20'000});
  std::int64_t now = 0;
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<std::int64_t>(random.UniformBelow(4));
    if (random.UniformBelow(3) == 0) {
      Fill fill{{0}, random.UniformBelow(2) == 0 ? kBuy : kSell, Price{10'000}, Quantity{1}};
      fill.at = {now};
      tracker.OnFill(fill, Money{1});
      fills.push_back({now, Sign(fill.side), ticks.back().doubled});
    } else {
      ticks.push_back({now, 20'000 + static_cast<std::int64_t>(random.UniformBelow(200))});
      tracker.OnMid({0}, {now}, {ticks.back().doubled});
    }
  }
  tracker.Finish({now});
  for (std::size_t h = 0; h < horizons.size(); ++h) {
    double sum = 0;
    std::uint64_t n = 0;
    for (const Ours& fill : fills) {
      const std::int64_t due = fill.at + horizons[h];
      if (due > now) continue;
      std::int64_t doubled = 0;
      for (const Tick& tick : ticks) {
        if (tick.at <= due) doubled = tick.doubled;
      }
      sum +=
          1e4 * static_cast<double>(fill.sign * (doubled - fill.doubled)) / static_cast<double>(fill.doubled);
      ++n;
    }
    const MarkoutStatistics stats = tracker.Statistics()[h];
    EXPECT_EQ(stats.n, n);
    EXPECT_EQ(stats.n + stats.censored, fills.size());
    EXPECT_NEAR(stats.mean_bps, sum / static_cast<double>(n), 1e-9);
  }
}

TEST(TimeToTargetTest, ACurveReachesLosesOrIsCensored) {
  TimeToTarget up({Of(10), Of(5)}, {100}, Of(50));
  up.OnEquity({110}, Of(46));
  up.OnEquity({120}, Of(60));
  up.OnEquity({130}, Of(0));
  EXPECT_EQ(up.outcome().result, TargetResult::kReached);
  EXPECT_EQ(up.outcome().after, Duration{20});
  TimeToTarget down({Of(10), Of(5)}, {0}, Of(50));
  down.OnEquity({7}, Of(45));
  EXPECT_EQ(down.outcome().result, TargetResult::kLost);
  TimeToTarget neither({Of(10), Of(5)}, {0}, Of(50));
  neither.OnEquity({9}, Of(51));
  EXPECT_EQ(neither.outcome().result, TargetResult::kCensored);
  EXPECT_EQ(neither.outcome().after, Duration{9});
}

constexpr TargetOutcome Reached(std::int64_t after) { return {TargetResult::kReached, {after}}; }
constexpr TargetOutcome Lost(std::int64_t after) { return {TargetResult::kLost, {after}}; }
constexpr TargetOutcome Censored(std::int64_t after) { return {TargetResult::kCensored, {after}}; }

TEST(TargetSummaryTest, WithoutCensoringQuantilesAreSharesOfAllCurves) {
  const std::vector<TargetOutcome> curves{Reached(30), Lost(5), Reached(10), Reached(20), Lost(40)};
  const std::vector<double> quantiles{0.2, 0.25, 0.4, 0.6, 0.9};
  const TargetSummary summary = Summarise(curves, quantiles);
  EXPECT_EQ(summary.n, 5u);
  EXPECT_EQ(summary.reached, 3u);
  EXPECT_EQ(summary.lost, 2u);
  EXPECT_NEAR(summary.incidence, 0.6, 1e-15);
  EXPECT_EQ(summary.quantiles[0].time, Duration{10});
  EXPECT_EQ(summary.quantiles[1].time, Duration{20});
  EXPECT_EQ(summary.quantiles[2].time, Duration{20});
  EXPECT_EQ(summary.quantiles[3].time, Duration{30});
  EXPECT_EQ(summary.quantiles[4].time, std::nullopt) << "two in five lose first";
}

TEST(TargetSummaryTest, CensoredCurvesCountAtRiskUntilLastSeen) {
  const std::vector<TargetOutcome> curves{Reached(10), Censored(15), Reached(20), Lost(30)};
  const std::vector<double> quantiles{0.5};
  const TargetSummary summary = Summarise(curves, quantiles);
  EXPECT_EQ(summary.censored, 1u);
  // 1/4, then survival 3/4 with two at risk: + 3/8.
  EXPECT_NEAR(summary.incidence, 0.625, 1e-15);
  EXPECT_EQ(summary.quantiles[0].time, Duration{20});
}

TEST(TargetSummaryTest, NoCurvesGiveNoQuantiles) {
  const std::vector<double> quantiles{0.5};
  const TargetSummary summary = Summarise({}, quantiles);
  EXPECT_EQ(summary.n, 0u);
  EXPECT_EQ(summary.quantiles[0].time, std::nullopt);
}

TEST(PerformanceTest, FiguresOfASmallRunAddUp) {
  Account account({Of(1000)});
  ASSERT_TRUE(account.AddInstrument({0}, Instrument{}).ok());
  PerformanceConfig config;
  config.target = TargetConfig{Of(15), Of(100)};
  Performance performance(config, &account);
  performance.Start(Minute(0));
  performance.OnMid({0}, Minute(0), Mid::At({100}));
  Fill buy{{0}, kBuy, Price{100}, Quantity{10}, Money{kOne}};
  buy.maker = true;
  buy.at = {kMinute / 2};
  ASSERT_TRUE(performance.OnFill(buy).ok);
  EXPECT_FALSE(performance.Before({kMinute - 1}));
  performance.OnMid({0}, {kMinute - 1}, Mid::At({102}));
  EXPECT_TRUE(performance.Before({kMinute + 5}));
  EXPECT_EQ(performance.sampled_at(), Minute(1));
  EXPECT_EQ(account.equity(), Of(1019));
  Fill sell{{0}, kSell, Price{101}, Quantity{10}, Money{kOne}};
  sell.at = {kMinute + kMinute / 2};
  ASSERT_TRUE(performance.OnFill(sell).ok);
  OrderCounts counts;
  counts.submitted = 4;
  counts.with_fill = 2;
  counts.canceled = 1;
  const Metrics metrics = performance.Finish(Minute(4), counts);
  EXPECT_EQ(metrics.net_profit, Of(8));
  EXPECT_EQ(metrics.realised, Of(10));
  EXPECT_EQ(metrics.unrealised, Money{});
  EXPECT_EQ(metrics.fees.maker, Of(1));
  EXPECT_EQ(metrics.fees.taker, Of(1));
  EXPECT_TRUE(metrics.turnover == Int128{2010 * kOne});
  EXPECT_EQ(metrics.fills, 2u);
  EXPECT_EQ(metrics.fill_rate, 0.5);
  EXPECT_EQ(metrics.cancel_rate, 0.25);
  EXPECT_EQ(metrics.exposure_time, 0.25) << "one minute of four";
  EXPECT_EQ(metrics.trips.trips, 1u);
  EXPECT_EQ(metrics.max_drawdown, Of(11));
  EXPECT_EQ(metrics.target->result, TargetResult::kReached);
  EXPECT_EQ(metrics.target->after, Duration{kMinute});
  EXPECT_NEAR(metrics.turnover_per_equity, 2.01, 1e-12);
}

}  // namespace
}  // namespace crucible::trading
