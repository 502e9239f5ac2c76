// The C++ side of a strategy plugin: header-only, over the C interface in <crucible/plugin.h>.
//
//   #include <crucible/strategy.h>
//
//   class Follow : public crucible::Strategy {
//    public:
//     static constexpr crucible::Parameter kParameters[] = {
//         {"quantity", crucible::ParameterType::kInt, "1", "1", "", "size of each order, in lots"}};
//
//     explicit Follow(crucible::Context& context) : quantity_(context.Int("quantity")) {}
//
//     void OnTrade(crucible::Context& context, const crucible::TradeEvent& trade) {
//       if (context.Position(trade.instrument).quantity == 0) context.Buy(trade.instrument,
//       quantity_).Market();
//     }
//
//    private:
//     std::int64_t quantity_;
//   };
//   CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(Follow, "follow", "Buys once after the first trade."))
//
// Handlers are found by name (OnStart, OnBook, OnTrade, OnBar, OnStatus, OnRegime, OnDefinition, OnMark, OnFunding,
// OnLiquidation, OnRoll, OnCauses, OnOrder, OnFill, OnTimer, OnStop, OnParameters, Hash);
// write those you need. They may throw: the exception ends the run, and its text and the handler's name stand in the
// journal. A strategy sees an event only after the feed latency, and its orders reach the venue only after the
// entry latency; there is no other clock and no other data.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "crucible/plugin.h"

namespace crucible {
// Inline, so that a plugin's inline functions can never be merged with the engine's by the dynamic linker.
inline namespace plugin_v1 {

using BookEvent = crucible_book_event_v1;
using TradeEvent = crucible_trade_event_v1;
using BarEvent = crucible_bar_event_v1;
using StatusEvent = crucible_status_event_v1;
using DefinitionEvent = crucible_definition_event_v1;
using MarkEvent = crucible_mark_event_v1;
using FundingEvent = crucible_funding_event_v1;
using LiquidationEvent = crucible_liquidation_event_v1;
using RollEvent = crucible_roll_event_v1;
using OrderEvent = crucible_order_event_v1;
using FillEvent = crucible_fill_event_v1;
using TimerEvent = crucible_timer_event_v1;
using RegimeEvent = crucible_regime_event_v1;
using RegimeInfo = crucible_regime_v1;
using CausesEvent = crucible_causes_event_v1;
using CausesInfo = crucible_causes_v1;
using InstrumentInfo = crucible_instrument_v1;
using Level = crucible_level_v1;
using OrderInfo = crucible_order_v1;
using PositionInfo = crucible_position_v1;
using AccountInfo = crucible_account_v1;
using SessionInfo = crucible_session_v1;
using Instrument = std::uint32_t;

enum class ParameterType : std::uint32_t {
  kInt = CRUCIBLE_PARAMETER_INT,
  kDouble = CRUCIBLE_PARAMETER_DOUBLE,
  kText = CRUCIBLE_PARAMETER_TEXT,
  kBool = CRUCIBLE_PARAMETER_BOOL,
  kDuration = CRUCIBLE_PARAMETER_DURATION,
};

struct Parameter {
  const char* name;
  ParameterType type;
  const char* default_text;
  const char* minimum_text;  // "" for no bound
  const char* maximum_text;
  const char* description;  // what it does, and its unit
};

// Identifies an order; 0 means that the order was not sent (the risk gate denied it).
struct OrderHandle {
  std::uint64_t id = 0;
  explicit operator bool() const { return id != 0; }
  friend bool operator==(OrderHandle, OrderHandle) = default;
};

struct Feature { std::uint64_t id = 0; };
struct RandomStream { std::uint64_t id = 0; };

class Context;

// An order being described; nothing is sent before one of the last five calls.
class OrderBuilder {
 public:
  OrderBuilder(Context& context, Instrument instrument, std::uint32_t side, std::int64_t quantity)
      : context_(context) {
    request_.size = sizeof request_;
    request_.instrument = instrument;
    request_.side = side;
    request_.quantity = quantity;
    request_.tif = CRUCIBLE_GTC;
  }
  OrderBuilder& PostOnly() { request_.options |= CRUCIBLE_POST_ONLY; return *this; }
  OrderBuilder& ReduceOnly() { request_.options |= CRUCIBLE_REDUCE_ONLY; return *this; }
  OrderBuilder& ImmediateOrCancel() { request_.tif = CRUCIBLE_IOC; return *this; }
  OrderBuilder& FillOrKill() { request_.tif = CRUCIBLE_FOK; return *this; }
  OrderBuilder& GoodTill(std::int64_t time) {
    request_.tif = CRUCIBLE_GTD;
    request_.expiry = time;
    return *this;
  }
  // An iceberg: `quantity` is shown at a time, the rest waits behind it. Venues that match take it, fill models over
  // history reject it.
  OrderBuilder& Showing(std::int64_t quantity) {
    request_.display = quantity;
    return *this;
  }
  // Good until the session under way closes, or the next one; throws in a run without a calendar.
  inline OrderBuilder& Day();
  OrderHandle Market() { return Send(CRUCIBLE_MARKET, 0, 0); }
  OrderHandle Limit(std::int64_t price) { return Send(CRUCIBLE_LIMIT, price, 0); }
  OrderHandle Stop(std::int64_t stop_price) { return Send(CRUCIBLE_STOP, 0, stop_price); }
  OrderHandle StopLimit(std::int64_t stop_price, std::int64_t price) {
    return Send(CRUCIBLE_STOP_LIMIT, price, stop_price);
  }
  // A stop that follows the market at `distance` (price units, above 0) and never moves away from it.
  OrderHandle TrailingStop(std::int64_t distance) { return Send(CRUCIBLE_TRAILING_STOP, distance, 0); }

 private:
  inline OrderHandle Send(std::uint32_t type, std::int64_t price, std::int64_t stop_price);
  Context& context_;
  crucible_order_request_v1 request_{};
};

// The engine as a strategy sees it. Lives as long as the strategy.
class Context {
 public:
  Context(const crucible_host_v1* host, crucible_engine* engine, const Parameter* parameters, std::size_t count)
      : host_(host), engine_(engine), parameters_(parameters), parameter_count_(count) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // ---- time, instruments, parameters ----
  std::int64_t Now() const { return host_->now(engine_); }
  std::uint32_t InstrumentCount() const { return host_->instrument_count(engine_); }
  InstrumentInfo Info(Instrument instrument) const {
    InstrumentInfo info{};
    info.size = sizeof info;
    Require(host_->instrument(engine_, instrument, &info), "no such instrument");
    return info;
  }
  std::int64_t Int(std::string_view name) const {
    std::int64_t value = 0;
    Require(host_->parameter_int(engine_, IndexOf(name), &value), "parameter is not an integer");
    return value;
  }
  bool Bool(std::string_view name) const { return Int(name) != 0; }
  std::int64_t DurationNanos(std::string_view name) const { return Int(name); }
  double Double(std::string_view name) const {
    double value = 0;
    Require(host_->parameter_double(engine_, IndexOf(name), &value), "parameter is not a number");
    return value;
  }
  std::string Text(std::string_view name) const {
    const char* value = "";
    Require(host_->parameter_text(engine_, IndexOf(name), &value), "parameter is not a text");
    return value;
  }

  // ---- market and account, as known at Now() ----
  // Quantity 0 when that side has fewer levels.
  Level LevelAt(Instrument instrument, std::uint32_t side, std::uint32_t index) const {
    Level level{};
    host_->level(engine_, instrument, side, index, &level);
    return level;
  }
  Level BestBid(Instrument instrument) const { return LevelAt(instrument, CRUCIBLE_BUY, 0); }
  Level BestAsk(Instrument instrument) const { return LevelAt(instrument, CRUCIBLE_SELL, 0); }
  std::int64_t QuantityAt(Instrument instrument, std::uint32_t side, std::int64_t price) const {
    return host_->quantity_at(engine_, instrument, side, price);
  }
  PositionInfo Position(Instrument instrument) const {
    PositionInfo position{};
    position.size = sizeof position;
    Require(host_->position(engine_, instrument, &position), "no such instrument");
    return position;
  }
  AccountInfo Account() const {
    AccountInfo account{};
    account.size = sizeof account;
    Require(host_->account(engine_, &account), "no account");
    return account;
  }

  // What the run's regime model says, from bars up to now; nothing in a run without one. While a route is active,
  // Int, Double, Text and Bool give the parameters of that route: read them again in OnRegime.
  std::optional<RegimeInfo> Regime() const {
    RegimeInfo regime{};
    regime.size = sizeof regime;
    if (host_->regime(engine_, &regime) != CRUCIBLE_OK) return std::nullopt;
    return regime;
  }

  // The trading day that closes next; throws in a run without a calendar.
  SessionInfo Session() const { return SessionAt(Now()); }
  // The first one that closes after `time`.
  SessionInfo SessionAt(std::int64_t time) const {
    SessionInfo session{};
    session.size = sizeof session;
    if (host_->session(engine_, time, &session) != CRUCIBLE_OK)
      throw std::runtime_error("the run has no [calendar], so nobody knows when a trading day ends");
    return session;
  }

  // What drives the target of the run's live causal graph, from bars up to now; nothing in a run without one.
  std::optional<CausesInfo> Causes() const {
    CausesInfo causes{};
    causes.size = sizeof causes;
    if (host_->causes(engine_, &causes) != CRUCIBLE_OK) return std::nullopt;
    return causes;
  }
  // The mask: whether `variable` drives the target, at `lag` bars or, by default, at any lag.
  bool Drives(std::string_view variable, std::uint32_t lag = 0) const {
    const std::optional<CausesInfo> causes = Causes();
    for (std::uint32_t k = 0; causes && k < causes->parent_count; ++k) {
      const crucible_cause_v1& parent = causes->parents[k];
      if (variable == parent.variable && (lag == 0 || lag == parent.lag)) return true;
    }
    return false;
  }

  // ---- orders ----
  OrderBuilder Buy(Instrument instrument, std::int64_t quantity) { return {*this, instrument, CRUCIBLE_BUY, quantity}; }
  OrderBuilder Sell(Instrument instrument, std::int64_t quantity) {
    return {*this, instrument, CRUCIBLE_SELL, quantity};
  }
  OrderBuilder Order(Instrument instrument, std::uint32_t side, std::int64_t quantity) {
    return {*this, instrument, side, quantity};
  }
  // Throws std::invalid_argument when the request itself is wrong; a denial by the risk gate is an empty handle.
  OrderHandle Submit(const crucible_order_request_v1& request) {
    OrderHandle handle;
    if (host_->submit(engine_, &request, &handle.id) == CRUCIBLE_INVALID) {
      throw std::invalid_argument("order request is out of range");
    }
    return handle;
  }
  // False when the order is not live any more, or the risk gate denied the message.
  bool Cancel(OrderHandle order) { return order && host_->cancel(engine_, order.id) == CRUCIBLE_OK; }
  bool Amend(OrderHandle order, std::int64_t price, std::int64_t quantity) {
    return order && host_->amend(engine_, order.id, price, quantity) == CRUCIBLE_OK;
  }
  // False when the order is no longer known (it ended some time ago).
  bool Find(OrderHandle order, OrderInfo* out) const {
    out->size = sizeof *out;
    return host_->order(engine_, order.id, out) == CRUCIBLE_OK;
  }
  std::vector<OrderInfo> OpenOrders(Instrument instrument) const {
    std::vector<OrderInfo> orders(host_->open_orders(engine_, instrument, nullptr, 0));
    for (OrderInfo& order : orders) order.size = sizeof order;
    host_->open_orders(engine_, instrument, orders.data(), static_cast<std::uint32_t>(orders.size()));
    return orders;
  }

  // ---- timers, features, randomness ----
  std::uint64_t SetTimer(std::int64_t at, std::int64_t payload = 0) {
    std::uint64_t id = 0;
    Require(host_->set_timer(engine_, at, payload, &id), "timer refused");
    return id;
  }
  void CancelTimer(std::uint64_t timer_id) { host_->cancel_timer(engine_, timer_id); }
  crucible::Feature Feature(const char* name) {
    crucible::Feature feature;
    Require(host_->feature(engine_, name, &feature.id), "feature refused");
    return feature;
  }
  // Recorded with the next order of this handler, so that `crucible why` can say what the decision read.
  void Observe(crucible::Feature feature, double value) { host_->observe(engine_, feature.id, value); }
  crucible::RandomStream Random(const char* name) {
    crucible::RandomStream stream;
    Require(host_->random_stream(engine_, name, &stream.id), "random stream refused");
    return stream;
  }
  std::uint64_t Draw(crucible::RandomStream stream) { return host_->random_u64(engine_, stream.id); }
  // Uniform in [0, 1), 53 bits.
  double DrawUniform(crucible::RandomStream stream) { return static_cast<double>(Draw(stream) >> 11) * 0x1.0p-53; }

  // ---- mathematics that is the same on every CPU ----
  double Exp(double x) const { return host_->exp(x); }
  double Log(double x) const { return host_->log(x); }
  double Pow(double x, double y) const { return host_->pow(x, y); }
  double Sin(double x) const { return host_->sin(x); }
  double Cos(double x) const { return host_->cos(x); }
  double Tanh(double x) const { return host_->tanh(x); }

  // A line for the user; not part of the journal.
  void Print(const std::string& text) { host_->print(engine_, text.c_str()); }
  void Fail(const char* text) { host_->fail(engine_, text); }

 private:
  static void Require(std::int32_t code, const char* what) {
    if (code != CRUCIBLE_OK) throw std::runtime_error(what);
  }
  std::uint32_t IndexOf(std::string_view name) const {
    for (std::size_t i = 0; i < parameter_count_; ++i) {
      if (name == parameters_[i].name) return static_cast<std::uint32_t>(i);
    }
    throw std::out_of_range("no parameter named " + std::string(name));
  }

  const crucible_host_v1* host_;
  crucible_engine* engine_;
  const Parameter* parameters_;
  std::size_t parameter_count_;
};

OrderBuilder& OrderBuilder::Day() { return GoodTill(context_.Session().close); }

OrderHandle OrderBuilder::Send(std::uint32_t type, std::int64_t price, std::int64_t stop_price) {
  request_.type = type;
  request_.price = price;
  request_.stop_price = stop_price;
  return context_.Submit(request_);
}

// Base of every strategy: declares the handlers, so that one with a wrong signature is an error and one that is
// absent costs nothing.
class Strategy {
 public:
  void OnStart(Context&) {}
  void OnBook(Context&, const BookEvent&) {}
  void OnTrade(Context&, const TradeEvent&) {}
  void OnBar(Context&, const BarEvent&) {}
  void OnStatus(Context&, const StatusEvent&) {}
  void OnRegime(Context&, const RegimeEvent&) {}
  void OnCauses(Context&, const CausesEvent&) {}
  void OnOrder(Context&, const OrderEvent&) {}
  void OnFill(Context&, const FillEvent&) {}
  void OnTimer(Context&, const TimerEvent&) {}
  void OnStop(Context&) {}
  // A branch of a run goes on with other parameters: read them again, and keep everything else.
  void OnParameters(Context&) {}
  // Tick or lot size of an instrument are not what they were: Context::Info gives the new ones.
  void OnDefinition(Context&, const DefinitionEvent&) {}
  // The venue's mark price, and the rate and time of the next funding.
  void OnMark(Context&, const MarkEvent&) {}
  // Funding was settled on the account's position.
  void OnFunding(Context&, const FundingEvent&) {}
  // The venue closes the account's position: OnFill follows, under the order that this event names.
  void OnLiquidation(Context&, const LiquidationEvent&) {}
  // Trade the next contract from here on; adding the gap to earlier prices makes one series of them.
  void OnRoll(Context&, const RollEvent&) {}
  // A fingerprint of the strategy's state, compared at checkpoints.
  std::uint64_t Hash() const { return 0; }
};

namespace plugin_internal {

template <class T>
struct Instance {
  Instance(const crucible_host_v1* host, crucible_engine* engine)
      : context(host, engine, std::data(T::kParameters), std::size(T::kParameters)), strategy(context) {}
  Context context;
  T strategy;
};

// Runs one handler; an exception becomes a failed run whose text names the handler.
template <class Body>
std::int32_t Guard(Context& context, const char* handler, Body body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), "%s: %s", handler, error.what());
    context.Fail(text.data());
  } catch (...) {
    context.Fail(handler);
  }
  return 1;
}

// Function pointer for handler METHOD of T, or null when T does not write it.
#define CRUCIBLE_HANDLER_(METHOD, EVENT)                                                                       \
  template <class T>                                                                                           \
  std::int32_t Call##METHOD(void* self, const EVENT* event) noexcept {                                         \
    auto& instance = *static_cast<Instance<T>*>(self);                                                         \
    return Guard(instance.context, #METHOD, [&] { instance.strategy.METHOD(instance.context, *event); });      \
  }                                                                                                            \
  template <class T>                                                                                           \
  constexpr auto Get##METHOD() -> std::int32_t (*)(void*, const EVENT*) noexcept {                             \
    if constexpr (std::is_same_v<decltype(&T::METHOD), decltype(&Strategy::METHOD)>) return nullptr;           \
    else return &Call##METHOD<T>;                                                                              \
  }
#define CRUCIBLE_PLAIN_HANDLER_(METHOD)                                                                        \
  template <class T>                                                                                           \
  std::int32_t Call##METHOD(void* self) noexcept {                                                             \
    auto& instance = *static_cast<Instance<T>*>(self);                                                         \
    return Guard(instance.context, #METHOD, [&] { instance.strategy.METHOD(instance.context); });              \
  }                                                                                                            \
  template <class T>                                                                                           \
  constexpr auto Get##METHOD() -> std::int32_t (*)(void*) noexcept {                                           \
    if constexpr (std::is_same_v<decltype(&T::METHOD), decltype(&Strategy::METHOD)>) return nullptr;           \
    else return &Call##METHOD<T>;                                                                              \
  }
CRUCIBLE_PLAIN_HANDLER_(OnStart)
CRUCIBLE_PLAIN_HANDLER_(OnStop)
CRUCIBLE_PLAIN_HANDLER_(OnParameters)
CRUCIBLE_HANDLER_(OnBook, BookEvent)
CRUCIBLE_HANDLER_(OnTrade, TradeEvent)
CRUCIBLE_HANDLER_(OnBar, BarEvent)
CRUCIBLE_HANDLER_(OnStatus, StatusEvent)
CRUCIBLE_HANDLER_(OnRegime, RegimeEvent)
CRUCIBLE_HANDLER_(OnDefinition, DefinitionEvent)
CRUCIBLE_HANDLER_(OnMark, MarkEvent)
CRUCIBLE_HANDLER_(OnFunding, FundingEvent)
CRUCIBLE_HANDLER_(OnLiquidation, LiquidationEvent)
CRUCIBLE_HANDLER_(OnRoll, RollEvent)
CRUCIBLE_HANDLER_(OnCauses, CausesEvent)
CRUCIBLE_HANDLER_(OnOrder, OrderEvent)
CRUCIBLE_HANDLER_(OnFill, FillEvent)
CRUCIBLE_HANDLER_(OnTimer, TimerEvent)
#undef CRUCIBLE_HANDLER_
#undef CRUCIBLE_PLAIN_HANDLER_

template <class T>
void* Create(const crucible_host_v1* host, crucible_engine* engine) noexcept {
  try {
    return new Instance<T>(host, engine);
  } catch (const std::exception& error) {
    host->fail(engine, error.what());
  } catch (...) {
    host->fail(engine, "constructor threw");
  }
  return nullptr;
}
template <class T>
void Destroy(void* self) noexcept {
  delete static_cast<Instance<T>*>(self);
}
template <class T>
std::uint64_t CallHash(void* self) noexcept {
  return static_cast<Instance<T>*>(self)->strategy.Hash();
}

template <class T>
const crucible_strategy_v1* Describe(const char* name, const char* description) {
  constexpr std::size_t kCount = std::size(T::kParameters);
  static std::array<crucible_parameter_v1, kCount> parameters;
  static std::array<const crucible_parameter_v1*, kCount> pointers;
  static crucible_strategy_v1 strategy{};
  for (std::size_t i = 0; i < kCount; ++i) {
    const Parameter& p = T::kParameters[i];
    parameters[i] = {sizeof(crucible_parameter_v1), static_cast<std::uint32_t>(p.type), p.name, p.default_text,
                     p.minimum_text, p.maximum_text, p.description};
    pointers[i] = &parameters[i];
  }
  strategy.size = sizeof strategy;
  strategy.parameter_count = static_cast<std::uint32_t>(kCount);
  strategy.name = name;
  strategy.description = description;
  strategy.parameters = pointers.data();
  strategy.create = &Create<T>;
  strategy.destroy = &Destroy<T>;
  strategy.on_start = GetOnStart<T>();
  strategy.on_book = GetOnBook<T>();
  strategy.on_trade = GetOnTrade<T>();
  strategy.on_bar = GetOnBar<T>();
  strategy.on_order = GetOnOrder<T>();
  strategy.on_fill = GetOnFill<T>();
  strategy.on_timer = GetOnTimer<T>();
  strategy.on_stop = GetOnStop<T>();
  strategy.on_status = GetOnStatus<T>();
  strategy.on_parameters = GetOnParameters<T>();
  strategy.on_regime = GetOnRegime<T>();
  strategy.on_definition = GetOnDefinition<T>();
  strategy.on_mark = GetOnMark<T>();
  strategy.on_funding = GetOnFunding<T>();
  strategy.on_liquidation = GetOnLiquidation<T>();
  strategy.on_roll = GetOnRoll<T>();
  strategy.on_causes = GetOnCauses<T>();
  if constexpr (!std::is_same_v<decltype(&T::Hash), decltype(&Strategy::Hash)>) strategy.hash = &CallHash<T>;
  return &strategy;
}

constexpr std::uint32_t BuildFlags() {
  std::uint32_t flags = 0;
#ifdef __FAST_MATH__
  flags |= CRUCIBLE_BUILD_FAST_MATH;
#endif
#ifdef __FMA__
  flags |= CRUCIBLE_BUILD_FMA;
#endif
  return flags;
}

template <std::size_t N>
const crucible_plugin_info_v1* Plugin(const std::array<const crucible_strategy_v1*, N>& list) {
  static const std::array<const crucible_strategy_v1*, N> strategies = list;
  static const crucible_plugin_info_v1 info = {
      sizeof(crucible_plugin_info_v1), CRUCIBLE_ABI_MAJOR, CRUCIBLE_ABI_MINOR, BuildFlags(),
      static_cast<std::uint32_t>(N),   0,                  __VERSION__,        strategies.data()};
  return &info;
}

}  // namespace plugin_internal
}  // namespace plugin_v1
}  // namespace crucible

#define CRUCIBLE_STRATEGY(TYPE, NAME, DESCRIPTION) ::crucible::plugin_internal::Describe<TYPE>(NAME, DESCRIPTION)

// Exports the plugin's strategies; once per shared library.
#define CRUCIBLE_PLUGIN(...)                                                                         \
  extern "C" __attribute__((visibility("default"))) const crucible_plugin_info_v1* crucible_plugin_v1() { \
    return ::crucible::plugin_internal::Plugin(std::array{__VA_ARGS__});                             \
  }
