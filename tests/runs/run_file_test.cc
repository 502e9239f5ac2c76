// Run files: the same with and without a journal, resumed after an interruption, and found out when tampered
// with.

#include "framework/runs/run_file.h"

#include <functional>

#include "tests/runs/forge.h"
#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RunFileTest : public RunFixture {
 protected:
  RunFileTest() {
    SmallSession();
    Write("small.toml", kSmallRun);
  }

  absl::StatusOr<RunSetup> MakeSetup(const std::string& config_name = "small.toml") const {
    CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config, ReadRunConfig(Path(config_name)));
    std::vector<std::string> sessions = config.sessions;
    return RunSetup::Create(std::move(config), std::move(sessions));
  }
  absl::StatusOr<RunOutcome> Run(const std::string& output, const std::string& config_name = "small.toml",
                                 const engine::Engine::Progress& progress = {}) const {
    CRUCIBLE_ASSIGN_OR_RETURN(RunSetup setup, MakeSetup(config_name));
    return output.empty() ? RunUnjournaled(setup, progress) : RunJournaled(setup, Path(output), progress);
  }

  void Forge(const std::string& run, const std::string& forged, const std::function<void(Event&)>& change,
             std::uint64_t keep = UINT64_MAX) const {
    ForgeRun(Path(run), Path(forged), change, keep);
  }

  absl::StatusOr<ReplayOutcome> ReplayOf(const std::string& run) const {
    CRUCIBLE_ASSIGN_OR_RETURN(StoredRun stored, OpenRun(Path(run), {}));
    return Replay(stored, {});
  }

  // Sequence of the first record of that kind in the run.
  std::uint64_t FirstOf(Kind kind, const std::string& run) const {
    auto journal = journal::Journal::Open(Path(run));
    EXPECT_TRUE(journal.ok()) << journal.status();
    auto cursor = journal->Read(kRunStream);
    EXPECT_TRUE(cursor.ok()) << cursor.status();
    for (auto batch = (*cursor)->Next(); batch.ok() && !batch->empty(); batch = (*cursor)->Next()) {
      for (const Event& event : *batch) {
        if (event.kind == kind) return event.seq;
      }
    }
    return 0;
  }
};

TEST_F(RunFileTest, TheJournalChangesNeitherHashNorFigures) {
  const auto journaled = Run("a.run");
  const auto bare = Run("");
  ASSERT_TRUE(journaled.ok() && bare.ok()) << journaled.status() << bare.status();
  EXPECT_EQ(journaled->log_hash, bare->log_hash);
  EXPECT_EQ(journaled->result.records, bare->result.records);
  EXPECT_EQ(journaled->result.metrics.net_profit, bare->result.metrics.net_profit);
  EXPECT_GT(bare->result.metrics.fills, 50U);
}

TEST_F(RunFileTest, TheSeedChangesARunThatDrawsAndOnlySuchARun) {
  const std::string text = kSmallRun;
  const auto with_seed = [&](std::string config, const char* seed) {
    config.replace(0, 8, std::string("seed = ") + seed);
    return config;
  };
  Write("constant.toml", with_seed(text, "4"));
  std::string drawn = text;
  drawn.replace(drawn.find("2ms"), 3, "exponential:2ms");
  Write("drawn3.toml", drawn);
  Write("drawn4.toml", with_seed(drawn, "4"));
  EXPECT_EQ(Run("", "drawn3.toml")->log_hash, Run("", "drawn3.toml")->log_hash);
  EXPECT_NE(Run("", "drawn3.toml")->log_hash, Run("", "drawn4.toml")->log_hash);
  EXPECT_EQ(Run("", "constant.toml")->result.metrics.net_profit, Run("")->result.metrics.net_profit);
}

TEST_F(RunFileTest, ARunThatIsThereIsExecutedAgainAndStaysTheSame) {
  const auto first = Run("a.run");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Run("a.run");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->was_there);
  EXPECT_EQ(again->log_hash, first->log_hash);
  EXPECT_EQ(journal::Journal::Open(Path("a.run"))->Head(kRunStream)->last_seq, first->result.records);
}

TEST_F(RunFileTest, AnInterruptedRunGoesOnToTheSameHash) {
  const auto whole = Run("whole.run");
  ASSERT_TRUE(whole.ok()) << whole.status();
  for (const std::uint64_t keep : {std::uint64_t{1}, std::uint64_t{500}, whole->result.records - 1}) {
    const std::string name = "partial" + std::to_string(keep) + ".run";
    ASSERT_NO_FATAL_FAILURE(Forge("whole.run", name, [](Event&) {}, keep));
    ASSERT_TRUE(journal::Journal::Open(Path(name), {.read_only = false})->SetStatus("running").ok());
    const auto resumed = Run(name);
    ASSERT_TRUE(resumed.ok()) << resumed.status();
    EXPECT_FALSE(resumed->was_there);
    EXPECT_EQ(resumed->resumed_at, keep);
    EXPECT_EQ(resumed->log_hash, whole->log_hash);
    auto journal = journal::Journal::Open(Path(name));
    EXPECT_EQ(journal->manifest().status, "ended");
    EXPECT_EQ(journal->Head(kRunStream)->log_hash, whole->log_hash);
    EXPECT_EQ(journal->Verify(journal::VerifyLevel::kDecode)->fault, "");
  }
}

TEST_F(RunFileTest, AnotherConfigurationUnderTheSameNameIsRefused) {
  ASSERT_TRUE(Run("a.run").ok());
  std::string other = kSmallRun;
  other.replace(other.find("2ms"), 3, "3ms");
  Write("other.toml", other);
  const auto refused = Run("a.run", "other.toml");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("a.run holds another backtest"));
}

TEST_F(RunFileTest, AReplayOfAnHonestRunComparesEveryRecord) {
  const auto run = Run("a.run");
  ASSERT_TRUE(run.ok()) << run.status();
  const auto replay = ReplayOf("a.run");
  ASSERT_TRUE(replay.ok()) << replay.status();
  EXPECT_FALSE(replay->divergence);
  EXPECT_EQ(replay->compared, run->result.records);
  EXPECT_EQ(replay->log_hash, run->log_hash);
}

TEST_F(RunFileTest, AReplayNamesTheRecordAndTheFieldThatWasTamperedWith) {
  ASSERT_TRUE(Run("a.run").ok());
  const std::uint64_t fill = FirstOf(Kind::kFill, "a.run");
  ASSERT_GT(fill, 0U);
  ASSERT_NO_FATAL_FAILURE(Forge("a.run", "b.run", [&](Event& event) {
    if (event.seq == fill) event.body[0] -= 1;
  }));
  const auto replay = ReplayOf("b.run");
  ASSERT_TRUE(replay.ok()) << replay.status();
  ASSERT_TRUE(replay->divergence);
  EXPECT_EQ(replay->divergence->seq, fill);
  EXPECT_EQ(replay->divergence->field, "price");
}

TEST_F(RunFileTest, AReplayFindsARunThatWasCutShort) {
  const auto run = Run("a.run");
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_NO_FATAL_FAILURE(Forge("a.run", "b.run", [](Event&) {}, run->result.records - 100));
  const auto replay = ReplayOf("b.run");
  ASSERT_TRUE(replay.ok()) << replay.status();
  ASSERT_TRUE(replay->divergence);
  EXPECT_EQ(replay->divergence->seq, run->result.records - 99);
}

TEST_F(RunFileTest, InputsAreFoundBesideTheRunAndWhereOneIsTold) {
  ASSERT_TRUE(Run("a.run").ok());
  std::filesystem::create_directory(Path("elsewhere"));
  std::filesystem::rename(Path("small.session"), Path("elsewhere/small.session"));
  const auto lost = OpenRun(Path("a.run"), {});
  EXPECT_EQ(lost.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(lost.status().message()), AllOf(HasSubstr("small.session"), HasSubstr("--inputs")));
  EXPECT_TRUE(OpenRun(Path("a.run"), {Path("elsewhere")}).ok());
  std::filesystem::rename(Path("a.run"), Path("elsewhere/a.run"));
  EXPECT_TRUE(OpenRun(Path("elsewhere/a.run"), {}).ok());
}

TEST_F(RunFileTest, AnInputIsAcceptedByContentOnly) {
  ASSERT_TRUE(Run("a.run").ok());
  std::filesystem::remove(Path("small.session"));
  ASSERT_TRUE(WriteDemoSession(Path("small.session"), {120'000'000'000}).ok());
  EXPECT_EQ(OpenRun(Path("a.run"), {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RunFileTest, OrderOfSessionsDoesNotMatter) {
  // The second session is the same hour of the same flow's minutes, in another file: same instrument, earlier
  // end.
  const std::string bars = Write("bitfinex_TSTUSD_1m.csv", SomeBars(3000));
  const std::string more = Write("bitfinex_ABCUSD_1m.csv", SomeBars(2000));
  ASSERT_TRUE(ImportSession(std::vector<std::string>{bars}, {}, Path("t.session"), {}).ok());
  ASSERT_TRUE(ImportSession(std::vector<std::string>{more}, {}, Path("a.session"), {}).ok());
  const std::string rest = "[[strategy]]\nplugin = \"moving_average_cross\"\n";
  const std::string t = "[[session]]\npath = \"t.session\"\n";
  const std::string a = "[[session]]\npath = \"a.session\"\n";
  Write("ta.toml", t + a + rest);
  Write("at.toml", a + t + rest);
  const auto one = Run("", "ta.toml");
  const auto other = Run("", "at.toml");
  ASSERT_TRUE(one.ok() && other.ok()) << one.status() << other.status();
  EXPECT_EQ(one->log_hash, other->log_hash);
  EXPECT_GT(one->result.metrics.fills, 10U);
}

TEST_F(RunFileTest, OrderOfStrategiesDoesNotMatterEvenOfOneKind) {
  const std::string head = "[[session]]\npath = \"small.session\"\n";
  const std::string fast =
      "[[strategy]]\nplugin = \"order_flow_taker\"\n[strategy.parameters]\nhold = \"1s\"\n";
  const std::string usual = "[[strategy]]\nplugin = \"order_flow_taker\"\n";
  const std::string spelled =
      "[[strategy]]\nplugin = \"order_flow_taker\"\n[strategy.parameters]\nhold = \"5s\"\n";
  Write("a.toml", head + fast + usual);
  Write("b.toml", head + usual + fast);
  Write("c.toml", head + fast + spelled);
  const auto a = Run("", "a.toml");
  ASSERT_TRUE(a.ok()) << a.status();
  EXPECT_GT(a->result.metrics.fills, 10U);
  EXPECT_EQ(Run("", "b.toml")->log_hash, a->log_hash);
  EXPECT_EQ(Run("", "c.toml")->log_hash, a->log_hash);
  EXPECT_EQ(MakeSetup("a.toml")->configuration(), MakeSetup("c.toml")->configuration());
}

TEST_F(RunFileTest, AStoppedRunIsResumedNotEnded) {
  ASSERT_TRUE(WriteDemoSession(Path("long.session"), {1'800'000'000'000}).ok());
  std::string config = kSmallRun;
  config.replace(config.find("small.session"), 5, "long");
  Write("long.toml", config);
  const auto stopped = Run("a.run", "long.toml", [](std::uint64_t, std::uint64_t) { return false; });
  EXPECT_EQ(stopped.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(journal::Journal::Open(Path("a.run"))->manifest().status, "running");
  const auto resumed = Run("a.run", "long.toml");
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_FALSE(resumed->was_there);
  EXPECT_EQ(resumed->log_hash, Run("", "long.toml")->log_hash);
}

}  // namespace
}  // namespace crucible::runs
