#include "simulators/agents/predators.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/engine/engine.h"
#include "framework/engine/sinks.h"
#include "framework/event/kinds.h"
#include "simulators/agents/agent_market.h"
#include "simulators/agents/predator_view.h"
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
      if (record.kind == Kind::kOrderExecute)
        traded[As<ExecuteBody>(record).trade_id] = As<ExecuteBody>(record).quantity.units;
    }
    return HashSink::Append(records);
  }
  std::vector<Event> facts;
  std::map<std::uint64_t, std::int64_t> traded;  // public quantity by trade id
};

struct Hunt {
  explicit Hunt(std::uint64_t seed, std::vector<PredatorKind> kinds, PredatorLimits limits = {}) {
    const AgentMarketConfig config = PreyMarket();
    market = *AgentMarket::Create(config, seed);
    for (const PredatorKind kind : kinds) {
      owners.push_back(market->Add(MakePredator(HandWritten(kind), market->rules(), limits,
                                                kMoneyPerPriceUnit, RandomStream(seed, Name(kind))),
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

class EveryPredatorTest : public testing::TestWithParam<PredatorKind> {};

TEST_P(EveryPredatorTest, StrikesWithdrawsAndTellsTheRunWhatItDoes) {
  const Hunt hunt(1, {GetParam()});
  const std::set<std::int64_t> actions = hunt.Actions();
  EXPECT_TRUE(actions.contains(ActionOf(GetParam(), PredatorStep::kStrike)));
  EXPECT_TRUE(actions.contains(ActionOf(GetParam(), PredatorStep::kUnwind)));
  for (const Event& fact : hunt.sink.facts) {
    EXPECT_EQ(As<AgentActionBody>(fact).participant, hunt.owners.front());
  }
  EXPECT_TRUE(hunt.venue->exchange().InvariantsHold());
}

TEST_P(EveryPredatorTest, NeverHoldsMoreThanItsInventoryLimit) {
  const Hunt hunt(2, {GetParam()}, {.inventory = 300});
  std::int64_t position = 0, most = 0;
  for (const Event& fact : hunt.sink.facts) {
    const auto body = As<AgentActionBody>(fact);
    const auto action = ParseAction(body.action);
    if (!action || action->step != AttackStep::kTrade) continue;
    position += Sign(fact.side) * hunt.sink.traded.at(static_cast<std::uint64_t>(body.detail));
    most = std::max(most, std::abs(position));
  }
  EXPECT_GT(most, 0);
  EXPECT_LE(most, 300);
}

TEST_P(EveryPredatorTest, EveryTradeOfItsIsAFactThatNamesThePublicRecord) {
  const Hunt hunt(4, {GetParam()});
  const auto& account = hunt.venue->exchange().ledger().account(hunt.owners.front());
  std::int64_t bought = 0, sold = 0;
  for (const Event& fact : hunt.sink.facts) {
    const auto body = As<AgentActionBody>(fact);
    const auto action = ParseAction(body.action);
    ASSERT_TRUE(action.has_value());
    if (action->step != AttackStep::kTrade) continue;
    (fact.side == kBuy ? bought : sold) += hunt.sink.traded.at(static_cast<std::uint64_t>(body.detail));
  }
  EXPECT_EQ(bought, account.bought);
  EXPECT_EQ(sold, account.sold);
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
  EXPECT_TRUE(hunt.Actions().contains(ActionOf(PredatorKind::kStopHunt, PredatorStep::kRuined)));
  EXPECT_EQ(hunt.venue->exchange().ledger().position(hunt.owners.front()), 0) << "it gives back what it held";
}

TEST(PredatorTest, NoBlowIsLargerThanItsShareOfTheLastMinute) {
  const Hunt hunt(5, {PredatorKind::kMomentumIgnition}, {.blow_share = 0});
  EXPECT_EQ(hunt.venue->exchange().ledger().account(hunt.owners.front()).sold, 0);
  EXPECT_EQ(hunt.venue->exchange().ledger().account(hunt.owners.front()).bought, 0);
}

// Hands that hold nothing.
class NoPort final : public Port {
 public:
  Nanos now() const override { return {1'000'000'000}; }
  std::uint64_t Submit(const trading::OrderTerms&) override { return 1; }
  void Cancel(const OwnOrder&) override {}
  void AskForQuote() override {}
  void AskForDepth(PriceDelta) override {}
  void WakeAt(Nanos) override {}
  void Note(Side, std::int64_t, std::int64_t) override {}
};

// A divergence is looked for by comparing hashes: what decides the next action must be in them.
TEST_P(EveryPredatorTest, ThatItStrikesIsPartOfTheStateHashBeforeAnythingHappens) {
  const auto hash_after_look = [&](const char* when) {
    PredatorGenome genome = HandWritten(GetParam());
    genome.when = ParseGenome(absl::StrFormat("%s; when=%s", Name(GetParam()), when))->when;
    const TraderRules rules;
    const auto predator = MakePredator(genome, rules, {}, 1, RandomStream(1, "predator"));
    NoPort port;
    Quote quote;
    quote.bid = {100'000};
    quote.ask = {100'010};
    quote.volume = 5'000;
    predator->OnQuote(quote, port);
    StateHasher hasher;
    predator->Hash(hasher);
    return hasher.value();
  };
  EXPECT_EQ(hash_after_look("gt(spread, 5)"), hash_after_look("gt(spread, 6)"));
  if (GetParam() == PredatorKind::kStopHunt) return;  // guesses no stops after one look
  EXPECT_NE(hash_after_look("gt(spread, 5)"), hash_after_look("lt(spread, 5)"));
}

TEST(GenomeTest, NamesAreTheirOwn) {
  for (int kind = 1; kind <= kPredatorKinds; ++kind) {
    EXPECT_EQ(PredatorFromName(Name(static_cast<PredatorKind>(kind))), static_cast<PredatorKind>(kind));
  }
  EXPECT_FALSE(PredatorFromName("wolf").has_value());
}

TEST(GenomeTest, BredGenomesStayWithinTheirBoundsAndSurviveTheirText) {
  RandomStream random(11, "genomes");
  PredatorGenome genome = HandWritten(PredatorKind::kSpoofing);
  for (int i = 0; i < 2'000; ++i) {
    genome = Mutate(Cross(genome, RandomGenome(random), random), random);
    for (int g = 0; g < kGenes; ++g) {
      const Gene gene = static_cast<Gene>(g);
      EXPECT_TRUE(genome[gene] >= Describe(gene).least && genome[gene] <= Describe(gene).most)
          << ToText(genome);
    }
    const auto again = ParseGenome(ToText(genome));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, genome);
  }
}

TEST(GenomeTest, WhatTheTextLeavesOutIsHandWritten) {
  const auto genome = ParseGenome("stop-hunt; size=77");
  ASSERT_TRUE(genome.ok());
  PredatorGenome expected = HandWritten(PredatorKind::kStopHunt);
  expected[Gene::kSize] = 77;
  EXPECT_EQ(*genome, expected);
}

TEST(GenomeTest, ErrorsSayWhatWouldBeValid) {
  const auto error = [](std::string_view text) { return std::string(ParseGenome(text).status().message()); };
  EXPECT_EQ(error("wolf"),
            "a genome begins with \"wolf\", expected one of stop-hunt, liquidity-vacuum, "
            "spoofing, momentum-ignition, quote-stuffing");
  EXPECT_EQ(error("spoofing; size=5"), "gene size is \"5\", expected 10 to 2000");
  EXPECT_NE(error("spoofing; sise=5").find("no gene \"sise\"; there are: size, blows"), std::string::npos);
  EXPECT_NE(error("spoofing; when=spread").find("expected a truth"), std::string::npos);
}

TEST(PredatorViewTest, GuessesStopsAtRoundPricesAndForgetsThemOnceTouched) {
  PredatorGenome genome = HandWritten(PredatorKind::kStopHunt);
  genome[Gene::kRound] = 50;
  genome[Gene::kStopDistance] = 20;
  genome[Gene::kReach] = 100;
  PredatorView view(genome, {1});
  Quote quote{.bid = {100'030},
              .ask = {100'031},
              .bid_quantity = 5,
              .ask_quantity = 5,
              .last = {100'030},
              .volume = 100,
              .low = {100'030},
              .high = {100'030}};
  view.Update(quote, {1'000'000'000});
  quote.volume = 300;
  view.Update(quote, {2'000'000'000});
  EXPECT_EQ(view.below(), Price{100'000});  // 100'030 - 20, down to a multiple of 50
  EXPECT_EQ(view.above(), Price{100'100});  // 100'031 + 20, up to one
  EXPECT_NEAR(view.values()[8], 100, 1);    // stops_below: half of the 200 traded
  quote.bid = {99'990};
  quote.ask = {99'991};
  view.Update(quote, {3'000'000'000});
  EXPECT_EQ(view.below(), Price{0});
}

}  // namespace
}  // namespace crucible::agents
