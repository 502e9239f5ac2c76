#include "framework/journal/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "framework/event/log_hash.h"
#include "tests/journal/decision_records.h"
#include "tests/journal/journal_fixture.h"
#include "tests/journal/record_maker.h"

namespace crucible::journal {
namespace {

using JournalTest = JournalFixture;

TEST_F(JournalTest, WhatWasAppendedIsReadBackAfterReopening) {
  const std::vector<Event> records = SomeRecords(1, 20'000);
  {
    auto journal = Journal::Create(Path("a"), TestManifest());
    ASSERT_TRUE(journal.ok()) << journal.status();
    auto appender = journal->OpenAppender("market", AppendMode::kContinue);
    ASSERT_TRUE(appender.ok()) << appender.status();
    ASSERT_OK((*appender)->Append(records));
    ASSERT_OK((*appender)->Close());
    EXPECT_EQ((*appender)->durable_seq(), 20'000u);
  }
  auto journal = Journal::Open(Path("a"));
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_EQ(ReadAll(*journal, "market"), records);
  LogHash expected;
  expected.Add(records);
  auto head = journal->Head("market");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(*head, (StreamHead{20'000, expected.value()}));
  EXPECT_EQ(journal->manifest(), TestManifest());
}

TEST_F(JournalTest, CommittedRecordsThatAreNotSealedYetAreReadToo) {
  auto journal = Journal::Create(Path("a"), TestManifest());
  ASSERT_TRUE(journal.ok());
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  ASSERT_TRUE(appender.ok());
  ASSERT_OK((*appender)->Append(SomeRecords(1, 10)));
  ASSERT_OK((*appender)->Commit());
  ASSERT_OK((*appender)->Append(SomeRecords(11, 5)));
  ASSERT_OK((*appender)->Commit());
  EXPECT_EQ((*appender)->durable_seq(), 15u);
  auto reader = Journal::Open(Path("a"));
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(ReadAll(*reader, "market"), SomeRecords(1, 15));
  auto head = reader->Head("market");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->log_hash, (*appender)->log_hash());
}

TEST_F(JournalTest, AppendingContinuesBehindTheTailOfAnEarlierWriter) {
  {
    auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 64});
    auto appender = journal->OpenAppender("market", AppendMode::kContinue);
    ASSERT_OK((*appender)->Append(SomeRecords(1, 100)));
    ASSERT_OK((*appender)->Commit());
  }
  auto journal = Journal::Open(Path("a"), {.read_only = false});
  ASSERT_TRUE(journal.ok()) << journal.status();
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  ASSERT_TRUE(appender.ok()) << appender.status();
  EXPECT_EQ((*appender)->last_seq(), 100u);
  ASSERT_OK((*appender)->Append(SomeRecords(101, 200)));
  ASSERT_OK((*appender)->Close());
  EXPECT_EQ(ReadAll(*journal, "market"), SomeRecords(1, 300));
}

class ReplayPrefixTest : public JournalFixture {
 protected:
  // 150 records and one text are durable: two blocks of 64, and a tail.
  void SetUp() override {
    auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 64});
    auto appender = journal->OpenAppender("market", AppendMode::kContinue);
    ASSERT_TRUE((*appender)->AppendText("first").ok());
    ASSERT_OK((*appender)->Append(SomeRecords(1, 150)));
    ASSERT_OK((*appender)->Commit());
  }
  std::unique_ptr<Appender> Resume() {
    auto journal = Journal::Open(Path("a"), {.read_only = false});
    EXPECT_TRUE(journal.ok()) << journal.status();
    journal_.emplace(std::move(*journal));
    auto appender = journal_->OpenAppender("market", AppendMode::kReplayPrefix);
    EXPECT_TRUE(appender.ok()) << appender.status();
    return std::move(*appender);
  }
  std::optional<Journal> journal_;
};

TEST_F(ReplayPrefixTest, AnEqualPrefixIsNotWrittenAgain) {
  auto appender = Resume();
  auto text = appender->AppendText("first");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, 1u);
  ASSERT_OK(appender->Append(SomeRecords(1, 40)));
  ASSERT_OK(appender->Append(SomeRecords(41, 460)));
  EXPECT_EQ(*appender->AppendText("second"), 2u);
  ASSERT_OK(appender->Close());
  EXPECT_EQ(ReadAll(*journal_, "market"), SomeRecords(1, 500));
  LogHash expected;
  expected.Add(SomeRecords(1, 500));
  EXPECT_EQ(appender->log_hash(), expected.value());
  EXPECT_EQ(journal_->Head("market")->log_hash, expected.value());
  EXPECT_EQ(*journal_->Text("market", 2), "second");
}

TEST_F(ReplayPrefixTest, ADifferentRecordIsNamedWithItsField) {
  auto appender = Resume();
  std::vector<Event> records = SomeRecords(1, 150);
  records[99].body[1] = 101;
  const absl::Status status = appender->Append(records);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("seq 100"), absl::string_view::npos) << status;
  EXPECT_NE(status.message().find("quantity is 100 in the journal, 101 now"), absl::string_view::npos)
      << status;
  EXPECT_EQ(appender->Append(SomeRecords(1, 1)).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ReplayPrefixTest, ADifferentTextIsRefused) {
  EXPECT_EQ(Resume()->AppendText("other").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(JournalTest, AStreamHasNoGaps) {
  auto journal = Journal::Create(Path("a"), TestManifest());
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  ASSERT_OK((*appender)->Append(SomeRecords(1, 3)));
  EXPECT_EQ((*appender)->Append(SomeRecords(5, 1)).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(JournalTest, RangesBoundBySequenceAndTime) {
  auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 100});
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  const std::vector<Event> records = SomeRecords(1, 1050);
  ASSERT_OK((*appender)->Append(records));
  ASSERT_OK((*appender)->Commit());
  const auto part = [&](std::size_t first, std::size_t last) {
    return std::vector<Event>(records.begin() + static_cast<std::ptrdiff_t>(first) - 1,
                              records.begin() + static_cast<std::ptrdiff_t>(last));
  };
  EXPECT_EQ(ReadAll(*journal, "market", {.first_seq = 250, .last_seq = 777}), part(250, 777));
  EXPECT_EQ(ReadAll(*journal, "market", {.first_seq = 1001}), part(1001, 1050));
  EXPECT_EQ(ReadAll(*journal, "market", {.min_time = records[149].time, .max_time = records[950].time}),
            part(150, 951));
  EXPECT_TRUE(ReadAll(*journal, "market", {.first_seq = 2000}).empty());
  EXPECT_EQ(journal->Read("nothing").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(JournalTest, ColumnsAreThoseOfTheRecords) {
  auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 1000});
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  const std::vector<Event> records = RecordMaker(9).Make();
  std::vector<Event> renumbered = records;
  for (std::size_t i = 0; i < renumbered.size(); ++i) renumbered[i].seq = i + 1;
  ASSERT_OK((*appender)->Append(renumbered));
  ASSERT_OK((*appender)->Commit());
  for (std::uint32_t columns = 0; columns < 256; columns += columns < 16 ? 1 : 13) {
    auto cursor = journal->ReadColumns("market", columns, {.first_seq = 3});
    ASSERT_TRUE(cursor.ok());
    std::size_t at = 2;
    while (true) {
      auto block = (*cursor)->Next();
      ASSERT_TRUE(block.ok()) << block.status();
      if (block->count == 0) break;
      ASSERT_EQ(block->first_seq, at + 1);
      for (std::size_t i = 0; i < block->count; ++i, ++at) {
        const Event& event = renumbered[at];
        if (columns & column::kTime) {
          ASSERT_EQ(block->time[i], event.time);
        }
        if (columns & column::kOrigin) {
          ASSERT_EQ(block->origin[i], event.origin);
        }
        if (columns & column::kInstrument) {
          ASSERT_EQ(block->instrument[i], event.instrument);
        }
        if (columns & column::kKind) {
          ASSERT_EQ(KindOf(block->kind[i]), event.kind);
          ASSERT_EQ(SideOf(block->kind[i]), event.side);
          ASSERT_EQ(FlagsOf(block->kind[i]), event.flags);
        }
        for (std::size_t slot = 0; slot < 4; ++slot) {
          ASSERT_EQ(block->body[slot].empty(), (columns & (column::kBody0 << slot)) == 0);
          if (columns & (column::kBody0 << slot)) {
            ASSERT_EQ(block->body[slot][i], event.body[slot]);
          }
        }
      }
    }
    ASSERT_EQ(at, renumbered.size());
  }
}

TEST_F(JournalTest, FactsSurviveReopening) {
  const InputRef input{1, "somewhere/session", std::string(32, 'b'), 99, {5, 6}};
  {
    auto journal = Journal::Create(Path("a"), TestManifest());
    ASSERT_OK(journal->SetInputs(std::span(&input, 1)));
    ASSERT_OK(journal->PutMeta("offset", "17"));
    ASSERT_OK(journal->SetStatus("ended"));
  }
  auto journal = Journal::Open(Path("a"));
  ASSERT_TRUE(journal.ok());
  EXPECT_EQ(journal->inputs(), std::vector<InputRef>{input});
  EXPECT_EQ(journal->Meta("offset")->value_or(""), "17");
  EXPECT_FALSE(journal->Meta("other")->has_value());
  EXPECT_EQ(journal->manifest().status, "ended");
}

TEST_F(JournalTest, OpeningWhatIsNoJournalSaysWhy) {
  EXPECT_EQ(Journal::Open(Path("none")).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(Path("text")) << std::string(5000, 'x');
  EXPECT_EQ(Journal::Open(Path("text")).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Journal::Create(Path("a"), TestManifest()).ok());
  EXPECT_EQ(Journal::Create(Path("a"), TestManifest()).status().code(), absl::StatusCode::kAlreadyExists);
  if (std::system("command -v sqlite3 > /dev/null") != 0) GTEST_SKIP() << "no sqlite3 program";
  ASSERT_EQ(std::system(("sqlite3 '" + Path("other") + "' 'CREATE TABLE t(x)'").c_str()), 0);
  EXPECT_EQ(Journal::Open(Path("other")).status().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(std::system(("sqlite3 '" + Path("a") + "' 'PRAGMA user_version = 99'").c_str()), 0);
  const absl::Status newer = Journal::Open(Path("a")).status();
  EXPECT_EQ(newer.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(newer.message().find("version 99"), absl::string_view::npos) << newer;
}

TEST_F(JournalTest, WhatAnInterruptedCreationLeftBehindDoesNotMatter) {
  for (const char* orphan : {"a-new", "a-new-wal", "a-wal", "a-shm"}) {
    std::ofstream(Path(orphan)) << std::string(10'000, 'x');
  }
  {
    auto journal = Journal::Create(Path("a"), TestManifest());
    ASSERT_TRUE(journal.ok()) << journal.status();
    EXPECT_EQ(journal->Verify(VerifyLevel::kDecode)->fault, "");
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_), {}), 1);
}

TEST_F(JournalTest, ASecondWriterIsRefusedAndReadersAreNot) {
  auto journal = Journal::Create(Path("a"), TestManifest());
  ASSERT_TRUE(journal.ok());
  const absl::Status second = Journal::Open(Path("a"), {.read_only = false}).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.message().find("another writer"), absl::string_view::npos) << second;
  auto reader = Journal::Open(Path("a"));
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE(reader->OpenAppender("market", AppendMode::kContinue).ok());
  EXPECT_FALSE(reader->PutMeta("a", "b").ok());
}

TEST_F(JournalTest, ClosingLeavesOneFile) {
  {
    ASSERT_TRUE(Journal::Create(Path("a"), TestManifest()).ok());
  }
  {
    ASSERT_TRUE(Journal::Open(Path("a")).ok());
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"a"});
}

// In a child that gives up its rights: the tests may run as root.
TEST_F(JournalTest, AFileInADirectoryThatNobodyMayWriteToIsReadable) {
  {
    auto journal = Journal::Create(Path("a"), TestManifest());
    auto appender = journal->OpenAppender("market", AppendMode::kContinue);
    ASSERT_OK((*appender)->Append(SomeRecords(1, 100)));
    ASSERT_OK((*appender)->Close());
  }
  using std::filesystem::perms;
  std::filesystem::permissions(Path("a"), perms(0444));
  std::filesystem::permissions(directory_, perms(0555));
  EXPECT_EXIT(
      {
        if (geteuid() == 0 && seteuid(65534) != 0) _exit(3);
        auto journal = Journal::Open(Path("a"));
        if (!journal.ok()) {
          std::cerr << journal.status() << '\n';
          _exit(1);
        }
        _exit(ReadAll(*journal, "market").size() == 100 ? 0 : 2);
      },
      testing::ExitedWithCode(0), "");
  std::filesystem::permissions(directory_, perms::owner_all);
}

TEST_F(JournalTest, AGroupCutByACommitIsProjectedOnce) {
  const std::vector<Event> records = SmallRun().records();
  for (std::size_t cut = 1; cut < records.size(); ++cut) {
    const std::string path = Path("cut" + std::to_string(cut));
    {
      auto journal = Journal::Create(path, TestManifest());
      auto appender = journal->OpenAppender("decisions", AppendMode::kContinue);
      ASSERT_TRUE((*appender)->AppendText(DefinitionText(TestInstrument())).ok());
      ASSERT_OK((*appender)->Append(std::span(records).first(cut)));
      ASSERT_OK((*appender)->Commit());
    }
    auto journal = Journal::Open(path, {.read_only = false});
    auto appender = journal->OpenAppender("decisions", AppendMode::kContinue);
    ASSERT_TRUE(appender.ok()) << appender.status();
    ASSERT_OK((*appender)->Append(std::span(records).subspan(cut)));
    ASSERT_OK((*appender)->Close());
    ASSERT_EQ(journal->Verify(VerifyLevel::kDecode)->fault, "") << "cut " << cut;
    ASSERT_EQ(journal->instruments(), std::vector<Instrument>{TestInstrument()});
  }
}

TEST_F(JournalTest, DefinitionsAreFoundWhereverTheyStand) {
  auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 256});
  auto appender = journal->OpenAppender("market", AppendMode::kContinue);
  ASSERT_TRUE((*appender)->AppendText(DefinitionText(TestInstrument())).ok());
  // Behind blocks without any, cut by the end of a block, and in the tail.
  std::vector<Event> records = SomeRecords(1, 3'000);
  Instrument instrument = TestInstrument();
  const std::size_t places[] = {0, 1'000, 255 + 1'024, 2'998};
  for (const std::size_t place : places) {
    ++instrument.tick_size.units;
    auto group = DefinitionRecords(instrument, {7}, records[place].at(), 1);
    for (std::size_t i = 0; i < 2; ++i) {
      group[i].seq = place + i + 1;
      records[place + i] = group[i];
    }
  }
  ASSERT_OK((*appender)->Append(records));
  ASSERT_OK((*appender)->Commit());
  const auto found = journal->DefinitionsIn("market");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), std::size(places));
  for (std::size_t i = 0; i < found->size(); ++i) {
    EXPECT_EQ((*found)[i].seq, places[i] + 1);
    EXPECT_EQ((*found)[i].id, InstrumentId{7});
    EXPECT_EQ((*found)[i].time, records[places[i]].at());
    EXPECT_EQ((*found)[i].instrument.tick_size.units,
              TestInstrument().tick_size.units + static_cast<std::int64_t>(i) + 1);
  }
  EXPECT_EQ(journal->instruments()[7], instrument);
}

}  // namespace
}  // namespace crucible::journal
