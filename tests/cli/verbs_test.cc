// What a user of the program sees: answers, exit codes, errors that say what would be valid, and JSON.

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "framework/runs/session_file.h"
#include "tests/cli/cli_fixture.h"
#include "tests/runs/forge.h"

namespace crucible::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class VerbsTest : public CliFixture {
 protected:
  // A run of the market maker in a.run.
  void MakeRun() const {
    SmallSession();
    Write("small.toml", kSmallRun);
    const ProgramResult run = Crucible({"run", "small.toml", "-o", "a.run"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }
  std::string Sql(const std::string& statement) const {
    const ProgramResult result = Crucible({"sql", "a.run", statement});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  // The one number of a query.
  std::string Number(const std::string& statement) const {
    const std::vector<std::string> lines = absl::StrSplit(Sql(statement), '\n');
    return lines.size() > 1 ? lines[1] : "";
  }
  void ExpectError(const std::vector<std::string>& arguments,
                   const testing::Matcher<std::string>& message) const {
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, AllOf(testing::StartsWith("error: "), message));
  }
  json ExpectJson(std::vector<std::string> arguments, int exit_code = 0) const {
    arguments.insert(arguments.begin(), "--json");
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    const json parsed = json::parse(result.out, nullptr, false);
    EXPECT_FALSE(parsed.is_discarded()) << arguments[1] << " printed\n" << result.out;
    return parsed.is_discarded() ? json::object() : parsed;
  }
};

TEST_F(VerbsTest, RunSaysWhatCameOutAndWhatToDoNext) {
  SmallSession();
  Write("small.toml", kSmallRun);
  const ProgramResult run = Crucible({"run", "small.toml"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("net profit"), HasSubstr("Sharpe"), HasSubstr("n = "),
                             HasSubstr("log hash"), HasSubstr("crucible why small.run ORDER")));
  EXPECT_TRUE(std::filesystem::exists(Path("small.run")));
  EXPECT_THAT(Crucible({"run", "small.toml"}).out, HasSubstr("holds this run already"));
}

TEST_F(VerbsTest, DiffNamesTheFirstRecordThatDiffersAndWhatLedToIt) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  std::string slower = kSmallRun;
  slower.replace(slower.find("2ms"), 3, "3ms");
  Write("slower.toml", slower);
  ASSERT_EQ(Crucible({"run", "slower.toml", "-o", "b.run"}).exit_code, 0);
  const ProgramResult same = Crucible({"diff", "a.run", "a.run"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  const json found = ExpectJson({"diff", "a.run", "b.run"}, 1);
  // The first record that the entry latency can touch is the venue's first answer.
  const std::string first =
      Number("select min(seq) from events where kind in ('accepted', 'rejected', 'fill')");
  EXPECT_EQ(std::to_string(found["seq"].get<std::uint64_t>()), first);
  EXPECT_EQ(found["field"], "time");
  EXPECT_THAT(found["cause"].get<std::string>(), HasSubstr("crucible why"));
  EXPECT_EQ(found["configuration_a"], json::array({"entry = '2ms'"}));
  EXPECT_EQ(found["configuration_b"], json::array({"entry = '3ms'"}));
  EXPECT_THAT(Crucible({"diff", "a.run", "b.run"}).out, HasSubstr("differs first at record"));
  ExpectError({"diff", "a.run", "small.session"}, HasSubstr("no stream is in both"));
}

TEST_F(VerbsTest, WhyWalksFromTheMarketEventToTheFill) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  const std::string order = Number("select order_id from fill_events limit 1");
  const ProgramResult why = Crucible({"why", "a.run", order});
  EXPECT_EQ(why.exit_code, 0) << why.err;
  for (const char* part : {"cause",
                           "input 1, record",
                           "happened",
                           "book then",
                           "bid ",
                           "| ask ",
                           "decided",
                           "by avellaneda_stoikov",
                           "read",
                           "reservation_price = ",
                           "sigma = ",
                           "risk gate       passed",
                           "accepted",
                           "ahead in the queue",
                           "heard 1ms later",
                           "the order was 2ms on its way",
                           "fill",
                           "as maker",
                           "rule: ",
                           "venue book"}) {
    EXPECT_THAT(why.out, HasSubstr(part));
  }
}

TEST_F(VerbsTest, WhyIsAStructureForMachines) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  const std::string order = Number("select order_id from fill_events limit 1");
  const json why = ExpectJson({"why", "a.run", order, "--levels", "2"});
  EXPECT_EQ(why["order"], std::stoi(order));
  const json& market = why["cause"].back();  // behind a timer, perhaps
  EXPECT_EQ(market["input"], 1);
  EXPECT_LT(market["venue_time"], why["decision"]["time"]);
  EXPECT_EQ(why["book"]["bids"].size(), 2U);
  EXPECT_EQ(why["decision"]["strategy"], "avellaneda_stoikov");
  EXPECT_EQ(why["decision"]["type"], "limit");
  EXPECT_EQ(why["risk"]["passed"], true);
  EXPECT_THAT(why["features"].dump(), HasSubstr("reservation_price"));
  const json& accepted = why["steps"][0];
  EXPECT_EQ(accepted["kind"], "accepted");
  EXPECT_EQ(accepted["to_venue_ns"], 2'000'000);
  EXPECT_EQ(accepted["from_venue_ns"], 1'000'000);
  EXPECT_EQ(accepted["fields"]["price"], why["decision"]["price"]);
  const auto fill = std::find_if(why["steps"].begin(), why["steps"].end(),
                                 [](const json& step) { return step["kind"] == "fill"; });
  ASSERT_NE(fill, why["steps"].end());
  EXPECT_EQ(Number("select rule from fills where order_id = " + order + " limit 1"), (*fill)["rule"]);
  EXPECT_EQ((*fill)["maker"], true);
  EXPECT_TRUE(fill->contains("queue_ahead"));
  EXPECT_EQ((*fill)["cause"][0]["input"], 1);
  EXPECT_EQ((*fill)["venue_book"]["asks"].size(), 2U);
}

TEST_F(VerbsTest, WhyShowsTheBookAsDeepAsAsked) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  const auto levels = [&](const char* count) {
    const std::string out = Crucible({"why", "a.run", "5", "--levels", count}).out;
    const std::size_t at = out.find("book then");
    EXPECT_NE(at, std::string::npos);
    const std::string line = out.substr(at, out.find('\n', at) - at);
    return std::count(line.begin(), line.end(), '@');
  };
  EXPECT_EQ(levels("1"), 2);
  EXPECT_EQ(levels("4"), 8);
}

TEST_F(VerbsTest, WhyNamesTheLimitThatDeniedAnOrder) {
  SmallSession();
  Write("small.toml", std::string(kSmallRun) + "[risk]\nmax_order_quantity = 1\n");
  ASSERT_EQ(Crucible({"run", "small.toml", "-o", "a.run"}).exit_code, 0);
  const ProgramResult why = Crucible({"why", "a.run", "1"});
  EXPECT_THAT(why.out,
              AllOf(HasSubstr("DENIED by "), HasSubstr("quantity"), HasSubstr("2 against a limit of 1")));
}

TEST_F(VerbsTest, SqlCountsWhatTheResultCounts) {
  SmallSession();
  Write("small.toml", kSmallRun);
  const json result = ExpectJson({"run", "small.toml", "-o", "a.run"});
  EXPECT_EQ(Number("select count(*) from events"), result["records"].dump());
  EXPECT_EQ(Number("select count(*) from fills"), result["fills"].dump());
  EXPECT_EQ(Number("select count(*) from events where kind = 'accepted'"),
            Number("select count(*) from accepted_events"));
  EXPECT_THAT(Sql("select kind, count(*) as n from events group by kind"), testing::StartsWith("kind\tn\n"));
}

TEST_F(VerbsTest, SqlReadsOnly) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  ExpectError({"sql", "a.run", "delete from events"}, HasSubstr("events"));
  ExpectError({"sql", "a.run", "drop table fills"}, testing::_);
  ExpectError({"sql", "a.run", "select nonsense from events"}, HasSubstr("nonsense"));
  EXPECT_EQ(Crucible({"verify", "a.run"}).exit_code, 0);
}

TEST_F(VerbsTest, VerifySaysWhetherAFileIsIntact) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  for (const char* level : {"checksum", "chain", "decode"}) {
    const ProgramResult intact = Crucible({"verify", "a.run", "--level", level});
    EXPECT_EQ(intact.exit_code, 0) << intact.out << intact.err;
    EXPECT_THAT(intact.out, HasSubstr("is intact"));
  }
}

TEST_F(VerbsTest, VerifyFindsChangedBytes) {
  ASSERT_TRUE(runs::WriteDemoSession(Path("small.session"), {1'800'000'000'000}).ok());
  Write("small.toml", kSmallRun);
  ASSERT_EQ(Crucible({"run", "small.toml", "-o", "a.run"}).exit_code, 0);
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(Path("a.run")));
  int found = 0;
  for (int n = 1; n < 24; ++n) {
    std::filesystem::copy_file(Path("a.run"), Path("b.run"),
                               std::filesystem::copy_options::overwrite_existing);
    std::fstream file(Path("b.run"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(size * n / 24);
    const int byte = file.get();
    file.seekp(size * n / 24);
    file.put(static_cast<char>(byte ^ 0x10));
    file.close();
    const ProgramResult result = Crucible({"verify", "b.run"});
    EXPECT_NE(result.exit_code, -1) << result.err;
    if (result.exit_code != 0) ++found;
  }
  // The other bytes lie in SQLite's free space and indices, where no fact stands.
  EXPECT_GE(found, 8);
}

TEST_F(VerbsTest, ReplayVerifyAgrees) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  const ProgramResult replay = Crucible({"replay", "a.run", "--verify"});
  EXPECT_EQ(replay.exit_code, 0) << replay.err;
  EXPECT_THAT(replay.out, HasSubstr("every one equal"));
}

TEST_F(VerbsTest, ReplayVerifyShowsTheFirstRecordThatDiffers) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  ASSERT_NO_FATAL_FAILURE(runs::ForgeRun(Path("a.run"), Path("b.run"), [](Event& event) {
    if (event.kind == Kind::kFill) event.body[0] -= 1;
  }));
  const ProgramResult replay = Crucible({"replay", "b.run", "--verify"});
  EXPECT_EQ(replay.exit_code, 1);
  EXPECT_THAT(replay.out,
              AllOf(HasSubstr("differs in price"), HasSubstr("stored    fill"), HasSubstr("computed  fill")));
}

TEST_F(VerbsTest, EveryVerbAnswersInJson) {
  const std::string bars = Write("bitfinex_TSTUSD_1m.csv", SomeBars(300));
  EXPECT_EQ(ExpectJson({"import", bars, "-o", "bars.session"})["already_imported"], false);
  EXPECT_EQ(ExpectJson({"import", bars, "-o", "bars.session"})["already_imported"], true);
  EXPECT_EQ(ExpectJson({"import", "--detect", bars})[0]["format"], "bitfinex");
  EXPECT_EQ(ExpectJson({"inspect", bars})["completeness"], "bars");
  SmallSession();
  Write("small.toml", kSmallRun);
  const json run = ExpectJson({"run", "small.toml", "-o", "a.run"});
  EXPECT_EQ(run["run"], "a.run");
  const json replay = ExpectJson({"replay", "a.run", "--verify"});
  EXPECT_EQ(replay["same"], true);
  EXPECT_EQ(replay["log_hash"], run["log_hash"]);
  EXPECT_EQ(ExpectJson({"why", "a.run", "1"})["order"], 1);
  EXPECT_EQ(ExpectJson({"verify", "a.run"})["intact"], true);
  EXPECT_EQ(ExpectJson({"sql", "a.run", "select 1.5 as x, null as y"}), (json{{"x", 1.5}, {"y", nullptr}}));
  EXPECT_EQ(ExpectJson({"new-strategy", "my_idea"})["name"], "my_idea");
  EXPECT_EQ(ExpectJson({"demo", "-o", "demo"})["replay"]["same"], true);
}

TEST_F(VerbsTest, WhyExplainsALiquidationByTheRecordThatSetTheMark) {
  const std::string bars = Write("bitfinex_TSTUSD_1m.csv", SomeBars(3'000));
  ASSERT_EQ(Crucible({"import", bars, "-o", "bars.session"}).exit_code, 0);
  Write("margin.toml", R"([[session]]
path = "bars.session"
[margin]
leverage = 100
maintenance_bps = 50
funding_rate = 0.0001
funding_interval = "1h"
[account]
cash = 100
[[strategy]]
plugin = "moving_average_cross"
[strategy.parameters]
quantity = 3000000000
fast = 5
slow = 30
)");
  const ProgramResult run = Crucible({"run", "margin.toml", "-o", "a.run"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("funding "), HasSubstr("fills")));
  const std::string order =
      std::to_string(ExpectJson({"sql", "a.run", "SELECT order_id AS id FROM liquidation_events LIMIT 1"})["id"].get<int>());
  EXPECT_THAT(Crucible({"why", "a.run", order}).out,
              AllOf(HasSubstr("is below the maintenance margin of"), HasSubstr("the account is bankrupt at"),
                    HasSubstr("by the venue"), HasSubstr("bar open="), HasSubstr("rule: taken over")));
  const json why = ExpectJson({"why", "a.run", order});
  EXPECT_EQ(why["decision"]["strategy"], "the venue");
  EXPECT_EQ(why["steps"][0]["kind"], "liquidation");
  EXPECT_EQ(why["steps"][0]["cause"][0]["kind"], "bar");
  EXPECT_EQ(ExpectJson({"verify", "a.run"})["intact"], true);
  ASSERT_EQ(Crucible({"report", "a.run", "-o", "a.html"}).exit_code, 0);
}

TEST_F(VerbsTest, ErrorsAreJsonToo) {
  const json error = ExpectJson({"run", "nowhere.toml"}, 2);
  EXPECT_THAT(error["error"].get<std::string>(), HasSubstr("nowhere.toml"));
  EXPECT_EQ(error["code"], "NOT_FOUND");
}

TEST_F(VerbsTest, DemoTradesAndIsIdempotent) {
  const ProgramResult demo = Crucible({"demo", "-o", "demo"});
  EXPECT_EQ(demo.exit_code, 0) << demo.err;
  EXPECT_THAT(demo.out, AllOf(HasSubstr("net profit"), HasSubstr("every one equal"), HasSubstr("rule: ")));
  EXPECT_EQ(Crucible({"demo", "-o", "demo"}).exit_code, 0);
}

TEST_F(VerbsTest, MissingFilesAreNamed) {
  ExpectError({"run", "nowhere.toml"}, HasSubstr("nowhere.toml"));
  ExpectError({"import", "nowhere.csv", "-o", "x.session"}, HasSubstr("nowhere.csv"));
  ExpectError({"inspect", "nowhere.csv"}, HasSubstr("nowhere.csv"));
  ExpectError({"replay", "nowhere.run"}, HasSubstr("nowhere.run"));
  ExpectError({"why", "nowhere.run", "1"}, HasSubstr("nowhere.run"));
  ExpectError({"verify", "nowhere.run"}, HasSubstr("nowhere.run"));
  ExpectError({"sql", "nowhere.run", "select 1"}, HasSubstr("nowhere.run"));
  Write("my.toml", "[[session]]\npath = \"nowhere.session\"\n");
  ExpectError({"run", "my.toml"}, HasSubstr("nowhere.session"));
  EXPECT_FALSE(std::filesystem::exists(Path("x.session")));
}

TEST_F(VerbsTest, AnUnknownPluginIsToldWhatThereIs) {
  SmallSession();
  Write("my.toml", "[[session]]\npath = \"small.session\"\n[[strategy]]\nplugin = \"brakout\"\n");
  ExpectError({"run", "my.toml"},
              AllOf(HasSubstr("did you mean \"breakout\"?"), HasSubstr("order_flow_taker")));
}

TEST_F(VerbsTest, AnUnknownParameterIsToldTheNearest) {
  SmallSession();
  const std::string head = "[[session]]\npath = \"small.session\"\n[[strategy]]\nplugin = \"breakout\"\n";
  Write("my.toml", head + "[strategy.parameters]\nchanel = 3\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("chanel"), HasSubstr("channel")));
  Write("my.toml", head + "[strategy.parameters]\nchannel = 1\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("channel"), HasSubstr("1"), HasSubstr("2")));
  Write("my.toml", head + "strategy = \"brekout\"\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("brekout"), HasSubstr("breakout")));
}

TEST_F(VerbsTest, AFillModelThatTheSessionCannotCarryIsRefused) {
  SmallSession();
  Write("my.toml", "[[session]]\npath = \"small.session\"\n[venue]\nfill_model = \"bars\"\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("\"bars\""), HasSubstr("\"l3\"")));
}

TEST_F(VerbsTest, ASessionIsNoRunAndARunIsNoSession) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  ExpectError({"why", "small.session", "1"}, AllOf(HasSubstr("small.session"), HasSubstr("expected a run")));
  ExpectError({"replay", "small.session"}, HasSubstr("expected a run"));
  Write("my.toml", "[[session]]\npath = \"a.run\"\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("a.run"), HasSubstr("expected a session")));
}

TEST_F(VerbsTest, AnUnfinishedImportDoesNotRun) {
  ASSERT_TRUE(journal::Journal::Create(Path("half.session"), {"import", "running", 0, "x", "{}"}).ok());
  Write("my.toml", "[[session]]\npath = \"half.session\"\n");
  ExpectError({"run", "my.toml"}, AllOf(HasSubstr("half.session"), HasSubstr("run the same import again")));
}

TEST_F(VerbsTest, AnOrderThatIsNotThereIsToldHowManyThereAre) {
  ASSERT_NO_FATAL_FAILURE(MakeRun());
  ExpectError({"why", "a.run", "99999999"}, AllOf(HasSubstr("99999999"), HasSubstr("it has 1 to ")));
}

TEST_F(VerbsTest, OptionsThatMakeNoSenseAreRefused) {
  const std::string bars = Write("bitfinex_TSTUSD_1m.csv", SomeBars(30));
  ExpectError({"import", bars}, HasSubstr("-o"));
  ExpectError({"import", bars, "-o", "x.session", "--decimals", "2"}, HasSubstr("--decimals"));
  ExpectError({"import", bars, "-o", "x.session", "--bar-length", "soon"}, HasSubstr("--bar-length"));
  ExpectError({"import", bars, "-o", "x.session", "--format", "lobstr"},
              AllOf(HasSubstr("lobstr"), HasSubstr("lobster")));
  ExpectError({"new-strategy", "Not A Name"}, HasSubstr("lower-case"));
  EXPECT_EQ(Crucible({"fly"}).exit_code, 2);
  EXPECT_EQ(Crucible({}).exit_code, 2);
  EXPECT_EQ(Crucible({"--help"}).exit_code, 0);
  EXPECT_EQ(Crucible({"--version"}).exit_code, 0);
}

TEST_F(VerbsTest, NoOutputReplacesAnInput) {
  SmallSession();
  Write("small.toml", kSmallRun);
  ASSERT_EQ(Crucible({"run", "small.toml", "-o", "a.run"}).exit_code, 0);
  for (const char* output : {"a.run", "small.session", "small.toml"}) {
    const auto before = std::filesystem::file_size(Path(output));
    const ProgramResult result = Crucible({"report", "a.run", "-o", output});
    EXPECT_EQ(result.exit_code, 2) << output;
    EXPECT_THAT(result.err, HasSubstr("is there and is no report"));
    EXPECT_EQ(std::filesystem::file_size(Path(output)), before);
  }
  EXPECT_EQ(Crucible({"report", "a.run", "-o", "a.html"}).exit_code, 0);
  EXPECT_EQ(Crucible({"report", "a.run", "-o", "a.html"}).exit_code, 0) << "an older report may be replaced";
}

TEST_F(VerbsTest, AnOutputThatCannotBeWrittenIsAnError) {
  SmallSession();
  const std::string command = "cd " + directory_.string() + " && " + ProgramPath() +
                              " sql small.session 'select seq from events limit 10' > /dev/full 2> err";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
}

TEST_F(VerbsTest, ALimitFinerThanTheInstrumentIsRefusedAndNotRounded) {
  SmallSession();
  Write("small.toml", kSmallRun);
  const ProgramResult result = Crucible({"run", "small.toml", "--set", "risk.max_position=0.4"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("expected at most 0 decimals"));
}

}  // namespace
}  // namespace crucible::cli
