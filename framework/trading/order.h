// One order of ours: the facts known about it, and the state that follows from them.
//
// Messages about an order may come late, twice, or in another order than they were sent. So an order keeps
// the *set* of facts it was told, and every question (state, open quantity) is a function of that set:
// whatever the order of arrival, the same facts give the same answer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "framework/base/units.h"
#include "framework/event/order_codes.h"
#include "framework/trading/command.h"

namespace crucible::trading {

enum class OrderState : std::uint8_t {
  kPendingNew = 1,       // sent, not answered
  kWorking = 2,          // the venue has it; nothing filled
  kPartiallyFilled = 3,  // the venue has it; part is filled
  kPendingAmend = 4,
  kPendingCancel = 5,
  kFilled = 6,    // in full
  kCanceled = 7,  // ended by the venue; fills may still be on their way, see Order::open()
  kRejected = 8,
  kUnknown = 9,  // nobody answers for it: a lost reply, or the venue does not know it; may still fill
};
std::string_view Name(OrderState state);
constexpr bool IsTerminal(OrderState state) {
  return state == OrderState::kFilled || state == OrderState::kCanceled || state == OrderState::kRejected;
}

struct Order {
  OrderId id;
  InstrumentId instrument;
  std::uint32_t strategy = 0;  // the submitter's ordinal
  OrderTerms terms;            // price and quantity as the venue last confirmed them
  Nanos submitted;
  Quantity filled;
  Quantity canceled;                  // what was left when the venue ended the order
  Quantity queue_ahead{-1};           // as last told by the venue; -1: not known
  Price amend_price;                  // asked for; meaningful while amend_pending
  Quantity amend_quantity;            // total asked for
  Nanos alive_at{INT64_MIN};          // venue time of the last message that shows the order alive
  Nanos unknown_at{INT64_MIN};        // venue time of the last "unknown order" answer
  std::uint32_t cancels_pending = 0;  // cancels sent and not answered
  Reason reason = Reason::kNone;      // of the rejection or the end
  bool acknowledged = false;
  bool rejected = false;
  bool ended = false;      // the venue said that the order ended
  bool triggered = false;  // a stop became active
  bool amend_pending = false;
  bool overdue = false;  // OrderTable::MarkOverdue, until the venue says anything

  OrderState state() const;
  // The most that may still fill, counting a pending amend at its larger quantity. 0: closed.
  Quantity open() const;
  bool closed() const { return open().units == 0; }
  // No answer is outstanding, and none of the fills.
  bool settled() const {
    return closed() && !amend_pending && cancels_pending == 0 && (acknowledged || rejected);
  }
};

inline Quantity Order::open() const {
  if (rejected && filled.units == 0) return {};
  const Quantity total = amend_pending ? std::max(terms.quantity, amend_quantity) : terms.quantity;
  return {std::max<std::int64_t>(0, total.units - filled.units - canceled.units)};
}

inline OrderState Order::state() const {
  if (rejected && filled.units == 0) return OrderState::kRejected;
  if (closed() && filled >= terms.quantity) return OrderState::kFilled;
  if (ended) return OrderState::kCanceled;
  if (overdue || (unknown_at.since_epoch != INT64_MIN && unknown_at >= alive_at)) return OrderState::kUnknown;
  if (cancels_pending > 0) return OrderState::kPendingCancel;
  if (amend_pending) return OrderState::kPendingAmend;
  if (filled.units > 0) return OrderState::kPartiallyFilled;
  return acknowledged ? OrderState::kWorking : OrderState::kPendingNew;
}

}  // namespace crucible::trading
