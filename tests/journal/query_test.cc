#include "framework/journal/query.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "framework/journal/appender_impl.h"
#include "framework/journal/event_rows.h"
#include "tests/journal/decision_records.h"
#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

std::string AsText(const QueryValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return std::holds_alternative<std::monostate>(value) ? "" : "real";
}

// The output of a shell command.
std::string Output(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 256> buffer;
  while (pipe != nullptr && fgets(buffer.data(), buffer.size(), pipe) != nullptr) output += buffer.data();
  if (pipe != nullptr) pclose(pipe);
  return output;
}

class QueryTest : public JournalFixture {
 protected:
  void SetUp() override {
    auto journal = Journal::Create(Path("run"), TestManifest(), {.block_records = 1000});
    ASSERT_TRUE(journal.ok()) << journal.status();
    auto decisions = journal->OpenAppender("decisions", AppendMode::kContinue);
    ASSERT_TRUE((*decisions)->AppendText(DefinitionText(TestInstrument())).ok());
    ASSERT_OK((*decisions)->Append(SmallRun().records()));
    ASSERT_OK((*decisions)->Close());
    auto market = journal->OpenAppender("market", AppendMode::kContinue);
    market_ = SomeRecords(1, 10'500);
    ASSERT_OK((*market)->Append(market_));
    ASSERT_OK((*market)->Commit());
  }

  // Rows as "a|b|c", one per line.
  std::string Rows(std::string_view sql) { return RowsOf(Path("run"), sql); }
  static std::string RowsOf(const std::string& path, std::string_view sql) {
    std::string text;
    const absl::Status status = Query(path, sql, [&](auto, std::span<const QueryValue> values) {
      for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : "|") + AsText(values[i]);
      text += '\n';
      return true;
    });
    EXPECT_TRUE(status.ok()) << sql << ": " << status;
    return text;
  }

  std::vector<Event> market_;
};

TEST_F(QueryTest, OrdersAreFoldedFromTheirRecords) {
  EXPECT_EQ(Rows("SELECT order_id, side, type, tif, price, quantity, filled, status, cause_input, cause_seq "
                 "FROM orders ORDER BY order_id"),
            "1|buy|limit|GTC|100|10|10|filled|1|101\n"
            "2|sell|limit|GTC|110|5|0|canceled|1|102\n"
            "3|sell|limit|GTC|120|3|0|rejected|1|103\n"
            "4|sell|limit|GTC|130|2|1|open|1|104\n");
}

TEST_F(QueryTest, AFillThatBlocksOrCommitsCutIsOneRow) {
  const std::vector<Event> records = SmallRun().records();
  const std::string whole = Rows("SELECT seq, fee FROM fills");
  for (std::uint32_t block = 1; block <= 12; ++block) {
    const std::string path = Path("cut" + std::to_string(block));
    auto journal = Journal::Create(path, TestManifest(), {.block_records = block});
    auto appender = journal->OpenAppender("decisions", AppendMode::kContinue);
    ASSERT_TRUE((*appender)->AppendText(DefinitionText(TestInstrument())).ok());
    const std::span<const Event> all(records);
    for (std::size_t at = 0; at < all.size(); ++at) {
      ASSERT_OK((*appender)->Append(all.subspan(at, 1)));
      if (at % 3 == 0) ASSERT_OK((*appender)->Commit());
    }
    ASSERT_OK((*appender)->Commit());
    EXPECT_EQ(RowsOf(path, "SELECT seq, fee FROM fills"), whole) << block;
  }
}

TEST_F(QueryTest, FillsOfOneOrderAreThoseOfAFullScan) {
  for (const char* order : {"0", "1", "2", "4", "5", "-1", "1.5", "NULL"}) {
    const std::string columns = "SELECT stream_id, seq, order_id, fee FROM fills WHERE ";
    EXPECT_EQ(Rows(columns + "order_id = " + order), Rows(columns + "+order_id = " + order)) << order;
  }
  EXPECT_EQ(Rows("SELECT o.order_id, o.filled, sum(f.quantity), count(f.seq) FROM orders o LEFT JOIN fills f USING"
                 "(order_id) GROUP BY o.order_id"),
            "1|10|10|2\n2|0||0\n3|0||0\n4|1|1|1\n");
}

// Counts the statements that read blocks.
class ScanCount {
 public:
  explicit ScanCount(sqlite3* database) : database_(database) {
    sqlite3_trace_v2(database, SQLITE_TRACE_STMT, Note, this);
  }
  ~ScanCount() { sqlite3_trace_v2(database_, 0, nullptr, nullptr); }
  int Of(const std::string& sql) {
    const int before = scans_;
    EXPECT_TRUE(Execute(database_, sql).ok()) << sql;
    return scans_ - before;
  }

 private:
  static int Note(unsigned, void* self, void*, void* sql) {
    const std::string_view text = static_cast<const char*>(sql);
    static_cast<ScanCount*>(self)->scans_ += text.find(".event_block WHERE") != text.npos && text.find("payload") != text.npos;
    return 0;
  }
  sqlite3* database_;
  int scans_ = 0;
};

TEST_F(QueryTest, ASubqueryForEveryOrderScansTheFillsOnce) {
  const auto connection = Connection::Open(Path("run"), {});
  ASSERT_OK(connection.status());
  ASSERT_OK(RegisterOrders((*connection)->database()));
  ASSERT_OK(RegisterFills((*connection)->database(), "fills"));
  ScanCount scans((*connection)->database());
  const int once = scans.Of("SELECT count(*) FROM orders") + scans.Of("SELECT * FROM fills WHERE order_id = 1");
  EXPECT_GT(once, 0);
  EXPECT_EQ(scans.Of("SELECT order_id FROM orders WHERE EXISTS"
                     "(SELECT 1 FROM fills WHERE fills.order_id = orders.order_id)"),
            once);
  EXPECT_EQ(scans.Of("SELECT order_id, (SELECT sum(fee) FROM fills WHERE fills.order_id = orders.order_id) FROM orders"),
            once);
  EXPECT_EQ(Rows("SELECT order_id FROM orders WHERE EXISTS"
                 "(SELECT 1 FROM fills WHERE fills.order_id = orders.order_id)"),
            "1\n4\n");
}

TEST_F(QueryTest, FillsOfAnOrderAreThoseAtTheTimeOfTheStatement) {
  const auto connection = Connection::Open(Path("run"), {.read_only = false});
  ASSERT_OK(connection.status());
  sqlite3* database = (*connection)->database();
  ASSERT_OK(RegisterTables(database));
  const char* sql = "SELECT seq FROM fills WHERE order_id = 4";
  auto open = Statement::Prepare(database, sql);
  ASSERT_TRUE(open->Step().value());
  DecisionLog log = SmallRun();
  const std::size_t stored = log.records().size();
  log.Fill(4, kSell, 130, 1, -2);
  auto appender = Appender::Impl::Open(*connection, 1, AppendMode::kContinue);
  ASSERT_OK(appender.status());
  ASSERT_OK((*appender)->Append(std::span(log.records()).subspan(stored)));
  ASSERT_OK((*appender)->Commit());
  // The statement that began before still holds what it sorted.
  auto later = Statement::Prepare(database, sql);
  EXPECT_TRUE(later->Step().value());
  EXPECT_TRUE(later->Step().value());
  EXPECT_FALSE(later->Step().value());
}

TEST_F(QueryTest, TablesShowFillsPositionsAndEquity) {
  EXPECT_EQ(Rows("SELECT order_id, side, price, quantity, fee, liquidity, queue_ahead, rule FROM fills ORDER "
                 "BY seq"),
            "1|buy|100|4|7|maker|12|queue reached\n"
            "1|buy|100|6|9|maker|12|queue reached\n"
            "4|sell|130|1|-2|maker|12|queue reached\n");
  EXPECT_EQ(Rows("SELECT quantity, fills, fees FROM positions"), "9|3|14\n");
  EXPECT_EQ(Rows("SELECT cash, realised FROM equity"), "500|30\n");
  EXPECT_EQ(Rows("SELECT component, hash_low, hash_high, inputs FROM state_checkpoint"), "1|-5|6|1000\n");
  EXPECT_EQ(Rows("SELECT venue, symbol, price_decimals, contract FROM instrument"), "test|ABC|2|linear\n");
}

TEST_F(QueryTest, ConstraintsGiveTheRowsThatAFullScanWouldKeep) {
  // The unary plus keeps a constraint from the table; SQLite then filters by itself.
  const char* conditions[] = {"seq = 7777",
                              "seq > 10400",
                              "seq >= 999 AND seq < 1003",
                              "seq <= 3 AND time > 1000001000",
                              "time BETWEEN 1005000000 AND 1005010000",
                              "kind = 'order_delete' AND seq < 100",
                              "kind = 'no such kind'",
                              "instrument = 0 AND seq > 10490",
                              "instrument = 5",
                              "stream = 'decisions' AND kind = 'fill'",
                              "seq < -3",
                              "seq > 10400.5",
                              "instrument = -1"};
  for (const std::string condition : conditions) {
    std::string unaided = condition;
    for (const char* name : {"seq", "time", "kind =", "instrument", "stream"}) {
      for (std::size_t at = unaided.find(name); at != std::string::npos; at = unaided.find(name, at + 2)) {
        unaided.insert(at, "+");
      }
    }
    const std::string columns = "SELECT stream, seq, time, kind, slot0 FROM events WHERE ";
    EXPECT_EQ(Rows(columns + condition), Rows(columns + unaided)) << condition << " / " << unaided;
  }
  EXPECT_EQ(Rows("SELECT seq FROM events WHERE stream = 'market' AND seq = 7777"), "7777\n");
}

TEST_F(QueryTest, TenColumnAggregatesEqualThoseOfTheRecords) {
  std::int64_t sums[7] = {};
  for (const Event& event : market_) {
    sums[0] += static_cast<std::int64_t>(event.seq);
    sums[1] += event.time - 1'000'000'000;
    sums[2] += static_cast<std::int64_t>(event.origin) - 1'000'000'000;
    sums[3] += event.flags;
    sums[4] += event.body[0];
    sums[5] += event.body[1];
    sums[6] += event.body[2];
  }
  std::string expected = std::to_string(market_.size());
  for (const std::int64_t sum : sums) expected += "|" + std::to_string(sum);
  EXPECT_EQ(Rows("SELECT count(*), sum(seq), sum(time - 1000000000), sum(origin - 1000000000), sum(flags), "
                 "sum(slot0), "
                 "sum(slot1), sum(slot2) FROM events WHERE stream = 'market'"),
            expected + "\n");
}

TEST_F(QueryTest, ViewsCallTheSlotsByTheirNames) {
  EXPECT_EQ(Rows("SELECT price, quantity, order_id FROM order_add_events WHERE seq = 4"), "10076|100|4\n");
  EXPECT_EQ(Rows("SELECT count(*) FROM fill_events"), "3\n");
}

TEST_F(QueryTest, ViewsShowDoublesAndWhatIsNoNumberAsNull) {
  {
    auto journal = Journal::Open(Path("run"), {.read_only = false});
    ASSERT_TRUE(journal.ok()) << journal.status();
    auto causes = journal->OpenAppender("causes", AppendMode::kContinue);
    Event event;
    event.seq = 1;
    event.kind = Kind::kLinkEvidence;
    event.flags = flag::kGroupEnd;
    SetBody(event,
            LinkEvidenceBody{std::bit_cast<std::int64_t>(-0.25), std::bit_cast<std::int64_t>(1e-300),
                             std::bit_cast<std::int64_t>(std::numeric_limits<double>::quiet_NaN()), 0});
    ASSERT_OK((*causes)->Append(std::span(&event, 1)));
    ASSERT_OK((*causes)->Close());
  }
  EXPECT_EQ(Rows("SELECT value = -0.25, p = 1e-300, q IS NULL, typeof(frequency) FROM link_evidence_events"),
            "1|1|1|real\n");
}

TEST_F(QueryTest, AJournalIsNotWrittenByAQuery) {
  const absl::Status status = Query(Path("run"), "DELETE FROM meta", [](auto, auto) { return true; });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Query(Path("run"), "SELECT nothing", [](auto, auto) { return true; }).code(),
            absl::StatusCode::kInvalidArgument);
}

std::string Extension() { return CRUCIBLE_EXTENSION_PATH; }

constexpr char kAggregates[] =
    "SELECT stream, count(*), sum(seq), sum(time), min(origin), max(instrument), count(DISTINCT kind), "
    "sum(flags), "
    "sum(slot0), sum(slot1), sum(slot2), sum(slot3) FROM events WHERE stream = 'market' LIMIT 1";

TEST_F(QueryTest, TheShellReadsAJournalThroughTheExtension) {
  if (!CRUCIBLE_EXTENSION_LOADS) GTEST_SKIP() << "a program without the sanitizer cannot load the extension";
  if (std::system("command -v sqlite3 > /dev/null") != 0) GTEST_SKIP() << "no sqlite3 program";
  EXPECT_EQ(
      Output("sqlite3 '" + Path("run") + "' -cmd '.load " + Extension() + "' \"" + kAggregates + "\" 2>&1"),
      Rows(kAggregates));
  EXPECT_EQ(Output("sqlite3 '" + Path("run") + "' -cmd '.load " + Extension() +
                   "' 'SELECT count(*) FROM orders' 2>&1"),
            "4\n");
}

TEST_F(QueryTest, PythonReadsAJournalThroughTheExtension) {
  if (!CRUCIBLE_EXTENSION_LOADS) GTEST_SKIP() << "a program without the sanitizer cannot load the extension";
  const std::string probe =
      "/usr/bin/python3 -c 'import sqlite3; sqlite3.connect(\":memory:\").enable_load_extension' "
      "> /dev/null 2>&1";
  if (std::system(probe.c_str()) != 0) GTEST_SKIP() << "no python3 that loads SQLite extensions";
  const std::string script =
      "import sqlite3\n"
      "c = sqlite3.connect('" +
      Path("run") +
      "')\n"
      "c.enable_load_extension(True)\n"
      "c.load_extension('" +
      Extension() +
      "')\n"
      "for row in c.execute('''" +
      kAggregates + "'''): print('|'.join(map(str, row)))\n";
  EXPECT_EQ(Output("/usr/bin/python3 -c \"" + script + "\" 2>&1"), Rows(kAggregates));
}

}  // namespace
}  // namespace crucible::journal
