// Every scenario of replays/golden.toml gives its digests: with a journal, without one, with its
// configuration and its sessions in another order, in a process of its own, and after compaction.

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"
#include "framework/journal/compact.h"
#include "framework/runs/session_file.h"
#include "tests/cli/program.h"
#include "tests/golden/scenario.h"
#include "tests/runs/run_fixture.h"

namespace crucible::golden {
namespace {

const std::string kFile = CRUCIBLE_SOURCE_DIR "/replays/golden.toml";

std::string DataDirectory() {
  const char* shared = std::getenv("CRUCIBLE_SHARED_DIR");
  return std::string(shared == nullptr ? CRUCIBLE_SOURCE_DIR "/../shared" : shared) + "/data/";
}

bool Updating() { return std::getenv("CRUCIBLE_UPDATE_GOLDEN") != nullptr; }

std::vector<Scenario>& Scenarios() {
  static std::vector<Scenario> scenarios = [] {
    auto read = ReadScenarios(kFile);
    if (!read.ok()) std::fprintf(stderr, "%s\n", std::string(read.status().message()).c_str());
    return read.ok() ? *std::move(read) : std::vector<Scenario>();
  }();
  return scenarios;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// One-minute bars as a venue's file: a volatility of 0.1 % a bar, and 0.4 % in every second stretch of 100
// bars.
std::string BarsText(std::int64_t bars) {
  RandomStream random(1, "golden/bars");
  std::string text;
  double price = 1000;
  for (std::int64_t t = 0; t < bars; ++t) {
    const double open = price;
    price *= 1 + (t / 100 % 2 == 1 ? 0.004 : 0.001) * random.Normal();
    absl::StrAppendFormat(&text, "%d,%.2f,%.2f,%.2f,%.2f,%.3f\n", 1'420'070'400'000 + 60'000 * t, open, price,
                          std::max(open, price) + 0.1, std::min(open, price) - 0.1, 100 + random.Uniform01());
  }
  return text;
}

class GoldenTest : public runs::RunFixture, public testing::WithParamInterface<std::size_t> {
 protected:
  Scenario& scenario() const { return Scenarios()[GetParam()]; }
  std::string Configuration() const { return Path(scenario().name + ".toml"); }

  bool HasFiles() const {
    for (const GoldenSession& session : scenario().sessions) {
      for (const std::string& file : session.files) {
        if (!std::filesystem::exists(DataDirectory() + file)) return false;
      }
    }
    return true;
  }

  absl::StatusOr<std::string> MakeSession(const GoldenSession& session) const {
    const std::string path = Path(session.name);
    if (session.generated.nanos != 0) {
      CRUCIBLE_RETURN_IF_ERROR(runs::WriteDemoSession(path, session.generated));
    } else {
      std::vector<std::string> files;
      for (const std::string& file : session.files) files.push_back(DataDirectory() + file);
      if (session.bars != 0) files = {Write("bitfinex_BTCUSD_1m_2015.csv", BarsText(session.bars))};
      decode::ImportOptions options;
      options.tick_size = session.tick;
      CRUCIBLE_RETURN_IF_ERROR(runs::ImportSession(files, options, path, {}).status());
    }
    CRUCIBLE_ASSIGN_OR_RETURN(const runs::Session opened, runs::OpenSession(path));
    return ToHex(opened.head.log_hash);
  }

  void MakeSessions() {
    for (GoldenSession& session : scenario().sessions) {
      const absl::StatusOr<std::string> hash = MakeSession(session);
      ASSERT_TRUE(hash.ok()) << hash.status();
      if (Updating()) session.log_hash = *hash;
      EXPECT_EQ(*hash, session.log_hash) << session.name;
    }
  }

  static absl::StatusOr<runs::RunOutcome> Run(const std::string& configuration, const std::string& output) {
    CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(configuration));
    std::vector<std::string> sessions = config.sessions;
    CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup,
                              runs::RunSetup::Create(std::move(config), std::move(sessions)));
    return output.empty() ? runs::RunUnjournaled(setup, {}) : runs::RunJournaled(setup, output, {});
  }

  void ExpectSameHash(const std::string& configuration, const std::string& output) {
    const absl::StatusOr<runs::RunOutcome> outcome = Run(configuration, output);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->result.strategy_error, "");
    EXPECT_EQ(ToHex(outcome->log_hash), scenario().log_hash);
  }

  void ExpectDigest(const runs::RunOutcome& outcome) {
    Scenario& golden = scenario();
    const auto& metrics = outcome.result.metrics;
    if (Updating()) {
      golden.log_hash = ToHex(outcome.log_hash);
      golden.records = static_cast<std::int64_t>(outcome.result.records);
      golden.orders = static_cast<std::int64_t>(metrics.orders.submitted);
      golden.fills = static_cast<std::int64_t>(metrics.fills);
    }
    EXPECT_EQ(ToHex(outcome.log_hash), golden.log_hash);
    EXPECT_EQ(static_cast<std::int64_t>(outcome.result.records), golden.records);
    EXPECT_EQ(static_cast<std::int64_t>(metrics.orders.submitted), golden.orders);
    EXPECT_EQ(static_cast<std::int64_t>(metrics.fills), golden.fills);
    EXPECT_GE(metrics.orders.submitted, 100U) << "a scenario that hardly trades proves little";
    EXPECT_GE(metrics.fills, 100U);
  }

  static absl::Status CompactInPlace(const std::string& path) {
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal source, journal::Journal::Open(path));
    CRUCIBLE_RETURN_IF_ERROR(journal::Compact(source, path + ".small").status());
    std::filesystem::rename(path + ".small", path);
    return absl::OkStatus();
  }

  // Of the run's own file, and of a run over sessions that were compacted.
  void ExpectSameAfterCompaction(const std::string& run) {
    ASSERT_EQ(CompactInPlace(run), absl::OkStatus());
    const absl::StatusOr<journal::Journal> compacted = journal::Journal::Open(run);
    ASSERT_TRUE(compacted.ok()) << compacted.status();
    const auto head = compacted->Head(runs::kRunStream);
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_EQ(ToHex(head->log_hash), scenario().log_hash);
    for (const GoldenSession& session : scenario().sessions)
      ASSERT_EQ(CompactInPlace(Path(session.name)), absl::OkStatus()) << session.name;
    ExpectSameHash(Configuration(), "");
  }

  void ExpectSameInAnotherProcess() {
    const cli::ProgramResult run =
        cli::RunIn(directory_.string(), CRUCIBLE_BINARY_DIR "/tests/golden/crucible_golden_process",
                   {Configuration(), "child.run"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.out, scenario().log_hash + "\n");
  }
};

TEST_P(GoldenTest, GivesItsDigestsHoweverItIsRun) {
  if (!HasFiles()) GTEST_SKIP() << "no recorded files below " << DataDirectory() << " (CRUCIBLE_SHARED_DIR)";
  ASSERT_NO_FATAL_FAILURE(MakeSessions());
  const std::string text = ReadText(CRUCIBLE_SOURCE_DIR "/replays/runs/" + scenario().name + ".toml");
  Write(scenario().name + ".toml", text);
  if (const std::string model = ReadText(CRUCIBLE_SOURCE_DIR "/replays/runs/" + scenario().name + ".json");
      !model.empty())
    Write(scenario().name + ".json", model);
  const absl::StatusOr<runs::RunOutcome> journaled = Run(Configuration(), Path("golden.run"));
  ASSERT_TRUE(journaled.ok()) << journaled.status();
  ExpectDigest(*journaled);
  ExpectSameHash(Configuration(), "");
  ExpectSameHash(Write("reordered.toml", Reordered(text)), "");
  ExpectSameInAnotherProcess();
  ExpectSameAfterCompaction(Path("golden.run"));
}

INSTANTIATE_TEST_SUITE_P(Scenarios, GoldenTest, testing::Range<std::size_t>(0, Scenarios().size()),
                         [](const auto& each) { return Scenarios()[each.param].name; });

TEST(GoldenFileTest, ListsTheScenarios) {
  const auto scenarios = ReadScenarios(kFile);
  ASSERT_TRUE(scenarios.ok()) << scenarios.status();
  EXPECT_GE(scenarios->size(), 6U);
}

TEST(ReorderedTest, ReversesTablesAndLinesButKeepsParametersWithTheirStrategy) {
  EXPECT_EQ(
      Reordered(
          "seed = 1\n[a]\nx = 1\ny = 2\n[[strategy]]\nplugin = \"p\"\n[strategy.parameters]\nu = 1\nv = 2\n"),
      "seed = 1\n[[strategy]]\nplugin = \"p\"\n[strategy.parameters]\nv = 2\nu = 1\n[a]\ny = 2\nx = 1\n");
}

// Writes what the scenarios have found, once all have run.
class Updater : public testing::Environment {
 public:
  void TearDown() override {
    if (!Updating()) return;
    const absl::Status written = WriteScenarios(kFile, Scenarios());
    std::printf("%s %s\n", kFile.c_str(), written.ok() ? "rewritten" : written.ToString().c_str());
  }
};
const auto* const kUpdater = testing::AddGlobalTestEnvironment(new Updater);

}  // namespace
}  // namespace crucible::golden
