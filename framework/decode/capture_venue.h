// What the messages of a venue's public feed say, in words that all venues share. One class per venue
// translates.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/units.h"
#include "framework/decode/importer.h"
#include "framework/decode/json_tree.h"

namespace crucible::decode {

struct CaptureLevel {
  Side side = Side::kNone;
  std::string_view price;
  std::string_view quantity;  // "0" removes
};

// The texts point into the message, or into what the venue keeps.
struct CaptureUpdate {
  enum class Kind : std::uint8_t { kSnapshot, kChange, kTrade, kQuote };
  Kind kind = Kind::kChange;
  std::string_view symbol;
  std::optional<Nanos> exchange;
  std::vector<CaptureLevel> levels;       // trade: one, whose side is the aggressor's; quote: bid and ask
  std::optional<std::uint64_t> sequence;  // +1 from one depth message of a symbol to the next
  std::uint64_t id = 0;                   // of a trade
  std::string_view checksum;              // of the book after the update; empty where the venue gives none
};

class CaptureVenue {
 public:
  virtual ~CaptureVenue() = default;
  // Appends what the message says; none where it says nothing about the market. The return value is empty, or
  // what is wrong with the message.
  virtual std::string Read(JsonNode message, std::vector<CaptureUpdate>& updates) = 0;
  // The symbols whose trades the client subscribes to by this message, where the venue answers with trades that
  // happened before: those are no market data of the capture's time.
  virtual std::vector<std::string_view> TradesAskedFor(JsonNode) const { return {}; }
  // What is known about an instrument before its first message.
  virtual InstrumentDefaults Defaults(std::string_view symbol) const = 0;
  // The tick size was told by the venue itself.
  virtual bool KnowsTick(std::string_view) const { return false; }
  // The input starts again.
  virtual void Restart() {}
};

std::unique_ptr<CaptureVenue> MakeBitmexVenue();
std::unique_ptr<CaptureVenue> MakeBybitVenue();
std::unique_ptr<CaptureVenue> MakeCoinbaseVenue();
std::unique_ptr<CaptureVenue> MakeKrakenVenue();
std::unique_ptr<CaptureVenue> MakeKrakenFuturesVenue();

// Appends a level for each row [price, quantity, ...].
void AddLevels(Side side, JsonNode rows, CaptureUpdate& update);

// Times as the venues write them; nullopt for anything else.
std::optional<Nanos> TimeFromIso(std::string_view text);  // 2021-04-17T16:43:37.075687Z
std::optional<Nanos> TimeFromCount(std::string_view text, std::int64_t nanos_per_count);
// "1618678133.365913"
std::optional<Nanos> TimeFromSeconds(std::string_view text);

// "Buy" and "bid" in any case start a bid; "Sell" and "ask" an ask.
Side SideFromText(std::string_view text);

}  // namespace crucible::decode
