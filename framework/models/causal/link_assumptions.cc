#include "framework/models/causal/link_assumptions.h"

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::causal {

void LinkAssumptions::Set(std::size_t i, std::size_t j, std::size_t lag, Assumption assumption) {
  CRUCIBLE_CHECK(lag > 0 || i != j);
  table_.at(i, j, lag) = assumption;
  if (lag > 0) return;
  const bool directed = assumption == Assumption::kRequired || assumption == Assumption::kDirected;
  table_.at(j, i, 0) = directed ? Assumption::kOpen : assumption;
}

void LinkAssumptions::BoundLags(std::size_t i, std::size_t j, std::size_t least, std::size_t most) {
  for (std::size_t lag = i == j ? 1 : 0; lag <= table_.max_lag(); ++lag) {
    if (lag < least || lag > most) Set(i, j, lag, Assumption::kForbidden);
  }
}

absl::Status LinkAssumptions::Check(std::size_t variables, std::size_t max_lag) const {
  if (table_.values().empty()) return absl::OkStatus();
  if (table_.variables() != variables || table_.max_lag() != max_lag) {
    return absl::InvalidArgumentError(
        absl::StrFormat("assumptions are about %d variables and lags to %d, the data have %d and %d",
                        table_.variables(), table_.max_lag(), variables, max_lag));
  }
  // A variable is placed when all its required causes at lag 0 are.
  std::vector<std::uint8_t> placed(variables, 0);
  for (std::size_t round = 0; round < variables; ++round) {
    for (std::size_t j = 0; j < variables; ++j) {
      bool ready = true;
      for (std::size_t i = 0; i < variables; ++i)
        ready = ready && (placed[i] != 0 || i == j || !requires_link(i, j, 0));
      if (ready) placed[j] = 1;
    }
  }
  for (std::size_t j = 0; j < variables; ++j) {
    if (placed[j] == 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("required links at lag 0 form a cycle through variable %d", j));
    }
  }
  return absl::OkStatus();
}

}  // namespace crucible::causal
