// Depth messages of one symbol to groups of records, once they continue a snapshot.
//
// Changes that arrive before the snapshot wait for it (a bounded number of them): older ones are dropped, the
// others follow it at the time of its receipt. When the ids break, one kFeedGap group says so, and the
// changes wait for the next snapshot. The rules are DepthSync's.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "framework/base/units.h"
#include "framework/decode/depth_sync.h"
#include "framework/decode/importer.h"
#include "framework/decode/position.h"
#include "framework/decode/touch_check.h"

namespace crucible::decode {

struct LevelChange {
  Side side = Side::kNone;
  Price price;
  Quantity quantity;
};

// A depth message or snapshot (ids.last only) with its numbers read.
struct DepthMessage {
  DepthIds ids;
  Nanos send_time;
  Nanos exchange;
  std::vector<LevelChange> changes;
};

class DepthFeed {
 public:
  // REQUIRES: out.books watches `instrument` with an L2 book.
  DepthFeed(InstrumentId instrument, bool futures, const DecodeOutput& out)
      : instrument_(instrument), futures_(futures), out_(out), sync_(futures) {}

  absl::Status OnChange(const DepthMessage& depth, Nanos receive, const Position& at);
  absl::Status OnSnapshot(const DepthMessage& snapshot, Nanos receive, const Position& at);
  // Ids start anew; counts stay.
  void Restart();

  // Compared with the touch after each depth message; fed with quotes by the caller.
  TouchCheck& touches() { return touches_; }
  bool had_snapshot() const { return had_snapshot_; }
  std::size_t waiting() const { return waiting_.size(); }
  std::int64_t dropped() const { return dropped_; }
  std::int64_t old_snapshots() const { return old_snapshots_; }

 private:
  bool Continues(std::uint64_t last_update_id) const;
  absl::Status WriteSnapshot(const DepthMessage& snapshot, Nanos receive, const Position& at);
  absl::Status WriteChange(const DepthMessage& depth, Nanos receive, const Position& at);
  absl::Status WriteGap(const DepthMessage& depth, Nanos receive, const Position& at);
  absl::Status WriteWaiting(Nanos receive, const Position& at);
  void Keep(const DepthMessage& depth);

  InstrumentId instrument_;
  bool futures_;
  DecodeOutput out_;
  DepthSync sync_;
  std::deque<DepthMessage> waiting_;  // for a snapshot
  std::size_t waiting_changes_ = 0;
  TouchCheck touches_;
  bool had_snapshot_ = false;
  std::int64_t dropped_ = 0;
  std::int64_t old_snapshots_ = 0;
};

}  // namespace crucible::decode
