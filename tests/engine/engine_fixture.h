// Markets written in a few words, a venue that does as it is told, strategies made of lambdas behind the C
// interface, and runs of an engine over them whose records are kept.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "crucible/plugin.h"
#include "framework/engine/engine.h"
#include "framework/engine/session_source.h"
#include "framework/event/kinds.h"
#include "framework/event/log_hash.h"

namespace crucible::engine {

// Records in memory, read `batch` at a time; fails at the end with `at_end` if that is an error.
class MemoryReader final : public RecordReader {
 public:
  explicit MemoryReader(std::vector<Event> records, std::size_t batch = 512,
                        absl::Status at_end = absl::OkStatus())
      : records_(std::move(records)), batch_(batch), at_end_(std::move(at_end)) {}
  absl::StatusOr<std::size_t> Read(std::span<Event> storage) override {
    EXPECT_GE(storage.size(), batch_);
    const std::size_t count = std::min(batch_, records_.size() - next_);
    if (count == 0 && !at_end_.ok()) return at_end_;
    std::copy_n(records_.begin() + static_cast<std::ptrdiff_t>(next_), count, storage.begin());
    next_ += count;
    return count;
  }
  std::size_t max_batch() const override { return batch_; }
  std::uint64_t size() const override { return records_.size(); }

 private:
  std::vector<Event> records_;
  std::size_t batch_;
  std::size_t next_ = 0;
  absl::Status at_end_;
};

class KeepingSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> batch) override {
    if (records.size() >= fail_after) return absl::DataLossError("the disk is full");
    records.insert(records.end(), batch.begin(), batch.end());
    hash_.Add(batch);
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override {
    texts.emplace_back(text);
    return texts.size();
  }
  Hash128 log_hash() const override { return hash_.value(); }

  std::vector<Event> records;
  std::vector<std::string> texts;
  std::size_t fail_after = SIZE_MAX;

 private:
  LogHash hash_;
};

inline Instrument TestInstrument(const std::string& symbol = "X", const std::string& venue = "test") {
  return {.venue = venue, .symbol = symbol, .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
}

// One input, in receive order. Each call is a group that happened at `exchange` and was received at
// `received`.
class Tape {
 public:
  template <class Body>
  Tape& Record(std::int64_t exchange, std::int64_t received, Kind kind, Side side, const Body& body,
               bool ends = true) {
    Event event;
    event.seq = records_.size() + 1;
    event.time = received;
    event.origin = static_cast<std::uint64_t>(exchange);
    event.instrument = instrument_;
    event.kind = kind;
    event.side = side;
    event.flags = ends ? flag::kGroupEnd : std::uint16_t{0};
    SetBody(event, body);
    records_.push_back(event);
    return *this;
  }
  Tape& Level(std::int64_t exchange, std::int64_t received, Side side, std::int64_t price,
              std::int64_t quantity) {
    return Record(exchange, received, Kind::kLevel, side, LevelBody{{price}, {quantity}, 0, 0});
  }
  // Both sides of the touch in one message.
  Tape& Touch(std::int64_t exchange, std::int64_t received, std::int64_t bid, std::int64_t ask,
              std::int64_t size = 10) {
    Record(exchange, received, Kind::kDepthHead, Side::kNone, DepthHeadBody{}, false);
    Record(exchange, received, Kind::kLevel, Side::kBid, LevelBody{{bid}, {size}, 0, 0}, false);
    return Record(exchange, received, Kind::kLevel, Side::kAsk, LevelBody{{ask}, {size}, 0, 0});
  }
  Tape& Trade(std::int64_t exchange, std::int64_t received, Side aggressor, std::int64_t price,
              std::int64_t quantity) {
    return Record(exchange, received, Kind::kTrade, aggressor,
                  TradeBody{{price}, {quantity}, records_.size() + 1, {}});
  }
  Tape& Define(std::int64_t exchange, std::int64_t received, std::int64_t tick, std::int64_t lot) {
    Record(exchange, received, Kind::kDefinition, Side::kNone, DefinitionBody{{tick}, {lot}, 1, 1}, false);
    return Record(exchange, received, Kind::kDefinitionUnits, Side::kNone, DefinitionUnitsBody{2, 0, 8, 1});
  }
  Tape& Bar(std::int64_t end, std::int64_t open, std::int64_t high, std::int64_t low, std::int64_t close) {
    Record(end, end, Kind::kBar, Side::kNone, BarBody{{open}, {high}, {low}, {close}}, false);
    return Record(end, end, Kind::kBarVolume, Side::kNone, BarVolumeBody{{500}, 7, {60}, 0});
  }
  // File-local instrument of what follows.
  Tape& For(std::uint32_t instrument) {
    instrument_ = instrument;
    return *this;
  }
  const std::vector<Event>& records() const { return records_; }

 private:
  std::vector<Event> records_;
  std::uint32_t instrument_ = 0;
};

inline Duration LargestLatency(const std::vector<Event>& records) {
  std::int64_t largest = 0;
  for (const Event& event : records) largest = std::max(largest, event.time - event.venue_time().since_epoch);
  return {largest};
}

inline std::unique_ptr<SessionSource> SourceOf(const std::vector<Event>& records, std::uint16_t input = 1,
                                               std::vector<InstrumentId> ids = {{0}},
                                               std::size_t batch = 512) {
  return std::make_unique<SessionSource>(std::make_unique<MemoryReader>(records, batch),
                                         SessionOptions{input, std::move(ids), LargestLatency(records)});
}

// What happened, in order, one line each; shared by the venue and the strategies of a test.
using Log = std::vector<std::string>;

// Accepts and cancels what it is asked to, unless a test says otherwise; notes every call.
class ScriptedVenue : public Venue {
 public:
  explicit ScriptedVenue(Log* log = nullptr, std::uint32_t id = 0) : log_(log), id_(id) {}

  void OnMarket(const MarketGroup& group, Outbox& outbox) override {
    Note(absl::StrFormat("venue %d market @%d", id_, group.exchange_time.since_epoch));
    if (on_market) on_market(group, outbox);
  }
  void OnCommand(const trading::Command& command, Nanos at, Outbox& outbox) override {
    Note(absl::StrFormat("venue %d command %d order %d @%d", id_, static_cast<int>(command.type),
                         command.order_id.value, at.since_epoch));
    if (on_command) return on_command(command, at, outbox);
    switch (command.type) {
      case trading::CommandType::kSubmit:
        return Reply(Kind::kAccepted, command, at, 3, outbox);
      case trading::CommandType::kCancel:
        return Reply(Kind::kCanceled, command, at, 1, outbox);
      case trading::CommandType::kAmend:
        return Reply(Kind::kAmended, command, at, 4, outbox);
    }
  }
  Nanos NextDue() const override { return timers.empty() ? kEndOfTime : timers.front(); }
  void Advance(Nanos to, Outbox& outbox) override {
    Note(absl::StrFormat("venue %d timer @%d", id_, to.since_epoch));
    while (!timers.empty() && timers.front() <= to) timers.erase(timers.begin());
    if (on_timer) on_timer(to, outbox);
  }
  void Hash(StateHasher& hasher) const override { hasher.Add(state); }

  void Reply(Kind kind, const trading::Command& command, Nanos at, std::int64_t queue_or_reason,
             Outbox& outbox) const {
    Event event;
    event.origin = static_cast<std::uint64_t>(at.since_epoch);
    event.instrument = id_;
    event.kind = kind;
    event.side = command.terms.side;
    event.flags = flag::kGroupEnd;
    SetBody(event, ReplyBody{command.terms.price, command.terms.quantity, command.order_id, queue_or_reason});
    outbox.Reply(event);
  }
  void Fill(OrderId order, Side side, std::int64_t price, std::int64_t quantity, Nanos at, CauseRef cause,
            Outbox& outbox, std::int64_t fee = 0) const {
    Event event;
    event.origin = static_cast<std::uint64_t>(at.since_epoch);
    event.instrument = id_;
    event.kind = Kind::kFill;
    event.side = side;
    event.flags = flag::kMaker;
    SetBody(event, FillBody{{price}, {quantity}, order, 1});
    outbox.Reply(event);
    event.kind = Kind::kFillDetail;
    event.flags = flag::kMaker | flag::kGroupEnd;
    event.origin = cause.bits();
    SetBody(event, FillDetailBody{{fee}, 0, 2, static_cast<std::int64_t>(FillRule::kQueueReached)});
    outbox.Reply(event);
  }

  std::function<void(const MarketGroup&, Outbox&)> on_market;
  std::function<void(const trading::Command&, Nanos, Outbox&)> on_command;
  std::function<void(Nanos, Outbox&)> on_timer;
  std::vector<Nanos> timers;
  std::uint64_t state = 1;

 private:
  void Note(std::string line) {
    if (log_ != nullptr) log_->push_back(std::move(line));
  }
  Log* log_;
  std::uint32_t id_;
};

// A strategy whose handlers are lambdas; those left empty are null pointers for the engine. Handlers return
// false to end the run. Outlives the engine; one instance.
class Probe {
 public:
  explicit Probe(std::string name = "probe") : name_(std::move(name)) {}
  Probe(const Probe&) = delete;

  std::function<bool()> create;
  std::function<bool()> on_start, on_stop;
  std::function<bool(const crucible_book_event_v1&)> on_book;
  std::function<bool(const crucible_trade_event_v1&)> on_trade;
  std::function<bool(const crucible_bar_event_v1&)> on_bar;
  std::function<bool(const crucible_status_event_v1&)> on_status;
  std::function<bool(const crucible_regime_event_v1&)> on_regime;
  std::function<bool(const crucible_definition_event_v1&)> on_definition;
  std::function<bool(const crucible_mark_event_v1&)> on_mark;
  std::function<bool(const crucible_funding_event_v1&)> on_funding;
  std::function<bool(const crucible_liquidation_event_v1&)> on_liquidation;
  std::function<bool(const crucible_roll_event_v1&)> on_roll;
  std::function<bool(const crucible_causes_event_v1&)> on_causes;
  std::function<bool(const crucible_order_event_v1&)> on_order;
  std::function<bool(const crucible_fill_event_v1&)> on_fill;
  std::function<bool(const crucible_timer_event_v1&)> on_timer;
  std::function<std::uint64_t()> hash;
  std::vector<const crucible_parameter_v1*> parameters;

  // Probes of the run at hand, in the order in which the engine was given them and so creates them.
  static inline std::vector<Probe*> queue;

  // What the host answers. Only inside a handler.
  const crucible_host_v1* host = nullptr;
  crucible_engine* engine = nullptr;
  std::int64_t Now() const { return host->now(engine); }
  std::uint64_t Limit(std::uint32_t side, std::int64_t price, std::int64_t quantity,
                      std::uint32_t instrument = 0) {
    crucible_order_request_v1 request{};
    request.size = sizeof request;
    request.instrument = instrument;
    request.side = side;
    request.type = CRUCIBLE_LIMIT;
    request.tif = CRUCIBLE_GTC;
    request.price = price;
    request.quantity = quantity;
    return Submit(request);
  }
  std::uint64_t TrailingStop(std::uint32_t side, std::int64_t distance, std::int64_t quantity) {
    crucible_order_request_v1 request{};
    request.size = sizeof request;
    request.side = side;
    request.type = CRUCIBLE_TRAILING_STOP;
    request.tif = CRUCIBLE_GTC;
    request.price = distance;
    request.quantity = quantity;
    return Submit(request);
  }
  std::uint64_t Submit(const crucible_order_request_v1& request) {
    std::uint64_t id = 0;
    answer = host->submit(engine, &request, &id);
    return id;
  }
  std::uint64_t SetTimer(std::int64_t at, std::int64_t payload = 0) {
    std::uint64_t id = 0;
    answer = host->set_timer(engine, at, payload, &id);
    return id;
  }
  std::int32_t answer = -1;  // of the last host function that these called

  const crucible_strategy_v1* Description() {
    strategy_ = {};
    strategy_.size = sizeof strategy_;
    strategy_.name = name_.c_str();
    strategy_.description = "a test";
    strategy_.parameter_count = static_cast<std::uint32_t>(parameters.size());
    strategy_.parameters = parameters.data();
    strategy_.create = [](const crucible_host_v1* given_host,
                          crucible_engine* given_engine) noexcept -> void* {
      return Creating(given_host, given_engine);
    };
    strategy_.destroy = [](void*) noexcept {};
    if (on_start) strategy_.on_start = [](void* self) noexcept { return Code(Of(self).on_start()); };
    if (on_stop) strategy_.on_stop = [](void* self) noexcept { return Code(Of(self).on_stop()); };
    if (on_book) strategy_.on_book = &Call<crucible_book_event_v1, &Probe::on_book>;
    if (on_trade) strategy_.on_trade = &Call<crucible_trade_event_v1, &Probe::on_trade>;
    if (on_bar) strategy_.on_bar = &Call<crucible_bar_event_v1, &Probe::on_bar>;
    if (on_status) strategy_.on_status = &Call<crucible_status_event_v1, &Probe::on_status>;
    if (on_regime) strategy_.on_regime = &Call<crucible_regime_event_v1, &Probe::on_regime>;
    if (on_definition) strategy_.on_definition = &Call<crucible_definition_event_v1, &Probe::on_definition>;
    if (on_mark) strategy_.on_mark = &Call<crucible_mark_event_v1, &Probe::on_mark>;
    if (on_funding) strategy_.on_funding = &Call<crucible_funding_event_v1, &Probe::on_funding>;
    if (on_liquidation)
      strategy_.on_liquidation = &Call<crucible_liquidation_event_v1, &Probe::on_liquidation>;
    if (on_roll) strategy_.on_roll = &Call<crucible_roll_event_v1, &Probe::on_roll>;
    if (on_causes) strategy_.on_causes = &Call<crucible_causes_event_v1, &Probe::on_causes>;
    if (on_order) strategy_.on_order = &Call<crucible_order_event_v1, &Probe::on_order>;
    if (on_fill) strategy_.on_fill = &Call<crucible_fill_event_v1, &Probe::on_fill>;
    if (on_timer) strategy_.on_timer = &Call<crucible_timer_event_v1, &Probe::on_timer>;
    if (hash) strategy_.hash = [](void* self) noexcept { return Of(self).hash(); };
    return &strategy_;
  }

 private:
  static Probe& Of(void* self) { return *static_cast<Probe*>(self); }
  static std::int32_t Code(bool ok) { return ok ? 0 : 1; }
  template <class E, auto kHandler>
  static std::int32_t Call(void* self, const E* event) noexcept {
    EXPECT_EQ(event->size, sizeof(E));
    return Code((Of(self).*kHandler)(*event));
  }
  static void* Creating(const crucible_host_v1* given_host, crucible_engine* given_engine);

  std::string name_;
  crucible_strategy_v1 strategy_{};
};

inline void* Probe::Creating(const crucible_host_v1* given_host, crucible_engine* given_engine) {
  Probe* probe = queue.front();
  queue.erase(queue.begin());
  probe->host = given_host;
  probe->engine = given_engine;
  return !probe->create || probe->create() ? probe : nullptr;
}

// A run: sessions, venues and strategies in, records out.
struct TestRun {
  EngineConfig config;
  std::vector<std::unique_ptr<Source>> sources;
  KeepingSink sink;
  absl::Status status;
  EngineResult result;

  explicit TestRun(std::vector<Instrument> instruments = {TestInstrument()},
                   book::BookType book = book::BookType::kL2) {
    for (Instrument& instrument : instruments) {
      config.desk.instruments.push_back({std::move(instrument), {.type = book}, {}, {}});
    }
    config.configuration = "[run]\n";
    config.latency = {"recorded", "0", "0"};
    config.desk.account.initial_cash = {1'000'000'000'000};
  }
  TestRun& Session(const Tape& tape, std::vector<InstrumentId> ids = {{0}}) {
    sources.push_back(
        SourceOf(tape.records(), static_cast<std::uint16_t>(sources.size() + 1), std::move(ids), 3));
    return *this;
  }
  TestRun& At(Venue& venue) {
    config.venues.push_back(&venue);
    return *this;
  }
  TestRun& With(Probe& probe) {
    config.strategies.push_back({probe.Description(), {}});
    Probe::queue.push_back(&probe);
    return *this;
  }
  TestRun& Latency(std::string feed, std::string entry, std::string reply) {
    config.latency = {std::move(feed), std::move(entry), std::move(reply)};
    return *this;
  }
  TestRun& Go(const std::function<void(Engine&)>& before = {}) {
    MergedSource source(std::move(sources));
    auto engine = Engine::Create(config, source, sink);
    status = engine.status();
    if (engine.ok()) {
      if (before) before(**engine);
      status = (*engine)->Run();
      result = (*engine)->result();
    }
    Probe::queue.clear();
    return *this;
  }
  std::vector<Event> Of(Kind kind) const {
    std::vector<Event> found;
    for (const Event& event : sink.records) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }
};

// Notes every call of a strategy.
inline void NoteCalls(Probe& probe, Log& log, const std::string& name = "strategy") {
  probe.on_book = [&probe, &log, name](const crucible_book_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s book %d @%d", name, event.instrument, event.time));
    return true;
  };
  probe.on_trade = [&log, name](const crucible_trade_event_v1& event) {
    log.push_back(absl::StrFormat("%s trade %d @%d", name, event.instrument, event.time));
    return true;
  };
  probe.on_order = [&probe, &log, name](const crucible_order_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s order %d what %d @%d", name, event.order_id, event.what, event.time));
    return true;
  };
  probe.on_fill = [&log, name](const crucible_fill_event_v1& event) {
    log.push_back(absl::StrFormat("%s fill %d @%d", name, event.order_id, event.time));
    return true;
  };
  probe.on_timer = [&probe, &log, name](const crucible_timer_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    log.push_back(absl::StrFormat("%s timer %d @%d", name, event.payload, event.time));
    return true;
  };
}

// What every run's stream promises: numbered without gaps, time never runs back, groups are whole.
inline void ExpectWellFormed(const std::vector<Event>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].seq, i + 1);
    if (i == 0) continue;
    ASSERT_GE(records[i].time, records[i - 1].time) << "record " << i + 1;
    ASSERT_TRUE(records[i - 1].EndsGroup() || records[i].time == records[i - 1].time) << "record " << i + 1;
  }
  ASSERT_TRUE(records.empty() || records.back().EndsGroup());
}

}  // namespace crucible::engine
