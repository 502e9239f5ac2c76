// A venue's rules around the matching core: order types, phases, bands, auctions, self-trade prevention,
// limits on messages, and a ledger. One instrument.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(auto exchange, Exchange::Create(rules, listener));
//   const OrderId id = exchange->Submit(alice, tag, terms, now);
//   exchange->Cancel(alice, id, now);
//   exchange->Advance(exchange->NextDue());
//
// Every rule is written out in docs/exchange-rules.md and shown by the scenarios in tests/exchange/scenarios.
// In short: price, then time. Size down keeps an order's place; another price or more size loses it. Stops
// are elected by trades when the event that traded is over, oldest first, in one event however long the
// cascade. A breach of the price band halts the market, and a re-opening auction follows.
//
// The listener hears everything in the order in which it happened, before the call returns; it must not call
// back.
//
// Determinism: depends on the sequence of calls alone. Threads: thread-compatible. Allocation: none in steady
// state for limit, market and iceberg orders; stops and good-till-date orders take nodes of ordered sets.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "framework/base/status.h"
#include "framework/book/tick_grid.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"
#include "framework/trading/command.h"
#include "simulators/exchange/ledger.h"
#include "simulators/exchange/matching_book.h"
#include "simulators/exchange/rules.h"
#include "simulators/exchange/stop_book.h"

namespace crucible::exchange {

// A private answer to one participant.
struct Reply {
  Kind kind{};  // kAccepted..kTriggered, but for fills
  Owner owner = 0;
  Side side = Side::kNone;
  std::uint64_t tag = 0;      // the submitter's own number of the order
  OrderId id;                 // the venue's; 0 in kRejected
  Price price;                // limit; 0 without
  std::int64_t quantity = 0;  // open; of kCanceled: what was left
  std::int64_t detail = 0;    // kAccepted, kAmended: quantity ahead, -1 where it cannot rest; else a Reason
};

struct Party {
  Owner owner = 0;
  std::uint64_t tag = 0;
  OrderId id;
  Money fee;
  std::int64_t open = 0;  // left after the trade, hidden quantity included
};

struct Trade {
  Price price;
  std::int64_t quantity = 0;
  std::uint64_t id = 0;          // 1, 2, 3, ...
  Side aggressor = Side::kNone;  // kNone: auction
  Party buyer, seller;
};

// What the public feed says: the kinds of an order-by-order feed.
struct BookChange {
  Kind kind{};  // kOrderAdd, kOrderReduce, kOrderDelete, kOrderExecute; kTrade for an auction's print
  Side side = Side::kNone;
  Price price;
  std::int64_t quantity = 0;
  OrderId id;
  std::uint64_t trade_id = 0;
};

class ExchangeListener {
 public:
  virtual ~ExchangeListener() = default;
  virtual void OnReply(const Reply& reply) = 0;
  virtual void OnTrade(const Trade& trade) = 0;
  virtual void OnBook(const BookChange& change) = 0;
  virtual void OnStatus(TradingStatus status, Reason reason) = 0;
};

class Exchange {
 public:
  // Trading from the start; StartAuction makes an opening auction. `listener` outlives the exchange.
  static absl::StatusOr<std::unique_ptr<Exchange>> Create(const MarketRules& rules,
                                                          ExchangeListener& listener);

  // ---- participants: owners 1 to kMaxOwner, or 0 for nobody, who trades with itself; calls in time order ----

  void SetSelfTrade(Owner owner, SelfTrade mode);
  // Returns the venue's id of the order; 0 when it was rejected.
  OrderId Submit(Owner owner, std::uint64_t tag, const trading::OrderTerms& terms, Nanos now);
  // `tag` is told in a refusal when the order is not known.
  void Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now);
  // `total` counts what has been filled already.
  void Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total, Nanos now);

  // ---- the operator ----

  // Orders collect until `uncross_at`, when they trade at one price.
  void StartAuction(Nanos uncross_at, Nanos now);
  // Nothing matches until `reopen_at`, when the re-opening auction begins; kEndOfTime waits for Reopen.
  void Halt(Nanos reopen_at, Nanos now);
  void Reopen(Nanos now);

  // ---- time ----

  // Expiry, end of a halt, end of an auction; kEndOfTime if none.
  Nanos NextDue() const;
  // Does everything that is due up to `to`, in time order; of one moment, expiries first.
  void Advance(Nanos to);

  TradingStatus status() const { return status_; }
  const MatchingBook& book() const { return book_; }
  const StopBook& stops() const { return stops_; }
  const Ledger& ledger() const { return ledger_; }
  const MarketRules& rules() const { return rules_; }
  Price last_price() const { return last_; }  // 0 before the first trade
  Price reference() const { return reference_; }
  std::uint64_t messages() const { return messages_; }
  void Hash(StateHasher& hasher) const;
  bool InvariantsHold() const;

 private:
  // What the core does not need to know of a resting order; by OrderIndex.
  struct OrderInfo {
    std::uint64_t tag = 0;
    std::int64_t filled = 0;
    std::int64_t hidden = 0;   // iceberg: not shown yet
    std::int64_t display = 0;  // 0: all
    Nanos expiry = kEndOfTime;
    OrderType type = OrderType::kLimit;
    TimeInForce tif = TimeInForce::kGoodTillCancel;
    std::uint8_t options = 0;

    bool Has(std::uint8_t bit) const { return (options & bit) != 0; }
    bool MayRest() const {
      return (type == OrderType::kLimit || type == OrderType::kStopLimit) &&
             (tif == TimeInForce::kGoodTillCancel || tif == TimeInForce::kGoodTillDate);
    }
  };
  // An order that is being handled: on its way in, or waiting for an auction without a limit.
  struct Working {
    Arrival arrival;
    OrderInfo info;
    Price limit;  // its own, as told in replies; the arrival's may be narrowed by the band while it matches
  };
  class Matcher;
  struct RateWindow {
    std::int64_t number = INT64_MIN;
    std::uint32_t messages = 0;
  };

  Exchange(const MarketRules& rules, trading::ContractMath math, trading::FeeSchedule fees,
           ExchangeListener& listener);

  // exchange.cc: messages
  Reason CheckSubmit(Owner owner, const trading::OrderTerms& terms);
  Reason CheckTerms(const trading::OrderTerms& terms) const;
  Reason CheckPrices(const trading::OrderTerms& terms) const;
  Reason CheckBand(Side side, Price limit) const;
  bool TooManyMessages(Owner owner, bool counts_only);
  bool CancelWaiting(Owner owner, OrderId id);
  void AmendResting(OrderIndex index, Price price, std::int64_t total);
  void AmendStop(StopOrder& stop, Price price, std::int64_t total);
  Reason CheckAmend(OrderIndex index, Price price, std::int64_t total) const;
  void Shrink(OrderIndex index, std::int64_t by);
  void Requeue(OrderIndex index, Price price, std::int64_t open);

  // exchange_matching.cc: an order acts
  void EnterStop(OrderId id, Owner owner, std::uint64_t tag, trading::OrderTerms terms);
  void EnterElected(const StopOrder& stop);
  // `answered`: the order has been accepted before (a stop), so that what fails now ends it.
  void Enter(Working& order, bool answered);
  void EnterAuction(Working& order, bool answered);
  void Accept(const Working& order, bool answered);
  void MatchAndRest(Working& order);
  void RestRemainder(const Working& order);
  void EndUnfilled(const Working& order, Reason reason);
  bool Fillable(const Working& order) const;
  void BookTrade(Working& taker, OrderIndex maker, Price price, std::int64_t quantity);
  void Report(const Trade& trade);
  Meeting MeetOwn(OrderIndex maker, Working& taker);
  void Decrement(OrderIndex maker, Working& taker);
  bool CutToPosition(OrderIndex index);
  std::int64_t ShowMore(OrderIndex index);
  void Remember(OrderIndex index);
  void Forget(OrderIndex index);
  void CancelResting(OrderIndex index, Reason reason);
  void LowerShown(OrderIndex index, std::int64_t by);
  void ElectStops();
  void FinishEvent();
  void EnforceReduceOnly();
  void EnforceReduceOnly(Owner owner, const std::set<std::uint64_t>& ids);

  // exchange_phases.cc: auctions, halts, expiry
  void SetStatus(TradingStatus status, Nanos due, Reason reason);
  void Uncross();
  std::optional<Price> AuctionPrice() const;
  void TradeAuction(Price price);
  struct Standing;
  bool AuctionFront(Side side, Price price, Standing& front);
  Party PartyOf(const Standing& standing) const;
  std::int64_t ShownOf(const Standing& standing) const;
  void EndStanding(const Standing& standing, Reason reason);
  void LowerStanding(const Standing& standing, std::int64_t by);
  bool CutStanding(const Standing& standing);
  void PreventSelfTrade(const Standing& buy, const Standing& sell, SelfTrade mode);
  void FillStanding(const Standing& standing, std::int64_t quantity);
  void TradeAuctionPair(const Standing& buy, const Standing& sell, Price price);
  void CancelMarkets();
  void ExpireOrder(OrderId id);

  Price UpperBand() const { return reference_ + rules_.band; }
  Price LowerBand() const { return reference_ - rules_.band; }
  bool HasBand() const { return rules_.band.units > 0 && reference_.units > 0; }
  SelfTrade SelfTradeOf(Owner owner) const;
  std::int64_t OpenOf(OrderIndex index) const { return book_.order(index).quantity + info_[index].hidden; }
  void ReplyTo(Kind kind, Owner owner, Side side, std::uint64_t tag, OrderId id, Price price,
               std::int64_t quantity, std::int64_t detail);
  void ReplyTo(Kind kind, OrderIndex index, std::int64_t quantity, std::int64_t detail);

  MarketRules rules_;
  ExchangeListener& listener_;
  book::TickGrid ticks_;
  book::TickGrid lots_;
  Ledger ledger_;
  MatchingBook book_;
  std::vector<OrderInfo> info_;
  StopBook stops_;
  std::deque<StopOrder> elected_;         // triggered, not entered yet
  std::vector<Working> auction_markets_;  // orders without a limit, in order of arrival
  std::set<std::pair<Nanos, std::uint64_t>> expiries_;
  std::map<Owner, std::set<std::uint64_t>> reduce_only_;
  std::vector<SelfTrade> self_trade_;  // by owner; beyond its end: the rules' mode
  std::vector<RateWindow> rates_;      // by owner

  TradingStatus status_ = TradingStatus::kTrading;
  Nanos status_due_ = kEndOfTime;
  Nanos now_{INT64_MIN};
  Price reference_;
  Price last_;
  // Trades of the event being handled.
  bool traded_ = false;
  Price low_, high_;
  bool breached_ = false;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_trade_id_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace crucible::exchange
