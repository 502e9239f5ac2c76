#include "simulators/agents/agent.h"

#include <algorithm>

namespace crucible::agents {

void Agent::Learn(const exchange::Reply& reply) {
  const auto at = std::ranges::find(orders_, reply.tag, &OwnOrder::tag);
  switch (reply.kind) {
    case Kind::kAccepted:
      orders_.push_back({reply.tag, reply.id, reply.side, reply.quantity, reply.price});
      break;
    case Kind::kAmended:
      if (at != orders_.end()) at->open = reply.quantity;
      break;
    case Kind::kCanceled:
      if (at != orders_.end()) orders_.erase(at);
      break;
    default:
      break;
  }
}

void Agent::LearnFill(std::uint64_t tag, Side side, std::int64_t quantity, std::int64_t open) {
  position_ += Sign(side) * quantity;
  const auto at = std::ranges::find(orders_, tag, &OwnOrder::tag);
  if (at == orders_.end()) return;
  at->open = open;
  if (open == 0) orders_.erase(at);
}

void Agent::Hash(StateHasher& hasher) const {
  hasher.Add(position_);
  hasher.Add(std::uint64_t{orders_.size()});
  for (const OwnOrder& order : orders_) {
    hasher.Add(order.tag);
    hasher.Add(order.id.value);
    hasher.Add(static_cast<std::uint64_t>(order.side));
    hasher.Add(order.open);
    hasher.Add(order.price.units);
  }
  random_.Hash(hasher);
  HashMemory(hasher);
}

}  // namespace crucible::agents
