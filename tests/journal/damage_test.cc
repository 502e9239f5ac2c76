// What happens to a journal when media, disks and neighbours fail. Each case ends in a clear error or in no
// effect, and nothing that was acknowledged is lost.
//
// Long forms: CRUCIBLE_DAMAGE_FLIPS says how many bits are flipped anywhere (default 120; 100000),
// CRUCIBLE_DAMAGE_STRIDE how far apart the bits are that are flipped in three pages of every table (default
// 20011; 1 for each), and CRUCIBLE_DAMAGE_TABLES of which tables ("block,text"; all).
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>

#include "framework/journal/connection.h"
#include "framework/journal/event_rows.h"
#include "framework/journal/query.h"
#include "tests/journal/decision_records.h"
#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

constexpr std::uint64_t kPageBytes = 8192;

class DamageTest : public JournalFixture {
 protected:
  // A session with every table filled: facts, texts, blocks, a tail and projections.
  void Write(const std::string& path) const {
    Journal journal = Journal::Create(path, TestManifest(), {.block_records = 512}).value();
    const InputRef input{1, "/a/b", std::string(32, 'a'), 77, {3, 4}};
    ASSERT_OK(journal.SetInputs(std::span(&input, 1)));
    ASSERT_OK(journal.PutMeta("offset", "12"));
    auto decisions = std::move(journal.OpenAppender("decisions", AppendMode::kContinue)).value();
    ASSERT_OK(decisions->AppendText(DefinitionText(TestInstrument())).status());
    ASSERT_OK(decisions->Append(SmallRun().records()));
    ASSERT_OK(decisions->Close());
    auto market = std::move(journal.OpenAppender("market", AppendMode::kContinue)).value();
    ASSERT_OK(market->Append(SomeRecords(1, 3000)));
    ASSERT_OK(market->Commit());
    ASSERT_OK(journal.SetStatus("ended"));
  }

  static std::string Fault(const std::string& path) {
    const auto journal = Journal::Open(path);
    if (!journal.ok()) return std::string(journal.status().message());
    const auto report = journal->Verify(VerifyLevel::kDecode);
    return report.ok() ? report->fault : std::string(report.status().message());
  }

  // Everything a user can read out of the file: of each table its rows as text, or "error". The views of the temp schema are left out: they are
  // made of `events` alone, and to make eighty of them for every bit would take two thirds of the time.
  using Tables = std::map<std::string, std::string>;
  static Tables Contents(const std::string& path) {
    Tables tables;
    const auto connection = Connection::Open(path, {});
    sqlite3* database = connection.ok() ? (*connection)->database() : nullptr;
    absl::Status status = connection.ok() ? RegisterEvents(database) : connection.status();
    if (status.ok()) status = RegisterOrders(database);
    if (status.ok()) status = RegisterFills(database, "fills");
    for (const char* table : {"journal", "run_input", "meta", "stream", "events", "orders", "fills", "equity",
                              "state_checkpoint", "instrument"}) {
      std::string& text = tables[table];
      if (!status.ok() || !AddRows(database, table, text).ok()) text = "error";
    }
    return tables;
  }

  static absl::Status AddRows(sqlite3* database, const char* table, std::string& text) {
    CRUCIBLE_ASSIGN_OR_RETURN(Statement select,
                              Statement::Prepare(database, std::string("SELECT * FROM ") + table));
    const int columns = sqlite3_column_count(select.handle());
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
      if (!row) return absl::OkStatus();
      for (int column = 0; column < columns; ++column) {
        if (sqlite3_column_type(select.handle(), column) == SQLITE_INTEGER) {
          std::array<char, 24> digits;
          const auto end = std::to_chars(digits.begin(), digits.end(), select.Int(column)).ptr;
          text.append(digits.data(), end);
        } else {
          text += select.Text(column);
        }
        text += '|';
      }
    }
  }

  static void Flip(const std::string& path, std::uint64_t bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(static_cast<char>(byte ^ (1 << (bit % 8))));
  }

  // Whether a user who reads the message knows where to look.
  static bool NamesAPlace(const std::string& fault) {
    for (const char* word : {"table", "stream", "block", "text ", "page", "index", "row", "record",
                             "format version", "application id", "not an SQLite file", "schema"}) {
      if (fault.find(word) != std::string::npos) return true;
    }
    return false;
  }

  // Tables folded from records are whole, or an error.
  static void ExpectNothingShort(const std::string& path, const Tables& contents) {
    const Tables found = Contents(path);
    for (const char* table : {"events", "orders", "fills"})
      ASSERT_TRUE(found.at(table) == contents.at(table) || found.at(table) == "error") << table;
  }

  struct Tally {
    std::uint64_t flips = 0, reported = 0;
  };
  // Flips a bit and back. What is not reported must not change what anybody reads.
  void FlipOnce(const std::string& path, std::uint64_t bit, const Tables& contents, Tally& tally) const {
    ++tally.flips;
    Flip(path, bit);
    const std::string fault = Fault(path);
    if (fault.empty()) {
      ASSERT_EQ(Contents(path), contents) << "byte " << bit / 8 << ", bit " << bit % 8;
    } else {
      ++tally.reported;
      ASSERT_TRUE(NamesAPlace(fault)) << fault << " of byte " << bit / 8 << ", bit " << bit % 8;
      if (fault.find("checksum differs") != std::string::npos) ASSERT_NO_FATAL_FAILURE(ExpectNothingShort(path, contents));
    }
    Flip(path, bit);
  }

  // Pages of each table and index, as SQLite counts them; empty where its library cannot tell.
  static std::map<std::string, std::vector<std::uint64_t>> PagesByTable(const std::string& path) {
    std::map<std::string, std::vector<std::uint64_t>> pages;
    Query(path, "SELECT name, pageno FROM dbstat ORDER BY name, pageno",
          [&](auto, std::span<const QueryValue> row) {
            pages[std::get<std::string>(row[0])].push_back(
                static_cast<std::uint64_t>(std::get<std::int64_t>(row[1])));
            return true;
          })
        .IgnoreError();
    return pages;
  }

  // Runs `work` in a process of its own, which ends without tidying up.
  template <class Work>
  static int InAnotherProcess(const Work& work) {
    const pid_t child = fork();
    if (child == 0) _exit(work() ? 0 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

// Every page of the file gets its share: pages of large tables, of small ones, of indexes.
TEST_F(DamageTest, AFlippedBitIsReportedWithItsPlaceUnlessNothingReadsIt) {
  ASSERT_NO_FATAL_FAILURE(Write(Path("a")));
  ASSERT_EQ(Fault(Path("a")), "");
  const Tables contents = Contents(Path("a"));
  const char* asked = std::getenv("CRUCIBLE_DAMAGE_FLIPS");
  const std::uint64_t flips = asked == nullptr ? 120 : std::strtoull(asked, nullptr, 10);
  const std::uint64_t pages = std::filesystem::file_size(Path("a")) / kPageBytes;
  std::mt19937_64 random(23);
  Tally tally;
  for (std::uint64_t flip = 0; flip < flips; ++flip) {
    const std::uint64_t bit = (flip % pages) * kPageBytes * 8 + random() % (kPageBytes * 8);
    ASSERT_NO_FATAL_FAILURE(FlipOnce(Path("a"), bit, contents, tally));
  }
  EXPECT_GT(tally.reported, flips / 20);
  EXPECT_EQ(Fault(Path("a")), "");
  if (asked != nullptr)
    std::printf(
        "%lu bits flipped in %lu pages: %lu reported with their place, %lu change nothing that is read\n",
        tally.flips, pages, tally.reported, tally.flips - tally.reported);
}

TEST_F(DamageTest, MasksThatHideRecordsAreAnErrorOfEveryTable) {
  ASSERT_NO_FATAL_FAILURE(Write(Path("a")));
  const Tables contents = Contents(Path("a"));
  for (const char* mask : {"kind_mask", "instrument_mask"}) {
    std::filesystem::copy_file(Path("a"), Path("b"), std::filesystem::copy_options::overwrite_existing);
    {
      const auto connection = Connection::Open(Path("b"), {.read_only = false});
      ASSERT_OK(connection.status());
      ASSERT_OK(Execute((*connection)->database(), std::string("DROP TRIGGER event_block_no_update; UPDATE event_block SET ") + mask + " = 0"));
    }
    for (const char* sql : {"SELECT count(*) FROM fills", "SELECT * FROM positions", "SELECT * FROM fills WHERE order_id = 1",
                            "SELECT * FROM events WHERE kind = 'fill'", "SELECT * FROM events WHERE instrument = 0"}) {
      const absl::Status status = Query(Path("b"), sql, [](auto, auto) { return true; });
      EXPECT_NE(status.message().find("checksum differs"), std::string::npos) << mask << ", " << sql << ": " << status;
    }
    ExpectNothingShort(Path("b"), contents);
  }
}

// In the text of a table's CHECK, as a bit of it might be.
TEST_F(DamageTest, AConstraintThatCannotBeEvaluatedIsFoundInTheTableOfTables) {
  ASSERT_NO_FATAL_FAILURE(Write(Path("a")));
  std::ifstream file(Path("a"), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const Tables contents = Contents(Path("a"));
  Tally tally;
  bool named = false;
  for (std::size_t at = bytes.find("length("); at != std::string::npos; at = bytes.find("length(", at + 1)) {
    const std::uint64_t bit = 8 * (at + 5) + 2;  // "lengtl("
    Flip(Path("a"), bit);
    named |= Fault(Path("a")).find("table sqlite_schema: ") != std::string::npos;
    Flip(Path("a"), bit);
    ASSERT_NO_FATAL_FAILURE(FlipOnce(Path("a"), bit, contents, tally));
  }
  EXPECT_TRUE(named) << tally.flips << " places";
}

TEST_F(DamageTest, ThreePagesOfEveryTableAreWatchedBitByBit) {
  ASSERT_NO_FATAL_FAILURE(Write(Path("a")));
  const auto tables = PagesByTable(Path("a"));
  if (tables.empty()) GTEST_SKIP() << "this SQLite has no dbstat";
  for (const char* table : {"event_block", "event_tail", "journal", "meta", "run_input", "stream",
                            "text", "sqlite_schema"})
    EXPECT_TRUE(tables.contains(table)) << table;
  const Tables contents = Contents(Path("a"));
  const char* asked = std::getenv("CRUCIBLE_DAMAGE_STRIDE");
  const char* names = std::getenv("CRUCIBLE_DAMAGE_TABLES");
  const std::uint64_t stride = asked == nullptr ? 20011 : std::strtoull(asked, nullptr, 10);
  for (const auto& [table, pages] : tables) {
    if (names != nullptr && ("," + std::string(names) + ",").find("," + table + ",") == std::string::npos)
      continue;
    Tally tally;
    for (std::size_t page = 0; page < std::min<std::size_t>(pages.size(), 3); ++page) {
      const std::uint64_t first = (pages[page] - 1) * kPageBytes * 8;
      for (std::uint64_t bit = 0; bit < kPageBytes * 8; bit += stride)
        ASSERT_NO_FATAL_FAILURE(FlipOnce(Path("a"), first + bit, contents, tally)) << table;
    }
    EXPECT_GT(tally.reported, 0U) << table;
    if (asked != nullptr)
      std::printf("%-20s %zu pages, %lu bits: %lu reported with their place\n", table.c_str(),
                  std::min<std::size_t>(pages.size(), 3), tally.flips, tally.reported);
  }
  EXPECT_EQ(Fault(Path("a")), "");
}

TEST_F(DamageTest, ALogThatWasCutOrScratchedGivesAPrefixOrAnError) {
  const std::vector<Event> records = SomeRecords(1, 4000);
  ASSERT_EQ(InAnotherProcess([&] {
              auto journal = Journal::Create(Path("a"), TestManifest(), {.block_records = 512});
              auto appender = std::move(journal->OpenAppender("market", AppendMode::kContinue)).value();
              for (std::size_t at = 0; at < records.size(); at += 250) {
                if (!appender->Append(std::span(records).subspan(at, 250)).ok() || !appender->Commit().ok())
                  return false;
              }
              _exit(0);  // as a crash would
              return true;
            }),
            0);
  ASSERT_GT(std::filesystem::file_size(Path("a-wal")), 0u);
  std::mt19937_64 random(29);
  std::map<std::uint64_t, int> lengths;
  for (int round = 0; round < 60; ++round) {
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(Path("a") + suffix, Path("b") + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::remove(Path("b-shm"));
    const std::uint64_t size = std::filesystem::file_size(Path("b-wal"));
    if (round % 2 == 0) {
      std::filesystem::resize_file(Path("b-wal"), random() % size);
    } else {
      Flip(Path("b-wal"), random() % (8 * size));
    }
    const auto journal = Journal::Open(Path("b"));
    if (!journal.ok() || journal->streams().empty()) continue;
    const std::vector<Event> read = ReadAll(*journal, "market");
    ASSERT_LE(read.size(), records.size());
    ASSERT_TRUE(std::ranges::equal(read, std::span(records).first(read.size()))) << "round " << round;
    ++lengths[read.size()];
  }
  EXPECT_GT(lengths.size(), 3u);
}

TEST_F(DamageTest, AFileThatMayNotGrowIsAnErrorAndKeepsWhatWasAcknowledged) {
  const std::vector<Event> records = SomeRecords(1, 400'000);
  std::vector<Event> noisy = records;
  std::mt19937_64 random(31);
  for (Event& event : noisy) event.body[3] = static_cast<std::int64_t>(random());
  std::ofstream(Path("acknowledged"));
  ASSERT_EQ(InAnotherProcess([&] {
              auto journal = Journal::Create(Path("a"), TestManifest());
              auto appender = std::move(journal->OpenAppender("market", AppendMode::kContinue)).value();
              std::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{1 << 20, 1 << 20};  // no file grows beyond a megabyte
              setrlimit(RLIMIT_FSIZE, &limit);
              for (std::size_t at = 0; at < noisy.size(); at += 10'000) {
                absl::Status status = appender->Append(std::span(noisy).subspan(at, 10'000));
                if (status.ok()) status = appender->Commit();
                std::ofstream(Path("acknowledged")) << appender->durable_seq();
                if (!status.ok()) return !status.message().empty();
              }
              return false;
            }),
            0);
  std::uint64_t acknowledged = 0;
  std::ifstream(Path("acknowledged")) >> acknowledged;
  EXPECT_GT(acknowledged, 0u);
  Journal journal = Journal::Open(Path("a"), {.read_only = false}).value();
  EXPECT_EQ(journal.Verify(VerifyLevel::kDecode)->fault, "");
  const std::vector<Event> read = ReadAll(journal, "market");
  ASSERT_GE(read.size(), acknowledged);
  EXPECT_TRUE(std::ranges::equal(read, std::span(noisy).first(read.size())));
  auto appender = std::move(journal.OpenAppender("market", AppendMode::kContinue)).value();
  EXPECT_TRUE(appender->Append(std::span(noisy).subspan(read.size(), 1000)).ok());
  EXPECT_TRUE(appender->Close().ok());
}

TEST_F(DamageTest, AReaderThatStaysOpenSeesItsRecordsWhileTheWriterGoesOn) {
  Journal writer = Journal::Create(Path("a"), TestManifest(), {.block_records = 256}).value();
  auto appender = std::move(writer.OpenAppender("market", AppendMode::kContinue)).value();
  ASSERT_OK(appender->Append(SomeRecords(1, 2560)));
  ASSERT_OK(appender->Commit());
  const Journal reader = Journal::Open(Path("a")).value();
  auto cursor = std::move(reader.Read("market")).value();
  std::vector<Event> seen;
  for (std::uint64_t round = 0; round < 30; ++round) {
    const auto records = cursor->Next();
    ASSERT_OK(records.status());
    seen.insert(seen.end(), records->begin(), records->end());
    ASSERT_OK(appender->Append(SomeRecords(2561 + 2560 * round, 2560)));
    ASSERT_OK(appender->Commit());
  }
  ASSERT_GE(seen.size(), 2560u);
  EXPECT_EQ(seen, SomeRecords(1, seen.size()));
  ASSERT_OK(appender->Close());
  EXPECT_EQ(Fault(Path("a")), "");
}

}  // namespace
}  // namespace crucible::journal
