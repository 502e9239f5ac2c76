#include "framework/event/kinds.h"

#include <algorithm>

#include "framework/event/order_codes.h"

namespace crucible {
namespace {

constexpr OriginMeaning kSource = OriginMeaning::kSourceTime;
constexpr OriginMeaning kCause = OriginMeaning::kCause;
constexpr SlotInfo kNoSlot{};

// clang-format off
constexpr KindInfo kTable[] = {
    {Kind::kDefinition, "definition", kSource, {{{"tick_size", SlotType::kPriceDelta}, {"lot_size", SlotType::kQuantity}, {"multiplier", SlotType::kCount}, {"text", SlotType::kText}}}},
    {Kind::kDefinitionUnits, "definition_units", kSource, {{{"price_decimals", SlotType::kCount}, {"quantity_decimals", SlotType::kCount}, {"currency_decimals", SlotType::kCount}, {"contract", SlotType::kCode}}}},
    {Kind::kOrderAdd, "order_add", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"venue_seq", SlotType::kId}}}},
    {Kind::kOrderReduce, "order_reduce", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"venue_seq", SlotType::kId}}}},
    {Kind::kOrderDelete, "order_delete", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"venue_seq", SlotType::kId}}}},
    {Kind::kOrderModify, "order_modify", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"venue_seq", SlotType::kId}}}},
    {Kind::kOrderExecute, "order_execute", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"trade_id", SlotType::kId}}}},
    {Kind::kTrade, "trade", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"trade_id", SlotType::kId}, {"resting_order_id", SlotType::kOrderId}}}},
    {Kind::kDepthHead, "depth_head", kSource, {{{"first_id", SlotType::kId}, {"last_id", SlotType::kId}, {"previous_id", SlotType::kId}, {"send_time", SlotType::kTime}}}},
    {Kind::kLevel, "level", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"update_id", SlotType::kId}, {"order_count", SlotType::kCount}}}},
    {Kind::kBookClear, "book_clear", kSource, {{kNoSlot, kNoSlot, kNoSlot, kNoSlot}}},
    {Kind::kQuote, "quote", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"update_id", SlotType::kId}, {"order_count", SlotType::kCount}}}},
    {Kind::kBar, "bar", kSource, {{{"open", SlotType::kPrice}, {"high", SlotType::kPrice}, {"low", SlotType::kPrice}, {"close", SlotType::kPrice}}}},
    {Kind::kBarVolume, "bar_volume", kSource, {{{"volume", SlotType::kQuantity}, {"trades", SlotType::kCount}, {"length", SlotType::kDuration}, {"turnover", SlotType::kCount}}}},
    {Kind::kTradingStatus, "trading_status", kSource, {{{"status", SlotType::kCode}, {"reason", SlotType::kCode}, kNoSlot, kNoSlot}}},
    {Kind::kFeedGap, "feed_gap", kSource, {{{"expected_id", SlotType::kId}, {"found_id", SlotType::kId}, kNoSlot, kNoSlot}}},
    {Kind::kMarkPrice, "mark_price", kSource, {{{"mark", SlotType::kPrice}, {"index", SlotType::kPrice}, {"funding_rate_e12", SlotType::kCount}, {"next_funding", SlotType::kTime}}}},
    {Kind::kAccepted, "accepted", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"queue_ahead", SlotType::kQuantity}}}},
    {Kind::kRejected, "rejected", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"reason", SlotType::kCode}}}},
    {Kind::kCanceled, "canceled", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"reason", SlotType::kCode}}}},
    {Kind::kCancelRejected, "cancel_rejected", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"reason", SlotType::kCode}}}},
    {Kind::kAmended, "amended", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"queue_ahead", SlotType::kQuantity}}}},
    {Kind::kAmendRejected, "amend_rejected", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"reason", SlotType::kCode}}}},
    {Kind::kFill, "fill", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"trade_id", SlotType::kId}}}},
    {Kind::kFillDetail, "fill_detail", kCause, {{{"fee", SlotType::kMoney}, {"fee_currency", SlotType::kCode}, {"queue_ahead", SlotType::kQuantity}, {"rule", SlotType::kCode}}}},
    {Kind::kTriggered, "triggered", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"reason", SlotType::kCode}}}},
    {Kind::kFunding, "funding", kSource, {{{"paid", SlotType::kMoney}, {"position", SlotType::kQuantity}, {"rate_e12", SlotType::kCount}, kNoSlot}}},
    {Kind::kMarginDetail, "margin_detail", kCause, {{{"mark", SlotType::kPrice}, {"equity", SlotType::kMoney}, {"maintenance", SlotType::kMoney}, kNoSlot}}},
    {Kind::kLiquidation, "liquidation", kSource, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"mark", SlotType::kPrice}}}},
    {Kind::kIntent, "intent", kCause, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"stop_price", SlotType::kPrice}}}},
    {Kind::kIntentTerms, "intent_terms", kCause, {{{"display", SlotType::kQuantity}, {"expiry", SlotType::kTime}, {"type_tif", SlotType::kCode}, {"strategy", SlotType::kId}}}},
    {Kind::kFeatureRead, "feature_read", kCause, {{{"feature", SlotType::kId}, {"value", SlotType::kDoubleBits}, {"source", SlotType::kId}, {"order_id", SlotType::kOrderId}}}},
    {Kind::kCancelIntent, "cancel_intent", kCause, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"strategy", SlotType::kId}}}},
    {Kind::kAmendIntent, "amend_intent", kCause, {{{"price", SlotType::kPrice}, {"quantity", SlotType::kQuantity}, {"order_id", SlotType::kOrderId}, {"strategy", SlotType::kId}}}},
    {Kind::kRiskDenial, "risk_denial", kCause, {{{"rule", SlotType::kCode}, {"value", SlotType::kCount}, {"limit", SlotType::kCount}, {"order_id", SlotType::kOrderId}}}},
    {Kind::kTimer, "timer", kCause, {{{"timer_id", SlotType::kId}, {"due", SlotType::kTime}, {"strategy", SlotType::kId}, {"payload", SlotType::kCount}}}},
    {Kind::kEquity, "equity", kCause, {{{"cash", SlotType::kMoney}, {"position_value", SlotType::kMoney}, {"fees", SlotType::kMoney}, {"realised", SlotType::kMoney}}}},
    {Kind::kStateHash, "state_hash", kCause, {{{"component", SlotType::kId}, {"hash_low", SlotType::kId}, {"hash_high", SlotType::kId}, {"inputs", SlotType::kCount}}}},
    {Kind::kStrategyError, "strategy_error", kCause, {{{"handler", SlotType::kCode}, {"code", SlotType::kCode}, {"strategy", SlotType::kId}, {"text", SlotType::kText}}}},
    {Kind::kRunStart, "run_start", kCause, {{{"inputs", SlotType::kCount}, {"records", SlotType::kCount}, {"code", SlotType::kCode}, kNoSlot}}},
    {Kind::kRunEnd, "run_end", kCause, {{{"inputs", SlotType::kCount}, {"records", SlotType::kCount}, {"code", SlotType::kCode}, kNoSlot}}},
    {Kind::kConfiguration, "configuration", kCause, {{{"text", SlotType::kText}, kNoSlot, kNoSlot, kNoSlot}}},
    {Kind::kAgentAction, "agent_action", kCause, {{{"participant", SlotType::kId}, {"action", SlotType::kCode}, {"detail", SlotType::kCount}, {"order", SlotType::kId}}}},
    {Kind::kFlowParameter, "flow_parameter", kCause, {{{"parameter", SlotType::kCode}, {"types", SlotType::kCode}, {"value", SlotType::kDoubleBits}, {"error", SlotType::kDoubleBits}}}},
    {Kind::kRegimeForecast, "regime_forecast", kCause, {{{"regime", SlotType::kId}, {"now", SlotType::kDoubleBits}, {"ahead", SlotType::kDoubleBits}, {"horizon", SlotType::kCount}}}},
    {Kind::kModelSwap, "model_swap", kCause, {{{"from", SlotType::kId}, {"to", SlotType::kId}, {"advantage", SlotType::kDoubleBits}, {"row", SlotType::kCount}}}},
    {Kind::kCausalVariable, "causal_variable", kCause, {{{"variable", SlotType::kId}, {"text", SlotType::kText}, kNoSlot, kNoSlot}}},
    {Kind::kLinkChange, "link_change", kCause, {{{"cause", SlotType::kId}, {"effect", SlotType::kId}, {"lag", SlotType::kCount}, {"reason", SlotType::kCode}}}},
    {Kind::kPredatorTrial, "predator_trial", kCause, {{{"text", SlotType::kText}, {"fitness", SlotType::kDoubleBits}, {"harm", SlotType::kDoubleBits}, {"profit", SlotType::kDoubleBits}}}},
    {Kind::kPredatorBehaviour, "predator_behaviour", kCause, {{{"batch", SlotType::kCount}, {"cell", SlotType::kCode}, {"attacks", SlotType::kDoubleBits}, {"taken", SlotType::kDoubleBits}}}},
    {Kind::kLinkEvidence, "link_evidence", kCause, {{{"value", SlotType::kDoubleBits}, {"p", SlotType::kDoubleBits}, {"q", SlotType::kDoubleBits}, {"frequency", SlotType::kDoubleBits}}}},
    {Kind::kRoll, "roll", kCause, {{{"from", SlotType::kId}, {"to", SlotType::kId}, {"gap", SlotType::kPriceDelta}, {"position", SlotType::kQuantity}}}},
};
// clang-format on

constexpr std::array<std::string_view, 13> kSlotTypeNames = {
    "unused", "price",    "price_delta", "quantity", "order_id", "count",       "id",
    "time",   "duration", "money",       "code",     "text",     "double_bits",
};

}  // namespace

std::span<const KindInfo> AllKinds() { return kTable; }

const KindInfo* FindKind(Kind kind) {
  const auto* found = std::ranges::lower_bound(kTable, kind, {}, &KindInfo::kind);
  return found != std::end(kTable) && found->kind == kind ? found : nullptr;
}

std::optional<Kind> KindFromName(std::string_view name) {
  const auto* found = std::ranges::find(kTable, name, &KindInfo::name);
  if (found == std::end(kTable)) return std::nullopt;
  return found->kind;
}

std::string_view Name(Kind kind) {
  const KindInfo* info = FindKind(kind);
  return info == nullptr ? "?" : info->name;
}

std::string_view Name(SlotType type) { return kSlotTypeNames.at(static_cast<std::size_t>(type)); }

std::string_view Name(OrderType type) {
  switch (type) {
    case OrderType::kMarket:
      return "market";
    case OrderType::kLimit:
      return "limit";
    case OrderType::kStop:
      return "stop";
    case OrderType::kStopLimit:
      return "stop-limit";
    case OrderType::kTrailingStop:
      return "trailing stop";
  }
  return "?";
}

std::string_view Name(TimeInForce tif) {
  switch (tif) {
    case TimeInForce::kGoodTillCancel:
      return "GTC";
    case TimeInForce::kImmediateOrCancel:
      return "IOC";
    case TimeInForce::kFillOrKill:
      return "FOK";
    case TimeInForce::kGoodTillDate:
      return "GTD";
  }
  return "?";
}

std::string_view Name(Reason reason) {
  static constexpr std::string_view kNames[] = {
      "none",        "requested",        "would take",   "unknown order", "off tick",
      "off lot",     "nothing to match", "not fillable", "expired",       "session end",
      "unsupported", "halted",           "reduce only",  "below filled",  "duplicate order",
      "bad price",   "rate limit",       "outside band", "self trade",
      "margin",      "liquidation",
  };
  const auto index = static_cast<std::size_t>(reason);
  return index < std::size(kNames) ? kNames[index] : "?";
}

std::string_view Name(FillRule rule) {
  static constexpr std::string_view kNames[] = {
      "none",     "took the book", "queue reached",    "traded through", "book through", "front of queue",
      "bar open", "bar range",     "bar, pessimistic", "quote crossed",  "matched",      "auction",
      "taken over",
  };
  const auto index = static_cast<std::size_t>(rule);
  return index < std::size(kNames) ? kNames[index] : "?";
}

}  // namespace crucible
