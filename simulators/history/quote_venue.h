// Fill model for sessions that show the best bid and ask only.
//
// An order is filled
//   - kTookBook       on arrival, against the opposite quote, if marketable; by no more than the quoted
//   quantity
//   - kQuoteCross     when the opposite quote reaches its price: at its own price, by the quoted quantity
//   - kTradedThrough  when a trade prints beyond its price, where the session has trades: by that quantity
// A trade at our price does not fill: nobody knows the queue. With `sizes_unknown` (feeds that quote prices
// only) a quote is good for any quantity.
//
// Stops are triggered by quotes, not trades: a buy stop when the ask stands at or above it, a sell stop when
// the bid stands at or below it. A trailing stop follows the same quote.
//
// Unrealistic: resting orders are filled only when the market has moved through them, which understates fills
// and overstates adverse selection; depth beyond the touch does not exist.
#pragma once

#include "framework/book/quote_book.h"
#include "simulators/history/book_venue.h"

namespace crucible::history {

class QuoteVenue final : public BookVenue<book::QuoteBook> {
 public:
  QuoteVenue(const VenueSetup& setup, bool sizes_unknown);

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;

 private:
  void JoinQueue(OwnOrder& order) override;
  bool StopReached(const OwnOrder& order) const override;
  Reason TrailFrom(Side side, Price& start) const override;
  void OnQuote(const Event& record);
  void OnTrade(const Event& record);
  void TriggerReached();
};

}  // namespace crucible::history
