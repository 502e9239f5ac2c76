#include "framework/journal/verify.h"
#include "tests/journal/journal_fixture.h"
#include "tests/journal/stored_file.h"

namespace crucible::journal {
namespace {

class Format1Test : public JournalFixture {
 protected:
  Format1Test() { WriteStored("format_1.session", Path("old")); }
};

TEST_F(Format1Test, IsReadAndVerified) {
  const auto journal = Journal::Open(Path("old"));
  ASSERT_OK(journal.status());
  EXPECT_EQ(journal->Head("market")->last_seq, 3003u);
  EXPECT_EQ(ToHex(journal->Head("market")->log_hash), "6e89e12e3b5f87161340a4111cff8556");
  // Level kDecode computes the log hash of what was decoded.
  const auto report = journal->Verify(VerifyLevel::kDecode);
  ASSERT_OK(report.status());
  EXPECT_TRUE(report->ok());
}

TEST_F(Format1Test, GivesColumnsThatEqualItsRecords) {
  const auto journal = Journal::Open(Path("old"));
  ASSERT_OK(journal.status());
  const std::vector<Event> records = ReadAll(*journal, "market");
  auto cursor = std::move(journal->ReadColumns("market", column::kBody0 | column::kTime)).value();
  std::size_t seen = 0;
  while (true) {
    const ColumnBlock block = cursor->Next().value();
    if (block.count == 0) break;
    for (std::size_t i = 0; i < block.count; ++i, ++seen) {
      ASSERT_EQ(block.time[i], records[seen].time);
      ASSERT_EQ(block.body[0][i], records[seen].body[0]);
    }
  }
  EXPECT_EQ(seen, records.size());
}

TEST_F(Format1Test, IsNotWrittenTo) {
  const auto journal = Journal::Open(Path("old"), {.read_only = false});
  EXPECT_EQ(journal.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(journal.status().message().find("compact"), std::string::npos) << journal.status();
}

}  // namespace
}  // namespace crucible::journal
