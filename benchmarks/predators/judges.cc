// Two strategies that predators are judged on and never bred on: a market maker without a model, and one that
// rides moves with trailing stops.

#include <crucible/strategy.h>

#include <cstdlib>

namespace {

// Joins the best price on both sides, whatever its position, up to a limit.
class TouchJoiner : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "20", "1", "", "size of each quote, in lots"},
      {"refresh", crucible::ParameterType::kDuration, "1s", "1ms", "", "time between looks at the market"},
      {"max_position", crucible::ParameterType::kInt, "200", "1", "",
       "no quote that would exceed it, in lots"},
  };

  explicit TouchJoiner(crucible::Context& context)
      : quantity_(context.Int("quantity")),
        refresh_nanos_(context.DurationNanos("refresh")),
        max_position_(context.Int("max_position")) {}

  void OnStart(crucible::Context& context) { context.SetTimer(context.Now() + refresh_nanos_); }

  void OnTimer(crucible::Context& context, const crucible::TimerEvent& timer) {
    context.SetTimer(timer.time + refresh_nanos_);
    for (Quote* quote : {&bid_, &ask_}) Renew(context, *quote);
  }

  void OnFill(crucible::Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) Ended(fill.order_id);
  }

  void OnOrder(crucible::Context&, const crucible::OrderEvent& order) {
    if (order.what == CRUCIBLE_CANCELED || order.what == CRUCIBLE_REJECTED) Ended(order.order_id);
  }

 private:
  struct Quote {
    std::uint32_t side;
    crucible::OrderHandle order;
    std::int64_t price = 0;
  };

  void Renew(crucible::Context& context, Quote& quote) {
    const crucible::Level best = context.LevelAt(0, quote.side, 0);
    if (best.quantity == 0 || (quote.order && quote.price == best.price)) return;
    if (quote.order) {
      context.Cancel(quote.order);
      return;  // quotes anew when that is answered
    }
    const std::int64_t position = context.Position(0).quantity;
    const std::int64_t after = (quote.side == CRUCIBLE_BUY ? position : -position) + quantity_;
    if (after > max_position_) return;
    quote.price = best.price;
    quote.order = context.Order(0, quote.side, quantity_).PostOnly().Limit(best.price);
  }

  void Ended(std::uint64_t order_id) {
    for (Quote* quote : {&bid_, &ask_})
      if (quote->order.id == order_id) quote->order = {};
  }

  std::int64_t quantity_, refresh_nanos_, max_position_;
  Quote bid_{CRUCIBLE_BUY, {}, 0}, ask_{CRUCIBLE_SELL, {}, 0};
};

// Follows a bar that moved far, and leaves by a trailing stop.
class Trailer : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "50", "1", "", "size of each entry, in lots"},
      {"move", crucible::ParameterType::kInt, "8", "1", "",
       "enter after a bar that closed so far from its open, in ticks"},
      {"trail", crucible::ParameterType::kInt, "15", "1", "", "distance of the trailing stop, in ticks"},
  };

  explicit Trailer(crucible::Context& context)
      : quantity_(context.Int("quantity")),
        move_ticks_(context.Int("move")),
        trail_ticks_(context.Int("trail")) {}

  void OnBar(crucible::Context& context, const crucible::BarEvent& bar) {
    const std::int64_t moved = bar.close - bar.open;
    if (entry_ || stop_) return;
    if (context.Position(0).quantity != 0) return Leave(context);
    if (std::abs(moved) < move_ticks_ * context.Info(0).tick_size) return;
    entry_ = context.Order(0, moved > 0 ? CRUCIBLE_BUY : CRUCIBLE_SELL, quantity_).Market();
  }

  void OnFill(crucible::Context& context, const crucible::FillEvent& fill) {
    if (fill.open_quantity != 0) return;
    const bool entered = entry_.id == fill.order_id;
    Ended(fill.order_id);
    if (entered) Protect(context);
  }

  // An entry may have traded in part. A position whose stop is refused is left at the next bar.
  void OnOrder(crucible::Context& context, const crucible::OrderEvent& order) {
    if (order.what != CRUCIBLE_CANCELED && order.what != CRUCIBLE_REJECTED) return;
    const bool refused = order.what == CRUCIBLE_REJECTED && stop_.id == order.order_id;
    Ended(order.order_id);
    if (!refused) Protect(context);
  }

 private:
  void Protect(crucible::Context& context) {
    const std::int64_t position = context.Position(0).quantity;
    if (position == 0 || entry_ || stop_) return;
    stop_ = context.Order(0, position > 0 ? CRUCIBLE_SELL : CRUCIBLE_BUY, std::abs(position))
                .ReduceOnly()
                .TrailingStop(trail_ticks_ * context.Info(0).tick_size);
  }

  void Leave(crucible::Context& context) {
    const std::int64_t position = context.Position(0).quantity;
    stop_ = context.Order(0, position > 0 ? CRUCIBLE_SELL : CRUCIBLE_BUY, std::abs(position))
                .ReduceOnly()
                .Market();
  }

  void Ended(std::uint64_t order_id) {
    if (entry_.id == order_id) entry_ = {};
    if (stop_.id == order_id) stop_ = {};
  }

  std::int64_t quantity_, move_ticks_, trail_ticks_;
  crucible::OrderHandle entry_, stop_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(TouchJoiner, "touch_joiner",
                                  "Quotes at the best prices, whatever its position."),
                CRUCIBLE_STRATEGY(Trailer, "trailer",
                                  "Follows a bar that moved far, and leaves by a trailing stop."))
