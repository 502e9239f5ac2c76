#include "framework/journal/results_file.h"

#include <gtest/gtest.h>

#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

using ResultsFileTest = JournalFixture;

StoredResult Some(std::uint64_t id, std::uint64_t log_hash = 7) {
  return {{id, id + 1}, R"({"window":"5"})", {log_hash, 9}, R"({"net_profit":"1.50"})"};
}

TEST_F(ResultsFileTest, GivesBackWhatWasPutAlsoAfterReopening) {
  {
    auto file = ResultsFile::Open(Path("a.results"));
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_OK(file->Put(Some(1)));
    ASSERT_OK(file->Put(Some(2)));
  }
  auto file = ResultsFile::Open(Path("a.results"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(**file->Find({2, 3}), Some(2));
  EXPECT_EQ(*file->Find({5, 6}), std::nullopt);
}

TEST_F(ResultsFileTest, PutReplacesASummaryButRefusesAnotherLogHash) {
  auto file = ResultsFile::Open(Path("a.results"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_OK(file->Put(Some(1)));
  StoredResult newer = Some(1);
  newer.summary = "{}";
  ASSERT_OK(file->Put(newer));
  EXPECT_EQ((*file->Find({1, 2}))->summary, "{}");
  const absl::Status refused = file->Put(Some(1, 8));
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << refused;
}

TEST_F(ResultsFileTest, ASecondWriterIsToldThatTheFileIsTaken) {
  auto first = ResultsFile::Open(Path("a.results"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ResultsFile::Open(Path("a.results")).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ResultsFileTest, AJournalIsNoResultsFile) {
  ASSERT_TRUE(Journal::Create(Path("run"), TestManifest(), {}).ok());
  EXPECT_EQ(ResultsFile::Open(Path("run")).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace crucible::journal
