// What the verbs say of a run that makes its own market, from its journal alone.

#include <filesystem>
#include <string>

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

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
  EXPECT_THAT(
      Say({"sql", "hunted.run", "SELECT venue, symbol, currency, price_decimals, tick_size FROM instrument"}),
      testing::HasSubstr("simulated\tSIM\tUSD\t2\t1"));
  EXPECT_THAT(Say({"sql", "hunted.run", "SELECT min(seq) FROM definition_events"}),
              testing::HasSubstr("\n3\n"));
}

TEST_F(RunOfItsOwnMarketTest, AnExportHasPricesInTheUnitsOfTheInstrument) {
  const std::string csv = Say({"export", "hunted.run", "-o", "-", "--format", "csv", "--kind", "fill"});
  const std::size_t row = csv.find('\n') + 1;
  EXPECT_THAT(csv.substr(row, csv.find('\n', row) - row), testing::HasSubstr("fill")) << csv;
  EXPECT_THAT(
      csv.substr(row),
      testing::MatchesRegex("[0-9]+,[0-9]+,[0-9]+,0,fill,(bid|ask),[0-9]+,[0-9]+[.][0-9][0-9],(.|\n)*"));
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
  Write("quiet.toml",
        std::string(kHuntedRun).replace(std::string(kHuntedRun).find("spoofing = 1"), 12, "spoofing = 0"));
  Say({"run", "quiet.toml", "-o", "quiet.run"});
  const ProgramResult diff = Crucible({"diff", "hunted.run", "quiet.run"});
  EXPECT_THAT(diff.out, testing::HasSubstr("agent_action"));
  EXPECT_THAT(diff.out, testing::HasSubstr("only in hunted.run: spoofing = 1"));
}

}  // namespace
}  // namespace crucible::cli
