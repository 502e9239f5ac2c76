// The doctor's numbers on recorded sessions, each known from an independent check of the same files.

#include <tuple>

#include "framework/book/book.h"
#include "framework/decode/lobster_window.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

class RecordedTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = SharedData();
    if (folder_.empty()) GTEST_SKIP() << "no recorded files (CRUCIBLE_SHARED_DIR)";
  }
  ImportReport InspectFiles(const std::vector<std::string>& names) const {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(folder_ + "/" + name);
    auto report = Inspect(paths, {});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : ImportReport{};
  }
  static std::uint64_t Count(const ImportReport& report, FindingCode code) {
    for (const Finding& finding : report.findings) {
      if (finding.code == code) return finding.count;
    }
    return 0;
  }

  std::string folder_;
};

struct LobsterNumbers {
  std::int64_t transitions, revealed, equal_times, types[5];
};

void ExpectLobster(const ImportReport& report, const LobsterNumbers& expected) {
  EXPECT_EQ(report.measure("transitions"), expected.transitions);
  EXPECT_EQ(report.measure("transitions_equal"), expected.transitions);
  EXPECT_EQ(report.measure("levels_revealed"), expected.revealed);
  EXPECT_EQ(report.measure("equal_times"), expected.equal_times);
  for (int type = 1; type <= 5; ++type) {
    EXPECT_EQ(report.measure("messages_type_" + std::to_string(type)), expected.types[type - 1]) << type;
  }
  EXPECT_EQ(report.completeness, Completeness::kWindowedL3);
  EXPECT_EQ(report.first_time.since_epoch / 1'000'000'000, 1'340'285'400);  // 09:30 in New York
}

TEST_F(RecordedTest, LobsterGoog) {
  const ImportReport report = InspectFiles({"lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst"});
  ExpectLobster(report, {147'915, 44'451, 8'537, {71'258, 19, 64'961, 7'765, 3'913}});
  EXPECT_EQ(Count(report, FindingCode::kUnknownOrder), 3'363U);
  EXPECT_EQ(Count(report, FindingCode::kOffGridPrice), 50U);
  EXPECT_EQ(Count(report, FindingCode::kOrderMismatch), 0U);
  EXPECT_EQ(Count(report, FindingCode::kCrossedBook), 0U);
  EXPECT_EQ(Count(report, FindingCode::kLockedBook), 0U);
}

TEST_F(RecordedTest, LobsterAaplBestLevel) {
  const ImportReport report = InspectFiles({"lobster/AAPL_2012-06-21_34200000_57600000_message_1.csv.zst"});
  ExpectLobster(report, {118'496, 30'071, 11'870, {54'818, 252, 28'437, 23'658, 11'332}});
  EXPECT_EQ(Count(report, FindingCode::kUnknownOrder), 14'980U);
  EXPECT_EQ(Count(report, FindingCode::kOffGridPrice), 372U);
  EXPECT_EQ(Count(report, FindingCode::kOrderMismatch), 4U);
  EXPECT_EQ(Count(report, FindingCode::kCrossedBook), 0U);
}

TEST_F(RecordedTest, LobsterAaplFiftyLevels) {
  const ImportReport report = InspectFiles({"lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst"});
  EXPECT_EQ(report.measure("messages"), 91'997);
  EXPECT_EQ(report.measure("messages_type_1"), 44'256);
  EXPECT_EQ(report.measure("messages_type_5"), 2'201);
  EXPECT_EQ(Count(report, FindingCode::kUnknownOrder), 84U);
  EXPECT_EQ(report.window_levels, 50);
  // One time is written with 12 decimals.
  EXPECT_EQ(Count(report, FindingCode::kInexactDecimal), 1U);
}

struct TouchNumbers {
  std::int64_t equal, compared;
};

void ExpectBinance(const ImportReport& report, const TouchNumbers& expected) {
  EXPECT_EQ(report.measure("touches_compared"), expected.compared);
  EXPECT_EQ(report.measure("touches_equal"), expected.equal);
  EXPECT_EQ(report.completeness, Completeness::kL2);
  EXPECT_FALSE(report.HasErrors());
  EXPECT_NEAR(static_cast<double>(report.clock_offset.nanos), -1.277e9, 5e6);
  EXPECT_GE(report.min_feed_latency, Duration{1'000'000});
}

TEST_F(RecordedTest, BinanceUsdMargined) {
  const ImportReport report = InspectFiles({"binance/usdm_btcusdt_20240808.gz"});
  ExpectBinance(report, {6'547, 6'547});
  EXPECT_EQ(report.measure("event_times_out_of_order"), 6'358);
  EXPECT_EQ(report.instruments.at(0).venue, "binance-usdm");
}

TEST_F(RecordedTest, BinanceCoinMargined) {
  ExpectBinance(InspectFiles({"binance/cm_btcusd_perp_20240808.gz", "binance/cm_btcusd_perp_20240809.gz"}),
                {44'772, 44'772});
}

TEST_F(RecordedTest, BinanceSpot) {
  ExpectBinance(InspectFiles({"binance/spot_btcusdt_20240808.gz", "binance/spot_btcusdt_20240809.gz"}),
                {6'491, 6'493});
  ExpectBinance(InspectFiles({"binance/spot_ethusdt_20240808.gz", "binance/spot_ethusdt_20240809.gz"}),
                {6'468, 6'468});
}

TEST_F(RecordedTest, BitfinexGaps) {
  const std::string name = "bitfinex_1m/bitfinex_BTCUSD_1m_";
  const ImportReport first = InspectFiles({name + "2013.csv.gz"});
  EXPECT_EQ(first.measure("gaps_over_an_hour"), 212);
  EXPECT_EQ(first.measure("gaps_over_a_day"), 0);
  const ImportReport all =
      InspectFiles({name + "2013.csv.gz", name + "2014.csv.gz", name + "2015.csv.gz", name + "2016.csv.gz"});
  EXPECT_EQ(all.measure("gaps_over_a_day"), 4);  // also the end of 2014
  EXPECT_EQ(all.records, 2U + 2U * (148'055 + 283'787 + 366'710 + 293'230));
  for (const FindingCode code :
       {FindingCode::kBarBounds, FindingCode::kNonPositivePrice, FindingCode::kDuplicateTime,
        FindingCode::kReversedTime, FindingCode::kInexactDecimal}) {
    EXPECT_EQ(Count(all, code), 0U);
  }
}

// The records alone must rebuild every row of the orderbook file.
class RowComparingSink final : public RecordSink {
 public:
  RowComparingSink(LineReader rows, std::uint32_t levels)
      : book_({.type = book::BookType::kL3,
               .tick_size = PriceDelta{100},
               .window_levels = levels,
               .dense_ids = false}),
        rows_(std::move(rows)) {}

  absl::Status Append(std::span<const Event> records) override {
    for (const Event& event : records) {
      group_.push_back(event);
      if (!event.EndsGroup()) continue;
      book_.Apply(group_);
      if (group_.front().kind >= Kind::kOrderAdd && group_.front().kind != Kind::kBookClear) CompareRow();
      group_.clear();
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return 1; }
  Hash128 log_hash() const override { return {}; }

  int rows() const { return compared_; }
  int equal() const { return equal_; }

 private:
  void CompareRow() {
    std::string_view line;
    WindowRow row;
    if (!rows_.Next(&line) || !ParseWindowRow(line, &row).empty()) return;
    ++compared_;
    equal_ += Shows(Side::kBid, row.bids) && Shows(Side::kAsk, row.asks) ? 1 : 0;
  }
  bool Shows(Side side, const WindowLevels& expected) {
    if (book_.level_count(side) < expected.size()) return false;
    bool same = true;
    std::size_t n = 0;
    book_.ForEachLevel(side, [&](const book::LevelView& level) {
      if (n == expected.size()) return false;
      same &= level.price == expected[n].price && level.quantity == expected[n].quantity;
      ++n;
      return same;
    });
    return same;
  }

  book::Book book_;
  LineReader rows_;
  std::vector<Event> group_;
  int compared_ = 0;
  int equal_ = 0;
};

TEST_F(RecordedTest, TheRecordsRebuildEveryOrderbookRowOnAllLevels) {
  const std::tuple<const char*, int, int> cases[] = {{"GOOG", 10, 147'916}, {"AAPL", 1, 118'497}};
  for (const auto& [symbol, levels, rows] : cases) {
    const std::string stem = folder_ + "/lobster/" + symbol + "_2012-06-21_34200000_57600000_";
    const std::string suffix = "_" + std::to_string(levels) + ".csv.zst";
    const std::string row_path = stem + "orderbook" + suffix;
    RowComparingSink sink(LineReader(ByteSource::OpenFile(row_path).value(), row_path),
                          static_cast<std::uint32_t>(levels));
    const std::vector<std::string> files = {stem + "message" + suffix};
    ASSERT_TRUE(Import(files, {}, sink).ok());
    EXPECT_EQ(sink.rows(), rows);
    EXPECT_EQ(sink.equal(), rows);
  }
}

}  // namespace
}  // namespace crucible::decode
