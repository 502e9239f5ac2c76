// `crucible discover` as its user sees it.

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace crucible::cli
