// A causal graph in a stream, folded: the names of its variables, and every link that was added or withdrawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"
#include "framework/event/link_codes.h"
#include "framework/journal/journal.h"

namespace crucible::report {

// A link that was added or withdrawn, and what the test said.
struct LinkFact {
  Event change;
  LinkChangeBody link{};
  LinkEvidenceBody evidence{};
  LinkReason reason() const { return static_cast<LinkReason>(link.reason); }
};

struct CausalFacts {
  std::vector<std::string> variables;  // by number
  std::vector<LinkFact> changes;       // in order

  // Indices into `changes` of what holds after the last of them, in the order in which it was added.
  std::vector<std::size_t> Standing() const;
};

class CausalCollector {
 public:
  // Passes over records of other kinds. kDataLoss: a variable out of turn, a link between variables that were
  // not named, a reason that does not exist, or evidence of no link.
  absl::Status Add(const Event& event);
  // With the names as the texts of `stream` have them. kDataLoss: a link's evidence is missing.
  absl::StatusOr<CausalFacts> Take(const journal::Journal& journal, const std::string& stream);

 private:
  absl::Status Name(const Event& event);
  absl::Status Change(const Event& event);

  CausalFacts facts_;
  std::vector<std::uint64_t> texts_;  // of the names
  bool open_ = false;                 // the last change waits for its evidence
};

}  // namespace crucible::report
