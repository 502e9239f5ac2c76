// One row per fill, in order of time.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <vector>

#include "framework/report/sections/sections.h"

namespace crucible::report {
namespace {

// Hundredths of a basis point; null where there is none.
Json Hundredths(const std::optional<double>& bps) {
  if (!bps) return nullptr;
  return static_cast<std::int64_t>(std::llround(*bps * 100));
}

// A page is for people: of more fills than this it shows those that cost most. Sums and means count all.
constexpr std::size_t kMaxRows = 20'000;

std::vector<std::uint32_t> RowsToShow(const RunView& view) {
  std::vector<std::uint32_t> rows(view.run.fills.size());
  std::iota(rows.begin(), rows.end(), 0U);
  if (rows.size() <= kMaxRows) return rows;
  std::ranges::stable_sort(rows, std::ranges::greater(),
                           [&](std::uint32_t i) { return SlippageBps(view, i).value_or(-1e18); });
  rows.resize(kMaxRows);
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

std::optional<double> SlippageBps(const RunView& view, std::size_t fill) {
  if (!view.market.complete) return std::nullopt;
  const FillFact& fact = view.run.fills[fill];
  const trading::Mid decided = view.market.orders[fact.order].mid;
  if (!decided.known()) return std::nullopt;
  const double paid = static_cast<double>(2 * fact.body.price.units - decided.doubled);
  return static_cast<double>(Sign(fact.fill.side)) * paid / static_cast<double>(decided.doubled) * 1e4;
}

Json FillsSection(const RunView& view) {
  if (view.run.fills.empty()) return nullptr;
  Deltas time, price, order;
  Json nth = Json::array(), late = Json::array(), quantity = Json::array(), side = Json::array(),
       maker = Json::array(), fee = Json::array(), rule = Json::array(), queue = Json::array(),
       instrument = Json::array(), position = Json::array(), slippage = Json::array(),
       markouts = Json::array();
  for (std::size_t h = 0; h < view.input.horizons.size(); ++h) markouts.push_back(Json::array());
  for (const std::uint32_t i : RowsToShow(view)) {
    const FillFact& fill = view.run.fills[i];
    const std::vector<std::uint32_t>& of_order = view.run.orders[fill.order].fills;
    nth.push_back(std::ranges::find(of_order, i) - of_order.begin());
    time.Add(Micros(fill.fill.at(), view.run.start));
    late.push_back((fill.fill.at() - fill.fill.venue_time()).nanos);
    price.Add(fill.body.price.units);
    order.Add(static_cast<std::int64_t>(fill.body.order_id.value));
    quantity.push_back(fill.body.quantity.units);
    side.push_back(static_cast<int>(fill.fill.side));
    maker.push_back(fill.maker() ? 1 : 0);
    fee.push_back(fill.more.fee.units);
    rule.push_back(fill.more.rule);
    queue.push_back(fill.more.queue_ahead);
    instrument.push_back(fill.fill.instrument);
    slippage.push_back(Hundredths(SlippageBps(view, i)));
    if (!view.market.complete) continue;
    position.push_back(view.market.fills[i].position.units);
    for (std::size_t h = 0; h < markouts.size(); ++h) {
      markouts[h].push_back(Hundredths(view.market.fills[i].markout_bps[h]));
    }
  }
  return {{"in_all", view.run.fills.size()},
          {"nth", std::move(nth)},
          {"t", time.Take()},
          {"late_ns", std::move(late)},
          {"price", price.Take()},
          {"order", order.Take()},
          {"quantity", std::move(quantity)},
          {"side", std::move(side)},
          {"maker", std::move(maker)},
          {"fee", std::move(fee)},
          {"rule", std::move(rule)},
          {"queue", std::move(queue)},
          {"instrument", std::move(instrument)},
          {"position", std::move(position)},
          {"slippage", std::move(slippage)},
          {"markouts", std::move(markouts)}};
}

}  // namespace crucible::report
