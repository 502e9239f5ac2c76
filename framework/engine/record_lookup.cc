#include "framework/engine/record_lookup.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace crucible::engine {

absl::StatusOr<RecordLookup::Stretch> RecordLookup::ReadStretch(std::uint64_t first) const {
  Stretch stretch{first, {}};
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, journal_->Read(stream_, {first, first + kStretch - 1}));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) return stretch;
    stretch.events.insert(stretch.events.end(), events.begin(), events.end());
  }
}

absl::StatusOr<Event> RecordLookup::At(std::uint64_t seq) {
  const std::uint64_t first = seq == 0 ? 1 : (seq - 1) / kStretch * kStretch + 1;
  const auto kept = std::ranges::find(kept_, first, &Stretch::first);
  if (kept != kept_.end()) {
    std::rotate(kept_.begin(), kept, kept + 1);
  } else {
    CRUCIBLE_ASSIGN_OR_RETURN(Stretch read, ReadStretch(first));
    if (kept_.size() == kKept) kept_.pop_back();
    kept_.insert(kept_.begin(), std::move(read));
  }
  const std::vector<Event>& events = kept_.front().events;
  const auto found = std::ranges::lower_bound(events, seq, {}, &Event::seq);
  if (found != events.end() && found->seq == seq) return *found;
  return absl::DataLossError(absl::StrFormat("record %d of the stream \"%s\" is missing", seq, stream_));
}

}  // namespace crucible::engine
