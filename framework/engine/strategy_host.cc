#include "framework/engine/strategy_host.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "framework/base/math.h"
#include "framework/engine/engine.h"

namespace crucible::engine {
namespace {

constexpr std::size_t kMaxNames = 4096;  // features, and random streams, of one strategy

std::int32_t Code(Desk::Answer answer) {
  switch (answer) {
    case Desk::Answer::kOk:
      return CRUCIBLE_OK;
    case Desk::Answer::kNotFound:
      return CRUCIBLE_NOT_FOUND;
    case Desk::Answer::kInvalid:
      return CRUCIBLE_INVALID;
    case Desk::Answer::kDenied:
      return CRUCIBLE_DENIED;
  }
  return CRUCIBLE_INVALID;
}

std::uint32_t StateCode(trading::OrderState state) {
  switch (state) {
    case trading::OrderState::kPendingNew:
      return CRUCIBLE_ORDER_PENDING;
    case trading::OrderState::kFilled:
      return CRUCIBLE_ORDER_FILLED;
    case trading::OrderState::kCanceled:
      return CRUCIBLE_ORDER_CANCELED;
    case trading::OrderState::kRejected:
      return CRUCIBLE_ORDER_REJECTED;
    case trading::OrderState::kUnknown:
      return CRUCIBLE_ORDER_UNKNOWN;
    default:
      return CRUCIBLE_ORDER_WORKING;
  }
}

// Copies the part of a struct that the caller knows: it tells its size in its first field.
template <class T>
std::int32_t Give(T value, T* out) {
  const std::uint32_t known = std::min<std::uint32_t>(out->size, sizeof(T));
  if (known < sizeof(std::uint32_t)) return CRUCIBLE_INVALID;
  value.size = known;
  std::copy_n(reinterpret_cast<const char*>(&value), known, reinterpret_cast<char*>(out));
  return CRUCIBLE_OK;
}

crucible_order_v1 Describe(const trading::Order& order) {
  return {sizeof(crucible_order_v1),
          order.instrument.value,
          order.id.value,
          static_cast<std::uint32_t>(order.terms.side),
          StateCode(order.state()),
          order.terms.price.units,
          order.terms.stop_price.units,
          order.terms.quantity.units,
          order.filled.units};
}

std::uint64_t IndexOfName(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  const auto index = static_cast<std::uint64_t>(found - names.begin());
  if (found == names.end()) names.emplace_back(name);
  return index;
}

}  // namespace

std::string_view Name(Handler handler) {
  static constexpr std::string_view kNames[] = {
      "?",      "constructor", "OnStart", "OnBook",   "OnTrade",      "OnBar",    "OnOrder",
      "OnFill", "OnTimer",     "OnStop",  "OnStatus", "OnParameters", "OnRegime", "OnDefinition",
      "OnMark", "OnFunding",   "OnLiquidation", "OnRoll", "OnCauses"};
  const auto index = static_cast<std::size_t>(handler);
  return index < std::size(kNames) ? kNames[index] : "?";
}

std::uint64_t FeatureId(std::string_view name) {
  StateHasher hasher;
  hasher.Add(name);
  return hasher.value().low;
}

std::string FeatureText(std::string_view name) { return "feature\n" + std::string(name); }

// The functions behind crucible_host_v1. `engine` is the StrategyHost that was passed to create().
struct StrategyHost::Functions {
  static StrategyHost& Self(crucible_engine* engine) { return *reinterpret_cast<StrategyHost*>(engine); }
  static Engine& Run(crucible_engine* engine) { return Self(engine).engine_; }
  static Desk& TheDesk(crucible_engine* engine) { return *Run(engine).desk_; }
  static bool HasInstrument(crucible_engine* engine, std::uint32_t id) {
    return id < TheDesk(engine).instrument_count();
  }

  static std::int64_t Now(crucible_engine* engine) { return Run(engine).now_.since_epoch; }
  static std::uint32_t InstrumentCount(crucible_engine* engine) {
    return static_cast<std::uint32_t>(TheDesk(engine).instrument_count());
  }
  static std::int32_t GetInstrument(crucible_engine* engine, std::uint32_t id, crucible_instrument_v1* out) {
    if (!HasInstrument(engine, id)) return CRUCIBLE_NOT_FOUND;
    const Instrument& instrument = TheDesk(engine).instrument({id});
    return Give({sizeof(crucible_instrument_v1), id, instrument.venue.c_str(), instrument.symbol.c_str(),
                 instrument.price_decimals, instrument.quantity_decimals, instrument.currency_decimals,
                 instrument.contract == Contract::kInverse ? 1 : 0, instrument.tick_size.units,
                 instrument.lot_size.units, instrument.multiplier},
                out);
  }

  static std::int32_t GetSession(crucible_engine* engine, std::int64_t time, crucible_session_v1* out) {
    const TradingCalendar* calendar = Run(engine).config_.calendar;
    if (calendar == nullptr) return CRUCIBLE_NOT_FOUND;
    if (!TradingCalendar::Covers({time})) return CRUCIBLE_INVALID;
    const TradingCalendar::Session session = calendar->At({time});
    return Give({sizeof(crucible_session_v1), session.day, session.open.since_epoch, session.close.since_epoch}, out);
  }

  static const ParameterValue* Parameter(crucible_engine* engine, std::uint32_t index) {
    const auto& parameters = Self(engine).parameters_[Run(engine).route()];
    return index < parameters.size() ? &parameters[index] : nullptr;
  }
  static std::int32_t ParameterInt(crucible_engine* engine, std::uint32_t index, std::int64_t* out) {
    const ParameterValue* value = Parameter(engine, index);
    if (value == nullptr) return CRUCIBLE_NOT_FOUND;
    *out = value->integer;
    return CRUCIBLE_OK;
  }
  static std::int32_t ParameterDouble(crucible_engine* engine, std::uint32_t index, double* out) {
    const ParameterValue* value = Parameter(engine, index);
    if (value == nullptr) return CRUCIBLE_NOT_FOUND;
    *out = value->number;
    return CRUCIBLE_OK;
  }
  static std::int32_t ParameterText(crucible_engine* engine, std::uint32_t index, const char** out) {
    const ParameterValue* value = Parameter(engine, index);
    if (value == nullptr) return CRUCIBLE_NOT_FOUND;
    *out = value->text.c_str();
    return CRUCIBLE_OK;
  }

  static std::int32_t GetLevel(crucible_engine* engine, std::uint32_t id, std::uint32_t side,
                               std::uint32_t index, crucible_level_v1* out) {
    *out = {};
    if (!HasInstrument(engine, id) || (side != CRUCIBLE_BUY && side != CRUCIBLE_SELL))
      return CRUCIBLE_NOT_FOUND;
    const auto level = TheDesk(engine).book({id}).LevelAt(static_cast<Side>(side), index);
    if (!level) return CRUCIBLE_NOT_FOUND;
    *out = {level->price.units, level->quantity.units, level->order_count};
    return CRUCIBLE_OK;
  }
  static std::int64_t QuantityAt(crucible_engine* engine, std::uint32_t id, std::uint32_t side,
                                 std::int64_t price) {
    if (!HasInstrument(engine, id) || (side != CRUCIBLE_BUY && side != CRUCIBLE_SELL)) return 0;
    return TheDesk(engine).book({id}).QuantityAt(static_cast<Side>(side), {price}).units;
  }
  static std::int32_t GetPosition(crucible_engine* engine, std::uint32_t id, crucible_position_v1* out) {
    if (!HasInstrument(engine, id)) return CRUCIBLE_NOT_FOUND;
    const trading::Account& account = TheDesk(engine).account();
    const trading::Holding& holding = account.holding({id});
    return Give({sizeof(crucible_position_v1), 0, holding.position.units, account.AveragePrice({id}).units,
                 holding.realised.units, account.Unrealised({id}).units, account.fees().total().units},
                out);
  }
  static std::int32_t GetAccount(crucible_engine* engine, crucible_account_v1* out) {
    const trading::Account& account = TheDesk(engine).account();
    return Give({sizeof(crucible_account_v1), 0, account.cash().units, account.equity().units,
                 account.fees().total().units, account.realised().units},
                out);
  }

  static std::int32_t GetRegime(crucible_engine* engine, crucible_regime_v1* out) {
    const RegimeObserver* regimes = Run(engine).config_.regimes;
    return regimes == nullptr ? CRUCIBLE_NOT_FOUND : Give(regimes->View(), out);
  }

  static std::int32_t GetCauses(crucible_engine* engine, crucible_causes_v1* out) {
    const CausalObserver* causes = Run(engine).config_.causes;
    return causes == nullptr ? CRUCIBLE_NOT_FOUND : Give(causes->View(), out);
  }

  static std::int32_t Finish(crucible_engine* engine, Desk::Answer answer) {
    if (answer == Desk::Answer::kOk) Run(engine).SendCommand();
    return Code(answer);
  }
  static std::int32_t Submit(crucible_engine* engine, const crucible_order_request_v1* request,
                             std::uint64_t* order_id) {
    *order_id = 0;
    if (request->size < sizeof(crucible_order_request_v1) || request->options > UINT8_MAX ||
        request->side > UINT8_MAX || request->type > UINT8_MAX || request->tif > UINT8_MAX) {
      return CRUCIBLE_INVALID;
    }
    StrategyHost& self = Self(engine);
    trading::Command& command = Run(engine).NextCommand();
    command.instrument = {request->instrument};
    trading::OrderTerms& terms = command.terms;
    terms.side = static_cast<Side>(request->side);
    terms.type = static_cast<OrderType>(request->type);
    terms.tif = static_cast<TimeInForce>(request->tif);
    terms.options = static_cast<std::uint8_t>(request->options);
    terms.price = {request->price};
    terms.stop_price = {request->stop_price};
    terms.quantity = {request->quantity};
    terms.display = {request->display};
    terms.expiry = terms.tif == TimeInForce::kGoodTillDate ? Nanos{request->expiry} : kEndOfTime;
    const Desk::Answer answer = TheDesk(engine).Submit(self.ordinal_, self.observed_, command);
    self.observed_.clear();
    if (answer == Desk::Answer::kOk) *order_id = command.order_id.value;
    return Finish(engine, answer);
  }
  static std::int32_t Cancel(crucible_engine* engine, std::uint64_t order_id) {
    return Finish(engine,
                  TheDesk(engine).Cancel(Self(engine).ordinal_, {order_id}, Run(engine).NextCommand()));
  }
  static std::int32_t Amend(crucible_engine* engine, std::uint64_t order_id, std::int64_t price,
                            std::int64_t quantity) {
    return Finish(engine, TheDesk(engine).Amend(Self(engine).ordinal_, {order_id}, {price}, {quantity},
                                                Run(engine).NextCommand()));
  }
  static std::int32_t GetOrder(crucible_engine* engine, std::uint64_t order_id, crucible_order_v1* out) {
    const trading::Order* order = TheDesk(engine).orders().Find({order_id});
    if (order == nullptr || order->strategy != Self(engine).ordinal_) return CRUCIBLE_NOT_FOUND;
    return Give(Describe(*order), out);
  }
  static std::uint32_t OpenOrders(crucible_engine* engine, std::uint32_t id, crucible_order_v1* out,
                                  std::uint32_t max) {
    std::uint32_t count = 0;
    TheDesk(engine).orders().ForEachLive([&](const trading::Order& order) {
      if (order.instrument.value != id || order.strategy != Self(engine).ordinal_) return;
      if (count < max) Give(Describe(order), &out[count]);
      ++count;
    });
    return count;
  }

  static std::int32_t SetTimer(crucible_engine* engine, std::int64_t at, std::int64_t payload,
                               std::uint64_t* timer_id) {
    Engine& run = Run(engine);
    *timer_id =
        run.timers_.Set(std::max(Nanos{at}, run.now_), Self(engine).ordinal_, payload, run.desk_->cause());
    return *timer_id == 0 ? CRUCIBLE_FULL : CRUCIBLE_OK;
  }
  static std::int32_t CancelTimer(crucible_engine* engine, std::uint64_t timer_id) {
    return Run(engine).timers_.Cancel(timer_id, Self(engine).ordinal_) ? CRUCIBLE_OK : CRUCIBLE_NOT_FOUND;
  }
  static std::int32_t Feature(crucible_engine* engine, const char* name, std::uint64_t* feature_id) {
    StrategyHost& self = Self(engine);
    if (self.feature_names_.size() >= kMaxNames) return CRUCIBLE_FULL;
    const std::size_t known = self.feature_names_.size();
    // The name goes to the text stream, so that readers of the journal can turn the id back into it.
    if (IndexOfName(self.feature_names_, name) == known) Run(engine).recorder_.AppendText(FeatureText(name));
    *feature_id = FeatureId(name);
    return CRUCIBLE_OK;
  }
  static std::int32_t Observe(crucible_engine* engine, std::uint64_t feature_id, double value) {
    auto& observed = Self(engine).observed_;
    if (observed.size() >= kMaxNames) return CRUCIBLE_FULL;
    observed.push_back({feature_id, value});
    return CRUCIBLE_OK;
  }
  static std::int32_t RandomStreamOf(crucible_engine* engine, const char* name, std::uint64_t* stream_id) {
    StrategyHost& self = Self(engine);
    if (self.stream_names_.size() >= kMaxNames) return CRUCIBLE_FULL;
    *stream_id = IndexOfName(self.stream_names_, name);
    if (*stream_id == self.streams_.size()) {
      self.streams_.push_back(self.random_.Stream("strategy/" + std::string(self.name()) + "/" + name));
    }
    return CRUCIBLE_OK;
  }
  static std::uint64_t RandomU64(crucible_engine* engine, std::uint64_t stream_id) {
    auto& streams = Self(engine).streams_;
    return stream_id < streams.size() ? streams[stream_id]() : 0;
  }

  static void Print(crucible_engine* engine, const char* text) {
    auto& prints = Run(engine).result_.prints;
    if (prints.size() < Engine::kMaxPrints) prints.emplace_back(text);
  }
  static void Fail(crucible_engine* engine, const char* text) { Self(engine).failure_ = text; }

  static const crucible_host_v1* Table() {
    static const crucible_host_v1 table = {sizeof(crucible_host_v1),
                                           CRUCIBLE_ABI_MINOR,
                                           &Now,
                                           &InstrumentCount,
                                           &GetInstrument,
                                           &ParameterInt,
                                           &ParameterDouble,
                                           &ParameterText,
                                           &GetLevel,
                                           &QuantityAt,
                                           &GetPosition,
                                           &GetAccount,
                                           &Submit,
                                           &Cancel,
                                           &Amend,
                                           &GetOrder,
                                           &OpenOrders,
                                           &SetTimer,
                                           &CancelTimer,
                                           &Feature,
                                           &Observe,
                                           &RandomStreamOf,
                                           &RandomU64,
                                           [](double x) { return crucible::Exp(x); },
                                           [](double x) { return crucible::Log(x); },
                                           [](double x, double y) { return crucible::Pow(x, y); },
                                           [](double x) { return crucible::Sin(x); },
                                           [](double x) { return crucible::Cos(x); },
                                           [](double x) { return crucible::Tanh(x); },
                                           &Print,
                                           &Fail,
                                           &GetRegime,
                                           &GetSession,
                                           &GetCauses};
    return &table;
  }
};

StrategyHost::StrategyHost(Engine& engine, const crucible_strategy_v1& strategy, std::uint32_t ordinal,
                           std::uint64_t seed, RouteParameters parameters)
    : engine_(engine), ordinal_(ordinal), random_(seed), parameters_(std::move(parameters)) {
  // A plugin of an older minor version has a shorter struct: what it lacks stays null.
  std::memcpy(&strategy_, &strategy, std::min<std::size_t>(strategy.size, sizeof strategy_));
}

StrategyHost::~StrategyHost() {
  if (instance_ != nullptr) strategy_.destroy(instance_);
}

bool StrategyHost::CreateInstance() {
  instance_ = strategy_.create(Functions::Table(), reinterpret_cast<crucible_engine*>(this));
  return instance_ != nullptr;
}

void StrategyHost::Failed(Handler handler) { engine_.StrategyFailed(*this, handler); }

void StrategyHost::Hash(StateHasher& hasher) const {
  hasher.Add(std::uint64_t{ordinal_});
  for (const RandomStream& stream : streams_) stream.Hash(hasher);
  if (strategy_.hash != nullptr && instance_ != nullptr) hasher.Add(strategy_.hash(instance_));
}

}  // namespace crucible::engine
