#include <bit>
#include <nlohmann/json.hpp>

#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/cli/why_json.h"
#include "framework/event/kinds.h"
#include "framework/trading/risk_gate.h"

namespace crucible::cli {
namespace {

using nlohmann::ordered_json;

ordered_json OfRecord(const engine::WhyRecord& record, const engine::WhyNames& names) {
  const Event& event = record.event;
  const Instrument& of = names.instruments[record.instrument.value];
  ordered_json json = {{"kind", Name(event.kind)},
                       {"input", record.where.input},
                       {"seq", record.where.seq},
                       {"time", event.time}};
  if (IsMarketData(event.kind) || IsVenueReply(event.kind))
    json["venue_time"] = event.venue_time().since_epoch;
  json["instrument"] = FullName(of);
  if (event.side != Side::kNone) json["side"] = event.side == Side::kBid ? "bid" : "ask";
  ordered_json fields = ordered_json::object();
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; info != nullptr && slot < info->slots.size(); ++slot) {
    const SlotInfo& field = info->slots[slot];
    if (field.type == SlotType::kUnused) continue;
    const std::string name(field.name);
    const bool decimal = field.type == SlotType::kPrice || field.type == SlotType::kPriceDelta ||
                         field.type == SlotType::kQuantity || field.type == SlotType::kMoney;
    if (decimal) {
      fields[name] = engine::SlotText(field.type, event.body[slot], of);
    } else if (field.type == SlotType::kDoubleBits) {
      fields[name] = std::bit_cast<double>(event.body[slot]);
    } else {
      fields[name] = event.body[slot];
    }
  }
  json["fields"] = std::move(fields);
  return json;
}

ordered_json OfCause(const engine::WhyCause& cause, const engine::WhyNames& names) {
  ordered_json chain = ordered_json::array();
  for (const engine::WhyRecord& record : cause.chain) {
    chain.push_back(OfRecord(record, names));
    if (IsVenueReply(record.event.kind)) chain.back()["order"] = engine::OrderOf(record.event).value;
  }
  if (!chain.empty() && cause.timers_skipped > 0) chain.back()["timers_skipped"] = cause.timers_skipped;
  return chain;
}

// null for a session of bars.
ordered_json OfBook(const engine::WhyBook& book, const Instrument& of) {
  if (book.state != engine::WhyBook::State::kKnown) return nullptr;
  const auto side = [&](const std::vector<book::LevelView>& levels) {
    ordered_json json = ordered_json::array();
    for (const book::LevelView& level : levels) {
      json.push_back({{"price", FormatDecimal(level.price.units, of.price_decimals)},
                      {"quantity", FormatDecimal(level.quantity.units, of.quantity_decimals)},
                      {"orders", level.order_count}});
    }
    return json;
  };
  return {{"bids", side(book.bids)}, {"asks", side(book.asks)}};
}

ordered_json OfDecision(const engine::Why& why, const engine::WhyNames& names) {
  const Event& intent = why.intent.event;
  const Instrument& of = names.instruments[why.intent.instrument.value];
  const auto body = As<IntentBody>(intent);
  const auto terms = As<IntentTermsBody>(why.terms);
  const std::int64_t options = terms.type_tif >> 16;
  ordered_json json = {{"seq", intent.seq},
                       {"time", intent.time},
                       {"instrument", FullName(of)},
                       {"strategy", names.Decider(why)},
                       {"side", intent.side == kBuy ? "buy" : "sell"},
                       {"type", Name(static_cast<OrderType>(terms.type_tif & 0xff))},
                       {"time_in_force", Name(static_cast<TimeInForce>((terms.type_tif >> 8) & 0xff))},
                       {"post_only", (options & option::kPostOnly) != 0},
                       {"reduce_only", (options & option::kReduceOnly) != 0},
                       {"quantity", FormatDecimal(body.quantity.units, of.quantity_decimals)}};
  const bool trails = json["type"] == Name(OrderType::kTrailingStop);
  if (body.price.units != 0) json[trails ? "distance" : "price"] = FormatDecimal(body.price.units, of.price_decimals);
  if (body.stop_price.units != 0)
    json["stop_price"] = FormatDecimal(body.stop_price.units, of.price_decimals);
  if (terms.display.units != 0) json["display"] = FormatDecimal(terms.display.units, of.quantity_decimals);
  if (terms.expiry.since_epoch != 0) json["expiry"] = terms.expiry.since_epoch;
  return json;
}

ordered_json OfRisk(const engine::Why& why) {
  if (!why.denial) return {{"passed", true}};
  const auto denial = As<RiskDenialBody>(*why.denial);
  return {{"passed", false},
          {"rule", trading::Name(static_cast<trading::RiskRule>(denial.rule))},
          {"value", denial.value},
          {"limit", denial.limit}};
}

ordered_json OfBlame(const engine::WhyStep& step, std::span<const engine::Attack> attacks,
                     const Instrument& of) {
  ordered_json json = ordered_json::array();
  for (const engine::Guilt& guilt : step.blame) {
    const engine::Attack& attack = attacks[guilt.attack];
    json.push_back({{"attack", Name(attack.kind)},
                    {"participant", attack.participant},
                    {"strike_seq", attack.strike_seq},
                    {"end_seq", attack.end_seq},
                    {"direction", attack.direction == kBuy ? "buy" : "sell"},
                    {"target", FormatDecimal(attack.target.units, of.price_decimals)},
                    {"direct", guilt.trade.has_value()}});
    if (!guilt.trade) continue;
    json.back()["trade_id"] = guilt.trade->trade_id;
    json.back()["trade_seq"] = guilt.trade->seq;
  }
  return json;
}

ordered_json OfStep(const engine::WhyStep& step, std::span<const engine::Attack> attacks, const engine::WhyNames& names,
                    const Instrument& of) {
  ordered_json json = OfRecord(step.record, names);
  if (!step.blame.empty()) json["blame"] = OfBlame(step, attacks, of);
  if (step.to_venue) json["to_venue_ns"] = step.to_venue->nanos;
  if (step.from_venue) json["from_venue_ns"] = step.from_venue->nanos;
  if (step.queue_ahead) json["queue_ahead"] = FormatDecimal(step.queue_ahead->units, of.quantity_decimals);
  if (engine::SaysReason(step.record.event.kind))
    json["reason"] = Name(static_cast<Reason>(As<ReplyBody>(step.record.event).queue_ahead_or_reason));
  if (!step.detail) return json;
  if (step.cause) json["cause"] = OfCause(*step.cause, names);
  if (step.record.event.kind == Kind::kLiquidation) {
    const auto margin = As<MarginDetailBody>(*step.detail);
    json["mark"] = FormatDecimal(margin.mark.units, of.price_decimals);
    json["equity"] = FormatDecimal(margin.equity.units, of.currency_decimals);
    json["maintenance"] = FormatDecimal(margin.maintenance.units, of.currency_decimals);
    return json;
  }
  const auto detail = As<FillDetailBody>(*step.detail);
  json["maker"] = (step.record.event.flags & flag::kMaker) != 0;
  json["fee"] = FormatDecimal(detail.fee.units, of.currency_decimals);
  json["fee_currency"] = detail.fee_currency == 1 ? "base" : of.settle_currency;
  json["rule"] = Name(static_cast<FillRule>(detail.rule));
  if (step.venue_book) json["venue_book"] = OfBook(*step.venue_book, of);
  return json;
}

}  // namespace

ordered_json WhyJson(const engine::Why& why, const engine::WhyNames& names) {
  const Instrument& of = names.instruments[why.intent.instrument.value];
  ordered_json features = ordered_json::array();
  for (const engine::WhyFeature& feature : why.features)
    features.push_back({{"name", feature.name}, {"value", feature.value}});
  ordered_json steps = ordered_json::array();
  for (const engine::WhyStep& step : why.steps) steps.push_back(OfStep(step, why.attacks, names, of));
  return {{"order", why.order.value},
          {"cause", OfCause(why.cause, names)},
          {"book", OfBook(why.book, of)},
          {"decision", OfDecision(why, names)},
          {"features", std::move(features)},
          {"risk", OfRisk(why)},
          {"steps", std::move(steps)}};
}

}  // namespace crucible::cli
