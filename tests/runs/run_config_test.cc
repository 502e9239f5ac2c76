// Run configurations: what is refused and how it is said, what makes two of them the same run, and that the
// guide lists what the program reads.

#include "framework/runs/run_config.h"

#include <set>

#include "absl/strings/str_split.h"
#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<RunConfig> config = ParseRunConfig(text, "my.toml");
  return config.ok() ? "none" : std::string(config.status().message());
}

TEST(RunConfigTest, AnUnknownKeyIsNamedWithItsLineAndTheNearestKnownOne) {
  EXPECT_EQ(ErrorOf("seed = 1\n[venue]\nfil_model = \"l3\"\n"),
            "my.toml:3: venue.fil_model: no such key; did you mean \"fill_model\"?");
}

TEST(RunConfigTest, AnUnknownKeyNearNothingIsToldWhatThereIs) {
  EXPECT_THAT(
      ErrorOf("[account]\nqqqqqqqqqqqqqqqq = 1\n"),
      AllOf(HasSubstr("my.toml:2: account.qqqqqqqqqqqqqqqq"), HasSubstr("cash"), HasSubstr("target_loss")));
}

TEST(RunConfigTest, AValueOutOfRangeIsNamedWithTheRange) {
  EXPECT_EQ(ErrorOf("\n[venue]\nvolume_percent = 101\n"),
            "my.toml:3: venue.volume_percent: found \"101\", expected a whole number from 1 to 100");
  EXPECT_THAT(ErrorOf("[fees]\nmaker_bps = 2000\n"),
              AllOf(HasSubstr("my.toml:2: fees.maker_bps"), HasSubstr("2000")));
  EXPECT_THAT(ErrorOf("seed = -1\n"), AllOf(HasSubstr("my.toml:1: seed"), HasSubstr("-1")));
}

TEST(RunConfigTest, AValueOfAnotherTypeIsNamedWithWhatWouldBeValid) {
  EXPECT_THAT(ErrorOf("[venue]\nlimits_need_through = 1\n"),
              HasSubstr("my.toml:2: venue.limits_need_through"));
  EXPECT_THAT(ErrorOf("[venue.latency]\nentry = 5\n"),
              AllOf(HasSubstr("my.toml:2: venue.latency.entry"), HasSubstr("5")));
  EXPECT_THAT(ErrorOf("[risk]\ncommand_interval = \"soon\"\n"),
              AllOf(HasSubstr("\"soon\""), HasSubstr("250ms")));
  EXPECT_THAT(ErrorOf("[account]\ncash = true\n"), HasSubstr("my.toml:2: account.cash"));
  EXPECT_THAT(ErrorOf("strategy = 3\n"), HasSubstr("[[strategy]]"));
  EXPECT_THAT(ErrorOf("venue = 3\n"), HasSubstr("[venue]"));
}

TEST(RunConfigTest, AChoiceIsNamedWithItsAlternatives) {
  EXPECT_EQ(ErrorOf("[venue]\nfill_model = \"quote\"\n"),
            "my.toml:2: venue.fill_model: found \"quote\", expected one of auto, l3, l2, quotes, bars, responsive; did "
            "you mean "
            "\"quotes\"?");
}

TEST(RunConfigTest, MoneyThatIsNoNumberIsRefused) {
  EXPECT_THAT(ErrorOf("[account]\ncash = \"much\"\n"), AllOf(HasSubstr("account.cash"), HasSubstr("much")));
  EXPECT_THAT(ErrorOf("[risk]\nmax_position = \"1,5\"\n"),
              AllOf(HasSubstr("risk.max_position"), HasSubstr("1,5")));
}

TEST(RunConfigTest, ALimitBelowZeroIsRefused) {
  EXPECT_THAT(ErrorOf("[risk]\nmax_position = -5\n"),
              AllOf(HasSubstr("my.toml:2: risk.max_position"), HasSubstr("-5")));
}

TEST(RunConfigTest, WhatIsNotTomlIsNamedWithItsLine) {
  EXPECT_THAT(ErrorOf("seed = 1\n[venue\n"), HasSubstr("my.toml:2"));
}

TEST(RunConfigTest, PathAndPluginMustBeThere) {
  EXPECT_THAT(ErrorOf("[[session]]\n"), AllOf(HasSubstr("session"), HasSubstr("path is missing")));
  EXPECT_THAT(ErrorOf("\n[[strategy]]\nstrategy = \"x\"\n"),
              AllOf(HasSubstr("my.toml:2"), HasSubstr("plugin is missing")));
}

TEST(RunConfigTest, GainAndLossOfATargetGoTogether) {
  EXPECT_THAT(ErrorOf("[account]\ntarget_gain = 5\n"), HasSubstr("go together"));
  EXPECT_EQ(ErrorOf("[account]\ntarget_gain = 5\ntarget_loss = 4\n"), "none");
}

TEST(RunConfigTest, TiersAndFlatFeesExcludeEachOther) {
  EXPECT_THAT(ErrorOf("[fees]\nmaker_bps = 1\n[[fees.tier]]\nmaker_bps = 1\n"),
              HasSubstr("exclude each other"));
}

constexpr const char* kEverything = R"(seed = 9
checkpoint_records = 1000
[venue]
fill_model = "l2"
queue_model = "log"
slippage_ticks = 3
volume_percent = 20
limits_need_through = true
[venue.latency]
feed = "recorded+1ms"
entry = "exponential:500us+1ms"
reply = "2ms"
[fees]
per_trade = "0.10"
per_unit = 0.003
[[fees.tier]]
maker_bps = -0.25
taker_bps = 0.1
[[fees.tier]]
from_turnover = 1000000.5
maker_bps = -0.5
[account]
cash = 1234.5
equity_interval = "10s"
target_gain = 10
target_loss = "5.00"
[risk]
max_order_quantity = 1
max_order_notional = 2
max_position = 3
max_gross_exposure = 4
collar_bps = 5
max_open_orders = 6
max_commands = 7
command_interval = "8s"
reserved_cancels = 2
[[strategy]]
plugin = "b"
strategy = "s"
[strategy.parameters]
text = "with \"quotes\" and \\"
number = 0.1
truth = true
[[strategy]]
plugin = "a"
)";

std::string Canonical(const std::string& text) {
  const absl::StatusOr<RunConfig> config = ParseRunConfig(text, "x");
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? CanonicalText(*config) : "";
}

TEST(RunConfigTest, CanonicalTextReadsBackAsItself) {
  const std::string canonical = Canonical(kEverything);
  EXPECT_EQ(Canonical(canonical), canonical);
  EXPECT_EQ(Canonical(Canonical("")), Canonical(""));
  EXPECT_NE(canonical, Canonical(""));
}

TEST(RunConfigTest, EveryKeyMattersInTheCanonicalText) {
  const std::string canonical = Canonical(kEverything);
  const std::vector<std::string> lines = absl::StrSplit(kEverything, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find(" = ") == std::string::npos || lines[i].starts_with("plugin") ||
        lines[i].starts_with("target")) {
      continue;  // cannot be absent alone
    }
    std::string without;
    for (std::size_t k = 0; k < lines.size(); ++k) without += k == i ? "\n" : lines[k] + "\n";
    EXPECT_NE(Canonical(without), canonical) << lines[i];
  }
}

TEST(RunConfigTest, OrderOfTablesKeysAndStrategiesDoesNotMatter) {
  EXPECT_EQ(
      Canonical("seed = 2\n[fees]\nper_unit = 1\nper_trade = 2\n[account]\ncash = 3\n"
                "[[strategy]]\nplugin = \"a\"\n[strategy.parameters]\nx = 1\ny = 2\n[[strategy]]\nplugin = "
                "\"b\"\n"),
      Canonical(
          "seed = 2\n[[strategy]]\nplugin = \"b\"\n[[strategy]]\nplugin = \"a\"\n[strategy.parameters]\n"
          "y = 2\nx = 1\n[account]\ncash = 3\n[fees]\nper_trade = 2\nper_unit = 1\n"));
}

TEST(RunConfigTest, TwoOfOneStrategyAreOrderedByTheirParameters) {
  EXPECT_EQ(
      Canonical("[[strategy]]\nplugin = \"a\"\n[strategy.parameters]\nx = 2\n[[strategy]]\nplugin = \"a\"\n"
                "[strategy.parameters]\nx = 1\n"),
      Canonical("[[strategy]]\nplugin = \"a\"\n[strategy.parameters]\nx = 1\n[[strategy]]\nplugin = \"a\"\n"
                "[strategy.parameters]\nx = 2\n"));
}

using ReadRunConfigTest = RunFixture;

TEST_F(ReadRunConfigTest, PathsAreRelativeToTheFile) {
  std::filesystem::create_directory(Path("deep"));
  Write("deep/my.toml", "[[session]]\npath = \"a.session\"\n[[strategy]]\nplugin = \"./build/p.so\"\n");
  const absl::StatusOr<RunConfig> config = ReadRunConfig(Path("deep/my.toml"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->sessions.front(), Path("deep/a.session"));
  EXPECT_EQ(config->strategies.front().plugin, Path("deep/build/p.so"));
}

TEST_F(ReadRunConfigTest, AMissingFileIsNamed) {
  const absl::StatusOr<RunConfig> config = ReadRunConfig(Path("nowhere.toml"));
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("nowhere.toml"));
}

// What the parser knows in a table, from the list it gives for a key that is near none.
std::set<std::string> KnownKeys(const std::string& table, const std::string& header) {
  const std::string error = ErrorOf(header + "qqqqqqqqqqqqqqqqqqqqqqqq = 1\n");
  const std::size_t at = error.find("known here: ");
  EXPECT_NE(at, std::string::npos) << error;
  std::set<std::string> keys;
  if (at == std::string::npos) return keys;
  for (absl::string_view key : absl::StrSplit(error.substr(at + 12), ", ")) {
    keys.insert((table.empty() ? "" : table + ".") + std::string(key));
  }
  return keys;
}

std::set<std::string> KeysOfTheProgram() {
  std::set<std::string> keys;
  keys.merge(KnownKeys("", ""));
  keys.merge(KnownKeys("session", "[[session]]\npath = \"x\"\n"));
  keys.merge(KnownKeys("venue", "[venue]\n"));
  keys.merge(KnownKeys("venue.latency", "[venue.latency]\n"));
  keys.merge(KnownKeys("fees", "[fees]\n"));
  keys.merge(KnownKeys("fees.tier", "[[fees.tier]]\n"));
  keys.merge(KnownKeys("margin", "[margin]\nleverage = 2\nmaintenance_bps = 1\n"));
  keys.merge(KnownKeys("margin.tier", "[margin]\nleverage = 2\n[[margin.tier]]\nmaintenance_bps = 1\n"));
  keys.merge(KnownKeys("roll", "[[roll]]\ncontracts = \"A B\"\n"));
  keys.merge(KnownKeys("calendar", "[calendar]\nname = \"nyse\"\n"));
  keys.merge(KnownKeys("account", "[account]\n"));
  keys.merge(KnownKeys("risk", "[risk]\n"));
  keys.merge(KnownKeys("strategy", "[[strategy]]\nplugin = \"x\"\n"));
  keys.merge(KnownKeys("regimes", "[regimes]\nmodel = \"x\"\n"));
  keys.merge(KnownKeys("causes", "[causes]\n"));
  keys.merge(KnownKeys("fork", "[[fork]]\nat = 2\n"));
  keys.merge(KnownKeys("market", "[market]\n"));
  keys.merge(KnownKeys("market.predators", "[market.predators]\n"));
  keys.merge(KnownKeys("market.predator", "[[market.predator]]\ngenome = \"spoofing\"\n"));
  for (const char* table : {"session", "venue", "venue.latency", "fees", "fees.tier", "margin", "margin.tier", "roll", "calendar", "account", "risk",
                            "strategy", "regimes", "causes", "fork", "market", "market.predator", "market.predators"}) {
    EXPECT_EQ(keys.erase(table), 1U) << table;
  }
  return keys;
}

TEST(RunConfigGuideTest, ListsExactlyTheKeysThatTheProgramReads) {
  std::ifstream guide(CRUCIBLE_SOURCE_DIR "/docs/guides/run-configuration.md");
  ASSERT_TRUE(guide);
  std::set<std::string> documented;
  for (std::string line; std::getline(guide, line);) {
    if (!line.starts_with("| `") || line.starts_with("| `\"")) continue;
    documented.insert(line.substr(3, line.find('`', 3) - 3));
  }
  EXPECT_EQ(documented, KeysOfTheProgram());
}

}  // namespace
}  // namespace crucible::runs
