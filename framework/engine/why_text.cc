#include "framework/engine/why_text.h"

#include <algorithm>
#include <bit>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/base/readable.h"
#include "framework/base/time_text.h"
#include "framework/event/kinds.h"
#include "framework/event/link_codes.h"
#include "framework/trading/risk_gate.h"

namespace crucible::engine {
namespace {

std::string LinkText(const LinkChangeBody& link, std::span<const std::string> variables) {
  if (link.cause >= variables.size() || link.effect >= variables.size()) return "";
  const auto reason = static_cast<LinkReason>(link.reason);
  return absl::StrFormat(" [%s %d bars before -> %s, %s: %s]", variables[link.cause], link.lag,
                         variables[link.effect], IsAdded(reason) ? "added" : "withdrawn", Name(reason));
}

std::string Fields(const WhyRecord& record, const WhyNames& names) {
  std::string text = FieldsText(record.event, names.instruments[record.instrument.value]);
  if (record.event.kind == Kind::kModelSwap) {
    const auto swap = As<ModelSwapBody>(record.event);
    const std::span<const std::string> routes = names.routes;
    if (swap.from < routes.size() && swap.to < routes.size())
      absl::StrAppend(&text, " [", routes[swap.from], " -> ", routes[swap.to], "]");
  }
  if (record.event.kind == Kind::kLinkChange)
    absl::StrAppend(&text, LinkText(As<LinkChangeBody>(record.event), names.variables));
  return text;
}

std::string PlaceText(CauseRef where) {
  if (where.input == 0) return absl::StrFormat("run record %d", where.seq);
  return absl::StrFormat("input %d, record %d", where.input, where.seq);
}

class Teller {
 public:
  Teller(const Why& why, const WhyNames& names)
      : why_(why), names_(names), instrument_(names.instruments[why.intent.instrument.value]) {}
  std::vector<WhyLine> Tell();

 private:
  std::string PriceText(Price price) const { return FormatDecimal(price.units, instrument_.price_decimals); }
  std::string QuantityText(Quantity quantity) const {
    return FormatDecimal(quantity.units, instrument_.quantity_decimals);
  }
  std::string GridText(const WhyStep& step) const;
  std::string UnsupportedText(const WhyStep& step) const;
  std::string BookText(const WhyBook& book) const;
  void Say(std::string what, std::string text) { lines_.push_back({std::move(what), std::move(text)}); }
  void SayCause(const WhyCause& cause) {
    for (WhyLine& line : CauseText(cause, names_, why_.order)) lines_.push_back(std::move(line));
  }
  void SayDecision();
  void SayGrounds();
  void SayStep(const WhyStep& step);
  void SayBlame(const WhyStep& step);
  void SayFill(const WhyStep& step);
  void SayLiquidation(const WhyStep& step);
  void SayReply(const WhyStep& step);

  const Why& why_;
  const WhyNames& names_;
  const Instrument& instrument_;
  std::vector<WhyLine> lines_;
};

std::string FeeText(const FillDetailBody& detail, const Instrument& of) {
  return ReadableDecimal(detail.fee.units, of.currency_decimals, 2) + " " +
         (detail.fee_currency == 0 ? of.settle_currency : "of the base");
}

std::string Teller::BookText(const WhyBook& book) const {
  if (book.state == WhyBook::State::kBarsOnly) return "none: the session has bars only";
  if (book.state == WhyBook::State::kNotAtHand)
    return "not at hand: crucible why finds it by executing the run again";
  const auto side = [&](const std::vector<book::LevelView>& levels) {
    std::vector<std::string> parts;
    for (const book::LevelView& level : levels)
      parts.push_back(QuantityText(level.quantity) + " @ " + PriceText(level.price));
    return parts.empty() ? std::string("empty") : absl::StrJoin(parts, ", ");
  };
  return "bid " + side(book.bids) + " | ask " + side(book.asks);
}

void Teller::SayDecision() {
  const Event& intent = why_.intent.event;
  const auto body = As<IntentBody>(intent);
  const std::int64_t terms = As<IntentTermsBody>(why_.terms).type_tif;
  std::string what = absl::StrFormat("%s %s %s", intent.side == kBuy ? "buy" : "sell",
                                     QuantityText(body.quantity), Name(static_cast<OrderType>(terms & 0xff)));
  if (body.stop_price.units != 0) what += " stop " + PriceText(body.stop_price);
  const bool trails = (terms & 0xff) == static_cast<std::int64_t>(OrderType::kTrailingStop);
  if (body.price.units != 0) what += (trails ? " by " : " at ") + PriceText(body.price);
  what += " " + std::string(Name(static_cast<TimeInForce>((terms >> 8) & 0xff)));
  if (((terms >> 16) & option::kPostOnly) != 0) what += " post-only";
  if (((terms >> 16) & option::kReduceOnly) != 0) what += " reduce-only";
  Say("decided", absl::StrFormat("%s %s %s by %s (run record %d)", FormatTimestamp(intent.at()),
                                 FullName(instrument_), what, names_.Decider(why_), intent.seq));
}

void Teller::SayGrounds() {
  for (const WhyFeature& feature : why_.features)
    Say("read", absl::StrFormat("%s = %.9g", feature.name, feature.value));
  if (!why_.denial) return Say("risk gate", "passed");
  const auto denial = As<RiskDenialBody>(*why_.denial);
  Say("risk gate", absl::StrFormat("DENIED by %s: %d against a limit of %d",
                                   trading::Name(static_cast<trading::RiskRule>(denial.rule)), denial.value,
                                   denial.limit));
}

void Teller::SayFill(const WhyStep& step) {
  const Event& fill = step.record.event;
  const auto body = As<FillBody>(fill);
  const auto more = As<FillDetailBody>(*step.detail);
  Say("fill", absl::StrFormat("%s %s @ %s as %s, fee %s; rule: %s; %s ahead in the queue",
                              FormatTimestamp(fill.venue_time()), QuantityText(body.quantity),
                              PriceText(body.price), (fill.flags & flag::kMaker) != 0 ? "maker" : "taker",
                              FeeText(more, instrument_), Name(static_cast<FillRule>(more.rule)),
                              step.queue_ahead ? QuantityText(*step.queue_ahead) : "unknown quantity"));
  Say("", absl::StrFormat("heard %s later (run record %d)", FormatDuration(*step.from_venue), fill.seq));
  if (step.cause) SayCause(*step.cause);
  if (step.venue_book) Say("venue book", BookText(*step.venue_book) + " (after that record)");
}

void Teller::SayLiquidation(const WhyStep& step) {
  const Event& event = step.record.event;
  const auto body = As<LiquidationBody>(event);
  const auto margin = As<MarginDetailBody>(*step.detail);
  const auto money = [this](Money amount) {
    return ReadableDecimal(amount.units, instrument_.currency_decimals, 2) + " " +
           instrument_.settle_currency;
  };
  Say("liquidation",
      absl::StrFormat("%s equity %s is below the maintenance margin of %s at the mark %s; %s",
                      FormatTimestamp(event.venue_time()), money(margin.equity), money(margin.maintenance),
                      PriceText(margin.mark),
                      body.price == Price{} ? "no price makes the account bankrupt"
                                            : "the account is bankrupt at " + PriceText(body.price)));
  Say("", absl::StrFormat("heard %s later (run record %d)", FormatDuration(*step.from_venue), event.seq));
  if (step.cause) SayCause(*step.cause);
}

// The grid that a refusal is about, and which record made it so.
std::string Teller::GridText(const WhyStep& step) const {
  if (!step.grid) return "";
  const bool off_tick =
      static_cast<Reason>(As<ReplyBody>(step.record.event).queue_ahead_or_reason) == Reason::kOffTick;
  std::string text =
      " of " + (off_tick ? PriceText({step.grid->tick_size.units}) : QuantityText(step.grid->lot_size));
  if (step.grid->since.seq == 0) return text;
  absl::StrAppendFormat(&text, " since %s (%s)", FormatTimestamp(step.grid->since_time),
                        PlaceText(step.grid->since));
  return text;
}

// What the venue does not take about the order, and what it would.
std::string Teller::UnsupportedText(const WhyStep& step) const {
  const Event& reply = step.record.event;
  if (reply.kind != Kind::kRejected) return "";
  if (static_cast<Reason>(As<ReplyBody>(reply).queue_ahead_or_reason) != Reason::kUnsupported) return "";
  const auto terms = As<IntentTermsBody>(why_.terms);
  if (((terms.type_tif >> 16) & option::kPostOnly) != 0)
    return ": post-only is valid for a limit order that may rest";
  if (terms.display.units != 0)
    return absl::StrFormat(
        ": shows %s of the order, which is valid in a simulated market, for a limit order that may rest",
        QuantityText(terms.display));
  if (static_cast<OrderType>(terms.type_tif & 0xff) == OrderType::kTrailingStop)
    return ": no trailing stop over bars, which do not say whether the high or the low came first; valid "
           "there: market, "
           "limit, stop, stop-limit";
  return "";
}

void Teller::SayReply(const WhyStep& step) {
  const Event& reply = step.record.event;
  std::string text = FormatTimestamp(reply.venue_time());
  if (step.queue_ahead) text += absl::StrFormat(", %s ahead in the queue", QuantityText(*step.queue_ahead));
  if (SaysReason(reply.kind))
    text += absl::StrFormat(": %s", Name(static_cast<Reason>(As<ReplyBody>(reply).queue_ahead_or_reason)));
  text += GridText(step) + UnsupportedText(step);
  text += absl::StrFormat("; heard %s later (run record %d)", FormatDuration(*step.from_venue), reply.seq);
  Say(std::string(Name(reply.kind)), text);
  if (step.to_venue) Say("", absl::StrFormat("the order was %s on its way", FormatDuration(*step.to_venue)));
}

void Teller::SayBlame(const WhyStep& step) {
  for (const Guilt& guilt : step.blame) {
    const Attack& attack = why_.attacks[guilt.attack];
    const std::string who =
        absl::StrFormat("%s by participant %d", std::string(Name(attack.kind)), attack.participant);
    if (guilt.trade) {
      Say("blame", absl::StrFormat("%s: its trade %d %s (run record %d)", who, guilt.trade->trade_id,
                                   step.detail ? "was this fill" : "elected the stop", guilt.trade->seq));
    } else {
      Say("blame", absl::StrFormat("during a %s, which did not do it itself", who));
    }
    const auto before = std::ranges::count_if(
        attack.trades, [&](const auto& trade) { return trade.at <= step.record.event.venue_time(); });
    std::string how = attack.direction == kBuy ? "buying" : "selling";
    if (attack.target.units != 0) how += ", aimed at " + PriceText(attack.target);
    Say("", absl::StrFormat("it struck at %s, %s (run record %d), with %d trades until then",
                            FormatTimestamp(attack.begin), how, attack.strike_seq, before));
  }
}

void Teller::SayStep(const WhyStep& step) {
  if (step.record.event.kind == Kind::kLiquidation) return SayLiquidation(step);
  if (step.detail) {
    SayFill(step);
    return SayBlame(step);
  }
  if (step.from_venue) {
    SayReply(step);
    return SayBlame(step);
  }
  Say("asked", FormatTimestamp(step.record.event.at()) + " " + Fields(step.record, names_));
}

std::vector<WhyLine> Teller::Tell() {
  SayCause(why_.cause);
  Say("book then", BookText(why_.book) + " (as the strategy knew it)");
  SayDecision();
  SayGrounds();
  for (const WhyStep& step : why_.steps) SayStep(step);
  return std::move(lines_);
}

}  // namespace

std::string SlotText(SlotType type, std::int64_t value, const Instrument& of) {
  switch (type) {
    case SlotType::kPrice:
    case SlotType::kPriceDelta:
      return FormatDecimal(value, of.price_decimals);
    case SlotType::kQuantity:
      return FormatDecimal(value, of.quantity_decimals);
    case SlotType::kMoney:
      return FormatDecimal(value, of.currency_decimals);
    case SlotType::kTime:
      return FormatTimestamp({value});
    case SlotType::kDoubleBits:
      return absl::StrFormat("%.6g", std::bit_cast<double>(value));
    default:
      return std::to_string(value);
  }
}

std::string FieldsText(const Event& event, const Instrument& of) {
  std::string text(Name(event.kind));
  if (event.side != Side::kNone) absl::StrAppend(&text, event.side == Side::kBid ? " bid" : " ask");
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; info != nullptr && slot < info->slots.size(); ++slot) {
    const SlotInfo& field = info->slots[slot];
    if (field.type == SlotType::kUnused) continue;
    absl::StrAppendFormat(&text, " %s=%s", field.name, SlotText(field.type, event.body[slot], of));
  }
  return text;
}

std::string WhyNames::Decider(const Why& why) const {
  if (why.strategy != 0) return why.strategy <= strategies.size() ? strategies[why.strategy - 1] : "?";
  const std::vector<WhyRecord>& chain = why.cause.chain;
  return !chain.empty() && chain.front().event.kind == Kind::kLiquidation ? "the venue" : "the roll";
}

std::vector<WhyLine> CauseText(const WhyCause& cause, const WhyNames& names, OrderId told) {
  std::vector<WhyLine> lines;
  for (std::size_t i = 0; i < cause.chain.size(); ++i) {
    const WhyRecord& record = cause.chain[i];
    const Event& event = record.event;
    if (i + 1 == cause.chain.size() && cause.timers_skipped > 0) {
      lines.push_back(
          {"", absl::StrFormat("and %d timers before it, each set by the one before", cause.timers_skipped)});
    }
    std::string text = absl::StrFormat("%s %s (%s)", FormatTimestamp(event.at()), Fields(record, names),
                                       PlaceText(record.where));
    if (IsMarketData(event.kind)) text += ", happened " + FormatTimestamp(event.venue_time());
    lines.push_back({"cause", std::move(text)});
    if (!IsVenueReply(event.kind)) continue;
    const std::uint64_t order = OrderOf(event).value;
    if (order == 0 || order == told.value) continue;
    lines.push_back({"", absl::StrFormat("of order %d: crucible why %s %d", order, names.run, order)});
  }
  if (cause.beyond.seq != 0) {
    lines.push_back({"cause", PlaceText(cause.beyond) + ", which is not at hand"});
  } else if (cause.chain.empty()) {
    lines.push_back({"cause", "the start of the run"});
  }
  return lines;
}

std::vector<WhyLine> WhyText(const Why& why, const WhyNames& names) { return Teller(why, names).Tell(); }

}  // namespace crucible::engine
