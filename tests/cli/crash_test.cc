// The program is killed at random moments of an import, a run, a compaction and a sweep: what a reader saw as
// durable is there, nothing is twice, and the same command again ends with the same hash as one that was
// never interrupted.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>

#include "framework/runs/session_file.h"
#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kSeed = 2'026;

// Per verb; the suite has four of them.
int Rounds() {
  const char* rounds = std::getenv("CRUCIBLE_CRASH_ROUNDS");
  return rounds == nullptr ? 20 : std::atoi(rounds);
}

// 0 while there is no such file or stream.
std::uint64_t DurableSeq(const std::string& path, std::string_view stream) {
  if (!std::filesystem::exists(path)) return 0;
  const auto journal = journal::Journal::Open(path);
  if (!journal.ok()) return 0;
  const auto head = journal->Head(stream);
  return head.ok() ? head->last_seq : 0;
}

class ProgramCrashTest : public CliFixture {
 protected:
  struct Work {
    std::vector<std::string> arguments;
    std::string output;
    std::string_view stream;
  };
  struct Tally {
    int killed = 0, finished = 0, resumed = 0;
  };

  void Clear(const Work& work) const {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(work.output + suffix);
  }

  // To its end; how long it took.
  std::chrono::microseconds Finish(const Work& work) const {
    const Clock::time_point start = Clock::now();
    int status = 0;
    waitpid(StartSilently(work.arguments), &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
        << work.arguments.front() << " status " << status;
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  }

  // Kills the program after `delay`, reading the file meanwhile. What a reader saw last.
  std::uint64_t KillAfter(const Work& work, std::chrono::microseconds delay, Tally& tally) const {
    const Clock::time_point end = Clock::now() + delay;
    const pid_t child = StartSilently(work.arguments);
    std::uint64_t acknowledged = 0;
    int status = 0;
    bool ended = false;
    while (!ended && Clock::now() < end) {
      if (!work.stream.empty()) acknowledged = std::max(acknowledged, DurableSeq(work.output, work.stream));
      usleep(500);
      ended = waitpid(child, &status, WNOHANG) == child;
    }
    if (!ended) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
    }
    ++(WIFSIGNALED(status) ? tally.killed : tally.finished);
    return acknowledged;
  }

  void ExpectIntact(const Work& work, std::uint64_t acknowledged) const {
    const auto journal = journal::Journal::Open(work.output);
    if (!journal.ok()) {
      // Killed while the file was being made: nothing was in it.
      EXPECT_EQ(acknowledged, 0U) << journal.status();
      return;
    }
    const auto head = journal->Head(work.stream);
    EXPECT_GE(head.ok() ? head->last_seq : 0, acknowledged);
    const auto report = journal->Verify(journal::VerifyLevel::kDecode);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->fault, "");
  }

  static Hash128 LogHashOf(const Work& work) {
    const auto journal = journal::Journal::Open(work.output);
    EXPECT_TRUE(journal.ok()) << journal.status();
    if (!journal.ok()) return {};
    EXPECT_EQ(journal->manifest().status, "ended");
    return journal->Head(work.stream)->log_hash;
  }

  void KillManyTimes(const Work& work) {
    std::mt19937_64 random(kSeed);
    auto whole = Finish(work);  // the longest so far: other work on the machine comes and goes
    const Hash128 expected = LogHashOf(work);
    Clear(work);
    Tally tally;
    for (int round = 0; (tally.killed < Rounds() || tally.resumed == 0) && round < 4 * Rounds(); ++round) {
      SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
      const std::uint64_t before = DurableSeq(work.output, work.stream);
      const auto delay = std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole.count()));
      ASSERT_NO_FATAL_FAILURE(ExpectIntact(work, std::max(before, KillAfter(work, delay, tally))));
      // Every third crash is followed by a whole run, the others by the next crash.
      if (random() % 3 != 0) continue;
      if (DurableSeq(work.output, work.stream) > 0) ++tally.resumed;
      whole = std::max(whole, Finish(work));
      EXPECT_EQ(LogHashOf(work), expected);
      Clear(work);
    }
    Finish(work);
    EXPECT_EQ(LogHashOf(work), expected);
    std::printf("%s: killed %d times, resumed %d times with records in the file; uninterrupted %lld us\n",
                work.arguments.front().c_str(), tally.killed, tally.resumed,
                static_cast<long long>(whole.count()));
    EXPECT_GE(tally.killed, Rounds());
    EXPECT_GT(tally.resumed, 0);
  }
};

TEST_F(ProgramCrashTest, AnImportSurvivesBeingKilled) {
  const std::string bars = Write("bitfinex_TSTUSD_1m.csv", SomeBars(60'000));
  KillManyTimes(
      {{"import", bars, "--repeat", "4", "-o", Path("a.session")}, Path("a.session"), runs::kMarketStream});
}

TEST_F(ProgramCrashTest, ARunSurvivesBeingKilled) {
  ASSERT_TRUE(runs::WriteDemoSession(Path("small.session"), {3'600'000'000'000}).ok());
  std::string config = kSmallRun;
  config += "refresh = \"20ms\"\n";
  const std::string path = Write("a.toml", config);
  KillManyTimes({{"run", path, "-o", Path("a.run")}, Path("a.run"), runs::kRunStream});
}

// A compaction has no file before it is whole, and its source stays as it is.
TEST_F(ProgramCrashTest, ACompactionSurvivesBeingKilled) {
  ASSERT_TRUE(runs::WriteDemoSession(Path("whole.session"), {7'200'000'000'000}).ok());
  const Work work{
      {"compact", Path("whole.session"), "-o", Path("c.session")}, Path("c.session"), runs::kMarketStream};
  const Hash128 expected = LogHashOf({{}, Path("whole.session"), runs::kMarketStream});
  const auto whole = Finish(work);
  Clear(work);
  std::mt19937_64 random(kSeed);
  Tally tally;
  for (int round = 0; tally.killed < Rounds() && round < 4 * Rounds(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    KillAfter(work, std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole.count())), tally);
    if (!std::filesystem::exists(work.output)) Finish(work);
    ASSERT_NO_FATAL_FAILURE(ExpectIntact(work, 1));
    EXPECT_EQ(LogHashOf(work), expected);
    Clear(work);
  }
  EXPECT_EQ(LogHashOf({{}, Path("whole.session"), runs::kMarketStream}), expected);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1)
      << "something was left behind";
  std::printf("compact: killed %d times; uninterrupted %lld us\n", tally.killed,
              static_cast<long long>(whole.count()));
  EXPECT_GE(tally.killed, Rounds());
}

TEST_F(ProgramCrashTest, ASweepSurvivesBeingKilled) {
  ASSERT_TRUE(runs::WriteDemoSession(Path("small.session"), {1'200'000'000'000}).ok());
  const std::string config = Write("a.toml", kSmallRun);
  const Work work{{"sweep", config, "--over", "strategy.parameters.gamma=0.001,0.01,0.1", "--over",
                   "venue.latency.entry=1ms,2ms", "-j", "2", "-o", Path("a.results")},
                  Path("a.results"),
                  ""};
  const auto hash = [&] {
    std::vector<std::string> arguments = work.arguments;
    arguments.insert(arguments.begin(), "--json");
    const ProgramResult result = RunIn(directory_.string(), ProgramPath(), arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::size_t at = result.out.find("\"sweep_hash\": \"");
    EXPECT_NE(at, std::string::npos);
    return at == std::string::npos ? "" : result.out.substr(at + 15, 32);
  };
  const auto whole = Finish(work);
  const std::string expected = hash();
  Clear(work);
  std::mt19937_64 random(kSeed);
  Tally tally;
  for (int round = 0; tally.killed < Rounds() && round < 4 * Rounds(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    KillAfter(work, std::chrono::microseconds(random() % static_cast<std::uint64_t>(whole.count())), tally);
    if (random() % 3 != 0) continue;
    ASSERT_EQ(hash(), expected);
    Clear(work);
  }
  EXPECT_EQ(hash(), expected);
  std::printf("sweep: killed %d times; uninterrupted %lld us\n", tally.killed,
              static_cast<long long>(whole.count()));
  EXPECT_GE(tally.killed, Rounds());
}

}  // namespace
}  // namespace crucible::cli
