// Bybit: orderBookL2_25 (2020-2022) and orderbook.N (version 5) snapshots and deltas, trade and publicTrade.
// Source: "WebSocket Public Channel" of https://bybit-exchange.github.io/docs.

#include "framework/decode/capture_venue.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMicrosecond = 1'000;

class BybitVenue final : public CaptureVenue {
 public:
  std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) override;
  std::vector<std::string_view> TradesAskedFor(JsonNode message) const override;
  InstrumentDefaults Defaults(std::string_view symbol) const override;
};

// Rows of the older feed: {"price", "side", "size"} objects.
void AddRows(JsonNode rows, bool removed, CaptureUpdate& update) {
  for (const JsonNode row : rows) {
    update.levels.push_back({SideFromText(row["side"].text()), row["price"].text(),
                             removed ? std::string_view("0") : row["size"].text()});
  }
}

void ReadOlderBook(JsonNode message, std::string_view symbol, std::vector<CaptureUpdate>& updates) {
  CaptureUpdate& update = updates.emplace_back();
  const bool snapshot = message["type"].text() == "snapshot";
  update.kind = snapshot ? CaptureUpdate::Kind::kSnapshot : CaptureUpdate::Kind::kChange;
  update.symbol = symbol;
  update.exchange = TimeFromCount(message["timestamp_e6"].text(), kMicrosecond);
  const JsonNode data = message["data"];
  if (snapshot) {
    AddRows(data.is_array() ? data : data["order_book"], false, update);  // inverse; linear
    return;
  }
  AddRows(data["delete"], true, update);
  AddRows(data["update"], false, update);
  AddRows(data["insert"], false, update);
}

void ReadBook(JsonNode message, std::vector<CaptureUpdate>& updates) {
  CaptureUpdate& update = updates.emplace_back();
  const JsonNode data = message["data"];
  const bool snapshot = message["type"].text() == "snapshot";
  update.kind = snapshot ? CaptureUpdate::Kind::kSnapshot : CaptureUpdate::Kind::kChange;
  update.symbol = data["s"].text();
  update.exchange =
      TimeFromCount(message["cts"].exists() ? message["cts"].text() : message["ts"].text(), kMillisecond);
  std::uint64_t id = 0;
  if (ParseInteger(data["u"].text(), &id)) update.sequence = id;
  AddLevels(Side::kBid, data["b"], update);
  AddLevels(Side::kAsk, data["a"], update);
}

void ReadTrades(JsonNode rows, std::vector<CaptureUpdate>& updates) {
  for (const JsonNode row : rows) {
    CaptureUpdate& trade = updates.emplace_back();
    const bool older = row["symbol"].exists();
    trade.kind = CaptureUpdate::Kind::kTrade;
    trade.symbol = row[older ? "symbol" : "s"].text();
    trade.exchange = TimeFromCount(row[older ? "trade_time_ms" : "T"].text(), kMillisecond);
    trade.levels = {{SideFromText(row[older ? "side" : "S"].text()), row[older ? "price" : "p"].text(),
                     row[older ? "size" : "v"].text()}};
  }
}

std::string BybitVenue::Read(JsonNode message, std::vector<CaptureUpdate>& updates) {
  const std::string_view topic = message["topic"].text();
  const std::string_view symbol = topic.substr(topic.rfind('.') + 1);
  if (topic.starts_with("orderBookL2_25.") || topic.starts_with("orderBook_200.")) {
    ReadOlderBook(message, symbol, updates);
  } else if (topic.starts_with("orderbook.")) {
    ReadBook(message, updates);
  } else if (topic.starts_with("trade.") || topic.starts_with("publicTrade.")) {
    ReadTrades(message["data"], updates);
  }
  return "";
}

std::vector<std::string_view> BybitVenue::TradesAskedFor(JsonNode message) const {
  std::vector<std::string_view> symbols;
  if (message["op"].text() != "subscribe") return symbols;
  for (const JsonNode topic : message["args"]) {
    for (const std::string_view name : {"trade.", "publicTrade."}) {
      if (topic.text().starts_with(name)) symbols.push_back(topic.text().substr(name.size()));
    }
  }
  return symbols;
}

InstrumentDefaults BybitVenue::Defaults(std::string_view symbol) const {
  InstrumentDefaults defaults;
  defaults.venue = "bybit";
  defaults.symbol = std::string(symbol);
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00000001";
  defaults.lot_size = "0.00000001";
  const bool inverse = symbol.ends_with("USD");
  defaults.currency = symbol.ends_with("USDT") ? "USDT" : "USD";
  if (inverse) defaults.settle_currency = std::string(symbol.substr(0, symbol.size() - 3));
  if (inverse) defaults.contract = Contract::kInverse;
  return defaults;
}

}  // namespace

std::unique_ptr<CaptureVenue> MakeBybitVenue() { return std::make_unique<BybitVenue>(); }

}  // namespace crucible::decode
