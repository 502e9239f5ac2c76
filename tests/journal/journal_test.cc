#include "framework/journal/journal.h"

#include <gtest/gtest.h>

#include "framework/event/log_hash.h"
#include "tests/journal/journal_fixture.h"

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

}  // namespace
}  // namespace crucible::journal
