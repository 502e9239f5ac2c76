// DBN and ITCH recordings: the values that independent decoders read from the same files.

#include <fstream>
#include <sstream>

#include "framework/book/book.h"
#include "framework/decode/dbn_records.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

class RecordedDbnTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = SharedData();
    if (folder_.empty() || !std::filesystem::exists(folder_ + "/databento")) {
      GTEST_SKIP() << "no recorded files (CRUCIBLE_SHARED_DIR)";
    }
  }
  Imported ImportFile(const std::string& name, const ImportOptions& options = {}) const {
    Imported result = ImportAll(RealFiles(), {folder_ + "/" + name}, options);
    EXPECT_TRUE(result.status.ok()) << result.status;
    ExpectWellFormed(result.records);
    return result;
  }

  std::string folder_;
};

using Row = std::map<std::string, std::string>;  // column to text

std::vector<Row> ReadExpected(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> names;
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    Row row;
    std::size_t column = 0;
    for (std::string field; std::getline(fields, field, ','); ++column) {
      if (rows.empty() && names.size() == column && !std::isdigit(static_cast<unsigned char>(line[0]))) {
        names.push_back(field);
      } else {
        row[names.at(column)] = field;
      }
    }
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

std::int64_t Number(const Row& row, const std::string& column) { return std::stoll(row.at(column)); }

// What one record of each schema became, against the row of the same position.
void ExpectTimes(const Event& event, const Row& row) {
  EXPECT_EQ(event.time, Number(row, "ts_recv"));
  EXPECT_EQ(static_cast<std::int64_t>(event.origin), Number(row, "ts_event"));
}

TEST_F(RecordedDbnTest, EveryVersionOfEverySchemaGivesTheSameRecords) {
  for (const std::string schema :
       {"mbo", "trades", "tbbo", "mbp-1", "mbp-10", "ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d", "bbo-1s",
        "bbo-1m", "cmbp-1", "cbbo-1s", "definition", "status"}) {
    const std::string stem = "databento/dbn_testdata/test_data." + schema;
    const Imported plain = ImportFile(stem + ".dbn");
    EXPECT_EQ(plain.records.empty(), schema == "ohlcv-1d") << schema;
    for (const std::string version : {"v1", "v2", "v3"}) {
      const std::string name = stem + "." + version + ".dbn.zst";
      if (!std::filesystem::exists(folder_ + "/" + name)) continue;
      EXPECT_EQ(ImportFile(name).records, plain.records) << name;
    }
  }
}

TEST_F(RecordedDbnTest, OrdersHaveTheExpectedValues) {
  const std::vector<Row> rows = ReadExpected(folder_ + "/databento/expected/test_data.mbo.expected.csv");
  ASSERT_EQ(rows.size(), 2U);
  // Both cancel orders that the fixture never adds, so they leave no record: the doctor has them.
  const Imported result = ImportFile("databento/dbn_testdata/test_data.mbo.dbn");
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), rows.size());
  EXPECT_EQ(result.report.findings.back().detail, "order id " + rows[0].at("order_id"));
  // Read as a whole, the records hold every expected value.
  auto source = ByteSource::OpenFile(folder_ + "/databento/dbn_testdata/test_data.mbo.dbn").value();
  std::string bytes(4096, '\0');
  bytes.resize(source->Read(bytes).value());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    DbnMbo message;
    std::memcpy(&message, bytes.data() + bytes.size() - (rows.size() - i) * sizeof message, sizeof message);
    const Row& row = rows[i];
    EXPECT_EQ(message.head.type, Number(row, "rtype"));
    EXPECT_EQ(message.head.publisher, Number(row, "publisher_id"));
    EXPECT_EQ(message.head.instrument, Number(row, "instrument_id"));
    EXPECT_EQ(message.head.event_time, static_cast<std::uint64_t>(Number(row, "ts_event")));
    EXPECT_EQ(message.order_id, static_cast<std::uint64_t>(Number(row, "order_id")));
    EXPECT_EQ(message.price, Number(row, "price"));
    EXPECT_EQ(message.size, Number(row, "size"));
    EXPECT_EQ(message.flags, Number(row, "flags"));
    EXPECT_EQ(message.channel, Number(row, "channel_id"));
    EXPECT_EQ(std::string(1, message.action), row.at("action"));
    EXPECT_EQ(std::string(1, message.side), row.at("side"));
    EXPECT_EQ(message.receive_time, static_cast<std::uint64_t>(Number(row, "ts_recv")));
    EXPECT_EQ(message.send_delta, Number(row, "ts_in_delta"));
    EXPECT_EQ(message.sequence, Number(row, "sequence"));
  }
}

TEST_F(RecordedDbnTest, TradesHaveTheExpectedValues) {
  for (const std::string schema : {"trades", "tbbo"}) {
    const auto rows = ReadExpected(folder_ + "/databento/expected/test_data." + schema + ".expected.csv");
    const Imported result = ImportFile("databento/dbn_testdata/test_data." + schema + ".dbn");
    const std::vector<Event> trades = result.Of(Kind::kTrade);
    ASSERT_EQ(trades.size(), rows.size());
    ASSERT_EQ(rows.size(), 2U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto trade = As<TradeBody>(trades[i]);
      ExpectTimes(trades[i], rows[i]);
      EXPECT_EQ(trade.price.units, Number(rows[i], "price"));
      EXPECT_EQ(trade.quantity.units, Number(rows[i], "size"));
      EXPECT_EQ(trade.trade_id, static_cast<std::uint64_t>(Number(rows[i], "sequence")));
      EXPECT_EQ(trades[i].side, rows[i].at("side") == "A" ? kSell : kBuy);
    }
  }
}

TEST_F(RecordedDbnTest, QuotesHaveTheExpectedValues) {
  for (const std::string schema : {"mbp-1", "tbbo"}) {
    const auto rows = ReadExpected(folder_ + "/databento/expected/test_data." + schema + ".expected.csv");
    const std::vector<Event> quotes =
        ImportFile("databento/dbn_testdata/test_data." + schema + ".dbn").Of(Kind::kQuote);
    ASSERT_EQ(quotes.size(), 2 * rows.size());
    for (std::size_t i = 0; i < quotes.size(); ++i) {
      const Row& row = rows[i / 2];
      const std::string side = i % 2 == 0 ? "bid" : "ask";
      const auto quote = As<QuoteBody>(quotes[i]);
      ExpectTimes(quotes[i], row);
      EXPECT_EQ(quote.price.units, Number(row, side + "_px_00"));
      EXPECT_EQ(quote.quantity.units, Number(row, side + "_sz_00"));
      EXPECT_EQ(quote.order_count, Number(row, side + "_ct_00"));
    }
  }
}

TEST_F(RecordedDbnTest, TenLevelsRebuildTheExpectedBook) {
  const auto rows = ReadExpected(folder_ + "/databento/expected/test_data.mbp-10.expected.csv");
  const Imported result = ImportFile("databento/dbn_testdata/test_data.mbp-10.dbn");
  book::Book book({.type = book::BookType::kL2, .tick_size = PriceDelta{250'000'000}});
  std::vector<Event> group;
  std::size_t books = 0;
  for (const Event& event : result.records) {
    group.push_back(event);
    if (!event.EndsGroup()) continue;
    book.Apply(group);
    const bool depth = group.front().kind != Kind::kDefinition;
    group.clear();
    if (!depth) continue;
    const Row& row = rows.at(books++);
    ExpectTimes(event, row);
    for (const Side side : {Side::kBid, Side::kAsk}) {
      ASSERT_EQ(book.level_count(side), 10U);
      for (std::size_t n = 0; n < 10; ++n) {
        const std::string at = std::string("_0") + static_cast<char>('0' + n);
        const std::string name = side == Side::kBid ? "bid" : "ask";
        EXPECT_EQ(book.LevelAt(side, n)->price.units, Number(row, name + "_px" + at));
        EXPECT_EQ(book.LevelAt(side, n)->quantity.units, Number(row, name + "_sz" + at));
        EXPECT_EQ(book.LevelAt(side, n)->order_count, Number(row, name + "_ct" + at));
      }
    }
  }
  EXPECT_EQ(books, rows.size());
}

TEST_F(RecordedDbnTest, BarsHaveTheExpectedValues) {
  for (const auto& [schema, seconds] : {std::pair("ohlcv-1s", 1), {"ohlcv-1m", 60}, {"ohlcv-1h", 3600}}) {
    const auto rows = ReadExpected(folder_ + "/databento/expected/test_data." + schema + ".expected.csv");
    const Imported result = ImportFile(std::string("databento/dbn_testdata/test_data.") + schema + ".dbn");
    const std::vector<Event> bars = result.Of(Kind::kBar);
    ASSERT_EQ(bars.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto bar = As<BarBody>(bars[i]);
      EXPECT_EQ(bars[i].time, Number(rows[i], "ts_event") + seconds * 1'000'000'000LL);
      EXPECT_EQ(bar.open.units, Number(rows[i], "open"));
      EXPECT_EQ(bar.high.units, Number(rows[i], "high"));
      EXPECT_EQ(bar.low.units, Number(rows[i], "low"));
      EXPECT_EQ(bar.close.units, Number(rows[i], "close"));
      EXPECT_EQ(As<BarVolumeBody>(result.Of(Kind::kBarVolume)[i]).volume.units, Number(rows[i], "volume"));
    }
  }
}

TEST_F(RecordedDbnTest, DefinitionsGiveTheInstrument) {
  const Imported result = ImportFile("databento/dbn_testdata/test_data.definition.dbn");
  ASSERT_EQ(result.report.instruments.size(), 1U);
  EXPECT_EQ(result.report.instruments[0].symbol, "MSFT");
  EXPECT_EQ(result.report.instruments[0].currency, "USD");
}

TEST_F(RecordedDbnTest, AnEsSessionRebuildsItsBook) {
  ImportOptions options;
  options.tick_size = "0.25";
  const Imported result = ImportFile("databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst", options);
  EXPECT_EQ(result.report.measure("crossed_event_ends"), 891);
  EXPECT_EQ(result.report.measure("fills_of_unknown_orders"), 7);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 0U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 0U);
  EXPECT_EQ(result.Count(FindingCode::kOffGridPrice), 0U);
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 0U);
  book::Book book({.type = book::BookType::kL3, .tick_size = PriceDelta{250'000'000}});
  std::vector<Event> group;
  std::int64_t first_crossed = INT64_MAX;
  std::int64_t last_crossed = 0;
  for (const Event& event : result.records) {
    group.push_back(event);
    if (!event.EndsGroup()) continue;
    ASSERT_EQ(book.Apply(group).error, book::BookError::kNone) << "seq " << event.seq;
    group.clear();
    if (!book.IsCrossed()) continue;
    first_crossed = std::min(first_crossed, event.time);
    last_crossed = event.time;
  }
  EXPECT_TRUE(book.InvariantsHold());
  EXPECT_EQ(book.touch().bid_price.units, 4'810'000'000'000);
  EXPECT_EQ(book.touch().ask_price.units, 4'810'250'000'000);
  constexpr std::int64_t kDay = 1'703'462'400;  // 2023-12-25, seconds
  EXPECT_EQ(first_crossed / 1'000'000'000 - kDay, 22 * 3600 + 39 * 60 + 55);
  EXPECT_LE(last_crossed / 1'000'000'000 - kDay, 23 * 3600);
}

TEST_F(RecordedDbnTest, TheDayBeforeIsTheSnapshotThatTheSessionBeginsWith) {
  const Imported result = ImportFile("databento/esh4-glbx-mdp3-20231224.mbo.dbn.zst");
  EXPECT_EQ(result.Of(Kind::kOrderAdd).size(), 8'725U);
  const Imported both = ImportAll(RealFiles(),
                                  {folder_ + "/databento/esh4-glbx-mdp3-20231224.mbo.dbn.zst",
                                   folder_ + "/databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst"},
                                  {});
  ASSERT_TRUE(both.status.ok()) << both.status;
  EXPECT_EQ(both.Count(FindingCode::kDuplicateOrder), 0U);
  EXPECT_EQ(both.report.measure("crossed_event_ends"), 891);
}

TEST_F(RecordedDbnTest, AnItchFileIsFramedToItsLastByte) {
  ImportOptions options;
  options.date = "2019-01-30";
  const Imported result = ImportFile("nasdaq_itch/itch50_session_head_1000msgs.bin", options);
  EXPECT_EQ(result.report.format, "itch");
  EXPECT_EQ(result.report.measure("messages_type_S"), 1);
  EXPECT_EQ(result.report.measure("messages_type_R"), 993);
  EXPECT_EQ(result.report.measure("messages_type_H"), 3);
  EXPECT_EQ(result.report.measure("messages_type_Y"), 3);
  EXPECT_EQ(result.report.instruments.size(), 993U);
  EXPECT_EQ(result.Of(Kind::kTradingStatus).size(), 3U);
  EXPECT_TRUE(result.report.findings.empty());
}

}  // namespace
}  // namespace crucible::decode
