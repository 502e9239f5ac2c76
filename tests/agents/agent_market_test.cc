#include "simulators/agents/agent_market.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "framework/engine/engine.h"
#include "framework/engine/sinks.h"
#include "simulators/exchange/exchange_venue.h"

namespace crucible::agents {
namespace {

using exchange::ExchangeVenue;
using exchange::kFirstOwner;

AgentMarketConfig SmallMarket() {
  AgentMarketConfig config;
  config.length = {120'000'000'000};
  config.rules.opening = {100'000};
  config.value_traders = 20;
  config.momentum_traders = 3;
  config.noise_traders = 50;
  config.value_wait = {5'000'000'000};
  config.noise_wait = {5'000'000'000};
  config.momentum_wait = {2'000'000'000};
  config.market_maker.wait = {1'000'000'000};
  return config;
}

struct Simulation {
  explicit Simulation(const AgentMarketConfig& given, std::uint64_t seed = 1) : config(given) {
    market = *AgentMarket::Create(config, seed);
    exchange::MarketRules rules;
    rules.instrument = {
        .venue = "sim", .symbol = "A", .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
    venue = *ExchangeVenue::Create({0}, rules, market.get());
  }
  Hash128 Run() {
    engine::EngineConfig engine_config;
    engine_config.desk.instruments.push_back(
        {venue->exchange().rules().instrument, {.type = book::BookType::kL3, .dense_ids = true}, {}, {}});
    engine_config.desk.account.initial_cash = {1'000'000'000'000};
    engine_config.venues = {venue.get()};
    engine_config.latency = {"0", "0", "0"};
    engine_config.until = config.start + config.length;
    engine::NoSource source;
    HashSink sink;
    auto engine = engine::Engine::Create(engine_config, source, sink);
    EXPECT_TRUE(engine.ok()) << engine.status();
    EXPECT_TRUE((*engine)->Run().ok());
    return sink.log_hash();
  }

  AgentMarketConfig config;
  std::unique_ptr<AgentMarket> market;
  std::unique_ptr<ExchangeVenue> venue;
};

TEST(AgentMarketTest, SeedAndConfigurationDecideEveryRecord) {
  const Hash128 once = Simulation(SmallMarket()).Run();
  EXPECT_EQ(Simulation(SmallMarket()).Run(), once);
  EXPECT_NE(Simulation(SmallMarket(), 2).Run(), once);
}

TEST(AgentMarketTest, MakesAMarketWithTwoSidesWhereNothingGetsLost) {
  Simulation simulation(SmallMarket());
  simulation.Run();
  const exchange::Exchange& exchange = simulation.venue->exchange();
  EXPECT_TRUE(exchange.InvariantsHold());
  EXPECT_FALSE(exchange.book().Empty(Side::kBid));
  EXPECT_FALSE(exchange.book().Empty(Side::kAsk));
  EXPECT_GT(simulation.market->messages(), 5'000U);
}

TEST(AgentMarketTest, AgentsKnowTheirPositionsFromTheirFills) {
  Simulation simulation(SmallMarket());
  simulation.Run();
  std::int64_t differences = 0;  // fills on their way at the end
  for (std::size_t i = 0; i < simulation.market->agent_count(); ++i) {
    const auto owner = static_cast<exchange::Owner>(kFirstOwner + i);
    differences += std::abs(simulation.market->agent(owner).position() -
                            simulation.venue->exchange().ledger().position(owner)) > 0;
  }
  EXPECT_LE(differences, 3);
}

TEST(AgentMarketTest, PricesFollowTheFundamentalValue) {
  AgentMarketConfig config = SmallMarket();
  config.length = {600'000'000'000};
  config.fundamental = {.mean = 101'000, .reversion_per_second = 1e-3, .volatility_per_sqrt_second = 0.1};
  Simulation simulation(config);
  simulation.Run();
  EXPECT_NEAR(static_cast<double>(simulation.venue->exchange().last_price().units), 101'000, 300);
}

TEST(AgentMarketTest, StopCarriersBuildClustersAtRoundPrices) {
  AgentMarketConfig config = SmallMarket();
  config.stop_carriers = 40;
  config.stop_carrier = {.mean_wait = {5'000'000'000}, .stop_ticks = 30, .round_ticks = 10};
  Simulation simulation(config);
  simulation.Run();
  std::map<std::int64_t, int> stops;
  simulation.venue->exchange().stops().ForEach(
      [&](const exchange::StopOrder& stop) { ++stops[stop.terms.stop_price.units]; });
  ASSERT_FALSE(stops.empty());
  int largest = 0;
  for (const auto& [price, count] : stops) {
    EXPECT_EQ(price % 10, 0);
    largest = std::max(largest, count);
  }
  EXPECT_GT(largest, 1);
}

TEST(AgentMarketTest, ZeroIntelligenceAloneMakesAMarket) {
  AgentMarketConfig config = SmallMarket();
  config.market_makers = config.value_traders = config.momentum_traders = config.noise_traders = 0;
  config.zero_intelligence_traders = 50;
  Simulation simulation(config);
  simulation.Run();
  EXPECT_GT(simulation.venue->exchange().book().order_count(), 50U);
  EXPECT_GT(simulation.venue->exchange().last_price().units, 0);
}

TEST(AgentMarketTest, AnUnusableConfigurationIsNamed) {
  AgentMarketConfig config = SmallMarket();
  config.noise_traders = -1;
  EXPECT_EQ(AgentMarket::Create(config, 1).status().message(), "noise_traders is -1, expected 0 to 10000");
  config = SmallMarket();
  config.rules.opening = {5};
  EXPECT_FALSE(AgentMarket::Create(config, 1).ok());
}

// Asks once, notes when it is answered.
class Asker final : public Agent {
 public:
  explicit Asker(std::vector<std::int64_t>& heard) : Agent(RandomStream(1, "asker")), heard_(heard) {}
  void OnWake(Port& port) override {
    heard_.push_back(port.now().since_epoch);
    port.AskForQuote();
  }
  void OnQuote(const Quote&, Port& port) override { heard_.push_back(port.now().since_epoch); }

 private:
  std::vector<std::int64_t>& heard_;
};

TEST(AgentMarketTest, AQuestionIsAnsweredAfterTheLatencyOfBothWays) {
  const AgentMarketConfig config = SmallMarket();
  Simulation simulation(config);
  std::vector<std::int64_t> heard;
  simulation.market->Add(std::make_unique<Asker>(heard), {1'500}, config.start + Duration{1'000});
  simulation.Run();
  const std::int64_t start = config.start.since_epoch;
  EXPECT_EQ(heard, (std::vector<std::int64_t>{start + 1'000, start + 4'000}));
}

TEST(MessageQueueTest, GivesMessagesByArrivalAndThenInTheOrderOfSending) {
  MessageQueue<int> queue;
  RandomStream random(7, "queue");
  std::vector<std::pair<std::int64_t, int>> expected;
  for (int i = 0; i < 2'000; ++i) {
    const auto at = static_cast<std::int64_t>(random.UniformBelow(300));
    queue.Push({at}) = i;
    expected.emplace_back(at, i);
  }
  std::ranges::sort(expected);
  for (const auto& [at, number] : expected) {
    ASSERT_EQ(queue.next(), Nanos{at});
    ASSERT_EQ(queue.Pop(), number);
  }
  EXPECT_EQ(queue.next(), kEndOfTime);
}

TEST(FundamentalTest, RevertsToItsMeanWithItsStationaryVariance) {
  Fundamental value({.mean = 1'000, .reversion_per_second = 0.5, .volatility_per_sqrt_second = 3}, {0},
                    RandomStream(3, "value"));
  double sum = 0, squares = 0;
  constexpr int kSamples = 20'000;
  for (int i = 1; i <= kSamples; ++i) {
    const double x = value.At({i * 10'000'000'000LL}) - 1'000;
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kSamples, 0, 0.1);
  EXPECT_NEAR(squares / kSamples, 9, 0.3);  // volatility^2 / (2 reversion)
}

}  // namespace
}  // namespace crucible::agents
