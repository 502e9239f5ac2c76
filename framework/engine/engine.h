// The deterministic loop: one thread, one clock, the same in every mode.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(auto engine, Engine::Create(config, source, sink));
//   CRUCIBLE_RETURN_IF_ERROR(engine->Run());
//   Print(engine->result());
//
// A market group is delivered twice: to its venue at exchange time, to the strategy side at receive time.
// Commands reach the venue after the entry latency, replies return after the reply latency. What is due at
// the same time happens in this order:
//
//   venue side      market data, then commands, then the venue's own timers
//   strategy side   after the venue side; replies, market data, timers; then by instrument, input, sequence
//
// A bar is read by the regime model and the live causal graph, where there are such, before strategies see
// it.
//
// Every fact of the run (reply, intent, denial, timer, sample, forecast, market data that a venue produced,
// and what its instrument is) is appended to the run's stream before anyone acts on it. The run ends when the
// source is exhausted and the last market group has been delivered, but not before `EngineConfig::until`;
// what would come later does not happen.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/trading_calendar.h"
#include "framework/base/units.h"
#include "framework/engine/causal_observer.h"
#include "framework/engine/desk.h"
#include "framework/engine/ordered_ring.h"
#include "framework/engine/parameters.h"
#include "framework/engine/produced_groups.h"
#include "framework/engine/recorder.h"
#include "framework/engine/regime_observer.h"
#include "framework/engine/rolls.h"
#include "framework/engine/source.h"
#include "framework/engine/strategy_host.h"
#include "framework/engine/timers.h"
#include "framework/engine/venue.h"
#include "simulators/latency/channel.h"

namespace crucible::engine {

struct StrategySetup {
  const crucible_strategy_v1* strategy = nullptr;  // outlives the engine
  std::map<std::string, std::string> parameters;
  // By route of the regime model: what replaces some of the parameters while the route is active. May be
  // shorter.
  std::vector<std::map<std::string, std::string>> by_route = {};
};

// A branch: what is different once record `at` - 1 of the run's stream and all that its event brought about
// have been appended. Nothing before that depends on the change, so runs that differ in it alone share their
// beginning.
struct ConfigChange {
  std::uint64_t at = 0;  // the first record that may differ; 2 or more
  trading::RiskConfig risk;
  std::vector<std::optional<trading::InstrumentLimits>> limits;  // by instrument
  latency::LatencyConfig latency;
  std::vector<std::map<std::string, std::string>> parameters;  // by strategy
};

struct EngineConfig {
  std::uint64_t seed = 1;
  std::string configuration;  // canonical text, appended to the stream
  DeskConfig desk;
  std::vector<Venue*> venues;  // by instrument; outlive the engine
  std::vector<StrategySetup> strategies;
  RegimeObserver* regimes = nullptr;          // null: none; outlives the engine, and serves it alone
  const TradingCalendar* calendar = nullptr;  // for strategies; null: none; outlives the engine
  Rolls* rolls = nullptr;                     // null: no contract follows another; as above
  CausalObserver* causes = nullptr;           // as `regimes`
  latency::LatencyConfig latency;
  std::uint64_t checkpoint_records = 65'536;  // market records between state hashes, at least
  std::vector<ConfigChange> changes;          // ascending by `at`
  Nanos until{INT64_MIN};  // venues and strategies act up to this moment, also when no source is left
};

struct EngineResult {
  std::uint64_t market_records = 0;  // delivered to the strategy side
  std::uint64_t records = 0;         // of the run's stream
  Nanos first_time, last_time;
  trading::Metrics metrics;
  std::map<trading::RiskRule, std::uint64_t> denials;  // commands that the risk gate stopped
  std::string strategy_error;                          // why the run ended early; empty when it did not
  std::vector<std::string> prints;                     // lines of strategies, the first kMaxPrints
};

class Engine {
 public:
  static constexpr std::size_t kMaxPrints = 1000;
  // Called now and then with (market records read, records in all); returning false stops the run early.
  using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

  static absl::StatusOr<std::unique_ptr<Engine>> Create(EngineConfig config, Source& source,
                                                        RecordSink& sink);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Once. kAborted when `progress` stopped it; a strategy's error is a result, not a status.
  absl::Status Run(const Progress& progress = {});

  // Looks at the strategy side when record `seq` of the run's stream is about to be appended; then the run
  // stops.
  void StopAt(std::uint64_t seq, std::function<void(const Desk&)> look);

  const EngineResult& result() const { return result_; }
  const Desk& desk() const { return *desk_; }
  // Of the regime model; one without it.
  std::size_t routes() const { return config_.regimes == nullptr ? 1 : config_.regimes->routes(); }
  // That the regime model has made active; 0 without one.
  std::size_t route() const { return config_.regimes == nullptr ? 0 : config_.regimes->route(); }

 private:
  friend class StrategyHost;

  static constexpr std::string_view kFeedNames[] = {"book", "trade", "quote", "bar"};  // by kind of message

  struct InDeliveryOrder {
    bool operator()(const QueuedGroup& a, const QueuedGroup& b) const;
  };
  struct CommandOnItsWay {
    Nanos arrival;
    trading::Command command;
  };
  struct ReplyOnItsWay {
    Event event;  // time is its arrival
  };
  struct ByArrival {
    bool operator()(const CommandOnItsWay& a, const CommandOnItsWay& b) const;
    bool operator()(const ReplyOnItsWay& a, const ReplyOnItsWay& b) const;
  };
  struct Leaving {  // a contract that was rolled out of
    CauseRef cause;
    Nanos next_attempt;
  };
  struct VenueChannels {  // of one venue name
    latency::Channel entry, reply;
  };

  Engine(EngineConfig config, Source& source, RecordSink& sink);
  absl::Status Prepare();
  absl::Status PrepareChannels();
  absl::Status PrepareStrategies();
  absl::Status PrepareChanges();

  // In the order of the configuration, until one fails.
  template <class Call>
  void ForEachStrategy(Call&& call) {
    for (auto& strategy : strategies_) {
      if (failed_) return;
      call(*strategy);
    }
  }
  void Start();
  void DefineProduced();
  void Finish();
  absl::Status Outcome();
  bool Step();
  bool Change();
  void ChangeLatency(const latency::LatencyConfig& latency, std::uint64_t at);
  void ChangeParameters(std::size_t change);
  std::int64_t VenueTime() const;
  std::int64_t StrategyTime() const;

  void StepVenue(std::int64_t time);
  void VenueMarket();
  void VenueCommand();
  void VenueTimers(Nanos to);
  void PullSource();
  void TakeOutbox(InstrumentId instrument, Nanos venue_time);
  void TakeReplies(InstrumentId instrument, Nanos venue_time);
  void TakeProduced();
  void RefreshDue(InstrumentId instrument);
  Nanos FeedArrival(const MarketGroup& group);

  void StepStrategy(std::int64_t time);
  void DeliverReplies(std::int64_t time);
  void DeliverReply();
  void DeliverMarket();
  void RecordProduced(const QueuedGroup& delivered);
  void DeliverTimer();
  void ObserveRegimes(const MarketGroup& group);
  void ObserveRolls(const MarketGroup& group);
  void CancelOrdersOf(InstrumentId instrument);
  void LeaveContract(const Rolls::Roll& roll);
  void FollowRoll(const Event& fill);
  OrderId SendRollOrder(InstrumentId instrument, Side side, Quantity quantity);
  void ObserveCauses(const MarketGroup& group);
  void DispatchMarket(const MarketGroup& group, bool touch_changed);
  void DispatchBook(const MarketGroup& group, bool touch_changed);
  void DispatchTrades(const MarketGroup& group);
  void DispatchBar(const MarketGroup& group);
  void DispatchStatus(const MarketGroup& group);
  void DispatchDefinition(const MarketGroup& group);
  void DispatchTrade(const MarketGroup& group, const Event& record);
  void DispatchMark(const MarketGroup& group);
  void DispatchReply(const Event& reply, const DeskReply& outcome);
  void DispatchFill(const Event& reply, const DeskReply& outcome);
  void DispatchMargin(const Event& reply, const Event& detail);

  void Checkpoint();
  void HashComponent(std::uint64_t component, const StateHasher& hasher);
  // For StrategyHost: the command that is sent next, to be filled in place, and its departure.
  trading::Command& NextCommand() { return commands_.Open().command; }
  void SendCommand() {
    CommandOnItsWay& sent = commands_.Open();
    sent.arrival = channels_of_[sent.command.instrument.value]->entry.Deliver(now_);
    commands_.Close();
  }
  void StrategyFailed(const StrategyHost& strategy, Handler handler);
  void EndWith(const StrategyHost& strategy, Handler handler, std::string_view reason);
  bool StandsStill(const StrategyHost& strategy, Handler handler);

  EngineConfig config_;
  Source& source_;
  Recorder recorder_;
  std::unique_ptr<Desk> desk_;
  std::vector<std::unique_ptr<StrategyHost>> strategies_;
  Timers timers_;

  std::vector<std::vector<latency::Channel>> feeds_;  // by instrument, by kind of message
  std::deque<VenueChannels> venue_channels_;
  std::vector<VenueChannels*> channels_of_;  // by instrument, in venue_channels_

  std::vector<std::uint8_t> passes_;  // by instrument: the strategy side receives the source's groups
  QueuedGroup next_group_;            // not yet at its venue
  bool source_live_ = false;
  OrderedRing<CommandOnItsWay, ByArrival> commands_;
  OrderedRing<ReplyOnItsWay, ByArrival> replies_;
  OrderedRing<QueuedGroup, InDeliveryOrder> deliveries_;
  ProducedGroups produced_;
  std::vector<Nanos> due_;  // venue timers by instrument
  Nanos next_due_ = kEndOfTime;
  Outbox outbox_;

  // Of each change and strategy; empty where its parameters stay.
  std::vector<std::vector<RouteParameters>> changed_parameters_;
  std::size_t next_change_ = 0;
  bool change_due_ = false;

  std::map<std::uint32_t, Leaving> leaving_;           // by instrument
  std::map<std::uint64_t, InstrumentId> roll_orders_;  // that close, and what their fills are opened in

  Nanos now_;
  bool failed_ = false;
  Nanos still_at_{-1};              // moment of the last reply or timer told
  std::uint32_t told_at_once_ = 0;  // of that moment
  bool stopped_ = false;            // no further step; for good, unless a change is due
  std::uint64_t next_checkpoint_ = 0;
  EngineResult result_;
};

}  // namespace crucible::engine
