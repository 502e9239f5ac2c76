// Attacks of predators: what the agent_action records of a run say, put together.
//
// An attack begins with a strike and ends when its predator says that it is done or ruined, or begins the
// next one: then it ended, at the latest, on its way out. Facts of a simulated market: no participant sees
// them.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

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
  std::uint64_t participant = 0;  // owner number at the exchange
  AttackKind kind{};
  Side direction = Side::kNone;               // where it has one
  Price target;                               // the price aimed at; 0: none
  std::uint64_t strike_seq = 0, end_seq = 0;  // end 0: its predator never said that it was over
  Nanos begin, end = kEndOfTime;              // kEndOfTime: the run ended first
  Nanos way_out = kEndOfTime;                 // when it began to unwind
  Money earned;                               // as the predator said at the end, fees left out
  bool ruined = false;                        // its capital is gone
  std::vector<AttackTrade> trades;
};

// Takes the records of a run in order.
class AttackCollector {
 public:
  void Add(const Event& event);
  // In the order of their strikes; empty where nobody attacked.
  std::vector<Attack> Take() { return std::move(attacks_); }

 private:
  void Begin(const Event& event, const AgentActionBody& body, AttackKind kind);

  std::map<std::uint64_t, std::size_t> open_;  // participant -> its attack
  std::vector<Attack> attacks_;
};

}  // namespace crucible::engine
