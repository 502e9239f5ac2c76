#include "framework/runs/run_setup.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/parameters.h"
#include "framework/engine/session_source.h"
#include "framework/runs/build_info.h"
#include "framework/runs/fork.h"
#include "framework/runs/plugin_path.h"
#include "framework/runs/venue_choice.h"

namespace crucible::runs {
namespace {

namespace fs = std::filesystem;

// "" stays absent.
absl::StatusOr<std::optional<std::int64_t>> Amount(std::string_view key, const std::string& text,
                                                   int decimals) {
  if (text.empty()) return std::optional<std::int64_t>();
  DecimalResult result;
  if (ParseDecimal(text, decimals, &result) != DecimalError::kNone) {
    return absl::InvalidArgumentError(absl::StrFormat("%s is \"%s\", expected a decimal number", key, text));
  }
  if (!result.exact) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is \"%s\", expected at most %d decimals, as the instrument has", key, text, decimals));
  }
  return std::optional(result.units);
}

absl::StatusOr<Money> MoneyAmount(std::string_view key, const std::string& text, int decimals) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> units, Amount(key, text, decimals));
  return Money{units.value_or(0)};
}

absl::StatusOr<Quantity> QuantityAmount(std::string_view key, const std::string& text, int decimals) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<std::int64_t> units, Amount(key, text, decimals));
  return Quantity{units.value_or(0)};
}

absl::StatusOr<trading::FeeConfig> Fees(const RunConfig& config, const Instrument& instrument) {
  trading::FeeConfig fees;
  const int decimals = instrument.currency_decimals;
  CRUCIBLE_ASSIGN_OR_RETURN(fees.per_trade, MoneyAmount("fees.per_trade", config.fee_per_trade, decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(fees.per_unit, MoneyAmount("fees.per_unit", config.fee_per_unit, decimals));
  for (const FeeTierChoice& tier : config.fee_tiers) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Money from,
                              MoneyAmount("fees.tier.from_turnover", tier.from_turnover, decimals));
    fees.tiers.push_back(
        {from, trading::FeeRate::FromBps(tier.maker_bps), trading::FeeRate::FromBps(tier.taker_bps)});
  }
  CRUCIBLE_RETURN_IF_ERROR(fees.Validate());
  return fees;
}

absl::StatusOr<trading::InstrumentLimits> Limits(const RunConfig& config, const Instrument& instrument) {
  trading::InstrumentLimits limits;
  CRUCIBLE_ASSIGN_OR_RETURN(
      limits.max_order_quantity,
      QuantityAmount("risk.max_order_quantity", config.max_order_quantity, instrument.quantity_decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(
      limits.max_order_notional,
      MoneyAmount("risk.max_order_notional", config.max_order_notional, instrument.currency_decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(limits.max_position, QuantityAmount("risk.max_position", config.max_position,
                                                                instrument.quantity_decimals));
  limits.collar_bps = config.collar_bps;
  return limits;
}

absl::StatusOr<trading::RiskConfig> Risk(const RunConfig& config, int currency_decimals) {
  trading::RiskConfig risk;
  CRUCIBLE_ASSIGN_OR_RETURN(
      risk.max_gross_exposure,
      MoneyAmount("risk.max_gross_exposure", config.max_gross_exposure, currency_decimals));
  risk.max_open_orders = static_cast<std::uint32_t>(config.max_open_orders);
  risk.max_commands = static_cast<std::uint32_t>(config.max_commands);
  risk.rate_interval = config.command_interval;
  risk.reserved_cancels = static_cast<std::uint32_t>(config.reserved_cancels);
  return risk;
}

absl::StatusOr<trading::PerformanceConfig> PerformanceOf(const RunConfig& config, int currency_decimals,
                                                         bool bars) {
  trading::PerformanceConfig performance;
  performance.markouts.horizons = MarkoutHorizons(bars);
  performance.curve.interval = config.equity_interval;
  if (!config.target_gain.empty() || !config.target_loss.empty()) {
    trading::TargetConfig target;
    CRUCIBLE_ASSIGN_OR_RETURN(target.gain,
                              MoneyAmount("account.target_gain", config.target_gain, currency_decimals));
    CRUCIBLE_ASSIGN_OR_RETURN(target.loss,
                              MoneyAmount("account.target_loss", config.target_loss, currency_decimals));
    performance.target = target;
  }
  return performance;
}

trading::EquityCurveConfig SessionCurve(std::shared_ptr<const TradingCalendar> calendar) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  trading::EquityCurveConfig curve;
  curve.interval = {kDay};
  curve.year = {static_cast<std::int64_t>(calendar->sessions_per_year() * static_cast<double>(kDay))};
  curve.calendar = std::move(calendar);
  return curve;
}

absl::Status MarginNeedsHistory() {
  return absl::InvalidArgumentError(
      "[margin] stands in front of a fill model over recorded sessions: set venue.fill_model to auto, l3, l2, "
      "quotes or bars, and leave out [market]");
}

}  // namespace

// Within a bar nothing is known: horizons below its length would all say the same.
std::vector<Duration> MarkoutHorizons(bool bars) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  if (!bars) return trading::MarkoutConfig{}.horizons;
  return {{kMinute}, {10 * kMinute}, {60 * kMinute}, {360 * kMinute}, {1440 * kMinute}};
}

absl::StatusOr<RunSetup> RunSetup::Create(RunConfig config, std::vector<std::string> session_paths) {
  RunSetup setup;
  setup.config_ = std::move(config);
  const bool simulated = setup.config_.market.simulated;
  if (!simulated || !session_paths.empty()) {
    CRUCIBLE_RETURN_IF_ERROR(setup.OpenSessions(std::move(session_paths)));
    CRUCIBLE_ASSIGN_OR_RETURN(setup.map_, InstrumentMap::Create(setup.sessions_));
    setup.instruments_ = setup.map_.instruments();
  }
  CRUCIBLE_RETURN_IF_ERROR(setup.ChooseDefaults());
  CRUCIBLE_RETURN_IF_ERROR(setup.LoadStrategies());
  CRUCIBLE_RETURN_IF_ERROR(simulated ? setup.MakeSimulatedMarket() : setup.MakeVenues());
  CRUCIBLE_RETURN_IF_ERROR(setup.PrepareRegimes());
  CRUCIBLE_RETURN_IF_ERROR(setup.PrepareRolls());
  CRUCIBLE_RETURN_IF_ERROR(setup.PrepareCalendar());
  CRUCIBLE_RETURN_IF_ERROR(setup.PrepareCauses());
  setup.configuration_ = CanonicalText(setup.config_);
  CRUCIBLE_RETURN_IF_ERROR(setup.PlanForks());
  return setup;
}

absl::Status RunSetup::PlanForks() {
  const int decimals = instruments_.front().currency_decimals;
  RunConfig config = Unforked(config_);
  for (const ForkChoice& fork : config_.forks) {
    CRUCIBLE_ASSIGN_OR_RETURN(config, Forked(config, fork));
    engine::ConfigChange& change = changes_.emplace_back();
    change.at = static_cast<std::uint64_t>(fork.at);
    change.latency = config.latency;
    CRUCIBLE_ASSIGN_OR_RETURN(change.risk, Risk(config, decimals));
    for (const Instrument& instrument : instruments_) {
      CRUCIBLE_ASSIGN_OR_RETURN(change.limits.emplace_back(), Limits(config, instrument));
    }
    for (const StrategyChoice& strategy : config.strategies) change.parameters.push_back(strategy.parameters);
  }
  return absl::OkStatus();
}

absl::Status RunSetup::OpenSessions(std::vector<std::string> paths) {
  if (paths.empty())
    return absl::InvalidArgumentError("the run has no session: add [[session]] path = \"...\", or [market]");
  if (paths.size() > UINT16_MAX) return absl::InvalidArgumentError("a run takes at most 65535 sessions");
  for (const std::string& path : paths) {
    CRUCIBLE_ASSIGN_OR_RETURN(Session session, OpenSession(path));
    for (const Session& other : sessions_) {
      if (session.head != other.head) continue;
      return absl::InvalidArgumentError(absl::StrFormat(
          "%s and %s are the same session: every event would happen twice", other.path, session.path));
    }
    sessions_.push_back(std::move(session));
  }
  std::ranges::sort(sessions_, {}, [](const Session& s) {
    return std::tuple(s.first_time, s.head.log_hash.high, s.head.log_hash.low);
  });
  return absl::OkStatus();
}

bool RunSetup::OnlyBars() const {
  return !config_.market.simulated && std::ranges::all_of(sessions_, [](const Session& s) {
    return s.completeness == decode::Completeness::kBars;
  });
}

absl::Status RunSetup::ChooseDefaults() {
  if (config_.equity_interval.nanos == 0)
    config_.equity_interval.nanos = (OnlyBars() ? 3600 : 60) * 1'000'000'000LL;
  return absl::OkStatus();
}

absl::StatusOr<const crucible_strategy_v1*> RunSetup::LoadStrategy(StrategyChoice& choice) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string path, FindPlugin(choice.plugin));
  CRUCIBLE_ASSIGN_OR_RETURN(engine::Plugin plugin, engine::Plugin::Load(path));
  const crucible_strategy_v1* strategy = plugin.Find(choice.strategy);
  if (strategy == nullptr) {
    return absl::NotFoundError(absl::StrFormat("plugin %s has no strategy \"%s\"; it has: %s", path,
                                               choice.strategy, absl::StrJoin(plugin.StrategyNames(), ", ")));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<engine::ParameterValue> values,
                            engine::ResolveParameters(*strategy, choice.parameters));
  choice.strategy = strategy->name;
  for (const engine::ParameterValue& value : values) choice.parameters[value.name] = value.text;
  for (const auto& [route, replaced] : choice.routes) {
    CRUCIBLE_RETURN_IF_ERROR(engine::ResolveParameters(*strategy, replaced).status());
  }
  for (const std::string& warning : plugin.warnings()) {
    warnings_.push_back(
        absl::StrFormat("plugin %s is outside the determinism promise: %s", choice.plugin, warning));
  }
  plugins_.push_back(std::move(plugin));
  return strategy;
}

// Ordered once every parameter has its value, so that a spelled-out default changes nothing.
absl::Status RunSetup::LoadStrategies() {
  std::vector<std::pair<StrategyChoice, const crucible_strategy_v1*>> loaded;
  for (StrategyChoice& choice : config_.strategies) {
    CRUCIBLE_ASSIGN_OR_RETURN(const crucible_strategy_v1* strategy, LoadStrategy(choice));
    loaded.emplace_back(std::move(choice), strategy);
  }
  std::ranges::sort(loaded, StrategyBefore,
                    [](const auto& each) -> const StrategyChoice& { return each.first; });
  config_.strategies.clear();
  for (auto& [choice, strategy] : loaded) {
    config_.strategies.push_back(std::move(choice));
    strategies_.push_back(strategy);
  }
  return absl::OkStatus();
}

absl::Status RunSetup::MakeVenues() {
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    CRUCIBLE_ASSIGN_OR_RETURN(trading::FeeConfig fees, Fees(config_, instruments_[i]));
    const Session& session = sessions_[map_.first_session(i)];
    CRUCIBLE_ASSIGN_OR_RETURN(trading::FeeSchedule schedule,
                              trading::FeeSchedule::Create(fees, instruments_[i]));
    const history::VenueSetup setup{
        {static_cast<std::uint32_t>(i)}, instruments_[i], std::move(schedule), trade_ids_.get()};
    if (config_.fill_model == "responsive") CRUCIBLE_RETURN_IF_ERROR(map_.RequireConstant(i));
    CRUCIBLE_ASSIGN_OR_RETURN(VenueChoice choice,
                              MakeVenue(config_, setup, fees, session.completeness, session.window_levels));
    for (std::string& warning : choice.warnings) warnings_.push_back(std::move(warning));
    venues_.push_back(std::move(choice.venue));
    if (choice.fill_model != nullptr) fill_models_.push_back(choice.fill_model);
    flows_.push_back(std::move(choice.flow));
    fees_.push_back(std::move(fees));
  }
  return config_.margin.given ? JoinMargin() : absl::OkStatus();
}

absl::Status RunSetup::JoinMargin() {
  if (fill_models_.size() != instruments_.size()) return MarginNeedsHistory();
  CRUCIBLE_ASSIGN_OR_RETURN(const Money cash, MoneyAmount("account.cash", config_.cash,
                                                          instruments_.front().currency_decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(
      const history::MarginSetup margin,
      MakeMargin(config_.margin, instruments_, cash, sessions_.front().first_time, trade_ids_.get()));
  std::vector<history::MarginVenue::Member> members;
  for (std::size_t i = 0; i < instruments_.size(); ++i) members.push_back({instruments_[i], fill_models_[i]});
  CRUCIBLE_ASSIGN_OR_RETURN(margin_, history::MarginVenue::Create(margin, members));
  return absl::OkStatus();
}

// A market among the sessions' recorded orders.
absl::Status RunSetup::MakeRecordedMarket() {
  if (!config_.market.flow_text.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "market.flow is %s, and a market with sessions has their flow: leave out one of them",
        config_.market.flow.empty() ? "given as flow_text" : config_.market.flow));
  }
  if (instruments_.size() != 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "[market] with sessions takes one instrument, the sessions have %d", instruments_.size()));
  }
  CRUCIBLE_RETURN_IF_ERROR(map_.RequireConstant(0));
  config_.fill_model = "responsive";
  const Session& session = sessions_.front();
  CRUCIBLE_ASSIGN_OR_RETURN(
      const responsive::ResponsiveConfig recorded,
      RecordedFlowOf(config_, instruments_.front(), session.completeness, session.window_levels));
  CRUCIBLE_ASSIGN_OR_RETURN(trading::FeeConfig fees, Fees(config_, instruments_.front()));
  CRUCIBLE_ASSIGN_OR_RETURN(
      market_, runs::MakeRecordedMarket(config_.market, recorded, session.first_time, fees, seed()));
  fees_.push_back(std::move(fees));
  return absl::OkStatus();
}

absl::Status RunSetup::MakeSimulatedMarket() {
  if (config_.margin.given) return MarginNeedsHistory();
  if (!sessions_.empty()) return MakeRecordedMarket();
  instruments_ = {SimulatedInstrument()};
  CRUCIBLE_ASSIGN_OR_RETURN(trading::FeeConfig fees, Fees(config_, instruments_.front()));
  CRUCIBLE_ASSIGN_OR_RETURN(market_, MakeMarket(config_.market, fees, seed()));
  fees_.push_back(std::move(fees));
  return absl::OkStatus();
}

absl::Status RunSetup::PrepareRegimes() {
  if (config_.regimes.given()) {
    std::vector<bool> bars;
    for (std::size_t i = 0; i < instruments_.size(); ++i) bars.push_back(has_bars(i));
    CRUCIBLE_ASSIGN_OR_RETURN(RunRegimes made, MakeRegimes(config_.regimes, instruments_, bars));
    regimes_ = std::make_unique<engine::RegimeObserver>(std::move(made.observer));
    routes_ = std::move(made.routes);
  }
  for (const StrategyChoice& strategy : config_.strategies) {
    for (const auto& [route, parameters] : strategy.routes) {
      if (std::ranges::find(routes_, route) != routes_.end()) continue;
      return absl::InvalidArgumentError(absl::StrFormat(
          "strategy.route.%s: there is no such route; %s", route,
          routes_.empty() ? "routes are made by [regimes]" : "there are " + absl::StrJoin(routes_, ", ")));
    }
  }
  return absl::OkStatus();
}

absl::Status RunSetup::PrepareCalendar() {
  if (!config_.calendar.given()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(TradingCalendar calendar, ParseCalendar(config_.calendar.text, "calendar.text"));
  if (!sessions_.empty()) {
    const Nanos last = std::ranges::max_element(sessions_, {}, &Session::last_time)->last_time;
    CRUCIBLE_RETURN_IF_ERROR(CheckCovers(calendar, sessions_.front().first_time, last));
  }
  calendar_ = std::make_shared<const TradingCalendar>(std::move(calendar));
  return absl::OkStatus();
}

absl::Status RunSetup::PrepareRolls() {
  if (config_.rolls.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<engine::RollPlan> plans, MakeRolls(config_.rolls, instruments_));
  rolls_ = std::make_unique<engine::Rolls>(plans);
  return absl::OkStatus();
}

absl::Status RunSetup::PrepareCauses() {
  if (!config_.causes.given) return absl::OkStatus();
  std::vector<bool> bars;
  for (std::size_t i = 0; i < instruments_.size(); ++i) bars.push_back(has_bars(i));
  CRUCIBLE_ASSIGN_OR_RETURN(engine::CausalObserver made, MakeCauses(config_.causes, instruments_, bars));
  causes_ = std::make_unique<engine::CausalObserver>(std::move(made));
  return absl::OkStatus();
}

book::BookOptions RunSetup::BookFor(std::size_t instrument) const {
  if (makes_market()) return ProducedBookOptions(instruments_[instrument]);
  const Session& session = sessions_[map_.first_session(instrument)];
  return BookOptionsFor(instruments_[instrument], session.completeness, session.window_levels);
}

std::vector<journal::InputRef> RunSetup::inputs() const {
  std::vector<journal::InputRef> inputs;
  for (const Session& session : sessions_) {
    inputs.push_back({static_cast<std::uint16_t>(inputs.size() + 1), fs::absolute(session.path).string(),
                      session.journal->uuid(), session.head.last_seq, session.head.log_hash});
  }
  return inputs;
}

Hash128 RunSetup::identity() const {
  StateHasher hasher;
  hasher.Add(Revision());
  hasher.Add(std::string_view(configuration_));
  for (const engine::Plugin& plugin : plugins_) hasher.Add(plugin.content_hash());
  for (const Session& session : sessions_) {
    hasher.Add(session.head.last_seq);
    hasher.Add(session.head.log_hash.low);
    hasher.Add(session.head.log_hash.high);
  }
  return hasher.value();
}

std::uint64_t RunSetup::market_records() const {
  std::uint64_t sum = 0;
  for (const Session& session : sessions_) sum += session.head.last_seq;
  return sum;
}

std::unique_ptr<engine::Source> RunSetup::MakeSource(
    std::vector<std::unique_ptr<engine::Source>> sources) const {
  if (sources.empty()) return std::make_unique<engine::NoSource>();
  if (sources.size() == 1) return std::move(sources.front());
  return std::make_unique<engine::MergedSource>(std::move(sources));
}

absl::StatusOr<std::unique_ptr<engine::Engine>> RunSetup::MakeEngine(RecordSink& sink) {
  std::vector<std::unique_ptr<engine::Source>> sources;
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(*sessions_[s].journal, kMarketStream));
    engine::SessionOptions options{static_cast<std::uint16_t>(s + 1), map_.ids_of(s),
                                   sessions_[s].max_feed_latency};
    sources.push_back(std::make_unique<engine::SessionSource>(std::move(reader), std::move(options)));
  }
  source_ = MakeSource(std::move(sources));
  engine::EngineConfig config;
  if (market_.venue != nullptr) config.until = market_.end;
  config.seed = seed();
  config.configuration = CanonicalText(Unforked(config_));
  config.changes = changes_;
  config.latency = config_.latency;
  config.checkpoint_records = static_cast<std::uint64_t>(config_.checkpoint_records);
  const int decimals = instruments_.front().currency_decimals;
  CRUCIBLE_ASSIGN_OR_RETURN(config.desk.risk, Risk(config_, decimals));
  CRUCIBLE_ASSIGN_OR_RETURN(config.desk.performance, PerformanceOf(config_, decimals, OnlyBars()));
  CRUCIBLE_ASSIGN_OR_RETURN(config.desk.account.initial_cash,
                            MoneyAmount("account.cash", config_.cash, decimals));
  config.desk.account.currency = instruments_.front().settle_currency;
  config.desk.account.currency_decimals = decimals;
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    CRUCIBLE_ASSIGN_OR_RETURN(const trading::InstrumentLimits limits, Limits(config_, instruments_[i]));
    config.desk.instruments.push_back({instruments_[i], BookFor(i), fees_[i], limits});
    config.venues.push_back(margin_ != nullptr           ? margin_.get()
                            : market_.venue != nullptr ? market_.venue.get()
                                                       : venues_[i].get());
  }
  for (std::size_t i = 0; i < strategies_.size(); ++i) {
    const StrategyChoice& choice = config_.strategies[i];
    engine::StrategySetup setup{strategies_[i], choice.parameters,
                                std::vector<ParameterTexts>(routes_.size())};
    for (std::size_t route = 0; route < routes_.size(); ++route) {
      const auto found = choice.routes.find(routes_[route]);
      if (found != choice.routes.end()) setup.by_route[route] = found->second;
    }
    config.strategies.push_back(std::move(setup));
  }
  config.regimes = regimes_.get();
  config.rolls = rolls_.get();
  config.calendar = calendar_.get();
  if (config_.equity_by_session) config.desk.performance.curve = SessionCurve(calendar_);
  config.causes = causes_.get();
  return engine::Engine::Create(std::move(config), *source_, sink);
}

}  // namespace crucible::runs
