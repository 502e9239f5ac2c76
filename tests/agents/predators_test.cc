#include "simulators/agents/predators.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "framework/engine/engine.h"
#include "framework/engine/sinks.h"
#include "framework/event/kinds.h"
#include "simulators/agents/agent_market.h"
#include "simulators/exchange/exchange_venue.h"

namespace crucible::agents {
namespace {

constexpr std::int64_t kMoneyPerPriceUnit = 1'000'000;  // two decimals of price, eight of money

AgentMarketConfig PreyMarket() {
  AgentMarketConfig config;
  config.length = {300'000'000'000};
  config.rules.opening = {100'000};
  config.value_traders = 20;
  config.momentum_traders = 5;
  config.noise_traders = 50;
  config.stop_carriers = 60;
  config.value_wait = {5'000'000'000};
  config.noise_wait = {5'000'000'000};
  config.momentum_wait = {2'000'000'000};
  config.market_maker.wait = {1'000'000'000};
  config.stop_carrier = {.mean_wait = {5'000'000'000}, .stop_ticks = 10, .round_ticks = 10};
  return config;
}

class FactSink final : public HashSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    for (const Event& record : records) {
      if (record.kind == Kind::kAgentAction) facts.push_back(record);
    }
    return HashSink::Append(records);
  }
  std::vector<Event> facts;
};

struct Hunt {
  explicit Hunt(std::uint64_t seed, std::vector<PredatorKind> kinds, PredatorLimits limits = {}) {
    const AgentMarketConfig config = PreyMarket();
    market = *AgentMarket::Create(config, seed);
    for (const PredatorKind kind : kinds) {
      owners.push_back(market->Add(
          MakePredator(kind, market->rules(), {}, limits, kMoneyPerPriceUnit, RandomStream(seed, Name(kind))),
          {50'000}, config.start + Duration{20'000'000'000}));
    }
    exchange::MarketRules rules;
    rules.instrument = {
        .venue = "sim", .symbol = "A", .currency = "USD", .settle_currency = "USD", .price_decimals = 2};
    venue = *exchange::ExchangeVenue::Create({0}, rules, market.get());
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
  std::set<std::int64_t> Actions() const {
    std::set<std::int64_t> actions;
    for (const Event& fact : sink.facts) actions.insert(As<AgentActionBody>(fact).action);
    return actions;
  }

  std::unique_ptr<AgentMarket> market;
  std::unique_ptr<exchange::ExchangeVenue> venue;
  std::vector<exchange::Owner> owners;
  FactSink sink;
};

std::int64_t Action(PredatorKind kind, PredatorStep step) {
  return static_cast<std::int64_t>(kind) + 256 * static_cast<std::int64_t>(step);
}

class EveryPredatorTest : public testing::TestWithParam<PredatorKind> {};

TEST_P(EveryPredatorTest, StrikesWithdrawsAndTellsTheRunWhatItDoes) {
  const Hunt hunt(1, {GetParam()});
  const std::set<std::int64_t> actions = hunt.Actions();
  EXPECT_TRUE(actions.contains(Action(GetParam(), PredatorStep::kStrike)));
  EXPECT_TRUE(actions.contains(Action(GetParam(), PredatorStep::kUnwind)));
  for (const Event& fact : hunt.sink.facts) {
    EXPECT_EQ(As<AgentActionBody>(fact).participant, hunt.owners.front());
  }
  EXPECT_TRUE(hunt.venue->exchange().InvariantsHold());
}

TEST_P(EveryPredatorTest, NeverHoldsMoreThanItsInventoryLimit) {
  const Hunt hunt(2, {GetParam()}, {.inventory = 300});
  EXPECT_LE(std::abs(hunt.venue->exchange().ledger().position(hunt.owners.front())), 600);
}

TEST_P(EveryPredatorTest, EqualSeedsGiveEqualRecords) {
  EXPECT_EQ(Hunt(3, {GetParam()}).sink.log_hash(), Hunt(3, {GetParam()}).sink.log_hash());
  EXPECT_NE(Hunt(3, {GetParam()}).sink.log_hash(), Hunt(3, {}).sink.log_hash());
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryPredatorTest,
                         testing::Values(PredatorKind::kStopHunt, PredatorKind::kLiquidityVacuum,
                                         PredatorKind::kSpoofing, PredatorKind::kMomentumIgnition,
                                         PredatorKind::kQuoteStuffing),
                         [](const auto& kind) { return std::to_string(static_cast<int>(kind.param)); });

TEST(PredatorTest, WithoutCapitalItStopsAtTheFirstLoss) {
  const Hunt hunt(1, {PredatorKind::kStopHunt}, {.capital = {0}});
  EXPECT_TRUE(hunt.Actions().contains(Action(PredatorKind::kStopHunt, PredatorStep::kRuined)));
}

TEST(PredatorTest, NamesAreTheirOwn) {
  for (int kind = 1; kind <= kPredatorKinds; ++kind) {
    EXPECT_EQ(PredatorFromName(Name(static_cast<PredatorKind>(kind))), static_cast<PredatorKind>(kind));
  }
  EXPECT_FALSE(PredatorFromName("wolf").has_value());
}

}  // namespace
}  // namespace crucible::agents
