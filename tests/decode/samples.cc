#include "tests/decode/samples.h"

#include "tests/decode/dbn_builder.h"
#include "tests/decode/itch_builder.h"

namespace crucible::decode {
namespace {

std::string BinanceSample() {
  return R"(1723161255030314667 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":100,"u":110,"pu":90,"b":[["58710.20","0.014"]],"a":[]}})"
         "\n"
         R"(1723161255088176367 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}})"
         "\n"
         R"(1723161255088169167 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":105,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}})"
         "\n"
         R"(1723161255319702566 {"lastUpdateId":105,"E":1723161256501,"T":1723161256493,"bids":[["61800.20","2.909"]],"asks":[["61800.30","1.000"]]})"
         "\n"
         R"(1723161255419702566 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256699,"T":1723161256698,"s":"BTCUSDT","U":111,"u":120,"pu":110,"b":[["61800.20","0.000"]],"a":[["61800.40","1.5"]]}})"
         "\n";
}

std::string DbnSample() {
  constexpr std::uint8_t kLast = dbn_flag::kLast;
  return DbnMetadataBytes(1, 0) + Definition(kDbnDefinitions[0], "XYZ", kDbnOne / 4, kDbnOne) +
         Mbo('R', 'N', 0, 0, 0, dbn_flag::kSnapshot, 1) + Mbo('A', 'B', 1, 100, 10, dbn_flag::kSnapshot, 1) +
         Mbo('A', 'A', 2, 101, 7, kLast, 2) + Mbo('T', 'B', 9, 101, 5, 0, 3) +
         Mbo('F', 'A', 2, 101, 5, 0, 3) + Mbo('M', 'A', 2, 101, 2, kLast, 3) +
         Mbo('C', 'B', 1, 100, 4, kLast, 4) +
         Levels(dbn_type::kMbp1, 'T', 100, 1, {Level(100, 5, 101, 6)}, 5) +
         Levels(dbn_type::kBbo1s, '\0', 100, 1, {Level(100, 5, 101, 6)}, 6) +
         Levels(dbn_type::kMbp10, 'A', 100, 1, Ten({Level(100, 5, 101, 6), Level(99, 7, 102, 8)}), 7) +
         DbnBytes(DbnBar{DbnHead(dbn_type::kBar1m, sizeof(DbnBar), 8), 1, 3, 1, 2, 55}) +
         DbnBytes(DbnStatus{
             DbnHead(dbn_type::kStatus, sizeof(DbnStatus), 9), kDbnStart + 10, 8, 0, 0, 'N', 'N', 'N', {}});
}

std::string ItchSample() {
  return ItchDirectory(1, "XYZ") + ItchAdd(10, 'B', 100, "XYZ", 1'000'000) +
         ItchAttributed(11, 'S', 50, "XYZ", 1'000'100) + ItchExecuted(10, 30) +
         ItchExecutedAt(10, 20, 'Y', 999'900) + ItchCancel(10, 15) + ItchReplace(10, 12, 60, 1'000'000) +
         ItchDelete(11) + ItchTrade(5, 1'000'050) + ItchCross(200, 1'000'000) + ItchState('H');
}

std::string BitstampSample() {
  return R"(1430438404518 order_created {"price": "236.47", "amount": "2.00000000", "datetime": "1430438404", "id": 15, "order_type": 0})"
         "\n"
         R"(1430438404520 order_created {"price": "236.40", "amount": "1.50000000", "datetime": "1430438404", "id": 16, "order_type": 1})"
         "\n"
         R"(1430438404635 order_changed {"price": "236.47", "amount": "1.78855669", "datetime": "1430438404", "id": 15, "order_type": 0})"
         "\n"
         R"(1430438404640 trade {"price": 236.47, "amount": 0.21144331, "id": 81})"
         "\n"
         R"(1430438404645 order_book {"bids": [["236.47", "1.78855669"]], "asks": [["236.50", "1.0"]]})"
         "\n"
         R"(1430438404650 order_deleted {"price": "236.40", "amount": "0.00000000", "datetime": "1430438404", "id": 16, "order_type": 1})"
         "\n"
         R"(1430438404651 order_changed {"price": "236.40", "amount": "1.0", "datetime": "1430438404", "id": 16, "order_type": 1})"
         "\n";
}

std::string BitmexSample() {
  return R"(wss://www.bitmex.com/realtime <-> 1626993367.388005)"
         "\n"
         R"(https://www.bitmex.com/api/v1/instrument/active -> 1626993367.388006: [{"symbol":"XBTUSD","tickSize":0.5,"quoteCurrency":"USD","settlCurrency":"XBt","isInverse":true}])"
         "\n"
         R"(1626993370.146127: {"table":"orderBookL2","action":"partial","filter":{"symbol":"XBTUSD"},"data":[{"symbol":"XBTUSD","id":88,"side":"Sell","size":3000,"price":32100.5},{"symbol":"XBTUSD","id":89,"side":"Buy","size":4,"price":32100}]})"
         "\n"
         R"(1626993370.431718: {"table":"orderBookL2","action":"update","data":[{"symbol":"XBTUSD","id":88,"side":"Sell","size":123}]})"
         "\n"
         R"(1626993370.431719: {"table":"orderBookL2","action":"insert","data":[{"symbol":"XBTUSD","id":90,"side":"Buy","size":7,"price":32099.5}]})"
         "\n"
         R"(1626993370.431747: {"table":"orderBookL2","action":"delete","data":[{"symbol":"XBTUSD","id":89,"side":"Buy"}]})"
         "\n"
         R"(1626993371.019165: {"table":"quote","action":"insert","data":[{"timestamp":"2021-07-22T22:36:10.014Z","symbol":"XBTUSD","bidSize":750,"bidPrice":32099.5,"askPrice":32100.5,"askSize":123}]})"
         "\n"
         R"(1626993371.146107: {"table":"trade","action":"insert","data":[{"timestamp":"2021-07-22T22:36:10.014Z","symbol":"XBTUSD","side":"Buy","size":52,"price":32100.5}]})"
         "\n";
}

std::string BybitSample() {
  return R"(wss://stream.bybit.com/realtime <-> 1618677785.482746)"
         "\n"
         R"(1618677786.982405: {"topic":"orderBookL2_25.BCHUSDT","type":"snapshot","data":{"order_book":[{"price":"1053.05","symbol":"BCHUSDT","id":"10530500","side":"Buy","size":2.63},{"price":"1053.10","symbol":"BCHUSDT","id":"10531000","side":"Sell","size":5.48}]},"timestamp_e6":"1618677786598877"})"
         "\n"
         R"(1618677786.982850: {"topic":"orderBookL2_25.BCHUSDT","type":"delta","data":{"delete":[{"price":"1053.05","symbol":"BCHUSDT","id":"10530500","side":"Buy"}],"update":[],"insert":[{"price":"1053.00","symbol":"BCHUSDT","id":"10530000","side":"Buy","size":1}]},"timestamp_e6":"1618677786698877"})"
         "\n"
         R"(1618677786.987375: {"topic":"trade.BCHUSDT","data":[{"trade_time_ms":"1618677786614","symbol":"BCHUSDT","side":"Sell","size":0.14,"price":"1053.00"}]})"
         "\n"
         R"(1618677787.000000: {"topic":"orderbook.500.XRPUSDT","type":"snapshot","ts":1618677786900,"data":{"s":"XRPUSDT","b":[["1.9","10"]],"a":[["2.0","5"]],"u":7,"seq":1},"cts":1618677786890})"
         "\n"
         R"(1618677787.100000: {"topic":"orderbook.500.XRPUSDT","type":"delta","ts":1618677787000,"data":{"s":"XRPUSDT","b":[["1.9","0"]],"a":[],"u":8,"seq":2},"cts":1618677786990})"
         "\n"
         R"(1618677787.200000: {"topic":"publicTrade.XRPUSDT","type":"snapshot","ts":1618677787100,"data":[{"T":1618677787090,"s":"XRPUSDT","S":"Buy","v":"3","p":"2.0"}]})"
         "\n";
}

std::string CoinbaseSample() {
  return R"(wss://ws-feed.pro.coinbase.com <-> 1618677816.8434298)"
         "\n"
         R"(wss://ws-feed.pro.coinbase.com <- 1618677817.020616: {"type":"subscribe"})"
         "\n"
         R"(1618677817.077736: {"type":"snapshot","product_id":"BAND-GBP","asks":[["14.8024","12.77"],["14.8069","12.49"]],"bids":[["14.7550","3"]]})"
         "\n"
         R"(1618677817.118783: {"type":"l2update","product_id":"BAND-GBP","changes":[["sell","14.8024","0"],["buy","14.7600","1.5"]],"time":"2021-04-17T16:43:37.075687Z"})"
         "\n"
         R"(1618677817.129516: {"type":"match","trade_id":280232,"side":"sell","size":"0.5","price":"14.8069","product_id":"BAND-GBP","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"})"
         "\n";
}

std::string KrakenSample() {
  return R"(wss://ws.kraken.com <-> 1618678132.3858151)"
         "\n"
         R"(1618678133.626511: [1360,{"as":[["0.05005","0.00000500","1582905487.684110"],["0.05010","0.00000500","1582905486.187983"]],"bs":[["0.05000","0.00000500","1582905487.439814"]]},"book-1000","XBT/USD"])"
         "\n"
         R"(1618678134.213106: [1360,{"a":[["0.05010","0.00000000","1618678134.113106"]]},{"b":[["0.04995","0.00000500","1618678134.113107"]],"c":"1"},"book-1000","XBT/USD"])"
         "\n"
         R"(1618678134.313106: [1361,[["0.05005","0.00000100","1618678134.213106","b","l",""]],"trade","XBT/USD"])"
         "\n"
         R"(1618678134.413106: [1362,["0.05000","0.05005","1618678134.313106","0.00000500","0.00000400"],"spread","XBT/USD"])"
         "\n";
}

std::string KrakenFuturesSample() {
  return R"(wss://futures.kraken.com/ws/v1 <-> 1626994927.139662)"
         "\n"
         R"(1626994927.690547: {"feed":"book_snapshot","product_id":"PI_ETHUSD","timestamp":1626994927378,"seq":100,"bids":[{"price":2004.5,"qty":20108.0}],"asks":[{"price":2005.0,"qty":50.0}]})"
         "\n"
         R"(1626994928.037677: {"feed":"book","product_id":"PI_ETHUSD","side":"sell","seq":101,"price":2004.85,"qty":4787.0,"timestamp":1626994927744})"
         "\n"
         R"(1626994929.92945: {"feed":"trade","product_id":"PI_ETHUSD","side":"buy","type":"fill","seq":5956,"time":1626994929146,"qty":320.0,"price":2004.85})"
         "\n";
}

std::string TardisSample() {
  return "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
         "deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,ask,6421.5,18640\n"
         "deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,bid,6421,100\n"
         "deribit,BTC-PERPETUAL,1585699200345000,1585699200455684,false,bid,6421,0\n"
         "deribit,BTC-PERPETUAL,1585699200345000,1585699200455684,false,bid,6420.5,7\n";
}

}  // namespace

std::vector<Sample> Samples() {
  return {
      {"lobster", "XYZ_2012-06-21_34200000_57600000_message_2.csv",
       "34200.01,1,11,100,1000000,1\n34200.02,2,11,40,1000000,1\n34200.5,4,11,10,1000000,1\n34201,3,11,50,"
       "1000000,1\n34202,5,0,7,1000050,-1\n34203,7,0,0,-1,-1\n",
       "XYZ_2012-06-21_34200000_57600000_orderbook_2.csv",
       "1000200,5,1000000,100,1000300,6,999900,70\n1000200,5,1000000,60,1000300,6,999900,70\n"
       "1000200,5,1000000,50,1000300,6,999900,70\n1000200,5,999900,70,1000300,6,999800,70\n"
       "1000200,5,999900,70,1000300,6,999800,70\n1000200,5,999900,70,1000300,6,999800,70\n",
       ""},
      {"binance", "capture", BinanceSample(), "", "", ""},
      {"dbn", "x.dbn", DbnSample(), "", "", ""},
      {"itch", "S030819-v50.txt", ItchSample(), "", "", ""},
      {"bitstamp", "bitstamp_btcusd_2015.log", BitstampSample(), "", "", ""},
      {"bitmex", "bitmex", BitmexSample(), "", "", ""},
      {"bybit", "bybit", BybitSample(), "", "", ""},
      {"coinbase", "coinbase", CoinbaseSample(), "", "", ""},
      {"kraken", "kraken", KrakenSample(), "", "", ""},
      {"kraken-futures", "kraken_futures", KrakenFuturesSample(), "", "", ""},
      {"tardis", "deribit.csv", TardisSample(), "", "", ""},
      {"lean", "20180404_btcusd_minute_quote.csv",
       "0,4642.42,4642.43,4642.41,4642.42,0.14,4649.95,4649.95,4649.95,4649.95,0.4\n"
       "60000,4645.1,4645.1,4645.1,4645.1,0,4652.7,4652.7,4652.7,4652.7,0\n",
       "", "", ""},
      {"truefx", "truefx.csv",
       "EUR/USD,20130101 22:00:00.295,1.32155,1.32171\nEUR/USD,20130101 22:00:01.007,1.3216,1.3217\n", "", "",
       ""},
      {"bitfinex", "bitfinex_BTCUSD_1m_2015.csv",
       "1420070400000,322.31,322.09,322.31,322.09,62.874248\r\n1420070460000,321.64,322.26,322.26,321.64,5."
       "9\r\n",
       "", "", ""},
      {"bars", "x.csv",
       "time,open,high,low,close,volume\n2015-01-01 00:00:00,1,2,0.5,1.5,3\n1420070460,1,1,1,1,1e-05\n", "",
       "", "XYZ"},
  };
}

}  // namespace crucible::decode
