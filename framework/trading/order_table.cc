#include "framework/trading/order_table.h"

#include <cstddef>

#include "framework/base/check.h"

namespace crucible::trading {
namespace {

constexpr std::size_t kFirstBuckets = 64;
// In ReplyBody and FillBody alike; read alone, because that is what the lookup waits for.
constexpr std::size_t kOrderIdSlot = 2;
static_assert(offsetof(ReplyBody, order_id) == kOrderIdSlot * 8 &&
              offsetof(FillBody, order_id) == kOrderIdSlot * 8);

Reason ReasonOf(const ReplyBody& body) { return static_cast<Reason>(body.queue_ahead_or_reason); }

bool ShowsAlive(Kind kind) {
  return kind == Kind::kAccepted || kind == Kind::kAmended || kind == Kind::kFill || kind == Kind::kTriggered;
}

void HashOrder(const Order& order, StateHasher& hasher) {
  const OrderTerms& terms = order.terms;
  for (const std::int64_t word :
       {terms.price.units, terms.stop_price.units, terms.quantity.units, terms.display.units,
        terms.expiry.since_epoch, order.submitted.since_epoch, order.filled.units, order.canceled.units,
        order.queue_ahead.units, order.amend_price.units, order.amend_quantity.units,
        order.alive_at.since_epoch, order.unknown_at.since_epoch}) {
    hasher.Add(word);
  }
  hasher.Add(order.id.value);
  hasher.Add(std::uint64_t{order.instrument.value} << 32 | order.strategy);
  hasher.Add(std::uint64_t{order.cancels_pending} << 32 | static_cast<std::uint64_t>(terms.side) << 24 |
             static_cast<std::uint64_t>(terms.type) << 16 | static_cast<std::uint64_t>(terms.tif) << 8 |
             terms.options);
  hasher.Add(static_cast<std::uint64_t>(order.reason) << 8 | std::uint64_t{order.acknowledged} << 5 |
             std::uint64_t{order.rejected} << 4 | std::uint64_t{order.ended} << 3 |
             std::uint64_t{order.triggered} << 2 | std::uint64_t{order.amend_pending} << 1 |
             std::uint64_t{order.overdue});
}

}  // namespace

std::string_view Name(OrderState state) {
  static constexpr std::string_view kNames[] = {
      "?",      "pending new", "working",  "partially filled", "pending amend", "pending cancel",
      "filled", "canceled",    "rejected", "unknown"};
  const auto index = static_cast<std::size_t>(state);
  return index < std::size(kNames) ? kNames[index] : "?";
}

OrderTable::OrderTable(std::uint32_t max_unsettled)
    : buckets_(kFirstBuckets, kNil), max_unsettled_(max_unsettled) {}

// ---- requests ----

Order& OrderTable::Submit(const Command& command, Nanos at, std::uint32_t strategy) {
  CRUCIBLE_CHECK(command.order_id.value > last_id_ && command.terms.quantity.units > 0);
  last_id_ = command.order_id.value;
  const Index index = NewSlot();
  Slot& slot = slots_[index];
  slot = Slot{};
  Order& order = slot.order;
  order.id = command.order_id;
  order.instrument = command.instrument;
  order.strategy = strategy;
  order.terms = command.terms;
  order.submitted = at;
  slot.live = true;
  Insert(order.id, index);
  Append(live_, index);
  AddOpen(order, order.terms.quantity.units);
  ++counts_.submitted;
  return order;
}

RequestError OrderTable::Cancel(OrderId id) {
  const Index index = IndexOf(id);
  if (index == kNil) return id.value <= last_id_ ? RequestError::kClosed : RequestError::kUnknownOrder;
  Order& order = slots_[index].order;
  if (order.closed()) return RequestError::kClosed;
  ++order.cancels_pending;
  ++counts_.cancel_requests;
  return RequestError::kNone;
}

RequestError OrderTable::Amend(OrderId id, Price price, Quantity total) {
  CRUCIBLE_CHECK(total.units > 0);
  const Index index = IndexOf(id);
  if (index == kNil) return id.value <= last_id_ ? RequestError::kClosed : RequestError::kUnknownOrder;
  Order& order = slots_[index].order;
  if (order.closed() || order.ended) return RequestError::kClosed;
  if (order.amend_pending) return RequestError::kAmendInFlight;
  const Quantity before = order.open();
  order.amend_price = price;
  order.amend_quantity = total;
  order.amend_pending = true;
  AddOpen(order, order.open().units - before.units);
  ++counts_.amend_requests;
  return RequestError::kNone;
}

bool OrderTable::MarkOverdue(OrderId id) {
  const Index index = IndexOf(id);
  if (index == kNil || slots_[index].order.closed()) return false;
  slots_[index].order.overdue = true;
  return true;
}

// ---- replies ----

OrderChange OrderTable::OnReply(const Event& reply) {
  OrderChange change;
  if (!IsOrderReply(reply.kind)) return change;
  const OrderId id{static_cast<std::uint64_t>(reply.body[kOrderIdSlot])};
  const Index index = IndexOf(id);
  if (index == kNil) {
    change.effect =
        id.value != 0 && id.value <= last_id_ ? ReplyEffect::kDuplicate : ReplyEffect::kUnknownOrder;
    Count(change.effect);
    return change;
  }
  Slot& slot = slots_[index];
  Order& order = slot.order;
  const Quantity open_before = order.open();
  order.overdue = false;
  change.order = &order;
  change.effect = Apply(slot, reply, change);
  if (ShowsAlive(reply.kind)) order.alive_at = std::max(order.alive_at, reply.venue_time());
  if (change.effect != ReplyEffect::kApplied) Count(change.effect);
  const Quantity open = order.open();
  if (open != open_before) {
    AddOpen(order, open.units - open_before.units);
    change.closed = open.units == 0;
    counts_.filled += change.closed && order.state() == OrderState::kFilled;
  }
  if (open.units == 0) Relist(index);
  return change;
}

[[gnu::always_inline]] inline ReplyEffect OrderTable::Apply(Slot& slot, const Event& reply,
                                                                  OrderChange& change) {
  Order& order = slot.order;
  switch (reply.kind) {
    case Kind::kAccepted:
      return ApplyAccepted(order, As<ReplyBody>(reply));
    case Kind::kRejected:
      return ApplyRejected(order, As<ReplyBody>(reply));
    case Kind::kCanceled:
      return ApplyCanceled(order, As<ReplyBody>(reply));
    case Kind::kCancelRejected:
      return ApplyCancelRejected(order, As<ReplyBody>(reply), reply.venue_time());
    case Kind::kAmended:
      return ApplyAmended(order, As<ReplyBody>(reply));
    case Kind::kAmendRejected:
      return ApplyAmendRejected(order, As<ReplyBody>(reply), reply.venue_time());
    case Kind::kFill:
      return ApplyFill(slot, As<FillBody>(reply), change);
    case Kind::kTriggered:
      return ApplyTriggered(order);
    default:
      return ReplyEffect::kNone;
  }
}

ReplyEffect OrderTable::ApplyAccepted(Order& order, const ReplyBody& body) {
  if (order.acknowledged) return ReplyEffect::kDuplicate;
  order.acknowledged = true;
  order.queue_ahead = {body.queue_ahead_or_reason};
  ++counts_.accepted;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyRejected(Order& order, const ReplyBody& body) {
  if (order.filled.units > 0) return ReplyEffect::kUnexpected;
  if (order.rejected) return ReplyEffect::kDuplicate;
  order.rejected = true;
  order.reason = ReasonOf(body);
  ++counts_.rejected;
  return ReplyEffect::kApplied;
}

// A cancel that was asked for is answered by this; one still on its way will be answered by a rejection.
ReplyEffect OrderTable::ApplyCanceled(Order& order, const ReplyBody& body) {
  if (order.ended) return ReplyEffect::kDuplicate;
  order.ended = true;
  order.canceled = body.quantity;
  order.reason = ReasonOf(body);
  if (order.reason == Reason::kRequested && order.cancels_pending > 0) --order.cancels_pending;
  ++counts_.canceled;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyCancelRejected(Order& order, const ReplyBody& body, Nanos venue_time) {
  if (order.cancels_pending == 0) return ReplyEffect::kDuplicate;
  --order.cancels_pending;
  if (ReasonOf(body) == Reason::kUnknownOrder) order.unknown_at = std::max(order.unknown_at, venue_time);
  ++counts_.cancel_rejects;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyAmended(Order& order, const ReplyBody& body) {
  if (!order.amend_pending) return ReplyEffect::kDuplicate;
  order.amend_pending = false;
  if (order.terms.type != OrderType::kTrailingStop) order.terms.price = body.price;
  order.terms.quantity = order.amend_quantity;
  order.queue_ahead = {body.queue_ahead_or_reason};
  ++counts_.amends;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyAmendRejected(Order& order, const ReplyBody& body, Nanos venue_time) {
  if (!order.amend_pending) return ReplyEffect::kDuplicate;
  order.amend_pending = false;
  if (ReasonOf(body) == Reason::kUnknownOrder) order.unknown_at = std::max(order.unknown_at, venue_time);
  ++counts_.amend_rejects;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyFill(Slot& slot, const FillBody& body, OrderChange& change) {
  if (!IsNewTrade(slot, body.trade_id)) return ReplyEffect::kDuplicate;
  Order& order = slot.order;
  change.overfilled = body.quantity > order.open();
  counts_.overfills += change.overfilled;
  counts_.with_fill += order.filled.units == 0;
  ++counts_.fills;
  order.filled = order.filled + body.quantity;
  change.filled = body.quantity;
  return ReplyEffect::kApplied;
}

ReplyEffect OrderTable::ApplyTriggered(Order& order) {
  if (order.triggered) return ReplyEffect::kDuplicate;
  order.triggered = true;
  return ReplyEffect::kApplied;
}

// Venues number trades upwards, so the list is only searched for fills that arrive out of order.
bool OrderTable::IsNewTrade(Slot& slot, std::uint64_t trade_id) {
  if (slot.trades != kNil && trade_id <= slot.max_trade) {
    for (Index i = slot.trades; i != kNil; i = trades_[i].next) {
      if (trades_[i].id == trade_id) return false;
    }
  }
  Index index = free_trade_;
  if (index == kNil) {
    index = static_cast<Index>(trades_.size());
    trades_.emplace_back();
  } else {
    free_trade_ = trades_[index].next;
  }
  trades_[index] = {trade_id, slot.trades};
  slot.trades = index;
  slot.max_trade = std::max(slot.max_trade, trade_id);
  return true;
}

void OrderTable::Count(ReplyEffect effect) {
  counts_.duplicates += effect == ReplyEffect::kDuplicate;
  counts_.unexpected += effect == ReplyEffect::kUnexpected;
  counts_.unknown += effect == ReplyEffect::kUnknownOrder;
}

// ---- where orders are kept ----

// Puts a closed order where it belongs.
[[gnu::always_inline]] inline void OrderTable::Relist(Index index) {
  Slot& slot = slots_[index];
  if (slot.order.settled()) return FreeSlot(index);
  if (!slot.live) return;
  Unlink(live_, index);
  slot.live = false;
  Append(unsettled_, index);
  if (unsettled_.count <= max_unsettled_) return;
  ++counts_.unsettled_dropped;
  FreeSlot(unsettled_.first);
}

void OrderTable::Insert(OrderId id, Index index) {
  if (std::size_t{live_.count} + unsettled_.count >= buckets_.size()) GrowBuckets();
  Index& bucket = buckets_[id.value & (buckets_.size() - 1)];
  slots_[index].same_bucket = bucket;
  bucket = index;
}

void OrderTable::GrowBuckets() {
  buckets_.assign(buckets_.size() * 2, kNil);
  for (const List* list : {&live_, &unsettled_}) {
    for (Index i = list->first; i != kNil; i = slots_[i].next) {
      Index& bucket = buckets_[slots_[i].order.id.value & (buckets_.size() - 1)];
      slots_[i].same_bucket = bucket;
      bucket = i;
    }
  }
}

void OrderTable::Erase(OrderId id) {
  Index* link = &buckets_[id.value & (buckets_.size() - 1)];
  while (slots_[*link].order.id != id) link = &slots_[*link].same_bucket;
  *link = slots_[*link].same_bucket;
}

void OrderTable::Append(List& list, Index index) {
  slots_[index].previous = list.last;
  slots_[index].next = kNil;
  (list.last == kNil ? list.first : slots_[list.last].next) = index;
  list.last = index;
  ++list.count;
}

void OrderTable::Unlink(List& list, Index index) {
  const Slot& slot = slots_[index];
  (slot.previous == kNil ? list.first : slots_[slot.previous].next) = slot.next;
  (slot.next == kNil ? list.last : slots_[slot.next].previous) = slot.previous;
  --list.count;
}

OrderTable::Index OrderTable::NewSlot() {
  if (free_slot_ == kNil) {
    slots_.emplace_back();
    return static_cast<Index>(slots_.size() - 1);
  }
  const Index index = free_slot_;
  free_slot_ = slots_[index].next;
  return index;
}

// The order itself stays readable until the slot is used again.
void OrderTable::FreeSlot(Index index) {
  Slot& slot = slots_[index];
  Erase(slot.order.id);
  Unlink(slot.live ? live_ : unsettled_, index);
  while (slot.trades != kNil) {
    const Index trade = slot.trades;
    slot.trades = trades_[trade].next;
    trades_[trade].next = free_trade_;
    free_trade_ = trade;
  }
  slot.next = free_slot_;
  free_slot_ = index;
}

// ---- inspection ----

void OrderTable::Hash(StateHasher& hasher) const {
  for (const List* list : {&live_, &unsettled_}) {
    hasher.Add(std::uint64_t{list->count});
    for (Index i = list->first; i != kNil; i = slots_[i].next) {
      HashOrder(slots_[i].order, hasher);
      std::uint64_t trades = 0;  // A set: the sum does not depend on the order of arrival.
      for (Index t = slots_[i].trades; t != kNil; t = trades_[t].next) {
        trades += hash_internal::Fold(trades_[t].id ^ hash_internal::kPrime[0], hash_internal::kPrime[1]);
      }
      hasher.Add(trades);
    }
  }
  hasher.Add(last_id_);
}

bool OrderTable::InvariantsHold() const {
  std::vector<OpenQuantity> open(open_.size());
  std::uint64_t previous_id = 0;
  std::uint32_t live = 0;
  for (Index i = live_.first; i != kNil; i = slots_[i].next, ++live) {
    const Order& order = slots_[i].order;
    if (order.closed() || order.id.value <= previous_id || Find(order.id) != &order) return false;
    previous_id = order.id.value;
    OpenQuantity& sum = open[order.instrument.value];
    (order.terms.side == kBuy ? sum.buy : sum.sell).units += order.open().units;
  }
  std::uint32_t unsettled = 0;
  for (Index i = unsettled_.first; i != kNil; i = slots_[i].next, ++unsettled) {
    const Order& order = slots_[i].order;
    if (!order.closed() || order.settled() || Find(order.id) != &order) return false;
  }
  const auto same = [](const OpenQuantity& a, const OpenQuantity& b) {
    return a.buy == b.buy && a.sell == b.sell;
  };
  return live == live_.count && unsettled == unsettled_.count && unsettled <= max_unsettled_ &&
         std::equal(open.begin(), open.end(), open_.begin(), open_.end(), same);
}

}  // namespace crucible::trading
