#include "framework/cli/sweep.h"

#include <signal.h>
#include <sys/wait.h>

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(AxisTest, ListsAndRanges) {
  EXPECT_THAT(ParseAxis("venue.queue_model=log,power3:3")->values, ElementsAre("log", "power3:3"));
  EXPECT_THAT(ParseAxis("a=1..2..0.25")->values, ElementsAre("1.00", "1.25", "1.50", "1.75", "2.00"));
  EXPECT_THAT(ParseAxis("a=5..11..3")->values, ElementsAre("5", "8", "11"));
}

TEST(AxisTest, WhatIsNoneIsNamedWithWhatWouldBe) {
  for (const char* bad : {"a", "=1", "a=", "a=1,,2", "a=1..2", "a=2..1..1", "a=1..2..0", "a=x..2..1"}) {
    const absl::Status status = ParseAxis(bad).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("KEY=FROM..TO..STEP")) << bad;
  }
}

TEST(GridTest, LastAxisChangesFastest) {
  const std::vector<Point> points = Grid({{"a", {"1", "2"}}, {"x.b", {"3", "4"}}});
  std::vector<std::string> texts;
  for (const Point& point : points) texts.push_back(ShortText(point));
  EXPECT_THAT(texts, ElementsAre("a=1 b=3", "a=1 b=4", "a=2 b=3", "a=2 b=4"));
  EXPECT_EQ(Grid({}).size(), 1U);
}

absl::StatusOr<runs::RunConfig> Configured(const std::string& text,
                                           const std::vector<std::string>& settings) {
  return runs::ParseRunConfig(text, "my.toml", *runs::ParseOverrides(settings));
}

TEST(OverrideTest, ReplacesWhatTheFileSaysAndMakesTables) {
  const auto config = Configured(kSmallRun, {"seed=9", "risk.collar_bps=20", "venue.latency.entry=7ms",
                                             "strategy.parameters.gamma=0.5"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->seed, 9);
  EXPECT_EQ(config->collar_bps, 20);
  EXPECT_EQ(config->latency.entry, "7ms");
  EXPECT_EQ(config->strategies.at(0).parameters.at("gamma"), "0.5");
}

TEST(OverrideTest, OneOfSeveralStrategiesIsNamedByItsPlugin) {
  const std::string text = std::string(kSmallRun) + "[[strategy]]\nplugin = \"breakout\"\n";
  const auto config = Configured(text, {"strategy.breakout.parameters.bars=30"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->strategies.at(1).parameters.at("bars"), "30");
  EXPECT_THAT(std::string(Configured(text, {"strategy.parameters.bars=30"}).status().message()),
              HasSubstr("there are 2 strategies; say which: strategy.NAME.parameters.bars"));
}

TEST(OverrideTest, MessagesNameKeyAndValue) {
  const auto message = [](const char* setting) {
    return std::string(Configured(kSmallRun, {setting}).status().message());
  };
  EXPECT_THAT(message("seed=minus"), HasSubstr("expected a whole number"));
  EXPECT_THAT(message("seed=minus"), HasSubstr("(with seed=minus)"));
  EXPECT_THAT(message("venue=3"), HasSubstr("venue=3: venue is a table or list"));
  EXPECT_THAT(message("seed.x=3"), HasSubstr("seed is a value in the configuration"));
  EXPECT_THAT(message("session.path=x"), HasSubstr("session is a list in the configuration"));
  EXPECT_EQ(runs::ParseOverride("seed").status().code(), absl::StatusCode::kInvalidArgument);
}

class SweepTest : public CliFixture {
 protected:
  void SetUp() override {
    SmallSession();
    options_ = {ProgramPath(), Write("small.toml", kSmallRun), Path("small.results"), {}, 2};
  }
  absl::StatusOr<std::vector<SweepResult>> Run(std::size_t stop_after = SIZE_MAX) const {
    return Sweep(options_, points_, [=](std::size_t done, std::size_t) { return done < stop_after; });
  }
  std::vector<SweepResult> RunAll() const {
    auto results = Run();
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? *std::move(results) : std::vector<SweepResult>();
  }
  static std::size_t KnownBefore(const std::vector<SweepResult>& results) {
    return static_cast<std::size_t>(std::ranges::count_if(results, &SweepResult::was_there));
  }

  SweepOptions options_;
  std::vector<Point> points_ =
      Grid({{"strategy.parameters.gamma", {"0.01", "0.1"}}, {"seed", {"1", "2", "3"}}});
};

TEST_F(SweepTest, AnswersDoNotDependOnTheNumberOfWorkers) {
  options_.results = "";
  options_.workers = 1;
  const Hash128 one = SweepHash(RunAll());
  options_.workers = 5;
  EXPECT_EQ(SweepHash(RunAll()), one);
}

TEST_F(SweepTest, APointGivesWhatTheConfigurationGivesAlone) {
  points_ = {{{"venue.latency.entry", "9ms"}}};
  const std::vector<SweepResult> swept = RunAll();
  std::string text = kSmallRun;
  text.replace(text.find("2ms"), 3, "9ms");
  Write("edited.toml", text);
  const ProgramResult alone = Crucible({"--json", "run", "edited.toml", "--no-journal"});
  EXPECT_EQ(nlohmann::ordered_json::parse(alone.out), swept.at(0).summary);
}

TEST_F(SweepTest, GoesOnWhereItStopped) {
  EXPECT_EQ(Run(2).status().code(), absl::StatusCode::kCancelled);
  const std::vector<SweepResult> resumed = RunAll();
  EXPECT_EQ(KnownBefore(resumed), 2U);
  const std::vector<SweepResult> again = RunAll();
  EXPECT_EQ(KnownBefore(again), points_.size());
  options_.results = "";
  EXPECT_EQ(SweepHash(again), SweepHash(RunAll()));
  EXPECT_EQ(SweepHash(resumed), SweepHash(again));
}

TEST_F(SweepTest, AKilledSweepLosesNoAnswerThatItHad) {
  const std::vector<std::string> arguments = {"sweep",  options_.config, "-o", options_.results, "-j", "1",
                                              "--over", "seed=1..40..1"};
  points_ = Grid({*ParseAxis("seed=1..40..1")});
  const pid_t child = StartSilently(arguments);
  while (!std::filesystem::exists(options_.results)) usleep(1000);
  usleep(60'000);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const std::vector<SweepResult> resumed = RunAll();
  EXPECT_LT(KnownBefore(resumed), points_.size());
  options_.results = "";
  EXPECT_EQ(SweepHash(resumed), SweepHash(RunAll()));
}

TEST_F(SweepTest, ATypingErrorCostsNoRun) {
  points_ = {{{"strategy.parameters.gama", "1"}}};
  EXPECT_THAT(std::string(Run().status().message()), HasSubstr("did you mean \"gamma\""));
}

TEST_F(SweepTest, ARunThatFailsIsAResultWithItsReason) {
  options_.program = "/bin/false";
  points_.resize(1);
  EXPECT_THAT(RunAll().at(0).error, HasSubstr("exit code 1"));
  options_.program = Write("crash", "#!/bin/sh\nkill -SEGV $$\n");
  std::filesystem::permissions(options_.program, std::filesystem::perms::owner_all);
  EXPECT_THAT(RunAll().at(0).error, HasSubstr("signal 11"));
  options_.program = "/nonexistent";
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kInternal);
}

using BoundsTest = CliFixture;

TEST_F(BoundsTest, TheConfiguredRunLiesWithinTheInterval) {
  SmallSession();
  Write("small.toml", kSmallRun);
  const ProgramResult bounds = Crucible({"--json", "bounds", "small.toml", "--slow", "30ms"});
  ASSERT_EQ(bounds.exit_code, 0) << bounds.err;
  const auto json = nlohmann::json::parse(bounds.out);
  ASSERT_EQ(json["runs"].size(), 3U);
  const auto profit = [&](std::size_t run) {
    return std::stod(json["runs"][run]["summary"]["net_profit"].get<std::string>());
  };
  EXPECT_EQ(json["runs"][0]["assumption"], "as configured");
  EXPECT_EQ(json["runs"][2]["set"]["venue.latency.entry"], "30ms");
  EXPECT_EQ(std::stod(json["bounds"]["net_profit"][0].get<std::string>()),
            std::min({profit(0), profit(1), profit(2)}));
  EXPECT_EQ(std::stod(json["bounds"]["net_profit"][1].get<std::string>()),
            std::max({profit(0), profit(1), profit(2)}));
}

TEST_F(BoundsTest, BarsVaryTheirFillsAndPessimismPaysMore) {
  Write("bitfinex_TSTUSD_1m.csv", SomeBars(20'000));
  ASSERT_EQ(Crucible({"import", "bitfinex_TSTUSD_1m.csv", "-o", "bars.session"}).exit_code, 0);
  Write("bars.toml",
        "[[session]]\npath = \"bars.session\"\n[[strategy]]\nplugin = \"moving_average_cross\"\n");
  const ProgramResult bounds = Crucible({"--json", "bounds", "bars.toml"});
  ASSERT_EQ(bounds.exit_code, 0) << bounds.err;
  const auto json = nlohmann::json::parse(bounds.out);
  ASSERT_EQ(json["runs"].size(), 3U);
  EXPECT_EQ(json["runs"][2]["assumption"], "pessimistic fills");
  EXPECT_EQ(json["runs"][2]["set"]["venue.slippage_ticks"], "1");
  EXPECT_EQ(json["bounds"]["net_profit"][0], json["runs"][2]["summary"]["net_profit"]);
}

TEST_F(BoundsTest, NothingToVaryIsSaid) {
  SmallSession();
  std::string text = kSmallRun;
  text.replace(text.find("2ms"), 3, "0").replace(text.find("1ms"), 3, "0");
  Write("small.toml", text);
  const ProgramResult bounds = Crucible({"bounds", "small.toml"});
  EXPECT_EQ(bounds.exit_code, 2);
  EXPECT_THAT(bounds.err, HasSubstr("give --fast and --slow"));
}

}  // namespace
}  // namespace crucible::cli
