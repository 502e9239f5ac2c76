#include "framework/decode/binance.h"

#include "absl/strings/str_format.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kExchange = 1'723'161'256'000;  // ms
constexpr std::int64_t kBehind = -1'270 * kMilli;      // the receive clock

// A futures capture under construction: times in ms after the start of the exchange's clock.
class Capture {
 public:
  explicit Capture(bool futures = true) : futures_(futures) {}

  Capture& Line(int receive_ms, const std::string& json) {
    absl::StrAppendFormat(&text_, "%d %s\n", (kExchange + receive_ms) * kMilli + kBehind, json);
    return *this;
  }
  Capture& Depth(int receive_ms, int sent_ms, int first, int last, int previous, const std::string& bids = "",
                 const std::string& asks = "") {
    const std::string futures =
        futures_ ? absl::StrFormat(R"("T":%d,"pu":%d,)", kExchange + sent_ms, previous) : "";
    return Line(
        receive_ms,
        absl::StrFormat(
            R"({"stream":"s@depth","data":{"e":"depthUpdate","E":%d,"s":"BTCUSDT",%s"U":%d,"u":%d,"b":[%s],"a":[%s]}})",
            kExchange + sent_ms, futures, first, last, bids, asks));
  }
  Capture& Snapshot(int receive_ms, int sent_ms, int last, const std::string& bids, const std::string& asks) {
    const std::string times =
        futures_ ? absl::StrFormat(R"("E":%d,"T":%d,)", kExchange + sent_ms, kExchange + sent_ms) : "";
    return Line(receive_ms,
                absl::StrFormat(R"({"lastUpdateId":%d,%s"bids":[%s],"asks":[%s]})", last, times, bids, asks));
  }
  Capture& Trade(int receive_ms, int sent_ms, int id, bool buyer_is_maker,
                 const std::string& kind = "MARKET") {
    return Line(
        receive_ms,
        absl::StrFormat(
            R"({"stream":"s@trade","data":{"e":"trade","E":%d,"T":%d,"s":"BTCUSDT","t":%d,"p":"100.10","q":"0.006","m":%s%s}})",
            kExchange + sent_ms, kExchange + sent_ms - 1, id, buyer_is_maker ? "true" : "false",
            futures_ ? absl::StrFormat(R"(,"X":"%s")", kind) : R"(,"M":true)"));
  }
  Capture& Quote(int receive_ms, int sent_ms, int id, const std::string& bid, const std::string& ask) {
    const std::string times = futures_ ? absl::StrFormat(R"("T":%d,"E":%d,"e":"bookTicker",)",
                                                         kExchange + sent_ms, kExchange + sent_ms)
                                       : "";
    return Line(
        receive_ms,
        absl::StrFormat(
            R"({"stream":"s@bookTicker","data":{%s"u":%d,"s":"BTCUSDT","b":"%s","B":"1.000","a":"%s","A":"2.000"}})",
            times, id, bid, ask));
  }
  const std::string& text() const { return text_; }
  Imported Import(const ImportOptions& options = {}) const {
    return ImportText("capture.gz", text_, options);
  }

 private:
  bool futures_;
  std::string text_;
};

Nanos At(int exchange_ms) { return {(kExchange + exchange_ms) * kMilli}; }

std::vector<std::uint64_t> AppliedIds(const Imported& result) {
  std::vector<std::uint64_t> ids;
  for (const Event& head : result.Of(Kind::kDepthHead)) ids.push_back(As<DepthHeadBody>(head).last_id);
  return ids;
}

const std::string kBid = R"(["100.00","1.000"])";
const std::string kAsk = R"(["100.10","2.000"])";

TEST(BinanceTest, ChangesWaitForTheSnapshotAndFollowItAtItsReceipt) {
  const Imported result = Capture()
                              .Depth(10, 5, 80, 90, 70, kBid)    // older than the snapshot
                              .Depth(20, 15, 91, 110, 90, kBid)  // brackets it
                              .Depth(30, 25, 111, 120, 110, kBid)
                              .Snapshot(40, 28, 100, kBid, kAsk)
                              .Depth(50, 45, 121, 130, 120, "", R"(["100.10","0.000"],["100.20","3.000"])")
                              .Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  EXPECT_EQ(AppliedIds(result), (std::vector<std::uint64_t>{110, 120, 130}));
  EXPECT_EQ(result.report.measure("depth_messages_dropped"), 1);
  EXPECT_EQ(result.report.completeness, Completeness::kL2);
  const Event clear = result.Of(Kind::kBookClear).at(0);
  const auto heads = result.Of(Kind::kDepthHead);
  EXPECT_EQ(heads[0].time, clear.time);
  EXPECT_EQ(heads[1].time, clear.time);
  EXPECT_EQ(heads[0].venue_time(), At(15));
  EXPECT_GT(heads[2].time, clear.time);
  const auto levels = result.Of(Kind::kLevel);
  EXPECT_EQ(levels[0].flags, flag::kSnapshot);
  EXPECT_EQ(levels[1].flags, flag::kSnapshot | flag::kGroupEnd);
  EXPECT_EQ(As<LevelBody>(levels.back()).price, Price{10'020});
  EXPECT_EQ(As<LevelBody>(levels.back()).quantity, Quantity{3'000});
}

TEST(BinanceTest, SpotAndFuturesDropByTheirOwnRules) {
  Capture futures(true);
  futures.Depth(10, 5, 90, 100, 80, kBid)
      .Snapshot(40, 28, 100, kBid, kAsk)
      .Depth(50, 45, 101, 110, 100, kBid);
  EXPECT_EQ(AppliedIds(futures.Import()), (std::vector<std::uint64_t>{100, 110}));
  Capture spot(false);
  spot.Depth(10, 5, 90, 100, 0, kBid).Snapshot(40, 28, 100, kBid, kAsk).Depth(50, 45, 101, 110, 0, kBid);
  EXPECT_EQ(AppliedIds(spot.Import()), (std::vector<std::uint64_t>{110}));
}

TEST(BinanceTest, ABreakOfTheIdsIsAGapAndTheNextSnapshotHealsIt) {
  const Imported result = Capture()
                              .Snapshot(10, 5, 100, kBid, kAsk)
                              .Depth(20, 15, 95, 110, 90, kBid)
                              .Depth(30, 25, 121, 130, 120, kBid)  // 111 to 120 are lost
                              .Depth(40, 35, 131, 140, 130, kBid)
                              .Snapshot(50, 38, 135, kBid, kAsk)
                              .Depth(60, 55, 141, 150, 140, kBid)
                              .Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto gaps = result.Of(Kind::kFeedGap);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(As<FeedGapBody>(gaps[0]).expected_id, 110U);
  EXPECT_EQ(As<FeedGapBody>(gaps[0]).found_id, 120U);
  EXPECT_TRUE(gaps[0].EndsGroup());
  EXPECT_EQ(AppliedIds(result), (std::vector<std::uint64_t>{110, 140, 150}));
  EXPECT_EQ(result.Count(FindingCode::kFeedGap), 1U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kFeedGap), "capture.gz:3");
  EXPECT_TRUE(result.report.HasErrors());
}

TEST(BinanceTest, ASnapshotThatTheChangesDoNotContinueIsIgnored) {
  const Imported result = Capture()
                              .Depth(10, 5, 201, 210, 200, kBid)
                              .Snapshot(20, 8, 100, kBid, kAsk)
                              .Snapshot(30, 25, 205, kBid, kAsk)
                              .Import();
  EXPECT_EQ(result.Count(FindingCode::kStaleSnapshot), 1U);
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 1U);
  EXPECT_EQ(AppliedIds(result), (std::vector<std::uint64_t>{210}));
}

TEST(BinanceTest, ASnapshotOlderThanTheBookChangesNothing) {
  const Imported result = Capture()
                              .Snapshot(10, 5, 100, kBid, kAsk)
                              .Depth(20, 15, 95, 110, 90, kBid)
                              .Snapshot(30, 12, 105, kBid, kAsk)
                              .Depth(40, 35, 111, 120, 110, kBid)
                              .Import();
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 1U);
  EXPECT_EQ(AppliedIds(result), (std::vector<std::uint64_t>{110, 120}));
  EXPECT_EQ(result.report.measure("snapshots_older_than_book"), 1);
}

TEST(BinanceTest, WithoutASnapshotTheChangesAreAnErrorOfTheDoctorAndTheRestIsKept) {
  const Imported result = Capture().Depth(10, 5, 80, 90, 70, kBid).Trade(20, 18, 1, false).Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Count(FindingCode::kNoSnapshot), 1U);
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.report.completeness, Completeness::kTrades);
}

TEST(BinanceTest, ReceiveTimesAreReBasedSoThatTheFastestMessageTookTheFloor) {
  const Imported result =
      Capture().Trade(13, 10, 1, false).Trade(22, 20, 2, false).Trade(37, 30, 3, false).Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto trades = result.Of(Kind::kTrade);
  EXPECT_EQ(result.report.clock_offset, Duration{kBehind + 1 * kMilli});
  EXPECT_TRUE(result.report.clock_offset_estimated);
  EXPECT_EQ(trades[0].at(), At(12));
  EXPECT_EQ(trades[1].at(), At(21));
  EXPECT_EQ(trades[2].at(), At(36));
  // Origin is the transaction, 1 ms before the message was sent.
  EXPECT_EQ(trades[0].venue_time(), At(9));
  EXPECT_EQ(result.report.min_feed_latency, Duration{2 * kMilli});
  EXPECT_EQ(result.report.max_feed_latency, Duration{7 * kMilli});
  EXPECT_EQ(result.Count(FindingCode::kClockSkew), 1U);
}

TEST(BinanceTest, TheOffsetIsTheSameForEveryFileOfTheStream) {
  const Capture first = Capture().Trade(15, 10, 1, false);
  const Capture second = Capture().Trade(21, 20, 2, false);
  const Imported result = ImportAll(InMemory({{"a", first.text()}, {"b", second.text()}}), {"a", "b"}, {});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Of(Kind::kTrade).at(0).at(), At(15));
  EXPECT_EQ(result.Count(FindingCode::kTradeGap), 0U);
}

TEST(BinanceTest, ADeclaredOffsetIsUsedAndNegativeLatencyReported) {
  ImportOptions options;
  options.clock_offset = Duration{kBehind + 5 * kMilli};
  const Imported result = Capture().Trade(13, 10, 1, false).Trade(29, 20, 2, false).Import(options);
  const auto trades = result.Of(Kind::kTrade);
  ASSERT_EQ(trades.size(), 2U);
  ExpectWellFormed(result.records);
  EXPECT_FALSE(result.report.clock_offset_estimated);
  EXPECT_EQ(result.Count(FindingCode::kNegativeLatency), 1U);
  EXPECT_EQ(trades[0].at(), At(8));
  EXPECT_EQ(trades[0].venue_time(), At(8));  // nothing happens after it was received
  EXPECT_EQ(trades[1].venue_time(), At(19));
}

TEST(BinanceTest, ASpotTickerHappenedTheFloorBeforeItsReceipt) {
  Capture capture(false);
  capture.Trade(12, 10, 1, false).Quote(20, 0, 5, "100.00", "100.10");
  const Imported result = capture.Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto quotes = result.Of(Kind::kQuote);
  ASSERT_EQ(quotes.size(), 2U);
  EXPECT_EQ(quotes[0].side, Side::kBid);
  EXPECT_EQ(quotes[1].side, Side::kAsk);
  EXPECT_EQ(quotes[0].at() - quotes[0].venue_time(), Duration{1 * kMilli});
  EXPECT_EQ(As<QuoteBody>(quotes[1]).price, Price{10'010'000'000});
  EXPECT_EQ(As<QuoteBody>(quotes[1]).update_id, 5U);
}

TEST(BinanceTest, TheAggressorIsTheSideThatWasNotTheMaker) {
  const Imported result = Capture().Trade(13, 10, 1, true).Trade(14, 11, 2, false).Import();
  const auto trades = result.Of(Kind::kTrade);
  EXPECT_EQ(trades.at(0).side, kSell);
  EXPECT_EQ(trades.at(1).side, kBuy);
  EXPECT_EQ(As<TradeBody>(trades[0]).price, Price{10'010});
  EXPECT_EQ(As<TradeBody>(trades[0]).quantity, Quantity{6});
}

TEST(BinanceTest, TradesOutsideTheBookAndUnknownMessagesAreSkippedAndCounted) {
  const Imported result = Capture()
                              .Trade(13, 10, 1, true, "MARKET")
                              .Trade(14, 11, 2, true, "INSURANCE_FUND")
                              .Line(15, R"({"result":null,"id":1})")
                              .Line(16, R"({"stream":"x@kline_1m","data":{"e":"kline","k":{}}})")
                              .Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.report.measure("trades_off_market"), 1);
  EXPECT_EQ(result.Count(FindingCode::kUnknownMessage), 2U);
}

std::string Mark(const std::string& price, const std::string& rate, const std::string& next) {
  return absl::StrFormat(
      R"({"stream":"s@markPrice","data":{"e":"markPriceUpdate","E":%d,"s":"BTCUSDT","p":"%s","i":"100.09","P":"99.5","r":"%s","T":%s}})",
      kExchange + 10, price, rate, next);
}

TEST(BinanceTest, MarkPricesCarryTheFundingRateAndItsTime) {
  const Imported result = Capture()
                              .Trade(13, 10, 1, true)
                              .Line(14, Mark("100.10500000", "-0.00038167", "1723161600000"))
                              .Line(15, Mark("100.11600000", "", "0"))  // a dated future
                              .Import();
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto marks = result.Of(Kind::kMarkPrice);
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].venue_time(), At(10));
  const auto perpetual = As<MarkPriceBody>(marks[0]);
  EXPECT_EQ(perpetual.mark, Price{10'010});  // half to even
  EXPECT_EQ(perpetual.index, Price{10'009});
  EXPECT_EQ(perpetual.funding_rate_e12, -381'670'000);
  EXPECT_EQ(perpetual.next_funding, (Nanos{1'723'161'600'000 * kMilli}));
  const auto dated = As<MarkPriceBody>(marks[1]);
  EXPECT_EQ(dated.mark, Price{10'012});
  EXPECT_EQ(dated.next_funding, Nanos{});
  ImportOptions trades;
  trades.channels = {"trade"};
  EXPECT_TRUE(Capture().Trade(13, 10, 1, true).Line(14, Mark("1", "0", "0")).Import(trades).Of(Kind::kMarkPrice).empty());
}

TEST(BinanceTest, MarkPricesThatAreNoneNameTheLine) {
  for (const auto& [line, what] : {std::pair{Mark("x", "0", "0"), "mark price is 'x'"},
                                   std::pair{Mark("-1", "0", "0"), "expected a positive number"},
                                   std::pair{Mark("100", "0.1.2", "0"), "funding rate is '0.1.2'"},
                                   std::pair{Mark("100", "0", "99999999999999999"), "next funding time is"}}) {
    const Imported result = Capture().Trade(13, 10, 1, true).Line(14, line).Import();
    EXPECT_NE(result.status.message().find(what), std::string::npos) << result.status;
    EXPECT_NE(result.status.message().find(":2"), std::string::npos) << result.status;
  }
}

TEST(BinanceTest, TradeIdsThatJumpAreReported) {
  EXPECT_EQ(Capture().Trade(13, 10, 1, true).Trade(14, 11, 3, true).Import().Count(FindingCode::kTradeGap),
            1U);
}

TEST(BinanceTest, ChannelsThatAreNotKeptLeaveNoRecords) {
  Capture capture;
  capture.Snapshot(10, 5, 100, kBid, kAsk).Trade(13, 10, 1, true).Quote(20, 15, 101, "100.00", "100.10");
  ImportOptions options;
  options.channels = {"quote"};
  const Imported quotes = capture.Import(options);
  EXPECT_EQ(quotes.records.size(), 4U);
  EXPECT_EQ(quotes.report.completeness, Completeness::kQuotes);
  options.channels = {"books"};
  const Imported wrong = capture.Import(options);
  EXPECT_EQ(wrong.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(wrong.status.message().find("channel is 'books', expected depth, trade, quote or mark"),
            absl::string_view::npos);
}

TEST(BinanceTest, ReceiveTimeThatGoesBackIsReportedAndHeld) {
  const Imported result = Capture().Trade(20, 10, 1, true).Trade(15, 11, 2, true).Import();
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 1U);
  ExpectWellFormed(result.records);
}

TEST(BinanceTest, ACrossedBookIsReported) {
  const Imported result =
      Capture().Snapshot(10, 5, 100, kBid, kAsk).Depth(20, 15, 95, 110, 90, R"(["100.20","1.000"])").Import();
  EXPECT_EQ(result.Count(FindingCode::kCrossedBook), 1U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kCrossedBook), "capture.gz:2");
}

TEST(BinanceTest, TheTouchIsComparedWithTheLatestQuoteUpToItsId) {
  Capture capture;
  capture.Quote(8, 4, 99, "100.00", "100.10")
      .Snapshot(10, 5, 100, R"(["100.00","1.000"])", R"(["100.10","2.000"])");
  capture.Quote(12, 9, 120, "99.90", "100.10");  // ahead of its depth
  capture.Depth(20, 15, 95, 110, 90).Depth(22, 17, 111, 121, 110, R"(["100.00","0.000"],["99.90","5.000"])");
  const Imported result = capture.Import();
  EXPECT_EQ(result.report.measure("touches_compared"), 2);
  EXPECT_EQ(result.report.measure("touches_equal"), 1);  // the second has 5.000 where the quote has 1.000
  EXPECT_EQ(result.Count(FindingCode::kTouchMismatch), 1U);
}

TEST(BinanceTest, ACutLastLineIsLeftOutAndReported) {
  const Capture capture = Capture().Trade(13, 10, 1, true).Trade(14, 11, 2, true);
  const Imported result = ImportText("capture", capture.text().substr(0, capture.text().size() - 20));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.Count(FindingCode::kSessionWithoutEnd), 1U);
}

TEST(BinanceTest, MarketsHaveTheirOwnInstruments) {
  const Instrument usdm = Capture().Depth(10, 5, 80, 90, 70).Import().report.instruments.at(0);
  EXPECT_EQ(FullName(usdm), "binance-usdm:BTCUSDT");
  EXPECT_EQ(usdm.price_decimals, 2);
  EXPECT_EQ(usdm.quantity_decimals, 3);
  EXPECT_EQ(usdm.tick_size, PriceDelta{10});
  EXPECT_EQ(usdm.settle_currency, "USDT");
  const Instrument spot = Capture(false).Depth(10, 5, 80, 90, 0).Import().report.instruments.at(0);
  EXPECT_EQ(FullName(spot), "binance-spot:BTCUSDT");
  EXPECT_EQ(spot.tick_size, PriceDelta{1'000'000});
  Capture coin;
  coin.Line(10, R"({"stream":"btcusd_perp@trade","data":{"e":"trade","E":1723161256000,"T":1723161256000,)"
                R"("s":"BTCUSD_PERP","ps":"BTCUSD","t":5,"p":"61804.8","q":"4","m":false}})");
  const Instrument inverse = coin.Import().report.instruments.at(0);
  EXPECT_EQ(FullName(inverse), "binance-coinm:BTCUSD_PERP");
  EXPECT_EQ(inverse.contract, Contract::kInverse);
  EXPECT_EQ(inverse.multiplier, 100);
  EXPECT_EQ(inverse.currency, "USD");
  EXPECT_EQ(inverse.settle_currency, "BTC");
  EXPECT_EQ(inverse.quantity_decimals, 0);
}

TEST(BinanceTest, DeclaredDecimalsAndTickReplaceTheDefaults) {
  ImportOptions options;
  options.price_decimals = 4;
  options.tick_size = "0.05";
  const Imported result = Capture().Trade(13, 10, 1, true).Import(options);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(As<TradeBody>(result.Of(Kind::kTrade).at(0)).price, Price{1'001'000});
  EXPECT_EQ(result.report.instruments[0].tick_size, PriceDelta{500});
  options.tick_size = "0.00001";
  EXPECT_EQ(Capture().Trade(13, 10, 1, true).Import(options).status.code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BinanceTest, SymbolsHaveTheirOwnBooksAndAnOptionPicksOne) {
  std::string other = Capture().Trade(14, 11, 7, false).text();
  for (std::size_t at; (at = other.find("BTCUSDT")) != std::string::npos;) other.replace(at, 7, "ETHUSDT");
  const std::string text = Capture().Trade(13, 10, 1, true).text() + other;
  const Imported both = ImportText("capture", text);
  ASSERT_EQ(both.report.instruments.size(), 2U) << both.status;
  EXPECT_EQ(both.Of(Kind::kTrade)[1].instrument, 1U);
  EXPECT_EQ(both.Count(FindingCode::kTradeGap), 0U);
  ImportOptions options;
  options.symbol = "ETHUSDT";
  const Imported one = ImportText("capture", text, options);
  ASSERT_EQ(one.report.instruments.size(), 1U);
  EXPECT_EQ(one.report.instruments[0].symbol, "ETHUSDT");
}

// A snapshot names no symbol: among several, the one that --symbol keeps must not take another one's.
TEST(BinanceTest, ASnapshotAmongSeveralSymbolsBelongsToNone) {
  const std::string snapshot = Capture().Snapshot(12, 9, 85, R"(["1.0","2"])", R"(["1.1","3"])").text();
  std::string other = Capture().Trade(14, 11, 7, false).text();
  for (std::size_t at; (at = other.find("BTCUSDT")) != std::string::npos;) other.replace(at, 7, "ETHUSDT");
  const std::string own = Capture().Depth(13, 10, 80, 90, 70).text();
  ImportOptions options;
  options.symbol = "BTCUSDT";
  EXPECT_EQ(ImportText("capture", own + snapshot, options).Of(Kind::kBookClear).size(), 1U);
  const Imported mixed = ImportText("capture", own + snapshot + other, options);
  ASSERT_TRUE(mixed.status.ok()) << mixed.status;
  EXPECT_TRUE(mixed.Of(Kind::kBookClear).empty());
  EXPECT_EQ(mixed.Count(FindingCode::kStaleSnapshot), 1U);
}

TEST(BinanceTest, ErrorsNameLineValueAndWhatWouldBeValid) {
  const std::string good = Capture().Trade(13, 10, 1, true).text();
  const auto error = [&](const std::string& line) {
    return std::string(ImportText("capture", good + line + "\n").status.message());
  };
  EXPECT_NE(error("yesterday {}").find("capture:2: the line starts 'yesterday {}', expected a receive time"),
            std::string::npos);
  EXPECT_NE(error("99999999999999999999 {}").find("expected a receive time"), std::string::npos);
  EXPECT_NE(error("1723161256000000000 {\"a\":").find("capture:2: not a Binance message"), std::string::npos);
  EXPECT_NE(error("1723161256000000000 [1]").find("capture:2: not a Binance message"), std::string::npos);
  const std::string trade = Capture().Trade(14, 11, 2, true).text();
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string line = trade.substr(0, trade.size() - 1);
    line.replace(line.find(from), from.size(), to);
    return error(line);
  };
  EXPECT_NE(changed("100.10", "abc").find("capture:2: price 'abc' is not a decimal number"),
            std::string::npos);
  EXPECT_NE(changed("100.10", "100.123").find("price '100.123' does not fit the 2 decimals declared"),
            std::string::npos);
  EXPECT_NE(changed("0.006", "-1").find("quantity is '-1', expected 0 or more"), std::string::npos);
  EXPECT_NE(changed("0.006", "99999999999999999999").find("too large"), std::string::npos);
  EXPECT_NE(changed("\"t\":2", "\"t\":\"x\"").find("trade id is 'x'"), std::string::npos);
  EXPECT_NE(changed(",\"s\":\"BTCUSDT\"", "").find("without field s"), std::string::npos);
  EXPECT_NE(changed("\"T\":1723161256010", "\"T\":99999999999999").find("expected before the year 2116"),
            std::string::npos);
}

}  // namespace
}  // namespace crucible::decode
