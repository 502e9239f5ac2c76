// What the program refuses, and how it says so: nothing half done is left, and the message names what was
// found.

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RefusalsTest : public CliFixture {
 protected:
  void ExpectRefused(const std::vector<std::string>& arguments,
                     const testing::Matcher<std::string>& message) const {
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, AllOf(HasSubstr("error: "), Not(HasSubstr("PRAGMA")), message));
  }
  // Names in the test's directory that contain `part`.
  std::vector<std::string> Files(const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      const std::string name = entry.path().filename().string();
      if (name.find(part) != std::string::npos) names.push_back(name);
    }
    return names;
  }
};

constexpr const char* kTwoSymbols =
    R"(1723161256000000000 {"stream":"s@trade","data":{"e":"trade","E":1723161256000,"T":1723161256000,"s":"BTCUSDT","t":1,"p":"1.5","q":"1","m":true,"X":"MARKET"}})"
    "\n"
    R"(1723161257000000000 {"stream":"s@trade","data":{"e":"trade","E":1723161257000,"T":1723161257000,"s":"ETHUSDT","t":1,"p":"1.5","q":"1","m":true,"X":"MARKET"}})"
    "\n";

TEST_F(RefusalsTest, AnImportThatKeepsNothingSaysWhatWasThere) {
  Write("capture.gz", kTwoSymbols);
  ExpectRefused({"import", "capture.gz", "--symbol", "NOPE", "-o", "a.session"},
                AllOf(HasSubstr("no message is of symbol 'NOPE'"), HasSubstr("BTCUSDT, ETHUSDT")));
  ExpectRefused({"import", "capture.gz", "--channels", "depth", "-o", "a.session"},
                HasSubstr("no message is of channel depth"));
  Write("empty.csv", "");
  ExpectRefused({"import", "empty.csv", "--format", "bitfinex", "-o", "a.session"},
                HasSubstr("the file is empty"));
  ExpectRefused({"import", "empty.csv", "-o", "a.session"}, HasSubstr("empty.csv is empty"));
  ExpectRefused({"inspect", "empty.csv"}, HasSubstr("empty.csv is empty"));
  EXPECT_THAT(Files("a.session"), testing::IsEmpty());
}

TEST_F(RefusalsTest, ASymbolThatIsNoTextLeavesNoSession) {
  Write("bars.csv", SomeBars(50));
  ExpectRefused({"import", "bars.csv", "--format", "bitfinex", "--symbol", "BTC\xff", "-o", "a.session"},
                AllOf(HasSubstr("BTC\\xff"), HasSubstr("--symbol")));
  EXPECT_THAT(Files("a.session"), testing::IsEmpty());
}

TEST_F(RefusalsTest, AnOptionThatTheFormatDoesNotHaveIsNotPassedOver) {
  Write("bars.csv", SomeBars(50));
  ExpectRefused({"import", "bars.csv", "--format", "bitfinex", "--window", "10", "-o", "a.session"},
                HasSubstr("--window means nothing for format bitfinex; it is for lobster"));
  Write("capture.gz", kTwoSymbols);
  ExpectRefused({"inspect", "capture.gz", "--bar-length", "1m"}, HasSubstr("--bar-length means nothing"));
  ExpectRefused({"inspect", "capture.gz", "--clock-offset", "800d"},
                HasSubstr("--clock-offset is 19200h, expected within a year"));
}

TEST_F(RefusalsTest, AByteOrderMarkIsNoPartOfAFile) {
  Write("bars.csv", "\xEF\xBB\xBF" + SomeBars(50));
  EXPECT_EQ(
      Crucible({"import", "bars.csv", "--format", "bitfinex", "--symbol", "X", "-o", "a.session"}).exit_code,
      0);
  SmallSession();
  Write("small.toml", std::string("\xEF\xBB\xBF") + kSmallRun);
  const ProgramResult run = Crucible({"run", "small.toml"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(RefusalsTest, FilesOfAnotherKindAreNamed) {
  SmallSession();
  ExpectRefused({"inspect", "small.session"},
                HasSubstr("small.session is an SQLite file, expected a vendor's"));
  Write("text.run", "no database at all, but long enough to be looked at as one");
  ExpectRefused({"verify", "text.run"}, HasSubstr("text.run: not an SQLite file, expected a session or run"));
  Write("empty.run", "");
  ExpectRefused({"verify", "empty.run"}, HasSubstr("empty.run: an empty file, expected a session or run"));
  // Another application's database: bytes 68 to 71 of a file name the application.
  std::filesystem::copy_file(Path("small.session"), Path("other.run"));
  std::fstream(Path("other.run"), std::ios::binary | std::ios::in | std::ios::out)
      .seekp(68)
      .write("\0\0\0\0", 4);
  ExpectRefused({"verify", "other.run"}, HasSubstr("an SQLite database, but not a journal"));
}

TEST_F(RefusalsTest, OneSessionTwiceIsRefused) {
  SmallSession();
  std::string twice = kSmallRun;
  twice.insert(twice.find("[venue"), "[[session]]\npath = \"./small.session\"\n");
  Write("twice.toml", twice);
  ExpectRefused({"run", "twice.toml"}, HasSubstr("are the same session"));
}

TEST_F(RefusalsTest, ANegativeOrderIsNoOrder) {
  SmallSession();
  Write("small.toml", kSmallRun);
  ASSERT_EQ(Crucible({"run", "small.toml"}).exit_code, 0);
  ExpectRefused({"why", "small.run", "-1"}, HasSubstr("-1"));
  ExpectRefused({"why", "small.run", "first"}, HasSubstr("order is \"first\", expected 1, 2, ..."));
}

TEST_F(RefusalsTest, TheSummaryOfARunTellsWhatTheRiskGateStopped) {
  SmallSession();
  Write("small.toml", kSmallRun);
  const ProgramResult run =
      Crucible({"run", "small.toml", "--no-journal", "--set", "risk.max_order_quantity=\"1\""});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("denied by risk gate"), HasSubstr("order quantity)")));
  const ProgramResult free = Crucible({"run", "small.toml", "--no-journal"});
  EXPECT_THAT(free.out, Not(HasSubstr("denied by risk gate")));
}

TEST_F(RefusalsTest, AnInterruptedRunIsNotCalledDivergent) {
  ASSERT_TRUE(runs::WriteDemoSession(Path("small.session"), {1'800'000'000'000}).ok());
  Write("small.toml", kSmallRun);
  {
    runs::RunConfig config = runs::ReadRunConfig(Path("small.toml")).value();
    std::vector<std::string> sessions = config.sessions;
    runs::RunSetup setup = runs::RunSetup::Create(std::move(config), std::move(sessions)).value();
    const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
    ASSERT_EQ(runs::RunJournaled(setup, Path("a.run"), stop).status().code(), absl::StatusCode::kAborted);
  }
  const ProgramResult replay = Crucible({"replay", "a.run", "--verify"});
  EXPECT_EQ(replay.exit_code, 1) << replay.err;
  EXPECT_THAT(replay.out,
              AllOf(HasSubstr("interrupted at record "), HasSubstr("all records up to there are equal"),
                    HasSubstr("-o a.run"), Not(HasSubstr("differs"))));
  const json verdict = json::parse(Crucible({"--json", "replay", "a.run", "--verify"}).out);
  EXPECT_EQ(verdict["interrupted_at"], verdict["compared"]);
  EXPECT_FALSE(verdict.contains("divergence"));
}

TEST_F(RefusalsTest, AFailedReportOrExportLeavesNothing) {
  SmallSession();
  Write("small.toml", kSmallRun);
  ASSERT_EQ(Crucible({"run", "small.toml"}).exit_code, 0);
  std::filesystem::create_directory(Path("taken.html"));
  EXPECT_EQ(Crucible({"report", "small.run", "-o", "taken.html"}).exit_code, 2);
  EXPECT_EQ(Crucible({"export", "small.run", "-o", "arrays", "--stream", "none"}).exit_code, 2);
  EXPECT_THAT(Files("-writing-"), testing::IsEmpty());
  EXPECT_THAT(Files(".part"), testing::IsEmpty());
}

TEST_F(RefusalsTest, TwoExportsToOneOutputDoNotShareWhatTheyWrite) {
  SmallSession();
  // What a killed export left, and what another one is writing: process 1 lives as long as the machine.
  std::filesystem::create_directory(Path("arrays-writing-1"));
  std::filesystem::create_directory(Path("arrays-writing-999999999"));
  ASSERT_EQ(Crucible({"export", "small.session", "-o", "arrays"}).exit_code, 0);
  EXPECT_THAT(Files("-writing-"), testing::ElementsAre("arrays-writing-1"));
  EXPECT_TRUE(std::filesystem::exists(Path("arrays/columns.json")));
}

}  // namespace
}  // namespace crucible::cli
