// Attacks of predators: what the agent_action records of a run say, put together.
//
// An attack begins with a strike and ends when its predator says that it is done or ruined, begins the next
// one, or the run ends. Facts of a simulated market: no participant sees them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/base/units.h"
#include "framework/event/event.h"

namespace crucible::report {

struct Attack {
  std::uint64_t participant = 0;  // owner number at the exchange
  std::uint8_t kind = 0;          // 1, 2, ...
  Side side = Side::kNone;        // its direction, where it has one
  Nanos from, until;
  Nanos way_out = kEndOfTime;         // when it began to unwind
  Price aim;                          // the price aimed at; 0: none
  Money earned;                       // as the predator said at the end; 0 where it did not
  bool ruined = false;                // its capital is gone
  std::vector<std::uint64_t> trades;  // public ids of what it traded, where it said so
};

// `actions`: kAgentAction records in the order of the stream; `end`: of the run. In the order of their
// strikes.
std::vector<Attack> ReadAttacks(std::span<const Event> actions, Nanos end);

}  // namespace crucible::report
