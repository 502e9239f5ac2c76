// Coinbase Exchange: level2 snapshot and l2update, match.
// Source: "WebSocket channels" of https://docs.cdp.coinbase.com/exchange. An l2update has no sequence number,
// so lost messages cannot be seen; level2 is promised to be complete. A match names the maker's side.

#include "framework/decode/capture_venue.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

class CoinbaseVenue final : public CaptureVenue {
 public:
  std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) override;
  InstrumentDefaults Defaults(std::string_view symbol) const override;
};

std::string CoinbaseVenue::Read(JsonNode message, std::vector<CaptureUpdate>& updates) {
  const std::string_view type = message["type"].text();
  if (type != "snapshot" && type != "l2update" && type != "match") return "";
  CaptureUpdate& update = updates.emplace_back();
  update.symbol = message["product_id"].text();
  update.exchange = TimeFromIso(message["time"].text());
  if (type == "snapshot") {
    update.kind = CaptureUpdate::Kind::kSnapshot;
    AddLevels(Side::kBid, message["bids"], update);
    AddLevels(Side::kAsk, message["asks"], update);
  } else if (type == "l2update") {
    for (const JsonNode change : message["changes"]) {
      update.levels.push_back({SideFromText(change[std::size_t{0}].text()), change[std::size_t{1}].text(),
                               change[std::size_t{2}].text()});
    }
  } else {
    update.kind = CaptureUpdate::Kind::kTrade;
    const Side maker = SideFromText(message["side"].text());
    const Side aggressor = maker == Side::kNone ? maker : Opposite(maker);
    update.levels = {{aggressor, message["price"].text(), message["size"].text()}};
    if (!ParseInteger(message["trade_id"].text(), &update.id)) return "a match without trade_id";
  }
  return "";
}

InstrumentDefaults CoinbaseVenue::Defaults(std::string_view symbol) const {
  InstrumentDefaults defaults;
  defaults.venue = "coinbase";
  defaults.symbol = std::string(symbol);
  defaults.currency = std::string(symbol.substr(symbol.find('-') + 1));
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00000001";
  defaults.lot_size = "0.00000001";
  return defaults;
}

}  // namespace

std::unique_ptr<CaptureVenue> MakeCoinbaseVenue() { return std::make_unique<CoinbaseVenue>(); }

}  // namespace crucible::decode
