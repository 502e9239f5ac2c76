// The chain of causes of every order that was filled: market event, book, values read, intent, risk verdict,
// replies, fills, each with its time. The same facts as `crucible why RUN ORDER`, without re-executing.
#include <bit>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/report/record_text.h"
#include "framework/report/sections/sections.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

// A fill may be one of thousands; beyond this many chains a page only names the command.
constexpr std::size_t kMaxChains = 4'000;

class Chain {
 public:
  Chain(const RunView& view, const OrderFact& order)
      : view_(view), order_(order), instrument_(view.instrument(order.intent.instrument)) {}
  Json Take();

 private:
  void Say(const char* what, std::string text) { lines_.push_back({what, std::move(text)}); }
  std::string MarketText(const Event& event, CauseRef at) const;
  void SayRoot();
  void SayBook();
  void SayDecision();
  std::string Unowned() const;
  void SayReply(const Event& reply);
  void SayFill(const FillFact& fill);

  const RunView& view_;
  const OrderFact& order_;
  const Instrument& instrument_;
  Json lines_ = Json::array();
};

std::string Side(const Event& event, const char* buy, const char* sell) {
  if (event.side == crucible::Side::kNone) return "";
  return event.side == kBuy ? buy : sell;
}

std::string Chain::MarketText(const Event& event, CauseRef at) const {
  return RecordText(event, view_.instrument(event.instrument)) +
         absl::StrFormat("  (input %d, record %d)", at.input, at.seq);
}

// Who decided on an order of no strategy.
std::string Chain::Unowned() const {
  const CauseRef cause = CauseRef::FromBits(order_.intent.origin);
  const bool known = cause.input == 0 && cause.seq != 0 && cause.seq <= view_.run.kinds.size();
  return known && view_.run.kinds[cause.seq - 1] == Kind::kLiquidation ? "the venue" : "the roll";
}

void Chain::SayRoot() {
  const RootCause root = FindRoot(view_.run, CauseRef::FromBits(order_.intent.origin));
  if (const auto found = view_.market.causes.find(root.market.bits());
      root.market.seq != 0 && found != view_.market.causes.end()) {
    Say("cause", MarketText(found->second, root.market));
  } else if (root.reply != 0) {
    Say("cause",
        absl::StrFormat("%s of our own (run record %d)", Name(view_.run.kinds[root.reply - 1]), root.reply));
  } else if (root.market.seq != 0) {
    Say("cause", absl::StrFormat("record %d of input %d", root.market.seq, root.market.input));
  } else {
    Say("cause", "the start of the run");
  }
  if (root.timers > 0)
    Say("", absl::StrFormat("then %d timer%s of the strategy", root.timers, root.timers == 1 ? "" : "s"));
}

void Chain::SayBook() {
  if (!view_.market.complete) return;
  const book::Touch& touch =
      view_.market.orders[static_cast<std::size_t>(&order_ - view_.run.orders.data())].touch;
  if (!touch.HasBoth()) return;
  Say("touch then", absl::StrFormat("%s @ %s | %s @ %s", QuantityText(touch.bid_quantity.units, instrument_),
                                    PriceText(touch.bid_price, instrument_),
                                    QuantityText(touch.ask_quantity.units, instrument_),
                                    PriceText(touch.ask_price, instrument_)));
}

void Chain::SayDecision() {
  const Event& intent = order_.intent;
  const IntentBody body = As<IntentBody>(intent);
  std::string text =
      absl::StrFormat("%s  %s %s %s", FormatTimestamp(intent.at()), Side(intent, "buy", "sell"),
                      QuantityText(body.quantity.units, instrument_), Name(order_.type()));
  if (body.stop_price.units != 0) absl::StrAppend(&text, " stop ", PriceText(body.stop_price, instrument_));
  const bool trails = order_.type() == OrderType::kTrailingStop;
  if (body.price.units != 0)
    absl::StrAppend(&text, trails ? " by " : " at ", PriceText(body.price, instrument_));
  absl::StrAppend(&text, " ", std::string(Name(order_.tif())));
  if ((order_.options() & option::kPostOnly) != 0) text += " post-only";
  if ((order_.options() & option::kReduceOnly) != 0) text += " reduce-only";
  const std::string strategy =
      order_.terms.strategy == 0
          ? Unowned()
          : Parameter(view_.parameters, absl::StrFormat("strategy.%d.strategy", order_.terms.strategy));
  Say("decided",
      text + absl::StrFormat(" by %s  (run record %d)", strategy.empty() ? "?" : strategy, intent.seq));
  for (const Event& event : order_.features) {
    const FeatureReadBody read = As<FeatureReadBody>(event);
    const auto name = view_.run.features.find(read.feature);
    Say("read", absl::StrFormat("%s = %.9g", name == view_.run.features.end() ? "?" : name->second,
                                std::bit_cast<double>(read.value_bits)));
  }
  Say("risk gate", "passed");
}

void Chain::SayReply(const Event& reply) {
  const ReplyBody body = As<ReplyBody>(reply);
  std::string text = FormatTimestamp(reply.venue_time());
  if (reply.kind == Kind::kAccepted || reply.kind == Kind::kAmended) {
    if (reply.kind == Kind::kAccepted) {
      text += absl::StrFormat("  %s on its way", FormatDuration(reply.venue_time() - order_.intent.at()));
    }
    if (body.queue_ahead_or_reason >= 0) {
      text += ", " + QuantityText(body.queue_ahead_or_reason, instrument_) + " ahead in the queue";
    }
  } else if (reply.kind != Kind::kTriggered) {
    text += "  " + std::string(Name(static_cast<Reason>(body.queue_ahead_or_reason)));
  }
  text += absl::StrFormat("; heard %s later  (run record %d)",
                          FormatDuration(reply.at() - reply.venue_time()), reply.seq);
  lines_.push_back({std::string(Name(reply.kind)), text});
}

void Chain::SayFill(const FillFact& fill) {
  std::string text = absl::StrFormat(
      "%s  %s @ %s as %s; rule: %s", FormatTimestamp(fill.fill.venue_time()),
      QuantityText(fill.body.quantity.units, instrument_), PriceText(fill.body.price, instrument_),
      fill.maker() ? "maker" : "taker", Name(static_cast<FillRule>(fill.more.rule)));
  if (fill.more.queue_ahead >= 0)
    text += "; " + QuantityText(fill.more.queue_ahead, instrument_) + " ahead in the queue";
  text += absl::StrFormat(
      "; fee %s", MoneyText(fill.more.fee, instrument_.currency_decimals,
                            fill.more.fee_currency == 0 ? instrument_.settle_currency : "of the base"));
  text += absl::StrFormat("; heard %s later  (run record %d)",
                          FormatDuration(fill.fill.at() - fill.fill.venue_time()), fill.fill.seq);
  Say("fill", std::move(text));
  const CauseRef cause = CauseRef::FromBits(fill.detail.origin);
  const auto found = view_.market.causes.find(cause.bits());
  if (cause.seq != 0 && found != view_.market.causes.end()) Say("cause", MarketText(found->second, cause));
}

Json Chain::Take() {
  SayRoot();
  SayBook();
  SayDecision();
  std::size_t reply = 0;
  for (const std::uint32_t index : order_.fills) {
    const FillFact& fill = view_.run.fills[index];
    while (reply < order_.replies.size() && order_.replies[reply].seq < fill.fill.seq)
      SayReply(order_.replies[reply++]);
    SayFill(fill);
  }
  while (reply < order_.replies.size()) SayReply(order_.replies[reply++]);
  return std::move(lines_);
}

}  // namespace

Json CausesSection(const RunView& view) {
  Json chains = Json::object();
  for (const OrderFact& order : view.run.orders) {
    if (order.fills.empty()) continue;
    if (chains.size() == kMaxChains) break;
    chains[std::to_string(order.id())] = Chain(view, order).Take();
  }
  return chains;
}

}  // namespace crucible::report
