#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

constexpr std::uint64_t kTotal = 400'000;

int Rounds() {
  const char* rounds = std::getenv("CRUCIBLE_CRASH_ROUNDS");
  return rounds == nullptr ? 10 : std::atoi(rounds);
}

// Appends from where the file ends, in pieces of a seeded size, and reports each durable sequence through
// `pipe`.
[[noreturn]] void AppendUntilKilled(const std::string& path, std::uint64_t seed, int pipe) {
  std::mt19937_64 random(seed);
  auto journal = Journal::Open(path, {.read_only = false});
  if (!journal.ok()) _exit(2);
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  if (!appender.ok()) _exit(3);
  while ((*appender)->last_seq() < kTotal) {
    const std::uint64_t count =
        std::min<std::uint64_t>(1 + random() % 3000, kTotal - (*appender)->last_seq());
    if (!(*appender)->Append(SomeRecords((*appender)->last_seq() + 1, count)).ok()) _exit(4);
    if (random() % 2 == 0 && !(*appender)->Commit().ok()) _exit(5);
    const std::uint64_t durable = (*appender)->durable_seq();
    if (write(pipe, &durable, sizeof durable) != sizeof durable) _exit(6);
  }
  _exit((*appender)->Close().ok() ? 0 : 7);
}

struct Child {
  std::uint64_t acknowledged = 0;
  int status = 0;
};

Child RunAndKill(const std::string& path, std::uint64_t seed, unsigned microseconds) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    AppendUntilKilled(path, seed, ends[1]);
  }
  close(ends[1]);
  usleep(microseconds);
  kill(child, SIGKILL);
  Child result;
  std::uint64_t durable = 0;
  while (read(ends[0], &durable, sizeof durable) == sizeof durable) result.acknowledged = durable;
  close(ends[0]);
  waitpid(child, &result.status, 0);
  return result;
}

using CrashTest = JournalFixture;

TEST_F(CrashTest, WhatWasAcknowledgedSurvivesAKilledWriter) {
  std::mt19937_64 random(21);
  ASSERT_TRUE(Journal::Create(Path("a"), TestManifest(), {.block_records = 1024}).ok());
  for (int round = 0; round < Rounds(); ++round) {
    const std::uint64_t seed = random();
    const Child child = RunAndKill(Path("a"), seed, 3000 + static_cast<unsigned>(random() % 30'000));
    if (WIFEXITED(child.status)) {
      ASSERT_EQ(WEXITSTATUS(child.status), 0) << "seed " << seed;
    }
    auto journal = Journal::Open(Path("a"));
    ASSERT_TRUE(journal.ok()) << journal.status();
    if (journal->streams().empty()) continue;
    auto head = journal->Head("market");
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_GE(head->last_seq, child.acknowledged) << "seed " << seed;
    auto report = journal->Verify(VerifyLevel::kDecode);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->fault, "") << "seed " << seed;
  }
  auto journal = Journal::Open(Path("a"), {.read_only = false});
  ASSERT_TRUE(journal.ok()) << journal.status();
  auto appender = journal->OpenAppender("market", AppendMode::kReplayPrefix);
  ASSERT_TRUE(appender.ok()) << appender.status();
  for (std::uint64_t first = 1; first < kTotal; first += 10'000) {
    ASSERT_OK((*appender)->Append(SomeRecords(first, 10'000)));
  }
  ASSERT_OK((*appender)->Close());
  LogHash expected;
  expected.Add(SomeRecords(1, kTotal));
  EXPECT_EQ(journal->Head("market")->log_hash, expected.value());
}

}  // namespace
}  // namespace crucible::journal
