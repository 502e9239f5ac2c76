// Why a causal link was added or withdrawn: stands in LinkChangeBody::reason. Part of the file format.
#pragma once

#include <cstdint>
#include <string_view>

namespace crucible {

enum class LinkReason : std::int64_t {
  // Added: it passes the level.
  kDirected = 1,    // cause -> effect
  kUndirected = 2,  // lag 0: either direction explains the data
  kConflict = 3,    // lag 0: rules disagree on the direction
  // Withdrawn.
  kNotSignificant = 16,     // does not pass the level any more
  kExplainedByOthers = 17,  // still correlated, but other causes explain at least half of it
  kSignTurned = 18,         // significant with the opposite sign
  kConstant = 19,           // cause or effect stands still
  kCollinear = 20,          // other causes determine cause or effect
};

constexpr bool IsAdded(LinkReason reason) { return reason < LinkReason::kNotSignificant; }

constexpr std::string_view Name(LinkReason reason) {
  switch (reason) {
    case LinkReason::kDirected:
      return "directed";
    case LinkReason::kUndirected:
      return "undirected";
    case LinkReason::kConflict:
      return "conflict";
    case LinkReason::kNotSignificant:
      return "not significant";
    case LinkReason::kExplainedByOthers:
      return "explained by others";
    case LinkReason::kSignTurned:
      return "sign turned";
    case LinkReason::kConstant:
      return "constant";
    case LinkReason::kCollinear:
      return "collinear";
  }
  return "?";
}

}  // namespace crucible
