// Recorded captures and CSV files of many vendors: the numbers that independent checks of the same files
// found.

#include <algorithm>

#include "framework/book/book.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

class RecordedCaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = SharedData();
    if (folder_.empty() || !std::filesystem::exists(folder_ + "/cryptofeed")) {
      GTEST_SKIP() << "no recorded files (CRUCIBLE_SHARED_DIR)";
    }
  }
  Imported ImportNamed(const std::vector<std::string>& names, const ImportOptions& options = {}) const {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(folder_ + "/" + name);
    Imported result = ImportAll(RealFiles(), paths, options);
    EXPECT_TRUE(result.status.ok()) << result.status;
    ExpectWellFormed(result.records);
    return result;
  }
  // Files of a folder whose names hold `part`, in order.
  std::vector<std::string> Named(const std::string& folder, const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/" + folder)) {
      const std::string name = entry.path().filename();
      if (name.find(part) != std::string::npos) names.push_back(folder + "/" + name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string folder_;
};

TEST_F(RecordedCaptureTest, BitstampRebuildsThePublishedTouch) {
  const Imported result = ImportNamed({"bitstamp_l3/bitstamp_btcusd_20150501_events.log.zst"});
  EXPECT_EQ(result.report.format, "bitstamp");
  EXPECT_EQ(result.report.measure("touches_compared"), 5'010);
  EXPECT_EQ(result.report.measure("touches_equal"), 4'956);
  EXPECT_EQ(result.report.measure("late_events_ignored"), 6);
  EXPECT_EQ(result.report.measure("trade_messages"), 575);
  // 205 deletes and 4 changes of orders that rested before the log; one of the changed is deleted later.
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 205U + 4U - 1U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 0U);
  EXPECT_EQ(result.report.instruments.at(0).symbol, "BTCUSD");
}

TEST_F(RecordedCaptureTest, CoinbaseBooksAreNeverCrossed) {
  const Imported result = ImportNamed({"cryptofeed/COINBASE.ws.28.0.zst"});
  EXPECT_EQ(result.report.format, "coinbase");
  EXPECT_EQ(result.report.instruments.size(), 10U);
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 10U);
  EXPECT_EQ(result.Of(Kind::kDepthHead).size(), 9'719U);
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 97U);
  EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 0U);
  EXPECT_FALSE(result.report.HasErrors());
}

TEST_F(RecordedCaptureTest, BybitLinearAndInverse) {
  const Imported linear = ImportNamed({"cryptofeed/BYBIT.ws.25.0.zst"});
  EXPECT_EQ(linear.report.format, "bybit");
  EXPECT_EQ(linear.Of(Kind::kBookClear).size(), 8U);
  EXPECT_EQ(linear.Of(Kind::kDepthHead).size(), 3'252U);
  EXPECT_EQ(linear.Count(FindingCode::kCrossedBook), 0U);
  EXPECT_EQ(linear.Of(Kind::kTrade).size(), 91U);
  EXPECT_EQ(linear.report.measure("trades_before_subscription"), 10);
  const Imported inverse = ImportNamed({"cryptofeed/BYBIT.ws.26.0.zst"});
  EXPECT_EQ(inverse.Of(Kind::kDepthHead).size(), 1'016U);
  EXPECT_EQ(inverse.Count(FindingCode::kCrossedBook), 0U);
  EXPECT_EQ(inverse.report.instruments.at(0).contract, Contract::kInverse);
}

TEST_F(RecordedCaptureTest, BybitOrderBookDownloadsAreContiguous) {
  const Imported result = ImportNamed({"nautilus/bybit_20241201_XRPUSDT_ob500.jsonl.zst"});
  EXPECT_EQ(result.report.format, "bybit");
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kDepthHead).size(), 49U);
  EXPECT_EQ(result.Count(FindingCode::kFeedGap), 0U);
  EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 0U);
}

TEST_F(RecordedCaptureTest, BitmexNamesNoUnknownLevel) {
  const Imported result = ImportNamed({"cryptofeed/BITMEX.0.zst", "cryptofeed/BITMEX.ws.1.0.zst"});
  EXPECT_EQ(result.report.format, "bitmex");
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 10U);
  EXPECT_EQ(result.Of(Kind::kDepthHead).size(), 1'090U + 445U + 434U);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 0U);
  EXPECT_EQ(result.Count(FindingCode::kNoSnapshot), 0U);
  EXPECT_EQ(result.Count(FindingCode::kAssumedTick), 0U);  // the instruments tell it
  EXPECT_EQ(result.Count(FindingCode::kOffGridPrice), 0U);
}

TEST_F(RecordedCaptureTest, KrakenChecksumsHold) {
  const Imported result = ImportNamed({"cryptofeed/KRAKEN.ws.50.0.zst"});
  EXPECT_EQ(result.report.format, "kraken");
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 10U);
  EXPECT_EQ(result.report.measure("checksums"), 2'221 + 2'047 + 1);
  EXPECT_EQ(result.report.measure("checksums_equal"), 2'221 + 2'047 + 1);
}

TEST_F(RecordedCaptureTest, KrakenFuturesSequencesHaveNoJump) {
  const Imported result = ImportNamed({"cryptofeed/KRAKEN_FUTURES.ws.1.0.zst"});
  EXPECT_EQ(result.report.format, "kraken-futures");
  EXPECT_EQ(result.Of(Kind::kDepthHead).size(), 7'014U);
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 3U);
  EXPECT_EQ(result.Count(FindingCode::kFeedGap), 0U);
}

TEST_F(RecordedCaptureTest, TardisShapes) {
  const auto format = [&](const std::string& name, Kind kind) {
    const Imported result = ImportNamed({"nautilus/tardis/" + name});
    EXPECT_EQ(result.report.format, "tardis");
    EXPECT_FALSE(result.Of(kind).empty()) << name;
    EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 0U) << name;
    return result.report.completeness;
  };
  EXPECT_EQ(format("deribit_incremental_book_L2_BTC-PERPETUAL.csv", Kind::kLevel), Completeness::kL2);
  EXPECT_EQ(format("binance-futures_book_snapshot_5_BTCUSDT.csv", Kind::kLevel), Completeness::kL2);
  EXPECT_EQ(format("binance-futures_book_snapshot_25_BTCUSDT.csv", Kind::kLevel), Completeness::kL2);
  EXPECT_EQ(format("bitmex_trades_XBTUSD.csv", Kind::kTrade), Completeness::kTrades);
  EXPECT_EQ(format("huobi-dm-swap_quotes_BTC-USD.csv", Kind::kQuote), Completeness::kQuotes);
}

TEST_F(RecordedCaptureTest, LeanTicksNeverCross) {
  const Imported result = ImportNamed(Named("lean/oanda_eurusd_tick", "_tick_quote"));
  EXPECT_EQ(result.report.format, "lean");
  EXPECT_EQ(result.Of(Kind::kQuote).size(), 2U * 246'875);
  EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 0U);
  EXPECT_EQ(result.Count(FindingCode::kLockedBook), 0U);
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 0U);
}

TEST_F(RecordedCaptureTest, LeanBarsHaveEveryRow) {
  EXPECT_EQ(ImportNamed(Named("lean/oanda_eurusd_minute", "_minute_quote")).Of(Kind::kBar).size(), 18'184U);
  std::size_t bitcoin = 0;
  std::size_t litecoin = 0;
  for (const std::string kind : {"_minute_trade", "_minute_quote"}) {
    const Imported result = ImportNamed(Named("lean/coinbase_btcusd_minute", kind));
    bitcoin += result.Of(Kind::kBar).size();
    EXPECT_EQ(result.Count(FindingCode::kReversedTime), 0U);
    litecoin += ImportNamed(Named("lean/coinbase_ltcusd_minute", kind)).Of(Kind::kBar).size();
  }
  EXPECT_EQ(bitcoin, 19'611U);
  EXPECT_EQ(litecoin, 8'203U);
}

TEST_F(RecordedCaptureTest, FxcmBidAndAskBars) {
  const Imported bid = ImportNamed({"nautilus/fxcm_gbpusd_m1_bid_201202.csv.zst"});
  const Imported ask = ImportNamed({"nautilus/fxcm_gbpusd_m1_ask_201202.csv.zst"});
  EXPECT_EQ(bid.report.format, "fxcm");
  EXPECT_EQ(bid.report.instruments.at(0).symbol, "GBPUSD-BID");
  const std::vector<Event> bids = bid.Of(Kind::kBar);
  const std::vector<Event> asks = ask.Of(Kind::kBar);
  ASSERT_EQ(bids.size(), 30'117U);
  ASSERT_EQ(asks.size(), bids.size());
  int reversed = 0;
  for (std::size_t i = 0; i < bids.size(); ++i) {
    ASSERT_EQ(bids[i].time, asks[i].time);
    reversed += As<BarBody>(asks[i]).close < As<BarBody>(bids[i]).close ? 1 : 0;
  }
  EXPECT_EQ(reversed, 347);
  EXPECT_EQ(bid.report.measure("gaps"), 111);
}

TEST_F(RecordedCaptureTest, CmeBars) {
  const Imported result = ImportNamed({"nautilus/xcme_6EH4_1m_202401.csv.gz"});
  EXPECT_EQ(result.report.format, "cme");
  EXPECT_EQ(result.Of(Kind::kBar).size(), 29'996U);
  EXPECT_EQ(result.report.measure("gaps"), 375);
}

TEST_F(RecordedCaptureTest, TruefxQuotes) {
  const Imported result = ImportNamed({"nautilus/truefx_usdjpy_ticks_20130101.csv"});
  EXPECT_EQ(result.report.format, "truefx");
  EXPECT_EQ(result.Of(Kind::kQuote).size(), 2'000U);
  EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 0U);
}

}  // namespace
}  // namespace crucible::decode
