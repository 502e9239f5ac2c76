// Room-internal: the stored pieces of a stream (sealed blocks, then tail rows) in order of sequence.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "framework/journal/chain.h"
#include "framework/journal/cursor.h"
#include "framework/journal/sqlite.h"

namespace crucible::journal {

// A piece as it lies in the file. `payload` lives until the source moves on.
struct Piece {
  BlockHeader header;  // of a tail row: sequences only
  std::uint64_t checksum = 0;
  Digest chain{};
  bool is_tail = false;
  std::span<const std::uint8_t> payload;
};

// What a scan may skip by looking at headers; 0 masks nothing.
struct Pruning {
  std::uint64_t instrument_mask = 0;
  std::uint64_t kind_mask = 0;
};

class BlockSource {
 public:
  // `schema` is the name under which the file is attached ("main").
  static absl::StatusOr<BlockSource> Open(sqlite3* database, std::string_view schema, std::uint64_t stream_id,
                                          const Range& range, const Pruning& pruning = {});
  // Moves to the next piece that can hold records of the range, its checksum checked; false at the end.
  // kDataLoss names stream and sequences.
  absl::StatusOr<bool> Next();
  const Piece& piece() const { return piece_; }

 private:
  BlockSource() = default;
  absl::StatusOr<bool> NextBlock();
  absl::StatusOr<bool> NextTail();
  absl::Status RestartBlocks();
  absl::Status Damaged(std::string_view what) const;
  absl::Status CheckPiece(std::uint64_t count) const;

  std::uint64_t stream_id_ = 0;
  Range range_;
  std::uint64_t next_seq_ = 0;
  Statement sealed_;
  std::uint64_t sealed_seq_ = 0;
  Statement blocks_;
  Statement tail_;
  bool in_tail_ = false;
  bool checking_end_ = false;
  bool done_ = false;
  Piece piece_;
};

// What the header says of `records`, codec and log hash excepted. REQUIRES: not empty.
BlockHeader SummaryOf(std::uint64_t stream_id, std::span<const Event> records);
// Takes a record into the times and masks of a header.
inline void AddToSummary(const Event& event, BlockHeader& header) {
  header.min_time = std::min(header.min_time, event.time);
  header.max_time = std::max(header.max_time, event.time);
  header.instrument_mask |= std::uint64_t{1} << (event.instrument % 64);
  header.kind_mask |= std::uint64_t{1} << (static_cast<std::uint8_t>(event.kind) % 64);
}

// The end of what is stored of a stream.
struct StoredHead {
  std::uint64_t sealed_seq = 0;  // last sequence of the last block
  std::uint64_t last_seq = 0;    // tail included
  Hash128 sealed_hash;           // at sealed_seq
  Digest chain{};                // of the last block
  bool has_blocks = false;
};
absl::StatusOr<StoredHead> ReadStoredHead(sqlite3* database, std::uint64_t stream_id);

}  // namespace crucible::journal
