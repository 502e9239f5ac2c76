// The kinds of records, their bodies, and the table that describes them.
//
// schemas/events.toml says the same to machines; tests/event compares the two, and docs/formats/records.md is
// written from it. Numbers are part of the file format: append, never renumber.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "framework/event/event.h"

namespace crucible {

enum class Kind : std::uint8_t {
  kNone = 0,
  // Market data and reference data: exogenous, origin is the source's time.
  kDefinition = 1,       // DefinitionBody, then kDefinitionUnits
  kDefinitionUnits = 2,  // DefinitionUnitsBody
  kOrderAdd = 8,         // L3Body: a resting order appears, at the back of its price
  kOrderReduce = 9,      // L3Body: quantity removed, place kept
  kOrderDelete = 10,     // L3Body: order leaves; quantity = what was left
  kOrderModify = 11,     // L3Body: new price and open quantity; place lost unless only the quantity fell
  kOrderExecute = 12,    // ExecuteBody: resting order trades; side is the resting order's
  kTrade = 13,  // TradeBody: print that changes no book (L2 trade, hidden execution); side is the aggressor's
  kDepthHead = 14,      // DepthHeadBody, then kLevel records: one message of an L2 feed
  kLevel = 15,          // LevelBody: absolute displayed quantity at a price; 0 removes it
  kBookClear = 16,      // empty body: both sides of the book are forgotten
  kQuote = 17,          // QuoteBody: best price and size of one side; bid first, then ask
  kBar = 18,            // BarBody, then kBarVolume
  kBarVolume = 19,      // BarVolumeBody
  kTradingStatus = 20,  // StatusBody: halt and resumption
  kFeedGap = 21,        // FeedGapBody: the source lost messages here; books are stale until a snapshot
  kMarkPrice = 22,      // MarkPriceBody: what a venue of perpetual contracts values positions by
  // Venue replies: origin is the venue's time; tied to orders by order id.
  kAccepted = 40,        // ReplyBody: order rests or is about to match; queue ahead if it rests
  kRejected = 41,        // ReplyBody
  kCanceled = 42,        // ReplyBody: order ended; quantity = what was left
  kCancelRejected = 43,  // ReplyBody
  kAmended = 44,         // ReplyBody: new price and open quantity
  kAmendRejected = 45,   // ReplyBody
  kFill = 46,            // FillBody, then kFillDetail
  kFillDetail = 47,      // FillDetailBody; its origin is the cause: the market record that filled us
  kTriggered = 48,       // ReplyBody: a stop became active
  kFunding = 49,         // FundingBody, then kMarginDetail: funding was settled on a position
  kMarginDetail = 50,    // MarginDetailBody; its origin is the cause: the market record that set the mark
  kLiquidation = 51,     // LiquidationBody, then kMarginDetail: the venue closes a position
  // Decisions and engine facts: derived, origin is the cause.
  kIntent = 64,          // IntentBody, then kIntentTerms, then kFeatureRead per value it read
  kIntentTerms = 65,     // IntentTermsBody
  kFeatureRead = 66,     // FeatureReadBody
  kCancelIntent = 67,    // ChangeIntentBody
  kAmendIntent = 68,     // ChangeIntentBody: new price and total quantity
  kRiskDenial = 69,      // RiskDenialBody: the gate stopped the command with this order id
  kTimer = 70,           // TimerBody
  kEquity = 71,          // EquityBody: a sample of the account
  kStateHash = 72,       // StateHashBody
  kStrategyError = 73,   // StrategyErrorBody: ends the run
  kRunStart = 74,        // RunMarkBody
  kRunEnd = 75,          // RunMarkBody
  kConfiguration = 76,   // TextBody: the run's configuration, in the blob stream
  kAgentAction = 77,     // AgentActionBody: why a simulated participant acts; nobody else sees it
  kFlowParameter = 78,   // FlowParameterBody: one parameter of a fitted order flow
  kRegimeForecast = 80,  // RegimeForecastBody, one per regime: given the rows up to the cause
  kModelSwap = 81,       // ModelSwapBody: another route is active from here on
  kCausalVariable = 82,  // CausalVariableBody: the name behind a number in link changes
  kLinkChange = 83,      // LinkChangeBody, then kLinkEvidence: a causal link was added or withdrawn
  kPredatorTrial = 84,   // PredatorTrialBody, then kPredatorBehaviour: one genome that a search has tried
  kPredatorBehaviour = 85,
  kLinkEvidence = 86,    // LinkEvidenceBody
  kRoll = 87,  // RollBody: a contract gives way to the next of its series
};

// ---- bodies: 32 bytes each, integers only ----

struct DefinitionBody {  // text: sequence in the file's text stream of
                         // "venue\nsymbol\ncurrency\nsettle_currency"
  PriceDelta tick_size;
  Quantity lot_size;
  std::int64_t multiplier;
  std::uint64_t text;
};
struct DefinitionUnitsBody {
  std::int64_t price_decimals, quantity_decimals, currency_decimals, contract;
};
struct L3Body {
  Price price;
  Quantity quantity;
  OrderId order_id;
  std::uint64_t venue_seq;
};
struct ExecuteBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  std::uint64_t trade_id;
};
struct TradeBody {
  Price price;
  Quantity quantity;
  std::uint64_t trade_id;
  OrderId resting_order_id;
};
struct DepthHeadBody {
  std::uint64_t first_id, last_id, previous_id;
  std::int64_t send_time;
};
struct LevelBody {
  Price price;
  Quantity quantity;
  std::uint64_t update_id;
  std::int64_t order_count;
};
struct QuoteBody {
  Price price;
  Quantity quantity;
  std::uint64_t update_id;
  std::int64_t order_count;
};
struct BarBody {
  Price open, high, low, close;
};
struct BarVolumeBody {
  Quantity volume;
  std::int64_t trades;
  Duration length;
  std::int64_t turnover;
};
struct StatusBody {
  std::int64_t status, reason;
  std::array<std::int64_t, 2> unused;
};
struct FeedGapBody {
  std::uint64_t expected_id, found_id;
  std::array<std::int64_t, 2> unused;
};
// funding_rate_e12: of the notional, 10^-12, as last announced; next_funding: when it is settled, 0 where the
// record does not say. Prices are rounded to the instrument's unit.
struct MarkPriceBody {
  Price mark, index;
  std::int64_t funding_rate_e12;
  Nanos next_funding;
};
// queue_ahead: quantity before ours at our price when accepted or amended, -1 where unknown.
struct ReplyBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  std::int64_t queue_ahead_or_reason;
};
struct FillBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  std::uint64_t trade_id;
};
// fee: positive is paid, negative is a rebate, in units of currency (index: 0 quote/settle, 1 base).
struct FillDetailBody {
  Money fee;
  std::int64_t fee_currency, queue_ahead, rule;
};
// paid: negative is received.
struct FundingBody {
  Money paid;
  Position position;
  std::int64_t rate_e12;
  std::int64_t unused;
};
// Of the account, at the mark price, after the funding or before the liquidation that it belongs to.
struct MarginDetailBody {
  Price mark;
  Money equity, maintenance;
  std::int64_t unused;
};
// price: where the account is bankrupt, 0: nowhere; side: of the order that closes the position.
struct LiquidationBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  Price mark;
};
struct IntentBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  Price stop_price;
};
struct IntentTermsBody {  // type_tif: OrderType | TimeInForce << 8 | options << 16; strategy: ordinal, 1, 2,
                          // ...
  Quantity display;
  Nanos expiry;
  std::int64_t type_tif, strategy;
};
struct FeatureReadBody {
  std::uint64_t feature;
  std::int64_t value_bits;
  std::uint64_t source;
  OrderId order_id;
};
struct ChangeIntentBody {
  Price price;
  Quantity quantity;
  OrderId order_id;
  std::int64_t strategy;
};
struct RiskDenialBody {
  std::int64_t rule, value, limit;
  OrderId order_id;
};
struct TimerBody {
  std::uint64_t timer_id;
  Nanos due;
  std::int64_t strategy;
  std::int64_t payload;
};
// All in money units of the account currency; position_value is signed (short is negative).
struct EquityBody {
  Money cash, position_value, fees, realised;
};
struct StateHashBody {
  std::uint64_t component, hash_low, hash_high, inputs;
};
struct StrategyErrorBody {
  std::int64_t handler, code, strategy;
  std::uint64_t text;
};
struct RunMarkBody {
  std::uint64_t inputs, records, code;
  std::int64_t unused;
};
// participant: its owner number at the simulated exchange; order: its own tag of its last order.
struct AgentActionBody {
  std::uint64_t participant;
  std::int64_t action, detail;
  std::uint64_t order;
};
// types: target type + (source type + 1) x 2^8, no source: 0; value and error are bits of doubles.
struct FlowParameterBody {
  std::int64_t parameter, types, value_bits, error_bits;
};
// Probabilities as bits of doubles; horizon in rows (bars).
struct RegimeForecastBody {
  std::uint64_t regime;
  std::int64_t now_bits, ahead_bits, horizon;
};
// Routes, 0, 1, ...; advantage: expected worth of `to` less that of `from` over the horizon, bits of a
// double.
struct ModelSwapBody {
  std::uint64_t from, to;
  std::int64_t advantage_bits;
  std::uint64_t row;
};
struct CausalVariableBody {
  std::uint64_t variable, text;
  std::array<std::int64_t, 2> unused;
};
// cause(t - lag) -> effect(t); reason: LinkReason (link_codes.h).
struct LinkChangeBody {
  std::uint64_t cause, effect;
  std::int64_t lag, reason;
};
// Bits of doubles: value of the test statistic, p alone, q corrected, frequency over redrawn samples (NaN:
// none drawn).
struct LinkEvidenceBody {
  std::int64_t value_bits, p_bits, q_bits, frequency_bits;
};
// gap: mid of the new contract less that of the old, 0 where one is not known; position: held in the old one.
struct RollBody {
  std::uint64_t from, to;
  PriceDelta gap;
  Position position;
};
struct TextBody {
  std::uint64_t text;
  std::array<std::int64_t, 3> unused;
};

// ---- the table ----

enum class OriginMeaning : std::uint8_t { kSourceTime, kCause };
enum class SlotType : std::uint8_t {
  kUnused,
  kPrice,
  kPriceDelta,
  kQuantity,
  kOrderId,
  kCount,
  kId,
  kTime,
  kDuration,
  kMoney,
  kCode,
  kText,
  kDoubleBits,
};
struct SlotInfo {
  std::string_view name;
  SlotType type = SlotType::kUnused;
};
struct KindInfo {
  Kind kind{};
  std::string_view name;  // snake_case, as in schemas/events.toml and SQL
  OriginMeaning origin{};
  std::array<SlotInfo, 4> slots{};
};

// Every kind in ascending order of its number.
std::span<const KindInfo> AllKinds();
// nullptr for a number that no kind has.
const KindInfo* FindKind(Kind kind);
std::optional<Kind> KindFromName(std::string_view name);
// "?" for a number that no kind has.
std::string_view Name(Kind kind);
std::string_view Name(SlotType type);

constexpr bool IsMarketData(Kind kind) { return static_cast<std::uint8_t>(kind) < 40; }
// About an order, by its id in slot 2.
constexpr bool IsOrderReply(Kind kind) {
  return kind >= Kind::kAccepted && kind <= Kind::kTriggered && kind != Kind::kFillDetail;
}
constexpr bool IsVenueReply(Kind kind) {
  return static_cast<std::uint8_t>(kind) >= 40 && static_cast<std::uint8_t>(kind) < 64;
}

}  // namespace crucible
