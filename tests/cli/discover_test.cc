// `crucible discover` as its user sees it.

#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/base/random.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DiscoverTest : public CliFixture {
 protected:
  // ofi drives ret at lag 1; news is noise; close is a level of its own.
  std::string Features(std::size_t rows = 600) const {
    RandomStream stream(4, "features");
    std::string text = "time,ret,ofi,news,close\n";
    double ofi = 0, close = 200;
    for (std::size_t t = 0; t < rows; ++t) {
      const double ret = 0.5 * ofi + stream.Normal();
      ofi = 0.3 * ofi + stream.Normal();
      close += 0.5 * stream.Normal();
      text += std::to_string(1'600'000'000 + 60 * t) + "," + std::to_string(ret) + "," + std::to_string(ofi) +
              "," + std::to_string(stream.Normal()) + "," + std::to_string(close) + "\n";
    }
    return Write("features.csv", text);
  }
  void ExpectError(const std::vector<std::string>& arguments,
                   const testing::Matcher<std::string>& message) const {
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, AllOf(testing::StartsWith("error: "), message));
  }
};

TEST_F(DiscoverTest, FindsTheDriverOfTheTargetAndSaysHowFarToTrustIt) {
  Features();
  const ProgramResult result = Crucible(
      {"discover", "features.csv", "--target", "ret", "--max-lag", "2", "--columns", "ret,ofi,news"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("3 variables, 596 rows, lags 1 to 2"), HasSubstr("ofi     1  -->   ret"),
                    HasSubstr("frequency"), HasSubstr("false positives"), Not(HasSubstr("news ")),
                    Not(HasSubstr("warning"))));
  EXPECT_EQ(result.err, "") << "no progress where there is no terminal";
}

TEST_F(DiscoverTest, TheDocumentIsTheSameOnAnyNumberOfThreadsAndInTheJournal) {
  Features();
  const auto run = [&](const char* threads) {
    return Crucible({"--json", "discover", "features.csv", "--samples", "20", "--surrogates", "3",
                     "--threads", threads, "--dot", "graph.dot", "-o", std::string(threads) + ".journal"});
  };
  const ProgramResult one = run("1"), three = run("3");
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(one.out, three.out);
  const json document = json::parse(one.out);
  const auto& link =
      *std::ranges::find_if(document["links"], [](const json& l) { return l["effect"] == "ret"; });
  EXPECT_EQ(link["cause"], "ofi");
  EXPECT_EQ(link["lag"], 1);
  EXPECT_GE(link["frequency"].get<double>(), 0.9);
  EXPECT_EQ(Crucible({"verify", "1.journal"}).exit_code, 0);
  std::ifstream dot(Path("graph.dot"));
  const std::string drawing((std::istreambuf_iterator<char>(dot)), std::istreambuf_iterator<char>());
  EXPECT_THAT(drawing, AllOf(testing::StartsWith("digraph"), HasSubstr("\"ofi\" -> \"ret\" [label=\"1\"")));
  ExpectError({"discover", "features.csv", "-o", "1.journal"}, HasSubstr("1.journal"));
}

TEST_F(DiscoverTest, WarnsOfLevelsAndConstantsAndAnswersAllTheSame) {
  std::string text = "ret,level,fee\n";
  RandomStream stream(9, "level");
  double level = 100;
  for (int t = 0; t < 400; ++t) {
    level += stream.Normal();
    text += std::to_string(stream.Normal()) + "," + std::to_string(level) + ",0.1\n";
  }
  Write("levels.csv", text);
  const std::vector<std::string> quick = {"discover", "levels.csv", "--samples", "0", "--surrogates", "0"};
  EXPECT_THAT(Crucible(quick).out, AllOf(HasSubstr("level looks like a level"), HasSubstr("--returns level"),
                                         HasSubstr("fee is constant")));
  std::vector<std::string> mended = quick;
  mended.insert(mended.end(), {"--difference", "level", "--columns", "ret,level"});
  EXPECT_THAT(Crucible(mended).out, AllOf(HasSubstr("393 rows"), Not(HasSubstr("looks like"))));
}

TEST_F(DiscoverTest, AssumptionsAreNamedByColumn) {
  Features();
  const ProgramResult result =
      Crucible({"--json", "discover", "features.csv", "--samples", "0", "--surrogates", "0", "--columns",
                "ret,ofi,news", "--forbid", "ofi->ret@1", "--require", "news->ret@2"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\"news\""));
  for (const json& link : json::parse(result.out)["links"]) {
    EXPECT_FALSE(link["cause"] == "ofi" && link["effect"] == "ret" && link["lag"] == 1);
  }
  ExpectError({"discover", "features.csv", "--forbid", "ofi->rte"}, HasSubstr("\"ofi->rte\" names rte"));
  ExpectError({"discover", "features.csv", "--forbid", "ofi-ret"},
              HasSubstr("expected a->b, a->b@2 or a->b@1-3"));
  ExpectError({"discover", "features.csv", "--require", "ofi->ret@9"},
              HasSubstr("the lag is \"9\", expected 1 to 3"));
  ExpectError({"discover", "features.csv", "--require", "ofi->ret@0"},
              HasSubstr("\"ofi->ret@0\": the lag is \"0\", expected 1 to 3; links within a bar (lag 0) need "
                        "--contemporaneous"));
  ExpectError({"discover", "features.csv", "--contemporaneous", "--require", "ofi->ret@9"},
              HasSubstr("the lag is \"9\", expected 0 to 3"));
}

TEST_F(DiscoverTest, SaysWhatIsWrongWithATable) {
  Features(20);
  ExpectError({"discover", "absent.csv"}, HasSubstr("absent.csv"));
  ExpectError({"discover", "features.csv"}, HasSubstr("14 of 20 rows can be used, at least 30 are needed"));
  ExpectError({"discover", "features.csv", "--target", "rte"}, HasSubstr("there are ret, ofi, news, close"));
  ExpectError({"discover", "features.csv", "--sql", "select 1"},
              HasSubstr("--sql is for session and run files"));
  ExpectError({"discover", "features.csv", "--pc-alpha", "some"},
              HasSubstr("a number such as 0.05, or auto"));
  Write("header.csv", "1,2\n3,4\n");
  ExpectError({"discover", "header.csv"}, HasSubstr("the first line must name the columns; found \"1\""));
  Write("cells.csv", "a,b\n1,2\n3\n");
  ExpectError({"discover", "cells.csv"}, HasSubstr("line 3: 1 cells, but the header names 2 columns"));
  Write("word.csv", "a,b\n1,2\n3,x\n");
  ExpectError({"discover", "word.csv"}, HasSubstr("line 3: b is \"x\", expected a number or an empty cell"));
  Write("zero.csv", "a,b\n1,2\n0,2\n");
  ExpectError({"discover", "zero.csv", "--returns", "a"},
              HasSubstr("row 2 holds 0, and returns need levels above 0"));
}

TEST_F(DiscoverTest, TheJournalHoldsTheLinksAsRecords) {
  Features();
  const ProgramResult result = Crucible({"--json", "discover", "features.csv", "--columns", "ret,ofi,news",
                                         "--samples", "20", "--surrogates", "0", "-o", "graph.journal"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json links = json::parse(result.out)["links"];
  const ProgramResult stored = Crucible({"--json", "sql", "graph.journal",
                                         "SELECT c.cause, c.effect, c.lag, c.reason, c.origin, e.value, e.p, "
                                         "e.q, e.frequency FROM link_change_events c "
                                         "JOIN link_evidence_events e ON e.seq = c.seq + 1 ORDER BY c.seq"});
  std::vector<json> rows;  // one object a line
  std::istringstream lines(stored.out);
  for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
  ASSERT_EQ(rows.size(), links.size()) << stored.out << stored.err;
  const std::vector<std::string> names = {"ret", "ofi", "news"};
  for (std::size_t k = 0; k < rows.size(); ++k) {
    EXPECT_EQ(names.at(rows[k]["cause"].get<std::size_t>()), links[k]["cause"]);
    EXPECT_EQ(names.at(rows[k]["effect"].get<std::size_t>()), links[k]["effect"]);
    EXPECT_EQ(rows[k]["lag"], links[k]["lag"]);
    EXPECT_EQ(rows[k]["reason"], 1) << "directed";
    EXPECT_EQ(rows[k]["origin"], 0) << "the whole sample is no event";
    EXPECT_EQ(rows[k]["value"], links[k]["value"]);
    EXPECT_EQ(rows[k]["p"], links[k]["p"]);
    EXPECT_EQ(rows[k]["q"], links[k]["q"]);
    EXPECT_EQ(rows[k]["frequency"], links[k]["frequency"]);
  }
  EXPECT_EQ(Crucible({"verify", "graph.journal"}).exit_code, 0);
}

// ofi drives ret until row 1000, and never again.
class LiveDiscoverTest : public DiscoverTest {
 protected:
  std::string Stream(const std::string& name, std::size_t rows, bool words) const {
    RandomStream stream(11, "live");
    std::string text = "time,ret,ofi\n";
    double ofi = 0;
    for (std::size_t t = 0; t < rows; ++t) {
      const double ret = (t < 1000 ? 0.5 * ofi : 0) + stream.Normal();
      ofi = stream.Normal();
      const std::string minute = std::to_string(t % 60);
      const std::string time = words ? "2024-01-" + std::string(t / 1440 < 9 ? "0" : "") +
                                           std::to_string(1 + t / 1440) + "T" +
                                           (t / 60 % 24 < 10 ? "0" : "") + std::to_string(t / 60 % 24) + ":" +
                                           (minute.size() < 2 ? "0" : "") + minute + ":00Z"
                                     : std::to_string(t);
      text += time + "," + std::to_string(ret) + "," + std::to_string(ofi) + "\n";
    }
    return Write(name, text);
  }
  const std::vector<std::string> options_ = {"--live", "--target",  "ret", "--window",
                                             "300",    "--max-lag", "2"};

  ProgramResult Follow(const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"--json", "discover", file};
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Crucible(arguments);
  }
};

TEST_F(LiveDiscoverTest, EachChangeIsARecordWithItsReasonAndItsRow) {
  Stream("stream.csv", 1600, true);
  const ProgramResult result = Follow("stream.csv", {"-o", "live.journal"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json document = json::parse(result.out);
  std::vector<std::string> seen;
  for (const json& change : document["changes"]) {
    if (change["cause"] == "ofi" && change["lag"] == 1)
      seen.push_back(change["change"].get<std::string>() + ": " + change["reason"].get<std::string>());
  }
  EXPECT_THAT(seen, testing::ElementsAre("added: directed", "withdrawn: not significant"));
  EXPECT_EQ(document["changes"][0]["row"], 306) << "the third test of a full window of 300 rows and 4 lags";
  EXPECT_EQ(document["changes"][0]["time"], "2024-01-01T05:05:00Z");
  for (const json& link : document["links"]) EXPECT_NE(link["cause"], "ofi") << "it was withdrawn";
  const auto one = [&](const std::string& sql) { return Crucible({"sql", "live.journal", sql}).out; };
  EXPECT_THAT(one("SELECT count(*) FROM link_change_events WHERE cause = 1 AND effect = 0 AND lag = 1"),
              HasSubstr("2"));
  EXPECT_THAT(one("SELECT origin & 0xffffffff, time FROM link_change_events WHERE effect = 0 LIMIT 1"),
              AllOf(HasSubstr("306"), HasSubstr("17040855")));
  EXPECT_THAT(
      one("SELECT CAST(body AS TEXT) FROM text"),
      AllOf(HasSubstr("ret"), HasSubstr("ofi"), HasSubstr("\"rows\": 1600"), HasSubstr("\"warnings\": []")));
  EXPECT_EQ(Crucible({"verify", "live.journal"}).exit_code, 0);
}

TEST_F(LiveDiscoverTest, TruncatingTheRowsChangesNoChangeUpToTheCut) {
  Stream("long.csv", 1600, false);
  Stream("short.csv", 1200, false);
  json all = json::parse(Follow("long.csv").out)["changes"];
  const json until = json::parse(Follow("short.csv").out)["changes"];
  ASSERT_GE(until.size(), 1U);
  json earlier = json::array();
  for (const json& change : all) {
    if (change["row"] <= 1200) earlier.push_back(change);
  }
  EXPECT_EQ(earlier, until);
  EXPECT_GT(all.size(), until.size()) << "there was something to look ahead to";
}

TEST_F(LiveDiscoverTest, SaysWhatItCannotFollow) {
  Stream("stream.csv", 200, false);
  ExpectError(
      {"discover", "stream.csv", "--live"},
      HasSubstr(
          "there are 200 rows; a window of 1000 rows and lags to 3 need 1006: choose a smaller --window"));
  ExpectError({"discover", "stream.csv", "--live", "--window", "10"},
              HasSubstr("the window has 10 rows, 2 variables at 3 lags need at least 22"));
  EXPECT_THAT(Crucible({"discover", "stream.csv", "--live", "--test", "cmiknn"}).err,
              HasSubstr("--test excludes --live"));
  EXPECT_THAT(Crucible({"discover", "stream.csv", "--window", "100"}).err,
              HasSubstr("--window requires --live"));
}

TEST_F(DiscoverTest, ReadsTheBarsOfASessionAndAnyQuery) {
  Write("bars.csv", SomeBars(400));
  ASSERT_EQ(
      Crucible({"import", "bars.csv", "--format", "bars", "--columns", "time,open,close,high,low,volume",
                "--symbol", "X", "--decimals", "2,1", "-o", "bars.session"})
          .exit_code,
      0);
  const ProgramResult bars =
      Crucible({"discover", "bars.session", "--target", "return", "--samples", "10", "--surrogates", "2"});
  EXPECT_EQ(bars.exit_code, 0) << bars.err;
  EXPECT_THAT(bars.out, HasSubstr("3 variables, 393 rows"));
  const ProgramResult query = Crucible({"discover", "bars.session", "--sql", "SELECT close, volume FROM bars",
                                        "--returns", "close", "--samples", "0", "--surrogates", "0"});
  EXPECT_EQ(query.exit_code, 0) << query.err;
  EXPECT_THAT(query.out, HasSubstr("2 variables, 393 rows"));
  SmallSession();
  ExpectError({"discover", "small.session"}, HasSubstr("crucible discover also takes columns by --sql"));
}

TEST_F(DiscoverTest, ARunRecordsTheChangesThatDiscoverFindsInItsBars) {
  Write("bars.csv", SomeBars(500));
  ASSERT_EQ(
      Crucible({"import", "bars.csv", "--format", "bars", "--columns", "time,open,close,high,low,volume",
                "--symbol", "X", "--decimals", "2,1", "-o", "bars.session"})
          .exit_code,
      0);
  const auto run_with = [&](const std::string& causes) {
    Write("run.toml", "[[session]]\npath = \"bars.session\"\n[causes]\n" + causes +
                          "\n[[strategy]]\nplugin = \"moving_average_cross\"\n");
    return Crucible({"run", "run.toml"});
  };
  EXPECT_THAT(
      run_with("target = \"ofi\"").err,
      HasSubstr("causes.target is \"ofi\", expected one of the variables return, range, volume_change"));
  EXPECT_THAT(run_with("variables = \"return rnge\"").err, HasSubstr("bars have no feature \"rnge\""));
  EXPECT_THAT(run_with("instrument = \"Y\"").err,
              HasSubstr("causes: the model reads bars of Y; the run has bars of"));
  EXPECT_THAT(run_with("window = 9").err, HasSubstr("causes: the window has 9 rows"));
  const ProgramResult run =
      run_with("window = 100\nalpha = 0.3\nwithdraw_alpha = 0.4\nestablish = 1\nwithdraw = 2");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Crucible({"replay", "run.run", "--verify"}).exit_code, 0);
  const ProgramResult found =
      Crucible({"discover", "run.run", "--live", "--window", "100", "--alpha", "0.3", "--withdraw-alpha",
                "0.4", "--establish", "1", "--withdraw", "2", "-o", "live.journal"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const auto changes = [&](const std::string& file) {
    return Crucible({"sql", file,
                     "SELECT c.time, c.origin, c.cause, c.effect, c.lag, c.reason, e.value, e.p, e.q FROM "
                     "link_change_events c JOIN link_evidence_events e ON e.seq = c.seq + 1 ORDER BY c.seq"})
        .out;
  };
  EXPECT_EQ(changes("run.run"), changes("live.journal"));
  EXPECT_GE(std::ranges::count(changes("run.run"), '\n'), 10) << "without changes, nothing was compared";
}

}  // namespace
}  // namespace crucible::cli
