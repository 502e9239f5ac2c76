// What a fill model costs on top of its book: ns per record, with and without orders of ours.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "framework/base/random.h"
#include "framework/book/l2_book.h"
#include "framework/book/l3_book.h"
#include "simulators/flow/zero_intelligence.h"
#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"

namespace crucible::history {
namespace {

constexpr std::int64_t kMid = 100'000;

Instrument BenchInstrument() {
  Instrument instrument;
  instrument.venue = "bench";
  instrument.symbol = "X";
  return instrument;
}

VenueSetup Setup(TradeIds& ids) {
  return {{0},
          BenchInstrument(),
          *trading::FeeSchedule::Create(trading::FeeConfig::MakerTaker(2, 5), BenchInstrument()),
          &ids};
}

struct Session {
  std::vector<Event> records;
  std::vector<std::size_t> ends;  // of groups

  void EndGroup() {
    records.back().flags |= flag::kGroupEnd;
    ends.push_back(records.size());
  }
  engine::MarketGroup Group(std::size_t i) const {
    const std::size_t start = i == 0 ? 0 : ends[i - 1];
    const Nanos at = records[start].at();
    return {std::span(records).subspan(start, ends[i] - start), {0}, 1, at, at};
  }
};

void AddLevel(Session& session, Side side, std::int64_t price, std::int64_t quantity) {
  Event event{.seq = session.records.size() + 1, .kind = Kind::kLevel, .side = side};
  SetBody(event, LevelBody{{price}, {quantity}, 0, 0});
  session.records.push_back(event);
}

// Depth messages of 20 level changes, half of them within ten ticks of a touch that stays; one in ten groups
// a trade.
const Session& Depth() {
  static const Session session = [] {
    Session made;
    RandomStream random(42, "bench/depth");
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random.UniformBelow(n)); };
    for (std::int64_t tick = 1; tick <= 1'000; ++tick) {
      AddLevel(made, Side::kBid, kMid - tick, 50);
      AddLevel(made, Side::kAsk, kMid + tick, 50);
    }
    made.EndGroup();
    while (made.records.size() < 200'000) {
      if (below(10) == 0) {
        Event trade{.seq = made.records.size() + 1, .kind = Kind::kTrade, .side = Side::kAsk};
        SetBody(trade, TradeBody{{kMid - 1}, {1 + below(3)}, 0, {}});
        made.records.push_back(trade);
      } else {
        for (int i = 0; i < 20; ++i) {
          const Side side = below(2) == 0 ? Side::kBid : Side::kAsk;
          const std::int64_t away = 1 + (below(2) == 0 ? below(10) : below(1'000));
          const bool removes = away > 1 && below(4) == 0;
          AddLevel(made, side, kMid - Sign(side) * away, removes ? 0 : 1 + below(100));
        }
      }
      made.EndGroup();
    }
    return made;
  }();
  return session;
}

class SessionSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    for (const Event& event : records) {
      session.records.push_back(event);
      if (event.EndsGroup()) session.ends.push_back(session.records.size());
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return 1; }
  Hash128 log_hash() const override { return {}; }
  Session session;
};

const Session& Messages() {
  static const Session session = [] {
    SessionSink sink;
    static_cast<void>(flow::Generate({}, sink));
    return std::move(sink.session);
  }();
  return session;
}

trading::Command Submit(std::uint64_t id, Side side, std::int64_t price) {
  trading::Command command{trading::CommandType::kSubmit, {0}, {id}, {}};
  command.terms.side = side;
  command.terms.price = {price};
  command.terms.quantity = {1'000'000};
  return command;
}
trading::Command CancelOf(std::uint64_t id) { return {trading::CommandType::kCancel, {0}, {id}, {}}; }

template <class Make>
void ApplyAll(benchmark::State& state, const Session& session, Make make) {
  for (auto _ : state) {
    auto book = make();
    for (std::size_t i = 0; i < session.ends.size(); ++i) book.Apply(session.Group(i).records);
    benchmark::DoNotOptimize(book.touch());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(session.records.size()));
}

// `orders` bids and asks rest at the edge of where the market goes, so that they stay for the session.
template <class Make>
void PlayAll(benchmark::State& state, const Session& session, Make make, std::int64_t bid, std::int64_t ask) {
  std::uint64_t fills = 0;
  for (auto _ : state) {
    TradeIds ids;
    auto venue = make(ids);
    engine::Outbox outbox;
    venue->OnMarket(session.Group(0), outbox);
    if (session.ends.size() > 1) venue->OnMarket(session.Group(1), outbox);
    for (std::int64_t n = 0; n < state.range(0); ++n) {
      const auto id = static_cast<std::uint64_t>(2 * n);
      venue->OnCommand(Submit(id + 1, Side::kBid, bid - n), {0}, outbox);
      venue->OnCommand(Submit(id + 2, Side::kAsk, ask + n), {0}, outbox);
    }
    for (std::size_t i = 2; i < session.ends.size(); ++i) {
      outbox.Clear();
      venue->OnMarket(session.Group(i), outbox);
      fills += outbox.replies().size() / 2;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(session.records.size()));
  state.counters["fills"] =
      benchmark::Counter(static_cast<double>(fills), benchmark::Counter::kAvgIterations);
}

void BM_L2Book_Apply(benchmark::State& state) {
  ApplyAll(state, Depth(), [] { return book::L2Book({1}); });
}
BENCHMARK(BM_L2Book_Apply);

void BM_L2Venue_OnMarket(benchmark::State& state) {
  const QueueModel queue = *QueueModel::Parse("power3:3", {1});
  PlayAll(
      state, Depth(), [&](TradeIds& ids) { return std::make_unique<L2Venue>(Setup(ids), queue); }, kMid - 1,
      kMid + 1);
}
BENCHMARK(BM_L2Venue_OnMarket)->ArgName("orders")->Arg(0)->Arg(1)->Arg(5);

void BM_L3Book_Apply(benchmark::State& state) {
  ApplyAll(state, Messages(),
           [] { return book::L3Book({.tick_size = {1}, .window_levels = 0, .dense_ids = false}); });
}
BENCHMARK(BM_L3Book_Apply);

void BM_L3Venue_OnMarket(benchmark::State& state) {
  PlayAll(
      state, Messages(), [&](TradeIds& ids) { return std::make_unique<L3Venue>(Setup(ids), 0u); }, 9'945,
      10'020);
}
BENCHMARK(BM_L3Venue_OnMarket)->ArgName("orders")->Arg(0)->Arg(1)->Arg(5);

template <class VenueType>
void LiveAndDie(benchmark::State& state, VenueType& venue, std::int64_t bid, const Session& session) {
  engine::Outbox outbox;
  venue.OnMarket(session.Group(0), outbox);
  if (session.ends.size() > 1) venue.OnMarket(session.Group(1), outbox);
  std::uint64_t id = 0;
  for (std::int64_t n = 0; n < state.range(0); ++n)
    venue.OnCommand(Submit(++id, Side::kBid, bid - 1 - n), {0}, outbox);
  for (auto _ : state) {
    outbox.Clear();
    venue.OnCommand(Submit(++id, Side::kBid, bid), {0}, outbox);
    venue.OnCommand(CancelOf(id), {0}, outbox);
  }
  state.SetItemsProcessed(2 * state.iterations());
}

void BM_L2Venue_SubmitCancel(benchmark::State& state) {
  TradeIds ids;
  L2Venue venue(Setup(ids), *QueueModel::Parse("power3:3", {1}));
  LiveAndDie(state, venue, kMid - 1, Depth());
}
BENCHMARK(BM_L2Venue_SubmitCancel)->ArgName("others")->Arg(0)->Arg(10)->Arg(1'000);

void BM_L3Venue_SubmitCancel(benchmark::State& state) {
  TradeIds ids;
  L3Venue venue(Setup(ids), 0);
  LiveAndDie(state, venue, 9'990, Messages());
}
BENCHMARK(BM_L3Venue_SubmitCancel)->ArgName("others")->Arg(0);

}  // namespace
}  // namespace crucible::history

BENCHMARK_MAIN();
