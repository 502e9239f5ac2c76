// Enters by stop orders at the edges of the last bars' range (a Donchian channel), and protects the position with
// a stop at the other edge and a target at a multiple of the risk.
//
// Both entries work at once; when one fills, the other is cancelled. Stop and target live at the venue, so that a
// gap fills them where the market reopened, not where we hoped. A stop at the other edge of the range is where
// everybody's is, and can be hunted; with `hidden_stop` nobody else knows of it: the position is left at the market
// when a bar closes beyond the level, so that a spike that is over before the close costs nothing.

#include <crucible/strategy.h>

#include <cmath>
#include <cstdlib>
#include <deque>

namespace {

class Breakout : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "100000000", "1", "", "size of each entry, in lots"},
      {"channel", crucible::ParameterType::kInt, "240", "2", "100000", "bars in the channel"},
      {"reward", crucible::ParameterType::kDouble, "2", "0.1", "100", "target distance in units of the stop distance"},
      {"hidden_stop", crucible::ParameterType::kBool, "false", "", "", "keep the stop to ourselves, act on bars' closes"},
  };

  explicit Breakout(crucible::Context& context)
      : width_feature_(context.Feature("channel_width")), states_(context.InstrumentCount()) {
    OnParameters(context);
  }

  // A longer channel grows into its length: earlier bars are gone.
  void OnParameters(crucible::Context& context) {
    quantity_lots_ = context.Int("quantity");
    channel_ = static_cast<std::size_t>(context.Int("channel"));
    reward_ = context.Double("reward");
    hidden_stop_ = context.Bool("hidden_stop");
  }

  void OnBar(crucible::Context& context, const crucible::BarEvent& bar) {
    State& state = states_[bar.instrument];
    state.highs.Push(bar.high, state.bars, channel_);
    state.lows.Push(-bar.low, state.bars, channel_);
    ++state.bars;
    if (hidden_stop_) LeaveBeyondStop(context, bar, state);
    if (state.bars < channel_ || context.Position(bar.instrument).quantity != 0) return;
    const crucible::InstrumentInfo info = context.Info(bar.instrument);
    const std::int64_t high = state.highs.Max() + info.tick_size;
    const std::int64_t low = -state.lows.Max() - info.tick_size;
    if (low <= 0) return;
    PlaceEntry(context, bar.instrument, state.buy, CRUCIBLE_BUY, high, high - low, info);
    PlaceEntry(context, bar.instrument, state.sell, CRUCIBLE_SELL, low, high - low, info);
  }

  void OnFill(crucible::Context& context, const crucible::FillEvent& fill) {
    State& state = states_[fill.instrument];
    if (state.buy.order.id == fill.order_id || state.sell.order.id == fill.order_id) {
      const bool bought = state.buy.order.id == fill.order_id;
      Entry& filled = bought ? state.buy : state.sell;
      Withdraw(context, bought ? state.sell : state.buy);
      Protect(context, fill, state, filled.risk);
      if (fill.open_quantity == 0) filled = {};
    } else if (fill.open_quantity == 0) {
      if (state.stop.id == fill.order_id) context.Cancel(std::exchange(state.target, {}));
      if (state.target.id == fill.order_id) context.Cancel(std::exchange(state.stop, {}));
      Forget(state, fill.order_id);
    }
  }

  void OnOrder(crucible::Context&, const crucible::OrderEvent& order) {
    if (order.what == CRUCIBLE_CANCELED || order.what == CRUCIBLE_REJECTED) {
      Forget(states_[order.instrument], order.order_id);
    }
  }

 private:
  // Maximum of a sliding window: candidates in falling order, each with the bar it came from.
  class SlidingMax {
   public:
    void Push(std::int64_t value, std::size_t bar, std::size_t window) {
      while (!candidates_.empty() && candidates_.back().first <= value) candidates_.pop_back();
      candidates_.emplace_back(value, bar);
      while (candidates_.front().second + window <= bar) candidates_.pop_front();
    }
    std::int64_t Max() const { return candidates_.front().first; }

   private:
    std::deque<std::pair<std::int64_t, std::size_t>> candidates_;
  };
  struct Entry {
    crucible::OrderHandle order;
    std::int64_t price = 0;
    std::int64_t risk = 0;
  };
  struct State {
    SlidingMax highs, lows;
    std::size_t bars = 0;
    Entry buy, sell;
    crucible::OrderHandle stop, target;  // a hidden stop: the market order that it became
    std::int64_t hidden_price = 0;       // of a hidden stop at work
  };

  void PlaceEntry(crucible::Context& context, crucible::Instrument instrument, Entry& entry, std::uint32_t side,
                  std::int64_t price, std::int64_t risk, const crucible::InstrumentInfo& info) {
    if (entry.order && entry.price == price) return;
    Withdraw(context, entry);
    context.Observe(width_feature_, static_cast<double>(risk));
    entry.order = context.Order(instrument, side, quantity_lots_ * info.lot_size).Stop(price);
    entry.price = price;
    entry.risk = risk;
  }

  static void Withdraw(crucible::Context& context, Entry& entry) {
    if (entry.order) context.Cancel(entry.order);
    entry = {};
  }

  void Protect(crucible::Context& context, const crucible::FillEvent& fill, State& state, std::int64_t risk) {
    const std::uint32_t exit_side = fill.side == CRUCIBLE_BUY ? CRUCIBLE_SELL : CRUCIBLE_BUY;
    const std::int64_t direction = fill.side == CRUCIBLE_BUY ? 1 : -1;
    const std::int64_t tick = context.Info(fill.instrument).tick_size;
    const std::int64_t target_ticks = static_cast<std::int64_t>(std::floor(reward_ * static_cast<double>(risk))) / tick;
    const std::int64_t stop_price = std::max(tick, fill.price - direction * risk);
    const std::int64_t target_price = std::max(tick, fill.price + direction * target_ticks * tick);
    state.hidden_price = hidden_stop_ ? stop_price : 0;
    if (!hidden_stop_)
      state.stop = context.Order(fill.instrument, exit_side, fill.quantity).ReduceOnly().Stop(stop_price);
    state.target = context.Order(fill.instrument, exit_side, fill.quantity).ReduceOnly().Limit(target_price);
  }

  static void LeaveBeyondStop(crucible::Context& context, const crucible::BarEvent& bar, State& state) {
    const std::int64_t position = context.Position(bar.instrument).quantity;
    if (position == 0 || state.hidden_price == 0 || state.stop) return;
    if (position > 0 ? bar.close > state.hidden_price : bar.close < state.hidden_price) return;
    state.stop = context.Order(bar.instrument, position > 0 ? CRUCIBLE_SELL : CRUCIBLE_BUY, std::abs(position))
                     .ReduceOnly()
                     .Market();
  }

  static void Forget(State& state, std::uint64_t order_id) {
    if (state.buy.order.id == order_id) state.buy = {};
    if (state.sell.order.id == order_id) state.sell = {};
    if (state.stop.id == order_id) state.stop = {};
    if (state.target.id == order_id) state.target = {};
  }

  std::int64_t quantity_lots_ = 0;
  std::size_t channel_ = 0;
  double reward_ = 0;
  bool hidden_stop_ = false;
  crucible::Feature width_feature_;
  std::vector<State> states_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(Breakout, "breakout",
                                  "Enters by stop orders at the edges of the last bars, with stop and target."))
