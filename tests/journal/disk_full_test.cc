// A disk that fills up, for real: SQLite's writes are answered with ENOSPC from a moment on, and it says
// SQLITE_FULL. The program's own pwrite64 stands before the library's, so no file system of a small size is
// needed.

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <random>

#include "tests/journal/journal_fixture.h"

namespace {

std::atomic<std::int64_t> g_bytes_left{INT64_MAX};

ssize_t WriteAt(int file, const void* bytes, std::size_t count, off64_t at) {
  if (g_bytes_left.fetch_sub(static_cast<std::int64_t>(count)) < static_cast<std::int64_t>(count)) {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_pwrite64, file, bytes, count, at);
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) ssize_t pwrite64(int file, const void* bytes, std::size_t count,
                                                        off64_t at) {
  return WriteAt(file, bytes, count, at);
}
__attribute__((visibility("default"))) ssize_t pwrite(int file, const void* bytes, std::size_t count,
                                                      off_t at) {
  return WriteAt(file, bytes, count, at);
}
}

namespace crucible::journal {
namespace {

class DiskFullTest : public JournalFixture {
 protected:
  ~DiskFullTest() override { g_bytes_left = INT64_MAX; }
};

TEST_F(DiskFullTest, TheWriterSaysSoAndWhatWasAcknowledgedStays) {
  const std::vector<Event> records = SomeRecords(1, 60'000);
  std::mt19937_64 random(37);
  for (int round = 0; round < 12; ++round) {
    const std::string path = Path(std::to_string(round));
    std::uint64_t acknowledged = 0;
    absl::Status status;
    {
      Journal journal = Journal::Create(path, TestManifest(), {.block_records = 512}).value();
      auto appender = std::move(journal.OpenAppender("market", AppendMode::kContinue)).value();
      g_bytes_left = static_cast<std::int64_t>(random() % 400'000);
      for (std::size_t at = 0; at < records.size() && status.ok(); at += 1'500) {
        status = appender->Append(std::span(records).subspan(at, 1'500));
        if (status.ok()) status = appender->Commit();
        acknowledged = std::max(acknowledged, appender->durable_seq());
      }
    }
    g_bytes_left = INT64_MAX;
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << round << status;
    EXPECT_NE(status.message().find("full"), std::string::npos) << status;
    Journal journal = Journal::Open(path, {.read_only = false}).value();
    EXPECT_EQ(journal.Verify(VerifyLevel::kDecode)->fault, "") << round;
    auto appender = std::move(journal.OpenAppender("market", AppendMode::kReplayPrefix)).value();
    EXPECT_GE(appender->durable_seq(), acknowledged) << round;
    ASSERT_OK(appender->Append(records));
    ASSERT_OK(appender->Close());
    EXPECT_EQ(ReadAll(journal, "market"), records);
  }
}

TEST_F(DiskFullTest, AFileThatCannotBeMadeIsNotThere) {
  g_bytes_left = 20'000;
  const absl::Status status = Journal::Create(Path("a"), TestManifest()).status();
  g_bytes_left = INT64_MAX;
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_FALSE(std::filesystem::exists(Path("a")));
  ASSERT_OK(Journal::Create(Path("a"), TestManifest()).status());
}

}  // namespace
}  // namespace crucible::journal
