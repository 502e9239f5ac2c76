// Causal graphs as records: the names of variables, and links that were added or withdrawn
// (docs/formats/records.md).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "framework/event/event.h"
#include "framework/event/link_codes.h"
#include "framework/models/causal/graph.h"
#include "framework/models/causal/live_graph.h"

namespace crucible::features {

// Puts a record into a stream, or a text beside it, and returns its sequence.
using AppendRecord = std::function<std::uint64_t(const Event&)>;
using AppendText = std::function<std::uint64_t(std::string_view)>;

// When, of which instrument's series, and why.
struct LinkPlace {
  Nanos at;
  std::uint32_t instrument = 0;
  CauseRef cause;
};

struct LinkRecord {
  causal::Node cause;  // at its lag
  std::uint32_t effect = 0;
  LinkReason reason = LinkReason::kDirected;
  double value = 0;
  double p = 1;
  double q = std::numeric_limits<double>::quiet_NaN();          // NaN: not corrected
  double frequency = std::numeric_limits<double>::quiet_NaN();  // NaN: no samples drawn
};

LinkRecord ToLinkRecord(const causal::LinkChange& change);
// REQUIRES: a mark of a link, seen from its cause: kForward, kUndirected or kConflict.
LinkReason ReasonOf(causal::Mark mark);

// One group that names variables 0, 1, ...
void RecordVariables(std::span<const std::string> names, const LinkPlace& place, const AppendText& text,
                     const AppendRecord& append);
// A group of link_change and link_evidence; returns the sequence of the first.
std::uint64_t RecordLink(const LinkRecord& link, const LinkPlace& place, const AppendRecord& append);

}  // namespace crucible::features
