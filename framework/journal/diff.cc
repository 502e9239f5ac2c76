#include "framework/journal/diff.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_format.h"

namespace crucible::journal {
namespace {

// Streams that are known to agree up to `equal` and to differ at `different`.
struct Bracket {
  std::uint64_t equal = 0;
  std::uint64_t different = 0;
};

absl::StatusOr<std::vector<Event>> ReadRecords(const Journal& journal, std::string_view stream,
                                               Bracket bracket) {
  CRUCIBLE_ASSIGN_OR_RETURN(
      auto cursor, journal.Read(stream, {.first_seq = bracket.equal + 1, .last_seq = bracket.different}));
  std::vector<Event> all;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) return all;
    all.insert(all.end(), records.begin(), records.end());
  }
}

std::optional<Event> At(const std::vector<Event>& records, std::size_t i) {
  return i < records.size() ? std::optional(records[i]) : std::nullopt;
}

// Checkpoints of one state, by what it had seen: a group of components.
using Group = std::map<std::uint64_t, Hash128>;

std::map<std::uint64_t, Group> ByInputs(std::span<const StateCheckpoint> checkpoints) {
  std::map<std::uint64_t, Group> groups;
  for (const StateCheckpoint& checkpoint : checkpoints)
    groups[checkpoint.inputs][checkpoint.component] = checkpoint.hash;
  return groups;
}

}  // namespace

absl::StatusOr<std::optional<StreamDifference>> FindDifference(const Journal& a, std::string_view stream_a,
                                                               const Journal& b, std::string_view stream_b) {
  CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead head_a, a.Head(stream_a));
  CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead head_b, b.Head(stream_b));
  if (head_a == head_b) return std::optional<StreamDifference>();
  const std::uint64_t shared = std::min(head_a.last_seq, head_b.last_seq);
  Bracket bracket{0, shared + 1};
  // The end of what both have, then the middle of what is left, moved to the end of a block.
  for (std::uint64_t probe = shared; probe > bracket.equal && bracket.different > bracket.equal + 1;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead at_a, a.HeadAt(stream_a, probe));
    CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead at_b, b.HeadAt(stream_b, probe));
    (at_a.log_hash == at_b.log_hash ? bracket.equal : bracket.different) = probe;
    if (bracket.different - bracket.equal <= kMaxBlockRecords) break;
    const std::uint64_t middle = bracket.equal + (bracket.different - bracket.equal) / 2;
    CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t end, a.BlockEnd(stream_a, middle));
    probe = end < bracket.different ? end : middle;
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<Event> records_a, ReadRecords(a, stream_a, bracket));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<Event> records_b, ReadRecords(b, stream_b, bracket));
  for (std::size_t i = 0; i < std::max(records_a.size(), records_b.size()); ++i) {
    if (At(records_a, i) == At(records_b, i)) continue;
    return StreamDifference{bracket.equal + 1 + i, At(records_a, i), At(records_b, i)};
  }
  return absl::DataLossError(absl::StrFormat(
      "log hashes of %s and %s differ between records %d and %d, but the records do not; verify both",
      a.path(), b.path(), bracket.equal + 1, bracket.different));
}

absl::StatusOr<ComponentDifference> FindComponents(const Journal& a, std::string_view stream_a,
                                                   const Journal& b, std::string_view stream_b,
                                                   std::uint64_t seq) {
  ComponentDifference result;
  CRUCIBLE_ASSIGN_OR_RETURN(const auto before, a.Checkpoints(stream_a, {.last_seq = seq - 1}));
  if (!before.empty()) result.agreed_seq = before.back().seq;
  CRUCIBLE_ASSIGN_OR_RETURN(const auto after_a, a.Checkpoints(stream_a, {.first_seq = seq}));
  CRUCIBLE_ASSIGN_OR_RETURN(const auto after_b, b.Checkpoints(stream_b, {.first_seq = seq}));
  const std::map<std::uint64_t, Group> groups_b = ByInputs(after_b);
  for (const auto& [inputs, group] : ByInputs(after_a)) {
    const auto other = groups_b.find(inputs);
    if (other == groups_b.end()) continue;
    for (const auto& [component, hash] : group) {
      const auto found = other->second.find(component);
      if (found != other->second.end() && found->second != hash) result.components.push_back(component);
    }
    if (result.components.empty()) continue;
    result.inputs = inputs;
    break;
  }
  return result;
}

}  // namespace crucible::journal
