#include "framework/journal/async_appender.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

class AsyncAppenderTest : public JournalFixture {
 protected:
  void SetUp() override {
    auto created = Journal::Create(Path("a"), TestManifest());
    ASSERT_TRUE(created.ok());
    journal_.emplace(std::move(*created));
  }
  std::unique_ptr<Appender> OpenAppender() {
    auto appender = journal_->OpenAppender("live", AppendMode::kContinue);
    EXPECT_TRUE(appender.ok());
    return std::move(*appender);
  }
  std::optional<Journal> journal_;
};

TEST_F(AsyncAppenderTest, EveryPushedRecordIsInTheJournalInOrder) {
  const std::vector<Event> records = SomeRecords(1, 300'000);
  AsyncAppender recorder(OpenAppender());
  for (const Event& event : records) {
    while (!recorder.TryPush(event)) std::this_thread::yield();
  }
  ASSERT_OK(recorder.Stop());
  EXPECT_EQ(recorder.durable_seq(), records.size());
  EXPECT_EQ(ReadAll(*journal_, "live"), records);
}

TEST_F(AsyncAppenderTest, AFewRecordsBecomeDurableWithoutBeingStopped) {
  AsyncAppender recorder(OpenAppender());
  for (const Event& event : SomeRecords(1, 5)) ASSERT_TRUE(recorder.TryPush(event));
  for (int i = 0; i < 5000 && recorder.durable_seq() < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(recorder.durable_seq(), 5u);
}

TEST_F(AsyncAppenderTest, AWriterThatFailsSaysSoWhenStopped) {
  AsyncAppender recorder(OpenAppender());
  ASSERT_TRUE(recorder.TryPush(SomeRecords(2, 1)[0]));  // a gap
  EXPECT_EQ(recorder.Stop().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(recorder.failed());
}

}  // namespace
}  // namespace crucible::journal
