#include "framework/features/causal_watch.h"

#include <utility>

#include "framework/base/check.h"

namespace crucible::features {

absl::StatusOr<CausalWatch> CausalWatch::Create(std::vector<std::string> names, std::size_t target,
                                                causal::LiveOptions options) {
  CRUCIBLE_CHECK(target < names.size());
  CRUCIBLE_ASSIGN_OR_RETURN(causal::LiveGraph graph, causal::LiveGraph::Create(names, std::move(options)));
  return CausalWatch(std::move(names), target, std::move(graph));
}

void CausalWatch::Update(std::span<const double> row) {
  changes_ = graph_.Push(row);
  if (!changes_.empty()) parents_ = graph_.ParentsOf(target_);
}

std::uint64_t CausalWatch::Record(const LinkPlace& place, const AppendRecord& append) const {
  std::uint64_t into_target = 0;
  for (const causal::LinkChange& change : changes_) {
    const std::uint64_t seq = RecordLink(ToLinkRecord(change), place, append);
    if (change.effect == target_) into_target = seq;
  }
  return into_target;
}

}  // namespace crucible::features
