// A live causal graph at work: takes rows, follows the parents of one variable, and says what changed in
// records.
//
// The parents of the target are the mask of features that drive it: what a search or a strategy should read.
// Rows that come later change nothing that was said before.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/features/link_records.h"
#include "framework/models/causal/live_graph.h"

namespace crucible::features {

class CausalWatch {
 public:
  // `target` is an index into `names`. Errors are those of causal::LiveGraph::Create.
  static absl::StatusOr<CausalWatch> Create(std::vector<std::string> names, std::size_t target,
                                            causal::LiveOptions options);

  // The next row, a value per variable. REQUIRES: row.size() == names().size().
  void Update(std::span<const double> row);

  const std::vector<std::string>& names() const { return names_; }
  std::size_t target() const { return target_; }
  const causal::LiveGraph& graph() const { return graph_; }
  // Of the last row.
  const std::vector<causal::LinkChange>& changes() const { return changes_; }
  // Established lagged parents of the target, by variable and lag.
  const std::vector<causal::Node>& parents() const { return parents_; }
  // Of a parent, in the last test. REQUIRES: it has been established.
  double ValueOf(causal::Node parent) const {
    return graph_.graph().values.at(parent.variable, target_, parent.lag);
  }
  void Hash(StateHasher& hasher) const { graph_.Hash(hasher); }

  // Appends the changes of the last row; returns the sequence of the last one that is a link into the target,
  // or 0.
  std::uint64_t Record(const LinkPlace& place, const AppendRecord& append) const;

 private:
  CausalWatch(std::vector<std::string> names, std::size_t target, causal::LiveGraph graph)
      : names_(std::move(names)), target_(target), graph_(std::move(graph)) {}

  std::vector<std::string> names_;
  std::size_t target_ = 0;
  causal::LiveGraph graph_;
  std::vector<causal::LinkChange> changes_;
  std::vector<causal::Node> parents_;
};

}  // namespace crucible::features
