// A fitted flow as something that can be run: the process, and what its orders look like.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "framework/base/status.h"
#include "simulators/flow/flow_events.h"
#include "simulators/flow/hawkes.h"

namespace crucible::flow {

// Of the orders of one type, as means over a session.
struct FlowMarks {
  double lots = 1;       // volume per event of a market or limit order, at least 1
  double improving = 0;  // of limit orders at the touch: share that sets a new best price
  double distance =
      1;  // of those, and of limit orders behind the touch: ticks from the best price, at least 1
  friend bool operator==(const FlowMarks&, const FlowMarks&) = default;
};

struct FlowModel {
  std::vector<FlowType> types;  // of the process, in its numbering
  HawkesModel process;
  std::array<FlowMarks, kFlowTypes> marks{};

  // kInvalidArgument names what does not fit.
  absl::Status Validate() const;
};

std::array<FlowMarks, kFlowTypes> MarksOf(const FlowReader& reader, std::int64_t lot_size);

}  // namespace crucible::flow
