// One strategy of a run: its instance behind the C interface, and the host functions it calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crucible/plugin.h"
#include "framework/base/hash.h"
#include "framework/base/random.h"
#include "framework/engine/desk.h"
#include "framework/engine/parameters.h"

namespace crucible::engine {

class Engine;

// Handlers, for StrategyError records and messages. Part of the file format.
enum class Handler : std::uint8_t {
  kCreate = 1,
  kStart = 2,
  kBook = 3,
  kTrade = 4,
  kBar = 5,
  kOrder = 6,
  kFill = 7,
  kTimer = 8,
  kStop = 9,
  kStatus = 10,
  kParameters = 11,
  kRegime = 12,
  kDefinition = 13,
  kMark = 14,
  kFunding = 15,
  kLiquidation = 16,
  kRoll = 17,
  kCauses = 18,
};
std::string_view Name(Handler handler);

// The identity of a feature by its name, the same in every run: feature ids stand in records.
std::uint64_t FeatureId(std::string_view name);
// What the run's text stream says when a feature is registered.
std::string FeatureText(std::string_view name);

class StrategyHost {
 public:
  StrategyHost(Engine& engine, const crucible_strategy_v1& strategy, std::uint32_t ordinal,
               std::uint64_t seed, RouteParameters parameters);
  ~StrategyHost();
  StrategyHost(const StrategyHost&) = delete;
  StrategyHost& operator=(const StrategyHost&) = delete;

  // False when the plugin refused; failure() says why.
  bool CreateInstance();
  bool wants_book() const { return strategy_.on_book != nullptr; }
  bool wants_trade() const { return strategy_.on_trade != nullptr; }
  bool wants_bar() const { return strategy_.on_bar != nullptr; }
  bool wants_status() const { return strategy_.on_status != nullptr; }
  bool wants_order() const { return strategy_.on_order != nullptr; }
  bool takes_parameters() const { return strategy_.on_parameters != nullptr; }

  // Each calls the handler if there is one; a handler that fails ends the run.
  void Start() { Call(Handler::kStart, strategy_.on_start); }
  void Stop() { Call(Handler::kStop, strategy_.on_stop); }
  void Book(const crucible_book_event_v1& event) { Call(Handler::kBook, strategy_.on_book, event); }
  void Trade(const crucible_trade_event_v1& event) { Call(Handler::kTrade, strategy_.on_trade, event); }
  void Bar(const crucible_bar_event_v1& event) { Call(Handler::kBar, strategy_.on_bar, event); }
  void Status(const crucible_status_event_v1& event) { Call(Handler::kStatus, strategy_.on_status, event); }
  void Regime(const crucible_regime_event_v1& event) { Call(Handler::kRegime, strategy_.on_regime, event); }
  void Definition(const crucible_definition_event_v1& event) {
    Call(Handler::kDefinition, strategy_.on_definition, event);
  }
  void Mark(const crucible_mark_event_v1& event) { Call(Handler::kMark, strategy_.on_mark, event); }
  void Funding(const crucible_funding_event_v1& event) {
    Call(Handler::kFunding, strategy_.on_funding, event);
  }
  void Liquidation(const crucible_liquidation_event_v1& event) {
    Call(Handler::kLiquidation, strategy_.on_liquidation, event);
  }
  void Roll(const crucible_roll_event_v1& event) { Call(Handler::kRoll, strategy_.on_roll, event); }
  void Causes(const crucible_causes_event_v1& event) { Call(Handler::kCauses, strategy_.on_causes, event); }
  void Order(const crucible_order_event_v1& event) { Call(Handler::kOrder, strategy_.on_order, event); }
  void Fill(const crucible_fill_event_v1& event) { Call(Handler::kFill, strategy_.on_fill, event); }
  void Timer(const crucible_timer_event_v1& event) { Call(Handler::kTimer, strategy_.on_timer, event); }

  // From now on these are its parameters. REQUIRES: takes_parameters().
  void TakeParameters(RouteParameters parameters) {
    earlier_parameters_.push_back(std::exchange(parameters_, std::move(parameters)));
    Call(Handler::kParameters, strategy_.on_parameters);
  }

  void Hash(StateHasher& hasher) const;
  const std::string& failure() const { return failure_; }
  std::uint32_t ordinal() const { return ordinal_; }
  std::string_view name() const { return strategy_.name; }

 private:
  struct Functions;  // the host table
  friend struct Functions;

  template <class Function, class... Args>
  void Call(Handler handler, Function function, const Args&... args) {
    if (function == nullptr) return;
    observed_.clear();
    if (function(instance_, &args...) != 0) Failed(handler);
  }
  void Failed(Handler handler);

  Engine& engine_;
  crucible_strategy_v1 strategy_{};
  std::uint32_t ordinal_;
  Random random_;
  RouteParameters parameters_;
  std::vector<RouteParameters> earlier_parameters_;  // a plugin may keep their texts for the run
  void* instance_ = nullptr;
  std::string failure_;
  std::vector<Desk::Observation> observed_;  // since the last order of this handler
  std::vector<std::string> feature_names_;
  std::vector<std::string> stream_names_;
  std::vector<RandomStream> streams_;
};

}  // namespace crucible::engine
