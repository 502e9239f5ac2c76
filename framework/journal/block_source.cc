#include "framework/journal/block_source.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/event.h"
#include "framework/event/log_hash.h"
#include "framework/journal/block_codec.h"

namespace crucible::journal {
namespace {

// Sequences and times are bound as signed; UINT64_MAX means no bound.
std::int64_t Bounded(std::uint64_t seq) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(seq, INT64_MAX));
}

constexpr char kBlocksSql[] =
    "SELECT first_seq, last_seq, n, min_time, max_time, instrument_mask, kind_mask, schema_id, codec, "
    "checksum, "
    "log_hash, chain, payload FROM \"%s\".event_block WHERE stream_id = ?1 AND first_seq >= "
    "coalesce((SELECT max(first_seq) FROM \"%s\".event_block WHERE stream_id = ?1 AND first_seq <= ?2), 0) "
    "AND first_seq <= ?3 AND last_seq >= ?2 AND max_time >= ?4 AND min_time <= ?5 "
    "AND (?6 = 0 OR (instrument_mask & ?6) <> 0) AND (?7 = 0 OR (kind_mask & ?7) <> 0) ORDER BY first_seq";
constexpr char kTailSql[] =
    "SELECT first_seq, n, checksum, payload FROM \"%s\".event_tail WHERE stream_id = ?1 "
    "AND first_seq + n > ?2 AND first_seq <= ?3 ORDER BY first_seq";

constexpr char kSealedSql[] =
    "SELECT last_seq FROM \"%s\".event_block WHERE stream_id = ? ORDER BY first_seq DESC LIMIT 1";

template <std::size_t N, class T>
bool CopyExact(std::span<const std::uint8_t> bytes, T& target) {
  static_assert(sizeof(T) == N);
  if (bytes.size() != N) return false;
  std::memcpy(&target, bytes.data(), N);
  return true;
}

}  // namespace

absl::StatusOr<BlockSource> BlockSource::Open(sqlite3* database, std::string_view schema,
                                              std::uint64_t stream_id, const Range& range,
                                              const Pruning& pruning) {
  BlockSource source;
  source.stream_id_ = stream_id;
  source.range_ = range;
  source.next_seq_ = std::max<std::uint64_t>(range.first_seq, 1);
  CRUCIBLE_ASSIGN_OR_RETURN(source.blocks_,
                            Statement::Prepare(database, absl::StrFormat(kBlocksSql, schema, schema)));
  CRUCIBLE_ASSIGN_OR_RETURN(source.tail_, Statement::Prepare(database, absl::StrFormat(kTailSql, schema)));
  CRUCIBLE_ASSIGN_OR_RETURN(source.sealed_,
                            Statement::Prepare(database, absl::StrFormat(kSealedSql, schema)));
  source.sealed_.Bind(1, stream_id);
  source.pruning_ = pruning;
  source.blocks_.Bind(6, pruning.unchecked ? pruning.instrument_mask : 0)
      .Bind(7, pruning.unchecked ? pruning.kind_mask : 0);
  CRUCIBLE_RETURN_IF_ERROR(source.RestartBlocks());
  return source;
}

absl::Status BlockSource::RestartBlocks() {
  in_tail_ = false;
  blocks_.Reset();
  tail_.Reset();
  // Before the blocks are looked at: what is skipped by its header is then known to be sealed all the same.
  CRUCIBLE_ASSIGN_OR_RETURN(const bool sealed, sealed_.Step());
  sealed_seq_ = sealed ? sealed_.Unsigned(0) : 0;
  sealed_.Reset();
  blocks_.Bind(1, stream_id_).Bind(2, Bounded(next_seq_)).Bind(3, Bounded(range_.last_seq));
  blocks_.Bind(4, range_.min_time).Bind(5, range_.max_time);
  return absl::OkStatus();
}

absl::StatusOr<bool> BlockSource::Next() {
  while (!done_) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool found, in_tail_ ? NextTail() : NextBlock());
    if (found) return true;
  }
  return false;
}

absl::StatusOr<bool> BlockSource::NextBlock() {
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, blocks_.Step());
  if (!row) {
    if (checking_end_) done_ = true;
    in_tail_ = true;
    next_seq_ = std::max(next_seq_, sealed_seq_ + 1);
    tail_.Reset();
    tail_.Bind(1, stream_id_).Bind(2, Bounded(next_seq_)).Bind(3, Bounded(range_.last_seq));
    return false;
  }
  BlockHeader& header = piece_.header;
  header.stream_id = stream_id_;
  header.first_seq = blocks_.Unsigned(0);
  header.last_seq = blocks_.Unsigned(1);
  header.min_time = blocks_.Int(3);
  header.max_time = blocks_.Int(4);
  header.instrument_mask = blocks_.Unsigned(5);
  header.kind_mask = blocks_.Unsigned(6);
  header.schema = static_cast<std::uint32_t>(blocks_.Int(7));
  header.codec = static_cast<std::uint32_t>(blocks_.Int(8));
  piece_.checksum = blocks_.Unsigned(9);
  piece_.is_tail = false;
  if (!CopyExact<16>(blocks_.Bytes(10), header.log_hash)) return Damaged("log_hash is not 16 bytes");
  if (!CopyExact<32>(blocks_.Bytes(11), piece_.chain)) return Damaged("chain is not 32 bytes");
  piece_.payload = blocks_.Bytes(12);
  checking_end_ = false;
  CRUCIBLE_RETURN_IF_ERROR(CheckPiece(blocks_.Unsigned(2)));
  next_seq_ = header.last_seq + 1;
  return pruning_.Keeps(header);
}

absl::StatusOr<bool> BlockSource::NextTail() {
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, tail_.Step());
  if (!row) {
    // Another process may have sealed the tail between the two queries.
    checking_end_ = true;
    CRUCIBLE_RETURN_IF_ERROR(RestartBlocks());
    return false;
  }
  const std::uint64_t count = tail_.Unsigned(1);
  piece_ = {};
  piece_.is_tail = true;
  piece_.header.codec = static_cast<std::uint32_t>(Codec::kRaw);
  piece_.header.stream_id = stream_id_;
  piece_.header.first_seq = tail_.Unsigned(0);
  piece_.header.last_seq = piece_.header.first_seq + count - 1;
  piece_.checksum = tail_.Unsigned(2);
  piece_.payload = tail_.Bytes(3);
  // The tail was sealed by another process since the blocks were read.
  if (piece_.header.first_seq > next_seq_) {
    CRUCIBLE_RETURN_IF_ERROR(RestartBlocks());
    return false;
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckPiece(count));
  next_seq_ = piece_.header.last_seq + 1;
  return true;
}

absl::Status BlockSource::CheckPiece(std::uint64_t count) const {
  const BlockHeader& header = piece_.header;
  const bool sane = header.first_seq > 0 && header.last_seq >= header.first_seq &&
                    header.last_seq - header.first_seq < kMaxBlockRecords && count == header.count();
  if (!sane) return Damaged("sequences and count disagree");
  if (piece_.is_tail && piece_.payload.size() != count * sizeof(Event))
    return Damaged("payload has the wrong size");
  if (Checksum(header.Bytes(), piece_.payload) != piece_.checksum) return Damaged("checksum differs");
  return absl::OkStatus();
}

absl::Status BlockSource::Damaged(std::string_view what) const {
  return absl::DataLossError(absl::StrFormat("%s, stream %d, seq %d to %d: %s",
                                             piece_.is_tail ? "event_tail" : "event_block", stream_id_,
                                             piece_.header.first_seq, piece_.header.last_seq, what));
}

BlockHeader SummaryOf(std::uint64_t stream_id, std::span<const Event> records) {
  BlockHeader header;
  header.stream_id = stream_id;
  header.first_seq = records.front().seq;
  header.last_seq = records.back().seq;
  header.min_time = header.max_time = records.front().time;
  for (const Event& event : records) AddToSummary(event, header);
  return header;
}

absl::StatusOr<StoredHead> ReadStoredHead(sqlite3* database, std::uint64_t stream_id) {
  StoredHead head;
  head.sealed_hash = LogHash().value();
  CRUCIBLE_ASSIGN_OR_RETURN(Statement block,
                            Statement::Prepare(database,
                                               "SELECT last_seq, log_hash, chain FROM event_block "
                                               "WHERE stream_id = ? ORDER BY first_seq DESC LIMIT 1"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool sealed, block.Bind(1, stream_id).Step());
  if (sealed) {
    head.has_blocks = true;
    head.sealed_seq = block.Unsigned(0);
    const bool exact =
        CopyExact<16>(block.Bytes(1), head.sealed_hash) && CopyExact<32>(block.Bytes(2), head.chain);
    if (!exact) {
      return absl::DataLossError(
          absl::StrFormat("event_block, stream %d, last block: hashes have the wrong size", stream_id));
    }
  }
  CRUCIBLE_ASSIGN_OR_RETURN(Statement tail,
                            Statement::Prepare(database,
                                               "SELECT first_seq + n - 1 FROM event_tail "
                                               "WHERE stream_id = ? ORDER BY first_seq DESC LIMIT 1"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool open, tail.Bind(1, stream_id).Step());
  head.last_seq = std::max(head.sealed_seq, open ? tail.Unsigned(0) : 0);
  return head;
}

}  // namespace crucible::journal
