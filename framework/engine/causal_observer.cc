#include "framework/engine/causal_observer.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::engine {

absl::StatusOr<CausalObserver> CausalObserver::Create(InstrumentId instrument, features::BarFeatures features,
                                                      features::CausalWatch watch) {
  if (features.size() != watch.names().size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%d features of bars for a causal graph of %d variables", features.size(), watch.names().size()));
  }
  return CausalObserver(BarRows(instrument, std::move(features)), std::move(watch));
}

void CausalObserver::Define(Nanos now, CauseRef cause, Recorder& recorder) const {
  features::RecordVariables(
      watch_.names(), {now, rows_.instrument().value, cause},
      [&](std::string_view text) { return recorder.AppendText(text); },
      [&](const Event& event) { return recorder.Append(event); });
}

std::optional<CausalObserver::Change> CausalObserver::Observe(const MarketGroup& group, CauseRef cause,
                                                              Nanos now, Recorder& recorder) {
  const std::vector<double>* row = rows_.Read(group);
  if (row == nullptr) return std::nullopt;
  watch_.Update(*row);
  const std::uint64_t seq = watch_.Record({now, rows_.instrument().value, cause},
                                          [&](const Event& event) { return recorder.Append(event); });
  parents_.clear();
  for (const causal::Node& parent : watch_.parents())
    parents_.push_back({watch_.names()[parent.variable].c_str(), parent.lag, 0, watch_.ValueOf(parent)});
  if (seq == 0) return std::nullopt;
  Change change{seq, {sizeof(crucible_causes_event_v1), rows_.instrument().value, now.since_epoch, 0, 0}};
  for (const causal::LinkChange& link : watch_.changes()) {
    if (link.effect == watch_.target()) ++(link.established ? change.event.added : change.event.withdrawn);
  }
  return change;
}

crucible_causes_v1 CausalObserver::View() const {
  return {sizeof(crucible_causes_v1),
          rows_.instrument().value,
          watch_.names()[watch_.target()].c_str(),
          static_cast<std::uint32_t>(parents_.size()),
          watch_.graph().ready() ? 1U : 0U,
          parents_.data(),
          watch_.graph().bars()};
}

}  // namespace crucible::engine
