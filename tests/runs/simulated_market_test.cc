// Runs whose market is simulated: [market] in place of sessions.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "framework/runs/flow_artefact.h"
#include "framework/runs/run_file.h"

namespace crucible::runs {
namespace {

std::string Configuration(const std::string& market) {
  return "seed = 7\n[market]\nlength = \"3m\"\nnoise_traders = 100\nvalue_traders = 20\nactivity = 20.0\n" +
         market + "[venue.latency]\nfeed = \"1ms\"\nentry = \"1ms\"\nreply = \"1ms\"\n";
}

absl::StatusOr<RunSetup> Prepare(const std::string& market = "") {
  CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config, ParseRunConfig(Configuration(market), "test.toml"));
  return RunSetup::Create(std::move(config), {});
}

TEST(SimulatedMarketTest, ARunWithoutSessionsReplaysToTheSameRecords) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "crucible_simulated_market_test.run").string();
  std::filesystem::remove(path);
  auto setup = Prepare("[market.predators]\nspoofing = 1\n");
  ASSERT_TRUE(setup.ok()) << setup.status();
  const auto run = RunJournaled(*setup, path, {});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_GT(run->result.market_records, 1'000U);
  auto stored = OpenRun(path, {});
  ASSERT_TRUE(stored.ok()) << stored.status();
  const auto replay = Replay(*stored, {});
  ASSERT_TRUE(replay.ok()) << replay.status();
  EXPECT_FALSE(replay->divergence.has_value());
  EXPECT_EQ(replay->log_hash, run->log_hash);
  std::filesystem::remove(path);
}

TEST(SimulatedMarketTest, TheCanonicalTextIsAConfigurationOfTheSameMarket) {
  const auto config = ParseRunConfig(Configuration("[market.predators]\nstop_hunt = 2\n"), "test.toml");
  ASSERT_TRUE(config.ok());
  const std::string text = CanonicalText(*config);
  const auto again = ParseRunConfig(text, "again.toml");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(CanonicalText(*again), text);
  EXPECT_EQ(again->market.predators[0], 2);
}

TEST(SimulatedMarketTest, PredatorsChangeTheMarket) {
  auto quiet = Prepare();
  auto hunted = Prepare("[market.predators]\nmomentum_ignition = 1\n");
  ASSERT_TRUE(quiet.ok() && hunted.ok());
  EXPECT_NE(RunUnjournaled(*quiet, {})->log_hash, RunUnjournaled(*hunted, {})->log_hash);
  EXPECT_EQ(hunted->market().predators.size(), 1U);
}

TEST(SimulatedMarketTest, AnUnknownPredatorIsNamed) {
  const auto config = ParseRunConfig(Configuration("[market.predators]\nwolf = 1\n"), "test.toml");
  ASSERT_FALSE(config.ok());
  EXPECT_NE(std::string(config.status().message()).find("wolf"), std::string::npos) << config.status();
}

flow::FlowModel SmallFlow() {
  flow::FlowModel model;
  model.types = {flow::FlowType::kMarketBuy,   flow::FlowType::kMarketSell,     flow::FlowType::kBidAt,
                 flow::FlowType::kAskAt,       flow::FlowType::kCancelBidAt,    flow::FlowType::kCancelAskAt};
  model.process.base = {2, 2, 4.1, 4.1, 2, 2};
  model.process.decay = {1, 2, 3, 4, 5, 1.0 / 3};
  model.process.branching.assign(6, std::vector<double>(6, 0.05));
  for (const flow::FlowType type : model.types) model.marks[static_cast<std::size_t>(type)] = {2, 0.25, 1};
  return model;
}

TEST(SimulatedMarketTest, AFlowSurvivesItsTextExactly) {
  const std::string text = ToText(SmallFlow());
  const auto again = ParseFlow(text, "flow");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ToText(*again), text);
  EXPECT_EQ(again->process.decay, SmallFlow().process.decay);
  EXPECT_EQ(again->marks, SmallFlow().marks);
}

TEST(SimulatedMarketTest, TheFlowOfACalibrationMakesTheMarketAndStandsInTheConfiguration) {
  const std::string market = "preset = \"hawkes\"\nflow_text = '" + ToText(SmallFlow()) + "'\n";
  const auto config = ParseRunConfig("seed = 7\n[market]\nlength = \"3m\"\n" + market, "test.toml");
  ASSERT_TRUE(config.ok()) << config.status();
  const auto again = ParseRunConfig(CanonicalText(*config), "again.toml");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(CanonicalText(*again), CanonicalText(*config));
  auto setup = RunSetup::Create(*config, {});
  ASSERT_TRUE(setup.ok()) << setup.status();
  const auto run = RunUnjournaled(*setup, {});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_GT(run->result.market_records, 2'000U);
  auto same = RunSetup::Create(*again, {});
  EXPECT_EQ(RunUnjournaled(*same, {})->log_hash, run->log_hash);
}

TEST(SimulatedMarketTest, AFlowThatIsNoneIsNamed) {
  const auto error = [](const std::string& market) {
    const auto config = ParseRunConfig("[market]\n" + market, "test.toml");
    if (!config.ok()) return std::string(config.status().message());
    return std::string(RunSetup::Create(*config, {}).status().message());
  };
  EXPECT_EQ(error("preset = \"hawkes\"\n"),
            "test.toml:1: market: flow is missing: the file that crucible calibrate -o wrote");
  EXPECT_NE(error("flow_text = \"{}\"\n").find("market.flow_text is no text of a fitted flow"), std::string::npos);
  flow::FlowModel explosive = SmallFlow();
  explosive.process.branching.assign(6, std::vector<double>(6, 0.5));
  EXPECT_NE(error("flow_text = '" + ToText(explosive) + "'\n").find("the branching ratio is 3"), std::string::npos);
}

}  // namespace
}  // namespace crucible::runs
