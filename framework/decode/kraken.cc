// Kraken spot, version 1: book-N snapshots and updates with checksums, trade, spread.
// Source: "WebSocket API v1" of https://docs.kraken.com/api. Messages are arrays [channel, payload..., name,
// pair].

#include "framework/decode/capture_venue.h"

namespace crucible::decode {
namespace {

class KrakenVenue final : public CaptureVenue {
 public:
  std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) override;
  std::vector<std::string_view> TradesAskedFor(JsonNode message) const override;
  InstrumentDefaults Defaults(std::string_view symbol) const override;
};

// Rows [price, volume, time]; an update's time is the latest of its rows.
void AddRows(Side side, JsonNode rows, CaptureUpdate& update) {
  AddLevels(side, rows, update);
  for (const JsonNode row : rows) {
    const auto time = TimeFromSeconds(row[std::size_t{2}].text());
    if (time && (!update.exchange || *time > *update.exchange)) update.exchange = time;
  }
}

void ReadBook(JsonNode message, std::string_view pair, std::vector<CaptureUpdate>& updates) {
  CaptureUpdate& update = updates.emplace_back();
  update.symbol = pair;
  for (const JsonNode part : message) {
    if (part["as"].exists() || part["bs"].exists()) update.kind = CaptureUpdate::Kind::kSnapshot;
    for (const std::string_view name : {"bs", "b"}) AddRows(Side::kBid, part[name], update);
    for (const std::string_view name : {"as", "a"}) AddRows(Side::kAsk, part[name], update);
    if (part["c"].exists()) update.checksum = part["c"].text();
  }
  // The rows of a snapshot are as old as their last change.
  if (update.kind == CaptureUpdate::Kind::kSnapshot) update.exchange.reset();
}

void ReadTrades(JsonNode rows, std::string_view pair, std::vector<CaptureUpdate>& updates) {
  for (const JsonNode row : rows) {
    CaptureUpdate& trade = updates.emplace_back();
    trade.kind = CaptureUpdate::Kind::kTrade;
    trade.symbol = pair;
    trade.levels = {
        {SideFromText(row[std::size_t{3}].text()), row[std::size_t{0}].text(), row[std::size_t{1}].text()}};
    trade.exchange = TimeFromSeconds(row[std::size_t{2}].text());
  }
}

// [bid, ask, time, bid volume, ask volume]
void ReadSpread(JsonNode row, std::string_view pair, std::vector<CaptureUpdate>& updates) {
  CaptureUpdate& quote = updates.emplace_back();
  quote.kind = CaptureUpdate::Kind::kQuote;
  quote.symbol = pair;
  quote.exchange = TimeFromSeconds(row[std::size_t{2}].text());
  quote.levels = {{Side::kBid, row[std::size_t{0}].text(), row[std::size_t{3}].text()},
                  {Side::kAsk, row[std::size_t{1}].text(), row[std::size_t{4}].text()}};
}

std::string KrakenVenue::Read(JsonNode message, std::vector<CaptureUpdate>& updates) {
  if (!message.is_array() || message.size() < 4) return "";
  const std::string_view channel = message[message.size() - std::size_t{2}].text();
  const std::string_view pair = message[message.size() - std::size_t{1}].text();
  if (channel.starts_with("book-")) ReadBook(message, pair, updates);
  if (channel == "trade") ReadTrades(message[std::size_t{1}], pair, updates);
  if (channel == "spread") ReadSpread(message[std::size_t{1}], pair, updates);
  return "";
}

std::vector<std::string_view> KrakenVenue::TradesAskedFor(JsonNode message) const {
  std::vector<std::string_view> pairs;
  if (message["event"].text() != "subscribe" || message["subscription"]["name"].text() != "trade") return pairs;
  for (const JsonNode pair : message["pair"]) pairs.push_back(pair.text());
  return pairs;
}

InstrumentDefaults KrakenVenue::Defaults(std::string_view symbol) const {
  InstrumentDefaults defaults;
  defaults.venue = "kraken";
  defaults.symbol = std::string(symbol);
  defaults.currency = std::string(symbol.substr(symbol.find('/') + 1));
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00000001";
  defaults.lot_size = "0.00000001";
  return defaults;
}

}  // namespace

std::unique_ptr<CaptureVenue> MakeKrakenVenue() { return std::make_unique<KrakenVenue>(); }

}  // namespace crucible::decode
