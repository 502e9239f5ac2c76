// BitMEX: orderBookL2 by level id, quote, trade, and the instruments of GET /api/v1/instrument.
// Source: "WebSocket API" of https://www.bitmex.com/app/wsAPI. Updates and deletes name a level by its id
// only.

#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "framework/decode/capture_venue.h"

namespace crucible::decode {
namespace {

class BitmexVenue final : public CaptureVenue {
 public:
  std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) override;
  InstrumentDefaults Defaults(std::string_view symbol) const override;
  bool KnowsTick(std::string_view symbol) const override {
    return instruments_.contains(std::string(symbol));
  }
  void Restart() override { prices_.clear(); }

 private:
  void ReadBook(std::string_view action, JsonNode rows, std::string_view filter,
                std::vector<CaptureUpdate>& updates);
  void ReadLevel(std::string_view action, JsonNode row, CaptureUpdate& update);
  void ReadInstruments(JsonNode rows);

  absl::flat_hash_map<std::string, std::string> prices_;  // "SYMBOL/ID" to price text; lookup only
  std::map<std::string, InstrumentDefaults> instruments_;
};

std::string BitmexVenue::Read(JsonNode message, std::vector<CaptureUpdate>& updates) {
  if (message.is_array()) {
    ReadInstruments(message);
    return "";
  }
  const std::string_view table = message["table"].text();
  const std::string_view action = message["action"].text();
  if (table == "orderBookL2" || table == "orderBookL2_25") {
    ReadBook(action, message["data"], message["filter"]["symbol"].text(), updates);
    return "";
  }
  // What a subscription begins with happened before it.
  if (action != "insert") return "";
  for (const JsonNode row : message["data"]) {
    if (table == "trade") {
      CaptureUpdate& trade = updates.emplace_back();
      trade.kind = CaptureUpdate::Kind::kTrade;
      trade.symbol = row["symbol"].text();
      trade.exchange = TimeFromIso(row["timestamp"].text());
      trade.levels = {{SideFromText(row["side"].text()), row["price"].text(), row["size"].text()}};
    } else if (table == "quote" && row["bidPrice"].exists() && row["askPrice"].exists()) {
      CaptureUpdate& quote = updates.emplace_back();
      quote.kind = CaptureUpdate::Kind::kQuote;
      quote.symbol = row["symbol"].text();
      quote.exchange = TimeFromIso(row["timestamp"].text());
      quote.levels = {{Side::kBid, row["bidPrice"].text(), row["bidSize"].text()},
                      {Side::kAsk, row["askPrice"].text(), row["askSize"].text()}};
    }
  }
  return "";
}

// Rows of several symbols in one message become one update each.
void BitmexVenue::ReadBook(std::string_view action, JsonNode rows, std::string_view filter,
                           std::vector<CaptureUpdate>& updates) {
  const std::size_t first = updates.size();
  const bool partial = action == "partial";
  if (partial && rows.size() == 0 && !filter.empty()) {
    updates.push_back({CaptureUpdate::Kind::kSnapshot, filter, {}, {}, {}, 0, {}});
  }
  for (const JsonNode row : rows) {
    const std::string_view symbol = row["symbol"].text();
    if (updates.size() == first || updates.back().symbol != symbol) {
      updates.push_back({partial ? CaptureUpdate::Kind::kSnapshot : CaptureUpdate::Kind::kChange,
                         symbol,
                         {},
                         {},
                         {},
                         0,
                         {}});
    }
    CaptureUpdate& update = updates.back();
    const auto time = TimeFromIso(row["timestamp"].text());
    if (time && !partial) update.exchange = time;
    ReadLevel(action, row, update);
  }
}

void BitmexVenue::ReadLevel(std::string_view action, JsonNode row, CaptureUpdate& update) {
  const std::string key = absl::StrCat(std::string(update.symbol), "/", std::string(row["id"].text()));
  const Side side = SideFromText(row["side"].text());
  if (action == "partial" || action == "insert") {
    prices_[key] = std::string(row["price"].text());
    update.levels.push_back({side, row["price"].text(), row["size"].text()});
    return;
  }
  // Without a price the level is unknown, which the importer reports.
  const auto known = prices_.find(key);
  const std::string_view price =
      known == prices_.end() ? row["price"].text() : std::string_view(known->second);
  update.levels.push_back({side, price, action == "delete" ? std::string_view("0") : row["size"].text()});
}

void BitmexVenue::ReadInstruments(JsonNode rows) {
  for (const JsonNode row : rows) {
    const std::string_view symbol = row["symbol"].text();
    if (symbol.empty() || !row["tickSize"].exists()) continue;
    InstrumentDefaults& known = instruments_[std::string(symbol)];
    known = {};
    known.tick_size = row["tickSize"].text();
    known.currency = row["quoteCurrency"].text();
    known.settle_currency = row["settlCurrency"].text();
    known.contract = row["isInverse"].text() == "true" ? Contract::kInverse : Contract::kLinear;
  }
}

InstrumentDefaults BitmexVenue::Defaults(std::string_view symbol) const {
  InstrumentDefaults defaults;
  const auto known = instruments_.find(std::string(symbol));
  if (known != instruments_.end()) defaults = known->second;
  if (known == instruments_.end()) defaults.tick_size = "0.0000000001";
  defaults.venue = "bitmex";
  defaults.symbol = std::string(symbol);
  defaults.price_decimals = 10;
  return defaults;
}

}  // namespace

std::unique_ptr<CaptureVenue> MakeBitmexVenue() { return std::make_unique<BitmexVenue>(); }

}  // namespace crucible::decode
