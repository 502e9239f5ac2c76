// Per instrument: bid and ask, the book around them, what everybody traded, our orders from placement to end,
// our position.
#include <algorithm>
#include <vector>

#include "framework/report/sections/sections.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

// More lines than this say nothing on a screen; the filled ones come first, and the page states both numbers.
constexpr std::size_t kMaxOrders = 30'000;
constexpr std::size_t kQuantityClasses = 10;

// The largest step that divides every price of the columns: the tick, or the price unit where feeds print off
// it.
std::int64_t PriceStepOf(const std::vector<DepthColumn>& columns, std::int64_t tick) {
  const auto on_grid = [&](const book::LevelView& level) { return level.price.units % tick == 0; };
  for (const DepthColumn& column : columns) {
    if (!std::ranges::all_of(column.bids, on_grid) || !std::ranges::all_of(column.asks, on_grid)) return 1;
  }
  return tick;
}

// Flat numbers: per column its bids, then its asks; per side the count of levels, the best price minus the
// best price of that side in the column before, then (distance to the level before, class of quantity) per
// level.
class DepthWriter {
 public:
  DepthWriter(const Depth& depth, const Instrument& instrument)
      : bounds_(depth.Quantiles(kQuantityClasses)),
        step_(PriceStepOf(depth.columns(), instrument.tick_size.units)) {}

  void Add(const DepthColumn& column) {
    AddSide(column.bids, last_[0]);
    AddSide(column.asks, last_[1]);
  }
  Json Bounds(const Instrument& instrument) const {
    Json texts = Json::array();
    for (const std::int64_t bound : bounds_) texts.push_back(QuantityText(bound, instrument));
    return texts;
  }
  std::int64_t step() const { return step_; }
  Json Take() { return std::move(values_); }

 private:
  void AddSide(const std::vector<book::LevelView>& levels, std::int64_t& last_best) {
    values_.push_back(levels.size());
    std::int64_t before = last_best;
    for (const book::LevelView& level : levels) {
      const std::int64_t price = level.price.units / step_;
      values_.push_back(price - before);
      values_.push_back(std::ranges::upper_bound(bounds_, level.quantity.units) - bounds_.begin());
      before = price;
    }
    if (!levels.empty()) last_best = levels.front().price.units / step_;
  }

  std::vector<std::int64_t> bounds_;
  std::int64_t step_;
  std::int64_t last_[2] = {0, 0};
  Json values_ = Json::array();
};

Json DepthJson(const InstrumentFacts& facts, Nanos start) {
  if (facts.depth.columns().empty()) return nullptr;
  DepthWriter writer(facts.depth, facts.instrument);
  Deltas times;
  for (const DepthColumn& column : facts.depth.columns()) {
    times.Add(Micros(column.at, start));
    writer.Add(column);
  }
  return {{"t", times.Take()},
          {"step", writer.step()},
          {"bounds", writer.Bounds(facts.instrument)},
          {"levels", writer.Take()}};
}

std::vector<const OrderFact*> OrdersToDraw(const RunView& view, std::uint32_t instrument,
                                           std::size_t* in_all) {
  std::vector<const OrderFact*> orders;
  for (const OrderFact& order : view.run.orders) {
    if (order.intent.instrument == instrument && !order.steps.empty()) orders.push_back(&order);
  }
  *in_all = orders.size();
  if (orders.size() <= kMaxOrders) return orders;
  std::ranges::stable_sort(
      orders, [](const OrderFact* a, const OrderFact* b) { return !a->fills.empty() && b->fills.empty(); });
  orders.resize(kMaxOrders);
  std::ranges::sort(orders, {}, [](const OrderFact* order) { return order->intent.seq; });
  return orders;
}

// A row per stretch at one price.
Json OrdersJson(const RunView& view, std::uint32_t instrument) {
  std::size_t in_all = 0;
  const std::vector<const OrderFact*> orders = OrdersToDraw(view, instrument, &in_all);
  if (orders.empty()) return nullptr;
  Deltas from, price, id;
  Json length = Json::array(), side = Json::array(), end = Json::array();
  for (const OrderFact* order : orders) {
    for (std::size_t i = 0; i < order->steps.size(); ++i) {
      const PriceStep& step = order->steps[i];
      const Nanos until =
          i + 1 < order->steps.size() ? order->steps[i + 1].from : std::min(order->ended, view.run.end);
      from.Add(Micros(step.from, view.run.start));
      length.push_back(Micros(until, view.run.start) - Micros(step.from, view.run.start));
      price.Add(step.price.units);
      side.push_back(static_cast<int>(order->intent.side));
      end.push_back(static_cast<int>(order->end));
      id.Add(static_cast<std::int64_t>(order->id()));
    }
  }
  return {{"in_all", in_all},      {"drawn", orders.size()},
          {"from", from.Take()},   {"length", std::move(length)},
          {"price", price.Take()}, {"side", std::move(side)},
          {"end", std::move(end)}, {"id", id.Take()}};
}

Json ActivityJson(const Activity& activity) {
  if (activity.Total(Who::kAll) == 0) return nullptr;
  const auto column = [&](Who who) { return Json(activity.volume()[static_cast<std::size_t>(who)]); };
  return {{"bucket_us", activity.bucket().nanos / 1000},
          {"all", column(Who::kAll)},
          {"ours", column(Who::kOurs)},
          {"predators", activity.Total(Who::kPredators) == 0 ? Json(nullptr) : column(Who::kPredators)},
          {"adds", activity.adds()},
          {"cancels", activity.cancels()},
          {"trades", activity.trades()}};
}

Json InstrumentJson(const RunView& view, std::uint32_t id) {
  const InstrumentFacts& facts = view.market.instruments[id];
  const Instrument& instrument = facts.instrument;
  return {{"name", FullName(instrument)},
          {"price_decimals", instrument.price_decimals},
          {"tick_decimals", TickDecimals(instrument)},
          {"quantity_decimals", instrument.quantity_decimals},
          {"tick", PriceText({instrument.tick_size.units}, instrument)},
          {"currency", instrument.currency},
          {"bars", facts.bars},
          {"touch", SeriesJson(facts.touch, view.run.start)},
          {"position", facts.position.empty() ? Json(nullptr) : SeriesJson(facts.position, view.run.start)},
          {"depth", DepthJson(facts, view.run.start)},
          {"activity", ActivityJson(facts.activity)},
          {"orders", OrdersJson(view, id)}};
}

}  // namespace

Json PriceSection(const RunView& view) {
  if (!view.market.complete) return nullptr;
  Json instruments = Json::array();
  for (std::uint32_t id = 0; id < view.market.instruments.size(); ++id)
    instruments.push_back(InstrumentJson(view, id));
  return instruments;
}

}  // namespace crucible::report
