#include "framework/decode/depth_feed.h"

#include <array>

#include "absl/strings/str_format.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kMaxWaitingMessages = 4096;
constexpr std::size_t kMaxWaitingChanges = std::size_t{1} << 20;

}  // namespace

absl::Status DepthFeed::OnChange(const DepthMessage& depth, Nanos receive, const Position& at) {
  switch (sync_.OnChange(depth.ids)) {
    case DepthStep::kApply:
      return WriteChange(depth, receive, at);
    case DepthStep::kDrop:
      ++dropped_;
      return absl::OkStatus();
    case DepthStep::kGap:
      CRUCIBLE_RETURN_IF_ERROR(WriteGap(depth, receive, at));
      break;
    case DepthStep::kWait:
      break;
  }
  Keep(depth);
  return absl::OkStatus();
}

absl::Status DepthFeed::OnSnapshot(const DepthMessage& snapshot, Nanos receive, const Position& at) {
  const std::uint64_t id = snapshot.ids.last;
  if (sync_.IsOlderThanBook(id)) {
    ++old_snapshots_;
    return absl::OkStatus();
  }
  if (!Continues(id)) {
    out_.doctor.Report(FindingCode::kStaleSnapshot, at, [&] {
      return absl::StrFormat("lastUpdateId %d, the oldest change kept begins at %d", id,
                             waiting_.front().ids.first);
    });
    return absl::OkStatus();
  }
  CRUCIBLE_RETURN_IF_ERROR(WriteSnapshot(snapshot, receive, at));
  sync_.OnSnapshot(id);
  had_snapshot_ = true;
  return WriteWaiting(receive, at);
}

void DepthFeed::Restart() {
  sync_.Reset();
  waiting_.clear();
  waiting_changes_ = 0;
  touches_.Restart();
}

// True when the waiting changes, if any are new enough, continue a snapshot at `last_update_id`.
bool DepthFeed::Continues(std::uint64_t last_update_id) const {
  DepthSync probe(futures_);
  probe.OnSnapshot(last_update_id);
  for (const DepthMessage& depth : waiting_) {
    const DepthStep step = probe.OnChange(depth.ids);
    if (step != DepthStep::kDrop) return step == DepthStep::kApply;
  }
  return true;
}

void DepthFeed::Keep(const DepthMessage& depth) {
  while (!waiting_.empty() && (waiting_.size() >= kMaxWaitingMessages ||
                               waiting_changes_ + depth.changes.size() > kMaxWaitingChanges)) {
    waiting_changes_ -= waiting_.front().changes.size();
    waiting_.pop_front();
    ++dropped_;
  }
  waiting_changes_ += depth.changes.size();
  waiting_.push_back(depth);
}

absl::Status DepthFeed::WriteSnapshot(const DepthMessage& snapshot, Nanos receive, const Position& at) {
  RecordWriter& writer = out_.writer;
  writer.BeginGroup(receive, snapshot.exchange, instrument_);
  writer.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  for (const LevelChange& change : snapshot.changes) {
    writer.Add(Kind::kLevel, change.side, flag::kSnapshot,
               LevelBody{change.price, change.quantity, snapshot.ids.last, 0});
  }
  return out_.EndGroup(at);
}

absl::Status DepthFeed::WriteChange(const DepthMessage& depth, Nanos receive, const Position& at) {
  RecordWriter& writer = out_.writer;
  writer.BeginGroup(receive, depth.exchange, instrument_);
  writer.Add(Kind::kDepthHead, Side::kNone, 0,
             DepthHeadBody{depth.ids.first, depth.ids.last, depth.ids.previous,
                           writer.Shifted(depth.send_time).since_epoch});
  for (const LevelChange& change : depth.changes) {
    writer.Add(Kind::kLevel, change.side, 0, LevelBody{change.price, change.quantity, depth.ids.last, 0});
  }
  CRUCIBLE_RETURN_IF_ERROR(out_.EndGroup(at));
  touches_.OnDepth(depth.ids.last, out_.books.book(instrument_)->touch());
  return absl::OkStatus();
}

absl::Status DepthFeed::WriteGap(const DepthMessage& depth, Nanos receive, const Position& at) {
  const FeedGapBody gap{sync_.expected_id(), sync_.found_id(depth.ids), {}};
  out_.doctor.Report(FindingCode::kFeedGap, at, [&] {
    return absl::StrFormat("id %d follows, expected %d", gap.found_id, gap.expected_id);
  });
  out_.writer.BeginGroup(receive, depth.exchange, instrument_);
  out_.writer.Add(Kind::kFeedGap, Side::kNone, 0, gap);
  return out_.EndGroup(at);
}

absl::Status DepthFeed::WriteWaiting(Nanos receive, const Position& at) {
  while (!waiting_.empty() && sync_.synchronised()) {
    const DepthMessage& depth = waiting_.front();
    const DepthStep step = sync_.OnChange(depth.ids);
    if (step == DepthStep::kGap) return WriteGap(depth, receive, at);
    if (step == DepthStep::kApply) CRUCIBLE_RETURN_IF_ERROR(WriteChange(depth, receive, at));
    dropped_ += step == DepthStep::kDrop ? 1 : 0;
    waiting_changes_ -= depth.changes.size();
    waiting_.pop_front();
  }
  return absl::OkStatus();
}

}  // namespace crucible::decode
