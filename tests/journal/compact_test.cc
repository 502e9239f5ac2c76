#include "framework/journal/compact.h"

#include <fstream>

#include "framework/journal/verify.h"
#include "tests/journal/journal_fixture.h"
#include "tests/journal/stored_file.h"

namespace crucible::journal {
namespace {

class CompactTest : public JournalFixture {
 protected:
  // Many small blocks and a tail, with texts, inputs and meta.
  Journal MakeFragmented(std::span<const Event> records) {
    Journal journal = Journal::Create(Path("old"), TestManifest(), {.block_records = 64}).value();
    EXPECT_TRUE(journal.SetInputs(std::vector<InputRef>{{1, "in.session", "abc", 5, {6, 7}}}).ok());
    EXPECT_TRUE(journal.PutMeta("doctor", "no findings").ok());
    auto appender = std::move(journal.OpenAppender("market", AppendMode::kContinue)).value();
    EXPECT_TRUE(appender->AppendText("venue\nsymbol").ok());
    EXPECT_TRUE(appender->Append(records).ok());
    EXPECT_TRUE(appender->Commit().ok());
    EXPECT_TRUE(journal.SetStatus("ended").ok());
    return Journal::Open(Path("old")).value();
  }
};

TEST_F(CompactTest, KeepsEverythingThatAReaderSees) {
  const std::vector<Event> records = SomeRecords(1, 6000);
  const Journal old = MakeFragmented(records);
  const auto report = Compact(old, Path("new"));
  ASSERT_OK(report.status());
  EXPECT_EQ(report->records, records.size());
  const Journal compacted = Journal::Open(Path("new")).value();
  EXPECT_EQ(compacted.Head("market").value(), old.Head("market").value());
  EXPECT_EQ(ReadAll(compacted, "market"), records);
  EXPECT_EQ(compacted.Text("market", 1).value(), "venue\nsymbol");
  EXPECT_EQ(compacted.manifest(), old.manifest());
  EXPECT_EQ(compacted.inputs(), old.inputs());
  EXPECT_EQ(compacted.Meta("doctor").value(), "no findings");
  EXPECT_EQ(compacted.Size("market")->tail_records, 0u);
  EXPECT_EQ(compacted.Size("market")->blocks, 1u);
  EXPECT_TRUE(compacted.Verify(VerifyLevel::kDecode)->ok());
}

TEST_F(CompactTest, TellsWhereTheOldChainEnded) {
  const Journal old = MakeFragmented(SomeRecords(1, 1000));
  ASSERT_OK(Compact(old, Path("new")).status());
  const std::string from = Journal::Open(Path("new"))->Meta("compacted_from").value().value();
  EXPECT_NE(from.find(old.uuid()), std::string::npos) << from;
  EXPECT_EQ(old.ChainHead("market")->size(), 64u);
  EXPECT_NE(from.find(*old.ChainHead("market")), std::string::npos) << from;
}

TEST_F(CompactTest, MakesACurrentFileOfAnOlderFormat) {
  WriteStored("format_1.session", Path("old"));
  const Journal old = Journal::Open(Path("old")).value();
  ASSERT_OK(Compact(old, Path("new")).status());
  const auto compacted = Journal::Open(Path("new"), {.read_only = false});
  ASSERT_OK(compacted.status());
  EXPECT_EQ(compacted->Head("market").value(), old.Head("market").value());
  EXPECT_EQ(compacted->instruments().size(), old.instruments().size());
  EXPECT_TRUE(compacted->Verify(VerifyLevel::kDecode)->ok());
}

TEST_F(CompactTest, RefusesWhatIsBeingWrittenAndLeavesNothingBehind) {
  Journal growing = Journal::Create(Path("old"), TestManifest()).value();
  EXPECT_EQ(Compact(growing, Path("new")).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_OK(growing.SetStatus("ended"));
  std::ofstream(Path("new")) << "precious";
  EXPECT_EQ(Compact(growing, Path("new")).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(Path("new")), 8u);
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    EXPECT_EQ(entry.path().filename().string().find("-compacting"), std::string::npos) << entry.path();
}

}  // namespace
}  // namespace crucible::journal
