// Our orders, from submission until nothing about them can be on its way any more.
//
//   OrderTable orders;
//   orders.Submit(command, now);
//   const OrderChange change = orders.OnReply(event);   // kAccepted .. kTriggered
//   if (change.effect == ReplyEffect::kApplied && change.filled.units > 0) account.ApplyFill(...);
//
// An order leaves the table when it is closed and every request has been answered (settled). Ids grow, so an
// id not above the last submitted one that is not in the table has settled: its messages are late duplicates.
// A closed order whose answers never come is kept among at most `max_unsettled` such orders; the oldest
// leaves.
//
// A fill is known by (order, trade id): the same one twice is applied once, in whatever order they come.
//
// Determinism: the state depends on the sequence of calls only; iteration is in id order.
// Threads:     one writer, or external synchronisation.
// Allocation:  none in steady state; memory grows with the most orders (and fills of live orders) held at
// once. References:  to an order hold until the next Submit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/hash.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"
#include "framework/trading/order.h"

namespace crucible::trading {

enum class ReplyEffect : std::uint8_t {
  kNone = 0,  // not a message about an order's state (kFillDetail, other kinds)
  kApplied = 1,
  kDuplicate = 2,     // said before, or answers nothing that is outstanding; nothing changed
  kUnexpected = 3,    // contradicts a fill; nothing changed
  kUnknownOrder = 4,  // no order of this id was submitted
};

struct OrderChange {
  ReplyEffect effect = ReplyEffect::kNone;
  const Order* order = nullptr;  // as it now is; nullptr when the order is not in the table
  Quantity filled;               // by this message
  bool closed = false;      // by this message: nothing more can fill
  bool overfilled = false;  // the venue filled more than the order's quantity
};

enum class RequestError : std::uint8_t {
  kNone = 0,
  kUnknownOrder = 1,
  kClosed = 2,         // nothing is left to cancel or amend
  kAmendInFlight = 3,  // one amend at a time
};

// What may still fill in one instrument, as if nothing were cancelled.
struct OpenQuantity {
  Quantity buy;
  Quantity sell;
};

struct OrderCounts {
  std::uint64_t submitted = 0, accepted = 0, rejected = 0, canceled = 0,
                filled = 0;     // orders; filled: in full
  std::uint64_t with_fill = 0;  // orders with at least one fill
  std::uint64_t fills = 0;
  std::uint64_t cancel_requests = 0, cancel_rejects = 0, amend_requests = 0, amends = 0, amend_rejects = 0;
  std::uint64_t duplicates = 0, unexpected = 0, unknown = 0, overfills = 0;  // messages
  std::uint64_t unsettled_dropped = 0;  // closed orders that left with an answer outstanding
};

class OrderTable {
 public:
  explicit OrderTable(std::uint32_t max_unsettled = 1024);

  // REQUIRES: command.order_id is above every id submitted before; quantity > 0.
  Order& Submit(const Command& command, Nanos at, std::uint32_t strategy = 0);
  // Record that a request was sent. An order that is already closed is left alone.
  [[nodiscard]] RequestError Cancel(OrderId id);
  [[nodiscard]] RequestError Amend(OrderId id, Price price, Quantity total);
  OrderChange OnReply(const Event& reply);
  // The order has been silent for too long: kUnknown until the venue says anything. False if not open.
  bool MarkOverdue(OrderId id);

  // nullptr when it has settled or was never submitted.
  const Order* Find(OrderId id) const {
    const Index index = IndexOf(id);
    return index == kNil ? nullptr : &slots_[index].order;
  }
  // Calls f(const Order&) for every order that may still fill, in id order.
  template <class F>
  void ForEachLive(F&& f) const {
    for (Index i = live_.first; i != kNil; i = slots_[i].next) f(slots_[i].order);
  }
  std::uint32_t live_count() const { return live_.count; }
  OpenQuantity open(InstrumentId instrument) const {
    return instrument.value < open_.size() ? open_[instrument.value] : OpenQuantity{};
  }
  // Instruments that ever had an order have an entry; the index is the instrument id.
  std::span<const OpenQuantity> open() const { return open_; }
  const OrderCounts& counts() const { return counts_; }
  // Canonical: the orders' facts, not where they lie.
  void Hash(StateHasher& hasher) const;
  // Full traversal, for tests and debug builds.
  bool InvariantsHold() const;

 private:
  using Index = std::uint32_t;
  static constexpr Index kNil = UINT32_MAX;
  struct Slot {
    Order order;
    std::uint64_t max_trade = 0;  // highest trade id seen; a higher one cannot be a duplicate
    Index trades = kNil;          // list of trade ids seen
    Index previous = kNil, next = kNil;
    Index same_bucket = kNil;
    bool live = false;
  };
  struct Trade {
    std::uint64_t id = 0;
    Index next = kNil;
  };
  // Doubly linked through the slots. Live orders: in id order. Unsettled ones: in order of closing.
  struct List {
    Index first = kNil, last = kNil;
    std::uint32_t count = 0;
  };

  Index IndexOf(OrderId id) const {
    Index index = buckets_[id.value & (buckets_.size() - 1)];
    while (index != kNil && slots_[index].order.id != id) index = slots_[index].same_bucket;
    return index;
  }
  void Insert(OrderId id, Index index);
  void Erase(OrderId id);
  void GrowBuckets();
  void Append(List& list, Index index);
  void Unlink(List& list, Index index);
  Index NewSlot();
  void FreeSlot(Index index);
  void Relist(Index index);
  void AddOpen(const Order& order, std::int64_t delta) {
    const std::size_t instrument = order.instrument.value;
    if (instrument >= open_.size()) [[unlikely]]
      open_.resize(instrument + 1);
    Quantity& side = order.terms.side == kBuy ? open_[instrument].buy : open_[instrument].sell;
    // Unsigned, because nobody bounds what a strategy may ask for.
    side.units = static_cast<std::int64_t>(static_cast<std::uint64_t>(side.units) + static_cast<std::uint64_t>(delta));
  }

  bool IsNewTrade(Slot& slot, std::uint64_t trade_id);
  ReplyEffect Apply(Slot& slot, const Event& reply, OrderChange& change);
  ReplyEffect ApplyAccepted(Order& order, const ReplyBody& body);
  ReplyEffect ApplyRejected(Order& order, const ReplyBody& body);
  ReplyEffect ApplyCanceled(Order& order, const ReplyBody& body);
  ReplyEffect ApplyCancelRejected(Order& order, const ReplyBody& body, Nanos venue_time);
  ReplyEffect ApplyAmended(Order& order, const ReplyBody& body);
  ReplyEffect ApplyAmendRejected(Order& order, const ReplyBody& body, Nanos venue_time);
  ReplyEffect ApplyFill(Slot& slot, const FillBody& body, OrderChange& change);
  ReplyEffect ApplyTriggered(Order& order);
  void Count(ReplyEffect effect);

  std::vector<Slot> slots_;
  std::vector<Trade> trades_;
  Index free_slot_ = kNil;
  Index free_trade_ = kNil;
  List live_;
  List unsettled_;
  std::vector<Index> buckets_;  // by the low bits of the id: consecutive ids share no bucket
  std::vector<OpenQuantity> open_;
  std::uint64_t last_id_ = 0;
  std::uint32_t max_unsettled_;
  OrderCounts counts_;
};

}  // namespace crucible::trading
