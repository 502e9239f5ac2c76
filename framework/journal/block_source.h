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
  BlockHeader header;  // of a tail row: sequences and codec (kRaw) only
  std::uint64_t checksum = 0;
  Digest chain{};
  bool is_tail = false;
  std::span<const std::uint8_t> payload;
};

// The bits of a header's masks.
constexpr std::uint64_t InstrumentBit(std::uint32_t instrument) {
  return std::uint64_t{1} << (instrument % 64);
}
constexpr std::uint64_t KindBit(Kind kind) {
  return std::uint64_t{1} << (static_cast<std::uint8_t>(kind) % 64);
}

// What a scan may skip by looking at the masks of headers; 0 skips nothing.
struct Pruning {
  std::uint64_t instrument_mask = 0;
  std::uint64_t kind_mask = 0;
  // Passes over blocks by what their rows say, unchecked and unread: a header whose masks are damaged hides
  // its block. Only for what must not read the whole file and whose reader meets every block later anyway.
  bool unchecked = false;

  bool Keeps(const BlockHeader& header) const {
    return (instrument_mask == 0 || (header.instrument_mask & instrument_mask) != 0) &&
           (kind_mask == 0 || (header.kind_mask & kind_mask) != 0);
  }
};

class BlockSource {
 public:
  // `schema` is the name under which the file is attached ("main").
  static absl::StatusOr<BlockSource> Open(sqlite3* database, std::string_view schema, std::uint64_t stream_id,
                                          const Range& range, const Pruning& pruning = {});
  // Moves to the next piece that can hold records of the range; false at the end. Checksums, which cover the
  // masks, are checked before a block is passed over by its masks. kDataLoss names stream and sequences.
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
  Pruning pruning_;
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
  header.instrument_mask |= InstrumentBit(event.instrument);
  header.kind_mask |= KindBit(event.kind);
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
