// Long while the fast average of closes is above the slow one, otherwise flat or short.
//
// Under a regime model ([regimes]) parameters may differ by route: a swap of routes trades at once.
//
// Averages are exact integer sums over the last bars, so they do not drift however long the session is.

#include <crucible/strategy.h>

#include <algorithm>

namespace {

class MovingAverageCross : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"quantity", crucible::ParameterType::kInt, "100000000", "0", "", "size of the position, in lots"},
      {"fast", crucible::ParameterType::kInt, "60", "1", "100000", "bars in the fast average"},
      {"slow", crucible::ParameterType::kInt, "240", "2", "1000000",
       "bars in the slow average; longer than fast"},
      {"short", crucible::ParameterType::kBool, "true", "", "", "go short when the fast average is below"},
  };

  explicit MovingAverageCross(crucible::Context& context)
      : gap_feature_(context.Feature("average_gap")), states_(context.InstrumentCount()) {
    OnParameters(context);
  }

  // The averages are those of the closes that are kept; a longer one waits until it has enough.
  void OnParameters(crucible::Context& context) {
    const std::size_t kept = slow_;
    fast_ = static_cast<std::size_t>(context.Int("fast"));
    slow_ = static_cast<std::size_t>(context.Int("slow"));
    short_ = context.Bool("short");
    if (slow_ <= fast_) {
      throw std::invalid_argument("slow is " + std::to_string(slow_) +
                                  ", expected more than fast = " + std::to_string(fast_));
    }
    for (crucible::Instrument i = 0; i < context.InstrumentCount(); ++i) {
      const State before = states_[i];
      states_[i] = {std::vector<std::int64_t>(slow_),
                    context.Int("quantity") * context.Info(i).lot_size,
                    0,
                    0,
                    0,
                    before.pending};
      for (std::size_t age = std::min(kept, before.bars); age > 0; --age) {
        Push(states_[i], before.closes[(before.bars - age) % kept]);
      }
    }
  }

  void OnDefinition(crucible::Context& context, const crucible::DefinitionEvent& definition) {
    states_[definition.instrument].quantity = context.Int("quantity") * definition.lot_size;
  }

  void OnBar(crucible::Context& context, const crucible::BarEvent& bar) {
    State& state = states_[bar.instrument];
    Push(state, bar.close);
    Trade(context, bar.instrument, state);
  }

  void OnRegime(crucible::Context& context, const crucible::RegimeEvent&) {
    OnParameters(context);
    for (crucible::Instrument i = 0; i < states_.size(); ++i) Trade(context, i, states_[i]);
  }

  void OnFill(crucible::Context&, const crucible::FillEvent& fill) {
    if (fill.open_quantity == 0) states_[fill.instrument].pending = false;
  }

  void OnOrder(crucible::Context&, const crucible::OrderEvent& order) {
    if (order.what == CRUCIBLE_CANCELED || order.what == CRUCIBLE_REJECTED)
      states_[order.instrument].pending = false;
  }

 private:
  struct State {
    std::vector<std::int64_t> closes;  // ring of the last `slow_`
    std::int64_t quantity = 0;
    std::size_t bars = 0;
    std::int64_t fast_sum = 0, slow_sum = 0;
    bool pending = false;
  };

  void Trade(crucible::Context& context, crucible::Instrument instrument, State& state) {
    if (state.bars < slow_ || state.pending) return;
    // fast_sum / fast > slow_sum / slow, without dividing
    const std::int64_t gap =
        state.fast_sum * static_cast<std::int64_t>(slow_) - state.slow_sum * static_cast<std::int64_t>(fast_);
    const std::int64_t wanted = gap > 0 ? state.quantity : short_ ? -state.quantity : 0;
    const std::int64_t change = wanted - context.Position(instrument).quantity;
    if (change == 0) return;
    context.Observe(gap_feature_, static_cast<double>(gap) / static_cast<double>(slow_ * fast_));
    state.pending = static_cast<bool>(
        context.Order(instrument, change > 0 ? CRUCIBLE_BUY : CRUCIBLE_SELL, change > 0 ? change : -change)
            .Market());
  }

  void Push(State& state, std::int64_t close) const {
    const std::size_t at = state.bars % slow_;
    if (state.bars >= slow_) state.slow_sum -= state.closes[at];
    if (state.bars >= fast_) state.fast_sum -= state.closes[(state.bars - fast_) % slow_];
    state.closes[at] = close;
    state.slow_sum += close;
    state.fast_sum += close;
    ++state.bars;
  }

  std::size_t fast_ = 0;
  std::size_t slow_ = 0;
  bool short_ = false;
  crucible::Feature gap_feature_;
  std::vector<State> states_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(MovingAverageCross, "moving_average_cross",
                                  "Long while the fast average of closes is above the slow one."))
