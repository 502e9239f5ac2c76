// A fitted flow as a participant: what it does to the book is the process that it was given.
#include "simulators/agents/hawkes_trader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "framework/engine/engine.h"
#include "framework/event/hash_sink.h"
#include "framework/event/kinds.h"
#include "simulators/agents/agent_market.h"
#include "simulators/exchange/exchange_venue.h"

namespace crucible::agents {
namespace {

using flow::FlowType;

constexpr std::int64_t kSecond = 1'000'000'000;

// Every type, each exciting each a little. Per side, a little more comes than goes.
flow::FlowModel Planted() {
  flow::FlowModel model;
  const double base[flow::kFlowTypes] = {0.5, 0.55, 1.7, 1.5, 1.2, 1.0, 1.3, 1.2, 0.4, 0.3};
  for (std::size_t i = 0; i < flow::kFlowTypes; ++i) {
    model.types.push_back(static_cast<FlowType>(i));
    model.process.base.push_back(base[i]);
    model.process.decay.push_back(2 + static_cast<double>(i));
    std::vector<double>& row = model.process.branching.emplace_back();
    for (std::size_t j = 0; j < flow::kFlowTypes; ++j) row.push_back(i == j ? 0.15 : 0.02);
    model.marks[i] = {3, 0.3, 6.0};
  }
  return model;
}

// rate = base + branching rate
std::vector<double> StationaryRates(const flow::HawkesModel& process) {
  std::vector<double> rates = process.base;
  for (int step = 0; step < 200; ++step) {
    std::vector<double> next = process.base;
    for (std::size_t i = 0; i < rates.size(); ++i)
      for (std::size_t j = 0; j < rates.size(); ++j) next[i] += process.branching[i][j] * rates[j];
    rates = next;
  }
  return rates;
}

// Buys a lot at the market once a second.
class Buyer final : public Agent {
 public:
  using Agent::Agent;
  void OnWake(Port& port) override {
    port.Submit(MarketOrder(kBuy, 1));
    port.WakeAt(port.now() + Duration{kSecond});
  }
};

class FeedSink final : public HashSink {
 public:
  absl::Status Append(std::span<const Event> batch) override {
    for (const Event& record : batch)
      if (record.kind >= Kind::kOrderAdd && record.kind <= Kind::kOrderExecute) feed.push_back(record);
    return HashSink::Append(batch);
  }
  std::vector<Event> feed;
};

struct Flowing {
  explicit Flowing(const flow::FlowModel& model, std::int64_t seconds, std::uint64_t seed,
                   bool bought = false) {
    AgentMarketConfig config;
    config.length = {seconds * kSecond};
    config.rules.opening = {100'000};
    config.market_makers = config.value_traders = config.momentum_traders = config.noise_traders = 0;
    market = *AgentMarket::Create(config, seed);
    auto made = std::make_unique<HawkesTrader>(market->rules(), model, config.start,
                                               RandomStream(seed, "events"), RandomStream(seed, "orders"));
    trader = made.get();
    const exchange::Owner owner = market->Add(std::move(made), {}, config.start);
    if (bought)
      market->Add(std::make_unique<Buyer>(RandomStream(seed, "buyer")), {1'000},
                  config.start + Duration{kSecond});
    exchange::MarketRules rules;
    rules.instrument = {
        .venue = "sim", .symbol = "A", .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
    venue = *exchange::ExchangeVenue::Create({0}, rules, market.get());
    venue->exchange().SetSelfTrade(owner, exchange::SelfTrade::kAllow);
    engine::EngineConfig run;
    run.desk.instruments.push_back(
        {rules.instrument, {.type = book::BookType::kL3, .dense_ids = true}, {}, {}});
    run.desk.account.initial_cash = {1'000'000'000'000};
    run.venues = {venue.get()};
    run.latency = {"0", "0", "0"};
    run.until = config.start + config.length;
    engine::NoSource source;
    auto engine = engine::Engine::Create(run, source, sink);
    EXPECT_TRUE(engine.ok() && (*engine)->Run().ok());
  }
  // Events by type, without the orders that opened the book.
  std::vector<double> Counts() const {
    flow::FlowReader reader({.type = book::BookType::kL3, .dense_ids = true});
    for (const Event& record : sink.feed) reader.Apply(std::span(&record, 1));
    std::vector<double> counts(flow::kFlowTypes);
    for (const flow::HawkesEvent& event : reader.events()) counts[event.type] += event.at > 0 ? 1 : 0;
    return counts;
  }

  std::unique_ptr<AgentMarket> market;
  std::unique_ptr<exchange::ExchangeVenue> venue;
  const HawkesTrader* trader = nullptr;
  FeedSink sink;
};

TEST(HawkesTraderTest, TheBookTellsEveryTypeAtTheRateOfTheProcess) {
  const flow::FlowModel model = Planted();
  ASSERT_TRUE(model.Validate().ok()) << model.Validate();
  constexpr std::int64_t kLength = 1'500;
  const Flowing flowing(model, kLength, 1);
  const std::vector<double> counts = flowing.Counts(), rates = StationaryRates(model.process);
  const double inflation = 1 / (1 - model.process.BranchingRatio());  // of a count's deviation, at most
  for (std::size_t type = 0; type < flow::kFlowTypes; ++type) {
    const double expected = kLength * rates[type];
    EXPECT_NEAR(counts[type], expected, 4 * inflation * std::sqrt(expected))
        << Name(static_cast<FlowType>(type));
  }
  EXPECT_LT(static_cast<double>(flowing.trader->without_order()),
            0.002 * static_cast<double>(flowing.trader->events()));
  EXPECT_TRUE(flowing.venue->exchange().InvariantsHold());
}

TEST(HawkesTraderTest, ACancellationAtALowDepthLeavesTheSideStanding) {
  flow::FlowModel model = Planted();
  for (std::size_t type = 0; type < flow::kFlowTypes; ++type) {
    if (type >= static_cast<std::size_t>(FlowType::kCancelBidAt)) model.process.base[type] *= 1.5;
  }
  const Flowing flowing(model, 1'500, 1);
  book::Book book({.type = book::BookType::kL3, .dense_ids = true});
  std::size_t records = 0, one_sided = 0;
  for (const Event& record : flowing.sink.feed) {
    book.Apply(std::span(&record, 1));
    one_sided += ++records > 1'000 && !book.touch().HasBoth() ? 1 : 0;
  }
  EXPECT_GT(records, 10'000U);
  EXPECT_EQ(one_sided, 0U);
}

TEST(HawkesTraderTest, SizesAndPlacesHaveTheMeansOfTheMarks) {
  flow::FlowModel model = Planted();
  const Flowing flowing(model, 1'500, 2);
  flow::FlowReader reader({.type = book::BookType::kL3, .dense_ids = true});
  for (const Event& record : flowing.sink.feed) reader.Apply(std::span(&record, 1));
  const auto marks = flow::MarksOf(reader, 1);
  for (const FlowType type : {FlowType::kMarketBuy, FlowType::kBidAt, FlowType::kAskBehind})
    EXPECT_NEAR(marks[static_cast<std::size_t>(type)].lots, 3, 0.3) << Name(type);
  EXPECT_NEAR(marks[static_cast<std::size_t>(FlowType::kAskBehind)].distance, 6, 0.6);
  const double improving = marks[static_cast<std::size_t>(FlowType::kBidAt)].improving;
  EXPECT_GT(improving, 0.05);
  EXPECT_LT(improving, 0.3) << "not where the spread is one tick";
}

TEST(HawkesTraderTest, AnIntrudersMarketOrdersExciteTheFlow) {
  flow::FlowModel model = Planted();
  for (auto& row : model.process.branching) std::ranges::fill(row, 0);
  model.process.branching[static_cast<std::size_t>(FlowType::kAskBehind)]
                         [static_cast<std::size_t>(FlowType::kMarketBuy)] = 2;
  constexpr std::int64_t kLength = 1'000;
  const Flowing alone(model, kLength, 3), bought(model, kLength, 3, true);
  const auto behind = static_cast<std::size_t>(FlowType::kAskBehind);
  // One more market order a second, two more offers behind the touch.
  EXPECT_NEAR(bought.Counts()[behind] - alone.Counts()[behind], 2 * kLength, 5 * std::sqrt(2 * 4 * kLength));
  const auto other = static_cast<std::size_t>(FlowType::kBidBehind);
  EXPECT_NEAR(bought.Counts()[other], alone.Counts()[other], 5 * std::sqrt(2 * kLength));
}

TEST(HawkesTraderTest, SeedAndModelDecideEveryRecord) {
  const Hash128 once = Flowing(Planted(), 60, 1).sink.log_hash();
  EXPECT_EQ(Flowing(Planted(), 60, 1).sink.log_hash(), once);
  EXPECT_NE(Flowing(Planted(), 60, 2).sink.log_hash(), once);
  flow::FlowModel other = Planted();
  other.process.base[0] = 0.51;
  EXPECT_NE(Flowing(other, 60, 1).sink.log_hash(), once);
}

TEST(HawkesTraderTest, AnUnusableModelIsNamed) {
  flow::FlowModel model = Planted();
  model.marks[2].lots = 0.5;
  EXPECT_EQ(
      model.Validate().message(),
      "bid at: mean size 0.5, improving 0.3, mean distance 6; expected at least 1, a share, at least 1");
  model = Planted();
  model.types[3] = FlowType::kMarketBuy;
  EXPECT_EQ(model.Validate().message(), "type 0 is 0, expected each of 0 to 9 at most once");
  model = Planted();
  model.types.pop_back();
  EXPECT_EQ(model.Validate().message(), "9 types of events for a process of 10, expected as many");
}

}  // namespace
}  // namespace crucible::agents
