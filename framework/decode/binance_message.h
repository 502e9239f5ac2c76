// One message of a Binance market data stream, as text and ids: spot, USD-M and COIN-M.
//
// Source: "WebSocket Streams" of https://developers.binance.com (diff depth, trade, aggTrade, bookTicker, markPrice) and
// the REST answer of GET depth. Combined streams ({"stream": ..., "data": ...}) and bare objects are
// understood. Used by the importer of raw captures and by whoever reads the wire.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crucible::decode {

enum class BinanceKind : std::uint8_t { kOther, kDepth, kTrade, kQuote, kSnapshot, kMark };

struct LevelText {
  std::string_view price;
  std::string_view quantity;
};

// The views point into the parsed text. Ids and times are 0 where the message has none.
struct BinanceMessage {
  BinanceKind kind{};
  std::string_view event;  // "depthUpdate", ...; empty where the message does not say
  std::string_view symbol;
  std::string_view pair;             // COIN-M
  std::uint64_t event_ms = 0;        // E: the exchange sent it
  std::uint64_t transaction_ms = 0;  // T: it happened
  std::uint64_t first_id = 0;        // U
  std::uint64_t last_id = 0;         // u, lastUpdateId
  std::uint64_t previous_id = 0;     // pu
  bool has_previous = false;         // futures
  std::uint64_t trade_id = 0;
  std::string_view price;  // trades and mark prices
  std::string_view quantity;
  bool buyer_is_maker = false;
  bool off_market = false;      // a trade that is no order book trade (insurance fund, ...)
  std::string_view index;           // mark prices; empty where there is none
  std::string_view funding_rate;    // the same
  std::uint64_t funding_ms = 0;     // when it is settled
  std::vector<LevelText> bids;  // quotes: one each
  std::vector<LevelText> asks;
};

class BinanceParser {
 public:
  BinanceParser();
  ~BinanceParser();

  // Empty on success, else what is wrong. REQUIRES: kLinePadding readable bytes after `json`.
  std::string Parse(std::string_view json, BinanceMessage* message);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace crucible::decode
