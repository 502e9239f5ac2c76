// Captures of public feeds: what each venue's messages become.

#include "framework/book/book.h"
#include "tests/decode/decode_fixture.h"
#include "tests/decode/samples.h"

namespace crucible::decode {
namespace {

Sample SampleOf(const std::string& format) {
  for (const Sample& sample : Samples()) {
    if (sample.format == format) return sample;
  }
  ADD_FAILURE() << format;
  return {};
}

Imported ImportSample(const std::string& format, const std::string& more = "", ImportOptions options = {}) {
  const Sample sample = SampleOf(format);
  const Imported result = ImportText(sample.path, sample.bytes + more, options);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.format, format);
  ExpectWellFormed(result.records);
  return result;
}

// Touch of each instrument at the end of the records.
std::vector<book::Touch> Touches(const Imported& result) {
  std::vector<book::Book> books;
  for (const Instrument& instrument : result.report.instruments) {
    books.emplace_back(book::BookOptions{.type = book::BookType::kL2, .tick_size = instrument.tick_size});
  }
  std::vector<Event> group;
  for (const Event& event : result.records) {
    if (event.kind != Kind::kQuote) group.push_back(event);
    if (!event.EndsGroup()) continue;
    if (!group.empty()) books[event.instrument].Apply(group);
    group.clear();
  }
  std::vector<book::Touch> touches;
  for (const book::Book& book : books) touches.push_back(book.touch());
  return touches;
}

constexpr std::int64_t kOne = 100'000'000;  // with 8 decimals

TEST(CaptureTest, EverySampleIsRecognisedAndImports) {
  for (const Sample& sample : Samples()) {
    const auto files = InMemory({{sample.path, sample.bytes}});
    const auto format = DetectFormatFrom(files, sample.path);
    ASSERT_TRUE(format.ok()) << sample.format << format.status();
    EXPECT_EQ(*format, sample.format);
    ImportOptions options;
    options.symbol = sample.symbol;
    const Imported plain = ImportText(sample.path, sample.bytes, options);
    EXPECT_TRUE(plain.status.ok()) << sample.format << plain.status;
    EXPECT_FALSE(plain.records.empty()) << sample.format;
    for (const std::string& stored : {Gzip(sample.bytes), Zstd(sample.bytes)}) {
      EXPECT_EQ(ImportText(sample.path, stored, options).records, plain.records) << sample.format;
    }
    EXPECT_EQ(ImportAll(InMemory({{sample.path, sample.bytes}}, 7), {sample.path}, options).records,
              plain.records)
        << sample.format;
  }
}

TEST(CaptureTest, EveryFormatRepeatsItsInputLater) {
  for (const Sample& sample : Samples()) {
    ImportOptions options;
    options.symbol = sample.symbol;
    options.repeat = 2;
    const Imported twice = ImportText(sample.path, sample.bytes, options);
    ASSERT_TRUE(twice.status.ok()) << sample.format << twice.status;
    ExpectWellFormed(twice.records);
    options.repeat = 1;
    const Imported once = ImportText(sample.path, sample.bytes, options);
    const std::size_t defined = 2 * once.report.instruments.size();
    EXPECT_GE(twice.records.size(), 2 * once.records.size() - defined) << sample.format;
  }
}

TEST(CaptureTest, CoinbaseSnapshotUpdatesAndMatches) {
  const Imported result = ImportSample("coinbase");
  EXPECT_EQ(result.report.completeness, Completeness::kL2);
  ASSERT_EQ(result.report.instruments.size(), 1U);
  EXPECT_EQ(result.report.instruments[0].currency, "GBP");
  const book::Touch touch = Touches(result).at(0);
  EXPECT_EQ(touch.bid_price.units, 1'476'000'000);
  EXPECT_EQ(touch.ask_price.units, 1'480'690'000);
  const std::vector<Event> trades = result.Of(Kind::kTrade);
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(trades[0].side, kBuy);  // a match names the maker's side
}

TEST(CaptureTest, TheReceiveClockIsRebasedByTheFastestMessage) {
  const Imported result = ImportSample("coinbase");
  EXPECT_TRUE(result.report.clock_offset_estimated);
  EXPECT_EQ(result.report.min_feed_latency.nanos, 1'000'000);
}

TEST(CaptureTest, AChangeBeforeItsSnapshotIsLeftOut) {
  const Imported result = ImportSample(
      "coinbase",
      R"(1618677818.118783: {"type":"l2update","product_id":"XYZ-USD","changes":[["buy","1","1"]],"time":"2021-04-17T16:43:38.075687Z"})"
      "\n");
  EXPECT_EQ(result.Count(FindingCode::kNoSnapshot), 1U);
  EXPECT_FALSE(Touches(result).at(1).HasBid());
}

TEST(CaptureTest, BitmexFindsPricesByLevelId) {
  const Imported result = ImportSample("bitmex");
  const Instrument& instrument = result.report.instruments.at(0);
  EXPECT_EQ(instrument.contract, Contract::kInverse);
  EXPECT_EQ(instrument.tick_size.units, 50 * kOne);
  EXPECT_EQ(result.Count(FindingCode::kAssumedTick), 0U);
  const book::Touch touch = Touches(result).at(0);
  EXPECT_EQ(touch.bid_price.units, 320'995'000'000'000);  // 89 was deleted, 90 inserted
  EXPECT_EQ(touch.ask_quantity.units, 123);
  EXPECT_EQ(result.Of(Kind::kQuote).size(), 2U);
  const Imported unknown = ImportSample(
      "bitmex",
      R"(1626993373.431747: {"table":"orderBookL2","action":"delete","data":[{"symbol":"XBTUSD","id":7,"side":"Buy"}]})"
      "\n");
  EXPECT_EQ(unknown.Count(FindingCode::kUnknownOrder), 1U);
}

TEST(CaptureTest, BybitOlderAndNewerFeeds) {
  const Imported result = ImportSample("bybit");
  ASSERT_EQ(result.report.instruments.size(), 2U);
  const std::vector<book::Touch> touches = Touches(result);
  EXPECT_EQ(touches[0].bid_price.units, 1053 * kOne);
  EXPECT_FALSE(touches[1].HasBid());
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 2U);
}

// Bybit answers a subscription with the trades before it.
TEST(CaptureTest, TradesFromBeforeTheirSubscriptionAreNoMarketData) {
  const std::string subscribe =
      R"(wss://stream.bybit.com/realtime <- 1618677786.100000: {"op":"subscribe","args":["trade.BCHUSDT"]})"
      "\n";
  const auto trade = [](int ms) {
    return R"(1618677786.987375: {"topic":"trade.BCHUSDT","data":[{"trade_time_ms":"161867778)" +
           std::to_string(ms) +
           R"(","symbol":"BCHUSDT","side":"Sell","size":0.14,"price":"1053.00"}]})" + "\n";
  };
  ImportOptions options;
  options.clock_offset = Duration{0};
  const Imported result = ImportText("BYBIT.ws.1.0", subscribe + trade(5'948) + trade(6'099) + trade(6'100), options);
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kTrade)[0].venue_time(), Nanos{1'618'677'786'100'000'000});
  EXPECT_EQ(result.report.measure("trades_before_subscription"), 2);
}

TEST(CaptureTest, KrakenTradesFromBeforeTheirSubscriptionAreNoMarketData) {
  const std::string text =
      R"(wss://ws.kraken.com <- 1618678132.825306: {"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"trade"}})"
      "\n"
      R"(1618678133.1: [337,[["55000.1","0.5","1618678132.825305","s","l",""],["55000.2","0.5","1618678132.825306","b","m",""]],"trade","XBT/USD"])"
      "\n";
  ImportOptions options;
  options.clock_offset = Duration{0};
  const Imported result = ImportText("KRAKEN.ws.1.0", text, options);
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kTrade)[0].venue_time(), Nanos{1'618'678'132'825'306'000});
  EXPECT_EQ(result.report.measure("trades_before_subscription"), 1);
}

TEST(CaptureTest, ABreakInTheSequenceIsAGapUntilTheNextSnapshot) {
  const Imported result = ImportSample(
      "kraken-futures",
      R"(1626994930.1: {"feed":"book","product_id":"PI_ETHUSD","side":"sell","seq":103,"price":2004.7,"qty":1.0,"timestamp":1626994929744})"
      "\n"
      R"(1626994930.2: {"feed":"book","product_id":"PI_ETHUSD","side":"sell","seq":104,"price":2004.6,"qty":1.0,"timestamp":1626994929844})"
      "\n");
  EXPECT_EQ(result.Count(FindingCode::kFeedGap), 1U);
  ASSERT_EQ(result.Of(Kind::kFeedGap).size(), 1U);
  EXPECT_EQ(As<FeedGapBody>(result.Of(Kind::kFeedGap)[0]).expected_id, 102U);
  EXPECT_EQ(Touches(result).at(0).ask_price.units, 2004 * kOne + 85 * kOne / 100);
}

// The worked example of Kraken's documentation of its checksum.
TEST(CaptureTest, KrakenChecksumsAreCompared) {
  const auto levels = [](const char* prices[10], const char* quantity) {
    std::string text;
    for (int i = 0; i < 10; ++i) {
      text += std::string(i == 0 ? "" : ",") + "[\"" + prices[i] + "\",\"" + quantity +
              "\",\"1582905487.684110\"]";
    }
    return text;
  };
  const char* asks[10] = {"0.05005", "0.05010", "0.05015", "0.05020", "0.05025",
                          "0.05030", "0.05035", "0.05040", "0.05045", "0.05050"};
  const char* bids[10] = {"0.05000", "0.04995", "0.04990", "0.04980", "0.04975",
                          "0.04970", "0.04965", "0.04960", "0.04955", "0.04950"};
  const std::string snapshot = "1618678133.6: [1,{\"as\":[" + levels(asks, "0.00000500") + "],\"bs\":[" +
                               levels(bids, "0.00000500") + "]},\"book-10\",\"XBT/USD\"]\n";
  const auto update = [](const std::string& checksum) {
    return R"(1618678134.2: [1,{"b":[["0.05000","0.00000500","1618678134.1"]],"c":")" + checksum +
           R"("},"book-10","XBT/USD"])" + "\n";
  };
  const Imported result = ImportText("kraken", snapshot + update("974947235") + update("974947236"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.measure("checksums"), 2);
  EXPECT_EQ(result.report.measure("checksums_equal"), 1);
  EXPECT_EQ(result.Count(FindingCode::kBookMismatch), 1U);
}

TEST(CaptureTest, KrakenTradesSpreadsAndDoubleUpdates) {
  const Imported result = ImportSample("kraken");
  const book::Touch touch = Touches(result).at(0);
  EXPECT_EQ(touch.ask_price.units, 5'005'000);
  EXPECT_EQ(result.Of(Kind::kTrade).at(0).side, kBuy);
  EXPECT_EQ(As<QuoteBody>(result.Of(Kind::kQuote).at(0)).quantity.units, 500);
}

TEST(CaptureTest, ALineWithoutReceiveTimeIsReceivedWhenItWasSent) {
  const Imported result = ImportText(
      "ob500.jsonl",
      R"({"topic":"orderbook.500.XRPUSDT","type":"snapshot","ts":1618677786900,"data":{"s":"XRPUSDT","b":[["1.9","10"]],"a":[["2.0","5"]],"u":7,"seq":1},"cts":1618677786890})"
      "\n");
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.format, "bybit");
  EXPECT_EQ(result.records.back().time, 1'618'677'786'890'000'000);
  EXPECT_EQ(result.report.clock_offset.nanos, 0);
}

TEST(CaptureTest, AMalformedLineNamesItselfUnlessItIsTheCutEnd) {
  const Sample sample = SampleOf("coinbase");
  const Imported middle = ImportText(sample.path, sample.bytes + "16186778\n" + sample.bytes);
  EXPECT_NE(middle.status.message().find("coinbase:6: the line starts '16186778'"), std::string::npos)
      << middle.status;
  const Imported end = ImportText(sample.path, sample.bytes + R"(1618677819.2: {"type":"l2up)");
  EXPECT_TRUE(end.status.ok()) << end.status;
  EXPECT_EQ(end.Count(FindingCode::kSessionWithoutEnd), 1U);
}

TEST(CaptureTest, BitstampFillsTheRestingOrderAndReducesTheTaker) {
  const Imported result = ImportSample("bitstamp");
  EXPECT_EQ(result.report.completeness, Completeness::kFullL3);
  const std::vector<Event> executed = result.Of(Kind::kOrderExecute);
  ASSERT_EQ(executed.size(), 1U);
  EXPECT_EQ(As<ExecuteBody>(executed[0]).order_id.value, 15U);
  EXPECT_EQ(executed[0].side, Side::kBid);
  // 16 came later and crossed: it took.
  ASSERT_EQ(result.Of(Kind::kOrderDelete).size(), 1U);
  EXPECT_EQ(As<L3Body>(result.Of(Kind::kOrderDelete)[0]).order_id.value, 16U);
  EXPECT_EQ(result.report.measure("late_events_ignored"), 1);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 0U);
}

TEST(CaptureTest, BitstampOrdersThatRestedBeforeTheLog) {
  const Imported result = ImportSample(
      "bitstamp",
      R"(1430438404700 order_changed {"price": "236.00", "amount": "1.0", "id": 7, "order_type": 0})"
      "\n"
      R"(1430438404800 order_deleted {"price": "236.00", "amount": "1.0", "id": 8, "order_type": 0})"
      "\n"
      R"(1430438404900 order_changed {"price": "236.10", "amount": "1.0", "id": 7, "order_type": 0})"
      "\n");
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 2U);
  EXPECT_EQ(result.Of(Kind::kOrderModify).size(), 1U);
}

TEST(CaptureTest, TardisRowsOfOneMessageAreOneGroup) {
  const Imported result = ImportSample("tardis");
  ASSERT_EQ(result.records.size(), 8U);
  EXPECT_EQ(result.records[2].kind, Kind::kBookClear);
  EXPECT_TRUE(result.records[4].EndsGroup());
  EXPECT_EQ(result.records[5].kind, Kind::kDepthHead);
  EXPECT_EQ(Touches(result).at(0).bid_price.units, 6420 * kOne + kOne / 2);
  EXPECT_EQ(result.records[7].time, 1'585'699'200'455'684'000);
  EXPECT_EQ(result.records[7].origin, 1'585'699'200'345'000'000U);
}

TEST(CaptureTest, TardisSnapshotsTradesAndQuotes) {
  const std::string head = "exchange,symbol,timestamp,local_timestamp,";
  const std::string times = "x,XYZ,1585699200245000,1585699200355684,";
  const Imported snapshots =
      ImportText("s.csv", head + "asks[0].price,asks[0].amount,bids[0].price,bids[0].amount\n" + times +
                              "11,1,10,2\n" + times + "11,1,9,2\n");
  ASSERT_TRUE(snapshots.status.ok()) << snapshots.status;
  EXPECT_EQ(Touches(snapshots).at(0).bid_price.units, 9 * kOne);
  EXPECT_EQ(snapshots.Of(Kind::kLevel).size(), 4U);
  const Imported trades = ImportText("t.csv", head + "id,side,price,amount\n" + times + "a,sell,5,1\n");
  ASSERT_EQ(trades.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(trades.Of(Kind::kTrade)[0].side, kSell);
  const Imported quotes =
      ImportText("q.csv", head + "ask_amount,ask_price,bid_price,bid_amount\n" + times + "1,5,,\n");
  ASSERT_EQ(quotes.Of(Kind::kQuote).size(), 2U);
  EXPECT_EQ(quotes.Of(Kind::kQuote)[0].body, Event{}.body);
  EXPECT_EQ(quotes.report.completeness, Completeness::kQuotes);
}

TEST(CaptureTest, LeanBarsAndTicksAreOfTheDayInTheName) {
  const Imported quotes = ImportSample("lean");
  ASSERT_EQ(quotes.Of(Kind::kBar).size(), 2U);
  EXPECT_EQ(quotes.Of(Kind::kBar)[0].time, 1'522'800'060'000'000'000);            // 2018-04-04 00:01
  EXPECT_EQ(As<BarBody>(quotes.Of(Kind::kBar)[0]).close.units, 464'618'500'000);  // the mid
  EXPECT_EQ(quotes.Of(Kind::kQuote).size(), 2U);  // the second row has no bid size
  EXPECT_EQ(quotes.report.measure("quotes_without_size"), 1);
  const Imported ticks =
      ImportText("20140505_eurusd_tick_quote.csv", "23668,1.38710,1.38726\n25634,1.38709,1.38727");
  ASSERT_TRUE(ticks.status.ok()) << ticks.status;
  EXPECT_EQ(ticks.report.format, "lean");
  EXPECT_EQ(ticks.Count(FindingCode::kAssumedSize), 4U);
  EXPECT_EQ(ticks.report.instruments.at(0).symbol, "EURUSD");
  const Imported trades = ImportText("20180404_btcusd_minute_trade.csv", "0,1,3,1,2,0.26404670999999998\n");
  EXPECT_EQ(trades.Count(FindingCode::kInexactDecimal), 1U);
  EXPECT_EQ(As<BarVolumeBody>(trades.Of(Kind::kBarVolume).at(0)).volume.units, 26'404'671);
}

TEST(CaptureTest, TruefxWithAndWithoutHeader) {
  const Imported result = ImportSample("truefx");
  EXPECT_EQ(result.report.instruments.at(0).symbol, "EUR/USD");
  EXPECT_EQ(result.Of(Kind::kQuote).at(0).time, 1'357'077'600'295'000'000);
  const Imported named = ImportText("truefx_usdjpy_ticks_20130101.csv",
                                    "timestamp,bid,ask\n2013-01-01 22:00:00.295000+00:00,86.655,86.728\n");
  ASSERT_TRUE(named.status.ok()) << named.status;
  EXPECT_EQ(named.report.instruments.at(0).symbol, "USDJPY");
  EXPECT_EQ(As<QuoteBody>(named.Of(Kind::kQuote).at(0)).price.units, 86'655);
}

TEST(CaptureTest, FxcmAndCmeBarsAreNamedByTheirFiles) {
  const Imported fxcm =
      ImportText("fxcm_gbpusd_m1_bid_201202.csv",
                 "timestamp,open,high,low,close\n2012-02-01 00:00:00+00:00,1.5,1.6,1.4,1.5\n");
  ASSERT_TRUE(fxcm.status.ok()) << fxcm.status;
  EXPECT_EQ(fxcm.report.format, "fxcm");
  EXPECT_EQ(fxcm.report.instruments.at(0).symbol, "GBPUSD-BID");
  const Imported cme =
      ImportText("xcme_6EH4_1m_202401.csv",
                 "timestamp_utc,open,high,low,close,volume\n2024-01-01 23:01:00,1.1,1.2,1.1,1.1,205\n");
  ASSERT_TRUE(cme.status.ok()) << cme.status;
  EXPECT_EQ(cme.report.format, "cme");
  EXPECT_EQ(cme.report.instruments.at(0).symbol, "6EH4");
}

}  // namespace
}  // namespace crucible::decode
