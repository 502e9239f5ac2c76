// Who attacked, and whether an attack is behind what happened to an order: from the agent_action records of a
// run in a simulated market.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<Attack> attacks, CollectAttacks(run));
//   for (const Guilt& guilt : Blame(attacks, fill)) Tell(attacks[guilt.attack], guilt.trade);
//
// An attack is blamed for a fill or an elected stop of ours
//   directly     when the predator was the other side of the fill, or traded at the very moment of the
//   election
//                (stops are elected by trades, in the same event)
//   as context   when the attack was going on: after its strike, before its end
// Context is not proof: `crucible stress` tells the difference that an attack makes, on the same seeds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/source.h"
#include "framework/event/attack.h"
#include "framework/event/event.h"

namespace crucible::engine {

struct AttackTrade {
  std::uint64_t seq = 0;  // of the agent_action
  Nanos at;
  Side side = Side::kNone;     // the predator's
  std::uint64_t trade_id = 0;  // the public record's
};

struct Attack {
  std::uint64_t participant = 0;
  AttackKind kind{};
  Side direction = Side::kNone;
  Price target;                               // 0: none
  std::uint64_t strike_seq = 0, end_seq = 0;  // end 0: the run ended first
  Nanos begin, end = kEndOfTime;
  Money earned;  // by its end, fees left out
  std::vector<AttackTrade> trades;
};

struct Guilt {
  std::size_t attack = 0;            // index
  std::optional<AttackTrade> trade;  // direct: the trade that did it; nothing: context
};

// Takes the records of a run in order.
class AttackCollector {
 public:
  void Add(const Event& event);
  // In order of their strikes; empty where nobody attacked.
  std::vector<Attack> Take() { return std::move(attacks_); }

 private:
  std::map<std::uint64_t, std::size_t> last_of_;  // attack of each participant
  std::vector<Attack> attacks_;
};
absl::StatusOr<std::vector<Attack>> CollectAttacks(RecordReader& run);

// `reply` is a kFill or kTriggered of ours. The direct ones first.
std::vector<Guilt> Blame(std::span<const Attack> attacks, const Event& reply);

}  // namespace crucible::engine
