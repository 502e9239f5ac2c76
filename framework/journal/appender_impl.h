// Room-internal: the state of an Appender.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/connection.h"
#include "framework/journal/cursor_impl.h"
#include "framework/journal/projector.h"

namespace crucible::journal {

class Appender::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<Impl>> Open(std::shared_ptr<Connection> connection,
                                                    std::uint64_t stream_id, AppendMode mode);
  ~Impl();

  absl::Status Append(std::span<const Event> records);
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text);
  Hash128 log_hash() const { return hash_.value(); }
  std::uint64_t last_seq() const { return next_seq_ - 1; }
  std::uint64_t durable_seq();
  absl::Status Commit();
  absl::Status CommitBlocks();
  absl::Status Close();

 private:
  explicit Impl(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  absl::Status Prepare(AppendMode mode);
  absl::Status LoadTail();
  absl::Status ResumeProjection();
  // Turns a failure into the appender's final state.
  absl::Status Fail(absl::Status status);
  absl::Status CheckUsable();

  absl::Status AppendNew(std::span<const Event> records);
  absl::Status Take(std::size_t count);
  absl::StatusOr<std::size_t> ComparePrefix(std::span<const Event> records);
  absl::Status SealBlock();
  absl::Status WriteBlock(std::span<const Event> records);
  absl::Status WriteTail();
  absl::Status Project();
  absl::Status CommitTransaction();
  void NoteWritten();

  std::shared_ptr<Connection> connection_;
  std::uint64_t stream_id_ = 0;
  absl::Status failure_;
  bool closed_ = false;

  std::vector<Event> buffer_;  // the open block
  std::size_t buffered_ = 0;   // records in it
  std::size_t in_tail_ = 0;    // of those, how many are in tail rows
  bool has_tail_rows_ = false;
  BlockHeader summary_;                  // of the open block: times and masks
  std::vector<std::uint16_t> projected_;  // places of the records in it that are projected
  std::uint64_t next_seq_ = 1;
  LogHash hash_;
  Digest chain_{};

  std::uint64_t written_seq_ = 0;  // in the database, perhaps not committed
  std::uint64_t durable_seq_ = 0;
  std::uint64_t written_epoch_ = 0;
  std::uint64_t rollbacks_seen_ = 0;
  std::uint32_t blocks_in_transaction_ = 0;

  BlockEncoder encoder_;
  std::optional<Projector> projector_;
  Statement insert_block_;
  Statement insert_tail_;
  Statement delete_tail_;

  // kReplayPrefix: what is durable, to be compared.
  std::unique_ptr<Cursor::Impl> prefix_;
  std::span<const Event> prefix_records_;
  std::uint64_t prefix_end_ = 0;
  std::uint64_t next_text_ = 1;
  std::uint64_t prefix_texts_ = 0;
};

}  // namespace crucible::journal
