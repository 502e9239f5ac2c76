#include "framework/journal/order_fold.h"

#include "framework/event/order_codes.h"

namespace crucible::journal {

void OrderFold::Apply(const Event& event) {
  switch (event.kind) {
    case Kind::kIntent:
      return Open(event);
    case Kind::kIntentTerms:
      if (orders_.empty() || orders_.back().last_seq + 1 != event.seq) return;
      orders_.back().type_tif = event.body[2];
      orders_.back().strategy = event.body[3];
      orders_.back().last_seq = event.seq;
      return;
    case Kind::kRiskDenial:
      if (FoldedOrder* order = Touch(event, 3); order != nullptr && order->status == "pending")
        order->status = "denied";
      return;
    case Kind::kCancelIntent:
    case Kind::kAmendIntent:
      Touch(event, 2);
      return;
    default:
      if (IsOrderReply(event.kind)) Reply(event);
  }
}

void OrderFold::Open(const Event& intent) {
  const auto body = As<IntentBody>(intent);
  index_[intent.body[2]] = orders_.size();
  FoldedOrder& order = orders_.emplace_back();
  order.order_id = body.order_id.value;
  order.instrument = intent.instrument;
  order.side = intent.side;
  order.price = body.price.units;
  order.stop_price = body.stop_price.units;
  order.quantity = body.quantity.units;
  order.first_seq = order.last_seq = intent.seq;
  order.cause = CauseRef::FromBits(intent.origin);
}

FoldedOrder* OrderFold::Touch(const Event& event, std::size_t id_slot) {
  const auto found = index_.find(event.body[id_slot]);
  if (found == index_.end()) return nullptr;
  FoldedOrder& order = orders_[found->second];
  order.last_seq = event.seq;
  return &order;
}

void OrderFold::Reply(const Event& event) {
  FoldedOrder* order = Touch(event, 2);
  if (order == nullptr) return;
  switch (event.kind) {
    case Kind::kAccepted:
      if (order->status == "pending") order->status = "open";
      return;
    case Kind::kRejected:
      order->status = "rejected";
      return;
    case Kind::kCanceled:
      order->status = static_cast<Reason>(event.body[3]) == Reason::kExpired ? "expired" : "canceled";
      return;
    case Kind::kAmended:
      order->price = event.body[0];
      order->quantity = order->filled + event.body[1];
      return;
    case Kind::kFill:
      order->filled += event.body[1];
      order->status = order->filled >= order->quantity ? "filled" : "open";
      return;
    default:
      return;
  }
}

}  // namespace crucible::journal
