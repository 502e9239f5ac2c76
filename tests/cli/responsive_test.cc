// A run over a responsive market, its replay, and the facts of both markets.

#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

class ResponsiveRunTest : public CliFixture {
 protected:
  ResponsiveRunTest() {
    SmallSession();
    Write("small.toml", kSmallRun);
  }
  nlohmann::json Json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--json");
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err << result.out.substr(0, 500);
    return nlohmann::json::parse(result.out, nullptr, false);
  }
};

TEST_F(ResponsiveRunTest, IsAJournalThatReplaysToTheSameRecords) {
  const nlohmann::json run =
      Json({"run", "small.toml", "-o", "small.run", "--set", "venue.fill_model=responsive"});
  ASSERT_EQ(run["recorded_flow"].size(), 1U) << run;
  const nlohmann::json& flow = run["recorded_flow"][0];
  EXPECT_GT(flow["records"], 1000);
  EXPECT_GT(flow["hit"], 0);
  EXPECT_GT(flow["intruded"], 0);  // the strategy stood before recorded orders
  const ProgramResult replay = Crucible({"replay", "small.run", "--verify"});
  EXPECT_EQ(replay.exit_code, 0) << replay.out << replay.err;
  EXPECT_THAT(replay.out, testing::HasSubstr("every one equal"));
  const ProgramResult fills = Crucible({"sql", "small.run", "SELECT count(*) > 0 FROM fill_events"});
  EXPECT_THAT(fills.out, testing::HasSubstr("\n1\n")) << fills.err;
}

TEST_F(ResponsiveRunTest, TheHalfLifeDecidesWhatComesAfterATrade) {
  const auto hash = [&](const std::string& half_life) {
    return Json({"run", "small.toml", "--no-journal", "--set", "venue.fill_model=responsive", "--set",
                 "venue.impact_half_life=" + half_life})["log_hash"];
  };
  EXPECT_NE(hash("10s"), hash("0s"));
  EXPECT_EQ(hash("60s"), hash("1m"));
}

TEST_F(ResponsiveRunTest, PredatorsHuntInARecordedMarket) {
  Json({"run", "small.toml", "-o", "hunted.run", "--set", "market.predators.spoofing=1"});
  const ProgramResult actions =
      Crucible({"sql", "hunted.run", "SELECT count(*) > 0 FROM agent_action_events"});
  EXPECT_THAT(actions.out, testing::HasSubstr("\n1\n"));
  EXPECT_THAT(Crucible({"replay", "hunted.run", "--verify"}).out, testing::HasSubstr("every one equal"));
  const ProgramResult stress = Crucible({"stress", "small.toml", "--session", Path("small.session"), "--set",
                                         "market.predators.spoofing=1", "--seeds", "2"});
  EXPECT_EQ(stress.exit_code, 0) << stress.err;
}

TEST_F(ResponsiveRunTest, FactsOfASessionAndOfARunStandBesideEachOther) {
  Json({"run", "small.toml", "-o", "small.run", "--set", "venue.fill_model=responsive"});
  const nlohmann::json facts = Json({"facts", "small.session", "small.run"});
  ASSERT_GE(facts.size(), 15U) << facts;
  std::size_t told = 0;
  for (const nlohmann::json& fact : facts) {
    ASSERT_EQ(fact["markets"].size(), 2U);
    EXPECT_TRUE(fact["band"].is_null());  // a generated session makes no band
    if (fact["markets"][0]["value"].is_number() && fact["markets"][1]["value"].is_number()) ++told;
  }
  EXPECT_GE(told, 8U) << facts;
}

TEST_F(ResponsiveRunTest, AFillIsExplainedByTheRecordedExecution) {
  Json({"run", "small.toml", "-o", "small.run", "--set", "venue.fill_model=responsive"});
  const nlohmann::json maker = Json({"sql", "small.run",
                                     "SELECT order_id FROM orders WHERE status = 'filled' AND order_id IN "
                                     "(SELECT order_id FROM fill_events WHERE "
                                     "flags & 8) ORDER BY order_id LIMIT 1"});
  ASSERT_TRUE(maker.contains("order_id")) << maker;
  bool explained = false;
  const nlohmann::json why = Json({"why", "small.run", std::to_string(maker["order_id"].get<int>())});
  for (const nlohmann::json& step : why["steps"]) {
    if (step["kind"] != "fill" || !step.contains("cause")) continue;
    EXPECT_EQ(step["cause"][0]["input"], 1);
    EXPECT_EQ(step["cause"][0]["kind"], "order_execute");
    explained = true;
  }
  EXPECT_TRUE(explained) << why;
}

TEST_F(ResponsiveRunTest, AFlowFittedToLevelsSaysThatItsRatesAreLowerBounds) {
  std::string rows = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n";
  const auto add = [&](std::int64_t at, const std::string& rest) {
    rows +=
        "deribit,BTC-PERPETUAL," + std::to_string(at) + "," + std::to_string(at + 1000) + "," + rest + "\n";
  };
  std::int64_t at = 1'585'699'200'000'000;
  add(at, "true,ask,6421.5,10");
  add(at, "true,bid,6421,10");
  for (int i = 0; i < 800; ++i) {
    at += 50'000 + i * 7919 % 97 * 1000;
    const std::string amount = i / 2 % 2 == 0 ? ",14" : ",10";
    add(at, (i % 2 == 0 ? "false,bid,6421" : "false,ask,6421.5") + amount);
  }
  Write("levels.csv", rows);
  Crucible({"import", "levels.csv", "-o", "levels.session"});
  EXPECT_EQ(Json({"calibrate", "levels.session"})["rates_are_lower_bounds"], true);
  EXPECT_THAT(Crucible({"calibrate", "levels.session"}).out, testing::HasSubstr("are lower bounds"));
}

TEST_F(ResponsiveRunTest, ACalibratedFlowMakesAMarketThatReplaysFromItsJournalAlone) {
  EXPECT_FALSE(Json({"calibrate", "small.session", "-o", "small.flow"})["rates_are_lower_bounds"])
      << "every order is told";
  Write("flow.toml",
        "[market]\npreset = \"hawkes\"\nflow = \"small.flow\"\nlength = \"3m\"\n"
        "[venue.latency]\nfeed = \"1ms\"\nentry = \"1ms\"\nreply = \"1ms\"\n"
        "[[strategy]]\nplugin = \"order_flow_taker\"\n");
  Json({"run", "flow.toml", "-o", "flow.run"});
  const ProgramResult again = Crucible({"calibrate", "small.session", "-o", "small.flow"});
  EXPECT_THAT(again.err, testing::HasSubstr("small.flow exists"));
  Write("both.toml",
        "[[session]]\npath = \"small.session\"\n[market]\npreset = \"hawkes\"\nflow = \"small.flow\"\n"
        "[[strategy]]\nplugin = \"order_flow_taker\"\n");
  EXPECT_THAT(Crucible({"run", "both.toml", "--no-journal"}).err,
              testing::HasSubstr("leave out one of them"));
  Write("agents.toml", "[market]\nlength = \"1m\"\n[[strategy]]\nplugin = \"order_flow_taker\"\n");
  EXPECT_THAT(
      Crucible({"stress", "agents.toml", "flow.toml", "--seeds", "2", "--set", "market.predators.spoofing=1"})
          .out,
      testing::HasSubstr("trade in different markets"));
  ASSERT_TRUE(std::filesystem::remove(Path("small.flow")));
  EXPECT_THAT(Crucible({"replay", "flow.run", "--verify"}).out, testing::HasSubstr("every one equal"));
  EXPECT_GE(Json({"facts", "small.session", "flow.run"}).size(), 15U);
  EXPECT_THAT(Crucible({"run", "flow.toml", "--no-journal"}).err, testing::HasSubstr("small.flow"));
}

TEST_F(ResponsiveRunTest, SeedsThatChangeNothingAreSaid) {
  const ProgramResult stress =
      Crucible({"stress", "small.toml", "--session", Path("small.session"), "--set",
                "market.predators.spoofing=1", "--set", "venue.latency.feed=1ms", "--seeds", "3"});
  EXPECT_EQ(stress.exit_code, 0) << stress.err;
  EXPECT_THAT(stress.out, testing::HasSubstr("quiet: 1 different runs in 3 seeds"));
  EXPECT_THAT(stress.out, testing::Not(testing::HasSubstr("spoofing: 1 different runs")));
}

TEST_F(ResponsiveRunTest, ARunOverHistoryHasNoMarketOfItsOwn) {
  ASSERT_EQ(Crucible({"run", "small.toml", "-o", "small.run"}).exit_code, 0);
  const ProgramResult facts = Crucible({"facts", "small.run"});
  EXPECT_NE(facts.exit_code, 0);
  EXPECT_THAT(facts.err, testing::HasSubstr("made no market of its own"));
}

}  // namespace
}  // namespace crucible::cli
