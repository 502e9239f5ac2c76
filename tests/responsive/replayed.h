// A session's records, and a responsive market that they are played to.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/check.h"
#include "framework/decode/import.h"
#include "framework/engine/session_source.h"
#include "framework/event/log_hash.h"
#include "simulators/exchange/exchange_venue.h"
#include "simulators/responsive/responsive_market.h"

namespace crucible::responsive {

struct RecordedSession {
  Instrument instrument;
  book::BookOptions book;
  Duration max_feed_latency;
  std::vector<Event> records;
};

class SessionSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> batch) override {
    records.insert(records.end(), batch.begin(), batch.end());
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override {
    texts.emplace_back(text);
    return texts.size();
  }
  Hash128 log_hash() const override { return {}; }

  std::vector<Event> records;
  std::vector<std::string> texts;
};

// `names` below `folder`, the directory of recorded data; nullopt where they are absent.
inline std::optional<RecordedSession> ImportRecorded(const std::string& folder,
                                                     const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const std::string& name : names) paths.push_back(folder + "/" + name);
  if (!std::filesystem::exists(paths.front())) return std::nullopt;
  SessionSink sink;
  const auto report = decode::Import(paths, {}, sink);
  CRUCIBLE_CHECK(report.ok());
  const Event& definition = sink.records.at(0);
  RecordedSession session;
  session.instrument = *InstrumentFromRecords(definition, sink.records.at(1),
                                              sink.texts.at(As<DefinitionBody>(definition).text - 1));
  session.book.type = report->completeness == Completeness::kL2 ? book::BookType::kL2 : book::BookType::kL3;
  session.book.tick_size = session.instrument.tick_size;
  session.book.window_levels = static_cast<std::uint32_t>(report->window_levels);
  session.max_feed_latency = report->max_feed_latency;
  session.records = std::move(sink.records);
  return session;
}

class MemoryReader final : public engine::RecordReader {
 public:
  explicit MemoryReader(const std::vector<Event>& records) : records_(records) {}
  absl::StatusOr<std::size_t> Read(std::span<Event> storage) override {
    const std::size_t count = std::min({storage.size(), max_batch(), records_.size() - next_});
    std::copy_n(records_.begin() + static_cast<std::ptrdiff_t>(next_), count, storage.begin());
    next_ += count;
    return count;
  }
  std::size_t max_batch() const override { return 4096; }
  std::uint64_t size() const override { return records_.size(); }

 private:
  const std::vector<Event>& records_;
  std::size_t next_ = 0;
};

// The market with its exchange, fed as the engine feeds it.
class Replayed {
 public:
  Replayed(const Instrument& instrument, const book::BookOptions& book, Duration half_life) {
    market = std::make_unique<ResponsiveMarket>(
        ResponsiveConfig{instrument, book, half_life, instrument.venue == "bitstamp"});
    exchange::MarketRules rules;
    rules.instrument = instrument;
    auto made = exchange::ExchangeVenue::Create({0}, rules, market.get());
    CRUCIBLE_CHECK(made.ok());
    venue = *std::move(made);
  }
  void Feed(const engine::MarketGroup& group) {
    AdvanceTo({group.exchange_time.since_epoch - 1});
    venue->OnMarket(group, outbox);
    Collect();
  }
  void AdvanceTo(Nanos to) {
    if (venue->NextDue() <= to) venue->Advance(to, outbox);
    Collect();
  }
  // An intruder's order, as a strategy would send it.
  void Submit(std::uint64_t order, trading::OrderTerms terms, Nanos at) {
    AdvanceTo({at.since_epoch - 1});
    venue->OnCommand({trading::CommandType::kSubmit, {0}, {order}, terms}, at, outbox);
    Collect();
  }
  void Cancel(std::uint64_t order, Nanos at) {
    AdvanceTo({at.since_epoch - 1});
    venue->OnCommand({trading::CommandType::kCancel, {0}, {order}, {}}, at, outbox);
    Collect();
  }
  std::vector<book::LevelView> Levels(Side side, std::size_t most) const {
    std::vector<book::LevelView> levels;
    venue->exchange().book().ForEachLevel(side, [&](Price price, std::int64_t quantity) {
      levels.push_back({price, {quantity}, 0});
      return levels.size() < most;
    });
    return levels;
  }
  const ResponsiveCounts& counts() const { return market->counts(); }

  std::unique_ptr<ResponsiveMarket> market;
  std::unique_ptr<exchange::ExchangeVenue> venue;
  engine::Outbox outbox;
  std::vector<Event> replies, feed;  // everything that was said

 private:
  void Collect() {
    replies.insert(replies.end(), outbox.replies().begin(), outbox.replies().end());
    if (keep_feed) feed.insert(feed.end(), outbox.market().begin(), outbox.market().end());
    outbox.Clear();
  }

 public:
  bool keep_feed = false;
};

// visit(group) for every group of the session in exchange order.
template <class Visit>
void ForEachGroup(const RecordedSession& session, Visit&& visit) {
  engine::SessionSource source(std::make_unique<MemoryReader>(session.records),
                               {1, {{0}}, session.max_feed_latency});
  engine::QueuedGroup queued;
  while (source.Next(&queued) == engine::Source::Pull::kGroup) {
    visit(queued.group);
    source.Release(queued);
  }
}

}  // namespace crucible::responsive
