#include "framework/decode/depth_sync.h"

namespace crucible::decode {

bool DepthSync::Older(const DepthIds& ids) const {
  const bool snapshot_itself_counts = futures_ && state_ == State::kSnapshotOnly;
  return snapshot_itself_counts ? ids.last < last_id_ : ids.last <= last_id_;
}

bool DepthSync::Continues(const DepthIds& ids) const {
  if (!futures_) return ids.first <= last_id_ + 1;
  if (state_ == State::kSynchronised) return ids.previous == last_id_;
  return ids.first <= last_id_ || ids.previous <= last_id_;
}

DepthStep DepthSync::OnChange(const DepthIds& ids) {
  if (state_ == State::kWaiting) return DepthStep::kWait;
  if (Older(ids)) return DepthStep::kDrop;
  if (!Continues(ids)) {
    state_ = State::kWaiting;
    return DepthStep::kGap;
  }
  state_ = State::kSynchronised;
  last_id_ = ids.last;
  return DepthStep::kApply;
}

void DepthSync::OnSnapshot(std::uint64_t last_update_id) {
  state_ = State::kSnapshotOnly;
  last_id_ = last_update_id;
}

}  // namespace crucible::decode
