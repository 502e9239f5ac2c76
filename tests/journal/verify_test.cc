#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "framework/journal/journal.h"
#include "framework/journal/query.h"
#include "tests/journal/decision_records.h"
#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

// A file with a sealed stream of orders, a stream of market data and facts of every kind.
class VerifyTest : public JournalFixture {
 protected:
  void Write(const std::string& path) {
    auto journal = Journal::Create(path, TestManifest(), {.block_records = 512});
    ASSERT_TRUE(journal.ok()) << journal.status();
    const InputRef input{1, "/a/b", std::string(32, 'a'), 77, {3, 4}};
    ASSERT_OK(journal->SetInputs(std::span(&input, 1)));
    ASSERT_OK(journal->PutMeta("offset", "12"));
    ASSERT_OK(journal->PutMeta("offset", "13"));
    auto decisions = journal->OpenAppender("decisions", AppendMode::kContinue);
    ASSERT_TRUE(decisions.ok()) << decisions.status();
    ASSERT_TRUE((*decisions)->AppendText(DefinitionText(TestInstrument())).ok());
    ASSERT_OK((*decisions)->Append(SmallRun().records()));
    ASSERT_OK((*decisions)->Close());
    auto market = journal->OpenAppender("market", AppendMode::kContinue);
    ASSERT_TRUE(market.ok()) << market.status();
    ASSERT_OK((*market)->Append(SomeRecords(1, 3000)));
    ASSERT_OK((*market)->Commit());
    ASSERT_OK(journal->SetStatus("ended"));
  }

  static std::string Fault(const std::string& path, VerifyLevel level) {
    auto journal = Journal::Open(path);
    if (!journal.ok()) return std::string(journal.status().message());
    auto report = journal->Verify(level);
    if (!report.ok()) return std::string(report.status().message());
    return report->fault;
  }

  // Everything a user can read out of the file, as text.
  static std::string Contents(const std::string& path) {
    std::string text;
    auto journal = Journal::Open(path);
    if (!journal.ok()) return "unreadable";
    for (const char* sql :
         {"SELECT * FROM journal", "SELECT * FROM run_input", "SELECT * FROM meta ORDER BY key",
          "SELECT * FROM stream", "SELECT * FROM events", "SELECT * FROM fills", "SELECT * FROM equity",
          "SELECT * FROM state_checkpoint", "SELECT * FROM instrument",
          "SELECT stream_id, seq, body FROM text ORDER BY stream_id, seq"}) {
      const absl::Status status = Query(path, sql, [&](auto, std::span<const QueryValue> values) {
        for (const QueryValue& value : values) {
          std::visit(
              [&](const auto& v) {
                using V = std::decay_t<decltype(v)>;
                if constexpr (std::is_same_v<V, std::string>) text += v;
                if constexpr (std::is_same_v<V, std::int64_t>) text += std::to_string(v);
                text += '|';
              },
              value);
        }
        return true;
      });
      if (!status.ok()) return "unreadable";
    }
    return text;
  }
};

TEST_F(VerifyTest, AnUntouchedFileHoldsOnEveryLevel) {
  Write(Path("a"));
  auto journal = Journal::Open(Path("a"));
  ASSERT_TRUE(journal.ok());
  for (const VerifyLevel level : {VerifyLevel::kChecksum, VerifyLevel::kChain, VerifyLevel::kDecode}) {
    std::uint64_t heard = 0;
    auto report = journal->Verify(level, [&](std::uint64_t done, std::uint64_t) { heard = done; });
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->fault, "");
    EXPECT_EQ(report->records, 3000 + SmallRun().records().size());
    EXPECT_EQ(heard, report->records);
  }
}

// A flipped bit either changes nothing that can be read, or is reported.
TEST_F(VerifyTest, NoFlippedBitChangesWhatIsReadWithoutBeingReported) {
  Write(Path("a"));
  const std::string contents = Contents(Path("a"));
  ASSERT_NE(contents, "unreadable");
  std::mt19937_64 random(11);
  const auto size = std::filesystem::file_size(Path("a"));
  int changed = 0;
  for (int round = 0; round < 80; ++round) {
    const std::string copy = Path("copy");
    std::filesystem::copy_file(Path("a"), copy, std::filesystem::copy_options::overwrite_existing);
    const std::uint64_t at = random() % size;
    const int bit = static_cast<int>(random() % 8);
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ (1 << bit)));
    file.close();
    const std::string fault = Fault(copy, VerifyLevel::kDecode);
    if (Contents(copy) == contents) continue;
    ++changed;
    EXPECT_NE(fault, "") << "byte " << at << ", bit " << bit;
  }
  EXPECT_GT(changed, 10);
}

// What a patient hand can do with SQL: triggers dropped, a value changed, triggers restored.
TEST_F(VerifyTest, EditsByHandAreReportedWithTheirPlace) {
  struct Edit {
    const char* sql;
    const char* table;
  };
  const Edit edits[] = {
      {"UPDATE journal SET seed = 8", "journal"},
      {"UPDATE journal SET status = 'failed'", "journal"},
      {"UPDATE run_input SET count = 78", "run_input"},
      {"UPDATE meta SET value = '14'", "meta"},
      {"DELETE FROM meta", "meta"},
      {"UPDATE stream SET name = 'x' WHERE name = 'market'", "stream"},
      {"DELETE FROM equity", "equity"},
      {"UPDATE instrument SET tick_size = 5", "instrument"},
      {"UPDATE state_checkpoint SET hash_low = 1", "state_checkpoint"},
      {"UPDATE record_schema SET layout = ''", "record_schema"},
      {"DROP TRIGGER text_no_update; UPDATE text SET body = 'x' WHERE stream_id = 1", "text"},
      {"DROP TRIGGER text_no_delete; DELETE FROM text WHERE stream_id = 1", ""},
      {"DROP TRIGGER event_block_no_update; UPDATE event_block SET max_time = max_time + 1", "event_block"},
      {"DROP TRIGGER event_tail_no_update; UPDATE event_tail SET payload = zeroblob(64 * n)", "event_tail"},
      {"DROP TRIGGER event_block_no_delete; DELETE FROM event_block WHERE first_seq = 513", "seq"},
      {"DROP VIEW stream_head", "sqlite_master"},
  };
  Write(Path("a"));
  for (const Edit& edit : edits) {
    std::filesystem::copy_file(Path("a"), Path("b"), std::filesystem::copy_options::overwrite_existing);
    const std::string command = "sqlite3 '" + Path("b") + "' \"" + edit.sql + "\"";
    if (std::system("command -v sqlite3 > /dev/null") != 0) GTEST_SKIP() << "no sqlite3 program";
    ASSERT_EQ(std::system(command.c_str()), 0) << edit.sql;
    const std::string fault = Fault(Path("b"), VerifyLevel::kDecode);
    EXPECT_NE(fault, "") << edit.sql;
    EXPECT_NE(fault.find(edit.table), std::string::npos) << edit.sql << ": " << fault;
  }
}

TEST_F(VerifyTest, TriggersRefuseAccidents) {
  if (std::system("command -v sqlite3 > /dev/null") != 0) GTEST_SKIP() << "no sqlite3 program";
  Write(Path("a"));
  for (const char* sql : {"UPDATE event_block SET n = n", "DELETE FROM event_block", "DELETE FROM event_tail",
                          "DELETE FROM text", "UPDATE text SET body = ''", "UPDATE event_tail SET n = n",
                          "INSERT OR REPLACE INTO event_block SELECT * FROM event_block LIMIT 1",
                          "INSERT OR REPLACE INTO event_tail SELECT * FROM event_tail LIMIT 1",
                          "INSERT OR REPLACE INTO text SELECT * FROM text LIMIT 1",
                          "INSERT INTO event_tail VALUES(2, 9999, 1, 0, zeroblob(64))"}) {
    const std::string command = "sqlite3 '" + Path("a") + "' \"" + sql + "\" 2> /dev/null";
    EXPECT_NE(std::system(command.c_str()), 0) << sql;
  }
  EXPECT_EQ(Fault(Path("a"), VerifyLevel::kDecode), "");
}

}  // namespace
}  // namespace crucible::journal
