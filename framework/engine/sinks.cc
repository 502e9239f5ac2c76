#include "framework/engine/sinks.h"

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::engine {

std::string FirstDifference(const Event& a, const Event& b) {
  if (a.seq != b.seq) return "seq";
  if (a.kind != b.kind) return "kind";
  if (a.time != b.time) return "time";
  if (a.origin != b.origin) return "origin";
  if (a.instrument != b.instrument) return "instrument";
  if (a.side != b.side) return "side";
  if (a.flags != b.flags) return "flags";
  for (std::size_t slot = 0; slot < a.body.size(); ++slot) {
    if (a.body[slot] == b.body[slot]) continue;
    const KindInfo* info = FindKind(a.kind);
    return info == nullptr ? absl::StrFormat("slot %d", slot) : std::string(info->slots[slot].name);
  }
  return "";
}

absl::StatusOr<const Event*> CompareSink::NextStored() {
  if (next_ == end_) {
    if (batch_.empty()) batch_.resize(stored_->max_batch());
    CRUCIBLE_ASSIGN_OR_RETURN(end_, stored_->Read(batch_));
    next_ = 0;
    if (end_ == 0) return nullptr;
  }
  return &batch_[next_++];
}

absl::Status CompareSink::Diverge(std::optional<Event> stored, std::optional<Event> computed) {
  Divergence divergence;
  divergence.seq = computed ? computed->seq : stored->seq;
  divergence.field = !stored ? "(stored stream ended)" : !computed ? "(stream ended)" : FirstDifference(*stored, *computed);
  divergence.stored = stored;
  divergence.computed = computed;
  divergence_ = divergence;
  return absl::DataLossError(absl::StrFormat("record %d differs in %s", divergence.seq, divergence.field));
}

absl::Status CompareSink::Append(std::span<const Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(HashSink::Append(records));
  for (const Event& record : records) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Event* stored, NextStored());
    if (stored == nullptr) return Diverge(std::nullopt, record);
    if (*stored != record) return Diverge(*stored, record);
    ++compared_;
  }
  return absl::OkStatus();
}

absl::Status CompareSink::Finish() {
  CRUCIBLE_ASSIGN_OR_RETURN(const Event* stored, NextStored());
  return stored == nullptr ? absl::OkStatus() : Diverge(*stored, std::nullopt);
}

}  // namespace crucible::engine
