// One row per fill, in order of time.
#include <cmath>
#include <optional>

#include "framework/report/sections/sections.h"

namespace crucible::report {
namespace {

// Hundredths of a basis point; null where there is none.
Json Hundredths(const std::optional<double>& bps) {
  if (!bps) return nullptr;
  return static_cast<std::int64_t>(std::llround(*bps * 100));
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
  Json late = Json::array(), quantity = Json::array(), side = Json::array(), maker = Json::array(),
       fee = Json::array(), rule = Json::array(), queue = Json::array(), instrument = Json::array(),
       position = Json::array(), slippage = Json::array(), markouts = Json::array();
  for (std::size_t h = 0; h < view.input.horizons.size(); ++h) markouts.push_back(Json::array());
  for (std::size_t i = 0; i < view.run.fills.size(); ++i) {
    const FillFact& fill = view.run.fills[i];
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
  return {{"t", time.Take()},
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
