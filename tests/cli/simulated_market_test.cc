// Runs whose market is simulated: [market] in place of sessions.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "framework/cli/run_file.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
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
  EXPECT_EQ(hunted->market().predators[3].size(), 1U);
}

TEST(SimulatedMarketTest, SessionsAndAMarketExcludeEachOther) {
  auto config = ParseRunConfig(Configuration(""), "test.toml");
  ASSERT_TRUE(config.ok());
  const auto setup = RunSetup::Create(std::move(*config), {"day.session"});
  EXPECT_EQ(setup.status().message(), "a run has either [[session]] or [market], not both");
}

TEST(SimulatedMarketTest, AnUnknownPredatorIsNamed) {
  const auto config = ParseRunConfig(Configuration("[market.predators]\nwolf = 1\n"), "test.toml");
  ASSERT_FALSE(config.ok());
  EXPECT_NE(std::string(config.status().message()).find("wolf"), std::string::npos) << config.status();
}

// A run whose market is its own, and nothing else in the directory but its journal.
class RunOfItsOwnMarketTest : public CliFixture {
 protected:
  RunOfItsOwnMarketTest() {
    Write("hunted.toml", kHuntedRun);
    EXPECT_EQ(Crucible({"run", "hunted.toml", "-o", "hunted.run"}).exit_code, 0);
    std::filesystem::remove(Path("hunted.toml"));
  }
  std::string Say(const std::vector<std::string>& arguments) const {
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
};

TEST_F(RunOfItsOwnMarketTest, TheJournalSaysWhatWasTraded) {
  EXPECT_THAT(Say({"sql", "hunted.run", "SELECT venue, symbol, currency, price_decimals, tick_size FROM instrument"}),
              testing::HasSubstr("simulated\tSIM\tUSD\t2\t1"));
  EXPECT_THAT(Say({"sql", "hunted.run", "SELECT min(seq) FROM definition_events"}), testing::HasSubstr("\n3\n"));
}

TEST_F(RunOfItsOwnMarketTest, AnExportHasPricesInTheUnitsOfTheInstrument) {
  const std::string csv = Say({"export", "hunted.run", "-o", "-", "--format", "csv", "--kind", "fill"});
  const std::size_t row = csv.find('\n') + 1;
  EXPECT_THAT(csv.substr(row, csv.find('\n', row) - row), testing::HasSubstr("fill")) << csv;
  EXPECT_THAT(csv.substr(row), testing::MatchesRegex("[0-9]+,[0-9]+,[0-9]+,0,fill,(bid|ask),[0-9]+,[0-9]+[.][0-9][0-9],(.|\n)*"));
}

TEST_F(RunOfItsOwnMarketTest, WhyReachesTheMarketRecordOfTheRunsOwnStream) {
  const std::string id = Say({"sql", "hunted.run", "SELECT min(order_id) FROM fill_events"});
  const std::string order = id.substr(id.find('\n') + 1, id.rfind('\n') - id.find('\n') - 1);
  const std::string why = Say({"why", "hunted.run", order});
  for (const char* part : {"cause", "run record", "book then", "simulated:SIM", "rule: matched"})
    EXPECT_THAT(why, testing::HasSubstr(part));
}

TEST_F(RunOfItsOwnMarketTest, AReplayFromTheJournalAloneFindsEveryRecordEqual) {
  EXPECT_THAT(Say({"replay", "hunted.run", "--verify"}), testing::HasSubstr("every one equal"));
  EXPECT_THAT(Say({"verify", "hunted.run"}), testing::HasSubstr("is intact"));
}

TEST_F(RunOfItsOwnMarketTest, ADifferenceIsNamedByThePredatorThatMadeIt) {
  Write("quiet.toml", std::string(kHuntedRun).replace(std::string(kHuntedRun).find("spoofing = 1"), 12, "spoofing = 0"));
  Say({"run", "quiet.toml", "-o", "quiet.run"});
  const ProgramResult diff = Crucible({"diff", "hunted.run", "quiet.run"});
  EXPECT_THAT(diff.out, testing::HasSubstr("agent_action"));
  EXPECT_THAT(diff.out, testing::HasSubstr("only in hunted.run: spoofing = 1"));
}

}  // namespace
}  // namespace crucible::cli
