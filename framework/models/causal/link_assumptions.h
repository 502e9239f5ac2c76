// What is known of links before the data are looked at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/causal/graph.h"

namespace crucible::causal {

enum class Assumption : std::uint8_t {
  kOpen,       // to be found out
  kForbidden,  // absent; never tested, never a condition on account of being a parent
  kRequired,   // present, in this direction; a parent always, tested only to be described
  kDirected,   // to be found out, but if present then in this direction (lag 0)
};

class LinkAssumptions {
 public:
  // Everything is open.
  LinkAssumptions() = default;
  LinkAssumptions(std::size_t variables, std::size_t max_lag)
      : table_(variables, max_lag, Assumption::kOpen) {}

  // REQUIRES: made with a number of variables and lags.
  std::size_t max_lag() const { return table_.max_lag(); }
  Assumption at(std::size_t i, std::size_t j, std::size_t lag) const {
    return table_.values().empty() ? Assumption::kOpen : table_.at(i, j, lag);
  }
  bool allows(std::size_t i, std::size_t j, std::size_t lag) const {
    return at(i, j, lag) != Assumption::kForbidden;
  }
  bool requires_link(std::size_t i, std::size_t j, std::size_t lag) const {
    return at(i, j, lag) == Assumption::kRequired;
  }

  // REQUIRES: i != j when lag is 0. At lag 0, kForbidden and kOpen also hold for (j, i); kRequired and
  // kDirected leave (j, i) the mirror image.
  void Set(std::size_t i, std::size_t j, std::size_t lag, Assumption assumption);
  // Only lags in [least, most] of the link from i to j stay open.
  void BoundLags(std::size_t i, std::size_t j, std::size_t least, std::size_t most);

  // kInvalidArgument: another number of variables or lags, or required links at lag 0 that form a cycle.
  absl::Status Check(std::size_t variables, std::size_t max_lag) const;

 private:
  LinkTable<Assumption> table_;
};

}  // namespace crucible::causal
