// Appends records to one stream of a journal.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/log_hash.h"
#include "framework/event/record_sink.h"

namespace crucible::journal {

enum class AppendMode : std::uint8_t {
  kContinue,  // The next record has the sequence after the last one in the file.
  // The next record has sequence 1: what is already durable is compared with what is appended, byte by byte,
  // and not written again; after it, appending continues. This is how an interrupted run or import resumes.
  kReplayPrefix,
};

// Batches: records become durable at Commit(), at Close(), and whenever commit_blocks blocks are full. Texts
// follow the records: they are in the transaction of the next commit.
//
// Errors are final: after one, every call returns it. Destroying an appender without Close() loses what was
// not committed, as a crash would.
class Appender : public RecordSink {
 public:
  class Impl;
  ~Appender() override;

  // kInvalidArgument: a sequence does not continue the stream. kFailedPrecondition (kReplayPrefix): a record
  // differs from the durable one; the message names the first sequence and field. kResourceExhausted: disk
  // full.
  absl::Status Append(std::span<const Event> records) override;
  // In kReplayPrefix texts are compared in the same way.
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override;
  // Of everything appended, durable or not.
  Hash128 log_hash() const override;

  // Sequence of the last record appended, and of the last one that a crash cannot take back.
  std::uint64_t last_seq() const;
  std::uint64_t durable_seq() const;

  // Makes everything durable; a partial block goes to the tail.
  absl::Status Commit();
  // Commits full blocks only; cheaper than Commit() while many records arrive.
  absl::Status CommitBlocks();
  // Seals the partial block, commits, and ends the appender. Idempotent.
  absl::Status Close();

 private:
  friend class Journal;
  explicit Appender(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crucible::journal
