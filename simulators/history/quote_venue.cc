#include "simulators/history/quote_venue.h"

#include <algorithm>

namespace crucible::history {

QuoteVenue::QuoteVenue(const VenueSetup& setup, bool sizes_unknown)
    : BookVenue(setup, book::QuoteBook(), FillRule::kQuoteCross, sizes_unknown) {}

void QuoteVenue::OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) {
  BeginGroup(group, outbox);
  for (const Event& record : group.records) {
    switch (record.kind) {
      case Kind::kQuote:
        OnQuote(record);
        break;
      case Kind::kTrade:
        OnTrade(record);
        break;
      case Kind::kTradingStatus:
        SetTradingStatus(record);
        break;
      case Kind::kDefinition:
        TakeDefinition(record);
        break;
      case Kind::kFeedGap:
      case Kind::kBookClear:
        book_.Clear();
        break;
      default:
        break;
    }
  }
  if (!orders_.AnyListed()) return;
  CrossOwnOrders();
  TriggerReached();
  EnforceReduceOnly();
}

void QuoteVenue::JoinQueue(OwnOrder& order) {
  order.ahead = 0;
  order.ahead_unknown = true;
}

void QuoteVenue::OnQuote(const Event& record) {
  const auto quote = As<QuoteBody>(record);
  taken_.ClearSide(record.side);
  static_cast<void>(book_.Set(record.side, quote.price, quote.quantity, quote.order_count));
}

void QuoteVenue::OnTrade(const Event& record) {
  const auto trade = As<TradeBody>(record);
  std::int64_t left = trade.quantity.units;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    if (record.side == side) continue;
    while (!orders_.resting(side).empty() && orders_.resting(side).front().rank < RankOf(side, trade.price)) {
      const Slot slot = orders_.resting(side).front().slot;
      const OwnOrder& order = orders_[slot];
      const std::int64_t wanted = std::min(order.open, WholeLots(left));
      if (wanted == 0) return;
      const std::int64_t filled =
          Fill(slot, {order.price, wanted, FillRule::kTradedThrough, true, CauseOf(record)});
      if (filled < wanted) Cancel(slot, Reason::kReduceOnly);
      left -= filled;
    }
  }
}

bool QuoteVenue::StopReached(const OwnOrder& order) const {
  const Side opposite = Opposite(order.side);
  const book::Touch& touch = book_.touch();
  return touch.quantity(opposite).units > 0 && !IsBetter(order.side, order.stop_price, touch.price(opposite));
}

Reason QuoteVenue::TrailFrom(Side side, Price& start) const {
  const book::Touch& touch = book_.touch();
  start = touch.price(Opposite(side));
  return touch.quantity(Opposite(side)).units > 0 ? Reason::kNone : Reason::kBadPrice;
}

void QuoteVenue::TriggerReached() {
  const book::Touch& touch = book_.touch();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    if (touch.quantity(Opposite(side)).units > 0) Follow(side, touch.price(Opposite(side)));
    while (!orders_.stops(side).empty()) {
      const Slot slot = orders_.stops(side).front().slot;
      if (!StopReached(orders_[slot])) break;
      orders_.Unlist(slot);
      Trigger(slot);
    }
  }
}

}  // namespace crucible::history
