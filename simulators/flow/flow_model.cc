#include "simulators/flow/flow_model.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace crucible::flow {

absl::Status FlowModel::Validate() const {
  if (types.size() != process.types()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d types of events for a process of %d, expected as many", types.size(), process.types()));
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (static_cast<std::size_t>(types[i]) < kFlowTypes && std::ranges::count(types, types[i]) == 1) continue;
    return absl::InvalidArgumentError(absl::StrFormat("type %d is %d, expected each of 0 to %d at most once",
                                                      i, static_cast<int>(types[i]), kFlowTypes - 1));
  }
  for (std::size_t type = 0; type < kFlowTypes; ++type) {
    const FlowMarks& m = marks[type];
    if (m.lots >= 1 && m.lots <= 1e9 && m.improving >= 0 && m.improving <= 1 && m.distance >= 1 &&
        m.distance <= 1e9)
      continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: mean size %g, improving %g, mean distance %g; expected at least 1, a share, at least 1",
        Name(static_cast<FlowType>(type)), m.lots, m.improving, m.distance));
  }
  return process.Validate();
}

std::array<FlowMarks, kFlowTypes> MarksOf(const FlowReader& reader, std::int64_t lot_size) {
  std::array<FlowMarks, kFlowTypes> marks{};
  for (std::size_t type = 0; type < kFlowTypes; ++type) {
    const FlowTypeSums& sums = reader.sums()[type];
    if (sums.orders == 0) continue;
    const auto ratio = [](auto sum, std::uint64_t count) {
      return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
    };
    const bool at_touch = type == static_cast<std::size_t>(FlowType::kBidAt) ||
                          type == static_cast<std::size_t>(FlowType::kAskAt);
    marks[type] = {std::max(1.0, ratio(sums.quantity, sums.events) / static_cast<double>(lot_size)),
                   at_touch ? ratio(sums.away, sums.orders) : 0,
                   std::max(1.0, ratio(sums.distance, sums.away))};
  }
  return marks;
}

}  // namespace crucible::flow
