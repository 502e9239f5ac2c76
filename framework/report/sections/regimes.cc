// What a run's regime model said at every bar - each regime's probability now and some bars ahead -, and the
// swaps of its router with what lies behind each.
#include <algorithm>
#include <bit>
#include <vector>

#include "framework/report/sections/sections.h"
#include "framework/report/why_sources.h"

namespace crucible::report {
namespace {

constexpr double kResolution = 1e-4;       // of a probability: finer than a pixel
constexpr std::size_t kMaxSpans = 20'000;  // of the most probable regime
constexpr std::size_t kMaxSwaps = 2'000;   // that are told with their causes

double Probability(std::int64_t bits) { return std::bit_cast<double>(bits); }

std::size_t RegimesOf(const RunFacts& run) {
  std::uint64_t most = 0;
  for (const Event& event : run.forecasts)
    most = std::max<std::uint64_t>(most, As<RegimeForecastBody>(event).regime);
  return static_cast<std::size_t>(most) + 1;
}

// A stretch of bars at which one regime was the most probable.
struct Span {
  Nanos from;
  std::size_t regime = 0;
  std::uint64_t bars = 0;
};

struct Forecasts {
  Series series;  // per regime its probability now, then per regime the one ahead
  std::vector<Span> spans;
};

Forecasts Fold(const RunView& view, std::size_t regimes) {
  Forecasts folded{Series(2 * regimes, view.run.start, view.run.end), {}};
  std::vector<double> row(2 * regimes);
  for (const Event& event : view.run.forecasts) {
    const auto body = As<RegimeForecastBody>(event);
    row[body.regime] = Probability(body.now_bits);
    row[regimes + body.regime] = Probability(body.ahead_bits);
    if (!event.EndsGroup()) continue;
    folded.series.Add(event.at(), row);
    const auto now = std::span(row).first(regimes);
    const auto regime = static_cast<std::size_t>(std::ranges::max_element(now) - now.begin());
    if (folded.spans.empty() || folded.spans.back().regime != regime)
      folded.spans.push_back({event.at(), regime, 0});
    ++folded.spans.back().bars;
  }
  return folded;
}

Json SpansJson(const RunView& view, const std::vector<Span>& spans) {
  if (spans.size() > kMaxSpans) return nullptr;
  Deltas from;
  Json regime = Json::array();
  for (const Span& span : spans) {
    from.Add(Micros(span.from, view.run.start));
    regime.push_back(span.regime);
  }
  return {{"from", from.Take()}, {"regime", std::move(regime)}};
}

// Per regime: for how many bars it was the most probable, in how many stretches, and what was filled
// meanwhile.
Json StaysJson(const RunView& view, const std::vector<Span>& spans, std::size_t regimes) {
  std::vector<std::uint64_t> bars(regimes), stretches(regimes), fills(regimes);
  for (const Span& span : spans) {
    bars[span.regime] += span.bars;
    ++stretches[span.regime];
  }
  for (const FillFact& fill : view.run.fills) {
    const auto after = std::ranges::upper_bound(spans, fill.fill.at(), {}, &Span::from);
    if (after != spans.begin()) ++fills[std::prev(after)->regime];
  }
  Json stays = Json::array();
  for (std::size_t k = 0; k < regimes; ++k)
    stays.push_back({{"bars", bars[k]}, {"stretches", stretches[k]}, {"fills", fills[k]}});
  return stays;
}

// Per route: how long it was active and how equity changed meanwhile.
Json RoutesJson(const RunView& view, std::size_t first, std::size_t count) {
  std::vector<std::int64_t> nanos(count), change(count);
  std::size_t active = first;
  Nanos since = view.run.start;
  const bool money = view.market.complete && view.market.equity_at_swaps.size() == view.run.swaps.size();
  Money equity = money ? view.market.end->initial_cash() : Money{};
  const auto leave = [&](Nanos at, Money now) {
    if (active < count) {
      nanos[active] += (at - since).nanos;
      change[active] += (now - equity).units;
    }
    since = at;
    equity = now;
  };
  for (std::size_t i = 0; i < view.run.swaps.size(); ++i) {
    leave(view.run.swaps[i].at(), money ? view.market.equity_at_swaps[i] : Money{});
    active = As<ModelSwapBody>(view.run.swaps[i]).to;
  }
  leave(view.run.end, money ? view.market.end->equity() : Money{});
  const double unit = static_cast<double>(trading::PowerOfTen(view.market.currency_decimals));
  Json routes = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    routes.push_back(
        {{"ns", nanos[i]}, {"change", money ? Json(static_cast<double>(change[i]) / unit) : Json(nullptr)}});
  }
  return routes;
}

absl::StatusOr<Json> SwapsJson(const RunView& view) {
  CRUCIBLE_ASSIGN_OR_RETURN(ReportSources sources, ReportSources::Create(view, 0));
  const engine::WhyNames names = NamesOf(view);
  Json swaps = Json::array();
  for (const Event& event : view.run.swaps) {
    const auto body = As<ModelSwapBody>(event);
    Json swap = {{"t", Micros(event.at(), view.run.start)},
                 {"from", body.from},
                 {"to", body.to},
                 {"advantage", Probability(body.advantage_bits)},
                 {"row", body.row}};
    if (swaps.size() < kMaxSwaps) {
      CRUCIBLE_ASSIGN_OR_RETURN(const engine::WhyCause cause, engine::CausesOf(sources, {0, event.seq}));
      swap["causes"] = LinesJson(engine::CauseText(cause, names));
    }
    swaps.push_back(std::move(swap));
  }
  return swaps;
}

// The highest number of a route that a swap names, and one more.
std::size_t RoutesOf(const RunFacts& run) {
  std::uint64_t count = 1;
  for (const Event& event : run.swaps) {
    const auto body = As<ModelSwapBody>(event);
    count = std::max({count, body.from + 1, body.to + 1});
  }
  return static_cast<std::size_t>(count);
}

}  // namespace

absl::StatusOr<Json> RegimesSection(const RunView& view) {
  if (view.run.forecasts.empty()) return Json(nullptr);
  const std::size_t regimes = RegimesOf(view.run);
  const Forecasts forecasts = Fold(view, regimes);
  Json json = {{"regimes", regimes},
               {"instrument", view.run.forecasts.front().instrument},
               {"horizon", As<RegimeForecastBody>(view.run.forecasts.front()).horizon},
               {"unit", kResolution},
               {"levels", SeriesJson(forecasts.series, view.run.start, kResolution)},
               {"spans", SpansJson(view, forecasts.spans)},
               {"stays", StaysJson(view, forecasts.spans, regimes)}};
  std::size_t routes = RoutesOf(view.run), first = 0;
  if (view.run.swaps.size() > 0) first = As<ModelSwapBody>(view.run.swaps.front()).from;
  if (const std::optional<RegimeModel>& model = view.input.regimes; model) {
    routes = std::max(routes, model->routes.size());
    first = model->first_route;
    json["model"] = {{"kind", model->kind},
                     {"features", model->features},
                     {"mean", model->mean},
                     {"deviation", model->deviation},
                     {"routes", model->routes}};
  }
  json["first_route"] = first;
  json["routes"] = RoutesJson(view, first, routes);
  CRUCIBLE_ASSIGN_OR_RETURN(json["swaps"], SwapsJson(view));
  return json;
}

}  // namespace crucible::report
