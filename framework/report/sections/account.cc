// Equity, drawdown and fees by kind over time: at every fill and every change of the mid while something is
// held, or, where the market is missing, as the run sampled them.
#include <algorithm>
#include <array>

#include "framework/base/decimal.h"
#include "framework/report/sections/sections.h"

namespace crucible::report {
namespace {

Series FromSamples(const RunFacts& run) {
  Series series(3, run.start, run.end);  // of the fees their sum alone
  double peak = 0;
  for (const Event& sample : run.samples) {
    const EquityBody body = As<EquityBody>(sample);
    const auto equity = static_cast<double>(body.cash.units + body.position_value.units);
    peak = &sample == &run.samples.front() ? equity : std::max(peak, equity);
    series.Add(sample.at(), std::array{equity, peak - equity, static_cast<double>(body.fees.units)});
  }
  return series;
}

// Four digits behind the point show more than a chart does, except of an account that holds few coins.
int ShownDecimals(const RunView& view) {
  const int decimals = view.market.currency_decimals;
  if (!view.market.end || decimals <= 4) return decimals;
  return view.market.end->initial_cash().units >= 1000 * kPowersOfTen[static_cast<std::size_t>(decimals)]
             ? 4
             : decimals;
}

}  // namespace

Json AccountSection(const RunView& view) {
  const Series& series = view.market.complete ? view.market.account : FromSamples(view.run);
  if (series.empty()) return nullptr;
  const int decimals = ShownDecimals(view);
  const auto unit =
      static_cast<double>(kPowersOfTen[static_cast<std::size_t>(view.market.currency_decimals - decimals)]);
  const Json kinds = view.market.complete ? Json{"maker", "taker", "fixed", "rebates", "funding", "liquidation"} : Json{"paid"};
  return {{"currency", view.market.currency},
          {"decimals", decimals},
          {"fees", kinds},
          {"levels", SeriesJson(series, view.run.start, unit)}};
}

}  // namespace crucible::report
