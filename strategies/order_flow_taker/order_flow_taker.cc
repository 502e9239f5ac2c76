// Takes in the direction of order-flow imbalance, and leaves after a holding time.
//
// Order-flow imbalance (Cont, Kukanov, Stoikov, "The price impact of order book events", 2014, equation 4): each
// change of the best quotes adds the quantity that came to the bid (or left the ask) and subtracts what left the
// bid (or came to the ask). Here the sum decays with a half-life in events and is scaled by the decayed mean size
// at the touch, so that the threshold has no unit.

#include <crucible/strategy.h>

#include <cmath>

namespace {

// Contribution of one side's best level: what it gained, by price first, then by size.
double SideFlow(const crucible::Level& before, const crucible::Level& now, bool higher_is_better) {
  const bool improved = higher_is_better ? now.price > before.price : now.price < before.price;
  if (improved) return static_cast<double>(now.quantity);
  if (now.price == before.price) return static_cast<double>(now.quantity - before.quantity);
  return -static_cast<double>(before.quantity);
}

class OrderFlowTaker : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "1", "1", "", "size of each order, in lots"},
      {"half_life", crucible::ParameterType::kInt, "100", "1", "1000000", "half-life of the imbalance, in touch changes"},
      {"threshold", crucible::ParameterType::kDouble, "3", "0", "", "enter when |imbalance| exceeds this many mean touch sizes"},
      {"hold", crucible::ParameterType::kDuration, "5s", "1ms", "", "time from the entry's fill to the exit order"},
      {"max_spread", crucible::ParameterType::kInt, "2", "1", "", "stay out when the spread is wider, in ticks"},
  };

  explicit OrderFlowTaker(crucible::Context& context)
      : imbalance_feature_(context.Feature("order_flow_imbalance")), states_(context.InstrumentCount()) {
    OnParameters(context);
  }

  void OnParameters(crucible::Context& context) {
    quantity_lots_ = context.Int("quantity");
    keep_ = context.Exp(context.Log(0.5) / static_cast<double>(context.Int("half_life")));
    threshold_ = context.Double("threshold");
    hold_nanos_ = context.DurationNanos("hold");
    max_spread_ticks_ = context.Int("max_spread");
  }

  void OnBook(crucible::Context& context, const crucible::BookEvent& book) {
    if (!book.touch_changed || book.bid.quantity == 0 || book.ask.quantity == 0) return;
    State& state = states_[book.instrument];
    Update(state, book);
    if (state.updates < kWarmUp || state.entry || state.exit) return;
    if (context.Position(book.instrument).quantity != 0) return;
    const double imbalance = state.flow / state.size;
    if (std::abs(imbalance) <= threshold_) return;
    const crucible::InstrumentInfo info = context.Info(book.instrument);
    if (book.ask.price - book.bid.price > max_spread_ticks_ * info.tick_size) return;
    context.Observe(imbalance_feature_, imbalance);
    const bool buy = imbalance > 0;
    state.entry = context.Order(book.instrument, buy ? CRUCIBLE_BUY : CRUCIBLE_SELL, quantity_lots_ * info.lot_size)
                      .ImmediateOrCancel()
                      .Limit(buy ? book.ask.price : book.bid.price);
  }

  void OnFill(crucible::Context& context, const crucible::FillEvent& fill) {
    State& state = states_[fill.instrument];
    if (state.entry.id == fill.order_id && !state.timer_set) {
      state.timer_set = true;
      context.SetTimer(fill.time + hold_nanos_, fill.instrument);
    }
    Ended(state, fill.order_id, fill.open_quantity == 0);
  }

  void OnOrder(crucible::Context&, const crucible::OrderEvent& order) {
    Ended(states_[order.instrument], order.order_id,
          order.what == CRUCIBLE_CANCELED || order.what == CRUCIBLE_REJECTED);
  }

  void OnTimer(crucible::Context& context, const crucible::TimerEvent& timer) {
    const auto instrument = static_cast<crucible::Instrument>(timer.payload);
    State& state = states_[instrument];
    state.timer_set = false;
    const std::int64_t position = context.Position(instrument).quantity;
    if (position == 0 || state.exit) return;
    state.exit = context.Order(instrument, position > 0 ? CRUCIBLE_SELL : CRUCIBLE_BUY, std::abs(position)).Market();
    if (!state.exit) context.SetTimer(timer.time + hold_nanos_, timer.payload);
  }

 private:
  static constexpr int kWarmUp = 50;

  struct State {
    crucible::Level bid{}, ask{};
    double flow = 0, size = 0;
    int updates = 0;
    bool timer_set = false;
    crucible::OrderHandle entry, exit;
  };

  void Update(State& state, const crucible::BookEvent& book) const {
    if (state.bid.quantity > 0 && state.ask.quantity > 0) {
      const double change = SideFlow(state.bid, book.bid, true) - SideFlow(state.ask, book.ask, false);
      const double touch = 0.5 * static_cast<double>(book.bid.quantity + book.ask.quantity);
      state.flow = keep_ * state.flow + change;
      state.size = state.updates == 0 ? touch : keep_ * state.size + (1 - keep_) * touch;
      if (state.updates < kWarmUp) ++state.updates;
    }
    state.bid = book.bid;
    state.ask = book.ask;
  }

  static void Ended(State& state, std::uint64_t order_id, bool ended) {
    if (!ended) return;
    if (state.entry.id == order_id) state.entry = {};
    if (state.exit.id == order_id) state.exit = {};
  }

  std::int64_t quantity_lots_ = 0;
  double keep_ = 0;
  double threshold_ = 0;
  std::int64_t hold_nanos_ = 0;
  std::int64_t max_spread_ticks_ = 0;
  crucible::Feature imbalance_feature_;
  std::vector<State> states_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(OrderFlowTaker, "order_flow_taker",
                                  "Takes in the direction of order-flow imbalance, leaves after a holding time."))
