// Searches for predators and stress tests: the same whatever the number of threads, and wherever they were stopped.

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "framework/cli/evolve.h"
#include "framework/cli/stress.h"
#include "framework/event/attack.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

constexpr std::string_view kPrey = R"(seed = 3
[market]
preset = "fragile"
length = "3m"
[venue.latency]
feed = "1ms"
entry = "1ms"
reply = "1ms"
[[strategy]]
plugin = "avellaneda_stoikov"
[strategy.parameters]
quantity = 50
gamma = 0.0005
kappa = 5.0
)";

class PredatorsTest : public CliFixture {
 protected:
  runs::RunConfig Prey() {
    Write("prey.toml", std::string(kPrey));
    auto config = ReadPrey(Path("prey.toml"), {});
    EXPECT_TRUE(config.ok()) << config.status();
    return *std::move(config);
  }
  EvolveOptions Search(const std::string& file, std::size_t threads) {
    EvolveOptions options;
    options.prey = Prey();
    options.output = Path(file);
    options.runs = 1;
    options.batches = 4;
    options.batch_size = 6;
    options.threads = threads;
    return options;
  }
};

TEST_F(PredatorsTest, ASearchIsTheSameOnAnyNumberOfThreads) {
  const auto one = Evolve(Search("one.predators", 1), {});
  const auto two = Evolve(Search("two.predators", 2), {});
  ASSERT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
  EXPECT_EQ(one->trials, 24U);
  EXPECT_EQ(one->log_hash, two->log_hash);
  EXPECT_EQ(one->hall, two->hall);
}

TEST_F(PredatorsTest, ASearchGoesOnWhereItWasStopped) {
  const auto whole = Evolve(Search("whole.predators", 1), {});
  ASSERT_TRUE(whole.ok()) << whole.status();
  int batches = 0;
  EvolveOptions options = Search("parts.predators", 1);
  const auto stopped = Evolve(options, [&](std::uint64_t, std::uint64_t, const auto*) { return ++batches < 2; });
  EXPECT_TRUE(absl::IsCancelled(stopped.status()));
  const auto rest = Evolve(options, {});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->trials_before, 12U);
  EXPECT_EQ(rest->log_hash, whole->log_hash);
  EXPECT_EQ(rest->hall, whole->hall);
  const auto again = Evolve(options, {});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->trials_before, 24U);
  EXPECT_EQ(again->log_hash, whole->log_hash);
}

void KillAfter(const std::vector<std::string>& command, int milliseconds) {
  const pid_t child = StartSilently(command);
  usleep(static_cast<useconds_t>(milliseconds) * 1000);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(PredatorsTest, ASearchKilledAtAnyMomentGivesTheSameInTheEnd) {
  const auto whole = Evolve(Search("whole.predators", 1), {});
  ASSERT_TRUE(whole.ok()) << whole.status();
  const std::vector<std::string> command = {
      "--json",      "evolve", Path("prey.toml"), "-o", Path("killed.predators"), "--runs", "1", "--batches", "4",
      "--batch-size", "6",      "-j",              "1"};
  for (const int milliseconds : {30, 60, 90, 120}) KillAfter(command, milliseconds);
  const ProgramResult result = Crucible(command);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, testing::HasSubstr("\"search_hash\": \"" + ToHex(whole->log_hash) + "\""));
  EXPECT_EQ(Crucible({"verify", "killed.predators"}).exit_code, 0);
}

TEST_F(PredatorsTest, AFileOfAnotherSearchIsRefused) {
  EvolveOptions options = Search("search.predators", 1);
  options.batches = 1;
  ASSERT_TRUE(Evolve(options, {}).ok());
  options.prey.seed = 4;
  const absl::Status refused = Evolve(options, {}).status();
  EXPECT_TRUE(absl::IsAlreadyExists(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), testing::HasSubstr(", not "));
  EXPECT_THAT(std::string(ReadHall(Path("prey.toml"), 3).status().message()), testing::HasSubstr("prey.toml"));
}

StressPrey Among(const runs::RunConfig& config, const std::vector<std::string>& genomes) {
  return {"prey", config, {{"quiet", {}, {}, {}}, {"all", genomes, {}, {}}}, 0};
}

TEST_F(PredatorsTest, AStressTestIsTheSameOnAnyNumberOfThreads) {
  const std::vector<std::string> genomes = {"momentum-ignition; pause_ms=5000"};
  std::vector<StressPrey> one = {Among(Prey(), genomes)}, two = one;
  ASSERT_TRUE(RunStress({.seeds = 4, .threads = 1}, one, {}).ok());
  ASSERT_TRUE(RunStress({.seeds = 4, .threads = 2}, two, {}).ok());
  EXPECT_EQ(StressJson(one, 4).dump(), StressJson(two, 4).dump());
}

TEST_F(PredatorsTest, PredatorsThatNeverStrikeChangeNoOutcome) {
  std::vector<StressPrey> preys = {Among(Prey(), {"spoofing; when=gt(0, 1)"})};
  ASSERT_TRUE(RunStress({.seeds = 3, .threads = 1}, preys, {}).ok());
  for (const StressMeasure& measure : StressMeasures()) {
    for (const double difference : Differences(measure, preys[0], preys[0].markets[1])) EXPECT_EQ(difference, 0);
  }
  EXPECT_EQ(preys[0].markets[1].outcomes[0].hunters.front().attacks, 0);
}

TEST_F(PredatorsTest, TheTimeToTheTargetIsADistributionOverSeeds) {
  StressMarket market;
  for (const auto& [result, seconds] : {std::pair{trading::TargetResult::kReached, 30},
                                        {trading::TargetResult::kReached, 10},
                                        {trading::TargetResult::kLost, 20},
                                        {trading::TargetResult::kCensored, 60}}) {
    PreyOutcome& outcome = market.outcomes.emplace_back();
    outcome.target = result;
    outcome.target_after = {seconds * 1'000'000'000LL};
  }
  const trading::TargetSummary summary = TimeToTarget(market);
  EXPECT_EQ(summary.reached, 2U);
  EXPECT_EQ(summary.lost, 1U);
  EXPECT_EQ(summary.quantiles[0].time->nanos, 10'000'000'000);
  EXPECT_EQ(summary.quantiles[1].time->nanos, 30'000'000'000);
  EXPECT_FALSE(summary.quantiles[2].time.has_value()) << "three in four never reached it";
}

// The first of our orders that the predator itself filled, and the trade.
TEST_F(PredatorsTest, WhyBlamesTheAttackThatFilledAnOrder) {
  Write("hunted.toml", std::string(kPrey) + "[[market.predator]]\ngenome = \"momentum-ignition; pause_ms=3000; "
                                            "patience_ms=500; look_ms=100; blows=20; size=400; when=gt(1, 0)\"\n");
  ASSERT_EQ(Crucible({"run", Path("hunted.toml"), "-o", Path("hunted.run")}).exit_code, 0);
  const auto file = journal::Journal::Open(Path("hunted.run"));
  ASSERT_TRUE(file.ok()) << file.status();
  auto cursor = file->Read(runs::kRunStream);
  ASSERT_TRUE(cursor.ok());
  std::map<std::uint64_t, std::uint64_t> attacked;  // trade -> agent_action
  std::optional<Event> fill;
  for (auto records = (*cursor)->Next(); records.ok() && !records->empty(); records = (*cursor)->Next()) {
    for (const Event& event : *records) {
      if (event.kind == Kind::kAgentAction &&
          ParseAction(As<AgentActionBody>(event).action)->step == AttackStep::kTrade)
        attacked[static_cast<std::uint64_t>(As<AgentActionBody>(event).detail)] = event.seq;
      if (event.kind == Kind::kFill && !fill && attacked.contains(As<FillBody>(event).trade_id)) fill = event;
    }
  }
  ASSERT_TRUE(fill.has_value()) << "the predator never traded with the market maker";
  const auto body = As<FillBody>(*fill);
  const ProgramResult text = Crucible({"why", Path("hunted.run"), std::to_string(body.order_id.value)});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, testing::HasSubstr("blame           momentum-ignition by participant"));
  EXPECT_THAT(text.out, testing::HasSubstr("its trade " + std::to_string(body.trade_id) + " was this fill (run record " +
                                           std::to_string(attacked[body.trade_id]) + ")"));
  const ProgramResult json = Crucible({"--json", "why", Path("hunted.run"), std::to_string(body.order_id.value)});
  EXPECT_THAT(json.out, testing::HasSubstr("\"trade_id\": " + std::to_string(body.trade_id)));
}

}  // namespace
}  // namespace crucible::cli
