#include "framework/models/causal/link_statistics.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/models/stats/multiple_testing.h"

namespace crucible::causal {

void SymmetriseLagZero(CausalGraph& graph) {
  for (std::size_t i = 0; i < graph.variables(); ++i) {
    for (std::size_t j = i + 1; j < graph.variables(); ++j) {
      const bool second = graph.p.at(j, i, 0) > graph.p.at(i, j, 0);
      for (LinkTable<double>* table : {&graph.values, &graph.p, &graph.q}) {
        (second ? table->at(i, j, 0) : table->at(j, i, 0)) = second ? table->at(j, i, 0) : table->at(i, j, 0);
      }
    }
  }
}

void CorrectLinks(FalseDiscovery correction, const LinkAssumptions& assumptions, CausalGraph& graph) {
  graph.q = graph.p;
  if (correction == FalseDiscovery::kNone) return;
  std::vector<double> p;
  std::vector<double*> into;
  for (std::size_t i = 0; i < graph.variables(); ++i) {
    for (std::size_t j = 0; j < graph.variables(); ++j) {
      for (std::size_t lag = 0; lag <= graph.max_lag(); ++lag) {
        if (!assumptions.allows(i, j, lag)) continue;
        if (lag == 0 && (correction == FalseDiscovery::kLagged || j <= i)) continue;
        // A pair at lag 0 counts once, with the larger of its two p-values.
        p.push_back(lag == 0 ? std::max(graph.p.at(i, j, 0), graph.p.at(j, i, 0)) : graph.p.at(i, j, lag));
        into.push_back(&graph.q.at(i, j, lag));
      }
    }
  }
  const std::vector<double> q = stats::AdjustBenjaminiHochberg(p);
  for (std::size_t k = 0; k < q.size(); ++k) *into[k] = q[k];
  if (correction == FalseDiscovery::kLagged) return;
  for (std::size_t i = 0; i < graph.variables(); ++i) {
    for (std::size_t j = 0; j < i; ++j) graph.q.at(i, j, 0) = graph.q.at(j, i, 0);
  }
}

absl::Status CheckLevel(std::string_view what, double level) {
  if (level > 0 && level <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is %g, expected a number above 0 and at most 1", std::string(what), level));
}

absl::Status CheckLags(std::size_t min_lag, std::size_t max_lag) {
  if (min_lag <= max_lag) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("the least lag is %d, the largest %d", min_lag, max_lag));
}

}  // namespace crucible::causal
