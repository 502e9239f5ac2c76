// Kraken futures: book_snapshot, book (one level per message, with a sequence per product), trade.
// Source: "WebSocket API" of https://docs.kraken.com/api/docs/futures-api.

#include "framework/decode/capture_venue.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

class KrakenFuturesVenue final : public CaptureVenue {
 public:
  std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) override;
  InstrumentDefaults Defaults(std::string_view symbol) const override;
};

void AddRows(Side side, JsonNode rows, CaptureUpdate& update) {
  for (const JsonNode row : rows) update.levels.push_back({side, row["price"].text(), row["qty"].text()});
}

std::string KrakenFuturesVenue::Read(JsonNode message, std::vector<CaptureUpdate>& updates) {
  const std::string_view feed = message["feed"].text();
  const bool snapshot = feed == "book_snapshot";
  // What a subscription begins with (trade_snapshot) happened before it.
  if (message["event"].exists() || (!snapshot && feed != "book" && feed != "trade")) return "";
  CaptureUpdate& update = updates.emplace_back();
  update.symbol = message["product_id"].text();
  std::uint64_t sequence = 0;
  if (!ParseInteger(message["seq"].text(), &sequence)) return "a message without seq";
  if (feed == "trade") {
    update.kind = CaptureUpdate::Kind::kTrade;
    update.exchange = TimeFromCount(message["time"].text(), kMillisecond);
    update.id = sequence;
    update.levels = {{SideFromText(message["side"].text()), message["price"].text(), message["qty"].text()}};
    return "";
  }
  update.kind = snapshot ? CaptureUpdate::Kind::kSnapshot : CaptureUpdate::Kind::kChange;
  update.exchange = TimeFromCount(message["timestamp"].text(), kMillisecond);
  update.sequence = sequence;
  if (snapshot) {
    AddRows(Side::kBid, message["bids"], update);
    AddRows(Side::kAsk, message["asks"], update);
  } else {
    update.levels = {{SideFromText(message["side"].text()), message["price"].text(), message["qty"].text()}};
  }
  return "";
}

// "PI_XBTUSD", "FI_ETHUSD_211231": inverse, a contract is one dollar. "PF_": linear.
InstrumentDefaults KrakenFuturesVenue::Defaults(std::string_view symbol) const {
  InstrumentDefaults defaults;
  defaults.venue = "kraken-futures";
  defaults.symbol = std::string(symbol);
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00000001";
  defaults.lot_size = "0.00000001";
  const bool inverse = symbol.starts_with("PI_") || symbol.starts_with("FI_");
  if (!inverse || symbol.size() < 9) return defaults;
  defaults.settle_currency = std::string(symbol.substr(3, 3));
  defaults.contract = Contract::kInverse;
  return defaults;
}

}  // namespace

std::unique_ptr<CaptureVenue> MakeKrakenFuturesVenue() { return std::make_unique<KrakenFuturesVenue>(); }

}  // namespace crucible::decode
