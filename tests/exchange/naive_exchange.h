// The exchange's rules once more, as plainly as they can be written: one list of orders, searched from end to
// end for every question. For comparison with Exchange.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "framework/event/kinds.h"
#include "simulators/exchange/exchange.h"
#include "simulators/exchange/rules.h"

namespace crucible::exchange {

// Cash and units by owner; fees by the same schedule, which is not what is tested.
class NaiveLedger {
 public:
  explicit NaiveLedger(const MarketRules& rules) : rules_(rules) {}
  Money Charge(Owner owner, Price price, std::int64_t quantity, bool maker);
  Ledger::Settlement Settle(Owner buyer, Owner seller, Price price, std::int64_t quantity, Side aggressor);
  AccountState account(Owner owner) const;
  std::int64_t Reducible(Owner owner, Side side) const;

 private:
  MarketRules rules_;
  std::map<Owner, AccountState> accounts_;
  std::map<Owner, trading::FeeSchedule> fees_;
};

class NaiveExchange {
 public:
  NaiveExchange(const MarketRules& rules, ExchangeListener& listener)
      : rules_(rules), listener_(listener), ledger_(rules), reference_(rules.reference) {}

  void SetSelfTrade(Owner owner, SelfTrade mode) { self_trade_[owner] = mode; }
  OrderId Submit(Owner owner, std::uint64_t tag, const trading::OrderTerms& terms, Nanos now);
  void Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now);
  void Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total, Nanos now);
  void StartAuction(Nanos uncross_at, Nanos now);
  void Halt(Nanos reopen_at, Nanos now);
  void Reopen(Nanos now) { StartAuction(now + rules_.auction_length, now); }
  Nanos NextDue() const;
  void Advance(Nanos to);

  const NaiveLedger& ledger() const { return ledger_; }
  TradingStatus status() const { return status_; }
  template <class Visit>
  void ForEachLevel(Side side, Visit&& visit) const {
    std::map<std::int64_t, std::int64_t> levels;
    for (const Order& order : orders_)
      if (order.place == Place::kBook && order.terms.side == side)
        levels[-Sign(side) * order.terms.price.units] += order.shown;
    for (const auto& [rank, quantity] : levels)
      if (!visit(Price{-Sign(side) * rank}, quantity)) return;
  }
  // Ids by priority.
  std::vector<std::uint64_t> Queue(Side side) const;
  bool InvariantsHold() const { return true; }

 private:
  enum class Place { kArriving, kBook, kStop, kElected, kAuction };
  struct Order {
    std::uint64_t id = 0;
    Owner owner = 0;
    std::uint64_t tag = 0;
    trading::OrderTerms terms;  // price: limit; quantity: unused once it lives
    std::int64_t filled = 0;
    std::int64_t open = 0;  // with what it hides
    std::int64_t shown = 0;
    std::uint64_t arrival = 0;  // place in time among equals; for elected orders: of their election
    Place place = Place::kArriving;
    bool reduce_only() const { return (terms.options & option::kReduceOnly) != 0; }
    bool post_only() const { return (terms.options & option::kPostOnly) != 0; }
    bool priced() const { return terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit; }
    bool immediate() const {
      return terms.tif == TimeInForce::kImmediateOrCancel || terms.tif == TimeInForce::kFillOrKill;
    }
    bool rests() const { return priced() && !immediate(); }
  };
  using Iterator = std::vector<Order>::iterator;

  Reason Check(Owner owner, const trading::OrderTerms& terms) const;
  Reason CheckBand(Side side, Price limit) const;
  Reason CheckAmend(const Order& order, Price price, std::int64_t total) const;
  bool TooMany(Owner owner, bool cancel);
  void Say(Kind kind, const Order& order, std::int64_t quantity, std::int64_t detail);
  void End(std::uint64_t id, Reason reason);
  void Erase(std::uint64_t id);
  Order* Find(std::uint64_t id);
  Order* Best(Side side);
  std::int64_t ShownAt(Side side, Price price) const;
  std::int64_t Ahead(const Order& order) const;
  bool Crosses(Side side, std::optional<Price> limit) const;
  std::optional<Price> LimitOf(const Order& order) const;
  void Enter(std::uint64_t id, bool answered);
  void Match(std::uint64_t id);
  bool Fillable(const Order& order);
  void Rest(std::uint64_t id);
  void Lower(std::uint64_t id, std::int64_t by);
  bool Cut(std::uint64_t id);
  void MeetOwn(std::uint64_t maker, std::uint64_t taker);
  void Trade1(std::uint64_t maker, std::uint64_t taker);
  void Note(const Trade& trade);
  void Uncross();
  std::optional<Price> AuctionPrice() const;
  Order* AuctionFront(Side side, Price price);
  void AuctionPair(std::uint64_t buy, std::uint64_t sell, Price price);
  void TakeShown(std::uint64_t id, std::int64_t by);
  void Finish();
  void Elect();
  void SetStatus(TradingStatus status, Nanos due, Reason reason);
  SelfTrade ModeOf(Owner owner) const {
    return self_trade_.contains(owner) ? self_trade_.at(owner) : rules_.self_trade;
  }

  MarketRules rules_;
  ExchangeListener& listener_;
  NaiveLedger ledger_;
  std::vector<Order> orders_;
  std::map<Owner, SelfTrade> self_trade_;
  std::map<std::pair<Owner, std::int64_t>, std::uint32_t> sent_;
  TradingStatus status_ = TradingStatus::kTrading;
  Nanos due_ = kEndOfTime;
  Nanos now_{0};
  Price reference_;
  Price last_;
  std::vector<Price> event_prices_;
  bool breached_ = false;
  std::uint64_t clock_ = 0;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_trade_ = 0;
};

}  // namespace crucible::exchange
