// `crucible regimes` from end to end: files in, files and words out.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"
#include "framework/cli/feature_table.h"
#include "framework/event/kinds.h"
#include "framework/features/regime_watch.h"
#include "framework/runs/regime_artefact.h"
#include "framework/runs/session_file.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using testing::HasSubstr;

class RegimesTest : public CliFixture {
 protected:
  // Calm and wild returns in turn, 100 rows each, beside a column that says which.
  std::string WriteReturns(std::size_t rows) const {
    RandomStream random(4, "returns");
    std::string text = "time,ret,clue\n";
    for (std::size_t t = 0; t < rows; ++t) {
      const bool wild = t / 100 % 2 == 1, soon = (t + 3) / 100 % 2 == 1;
      text += absl::StrFormat("%d,%.17g,%.17g\n", t, (wild ? 0.004 : 0.001) * random.Normal(),
                              soon + 0.1 * random.Normal());
    }
    return Write("returns.csv", text);
  }
  // The same as one-minute bars of a session.
  std::string WriteBars(std::size_t rows) const {
    Write("bitfinex_BTCUSD_1m_2015.csv", runs::CalmAndWildBars(rows));
    const ProgramResult imported =
        Crucible({"import", "bitfinex_BTCUSD_1m_2015.csv", "--format", "bitfinex", "-o", "bars.session"});
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    return Path("bars.session");
  }
};

TEST_F(RegimesTest, FitWritesAModelThatReadsBackToTheSameBits) {
  WriteReturns(2000);
  const ProgramResult fit =
      Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "-o", "model.json"});
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("2 regimes, full covariances; 2,000 rows"));
  const runs::RegimeArtefact artefact = *runs::ReadRegimeArtefact(Path("model.json"));
  EXPECT_THAT(fit.out, HasSubstr("hash " + ToHex(artefact.Hash())));
  const double* calm = artefact.emissions().Covariance(0);
  EXPECT_NEAR(calm[0], 1e-6, 2e-7);
  EXPECT_NEAR(calm[1], 16e-6, 3e-6);
  EXPECT_EQ(ToText(*runs::ParseRegimeArtefact(ToText(artefact), "copy")), ToText(artefact));
  // Threads and a second run change nothing.
  ASSERT_EQ(
      Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "--threads", "2", "-o", "again.json"})
          .exit_code,
      0);
  EXPECT_EQ(ToText(*runs::ReadRegimeArtefact(Path("again.json"))), ToText(artefact));
}

TEST_F(RegimesTest, AModelThatWasEditedIsRefused) {
  WriteReturns(600);
  ASSERT_EQ(Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "-o", "model.json"}).exit_code, 0);
  nlohmann::ordered_json json =
      nlohmann::ordered_json::parse(ToText(*runs::ReadRegimeArtefact(Path("model.json"))));
  json["mean"][0] = 0.5;
  Write("edited.json", json.dump());
  EXPECT_THAT(std::string(runs::ReadRegimeArtefact(Path("edited.json")).status().message()),
              HasSubstr("has been changed"));
  json["transition"][0] = -1;
  EXPECT_THAT(std::string(runs::ParseRegimeArtefact(json.dump(), "x").status().message()),
              HasSubstr("transition from regime 0: entry 0 is -1"));
  json["version"] = 9;
  EXPECT_THAT(std::string(runs::ParseRegimeArtefact(json.dump(), "x").status().message()),
              HasSubstr("version is 9"));
  EXPECT_THAT(std::string(runs::ParseRegimeArtefact("{", "x").status().message()),
              HasSubstr("is not a regime model"));
}

TEST_F(RegimesTest, DurationsAndDriversGiveModelsOfTheirOwn) {
  WriteReturns(2000);
  ASSERT_EQ(
      Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "--durations", "30", "-o", "ages.json"})
          .exit_code,
      0);
  EXPECT_EQ(runs::ReadRegimeArtefact(Path("ages.json"))->kind(), "hsmm");
  const ProgramResult fit = Crucible(
      {"regimes", "fit", "returns.csv", "--columns", "ret", "--drivers", "clue", "-o", "driven.json"});
  ASSERT_EQ(fit.exit_code, 0) << fit.err;
  const runs::RegimeArtefact driven = *runs::ReadRegimeArtefact(Path("driven.json"));
  EXPECT_EQ(driven.kind(), "driven");
  EXPECT_EQ(driven.columns(), (std::vector<std::string>{"ret", "clue"}));
  EXPECT_EQ(ToText(*runs::ParseRegimeArtefact(ToText(driven), "copy")), ToText(driven));
  const ProgramResult forecast = Crucible({"regimes", "forecast", "returns.csv", "--model", "driven.json"});
  EXPECT_EQ(forecast.exit_code, 0) << forecast.err;
  EXPECT_THAT(forecast.out, HasSubstr("10 ahead"));
  EXPECT_THAT(forecast.out, HasSubstr("model 0 -> 1"));
}

TEST_F(RegimesTest, ChooseSaysTwo) {
  WriteReturns(3000);
  const ProgramResult choice =
      Crucible({"--json", "regimes", "choose", "returns.csv", "--columns", "ret", "--most", "3"});
  ASSERT_EQ(choice.exit_code, 0) << choice.err;
  const auto json = nlohmann::json::parse(choice.out);
  EXPECT_EQ(json["by_bic"], 2);
  EXPECT_EQ(json["candidates"].size(), 3u);
}

TEST_F(RegimesTest, AJournalOfForecastsTiesEachToItsBar) {
  WriteBars(1000);
  ASSERT_EQ(Crucible({"regimes", "fit", "bars.session", "--share", "0.5", "-o", "model.json"}).exit_code, 0);
  const ProgramResult made =
      Crucible({"regimes", "forecast", "bars.session", "--model", "model.json", "-o", "out.journal"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const journal::Journal journal = *journal::Journal::Open(Path("out.journal"));
  ASSERT_EQ(journal.inputs().size(), 1u);
  auto cursor = *journal.Read("regimes");
  std::size_t forecasts = 0, swaps = 0;
  double sum = 0;
  while (true) {
    const std::span<const Event> events = *cursor->Next();
    if (events.empty()) break;
    for (const Event& event : events) {
      if (event.kind == Kind::kModelSwap) ++swaps;
      if (event.kind != Kind::kRegimeForecast) continue;
      EXPECT_EQ(CauseRef::FromBits(event.origin).input, 1);
      EXPECT_EQ(CauseRef::FromBits(event.origin).seq % 2, 0u);  // definitions and bars are groups of two
      sum += std::bit_cast<double>(As<RegimeForecastBody>(event).now_bits);
      ++forecasts;
    }
  }
  EXPECT_EQ(forecasts, 2u * 999);
  EXPECT_NEAR(sum, 999, 1e-6);
  EXPECT_GE(swaps, 5u);
  EXPECT_EQ(*journal.Text("regimes", 1), ToText(*runs::ReadRegimeArtefact(Path("model.json"))));
  EXPECT_EQ(Crucible({"verify", "out.journal"}).exit_code, 0);
  EXPECT_THAT(
      Crucible({"sql", "out.journal", "SELECT count(*) FROM events WHERE kind = 'regime_forecast'"}).out,
      HasSubstr("1998"));
  EXPECT_THAT(
      Crucible({"regimes", "forecast", "bars.session", "--model", "model.json", "-o", "out.journal"}).err,
      HasSubstr("exists"));
}

TEST_F(RegimesTest, TruncatingTheBarsChangesNoRecordUpToTheCut) {
  const FeatureTable table = *ReadFeatureTable(WriteBars(700), {{"return", "range", "volatility"}, ""});
  ASSERT_EQ(
      Crucible({"regimes", "fit", "bars.session", "--columns", "return,range,volatility", "-o", "model.json"})
          .exit_code,
      0);
  const runs::RegimeArtefact artefact = *runs::ReadRegimeArtefact(Path("model.json"));
  const auto records = [&](std::size_t rows) {
    features::RegimeWatch watch = *features::RegimeWatch::Create(artefact.MakeFilter(), {});
    std::vector<Event> out;
    for (std::size_t t = 0; t < rows; ++t) {
      watch.Update({table.values.data() + 3 * t, 3});
      watch.Record(table.sources[t].time, 0, {1, table.sources[t].seq}, [&](const Event& event) {
        out.push_back(event);
        return out.size();
      });
    }
    return out;
  };
  const std::vector<Event> all = records(table.rows);
  for (const std::size_t cut : {1u, 250u, 421u}) {
    const std::vector<Event> some = records(cut);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << cut;
  }
}

TEST_F(RegimesTest, BadInputIsNamed) {
  const auto error_of = [&](const std::string& text, std::vector<std::string> more = {}) {
    Write("bad.csv", text);
    std::vector<std::string> arguments = {"regimes", "fit", "bad.csv", "-o", "model.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Crucible(arguments).err;
  };
  std::string constant = "a,b\n", missing = "a\n", levels = "close\n", ties = "ret\n";
  RandomStream random(1, "bad");
  double price = 100;
  for (int t = 0; t < 300; ++t) {
    constant += absl::StrFormat("%g,5\n", random.Normal());
    missing += t == 40 ? "NaN\n" : absl::StrFormat("%g\n", random.Normal());
    levels += absl::StrFormat("%.9g\n", price += random.Normal());
    ties += absl::StrFormat("%.9g\n", t % 2 == 0 ? 0 : random.Normal());
  }
  EXPECT_THAT(error_of(constant), HasSubstr("column b is constant (5 in all 300 rows)"));
  EXPECT_THAT(error_of(missing),
              HasSubstr("bad.csv, line 42: column a is missing, expected a finite number"));
  EXPECT_THAT(error_of(levels), HasSubstr("column close looks like levels, not changes"));
  EXPECT_THAT(error_of(ties), HasSubstr("column ret holds 0 in 50 % of the rows"));
  EXPECT_THAT(error_of("a\n1\n2\n3\n"), HasSubstr("there are 3 rows, expected at least 20"));
  EXPECT_THAT(error_of("a,b\n1,2\n3\n"),
              HasSubstr("bad.csv, line 3: 1 cells, but the header names 2 columns"));
  EXPECT_THAT(error_of(constant, {"--columns", "c"}), HasSubstr("has no column \"c\"; it has: a, b"));
  EXPECT_THAT(error_of(constant, {"--shape", "round"}),
              HasSubstr("expected full, diagonal, tied or spherical"));
  EXPECT_THAT(Crucible({"regimes", "fit", "none.csv", "-o", "m.json"}).err,
              HasSubstr("none.csv: no such file"));
  EXPECT_THAT(error_of(constant, {"--columns", "a", "--durations", "100000"}),
              HasSubstr("--durations: Value 100000 not in range 1 to 10000"));
  WriteBars(50);
  EXPECT_THAT(Crucible({"regimes", "fit", "bars.session", "--columns", "colour", "-o", "m.json"}).err,
              HasSubstr("bars have no feature \"colour\"; they have: return, abs_return, range, volume, "
                        "volatility, volume_change"));
}

TEST_F(RegimesTest, WhatCannotBeWrittenLeavesNoFileBehind) {
  WriteBars(3000);
  ASSERT_EQ(Crucible({"regimes", "fit", "bars.session", "-o", "model.json"}).exit_code, 0);
  const std::string model = ToText(*runs::ReadRegimeArtefact(Path("model.json")));
  const auto in_little_room = [&](const std::string& command) {
    const std::string limited = "trap '' XFSZ; ulimit -f 40; " + ProgramPath() + " " + command;
    return RunIn(directory_.string(), "/bin/bash", {"-c", limited});
  };
  const ProgramResult forecast =
      in_little_room("regimes forecast bars.session --model model.json -o out.journal");
  EXPECT_NE(forecast.exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(Path("out.journal"))) << forecast.err;
  EXPECT_EQ(Crucible({"regimes", "fit", "bars.session", "-o", "no/such/model.json"}).exit_code, 2);
  EXPECT_EQ(ToText(*runs::ReadRegimeArtefact(Path("model.json"))), model);
}

// ---- a model in a run ----

class RegimesRunTest : public RegimesTest {
 protected:
  void SetUp() override {
    WriteBars(2000);
    ASSERT_EQ(Crucible({"regimes", "fit", "bars.session", "--share", "0.5", "-o", "model.json"}).exit_code,
              0);
  }
  std::string Configuration(const std::string& regimes, const std::string& more = "") const {
    return Write("run.toml", "[[session]]\npath = \"bars.session\"\n[regimes]\n" + regimes +
                                 "\n[[strategy]]\nplugin = \"moving_average_cross\"\n[strategy.parameters]\n"
                                 "fast = 3\nslow = 9\nquantity = 1000\n" +
                                 more);
  }
  std::string ErrorOf(const std::string& regimes, const std::string& more = "") const {
    Configuration(regimes, more);
    return Crucible({"run", "run.toml"}).err;
  }
};

TEST_F(RegimesRunTest, TheRunCarriesItsModelSoThatAReplayNeedsNoFile) {
  Configuration(
      "model = \"model.json\"\nhorizon = 5\nfirst_route = \"trade\"\n[regimes.routes]\nrest = \"0 1\"\n"
      "trade = \"1 0\"",
      "[strategy.route.rest]\nquantity = 0\n");
  const ProgramResult run = Crucible({"run", "run.toml"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::filesystem::remove(Path("model.json"));
  std::filesystem::remove(Path("run.toml"));
  const ProgramResult verified = Crucible({"replay", "run.run", "--verify"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  EXPECT_EQ(Crucible({"verify", "run.run"}).exit_code, 0);
  EXPECT_THAT(Crucible({"sql", "run.run", "SELECT count(*) FROM events WHERE kind = 'regime_forecast'"}).out,
              HasSubstr(std::to_string(2 * 1999)));
  // Orders that close or open the position because of a swap say so.
  const ProgramResult found = Crucible(
      {"sql", "run.run",
       "SELECT min(i.order_id) FROM intent_events i JOIN events s ON s.seq = (i.origin & 281474976710655) "
       "WHERE i.origin < 281474976710656 AND s.kind = 'model_swap'"});
  std::string order;
  for (const char c : found.out) {
    if (c >= '0' && c <= '9') order += c;
  }
  ASSERT_FALSE(order.empty()) << found.out << found.err;
  const ProgramResult why = Crucible({"why", "run.run", order});
  EXPECT_EQ(why.exit_code, 0) << why.err;
  EXPECT_THAT(why.out,
              testing::ContainsRegex(
                  "model_swap from=. to=. advantage=[0-9.]+ row=[0-9]+ .(rest -> trade|trade -> rest)"));
  EXPECT_THAT(why.out, testing::ContainsRegex("regime_forecast regime=. now=0"));
  EXPECT_THAT(why.out, HasSubstr("input 1, record"));
}

TEST_F(RegimesRunTest, WhatDoesNotFitIsNamedBeforeTheRun) {
  EXPECT_THAT(ErrorOf("horizon = 3"), HasSubstr("run.toml:3: regimes: model is missing"));
  EXPECT_THAT(ErrorOf("model = \"none.json\""), HasSubstr("none.json: no such regime model"));
  EXPECT_THAT(ErrorOf("model = \"model.json\"\nhorizon = 0"),
              HasSubstr("expected a whole number from 1 to 10000"));
  EXPECT_THAT(ErrorOf("model = \"model.json\"\ninstrument = \"DOGE\""),
              HasSubstr("regimes: the model reads bars of DOGE; the run has bars of bitfinex:BTCUSD"));
  EXPECT_THAT(
      ErrorOf("model = \"model.json\"\n[regimes.routes]\na = \"1 2 3\""),
      HasSubstr("regimes.routes.a is \"1 2 3\", expected the worth of a bar in each of the 2 regimes"));
  EXPECT_THAT(ErrorOf("model = \"model.json\"\nfirst_route = \"b\""),
              HasSubstr("regimes.first_route is \"b\", expected one of 0, 1"));
  EXPECT_THAT(ErrorOf("model = \"model.json\"", "[strategy.route.calm]\nquantity = 1\n"),
              HasSubstr("strategy.route.calm: there is no such route; there are 0, 1"));
  EXPECT_THAT(ErrorOf("model = \"model.json\"", "[strategy.route.1]\nquantty = 1\n"),
              HasSubstr("no parameter \"quantty\"; did you mean \"quantity\"?"));
  WriteReturns(600);
  ASSERT_EQ(Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "-o", "csv.json"}).exit_code, 0);
  EXPECT_THAT(ErrorOf("model = \"csv.json\""),
              HasSubstr("the model was fitted to columns of a CSV file (ret)"));
}

TEST_F(RegimesTest, AForecastThatCannotBeWrittenLeavesNoFileBehind) {
  WriteBars(3000);
  ASSERT_EQ(Crucible({"regimes", "fit", "bars.session", "-o", "model.json"}).exit_code, 0);
  const std::string limited = "trap '' XFSZ; ulimit -f 40; " + ProgramPath() +
                              " regimes forecast bars.session --model model.json -o out.journal";
  const ProgramResult forecast = RunIn(directory_.string(), "/bin/bash", {"-c", limited});
  EXPECT_NE(forecast.exit_code, 0);
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    EXPECT_FALSE(entry.path().filename().string().starts_with("out.journal")) << entry << forecast.err;
}

TEST_F(RegimesTest, JudgePrintsGainsWithIntervals) {
  WriteReturns(3000);
  ASSERT_EQ(
      Crucible({"regimes", "fit", "returns.csv", "--columns", "ret", "--share", "0.5", "-o", "model.json"})
          .exit_code,
      0);
  const ProgramResult judged =
      Crucible({"--json", "regimes", "forecast", "returns.csv", "--model", "model.json", "--judge", "0.5"});
  ASSERT_EQ(judged.exit_code, 0) << judged.err;
  const auto json = nlohmann::json::parse(judged.out);
  ASSERT_EQ(json.size(), 10u);
  EXPECT_EQ(json[0]["n"], 1500);
  EXPECT_GT(json[0]["over_gaussian"]["gain"], 0.1);
}

}  // namespace
}  // namespace crucible::cli
