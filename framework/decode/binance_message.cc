#include "framework/decode/binance_message.h"

#include <simdjson.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/csv.h"
#include "framework/decode/line_reader.h"

namespace crucible::decode {
namespace {

namespace ondemand = simdjson::ondemand;
static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// What the message said besides the fields of BinanceMessage.
struct Seen {
  bool snapshot_id = false;
  bool levels = false;
  std::string_view trade_number;  // t, or a of aggTrade
  LevelText bid;
  LevelText ask;
};

// The text of a string or number, without quotes and the white space behind it.
std::string_view Scalar(ondemand::value& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"')
    return token.substr(1, token.size() - 2);
  return token;
}

bool IsArray(ondemand::value& value) {
  const std::string_view token = value.raw_json_token();
  return !token.empty() && token.front() == '[';
}

simdjson::error_code ReadLevels(ondemand::value& value, std::vector<LevelText>& levels) {
  ondemand::array rows;
  if (const auto error = value.get_array().get(rows)) return error;
  for (auto row : rows) {
    ondemand::array pair;
    if (const auto error = row.get_array().get(pair)) return error;
    LevelText level;
    int column = 0;
    for (auto item : pair) {
      ondemand::value cell;
      if (const auto error = item.get(cell)) return error;
      if (column == 0) level.price = Scalar(cell);
      if (column == 1) level.quantity = Scalar(cell);
      ++column;
    }
    if (column < 2) return simdjson::INCORRECT_TYPE;
    levels.push_back(level);
  }
  return simdjson::SUCCESS;
}

simdjson::error_code ReadNumber(ondemand::value& value, std::uint64_t& number) {
  return ParseInteger(Scalar(value), &number) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
}

// b and a are levels in a depth message and the best price in a quote.
simdjson::error_code ReadSide(ondemand::value& value, std::vector<LevelText>& levels, std::string_view& best,
                              Seen& seen) {
  if (!IsArray(value)) {
    best = Scalar(value);
    return simdjson::SUCCESS;
  }
  seen.levels = true;
  return ReadLevels(value, levels);
}

simdjson::error_code ReadField(std::string_view key, ondemand::value& value, BinanceMessage& message,
                               Seen& seen);

simdjson::error_code ReadFields(ondemand::object& object, BinanceMessage& message, Seen& seen, int depth) {
  for (auto field : object) {
    ondemand::raw_json_string raw;
    if (const auto error = field.key().get(raw)) return error;
    ondemand::value value;
    if (const auto error = field.value().get(value)) return error;
    // The key's end quote lies inside the line or its padding: no key that matters is longer than 12
    // characters.
    const std::string_view start(raw.raw(), 16);
    const std::string_view key = start.substr(0, start.find('"'));
    if (key == "data" && depth == 0) {
      ondemand::object data;
      if (const auto error = value.get_object().get(data)) return error;
      if (const auto error = ReadFields(data, message, seen, 1)) return error;
    } else if (const auto error = ReadField(key, value, message, seen)) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code ReadLongField(std::string_view key, ondemand::value& value, BinanceMessage& message,
                                   Seen& seen) {
  if (key == "pu") {
    message.has_previous = true;
    return ReadNumber(value, message.previous_id);
  }
  if (key == "lastUpdateId") {
    seen.snapshot_id = true;
    return ReadNumber(value, message.last_id);
  }
  if (key == "bids") return ReadLevels(value, message.bids);
  if (key == "asks") return ReadLevels(value, message.asks);
  if (key == "symbol") message.symbol = Scalar(value);
  if (key == "ps" || key == "pair") message.pair = Scalar(value);
  return simdjson::SUCCESS;
}

simdjson::error_code ReadField(std::string_view key, ondemand::value& value, BinanceMessage& message,
                               Seen& seen) {
  if (key.size() != 1) return ReadLongField(key, value, message, seen);
  switch (key.front()) {
    case 'e':
      message.event = Scalar(value);
      break;
    case 's':
      message.symbol = Scalar(value);
      break;
    case 'E':
      return ReadNumber(value, message.event_ms);
    case 'T':
      return ReadNumber(value, message.transaction_ms);
    case 'U':
      return ReadNumber(value, message.first_id);
    case 'u':
      return ReadNumber(value, message.last_id);
    case 'b':
      return ReadSide(value, message.bids, seen.bid.price, seen);
    case 'a':
      return ReadSide(value, message.asks, seen.ask.price, seen);
    case 'B':
      seen.bid.quantity = Scalar(value);
      break;
    case 'A':
      seen.ask.quantity = Scalar(value);
      break;
    case 't':
      seen.trade_number = Scalar(value);
      break;
    case 'p':
      message.price = Scalar(value);
      break;
    case 'i':
      message.index = Scalar(value);
      break;
    case 'r':
      message.funding_rate = Scalar(value);
      break;
    case 'q':
      message.quantity = Scalar(value);
      break;
    case 'm':
      message.buyer_is_maker = Scalar(value) == "true";
      break;
    case 'X':
      message.off_market = Scalar(value) != "MARKET";
      break;
    default:
      break;
  }
  return simdjson::SUCCESS;
}

BinanceKind Classify(const BinanceMessage& message, const Seen& seen) {
  if (seen.snapshot_id) return BinanceKind::kSnapshot;
  if (message.event == "depthUpdate") return BinanceKind::kDepth;
  if (message.event == "trade" || message.event == "aggTrade") return BinanceKind::kTrade;
  if (message.event == "markPriceUpdate") return BinanceKind::kMark;
  // The spot book ticker has no event name.
  const bool quote = !seen.bid.quantity.empty() && !seen.ask.quantity.empty() && !seen.levels;
  if (quote && (message.event.empty() || message.event == "bookTicker")) return BinanceKind::kQuote;
  return BinanceKind::kOther;
}

std::string_view MissingField(const BinanceMessage& message, const Seen& seen) {
  switch (message.kind) {
    case BinanceKind::kDepth:
      if (!seen.levels) return "b or a";
      if (message.last_id == 0) return "u";
      if (message.event_ms == 0) return "E";
      break;
    case BinanceKind::kTrade:
      if (message.price.empty()) return "p";
      if (message.quantity.empty()) return "q";
      break;
    case BinanceKind::kMark:
      if (message.price.empty()) return "p";
      if (message.event_ms == 0) return "E";
      break;
    default:
      break;
  }
  const bool needs_symbol = message.kind != BinanceKind::kSnapshot && message.kind != BinanceKind::kOther;
  return needs_symbol && message.symbol.empty() ? "s" : "";
}

std::string Finish(const Seen& seen, BinanceMessage& message) {
  message.kind = Classify(message, seen);
  if (message.kind == BinanceKind::kQuote) {
    message.bids.push_back(seen.bid);
    message.asks.push_back(seen.ask);
  }
  // T is no time of what happened there.
  if (message.kind == BinanceKind::kMark) message.funding_ms = std::exchange(message.transaction_ms, 0);
  if (message.kind == BinanceKind::kTrade) {
    const std::string_view number = message.event == "aggTrade" ? seen.ask.price : seen.trade_number;
    if (!ParseInteger(number, &message.trade_id))
      return absl::StrFormat("trade id is '%s', expected digits", number);
  }
  const std::string_view missing = MissingField(message, seen);
  if (missing.empty()) return "";
  return absl::StrFormat("%s message without field %s", message.event, missing);
}

}  // namespace

struct BinanceParser::Json {
  ondemand::parser parser;
};

BinanceParser::BinanceParser() : json_(std::make_unique<Json>()) {}
BinanceParser::~BinanceParser() = default;

std::string BinanceParser::Parse(std::string_view json, BinanceMessage* message) {
  std::vector<LevelText> bids = std::move(message->bids);
  std::vector<LevelText> asks = std::move(message->asks);
  bids.clear();
  asks.clear();
  *message = {};
  message->bids = std::move(bids);
  message->asks = std::move(asks);
  Seen seen;
  ondemand::document document;
  ondemand::object object;
  simdjson::error_code error =
      json_->parser
          .iterate(simdjson::padded_string_view(json.data(), json.size(), json.size() + kLinePadding))
          .get(document);
  if (!error) error = document.get_object().get(object);
  if (!error) error = ReadFields(object, *message, seen, 0);
  if (!error && document.current_location().error() == simdjson::SUCCESS) error = simdjson::TRAILING_CONTENT;
  if (error) return absl::StrFormat("not a Binance message: %s", simdjson::error_message(error));
  return Finish(seen, *message);
}

}  // namespace crucible::decode
