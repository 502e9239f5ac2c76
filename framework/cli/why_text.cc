#include "framework/cli/why_text.h"

#include <algorithm>
#include <bit>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/base/decimal.h"
#include "framework/base/time_text.h"
#include "framework/cli/output.h"
#include "framework/event/kinds.h"
#include "framework/event/link_codes.h"
#include "framework/trading/risk_gate.h"

namespace crucible::cli {
namespace {

using engine::WhyBook;
using engine::WhyCause;
using engine::WhyRecord;
using engine::WhyStep;

class Teller {
 public:
  Teller(const engine::Why& why, const runs::RunSetup& setup, const std::string& path)
      : why_(why),
        setup_(setup),
        path_(path),
        instrument_(setup.instruments()[why.intent.instrument.value]) {}
  std::vector<std::pair<std::string, std::string>> Tell();

 private:
  std::string PriceText(Price price) const { return FormatDecimal(price.units, instrument_.price_decimals); }
  std::string QuantityText(Quantity quantity) const {
    return FormatDecimal(quantity.units, instrument_.quantity_decimals);
  }
  std::string GridText(const Event& reply) const;
  std::string BookText(const std::optional<WhyBook>& book) const;
  std::string LinkText(const LinkChangeBody& link) const;
  std::string Fields(const WhyRecord& record) const;
  void Say(const std::string& what, const std::string& text) { lines_.emplace_back(what, text); }
  void SayCause(const WhyCause& cause);
  void SayDecision();
  void SayGrounds();
  void SayStep(const WhyStep& step);
  void SayBlame(const WhyStep& step);
  void SayFill(const WhyStep& step);
  void SayLiquidation(const WhyStep& step);
  void SayReply(const WhyStep& step);

  const engine::Why& why_;
  const runs::RunSetup& setup_;
  const std::string& path_;
  const Instrument& instrument_;
  std::vector<std::pair<std::string, std::string>> lines_;
};

std::string Teller::BookText(const std::optional<WhyBook>& book) const {
  if (!book) return "none: the session has bars only";
  const auto side = [&](const std::vector<book::LevelView>& levels) {
    std::vector<std::string> parts;
    for (const book::LevelView& level : levels)
      parts.push_back(QuantityText(level.quantity) + " @ " + PriceText(level.price));
    return parts.empty() ? std::string("empty") : absl::StrJoin(parts, ", ");
  };
  return "bid " + side(book->bids) + " | ask " + side(book->asks);
}

std::string Teller::LinkText(const LinkChangeBody& link) const {
  const std::vector<std::string> names =
      absl::StrSplit(setup_.config().causes.variables, absl::ByAnyChar(" ,"), absl::SkipEmpty());
  if (link.cause >= names.size() || link.effect >= names.size()) return "";
  const auto reason = static_cast<LinkReason>(link.reason);
  return absl::StrFormat(" [%s %d bars before -> %s, %s: %s]", names[link.cause], link.lag,
                         names[link.effect], IsAdded(reason) ? "added" : "withdrawn", Name(reason));
}

std::string Teller::Fields(const WhyRecord& record) const {
  const Event& event = record.event;
  const Instrument& of = setup_.instruments()[record.instrument.value];
  std::string text(Name(event.kind));
  if (event.side != Side::kNone) text += event.side == Side::kBid ? " bid" : " ask";
  const KindInfo* info = FindKind(event.kind);
  for (std::size_t slot = 0; info != nullptr && slot < info->slots.size(); ++slot) {
    const SlotInfo& field = info->slots[slot];
    if (field.type == SlotType::kUnused) continue;
    text += absl::StrFormat(" %s=%s", field.name, SlotText(field.type, event.body[slot], of));
  }
  if (event.kind == Kind::kModelSwap) {
    const auto swap = As<ModelSwapBody>(event);
    const std::vector<std::string>& routes = setup_.routes();
    if (swap.from < routes.size() && swap.to < routes.size())
      text += absl::StrFormat(" [%s -> %s]", routes[swap.from], routes[swap.to]);
  }
  if (event.kind == Kind::kLinkChange) text += LinkText(As<LinkChangeBody>(event));
  return text;
}

void Teller::SayCause(const WhyCause& cause) {
  for (std::size_t i = 0; i < cause.chain.size(); ++i) {
    const WhyRecord& record = cause.chain[i];
    const Event& event = record.event;
    if (i + 1 == cause.chain.size() && cause.timers_skipped > 0) {
      Say("", absl::StrFormat("and %d timers before it, each set by the one before", cause.timers_skipped));
    }
    const std::string where = record.where.input == 0 ? absl::StrFormat("run record %d", record.where.seq)
                                                      : absl::StrFormat("input %d, record %d",
                                                                        record.where.input, record.where.seq);
    std::string text = absl::StrFormat("%s %s (%s)", FormatTimestamp(event.at()), Fields(record), where);
    if (IsMarketData(event.kind)) text += ", happened " + FormatTimestamp(event.venue_time());
    Say("cause", text);
    if (!IsVenueReply(event.kind)) continue;
    const std::uint64_t order = engine::OrderOf(event).value;
    if (order == 0 || order == why_.order.value) continue;
    Say("", absl::StrFormat("of order %d: crucible why %s %d", order, path_, order));
  }
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
  Say("decided",
      absl::StrFormat("%s %s %s by %s (run record %d)", FormatTimestamp(intent.at()), FullName(instrument_),
                      what, DeciderName(why_, setup_), intent.seq));
}

void Teller::SayGrounds() {
  for (const engine::WhyFeature& feature : why_.features)
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
                              MoneyText(more.fee, instrument_.currency_decimals, instrument_.settle_currency),
                              Name(static_cast<FillRule>(more.rule)),
                              step.queue_ahead ? QuantityText(*step.queue_ahead) : "unknown quantity"));
  Say("", absl::StrFormat("heard %s later (run record %d)", FormatDuration(*step.from_venue), fill.seq));
  if (step.cause) SayCause(*step.cause);
  if (step.cause && !setup_.makes_market())
    Say("venue book", BookText(step.venue_book) + " (after that record)");
}

void Teller::SayLiquidation(const WhyStep& step) {
  const Event& event = step.record.event;
  const auto body = As<LiquidationBody>(event);
  const auto margin = As<MarginDetailBody>(*step.detail);
  const auto money = [this](Money amount) {
    return MoneyText(amount, instrument_.currency_decimals, instrument_.settle_currency);
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
std::string Teller::GridText(const Event& reply) const {
  const auto reason = static_cast<Reason>(As<ReplyBody>(reply).queue_ahead_or_reason);
  const bool off_tick = reason == Reason::kOffTick;
  if (!SaysReason(reply.kind) || (!off_tick && reason != Reason::kOffLot) || setup_.sessions().empty())
    return "";
  const auto now = setup_.map().At({reply.instrument}, reply.venue_time());
  std::string text = off_tick ? " of " + PriceText({now.instrument->tick_size.units})
                              : " of " + QuantityText(now.instrument->lot_size);
  if (now.since == nullptr) return text;
  return text + absl::StrFormat(" since %s (input %d, record %d)",
                                FormatTimestamp(now.since->definition.time), now.since->session + 1,
                                now.since->definition.seq);
}

void Teller::SayReply(const WhyStep& step) {
  const Event& reply = step.record.event;
  std::string text = FormatTimestamp(reply.venue_time());
  if (step.queue_ahead) text += absl::StrFormat(", %s ahead in the queue", QuantityText(*step.queue_ahead));
  if (SaysReason(reply.kind))
    text += absl::StrFormat(": %s", Name(static_cast<Reason>(As<ReplyBody>(reply).queue_ahead_or_reason)));
  text += GridText(reply);
  text += absl::StrFormat("; heard %s later (run record %d)", FormatDuration(*step.from_venue), reply.seq);
  Say(std::string(Name(reply.kind)), text);
  if (step.to_venue) Say("", absl::StrFormat("the order was %s on its way", FormatDuration(*step.to_venue)));
}

void Teller::SayBlame(const WhyStep& step) {
  for (const engine::Guilt& guilt : step.blame) {
    const engine::Attack& attack = why_.attacks[guilt.attack];
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
  Say("asked", FormatTimestamp(step.record.event.at()) + " " + Fields(step.record));
}

std::vector<std::pair<std::string, std::string>> Teller::Tell() {
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

std::string StrategyName(const runs::RunSetup& setup, std::uint32_t ordinal) {
  const auto& strategies = setup.config().strategies;
  return ordinal != 0 && ordinal <= strategies.size() ? strategies[ordinal - 1].strategy : "?";
}

std::string DeciderName(const engine::Why& why, const runs::RunSetup& setup) {
  if (why.strategy != 0) return StrategyName(setup, why.strategy);
  const auto& chain = why.cause.chain;
  return !chain.empty() && chain.front().event.kind == Kind::kLiquidation ? "the venue" : "the roll";
}

bool SaysReason(Kind kind) {
  return kind == Kind::kRejected || kind == Kind::kCanceled || kind == Kind::kCancelRejected ||
         kind == Kind::kAmendRejected;
}

std::vector<std::pair<std::string, std::string>> WhyText(const engine::Why& why, const runs::RunSetup& setup,
                                                         const std::string& path) {
  return Teller(why, setup, path).Tell();
}

}  // namespace crucible::cli
