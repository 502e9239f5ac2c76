#include "framework/report/causal_facts.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::report {

std::vector<std::size_t> CausalFacts::Standing() const {
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::int64_t>, std::size_t> standing;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const LinkChangeBody& link = changes[i].link;
    const std::tuple key(link.cause, link.effect, link.lag);
    if (IsAdded(changes[i].reason())) {
      standing[key] = i;
    } else {
      standing.erase(key);
    }
  }
  std::vector<std::size_t> order;
  for (const auto& [key, index] : standing) order.push_back(index);
  std::ranges::sort(order);
  return order;
}

absl::Status CausalCollector::Name(const Event& event) {
  const auto body = As<CausalVariableBody>(event);
  if (body.variable != texts_.size()) {
    return absl::DataLossError(absl::StrFormat("record %d names causal variable %d, expected %d", event.seq,
                                               body.variable, texts_.size()));
  }
  texts_.push_back(body.text);
  return absl::OkStatus();
}

absl::Status CausalCollector::Change(const Event& event) {
  const auto link = As<LinkChangeBody>(event);
  if (std::max(link.cause, link.effect) >= texts_.size() || link.lag < 0) {
    return absl::DataLossError(
        absl::StrFormat("record %d links causal variables %d and %d at lag %d, there are %d", event.seq,
                        link.cause, link.effect, link.lag, texts_.size()));
  }
  if (crucible::Name(static_cast<LinkReason>(link.reason)) == "?") {
    return absl::DataLossError(absl::StrFormat(
        "record %d gives reason %d for a causal link, which does not exist", event.seq, link.reason));
  }
  facts_.changes.push_back({event, link, {}});
  open_ = true;
  return absl::OkStatus();
}

absl::Status CausalCollector::Add(const Event& event) {
  switch (event.kind) {
    case Kind::kCausalVariable:
      return Name(event);
    case Kind::kLinkChange:
      return Change(event);
    case Kind::kLinkEvidence:
      if (!std::exchange(open_, false))
        return absl::DataLossError(absl::StrFormat("record %d is evidence of no causal link", event.seq));
      facts_.changes.back().evidence = As<LinkEvidenceBody>(event);
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<CausalFacts> CausalCollector::Take(const journal::Journal& journal,
                                                  const std::string& stream) {
  if (open_) return absl::DataLossError("the last causal link has no evidence");
  for (const std::uint64_t text : texts_) {
    CRUCIBLE_ASSIGN_OR_RETURN(std::string name, journal.Text(stream, text));
    facts_.variables.push_back(std::move(name));
  }
  return std::move(facts_);
}

}  // namespace crucible::report
