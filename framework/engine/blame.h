// Whether an attack is behind what happened to an order of a run in a simulated market.
//
//   for (const Guilt& guilt : Blame(attacks, fill)) Tell(attacks[guilt.attack], guilt.trade);
//
// An attack is blamed for a fill or an elected stop of ours
//   directly     when the predator was the other side of the fill, or traded at the very moment of the election
//                (stops are elected by trades, in the same event)
//   as context   when the attack was going on: after its strike, before its end
// Context is not proof: `crucible stress` tells the difference that an attack makes, on the same seeds.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "framework/engine/attacks.h"
#include "framework/event/event.h"

namespace crucible::engine {

struct Guilt {
  std::size_t attack = 0;            // index
  std::optional<AttackTrade> trade;  // direct: the trade that did it; nothing: context
};

// `reply` is a kFill or kTriggered of ours. The direct ones first.
std::vector<Guilt> Blame(std::span<const Attack> attacks, const Event& reply);

}  // namespace crucible::engine
