#include "framework/engine/engine.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

constexpr std::uint32_t kMostToldAtOnce = 1'000'000;
constexpr std::uint64_t kProgressEvery = 1 << 16;  // market records

// Components of kStateHash records. Part of the file format; strategies follow from kFirstStrategy on.
enum Component : std::uint64_t {
  kVenues = 1,
  kBooks = 2,
  kOrders = 3,
  kAccount = 4,
  kTimers = 5,
  kRisk = 6,
  kRegimes = 7,
  kRolls = 8,
  kCauses = 9,
  kFirstStrategy = 64
};

enum FeedChannel : std::uint8_t { kBookFeed, kTradeFeed, kQuoteFeed, kBarFeed, kFeedChannels };

// By the kind of a group's first record.
constexpr std::array<FeedChannel, 256> kFeedOf = [] {
  std::array<FeedChannel, 256> feeds{};
  feeds[static_cast<std::uint8_t>(Kind::kTrade)] = kTradeFeed;
  feeds[static_cast<std::uint8_t>(Kind::kQuote)] = kQuoteFeed;
  feeds[static_cast<std::uint8_t>(Kind::kBar)] = kBarFeed;
  return feeds;
}();

Event Mark(Kind kind, Nanos at, std::uint64_t inputs, std::uint64_t records, std::uint64_t code) {
  Event event;
  event.time = at.since_epoch;
  event.kind = kind;
  event.flags = flag::kGroupEnd;
  SetBody(event, RunMarkBody{inputs, records, code, 0});
  return event;
}

}  // namespace

bool Engine::ByArrival::operator()(const CommandOnItsWay& a, const CommandOnItsWay& b) const {
  return std::tie(a.arrival, a.command.instrument) < std::tie(b.arrival, b.command.instrument);
}

bool Engine::ByArrival::operator()(const ReplyOnItsWay& a, const ReplyOnItsWay& b) const {
  return std::tie(a.event.time, a.event.instrument) < std::tie(b.event.time, b.event.instrument);
}

bool Engine::InDeliveryOrder::operator()(const QueuedGroup& a, const QueuedGroup& b) const {
  if (a.group.receive_time != b.group.receive_time) return a.group.receive_time < b.group.receive_time;
  const auto key = [](const QueuedGroup& queued) {
    const MarketGroup& group = queued.group;
    return std::tuple(group.instrument.value, group.input, group.records.front().seq);
  };
  return key(a) < key(b);
}

Engine::Engine(EngineConfig config, Source& source, RecordSink& sink)
    : config_(std::move(config)), source_(source), recorder_(sink) {}

Engine::~Engine() = default;

// ---- preparation ----

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(EngineConfig config, Source& source,
                                                       RecordSink& sink) {
  auto engine = std::unique_ptr<Engine>(new Engine(std::move(config), source, sink));
  CRUCIBLE_RETURN_IF_ERROR(engine->Prepare());
  return engine;
}

absl::Status Engine::Prepare() {
  CRUCIBLE_ASSIGN_OR_RETURN(desk_, Desk::Create(config_.desk, recorder_));
  if (config_.venues.size() != desk_->instrument_count()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d venues for %d instruments", config_.venues.size(), desk_->instrument_count()));
  }
  due_.assign(config_.venues.size(), kEndOfTime);
  for (const Venue* venue : config_.venues) passes_.push_back(venue->PassesMarketThrough());
  CRUCIBLE_RETURN_IF_ERROR(PrepareChannels());
  CRUCIBLE_RETURN_IF_ERROR(PrepareStrategies());
  return PrepareChanges();
}

absl::Status Engine::PrepareChannels() {
  const Random random(config_.seed);
  std::map<std::string, VenueChannels*> by_venue;
  for (std::uint32_t i = 0; i < desk_->instrument_count(); ++i) {
    const Instrument& instrument = desk_->instrument({i});
    const auto [at, made] = by_venue.try_emplace(instrument.venue, nullptr);
    if (made) {
      CRUCIBLE_ASSIGN_OR_RETURN(latency::Channels channels,
                                latency::MakeChannels(config_.latency, random, instrument.venue));
      venue_channels_.push_back({std::move(channels.entry), std::move(channels.reply)});
      at->second = &venue_channels_.back();
    }
    channels_of_.push_back(at->second);
    feeds_.emplace_back();
    for (std::string_view feed : kFeedNames) {
      const std::string name = absl::StrFormat("latency/%s/feed/%s", FullName(instrument), feed);
      CRUCIBLE_ASSIGN_OR_RETURN(latency::LatencySpec spec,
                                latency::ParseLatency(config_.latency.feed, random.Stream(name)));
      feeds_.back().emplace_back(std::move(spec));
    }
  }
  return absl::OkStatus();
}

absl::Status Engine::PrepareStrategies() {
  for (const StrategySetup& setup : config_.strategies) {
    CRUCIBLE_ASSIGN_OR_RETURN(RouteParameters parameters,
                              ResolveByRoute(*setup.strategy, setup.by_route, setup.parameters, routes()));
    const auto ordinal = static_cast<std::uint32_t>(strategies_.size() + 1);
    strategies_.push_back(
        std::make_unique<StrategyHost>(*this, *setup.strategy, ordinal, config_.seed, std::move(parameters)));
  }
  return absl::OkStatus();
}

// ---- the loop ----

absl::Status Engine::Run(const Progress& progress) {
  Start();
  std::uint64_t next_report = kProgressEvery;
  while (Step() || Change()) {
    if (result_.market_records < next_report) continue;
    next_report = result_.market_records + kProgressEvery;
    if (!recorder_.ok()) break;
    if (progress && !progress(source_.position(), source_.size())) return absl::AbortedError("stopped");
  }
  Finish();
  return Outcome();
}

absl::Status Engine::Outcome() {
  recorder_.Flush();
  CRUCIBLE_RETURN_IF_ERROR(recorder_.status());
  CRUCIBLE_RETURN_IF_ERROR(source_.status());
  result_.records = recorder_.last_seq();
  return absl::OkStatus();
}

void Engine::Start() {
  PullSource();
  for (std::uint32_t i = 0; i < due_.size(); ++i) RefreshDue({i});
  now_ = source_live_ ? next_group_.group.exchange_time : next_due_ != kEndOfTime ? next_due_ : Nanos{};
  result_.first_time = now_;
  const std::uint64_t text = recorder_.AppendText(config_.configuration);
  const std::uint64_t start = recorder_.Append(Mark(Kind::kRunStart, now_, 0, 0, config_.seed));
  Event configuration;
  configuration.time = now_.since_epoch;
  configuration.origin = CauseRef{0, start}.bits();
  configuration.kind = Kind::kConfiguration;
  configuration.flags = flag::kGroupEnd;
  SetBody(configuration, TextBody{text, {}});
  recorder_.Append(configuration);
  DefineProduced();
  if (config_.causes != nullptr) config_.causes->Define(now_, {0, start}, recorder_);
  desk_->SetCause(now_, {0, start});
  desk_->Start(now_);
  next_checkpoint_ = config_.checkpoint_records;
  for (auto& strategy : strategies_) {
    if (!strategy->CreateInstance()) return StrategyFailed(*strategy, Handler::kCreate);
  }
  ForEachStrategy([](StrategyHost& strategy) { strategy.Start(); });
}

// No input defines what a venue produces, so the run's own stream does.
void Engine::DefineProduced() {
  for (std::uint32_t i = 0; i < config_.venues.size(); ++i) {
    if (passes_[i] != 0) continue;
    const Instrument& instrument = desk_->instrument({i});
    const std::uint64_t text = recorder_.AppendText(DefinitionText(instrument));
    for (const Event& record : DefinitionRecords(instrument, {i}, now_, text)) recorder_.Append(record);
  }
}

void Engine::Finish() {
  desk_->SetCause(now_, {});
  ForEachStrategy([](StrategyHost& strategy) { strategy.Stop(); });
  result_.metrics = desk_->Finish(now_);
  result_.denials = desk_->denials();
  Checkpoint();
  recorder_.Append(
      Mark(Kind::kRunEnd, now_, result_.market_records, recorder_.last_seq() + 1, failed_ ? 1 : 0));
  result_.last_time = now_;
}

std::int64_t Engine::VenueTime() const {
  std::int64_t time = next_due_.since_epoch;
  if (source_live_) time = std::min(time, next_group_.group.exchange_time.since_epoch);
  if (!commands_.empty()) time = std::min(time, commands_.front().arrival.since_epoch);
  return time;
}

std::int64_t Engine::StrategyTime() const {
  std::int64_t time = timers_.next_due().since_epoch;
  if (!deliveries_.empty()) time = std::min(time, deliveries_.front().group.receive_time.since_epoch);
  if (!replies_.empty()) time = std::min(time, replies_.front().event.time);
  return time;
}

void Engine::StopAt(std::uint64_t seq, std::function<void(const Desk&)> look) {
  recorder_.Watch(seq, [this, look = std::move(look)] {
    look(*desk_);
    stopped_ = true;
  });
}

// One event on one side. False when the run is over.
bool Engine::Step() {
  if (failed_ || stopped_) return false;
  const std::int64_t venue_time = VenueTime();
  const std::int64_t strategy_time = StrategyTime();
  if (!source_live_ && deliveries_.empty() && std::min(venue_time, strategy_time) > config_.until.since_epoch)
    return false;
  if (venue_time <= strategy_time) {
    StepVenue(venue_time);
  } else {
    StepStrategy(strategy_time);
  }
  return true;
}

// ---- venue side ----
//
// What happens for every market event is one function with Step: calls and saved registers would cost as much
// as the work.

[[gnu::always_inline]] inline void Engine::PullSource() {
  source_live_ = source_.Next(&next_group_) == Source::Pull::kGroup;
}

[[gnu::always_inline]] inline void Engine::StepVenue(std::int64_t time) {
  if (source_live_ && next_group_.group.exchange_time.since_epoch == time) return VenueMarket();
  if (commands_.empty() || commands_.front().arrival.since_epoch != time) return VenueTimers({time});
  do VenueCommand();
  while (!commands_.empty() && commands_.front().arrival.since_epoch == time && !stopped_);
}

[[gnu::always_inline]] inline Nanos Engine::FeedArrival(const MarketGroup& group) {
  latency::Channel& feed =
      feeds_[group.instrument.value][kFeedOf[static_cast<std::uint8_t>(group.records.front().kind)]];
  return feed.Deliver(group.exchange_time, group.receive_time);
}

[[gnu::always_inline]] inline void Engine::VenueMarket() {
  const MarketGroup& group = next_group_.group;
  Venue& venue = *config_.venues[group.instrument.value];
  venue.OnMarket(group, outbox_);
  if (!outbox_.empty()) {
    TakeOutbox(group.instrument, group.exchange_time);
  } else if (group.records.front().kind == Kind::kMarkPrice) {
    RefreshDue(group.instrument);  // it may name another time of funding
  }
  if (passes_[group.instrument.value] != 0) [[likely]] {
    // In place: a copy would wait for the time that was stored a moment ago.
    QueuedGroup& sent = deliveries_.Open();
    sent = next_group_;
    sent.group.receive_time = FeedArrival(group);
    deliveries_.Close();
  } else {
    RefreshDue(group.instrument);
    source_.Release(next_group_);
  }
  PullSource();
}

[[gnu::always_inline]] inline void Engine::VenueCommand() {
  const CommandOnItsWay& sent = commands_.front();
  const InstrumentId instrument = sent.command.instrument;
  const Nanos arrival = sent.arrival;
  config_.venues[instrument.value]->OnCommand(sent.command, arrival, outbox_);
  commands_.Pop();
  TakeOutbox(instrument, arrival);
}

void Engine::VenueTimers(Nanos to) {
  for (std::uint32_t i = 0; i < due_.size(); ++i) {
    if (due_[i] > to) continue;
    config_.venues[i]->Advance(to, outbox_);
    TakeOutbox({i}, to);
    RefreshDue({i});
  }
}

// A venue that said nothing has not changed what it waits for: orders come and go by replies.
void Engine::TakeOutbox(InstrumentId instrument, Nanos venue_time) {
  if (outbox_.empty()) return;
  for (Event fact : outbox_.facts()) {
    fact.time = venue_time.since_epoch;
    recorder_.Append(fact);
  }
  if (!outbox_.market().empty()) TakeProduced();
  if (!outbox_.replies().empty()) TakeReplies(instrument, venue_time);
  outbox_.Clear();
  RefreshDue(instrument);
}

void Engine::TakeProduced() {
  const std::span<const Event> market = outbox_.market();
  for (std::size_t begin = 0; begin < market.size();) {
    std::size_t end = begin + 1;
    while (!market[end - 1].EndsGroup()) ++end;
    QueuedGroup kept = produced_.Keep(market.subspan(begin, end - begin));
    kept.group.receive_time = FeedArrival(kept.group);
    deliveries_.Push(kept);
    begin = end;
  }
}

[[gnu::always_inline]] inline void Engine::TakeReplies(InstrumentId instrument, Nanos venue_time) {
  latency::Channel& channel = channels_of_[instrument.value]->reply;
  Nanos arrival{};
  bool first_of_group = true;
  for (const Event& reply : outbox_.replies()) {
    if (first_of_group) arrival = channel.Deliver(venue_time);
    first_of_group = reply.EndsGroup();
    Event& sent = replies_.Open().event;
    sent = reply;
    sent.time = arrival.since_epoch;
    replies_.Close();
  }
}

[[gnu::always_inline]] inline void Engine::RefreshDue(InstrumentId instrument) {
  const Nanos due = config_.venues[instrument.value]->NextDue();
  if (due == due_[instrument.value]) return;
  due_[instrument.value] = due;
  next_due_ = *std::ranges::min_element(due_);
}

// ---- strategy side ----

[[gnu::always_inline]] inline void Engine::StepStrategy(std::int64_t time) {
  now_ = {time};
  desk_->SampleBefore(now_);
  if (!replies_.empty() && replies_.front().event.time == time) return DeliverReplies(time);
  if (!deliveries_.empty() && deliveries_.front().group.receive_time.since_epoch == time)
    return DeliverMarket();
  DeliverTimer();
}

// Those of one time, until the venue side has something to do at this time, or the run ends.
void Engine::DeliverReplies(std::int64_t time) {
  do DeliverReply();
  while (!replies_.empty() && replies_.front().event.time == time && !failed_ && !stopped_ &&
         (commands_.empty() || commands_.front().arrival.since_epoch > time));
}

[[gnu::always_inline]] inline void Engine::DeliverReply() {
  Event& reply = replies_.front().event;  // stays in place while strategies act on it
  replies_.Pop();
  desk_->NameVenueOrder(reply);
  reply.seq = recorder_.Append(reply);
  Event* detail = nullptr;
  if (!reply.EndsGroup()) {  // a fill, funding, a liquidation, and its detail
    detail = &replies_.front().event;
    replies_.Pop();
    detail->seq = recorder_.Append(*detail);
  }
  desk_->SetCause(now_, {0, reply.seq});
  const DeskReply outcome = desk_->ApplyReply(reply, detail);
  if (reply.kind > Kind::kTriggered) return DispatchMargin(reply, *detail);
  DispatchReply(reply, outcome);
  if (reply.kind == Kind::kFill && !roll_orders_.empty()) FollowRoll(reply);
}

// No input holds what a venue produced: it becomes part of the run's own stream when the strategy side learns
// of it.
void Engine::RecordProduced(const QueuedGroup& delivered) {
  for (Event& record : ProducedGroups::Records(delivered)) {
    record.time = now_.since_epoch;
    record.seq = recorder_.Append(record);
  }
}

[[gnu::always_inline]] inline void Engine::DeliverMarket() {
  const QueuedGroup& delivered = deliveries_.front();  // stays in place: nothing is sent meanwhile
  deliveries_.Pop();
  const MarketGroup& group = delivered.group;
  const bool produced = group.input == 0;
  if (produced) RecordProduced(delivered);
  desk_->SetCause(now_, {group.input, group.records.back().seq});
  const book::ApplyResult applied = desk_->ApplyMarket(group);
  if (config_.rolls != nullptr) ObserveRolls(group);
  if (config_.regimes != nullptr) ObserveRegimes(group);
  if (config_.causes != nullptr) ObserveCauses(group);
  DispatchMarket(group, applied.touch_changed);
  result_.market_records += group.records.size();
  if (produced) {
    produced_.Release(delivered);
  } else {
    source_.Release(delivered);
  }
  if (result_.market_records >= next_checkpoint_) Checkpoint();
}

// What strategies do in answer to a swap has the swap as its cause; the bar comes after it.
void Engine::ObserveRegimes(const MarketGroup& group) {
  const CauseRef bar = desk_->cause();
  const std::optional<RegimeObserver::Swap> swap = config_.regimes->Observe(group, bar, now_, recorder_);
  if (!swap) return;
  desk_->SetCause(now_, {0, swap->seq});
  ForEachStrategy([&](StrategyHost& strategy) { strategy.Regime(swap->event); });
  desk_->SetCause(now_, bar);
}

// As with swaps: answers to a change of the graph have it as their cause.
void Engine::ObserveCauses(const MarketGroup& group) {
  const CauseRef bar = desk_->cause();
  const std::optional<CausalObserver::Change> change = config_.causes->Observe(group, bar, now_, recorder_);
  if (!change) return;
  desk_->SetCause(now_, {0, change->seq});
  ForEachStrategy([&](StrategyHost& strategy) { strategy.Causes(change->event); });
  desk_->SetCause(now_, bar);
}

void Engine::DeliverTimer() {
  const Timer timer = timers_.Pop();
  if (StandsStill(*strategies_[timer.strategy - 1], Handler::kTimer)) return;
  Event& event = recorder_.Add();
  event.time = now_.since_epoch;
  event.origin = timer.cause.bits();
  event.kind = Kind::kTimer;
  event.flags = flag::kGroupEnd;
  SetBody(event, TimerBody{timer.id, timer.due, timer.strategy, timer.payload});
  const std::uint64_t seq = event.seq;
  desk_->SetCause(now_, {0, seq});
  strategies_[timer.strategy - 1]->Timer(
      {sizeof(crucible_timer_event_v1), 0, now_.since_epoch, timer.id, timer.payload});
}

void Engine::StrategyFailed(const StrategyHost& strategy, Handler handler) {
  EndWith(strategy, handler, strategy.failure().empty() ? "no reason given" : strategy.failure());
}

// Without latency, who answers a refusal with the same order, or a timer with another of now, is answered for
// ever.
bool Engine::StandsStill(const StrategyHost& strategy, Handler handler) {
  if (now_ != still_at_) {
    still_at_ = now_;
    told_at_once_ = 0;
  }
  if (++told_at_once_ < kMostToldAtOnce) [[likely]]
    return false;
  EndWith(strategy, handler,
          absl::StrFormat(
              "strategies were told of %d replies and timers at %s and time did not go on: what they do in "
              "answer to each causes the next; give the venue a latency, or answer less",
              kMostToldAtOnce, FormatTimestamp(now_)));
  return true;
}

void Engine::EndWith(const StrategyHost& strategy, Handler handler, std::string_view reason) {
  if (failed_) return;
  failed_ = true;
  result_.strategy_error =
      absl::StrFormat("strategy %s failed in %s: %s", strategy.name(), Name(handler), reason);
  Event event;
  event.time = now_.since_epoch;
  event.kind = Kind::kStrategyError;
  event.flags = flag::kGroupEnd;
  SetBody(event, StrategyErrorBody{static_cast<std::int64_t>(handler), 1, strategy.ordinal(),
                                   recorder_.AppendText(result_.strategy_error)});
  recorder_.Append(event);
}

// ---- witnesses of the state ----

void Engine::HashComponent(std::uint64_t component, const StateHasher& hasher) {
  Event event;
  event.time = now_.since_epoch;
  event.kind = Kind::kStateHash;
  event.flags = flag::kGroupEnd;
  SetBody(event, StateHashBody{component, hasher.value().low, hasher.value().high, result_.market_records});
  recorder_.Append(event);
}

// The next checkpoint waits until at least as many records have come as words were hashed, so that a market
// of a million live orders does not spend its time on hashing.
void Engine::Checkpoint() {
  std::uint64_t words = 0;
  const auto witness = [&](std::uint64_t component, auto&& fill) {
    StateHasher hasher;
    fill(hasher);
    words += hasher.words();
    HashComponent(component, hasher);
  };
  witness(kVenues, [&](StateHasher& hasher) {
    for (const Venue* venue : config_.venues) venue->Hash(hasher);
  });
  witness(kBooks, [&](StateHasher& hasher) { desk_->HashBooks(hasher); });
  witness(kOrders, [&](StateHasher& hasher) { desk_->orders().Hash(hasher); });
  witness(kAccount, [&](StateHasher& hasher) { desk_->account().Hash(hasher); });
  witness(kTimers, [&](StateHasher& hasher) { timers_.Hash(hasher); });
  witness(kRisk, [&](StateHasher& hasher) { desk_->risk().Hash(hasher); });
  if (config_.regimes != nullptr)
    witness(kRegimes, [&](StateHasher& hasher) { config_.regimes->Hash(hasher); });
  if (config_.rolls != nullptr) {
    witness(kRolls, [&](StateHasher& hasher) {
      config_.rolls->Hash(hasher);
      for (const auto& [instrument, leaving] : leaving_) {
        hasher.Add(std::uint64_t{instrument});
        hasher.Add(leaving.next_attempt.since_epoch);
      }
      for (const auto& [order, opens] : roll_orders_) hasher.Add(order);
    });
  }
  if (config_.causes != nullptr) witness(kCauses, [&](StateHasher& hasher) { config_.causes->Hash(hasher); });
  for (const auto& strategy : strategies_) {
    witness(kFirstStrategy + strategy->ordinal(), [&](StateHasher& hasher) { strategy->Hash(hasher); });
  }
  next_checkpoint_ = result_.market_records + std::max(config_.checkpoint_records, 8 * words);
}

}  // namespace crucible::engine
