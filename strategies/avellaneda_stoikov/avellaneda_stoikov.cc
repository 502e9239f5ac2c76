// Quotes both sides around the reservation price of Avellaneda and Stoikov (quotes.h).
//
// The horizon rolls: T - t is constant, as for a desk that never closes. Volatility is measured from mid changes
// sampled at every refresh, with exponential weights. Quotes never cross the book (post-only), and the side that
// would pass the inventory limit is withdrawn.

#include <crucible/strategy.h>

#include <cmath>

#include "quotes.h"

namespace {

class AvellanedaStoikov : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "1", "1", "", "size of each quote, in lots"},
      {"gamma", crucible::ParameterType::kDouble, "0.1", "0.000001", "1000", "risk aversion, per tick"},
      {"kappa", crucible::ParameterType::kDouble, "0.5", "0.000001", "1000", "decay of the fill intensity, per tick"},
      {"horizon", crucible::ParameterType::kDuration, "10s", "1ms", "", "T - t, rolling"},
      {"refresh", crucible::ParameterType::kDuration, "100ms", "1ms", "", "time between quote updates"},
      {"max_inventory", crucible::ParameterType::kInt, "10", "1", "", "stop quoting the side that would exceed it, in quotes"},
      {"volatility_half_life", crucible::ParameterType::kInt, "100", "1", "", "of the variance estimate, in refreshes"},
  };

  explicit AvellanedaStoikov(crucible::Context& context)
      : reservation_feature_(context.Feature("reservation_price")),
        sigma_feature_(context.Feature("sigma")),
        states_(context.InstrumentCount()) {
    OnParameters(context);
  }

  void OnParameters(crucible::Context& context) {
    quantity_lots_ = context.Int("quantity");
    model_ = {context.Double("gamma"), context.Double("kappa"), 0};
    horizon_seconds_ = static_cast<double>(context.DurationNanos("horizon")) * 1e-9;
    refresh_nanos_ = context.DurationNanos("refresh");
    max_inventory_ = context.Int("max_inventory");
    keep_ = context.Exp(context.Log(0.5) / static_cast<double>(context.Int("volatility_half_life")));
  }

  void OnBook(crucible::Context& context, const crucible::BookEvent& book) {
    State& state = states_[book.instrument];
    state.bid = book.bid;
    state.ask = book.ask;
    if (!state.timer_set) {
      state.timer_set = true;
      context.SetTimer(book.time + refresh_nanos_, book.instrument);
    }
  }

  void OnTimer(crucible::Context& context, const crucible::TimerEvent& timer) {
    const auto instrument = static_cast<crucible::Instrument>(timer.payload);
    State& state = states_[instrument];
    context.SetTimer(timer.time + refresh_nanos_, timer.payload);
    if (state.bid.quantity == 0 || state.ask.quantity == 0) return;
    const crucible::InstrumentInfo info = context.Info(instrument);
    const double tick = static_cast<double>(info.tick_size);
    const double mid = 0.5 * static_cast<double>(state.bid.price + state.ask.price) / tick;
    MeasureVolatility(state, mid);
    if (state.samples < kWarmUp) return;

    const std::int64_t quantity = quantity_lots_ * info.lot_size;
    const double inventory =
        static_cast<double>(context.Position(instrument).quantity) / static_cast<double>(quantity);
    avellaneda_stoikov::Model model = model_;
    model.sigma = std::sqrt(state.variance_per_second);
    const auto quotes =
        model.At(mid, inventory, horizon_seconds_, [&](double x) { return context.Log(x); });
    context.Observe(reservation_feature_, quotes.reservation * tick);
    context.Observe(sigma_feature_, model.sigma * tick);

    const auto limit = static_cast<double>(max_inventory_);
    // Never price through the other side: a post-only quote there would only be rejected.
    const auto bid = std::min(static_cast<std::int64_t>(std::floor(quotes.bid)) * info.tick_size,
                              state.ask.price - info.tick_size);
    const auto ask = std::max(static_cast<std::int64_t>(std::ceil(quotes.ask)) * info.tick_size,
                              state.bid.price + info.tick_size);
    Quote(context, instrument, state.buy, CRUCIBLE_BUY, bid, quantity, inventory < limit && bid > 0);
    Quote(context, instrument, state.sell, CRUCIBLE_SELL, ask, quantity, inventory > -limit);
  }

  void OnFill(crucible::Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) Forget(states_[fill.instrument], fill.order_id);
  }

  void OnOrder(crucible::Context&, const crucible::OrderEvent& order) {
    if (order.what == CRUCIBLE_CANCELED || order.what == CRUCIBLE_REJECTED) {
      Forget(states_[order.instrument], order.order_id);
    }
  }

 private:
  static constexpr int kWarmUp = 10;

  struct LiveQuote {
    crucible::OrderHandle order;
    std::int64_t price = 0;
  };
  struct State {
    crucible::Level bid{}, ask{};
    bool timer_set = false;
    double last_mid = 0;
    double variance_per_second = 0;  // ticks squared
    int samples = 0;
    LiveQuote buy, sell;
  };

  void MeasureVolatility(State& state, double mid) const {
    if (state.samples > 0) {
      const double change = mid - state.last_mid;
      const double per_second = change * change / (static_cast<double>(refresh_nanos_) * 1e-9);
      state.variance_per_second =
          state.samples == 1 ? per_second : keep_ * state.variance_per_second + (1 - keep_) * per_second;
    }
    state.last_mid = mid;
    if (state.samples < kWarmUp) ++state.samples;
  }

  static void Quote(crucible::Context& context, crucible::Instrument instrument, LiveQuote& quote, std::uint32_t side,
                    std::int64_t price, std::int64_t quantity, bool wanted) {
    if (quote.order && wanted && quote.price == price) return;
    if (quote.order) {
      context.Cancel(quote.order);
      quote = {};
    }
    if (wanted) quote = {context.Order(instrument, side, quantity).PostOnly().Limit(price), price};
  }

  static void Forget(State& state, std::uint64_t order_id) {
    if (state.buy.order.id == order_id) state.buy = {};
    if (state.sell.order.id == order_id) state.sell = {};
  }

  std::int64_t quantity_lots_ = 0;
  avellaneda_stoikov::Model model_{};
  double horizon_seconds_ = 0;
  std::int64_t refresh_nanos_ = 0;
  std::int64_t max_inventory_ = 0;
  double keep_ = 0;
  crucible::Feature reservation_feature_;
  crucible::Feature sigma_feature_;
  std::vector<State> states_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(AvellanedaStoikov, "avellaneda_stoikov",
                                  "Quotes both sides around the Avellaneda-Stoikov reservation price."))
