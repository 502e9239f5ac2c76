#include "framework/features/link_records.h"

#include <array>
#include <bit>

#include "framework/base/check.h"
#include "framework/event/kinds.h"

namespace crucible::features {
namespace {

Event At(const LinkPlace& place, Kind kind, bool ends_group) {
  Event event;
  event.time = place.at.since_epoch;
  event.origin = place.cause.bits();
  event.instrument = place.instrument;
  event.kind = kind;
  event.flags = ends_group ? flag::kGroupEnd : std::uint16_t{0};
  return event;
}

// By causal::ChangeReason.
constexpr std::array kReasons = {LinkReason::kDirected,          LinkReason::kNotSignificant,
                                 LinkReason::kExplainedByOthers, LinkReason::kSignTurned,
                                 LinkReason::kConstant,          LinkReason::kCollinear};

}  // namespace

LinkRecord ToLinkRecord(const causal::LinkChange& change) {
  const LinkReason reason = kReasons[static_cast<std::size_t>(change.reason)];
  LinkRecord record{change.cause, change.effect, reason, change.value, change.p};
  record.q = change.q;
  return record;
}

LinkReason ReasonOf(causal::Mark mark) {
  CRUCIBLE_CHECK(mark == causal::Mark::kForward || mark == causal::Mark::kUndirected ||
                 mark == causal::Mark::kConflict);
  return mark == causal::Mark::kForward      ? LinkReason::kDirected
         : mark == causal::Mark::kUndirected ? LinkReason::kUndirected
                                             : LinkReason::kConflict;
}

void RecordVariables(std::span<const std::string> names, const LinkPlace& place, const AppendText& text,
                     const AppendRecord& append) {
  for (std::size_t v = 0; v < names.size(); ++v) {
    Event event = At(place, Kind::kCausalVariable, v + 1 == names.size());
    SetBody(event, CausalVariableBody{v, text(names[v]), {}});
    append(event);
  }
}

std::uint64_t RecordLink(const LinkRecord& link, const LinkPlace& place, const AppendRecord& append) {
  Event change = At(place, Kind::kLinkChange, false);
  SetBody(change, LinkChangeBody{link.cause.variable, link.effect, link.cause.lag,
                                 static_cast<std::int64_t>(link.reason)});
  const std::uint64_t seq = append(change);
  Event evidence = At(place, Kind::kLinkEvidence, true);
  SetBody(evidence,
          LinkEvidenceBody{std::bit_cast<std::int64_t>(link.value), std::bit_cast<std::int64_t>(link.p),
                           std::bit_cast<std::int64_t>(link.q), std::bit_cast<std::int64_t>(link.frequency)});
  append(evidence);
  return seq;
}

}  // namespace crucible::features
