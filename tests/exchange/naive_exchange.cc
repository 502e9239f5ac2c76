#include "tests/exchange/naive_exchange.h"

#include <cstdlib>
#include <set>

namespace crucible::exchange {
namespace {

constexpr std::int64_t Code(Reason reason) { return static_cast<std::int64_t>(reason); }

}  // namespace

// ---- ledger ----

Money NaiveLedger::Charge(Owner owner, Price price, std::int64_t quantity, bool maker) {
  if (!fees_.contains(owner))
    fees_.emplace(owner, *trading::FeeSchedule::Create(rules_.fees, rules_.instrument));
  return fees_.at(owner).Charge(price, {quantity}, maker).total();
}

Ledger::Settlement NaiveLedger::Settle(Owner buyer, Owner seller, Price price, std::int64_t quantity,
                                       Side aggressor) {
  const std::int64_t value = trading::Notional(rules_.instrument, price, {quantity}).units;
  const Money buyer_fee = Charge(buyer, price, quantity, aggressor != kBuy);
  const Money seller_fee = Charge(seller, price, quantity, aggressor != kSell);
  accounts_[buyer].position += quantity;
  accounts_[buyer].cash -= value + buyer_fee.units;
  accounts_[buyer].fees += buyer_fee.units;
  accounts_[seller].position -= quantity;
  accounts_[seller].cash += value - seller_fee.units;
  accounts_[seller].fees += seller_fee.units;
  return {buyer_fee, seller_fee};
}

AccountState NaiveLedger::account(Owner owner) const {
  return accounts_.contains(owner) ? accounts_.at(owner) : AccountState{};
}

std::int64_t NaiveLedger::Reducible(Owner owner, Side side) const {
  const std::int64_t position = account(owner).position;
  if (side == kBuy) return position < 0 ? -position : 0;
  return position > 0 ? position : 0;
}

// ---- the list ----

NaiveExchange::Order* NaiveExchange::Find(std::uint64_t id) {
  for (Order& order : orders_)
    if (order.id == id) return &order;
  return nullptr;
}

void NaiveExchange::Erase(std::uint64_t id) {
  std::erase_if(orders_, [&](const Order& order) { return order.id == id; });
}

NaiveExchange::Order* NaiveExchange::Best(Side side) {
  Order* best = nullptr;
  for (Order& order : orders_) {
    if (order.place != Place::kBook || order.terms.side != side) continue;
    const bool better = best == nullptr || IsBetter(side, order.terms.price, best->terms.price) ||
                        (order.terms.price == best->terms.price && order.arrival < best->arrival);
    if (better) best = &order;
  }
  return best;
}

std::vector<std::uint64_t> NaiveExchange::Queue(Side side) const {
  std::vector<Order> orders;
  for (const Order& order : orders_)
    if (order.place == Place::kBook && order.terms.side == side) orders.push_back(order);
  std::ranges::sort(orders, [&](const Order& a, const Order& b) {
    if (a.terms.price != b.terms.price) return IsBetter(side, a.terms.price, b.terms.price);
    return a.arrival < b.arrival;
  });
  std::vector<std::uint64_t> ids;
  for (const Order& order : orders) ids.push_back(order.id);
  return ids;
}

std::int64_t NaiveExchange::ShownAt(Side side, Price price) const {
  std::int64_t sum = 0;
  for (const Order& order : orders_)
    if (order.place == Place::kBook && order.terms.side == side && order.terms.price == price)
      sum += order.shown;
  return sum;
}

std::int64_t NaiveExchange::Ahead(const Order& than) const {
  std::int64_t sum = 0;
  for (const Order& order : orders_) {
    if (order.place == Place::kBook && order.terms.side == than.terms.side &&
        order.terms.price == than.terms.price && order.arrival < than.arrival) {
      sum += order.shown;
    }
  }
  return sum;
}

std::optional<Price> NaiveExchange::LimitOf(const Order& order) const {
  return order.priced() ? std::optional(order.terms.price) : std::nullopt;
}

bool NaiveExchange::Crosses(Side side, std::optional<Price> limit) const {
  return std::ranges::any_of(orders_, [&](const Order& order) {
    return order.place == Place::kBook && order.terms.side == Opposite(side) &&
           (!limit || !IsBetter(side, order.terms.price, *limit));
  });
}

void NaiveExchange::Say(Kind kind, const Order& order, std::int64_t quantity, std::int64_t detail) {
  const Price price = order.priced() ? order.terms.price : Price{};
  listener_.OnReply({kind, order.owner, order.terms.side, order.tag, {order.id}, price, quantity, detail});
}

void NaiveExchange::End(std::uint64_t id, Reason reason) {
  const Order order = *Find(id);
  if (order.place == Place::kBook) {
    listener_.OnBook({Kind::kOrderDelete, order.terms.side, order.terms.price, order.shown, {id}, 0});
  }
  Say(Kind::kCanceled, order, order.open, Code(reason));
  Erase(id);
}

// ---- checks ----

bool NaiveExchange::TooMany(Owner owner, bool cancel) {
  if (rules_.max_messages == 0) return false;
  std::uint32_t& sent = sent_[{owner, now_.since_epoch / rules_.message_interval.nanos}];
  if (!cancel && sent >= rules_.max_messages) return true;
  ++sent;
  return false;
}

Reason NaiveExchange::CheckBand(Side side, Price limit) const {
  if (rules_.band.units == 0 || reference_.units == 0) return Reason::kNone;
  if (side == kBuy && limit > reference_ + rules_.band) return Reason::kOutsideBand;
  if (side == kSell && limit < reference_ - rules_.band) return Reason::kOutsideBand;
  return Reason::kNone;
}

Reason NaiveExchange::Check(Owner owner, const trading::OrderTerms& terms) const {
  const std::int64_t lot = rules_.instrument.lot_size.units;
  const std::int64_t tick = rules_.instrument.tick_size.units;
  if (terms.quantity.units <= 0 || terms.quantity.units % lot != 0) return Reason::kOffLot;
  if (terms.display.units < 0 || terms.display.units % lot != 0) return Reason::kOffLot;
  const bool limit = terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit;
  const bool stop = terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit;
  const bool trailing = terms.type == OrderType::kTrailingStop;
  if (limit || trailing) {
    if (terms.price.units <= 0) return Reason::kBadPrice;
    if (terms.price.units % tick != 0) return Reason::kOffTick;
  }
  if (stop) {
    if (terms.stop_price.units <= 0) return Reason::kBadPrice;
    if (terms.stop_price.units % tick != 0) return Reason::kOffTick;
  }
  if (trailing && last_.units == 0 && reference_.units == 0) return Reason::kBadPrice;
  if (terms.type == OrderType::kLimit && CheckBand(terms.side, terms.price) != Reason::kNone)
    return Reason::kOutsideBand;
  const bool immediate =
      terms.tif == TimeInForce::kImmediateOrCancel || terms.tif == TimeInForce::kFillOrKill;
  if (((terms.options & option::kPostOnly) != 0 || terms.display.units != 0) && (!limit || immediate)) {
    return Reason::kUnsupported;
  }
  if (terms.tif == TimeInForce::kGoodTillDate && terms.expiry <= now_) return Reason::kExpired;
  if (status_ == TradingStatus::kHalted) return Reason::kHalted;
  if (status_ == TradingStatus::kQuoting && immediate && !stop && !trailing) return Reason::kHalted;
  const bool reduce_only = (terms.options & option::kReduceOnly) != 0;
  if (reduce_only && terms.quantity.units > ledger_.Reducible(owner, terms.side)) return Reason::kReduceOnly;
  return Reason::kNone;
}

// ---- messages ----

OrderId NaiveExchange::Submit(Owner owner, std::uint64_t tag, const trading::OrderTerms& terms, Nanos now) {
  now_ = now;
  const Reason reason = TooMany(owner, false) ? Reason::kRateLimit : Check(owner, terms);
  if (reason != Reason::kNone) {
    listener_.OnReply(
        {Kind::kRejected, owner, terms.side, tag, {}, terms.price, terms.quantity.units, Code(reason)});
    return {};
  }
  Order order;
  order.id = ++last_id_;
  order.owner = owner;
  order.tag = tag;
  order.terms = terms;
  if (terms.tif != TimeInForce::kGoodTillDate) order.terms.expiry = kEndOfTime;
  order.open = terms.quantity.units;
  if (terms.type < OrderType::kStop) {
    orders_.push_back(order);
    Enter(order.id, false);
  } else {
    const bool trailing = terms.type == OrderType::kTrailingStop;
    Say(Kind::kAccepted, order, order.open, -1);
    const Price start = last_.units != 0 ? last_ : reference_;
    if (trailing) order.terms.stop_price = {start.units + Sign(terms.side) * terms.price.units};
    const bool reached = terms.side == kBuy ? last_ >= terms.stop_price : last_ <= terms.stop_price;
    order.place = !trailing && status_ == TradingStatus::kTrading && last_.units != 0 && reached
                      ? Place::kElected
                      : Place::kStop;
    order.arrival = ++clock_;
    orders_.push_back(order);
  }
  Finish();
  return {order.id};
}

void NaiveExchange::Cancel(Owner owner, OrderId id, std::uint64_t tag, Nanos now) {
  now_ = now;
  TooMany(owner, true);
  const Order* order = Find(id.value);
  if (order != nullptr && order->owner == owner) return End(id.value, Reason::kRequested);
  listener_.OnReply({Kind::kCancelRejected, owner, Side::kNone, tag, id, {}, 0, Code(Reason::kUnknownOrder)});
}

Reason NaiveExchange::CheckAmend(const Order& order, Price price, std::int64_t total) const {
  if (total <= 0 || total % rules_.instrument.lot_size.units != 0) return Reason::kOffLot;
  const bool in_book = order.place == Place::kBook;
  if (in_book && total <= order.filled) return Reason::kBelowFilled;
  if (order.priced()) {
    if (price.units <= 0) return Reason::kBadPrice;
    if (price.units % rules_.instrument.tick_size.units != 0) return Reason::kOffTick;
  }
  if (!in_book) return Reason::kNone;
  const std::int64_t open = total - order.filled;
  if (order.reduce_only() && open > ledger_.Reducible(order.owner, order.terms.side))
    return Reason::kReduceOnly;
  if (price == order.terms.price && open <= order.open) return Reason::kNone;
  if (status_ == TradingStatus::kHalted) return Reason::kHalted;
  if (order.post_only() && Crosses(order.terms.side, price)) return Reason::kWouldTake;
  return CheckBand(order.terms.side, price);
}

void NaiveExchange::Amend(Owner owner, OrderId id, std::uint64_t tag, Price price, std::int64_t total,
                          Nanos now) {
  now_ = now;
  Order* order = Find(id.value);
  const bool found = order != nullptr && order->owner == owner &&
                     (order->place == Place::kBook || order->place == Place::kStop);
  const Reason reason = TooMany(owner, false) ? Reason::kRateLimit
                        : !found              ? Reason::kUnknownOrder
                                              : CheckAmend(*order, price, total);
  if (reason != Reason::kNone) {
    const Side side = found ? order->terms.side : Side::kNone;
    return listener_.OnReply({Kind::kAmendRejected, owner, side, tag, id, price, total, Code(reason)});
  }
  if (order->place == Place::kStop) {
    if (order->priced()) order->terms.price = price;
    order->open = total;
    return Say(Kind::kAmended, *order, order->open, -1);
  }
  const std::int64_t open = total - order->filled;
  if (price == order->terms.price && open <= order->open) {
    const std::int64_t shown_cut = std::max<std::int64_t>(0, order->shown - open);
    if (shown_cut > 0) listener_.OnBook({Kind::kOrderReduce, order->terms.side, price, shown_cut, id, 0});
    order->shown -= shown_cut;
    order->open = open;
    Say(Kind::kAmended, *order, open, Ahead(*order));
  } else {
    listener_.OnBook({Kind::kOrderDelete, order->terms.side, order->terms.price, order->shown, id, 0});
    order->place = Place::kArriving;
    order->terms.price = price;
    order->open = open;
    Say(Kind::kAmended, *order, open, ShownAt(order->terms.side, price));
    if (status_ == TradingStatus::kTrading) {
      Match(id.value);
    } else {
      Rest(id.value);
    }
  }
  Finish();
}

// ---- an order acts ----

void NaiveExchange::Enter(std::uint64_t id, bool answered) {
  Order& order = *Find(id);
  if (order.post_only() && Crosses(order.terms.side, LimitOf(order))) {
    if (answered) return End(id, Reason::kWouldTake);
    listener_.OnReply({Kind::kRejected,
                       order.owner,
                       order.terms.side,
                       order.tag,
                       {},
                       order.terms.price,
                       order.open,
                       Code(Reason::kWouldTake)});
    return Erase(id);
  }
  if (!answered) {
    Say(Kind::kAccepted, order, order.open,
        order.rests() ? ShownAt(order.terms.side, order.terms.price) : -1);
  }
  if (status_ == TradingStatus::kTrading) {
    if (order.terms.tif == TimeInForce::kFillOrKill && !Fillable(order)) return End(id, Reason::kNotFillable);
    return Match(id);
  }
  if (order.rests()) return Rest(id);
  if (order.immediate()) return End(id, Reason::kNothingToMatch);
  order.place = Place::kAuction;
  order.arrival = ++clock_;
}

void NaiveExchange::Rest(std::uint64_t id) {
  Order& order = *Find(id);
  order.shown = order.terms.display.units > 0 ? std::min(order.terms.display.units, order.open) : order.open;
  order.place = Place::kBook;
  order.arrival = ++clock_;
  listener_.OnBook({Kind::kOrderAdd, order.terms.side, order.terms.price, order.shown, {id}, 0});
}

// What the book would give, walking it as a trade would; reduce-only orders do not count.
bool NaiveExchange::Fillable(const Order& taker) {
  const SelfTrade mode = ModeOf(taker.owner);
  std::int64_t found = 0;
  std::vector<Order> book;
  for (const std::uint64_t id : Queue(Opposite(taker.terms.side))) book.push_back(*Find(id));
  for (std::size_t i = 0; i < book.size(); ++i) {  // hidden parts join the back of their price
    const Price price = book[i].terms.price;
    if (taker.priced() && IsBetter(taker.terms.side, price, taker.terms.price)) break;
    if (CheckBand(taker.terms.side, price) != Reason::kNone) break;
    if (book[i].owner == taker.owner && mode != SelfTrade::kAllow) {
      if (mode == SelfTrade::kCancelOldest) continue;
      break;
    }
    if (book[i].reduce_only()) continue;
    found += book[i].shown;
    Order rest = book[i];
    rest.open -= rest.shown;
    rest.shown = rest.open;
    if (rest.open == 0) continue;
    auto at = book.begin() + static_cast<std::ptrdiff_t>(i);
    while (at != book.end() && at->terms.price == price) ++at;
    book.insert(at, rest);
  }
  return found >= taker.open;
}

void NaiveExchange::Match(std::uint64_t id) {
  for (;;) {
    Order* taker = Find(id);
    if (taker == nullptr) return;
    Order* maker = Best(Opposite(taker->terms.side));
    const bool meets =
        maker != nullptr &&
        (!taker->priced() || !IsBetter(taker->terms.side, maker->terms.price, taker->terms.price));
    if (!meets) break;
    if (CheckBand(taker->terms.side, maker->terms.price) != Reason::kNone) {
      breached_ = true;
      return End(id, Reason::kOutsideBand);
    }
    if (maker->owner == taker->owner && ModeOf(taker->owner) != SelfTrade::kAllow) {
      MeetOwn(maker->id, id);
      continue;
    }
    if (maker->reduce_only() && Cut(maker->id)) continue;
    Trade1(maker->id, id);
  }
  if (Find(id)->rests()) return Rest(id);
  End(id, Reason::kNothingToMatch);
}

void NaiveExchange::MeetOwn(std::uint64_t maker, std::uint64_t taker) {
  const SelfTrade mode = ModeOf(Find(taker)->owner);
  if (mode == SelfTrade::kCancelNewest) return End(taker, Reason::kSelfTrade);
  if (mode == SelfTrade::kCancelOldest) return End(maker, Reason::kSelfTrade);
  const std::int64_t by = std::min(Find(maker)->shown, Find(taker)->open);
  Lower(maker, by);
  Lower(taker, by);
}

// Without a trade.
void NaiveExchange::Lower(std::uint64_t id, std::int64_t by) {
  Order& order = *Find(id);
  if (order.open == by) return End(id, Reason::kSelfTrade);
  if (order.place == Place::kBook) {
    TakeShown(id, by);
    return Say(Kind::kAmended, order, order.open, Ahead(order));
  }
  order.open -= by;
  Say(Kind::kAmended, order, order.open, -1);
}

void NaiveExchange::TakeShown(std::uint64_t id, std::int64_t by) {
  Order& order = *Find(id);
  order.open -= by;
  order.shown -= by;
  const Kind kind = order.shown > 0 ? Kind::kOrderReduce : Kind::kOrderDelete;
  listener_.OnBook({kind, order.terms.side, order.terms.price, by, {id}, 0});
  if (order.shown > 0) return;
  order.shown = std::min(order.terms.display.units, order.open);
  order.arrival = ++clock_;
  listener_.OnBook({Kind::kOrderAdd, order.terms.side, order.terms.price, order.shown, {id}, 0});
}

bool NaiveExchange::Cut(std::uint64_t id) {
  Order& order = *Find(id);
  const std::int64_t most = ledger_.Reducible(order.owner, order.terms.side);
  if (order.open <= most) return false;
  if (most == 0) {
    End(id, Reason::kReduceOnly);
    return true;
  }
  const std::int64_t hidden = order.open - order.shown;
  const std::int64_t from_shown = std::max<std::int64_t>(0, order.open - most - hidden);
  order.open = most;
  order.shown -= from_shown;
  if (order.place == Place::kBook && from_shown > 0) {
    listener_.OnBook({Kind::kOrderReduce, order.terms.side, order.terms.price, from_shown, {id}, 0});
  }
  Say(Kind::kAmended, order, most, order.place == Place::kBook ? Ahead(order) : -1);
  return true;
}

void NaiveExchange::Note(const Trade& trade) {
  Trade settled = trade;
  const Ledger::Settlement fees =
      ledger_.Settle(trade.buyer.owner, trade.seller.owner, trade.price, trade.quantity, trade.aggressor);
  settled.buyer.fee = fees.buyer_fee;
  settled.seller.fee = fees.seller_fee;
  event_prices_.push_back(trade.price);
  last_ = trade.price;
  listener_.OnTrade(settled);
}

void NaiveExchange::Trade1(std::uint64_t maker_id, std::uint64_t taker_id) {
  Order& maker = *Find(maker_id);
  Order& taker = *Find(taker_id);
  const std::int64_t quantity = std::min(maker.shown, taker.open);
  maker.filled += quantity;
  taker.filled += quantity;
  maker.open -= quantity;
  maker.shown -= quantity;
  taker.open -= quantity;
  const Party resting{maker.owner, maker.tag, {maker.id}, {}, maker.open};
  const Party arriving{taker.owner, taker.tag, {taker.id}, {}, taker.open};
  Trade trade{maker.terms.price, quantity, ++last_trade_, taker.terms.side, arriving, resting};
  if (taker.terms.side == kSell) std::swap(trade.buyer, trade.seller);
  listener_.OnBook(
      {Kind::kOrderExecute, maker.terms.side, maker.terms.price, quantity, {maker.id}, trade.id});
  Note(trade);
  if (maker.open > 0 && maker.shown == 0) {
    maker.shown = std::min(maker.terms.display.units, maker.open);
    maker.arrival = ++clock_;
    listener_.OnBook({Kind::kOrderAdd, maker.terms.side, maker.terms.price, maker.shown, {maker.id}, 0});
  }
  const bool maker_done = maker.open == 0;
  const bool taker_done = taker.open == 0;
  if (maker_done) Erase(maker_id);
  if (taker_done) Erase(taker_id);
}

// ---- stops and the end of an event ----

void NaiveExchange::Elect() {
  if (event_prices_.empty()) return;
  const Price low = *std::ranges::min_element(event_prices_);
  const Price high = *std::ranges::max_element(event_prices_);
  event_prices_.clear();
  std::vector<std::uint64_t> reached;
  for (Order& order : orders_) {
    if (order.place != Place::kStop) continue;
    trading::OrderTerms& terms = order.terms;
    if (terms.type == OrderType::kTrailingStop) {
      const std::int64_t distance = terms.price.units;
      terms.stop_price.units = terms.side == kBuy ? std::min(terms.stop_price.units, low.units + distance)
                                                  : std::max(terms.stop_price.units, high.units - distance);
    }
    if (terms.side == kBuy ? high >= terms.stop_price : low <= terms.stop_price) reached.push_back(order.id);
  }
  std::ranges::sort(reached);
  for (const std::uint64_t id : reached) {
    Find(id)->place = Place::kElected;
    Find(id)->arrival = ++clock_;
  }
}

void NaiveExchange::Finish() {
  bool traded = false;
  for (;;) {
    if (breached_) SetStatus(TradingStatus::kHalted, now_ + rules_.halt_length, Reason::kOutsideBand);
    breached_ = false;
    traded |= !event_prices_.empty();
    Elect();
    Order* next = nullptr;
    for (Order& order : orders_)
      if (order.place == Place::kElected && (next == nullptr || order.arrival < next->arrival)) next = &order;
    if (next == nullptr || status_ == TradingStatus::kHalted) break;
    const std::uint64_t id = next->id;
    next->place = Place::kArriving;
    Say(Kind::kTriggered, *next, next->open, 0);
    if (next->terms.expiry <= now_) {
      End(id, Reason::kExpired);
    } else if (next->priced() && CheckBand(next->terms.side, next->terms.price) != Reason::kNone) {
      End(id, Reason::kOutsideBand);
    } else if (!next->reduce_only() || !Cut(id) || Find(id) != nullptr) {
      Enter(id, true);
    }
  }
  if (!traded) return;
  std::set<std::pair<Owner, std::uint64_t>> reduce_only;
  for (const Order& order : orders_) {
    const bool live = order.place == Place::kBook || order.place == Place::kStop;
    if (order.reduce_only() && live) reduce_only.emplace(order.owner, order.id);
  }
  for (const auto& [owner, id] : reduce_only) {
    const Order& order = *Find(id);
    if (order.place == Place::kBook) {
      Cut(id);
    } else if (ledger_.Reducible(owner, order.terms.side) == 0) {
      End(id, Reason::kReduceOnly);
    }
  }
}

}  // namespace crucible::exchange
