#include "framework/journal/appender.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/event/kinds.h"
#include "framework/journal/appender_impl.h"

namespace crucible::journal {
namespace {

absl::Status SequenceGap(std::uint64_t found, std::uint64_t expected) {
  return absl::InvalidArgumentError(
      absl::StrFormat("record has seq %d, expected %d: a stream has no gaps", found, expected));
}

// The field in which two records differ.
std::string DifferingField(const Event& stored, const Event& found) {
  const auto differs = [](std::string_view name, auto a, auto b) {
    return absl::StrFormat("%s is %d in the journal, %d now", name, a, b);
  };
  if (stored.time != found.time) return differs("time", stored.time, found.time);
  if (stored.origin != found.origin) return differs("origin", stored.origin, found.origin);
  if (stored.instrument != found.instrument)
    return differs("instrument", stored.instrument, found.instrument);
  if (stored.kind != found.kind) {
    return absl::StrFormat("kind is %s in the journal, %s now", Name(stored.kind), Name(found.kind));
  }
  if (stored.side != found.side)
    return differs("side", static_cast<int>(stored.side), static_cast<int>(found.side));
  if (stored.flags != found.flags) return differs("flags", stored.flags, found.flags);
  const KindInfo* info = FindKind(stored.kind);
  for (std::size_t i = 0; i < stored.body.size(); ++i) {
    const bool named = info != nullptr && !info->slots[i].name.empty();
    const std::string name = named ? std::string(info->slots[i].name) : absl::StrFormat("slot %d", i);
    if (stored.body[i] != found.body[i]) return differs(name, stored.body[i], found.body[i]);
  }
  return "records are equal";
}

}  // namespace

absl::StatusOr<std::unique_ptr<Appender::Impl>> Appender::Impl::Open(std::shared_ptr<Connection> connection,
                                                                     std::uint64_t stream_id,
                                                                     AppendMode mode) {
  std::unique_ptr<Impl> impl(new Impl(std::move(connection)));
  impl->stream_id_ = stream_id;
  CRUCIBLE_RETURN_IF_ERROR(impl->Prepare(mode));
  return impl;
}

absl::Status Appender::Impl::Prepare(AppendMode mode) {
  sqlite3* database = connection_->database();
  buffer_.resize(connection_->block_records());
  projected_.reserve(buffer_.size());
  rollbacks_seen_ = connection_->rollbacks();
  CRUCIBLE_ASSIGN_OR_RETURN(
      insert_block_,
      Statement::Prepare(database,
                         "INSERT INTO event_block(stream_id, first_seq, last_seq, n, min_time, max_time, "
                         "instrument_mask, kind_mask, schema_id, codec, checksum, log_hash, chain, payload) "
                         "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  CRUCIBLE_ASSIGN_OR_RETURN(insert_tail_,
                            Statement::Prepare(database, "INSERT INTO event_tail VALUES(?, ?, ?, ?, ?)"));
  CRUCIBLE_ASSIGN_OR_RETURN(delete_tail_,
                            Statement::Prepare(database, "DELETE FROM event_tail WHERE stream_id = ?"));
  CRUCIBLE_ASSIGN_OR_RETURN(Projector projector,
                            Projector::Open(database, "main", stream_id_, [this](std::uint64_t seq) {
                              return connection_->ReadText(stream_id_, seq);
                            }));
  projector_.emplace(std::move(projector));
  CRUCIBLE_ASSIGN_OR_RETURN(const StoredHead head, ReadStoredHead(database, stream_id_));
  chain_ = head.has_blocks ? head.chain
                           : ChainStart(connection_->sha(), connection_->uuid(), stream_id_, "events");
  written_seq_ = durable_seq_ = head.last_seq;
  written_epoch_ = connection_->commits();
  CRUCIBLE_ASSIGN_OR_RETURN(prefix_texts_, connection_->LastText(stream_id_));
  hash_ = LogHash(head.sealed_hash);
  next_seq_ = head.sealed_seq + 1;
  CRUCIBLE_RETURN_IF_ERROR(LoadTail());
  if (next_seq_ != head.last_seq + 1) {
    return absl::DataLossError(absl::StrFormat("%s: stream %d: the tail has %d records, expected %d",
                                               connection_->path(), stream_id_, buffered_,
                                               head.last_seq - head.sealed_seq));
  }
  CRUCIBLE_RETURN_IF_ERROR(ResumeProjection());
  // Texts may be durable before the first record is: they are part of the prefix all the same.
  next_text_ = mode == AppendMode::kContinue ? prefix_texts_ + 1 : 1;
  if (mode == AppendMode::kContinue || head.last_seq == 0) return absl::OkStatus();
  prefix_end_ = head.last_seq;
  next_seq_ = 1;
  CRUCIBLE_ASSIGN_OR_RETURN(prefix_, Cursor::Impl::Open(connection_, stream_id_, {.last_seq = prefix_end_}));
  return absl::OkStatus();
}

absl::Status Appender::Impl::LoadTail() {
  CRUCIBLE_ASSIGN_OR_RETURN(BlockSource source, BlockSource::Open(connection_->database(), "main", stream_id_,
                                                                  {.first_seq = next_seq_}));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source.Next());
    if (!found) return absl::OkStatus();
    const Piece& piece = source.piece();
    const std::uint32_t count = piece.header.count();
    if (!piece.is_tail || buffered_ + count > buffer_.size()) {
      return absl::DataLossError(
          absl::StrFormat("%s: stream %d: tail row at seq %d does not fit behind the blocks",
                          connection_->path(), stream_id_, piece.header.first_seq));
    }
    std::memcpy(&buffer_[buffered_], piece.payload.data(), piece.payload.size());
    if (const absl::Status taken = Take(count); !taken.ok()) {
      return absl::DataLossError(absl::StrFormat("%s: event_tail, stream %d, row at seq %d: %s",
                                                 connection_->path(), stream_id_, piece.header.first_seq,
                                                 std::string(taken.message())));
    }
    next_seq_ += count;
    in_tail_ = buffered_;
    has_tail_rows_ = true;
  }
}

// Brings the projector to the state it had: at most one open group lies behind its progress.
absl::Status Appender::Impl::ResumeProjection() {
  const std::uint64_t done = projector_->last_seq();
  if (done >= durable_seq_) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor,
                            Cursor::Impl::Open(connection_, stream_id_, {.first_seq = done + 1}));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) return absl::OkStatus();
    CRUCIBLE_RETURN_IF_ERROR(projector_->Apply(records));
  }
}

Appender::Impl::~Impl() {
  if (!closed_) connection_->Rollback();
}

absl::Status Appender::Impl::Fail(absl::Status status) {
  if (!status.ok() && failure_.ok()) {
    failure_ = absl::Status(status.code(),
                            absl::StrFormat("%s: %s", connection_->path(), std::string(status.message())));
    connection_->Rollback();
    rollbacks_seen_ = connection_->rollbacks();
  }
  return failure_;
}

absl::Status Appender::Impl::CheckUsable() {
  if (!failure_.ok()) return failure_;
  if (closed_) return absl::FailedPreconditionError("the appender is closed");
  if (rollbacks_seen_ == connection_->rollbacks()) return absl::OkStatus();
  return Fail(absl::AbortedError("the transaction was rolled back by another writer of this journal"));
}

absl::Status Appender::Impl::Append(std::span<const Event> records) {
  CRUCIBLE_RETURN_IF_ERROR(CheckUsable());
  if (prefix_ != nullptr) {
    absl::StatusOr<std::size_t> compared = ComparePrefix(records);
    if (!compared.ok()) return Fail(compared.status());
    records = records.subspan(*compared);
  }
  const absl::Status status = AppendNew(records);
  return status.ok() ? status : Fail(status);
}

absl::Status Appender::Impl::AppendNew(std::span<const Event> records) {
  while (!records.empty()) {
    const std::size_t count = std::min(records.size(), buffer_.size() - buffered_);
    std::memcpy(&buffer_[buffered_], records.data(), count * sizeof(Event));
    CRUCIBLE_RETURN_IF_ERROR(Take(count));
    next_seq_ += count;
    records = records.subspan(count);
    if (buffered_ == buffer_.size()) CRUCIBLE_RETURN_IF_ERROR(SealBlock());
    if (blocks_in_transaction_ >= connection_->commit_blocks()) CRUCIBLE_RETURN_IF_ERROR(CommitTransaction());
  }
  return absl::OkStatus();
}

// Takes the next `count` records of the buffer into the open block, and does with them what costs less while
// they are warm in the cache than when the block is sealed. kInvalidArgument: their sequences do not continue
// the stream.
absl::Status Appender::Impl::Take(std::size_t count) {
  const std::span<const Event> records = std::span<const Event>(buffer_).subspan(buffered_, count);
  if (records.empty()) return absl::OkStatus();
  if (buffered_ == 0) summary_.min_time = summary_.max_time = records.front().time;
  BlockHeader summary = summary_;  // in registers
  for (std::size_t i = 0; i < count; ++i) {
    const Event& record = records[i];
    if (record.seq != next_seq_ + i) [[unlikely]]
      return SequenceGap(record.seq, next_seq_ + i);
    AddToSummary(record, summary);
    if (Projector::Projects(record.kind)) [[unlikely]]
      projected_.push_back(static_cast<std::uint16_t>(buffered_ + i));
  }
  summary_ = summary;
  hash_.Add(records);
  buffered_ += count;
  return absl::OkStatus();
}

// Returns how many of `records` lie in the durable prefix; all of those are equal to it.
absl::StatusOr<std::size_t> Appender::Impl::ComparePrefix(std::span<const Event> records) {
  std::size_t compared = 0;
  while (compared < records.size() && next_seq_ <= prefix_end_) {
    if (prefix_records_.empty()) {
      CRUCIBLE_ASSIGN_OR_RETURN(prefix_records_, prefix_->Next());
      CRUCIBLE_CHECK(!prefix_records_.empty());
    }
    const Event& found = records[compared];
    const Event& stored = prefix_records_.front();
    if (found.seq != next_seq_) return SequenceGap(found.seq, next_seq_);
    if (stored != found) {
      return absl::FailedPreconditionError(absl::StrFormat("seq %d differs from the durable record: %s",
                                                           next_seq_, DifferingField(stored, found)));
    }
    prefix_records_ = prefix_records_.subspan(1);
    ++next_seq_;
    ++compared;
  }
  if (next_seq_ > prefix_end_) prefix_.reset();
  return compared;
}

absl::Status Appender::Impl::SealBlock() {
  if (buffered_ == 0) return absl::OkStatus();
  CRUCIBLE_RETURN_IF_ERROR(connection_->Begin());
  CRUCIBLE_RETURN_IF_ERROR(WriteBlock(std::span<const Event>(buffer_).first(buffered_)));
  if (has_tail_rows_) CRUCIBLE_RETURN_IF_ERROR(delete_tail_.Bind(1, stream_id_).Run());
  has_tail_rows_ = false;
  CRUCIBLE_RETURN_IF_ERROR(Project());
  buffered_ = in_tail_ = 0;
  summary_ = {};
  projected_.clear();
  ++blocks_in_transaction_;
  NoteWritten();
  return absl::OkStatus();
}

absl::Status Appender::Impl::WriteBlock(std::span<const Event> records) {
  const EncodedBlock block = encoder_.Encode(records);
  BlockHeader header = summary_;
  header.stream_id = stream_id_;
  header.first_seq = records.front().seq;
  header.last_seq = records.back().seq;
  header.codec = static_cast<std::uint32_t>(block.codec);
  header.log_hash = hash_.value();
  const std::uint64_t checksum = Checksum(header.Bytes(), block.payload);
  chain_ = ChainBlock(connection_->sha(), chain_, header, checksum, block.payload);
  const std::span<const std::uint8_t> log_hash(reinterpret_cast<const std::uint8_t*>(&header.log_hash), 16);
  insert_block_.Bind(1, stream_id_)
      .Bind(2, header.first_seq)
      .Bind(3, header.last_seq)
      .Bind(4, header.count());
  insert_block_.Bind(5, header.min_time).Bind(6, header.max_time).Bind(7, header.instrument_mask);
  insert_block_.Bind(8, header.kind_mask).Bind(9, header.schema).Bind(10, header.codec).Bind(11, checksum);
  insert_block_.Bind(12, log_hash).Bind(13, std::span<const std::uint8_t>(chain_)).Bind(14, block.payload);
  return insert_block_.Run();
}

absl::Status Appender::Impl::WriteTail() {
  if (buffered_ == in_tail_) return absl::OkStatus();
  CRUCIBLE_RETURN_IF_ERROR(connection_->Begin());
  const std::span<const Event> records =
      std::span<const Event>(buffer_).subspan(in_tail_, buffered_ - in_tail_);
  BlockHeader header;
  header.stream_id = stream_id_;
  header.first_seq = records.front().seq;
  header.last_seq = records.back().seq;
  const std::span<const std::uint8_t> payload(reinterpret_cast<const std::uint8_t*>(records.data()),
                                              records.size_bytes());
  insert_tail_.Bind(1, stream_id_).Bind(2, header.first_seq).Bind(3, header.count());
  insert_tail_.Bind(4, Checksum(header.Bytes(), payload)).Bind(5, payload);
  CRUCIBLE_RETURN_IF_ERROR(insert_tail_.Run());
  CRUCIBLE_RETURN_IF_ERROR(Project());
  in_tail_ = buffered_;
  has_tail_rows_ = true;
  NoteWritten();
  return absl::OkStatus();
}

absl::Status Appender::Impl::Project() {
  CRUCIBLE_RETURN_IF_ERROR(projector_->Apply(std::span<const Event>(buffer_).first(buffered_), projected_));
  return projector_->SaveProgress();
}

void Appender::Impl::NoteWritten() {
  durable_seq();
  written_seq_ = next_seq_ - 1;
  written_epoch_ = connection_->commits();
}

std::uint64_t Appender::Impl::durable_seq() {
  if (written_epoch_ != connection_->commits()) durable_seq_ = written_seq_;
  return durable_seq_;
}

absl::Status Appender::Impl::CommitTransaction() {
  blocks_in_transaction_ = 0;
  return connection_->Commit();
}

absl::Status Appender::Impl::CommitBlocks() {
  CRUCIBLE_RETURN_IF_ERROR(CheckUsable());
  const absl::Status status = CommitTransaction();
  return status.ok() ? status : Fail(status);
}

absl::Status Appender::Impl::Commit() {
  CRUCIBLE_RETURN_IF_ERROR(CheckUsable());
  absl::Status status = WriteTail();
  if (status.ok()) status = CommitTransaction();
  return status.ok() ? status : Fail(status);
}

absl::Status Appender::Impl::Close() {
  if (closed_ && failure_.ok()) return absl::OkStatus();
  CRUCIBLE_RETURN_IF_ERROR(CheckUsable());
  absl::Status status = SealBlock();
  if (status.ok()) status = CommitTransaction();
  if (!status.ok()) return Fail(status);
  closed_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> Appender::Impl::AppendText(std::string_view text) {
  CRUCIBLE_RETURN_IF_ERROR(CheckUsable());
  if (next_text_ <= prefix_texts_) {
    absl::StatusOr<std::string> stored = connection_->ReadText(stream_id_, next_text_);
    if (!stored.ok()) return Fail(stored.status());
    if (*stored == text) return next_text_++;
    return Fail(absl::FailedPreconditionError(
        absl::StrFormat("text %d differs from the durable one: \"%s\" in the journal, \"%s\" now", next_text_,
                        stored->substr(0, 60), text.substr(0, 60))));
  }
  absl::StatusOr<std::uint64_t> seq = connection_->AppendText(stream_id_, text);
  if (!seq.ok()) return Fail(seq.status());
  next_text_ = *seq + 1;
  return seq;
}

Appender::Appender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Appender::~Appender() = default;
absl::Status Appender::Append(std::span<const Event> records) { return impl_->Append(records); }
absl::StatusOr<std::uint64_t> Appender::AppendText(std::string_view text) { return impl_->AppendText(text); }
Hash128 Appender::log_hash() const { return impl_->log_hash(); }
std::uint64_t Appender::last_seq() const { return impl_->last_seq(); }
std::uint64_t Appender::durable_seq() const { return impl_->durable_seq(); }
absl::Status Appender::Commit() { return impl_->Commit(); }
absl::Status Appender::CommitBlocks() { return impl_->CommitBlocks(); }
absl::Status Appender::Close() { return impl_->Close(); }

}  // namespace crucible::journal
