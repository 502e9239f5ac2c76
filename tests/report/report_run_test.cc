// What a report says, against what the run said of itself.

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ReportRunTest : public cli::CliFixture {
 protected:
  std::string ReadFile(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(Path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  static json DataOf(const std::string& page, const std::string& id) {
    const std::string mark = "<script type=\"application/json\" id=\"" + id + "\">";
    const std::size_t begin = page.find(mark) + mark.size();
    return json::parse(page.substr(begin, page.find("</script>", begin) - begin), nullptr, false);
  }
  json Crucibles(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "--json");
    const cli::ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out, nullptr, false);
  }
  // The result of the run, and the data of its report.
  std::pair<json, json> RunAndReport() const {
    SmallSession();
    Write("small.toml", cli::kSmallRun);
    json run = Crucibles({"run", "small.toml", "-o", "a.run"});
    Crucibles({"report", "a.run", "-o", "a.html", "--verify"});
    return {std::move(run), DataOf(ReadFile("a.html"), "data")["runs"][0]};
  }
  static json Figure(const json& run, const std::string& key) {
    for (const json& figure : run["headline"]) {
      if (figure["key"] == key) return figure;
    }
    return nullptr;
  }
  static std::vector<std::int64_t> Sums(const json& differences) {
    std::vector<std::int64_t> values;
    std::int64_t sum = 0;
    for (const json& difference : differences) values.push_back(sum += difference.get<std::int64_t>());
    return values;
  }
  std::vector<std::string> Sql(const std::string& statement) const {
    const cli::ProgramResult result = Crucible({"sql", "a.run", statement});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<std::string> lines = absl::StrSplit(result.out, '\n', absl::SkipEmpty());
    lines.erase(lines.begin());
    return lines;
  }
};

TEST_F(ReportRunTest, FiguresAreThoseOfTheRun) {
  const auto [run, report] = RunAndReport();
  const json& result = run;
  const auto money = [&](const char* key) { return std::stod(result[key].get<std::string>()); };
  EXPECT_NEAR(Figure(report, "net_profit")["number"].get<double>(), money("net_profit"), 1e-8);
  EXPECT_NEAR(Figure(report, "realised")["number"].get<double>(), money("realised"), 1e-8);
  EXPECT_NEAR(Figure(report, "max_drawdown")["number"].get<double>(), money("max_drawdown"), 1e-8);
  EXPECT_EQ(Figure(report, "orders")["number"], result["orders"]["submitted"]);
  EXPECT_EQ(Figure(report, "fills")["number"], result["fills"]);
}

TEST_F(ReportRunTest, MarkoutsAreThoseOfTheRun) {
  const auto [run, report] = RunAndReport();
  const json& markouts = run["markouts"];
  ASSERT_EQ(report["markouts"].size(), markouts.size());
  for (std::size_t h = 0; h < markouts.size(); ++h) {
    const json& shown = report["markouts"][h]["all"];
    EXPECT_EQ(shown["n"], markouts[h]["n"]);
    EXPECT_NEAR(shown["mean"].get<double>(), markouts[h]["mean_bps"].get<double>(), 1e-9);
  }
}

TEST_F(ReportRunTest, EveryFillAndOrderOfTheRunIsInThePage) {
  const auto [run, report] = RunAndReport();
  const std::vector<std::int64_t> orders = Sums(report["fills"]["order"]),
                                  prices = Sums(report["fills"]["price"]);
  const std::vector<std::string> rows = Sql("SELECT order_id || ' ' || price FROM fill_events ORDER BY seq");
  ASSERT_EQ(orders.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(std::to_string(orders[i]) + " " + std::to_string(prices[i]), rows[i]);
  EXPECT_EQ(report["instruments"][0]["orders"]["in_all"].dump(),
            Sql("SELECT count(*) FROM intent_events").front());
}

TEST_F(ReportRunTest, AReportSaysWhetherItsRunWasExecutedAgain) {
  const auto [run, report] = RunAndReport();
  EXPECT_EQ(report["identity"]["verification"], "verified");
  Crucibles({"report", "a.run", "-o", "b.html"});
  EXPECT_EQ(DataOf(ReadFile("b.html"), "data")["runs"][0]["identity"]["verification"], "unverified");
}

TEST_F(ReportRunTest, TheSameRunGivesTheSameBytes) {
  RunAndReport();
  Crucibles({"report", "a.run", "-o", "b.html", "--verify"});
  EXPECT_EQ(ReadFile("a.html"), ReadFile("b.html"));
}

// A chain of the page as `crucible why` prints it.
std::string Printed(const std::string& order, const json& chain) {
  std::string text = "order " + order + "\n";
  for (const json& line : chain)
    text += absl::StrFormat("  %-15s %s\n", line[0].get<std::string>(), line[1].get<std::string>());
  return text;
}

// Decisions of a market maker follow timers and replies, those of a taker market data at their very time; `why` finds
// the books of both sides by executing the run again, the page without.
TEST_F(ReportRunTest, TheCausesOnThePageAreTheWordsOfWhy) {
  SmallSession();
  std::string taker = cli::kSmallRun;
  taker.replace(taker.find("avellaneda_stoikov"), 18, "order_flow_taker");
  taker.replace(taker.find("gamma = 0.01\nkappa = 0.5"), 24, "threshold = 1\nmax_spread = 50");
  Write("maker.toml", cli::kSmallRun);
  Write("taker.toml", taker);
  Write("hunted.toml", cli::kHuntedRun);
  Write("responsive.toml", "venue.fill_model = \"responsive\"\n" + taker);
  for (const std::string name : {"maker", "taker", "hunted", "responsive"}) {
    Crucibles({"run", name + ".toml", "-o", name + ".run"});
    Crucibles({"report", name + ".run", "-o", name + ".html"});
    const json chains = DataOf(ReadFile(name + ".html"), "chains")[0];
    ASSERT_GT(chains.size(), 5U) << name;
    std::size_t index = 0;
    for (const auto& [order, chain] : chains.items()) {
      if (index++ % std::max<std::size_t>(chains.size() / 8, 1) != 0) continue;
      EXPECT_EQ(Printed(order, chain), Crucible({"why", name + ".run", order}).out) << name;
    }
  }
}

TEST_F(ReportRunTest, ABookThatOnlyExecutingFindsIsNotGuessed) {
  SmallSession();
  std::string late = cli::kSmallRun;
  Write("late.toml", late.replace(late.find("\"recorded\""), 10, "\"5ms\""));
  Crucibles({"run", "late.toml", "-o", "late.run"});
  Crucibles({"report", "late.run", "-o", "late.html"});
  const json chain = DataOf(ReadFile("late.html"), "chains")[0].begin().value();
  EXPECT_THAT(chain.dump(), HasSubstr("not at hand: crucible why finds it"));
  EXPECT_THAT(chain.dump(), HasSubstr("venue book"));
}

TEST_F(ReportRunTest, ARecordedDayFitsInSixMegabytesAndItsFiguresAreThoseOfTheRun) {
  const char* shared = std::getenv("CRUCIBLE_SHARED_DIR");
  const std::string file = std::string(shared != nullptr ? shared : CRUCIBLE_SOURCE_DIR "/../shared") +
                           "/data/lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";
  Crucibles({"import", file, "-o", Path("goog.session")});
  std::filesystem::copy(CRUCIBLE_SOURCE_DIR "/replays/runs/goog.toml", Path("goog.toml"));
  const json run = Crucibles({"run", "goog.toml", "-o", "goog.run"});
  Crucibles({"report", "goog.run", "-o", "goog.html"});
  EXPECT_LT(std::filesystem::file_size(Path("goog.html")), 6'000'000U);
  const json report = DataOf(ReadFile("goog.html"), "data")["runs"][0];
  EXPECT_NEAR(Figure(report, "max_drawdown")["number"].get<double>(),
              std::stod(run["max_drawdown"].get<std::string>()), 1e-8);
  EXPECT_NEAR(Figure(report, "sharpe")["number"].get<double>(), run["sharpe"]["value"].get<double>(), 1e-6);
  for (std::size_t h = 0; h < run["markouts"].size(); ++h) {
    EXPECT_NEAR(report["markouts"][h]["all"]["mean"].get<double>(),
                run["markouts"][h]["mean_bps"].get<double>(), 1e-9);
  }
}

// The venue made the market: the run's journal is all there is.
TEST_F(ReportRunTest, ARunInAMarketOfItsOwnIsReportedFromItsJournalAlone) {
  Write("own.toml", cli::kHuntedRun);
  const json run = Crucibles({"run", "own.toml", "-o", "own.run"});
  Crucibles({"report", "own.run", "-o", "own.html", "--verify"});
  const std::string page = ReadFile("own.html");
  const json report = DataOf(page, "data")["runs"][0];
  EXPECT_EQ(report["identity"]["verification"], "verified");
  EXPECT_EQ(report["instruments"][0]["name"], "simulated:SIM");
  const auto money = [&](const char* key) { return std::stod(run[key].get<std::string>()); };
  for (const char* key : {"net_profit", "realised", "max_drawdown"})
    EXPECT_NEAR(Figure(report, key)["number"].get<double>(), money(key), 1e-8) << key;
  for (std::size_t h = 0; h < run["markouts"].size(); ++h) {
    EXPECT_EQ(report["markouts"][h]["all"]["n"], run["markouts"][h]["n"]);
    EXPECT_NEAR(report["markouts"][h]["all"]["mean"].get<double>(),
                run["markouts"][h]["mean_bps"].get<double>(), 1e-9);
  }
  // Fees by kind, attacks and the public volume: each against the journal.
  const json& fees = run["fees"];
  const std::string note = Figure(report, "fees")["note"];
  EXPECT_THAT(note, HasSubstr("fixed ")) << fees;
  EXPECT_THAT(note, HasSubstr("rebates -")) << fees;
  const auto strikes =
      Crucible({"sql", "own.run", "SELECT count(*) FROM agent_action_events WHERE action / 256 = 1"}).out;
  EXPECT_THAT(strikes, HasSubstr("\n" + std::to_string(report["attacks"]["rows"].size()) + "\n"));
  EXPECT_EQ(report["attacks"]["by_kind"][0]["name"], "spoofing");
  std::int64_t volume = 0;
  for (const json& bucket : report["instruments"][0]["activity"]["all"]) volume += bucket.get<std::int64_t>();
  EXPECT_THAT(Crucible({"sql", "own.run", "SELECT sum(quantity) FROM order_execute_events"}).out,
              HasSubstr("\n" + std::to_string(volume) + "\n"));
}

// Every change as SQL has it, and what of it stands at the end.
void ExpectGraphOf(const json& graph, const std::vector<std::string>& changes,
                   const std::vector<std::string>& standing) {
  const auto rows = [](const json& links, bool all) {
    std::vector<std::string> texts;
    for (const json& link : links) {
      texts.push_back(absl::StrFormat("%d %d %d", link["cause"].get<int>(), link["effect"].get<int>(),
                                      link["lag"].get<int>()));
      if (!all) continue;
      absl::StrAppendFormat(&texts.back(), " %d %d %.12g %.12g %.12g %s", link["t"].get<std::int64_t>(),
                            link["place"].get<std::int64_t>(), link["value"].get<double>(),
                            link["p"].get<double>(), link["q"].get<double>(), link["added"] == true ? "+" : "-");
    }
    return texts;
  };
  EXPECT_EQ(rows(graph["changes"], true), changes);
  EXPECT_EQ(rows(graph["links"], false), standing);
  EXPECT_EQ(graph["changes_in_all"], changes.size());
}

TEST_F(ReportRunTest, ACausalGraphOnThePageIsThatOfTheRecords) {
  Write("bars.csv", cli::SomeBars(500));
  Crucibles({"import", "bars.csv", "--format", "bars", "--columns", "time,open,close,high,low,volume",
             "--symbol", "X", "--decimals", "2,1", "-o", "bars.session"});
  Write("run.toml",
        "[[session]]\npath = \"bars.session\"\n[causes]\nwindow = 100\nalpha = 0.3\nwithdraw_alpha = "
        "0.4\nestablish = 1\n"
        "withdraw = 2\n[[strategy]]\nplugin = \"moving_average_cross\"\n");
  Crucibles({"run", "run.toml", "-o", "a.run"});
  const std::vector<std::string> changes =
      Sql("SELECT printf('%d %d %d %d %d %.12g %.12g %.12g %s', cause, effect, lag, c.time / 1000, c.origin & "
          "0xffffffff, value, p, q, "
          "CASE WHEN reason < 16 THEN '+' ELSE '-' END) FROM link_change_events c JOIN link_evidence_events "
          "e ON e.seq = c.seq + 1 ORDER BY c.seq");
  const std::vector<std::string> standing = Sql(
      "SELECT cause || ' ' || effect || ' ' || lag FROM link_change_events c WHERE reason < 16 AND seq = "
      "(SELECT max(seq) FROM "
      "link_change_events d WHERE d.cause = c.cause AND d.effect = c.effect AND d.lag = c.lag) ORDER BY seq");
  ASSERT_GT(changes.size(), 20U);
  ASSERT_GT(standing.size(), 0U);
  Crucibles({"discover", "a.run", "--live", "--window", "100", "--alpha", "0.3", "--withdraw-alpha", "0.4",
             "--establish", "1", "--withdraw", "2", "-o", "live.journal"});
  Crucibles({"report", "a.run", "live.journal", "-o", "a.html"});
  const json data = DataOf(ReadFile("a.html"), "data");
  const json &run = data["runs"][0]["graph"], &file = data["graphs"][0];
  ExpectGraphOf(run, changes, standing);
  ExpectGraphOf(file, changes, standing);
  EXPECT_EQ(run["variables"], json({"return", "range", "volume_change"}));
  for (const char* key :
       {"method", "test", "errors", "window", "alpha", "withdraw_alpha", "establish", "withdraw", "max_lag"})
    EXPECT_EQ(run["method"][key], file["method"][key]) << key;
  EXPECT_EQ(file["method"]["rows"], 499);
  EXPECT_THAT(run["changes"][3]["causes"].dump(),
              testing::AllOf(HasSubstr("link_change"), HasSubstr("bar_volume"), HasSubstr("return")));
}

TEST_F(ReportRunTest, AGraphOfAWholeSampleSaysWhatItsDocumentSays) {
  Write(
      "bars.csv", "a,b\n" + [] {
        std::string rows;
        RandomStream random(3, "rows");
        double a = 0;
        for (int i = 0; i < 400; ++i) {
          const double b = 0.6 * a + random.Normal();
          a = random.Normal();
          rows += absl::StrFormat("%.6f,%.6f\n", a, b);
        }
        return rows;
      }());
  const json found =
      Crucibles({"discover", "bars.csv", "--samples", "10", "--surrogates", "2", "-o", "g.journal"});
  Crucibles({"report", "g.journal"});
  const json graph = DataOf(ReadFile("g.html"), "data")["graphs"][0];
  ASSERT_EQ(graph["links"].size(), found["links"].size());
  ASSERT_GT(found["links"].size(), 0U);
  for (std::size_t i = 0; i < found["links"].size(); ++i) {
    const json &shown = graph["links"][i], &link = found["links"][i];
    EXPECT_EQ(graph["variables"][shown["cause"].get<std::size_t>()], link["cause"]);
    EXPECT_EQ(graph["variables"][shown["effect"].get<std::size_t>()], link["effect"]);
    for (const char* key : {"lag", "value", "p", "q", "frequency"}) EXPECT_EQ(shown[key], link[key]) << key;
  }
  for (const char* key : {"method", "test", "rows", "alpha", "samples", "false_positives", "fdr"})
    EXPECT_EQ(graph["method"][key], found[key]) << key;
  const cli::ProgramResult verify = Crucible({"report", "g.journal", "--verify"});
  EXPECT_EQ(verify.exit_code, 2);
  EXPECT_THAT(verify.err, HasSubstr("--verify executes runs again; g.journal is a causal graph"));
}

TEST_F(ReportRunTest, WhatIsNoRunIsRefusedByName) {
  SmallSession();
  const cli::ProgramResult session = Crucible({"report", "small.session"});
  EXPECT_EQ(session.exit_code, 2);
  EXPECT_THAT(session.err, HasSubstr("small.session is a file of kind \"generated\", expected a run"));
  Write("stress.json", "{\"format\": \"crucible-stress-1\"}");
  EXPECT_THAT(Crucible({"report", "stress.json"}).err,
              HasSubstr("stress.json looks like JSON, expected a run"));
  Write("table.csv", "a,b\n1,2\n");
  EXPECT_THAT(Crucible({"report", "table.csv"}).err, HasSubstr("table.csv: not an SQLite file"));
  const cli::ProgramResult nothing = Crucible({"report", "nothing.run"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("nothing.run"));
  EXPECT_FALSE(std::filesystem::exists(Path("nothing.html")));
}

}  // namespace
}  // namespace crucible::report
